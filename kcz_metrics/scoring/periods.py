"""Which periods scoring one period looks at, and their values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from kcz_metrics.errors import LanguageError
from kcz_metrics.language.periods import period as parse
from kcz_metrics.scheme.models import Index, Method, Scheme

if TYPE_CHECKING:
    from kcz_metrics.engines.values import Values
    from kcz_metrics.store import Snapshot


def methods(index: Index, scheme: Scheme) -> list[Method]:
    """The impute, treat and normalise methods that the index's indicators use, and the alternatives that it declares."""
    indicators = [scheme.indicators[name] for name in index.leaves]
    own = [method for i in indicators for method in (i.impute, i.treat, i.normalise) if method is not None]
    given = index.uncertainty
    varied = [*given.impute, *given.treat, *given.normalise] if given is not None else []
    return [index.impute, index.treat, index.normalise, *own, *varied]


def periods_needed(index: Index, scheme: Scheme, period: str, everything: Sequence[str]) -> tuple[str, ...]:
    """``period`` first; then the base periods that methods name, as many before and after as a gap may be wide, and for ``all_periods``
    ``everything``."""
    needed = {period: None}
    for method in methods(index, scheme):
        over, gap = method.parameters.get("over"), int(method.parameters.get("max_gap", 1))
        if over == "base_period":
            needed[str(method.parameters.get("base"))] = None
        elif over == "all_periods":
            needed |= dict.fromkeys(everything)
        if method.method in ("previous", "linear"):
            needed |= dict.fromkeys(_around(period, gap, both=method.method == "linear"))
    return tuple(needed)


def values_for(scheme: Scheme, index: Index, periods: Sequence[str], snapshot: Snapshot) -> Values:
    """The values from records of ``periods``, all of one grain, and of every period that scoring one of them looks at.

    ``over: all_periods`` means the periods of that grain in which anything happened that the index counts, whichever are asked for, so
    that a score is the same from any door and can be had again from the same snapshot.
    """
    return values_for_several(scheme, [index], periods, snapshot)[index.id]


def values_for_several(scheme: Scheme, indices: Sequence[Index], periods: Sequence[str], snapshot: Snapshot) -> dict[str, Values]:
    """As :func:`values_for` gives them for each index, in one pass over the records."""
    from kcz_metrics.engines import duckdb
    from kcz_metrics.engines.eventful import eventful

    asked, everything = {}, {}
    for index in indices:
        whole = bool(periods) and any(method.parameters.get("over") == "all_periods" for method in methods(index, scheme))
        every = eventful(snapshot, scheme, index.id, parse(periods[0]).grain) if whole else ()
        looked_at = (other for period in periods for other in periods_needed(index, scheme, period, every))
        asked[index.id] = tuple(dict.fromkeys((*periods, *looked_at)))
        if whole:
            everything[index.id] = every
    found = duckdb.values_of_several(snapshot, scheme, asked)
    return {id: replace(given, all_periods=everything[id]) if id in everything else given for id, given in found.items()}


def _around(period: str, gap: int, both: bool) -> list[str]:
    here, steps = parse(period), range(1, gap + 1)
    found = []
    for step in (*steps, *(-step for step in steps if both)):
        try:
            found.append(here.previous(step).id)
        except LanguageError:
            continue
    return found
