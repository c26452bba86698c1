"""Which periods scoring one period looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kcz_metrics.errors import LanguageError
from kcz_metrics.language.periods import Grain, Period, parts
from kcz_metrics.language.periods import period as parse
from kcz_metrics.scheme.models import Index, Method, Scheme
from kcz_metrics.tables import TABLES

if TYPE_CHECKING:
    from kcz_metrics.store import Snapshot


def methods(index: Index, scheme: Scheme) -> list[Method]:
    """The impute, treat and normalise methods that the index's indicators use."""
    indicators = [scheme.indicators[name] for name in index.leaves]
    own = [method for i in indicators for method in (i.impute, i.treat, i.normalise) if method is not None]
    return [index.impute, index.treat, index.normalise, *own]


def periods_needed(index: Index, scheme: Scheme, period: str, snapshot: Snapshot) -> tuple[str, ...]:
    """``period`` first; then the base periods that methods name, as many before and after as a gap may be wide, and for ``all_periods``
    every period of the index's grain in a year that the snapshot has records of."""
    needed = {period: None}
    for method in methods(index, scheme):
        over, gap = method.parameters.get("over"), int(method.parameters.get("max_gap", 1))
        if over == "base_period":
            needed[str(method.parameters.get("base"))] = None
        elif over == "all_periods":
            needed |= dict.fromkeys(recorded(snapshot, index.periods.grain))
        if method.method in ("previous", "linear"):
            needed |= dict.fromkeys(_around(period, gap, both=method.method == "linear"))
    return tuple(needed)


def _around(period: str, gap: int, both: bool) -> list[str]:
    here, steps = parse(period), range(1, gap + 1)
    found = []
    for step in (*steps, *(-step for step in steps if both)):
        try:
            found.append(here.previous(step).id)
        except LanguageError:
            continue
    return found


def recorded(snapshot: Snapshot, grain: Grain) -> tuple[str, ...]:
    """Periods of a grain in the years that records of the snapshot say they belong to, first to last."""
    years: set[int] = set()
    for name, table in TABLES.items():
        paths = snapshot.paths(name) if table.has_tail else ()
        if paths:
            column = pl.scan_parquet(list(paths)).select(pl.col("period_id").drop_nulls().unique()).collect()["period_id"]
            years |= {parse(text).year for text in column}
    return tuple(part.id for year in sorted(years) for part in parts(Period(year, "year"), grain))
