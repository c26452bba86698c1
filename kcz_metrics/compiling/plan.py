"""From an index to the statements that work out its indicators: one scan a fact and key, then measures, then formulas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from kcz_metrics.compiling import assembly, sentences
from kcz_metrics.compiling.measures import ReadyMeasure, ready
from kcz_metrics.compiling.scan import PERIODS
from kcz_metrics.compiling.scans import Scans, facts_of, needed_facts
from kcz_metrics.compiling.statement import Statement
from kcz_metrics.errors import CompileError, Issue, LanguageError, did_you_mean
from kcz_metrics.facts import FACTS, UNITS
from kcz_metrics.language.formula import Formula, parse
from kcz_metrics.language.periods import Period, is_period, period, period_of, periods_between
from kcz_metrics.locales import T
from kcz_metrics.scheme.models import Index, Scheme


@dataclass(frozen=True)
class Plan:
    """What has to be run for an index. ``asked`` are the periods wanted; ``periods`` these and all that lie between or are read back to."""

    scheme: Scheme
    index: Index
    asked: tuple[Period, ...]
    periods: tuple[Period, ...]
    formulas: Mapping[str, Formula]
    measures: tuple[ReadyMeasure, ...]

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """In the order in which they run; the last gives the indicators."""
        scans = Scans(self.scheme, self.measures, self.periods, self.index.unit)
        units, *rest = self.assembling(scans.made(self.measures))
        return (units, spans(self.periods), *scans.facts, *scans.statements, *rest)

    def assembling(self, made: Mapping[str, str]) -> tuple[Statement, Statement, Statement]:
        """The population, all measures beside each other from the tables they were ``made`` in, and the indicators."""
        return (
            Statement(assembly.UNITS_TABLE, assembly.units(self.index), sentences.units(self.index)),
            Statement(assembly.MEASURES_TABLE, assembly.measures(self.measures, made), sentences.measures(facts_of(self.measures))),
            Statement(None, assembly.indicators(self.formulas), sentences.indicators(self.scheme, self.index, self.formulas)),
        )

    @property
    def tables(self) -> tuple[str, ...]:
        """The record tables that the statements read."""
        return tables_of(self.index.unit, facts_of(self.measures))


def spans(periods: Sequence[Period]) -> Statement:
    """The table of periods."""
    return Statement(PERIODS, assembly.periods(periods), sentences.periods(periods))


def plan(scheme: Scheme, index_id: str, periods: Sequence[str] | None = None) -> Plan:
    """The plan of an index for periods of one grain; without any, for one period as an example.

    Raises CompileError with every measure, formula or parameter that cannot be used.
    """
    index = scheme.indices.get(index_id)
    if index is None:
        hint = did_you_mean(index_id, list(scheme.indices))
        raise CompileError(Issue("unknown_index", T("没有指数“{name}”", name=index_id), subject="indices", hint=hint))
    if index.unit not in UNITS:
        known = T("{names}", names=", ".join(UNITS))
        raise CompileError(
            Issue(
                "unit",
                T("“{unit}”不是业务记录中的评价对象", unit=index.unit),
                subject=f"indices.{index_id}.unit",
                expected=known,
                hint=T("改用数据文件"),
            )
        )
    asked = tuple(sorted({period(p) for p in periods})) if periods else (_example(scheme, index),)
    formulas = _formulas(scheme, index)
    names = dict.fromkeys(name for formula in formulas.values() for name in formula.names)
    names |= dict.fromkeys(name for leaf in formulas for name in _side_measures(scheme, leaf))
    names |= dict.fromkeys(adjusting_measures(index))
    measures = ready(scheme, names, index.unit)
    back = max((formula.periods_back for formula in formulas.values()), default=0)
    span = periods_between(asked[0].previous(back) if back else asked[0], asked[-1])
    for fact in needed_facts(measures):
        FACTS[fact].query(scheme.parameters)  # parameters are checked before anything runs
    return Plan(scheme, index, asked, span, formulas, measures)


def tables_of(unit: str, facts: Iterable[str]) -> tuple[str, ...]:
    """The record tables behind a kind of unit and facts, with those of the facts they build on."""
    names = dict.fromkeys(UNITS[unit].tables)

    def visit(name: str) -> None:
        names.update(dict.fromkeys(FACTS[name].tables))
        for base in FACTS[name].builds_on:
            visit(base)

    for name in facts:
        visit(name)
    return tuple(names)


def _formulas(scheme: Scheme, index: Index) -> dict[str, Formula]:
    formulas: dict[str, Formula] = {}
    issues: list[Issue] = []
    for leaf in index.leaves:
        indicator = scheme.indicators.get(leaf)
        at = f"indicators.{leaf}"
        if indicator is None:
            issues.append(
                Issue("unknown_indicator", T("没有指标“{name}”", name=leaf), subject=at, hint=did_you_mean(leaf, list(scheme.indicators)))
            )
        elif indicator.formula is None:
            issues.append(Issue("no_formula", T("指标“{name}”没有公式", name=leaf), subject=f"{at}.formula", hint=T("改用数据文件")))
        else:
            try:
                formulas[leaf] = parse(indicator.formula)
            except LanguageError as error:
                issues += error.issues
    if issues:
        raise CompileError(issues)
    return formulas


def measures_of(scheme: Scheme, leaf: str) -> list[str]:
    """Every measure that an indicator's value, its count or what stands beside it rests on."""
    formula = scheme.indicators[leaf].formula
    return [*(parse(formula).names if formula is not None else ()), *_side_measures(scheme, leaf)]


def _side_measures(scheme: Scheme, leaf: str) -> list[str]:
    """Measures that an indicator names outside its formula."""
    indicator = scheme.indicators[leaf]
    named = [
        indicator.minimum_n.of if indicator.minimum_n else None,
        indicator.shrink.n if indicator.shrink else None,
        indicator.denominate.by if indicator.denominate and indicator.denominate.by in scheme.measures else None,
    ]
    return [name for name in (*named, *indicator.beside) if name is not None]


def adjusting_measures(index: Index) -> list[str]:
    """Measures that the adjustments of the index read in the period itself."""
    named: list[str] = []
    for entry in index.adjust:
        if isinstance(entry.when.get("measure"), str):
            named.append(entry.when["measure"])
        if entry.formula is not None:
            named += parse(entry.formula).names
    return named


def _example(scheme: Scheme, index: Index) -> Period:
    year = period(scheme.edition).start if is_period(scheme.edition) else period("2022").start
    return period_of(year, index.periods.grain)
