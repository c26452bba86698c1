"""Reference units that indicators are measured against: they must be among the units of the period."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from kcz_metrics.engines.values import Values
from kcz_metrics.errors import Issue, did_you_mean
from kcz_metrics.locales import T
from kcz_metrics.scheme.models import Index, Scheme


def absent(unit: str, period: str, subject: str, known: Sequence[str]) -> Issue:
    """The issue of a reference unit that is not among the units ``known``."""
    message = T("参照单位 {unit} 不在 {period} 的评价对象之中", unit=unit, period=period)
    return Issue("no_reference_unit", message, subject=subject, hint=did_you_mean(unit, known))


def missing_references(values: Values, index: Index, scheme: Scheme, period: str) -> Iterator[Issue]:
    """An issue for each reference unit of the index that has no values in ``period``, at the first method that names it."""
    places: dict[str, str] = {}
    for leaf in index.leaves:
        own = scheme.indicators[leaf].normalise
        unit = (own or index.normalise).parameters.get("reference")
        if isinstance(unit, str):
            places.setdefault(unit, f"indices.{index.id}.normalise" if own is None else f"indicators.{leaf}.normalise")
    if not places:
        return
    known = values.frame.filter(pl.col("period") == period)["unit"].unique(maintain_order=True).to_list()
    yield from (absent(unit, period, place, known) for unit, place in places.items() if unit not in known)
