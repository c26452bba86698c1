"""How much more of a measure brings an indicator to a value: "+14 contracts"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from kcz_metrics.analysis.plain_numbers import plain
from kcz_metrics.language.formula import Formula, parse
from kcz_metrics.scheme.models import Indicator, Scheme

#: Aggregates of which there can be more by one record.
COUNTED: Final = ("count", "distinct")
ADDED: Final = (*COUNTED, "sum")
_DOUBLINGS, _HALVINGS = 60, 60


@dataclass(frozen=True)
class Needed:
    """``more`` of ``measure``, whole for counts, brings the indicator to ``value``; negative where less of it does."""

    measure: str
    more: float
    value: float


def needed(
    measures: pl.DataFrame, scheme: Scheme, indicator: str, unit: str, period: str, value: float, *, worse: bool = False
) -> Needed | None:
    """The least change of one count or sum in the indicator's formula after which it is at least as good as ``value``: more of the first in
    the order of the text of which more does it, else less of the first of which less does. With ``worse`` at least as bad, and less comes
    before more. None where no measure of the unit is known (values from a file), or where the value shown is not the formula's alone
    (shrunk towards the others)."""
    rule = scheme.indicators[indicator]
    if rule.formula is None or rule.shrink is not None:
        return None
    formula = parse(rule.formula)
    own = dict(measures.filter((pl.col("unit") == unit) & (pl.col("period") == period)).select("measure", "value").iter_rows())
    names = [n for n, back in formula.uses if not back and own.get(n) is not None and scheme.measures[n].agg in ADDED]
    up = (rule.direction == "up") is not worse
    for way in (-1.0, 1.0) if worse else (1.0, -1.0):
        for name in names:
            found = _least(formula, rule, own, name, value, way, up=up, whole=scheme.measures[name].agg in COUNTED)
            if found is not None:
                return found
    return None


def _least(
    formula: Formula, rule: Indicator, own: dict[str, float | None], name: str, value: float, way: float, *, up: bool, whole: bool
) -> Needed | None:
    now = float(own[name] or 0.0)

    def given(amount: float) -> float:
        held = {measure: np.nan if v is None else float(v) for measure, v in {**own, name: amount}.items()}
        # earlier periods are not at hand: a formula that reads them is missing here, and so not told
        raw = float(formula.evaluate(lambda measure, back: np.nan if back else held.get(measure, np.nan)))
        if rule.floor is not None:
            raw = max(raw, rule.floor)
        return raw if rule.cap is None else min(raw, rule.cap)

    close = 1e-9 * max(1.0, abs(value))

    def good(amount: float) -> bool:
        got = given(amount)
        return got >= value - close if up else got <= value + close

    step = 1.0 if whole else max(1e-9, abs(now) * 1e-6)
    for _ in range(_DOUBLINGS):
        if now + way * step < 0 or good(now + way * step):
            break
        step *= 2.0
    step = min(step, now) if way < 0 else step
    if step <= 0 or not good(now + way * step):
        return None
    low, high = 0.0, step
    for _ in range(_HALVINGS):
        middle = np.floor((low + high) / 2) if whole else (low + high) / 2
        if whole and middle in (low, high):
            break
        low, high = (low, middle) if good(now + way * middle) else (middle, high)
    if not whole:
        high = plain(high, lambda more: good(now + way * more), up=True)
    return Needed(name, float(way * high), given(now + way * high))
