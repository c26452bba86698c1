"""Indices against records: a unit whose keys the facts have, or values from a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from kcz_metrics.errors import Issue
from kcz_metrics.language import filters
from kcz_metrics.locales import T
from kcz_metrics.scheme.checking import Context
from kcz_metrics.scheme.document import Path

#: Units that records know. Any other word is for values from a file.
RECORDED = ("city", "team", "organisation", "programme")


def units_of_records(context: Context) -> Iterator[Issue]:
    """Indicators with formulas are computed from records, which know four kinds of unit."""
    for id_, index in context.scheme.indices.items():
        if index.unit in RECORDED:
            continue
        with_formula = [leaf for leaf in index.leaves if (i := context.scheme.indicators.get(leaf)) is not None and i.formula is not None]
        if with_formula:
            yield context.issue(
                "unknown_unit",
                T("记录里没有“{unit}”这种评价对象", unit=index.unit),
                "indices",
                id_,
                "unit",
                expected=T("{names}", names=", ".join(RECORDED)),
                found=T("指标 {id} 有公式，要从记录计算", id=with_formula[0]),
                hint=context.nearest(index.unit, RECORDED),
            )


def group_columns(context: Context) -> Iterator[Issue]:
    """``group`` names a column of the unit. Of units in a file the columns are not known before it is read."""
    for id_, index in context.scheme.indices.items():
        columns = columns_of(context, index.unit)
        if index.group is not None and columns is not None and index.group not in columns:
            message = T("评价对象 {unit} 没有“{name}”这一列", unit=index.unit, name=index.group)
            hint = context.nearest(index.group, list(columns))
            yield context.issue(
                "unknown_column", message, "indices", id_, "group", expected=T("{names}", names=", ".join(columns)), hint=hint
            )


def applies_to(context: Context) -> Iterator[Issue]:
    """Filters of units: of an index, and of an indicator for each kind of unit it is measured for."""
    for index_id, index in context.scheme.indices.items():
        columns = columns_of(context, index.unit)
        yield from _filter(context, index.applies_to, columns, ("indices", index_id, "applies_to"))
        for leaf in dict.fromkeys(index.leaves):
            if (indicator := context.scheme.indicators.get(leaf)) is not None:
                yield from _filter(context, indicator.applies_to, columns, ("indicators", leaf, "applies_to"))


def columns_of(context: Context, unit: str) -> Mapping[str, object] | None:
    return context.units[unit].columns if context.units is not None and unit in context.units else None


def _filter(context: Context, where: Mapping[str, object], columns: Mapping[str, object] | None, path: Path) -> Iterator[Issue]:
    for issue in filters.check(where, columns):
        placed = context.issue(issue.code, issue.message, *path, *issue.subject.split("."))
        yield replace(issue, place=placed.place, subject=placed.subject)


def unit_keys(context: Context) -> Iterator[Issue]:
    """Each fact behind an index has a key to its unit, or the measure names one."""
    if context.facts is None:
        return
    told: set[tuple[str, str]] = set()
    for index in context.scheme.indices.values():
        if index.unit not in RECORDED or index.unit == "programme":
            continue
        for leaf in index.leaves:
            formula = context.formulas.get(leaf, (None, []))[0]
            for name in formula.names if formula is not None else ():
                measure = context.scheme.measures.get(name)
                fact = context.facts.get(measure.fact) if measure is not None else None
                if (
                    measure is None
                    or fact is None
                    or index.unit in fact.units
                    or index.unit in measure.unit_key
                    or (name, index.unit) in told
                ):
                    continue
                told.add((name, index.unit))
                yield context.issue(
                    "unit_key",
                    T("事实表 {fact} 不知道属于哪个 {unit}", fact=measure.fact, unit=index.unit),
                    "measures",
                    name,
                    expected=T("{names}", names=", ".join(fact.units)),
                    hint=T("在基础量里写 unit_key: {example}", example=f"{{{index.unit}: …}}"),
                )


def one_kind_of_source(context: Context) -> Iterator[Issue]:
    """An index takes all its values from records or all from a file."""
    for id_, index in context.scheme.indices.items():
        leaves = [i for leaf in index.leaves if (i := context.scheme.indicators.get(leaf)) is not None]
        if any(i.formula is not None for i in leaves) and any(i.formula is None for i in leaves):
            missing = [
                leaf for leaf in index.leaves if leaf in context.scheme.indicators and context.scheme.indicators[leaf].formula is None
            ]
            yield context.issue(
                "mixed_source",
                T("有的指标有公式，有的没有：{ids}", ids=", ".join(missing[:5])),
                "indices",
                id_,
                "tree",
                hint=T("给它们写公式；从文件取值的指数不能有公式"),
            )
