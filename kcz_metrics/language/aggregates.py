"""The aggregates of a measure, one row each: what they need, what they say, what they give where there is nothing, how they are built."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from sqlglot import exp

from kcz_metrics.language.types import Kind
from kcz_metrics.locales import Language

#: What ``of`` may be: not given, a column of numbers, any column.
Of = Literal["none", "number", "any"]


#: The aggregates that add.
EXACTLY = frozenset({"sum", "mean"})
#: Fractions as they are added: to 18 decimals, sums up to 1e20, which the contracts' bound on a number leaves room for.
EXACT = exp.DataType.build("decimal(38, 18)")


@dataclass(frozen=True, slots=True)
class Aggregate:
    """``nothing`` is the answer for a unit without rows: 0, or None for missing. A sum over rows that are all null is missing for every
    aggregate but ``count`` and ``distinct``; the compiler tells "no rows" from "only nulls" by counting rows."""

    key: str
    of: Of
    nothing: Literal[0] | None
    build_sql: Callable[[exp.Expression, exp.Expression | None], exp.Expression]
    label_zh: str
    label_en: str
    #: With ``{of}`` to fill in, and ``{q}`` where a quantile.
    zh: str
    en: str
    takes_q: bool = False
    #: Reads the last row by the fact's time: ``build`` needs ``order``.
    ordered: bool = False
    #: May keep only values of ``of`` with enough records each (``at_least``): built over one row a value by ``regroup``.
    grouped: Callable[[exp.Expression, exp.Expression | None], exp.Expression] | None = None

    def build(
        self,
        column: exp.Expression | None,
        condition: exp.Expression | None = None,
        *,
        q: float | None = None,
        order: exp.Expression | None = None,
        whole: bool = False,
    ) -> exp.Expression:
        """The aggregate over the rows that meet ``condition``, as a tree; null where there is nothing (0 for count and distinct).

        A sum or mean is exact, so that the order in which threads add does not show: over a column that is not of ``whole`` numbers it
        adds decimals, and is null where a number is not finite or beyond 1e18 either way.

        ``order`` must tell any two rows apart (a time and a key as a row), or ``latest`` is not the same every time.
        """
        if self.takes_q:
            assert q is not None
            assert column is not None
            return _filtered(exp.Anonymous(this="QUANTILE_CONT", expressions=[column, exp.Literal.number(repr(q))]), condition)
        if self.ordered:
            assert order is not None
            assert column is not None
            return _filtered(exp.ArgMax(this=column, expression=order), condition)
        if self.key in EXACTLY and not whole and column is not None:
            return _exactly(self.build_sql, column, condition)
        return self.build_sql(column if column is not None else exp.Star(), condition)

    def regroup(self, counts: exp.Expression, kept: exp.Expression | None = None) -> exp.Expression:
        """The aggregate over a grouped subquery with one row for each value of ``of`` that is not null; ``counts`` is the number of
        records of a value and ``kept`` the condition for a value to count. For ``distinct`` and ``diversity`` only."""
        if self.grouped is None:
            raise ValueError(f"{self.key} cannot be built over groups")
        return self.grouped(counts, kept)

    def label(self, lang: Language) -> str:
        return self.label_zh if lang == "zh" else self.label_en

    def sentence(self, lang: Language, of: str = "", q: float | None = None) -> str:
        """What is worked out, over records that another sentence names."""
        return (self.zh if lang == "zh" else self.en).format(of=of, q="" if q is None else f"{q * 100:g}")

    def fits(self, kind: Kind | None) -> bool:
        """Whether a column of this kind can be aggregated so; an unknown kind is not refused."""
        return kind is None or self.of == "any" or kind == "number"


def _filtered(call: exp.Expression, condition: exp.Expression | None) -> exp.Expression:
    return call if condition is None else exp.Filter(this=call, expression=exp.Where(this=condition.copy()))


def _named(function: str) -> Callable[[exp.Expression, exp.Expression | None], exp.Expression]:
    return lambda column, condition: _filtered(exp.Anonymous(this=function, expressions=[column]), condition)


def _count(_: exp.Expression, condition: exp.Expression | None) -> exp.Expression:
    return _filtered(exp.Count(this=exp.Star()), condition)


def _total(column: exp.Expression, condition: exp.Expression | None) -> exp.Expression:
    return exp.cast(_filtered(exp.Sum(this=column), condition), exp.DataType.build("double"))


def _exactly(
    build: Callable[[exp.Expression, exp.Expression | None], exp.Expression], column: exp.Expression, condition: exp.Expression | None
) -> exp.Expression:
    largest = _filtered(exp.Max(this=exp.Abs(this=column.copy())), condition)
    usable = exp.LT(this=largest, expression=exp.Literal.number("1e18"))
    decimals = exp.TryCast(this=column, to=EXACT.copy(), safe=True)
    return exp.Case(ifs=[exp.If(this=usable, true=build(decimals, condition))])


def _distinct(column: exp.Expression, condition: exp.Expression | None) -> exp.Expression:
    return _filtered(exp.Count(this=exp.Distinct(expressions=[column])), condition)


def _diversity(column: exp.Expression, condition: exp.Expression | None) -> exp.Expression:
    """Two to the power of the entropy in bits; the entropy of nothing is 0, so that nothing must be told apart."""
    effective = exp.Pow(this=exp.Literal.number("2"), expression=_named("ENTROPY")(column, condition))
    any_value = exp.GT(this=_filtered(exp.Count(this=column.copy()), condition), expression=exp.Literal.number("0"))
    return exp.Case(ifs=[exp.If(this=any_value, true=effective)])


def _grouped_distinct(_: exp.Expression, kept: exp.Expression | None) -> exp.Expression:
    return _filtered(exp.Count(this=exp.Star()), kept)


def _grouped_diversity(counts: exp.Expression, kept: exp.Expression | None) -> exp.Expression:
    """exp(ln N - Σ c·ln c / N) for counts c that sum to N."""

    def total(of: exp.Expression) -> exp.Expression:
        return _filtered(exp.Sum(this=of), kept)

    weighted = exp.Mul(this=counts.copy(), expression=exp.Ln(this=counts.copy()))
    mean = exp.Div(this=_total(exp.cast(weighted, EXACT.copy()), kept), expression=total(counts.copy()), typed=False, safe=False)
    several = exp.Exp(this=exp.Sub(this=exp.Ln(this=total(counts.copy())), expression=mean))
    values = _filtered(exp.Count(this=exp.Star()), kept)
    one = exp.Literal.number(1)
    return exp.Case(
        ifs=[
            exp.If(this=exp.GT(this=values, expression=one), true=several),
            exp.If(this=exp.EQ(this=values.copy(), expression=one.copy()), true=exp.Literal.number("1e0")),
        ]
    )


_ROWS = (
    Aggregate("count", "none", 0, _count, "记录数", "Count", "记录的条数", "the number of records"),
    Aggregate("sum", "number", 0, _total, "合计", "Sum", "{of}的合计", "the sum of {of}"),
    Aggregate("mean", "number", None, _named("AVG"), "均值", "Mean", "{of}的平均值", "the mean of {of}"),
    Aggregate("median", "number", None, _named("MEDIAN"), "中位数", "Median", "{of}的中位数", "the median of {of}"),
    Aggregate(
        "quantile",
        "number",
        None,
        _named("QUANTILE_CONT"),
        "分位数",
        "Quantile",
        "{of}的第 {q} 百分位数",
        "percentile {q} of {of}",
        takes_q=True,
    ),
    Aggregate("min", "number", None, _named("MIN"), "最小值", "Minimum", "{of}的最小值", "the least {of}"),
    Aggregate("max", "number", None, _named("MAX"), "最大值", "Maximum", "{of}的最大值", "the greatest {of}"),
    Aggregate(
        "distinct",
        "any",
        0,
        _distinct,
        "不同值个数",
        "Distinct",
        "不同{of}的个数",
        "the number of different {of}",
        grouped=_grouped_distinct,
    ),
    Aggregate(
        "diversity",
        "any",
        None,
        _diversity,
        "多样性（有效个数）",
        "Diversity (effective number)",
        "{of}的有效个数（香农熵的指数）",
        "the effective number of {of} (exponential of Shannon entropy)",
        grouped=_grouped_diversity,
    ),
    Aggregate("latest", "number", None, _named("ANY_VALUE"), "最近值", "Latest", "{of}的最近值", "the latest {of}", ordered=True),
)

AGGREGATES: Mapping[str, Aggregate] = MappingProxyType({row.key: row for row in _ROWS})
