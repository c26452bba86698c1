"""The years after a selection: a low year is a warning, a second one ends the support, and the first reserve that fits moves up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

import numpy as np
import polars as pl

from kcz_metrics.decisions.selection import Selection
from kcz_metrics.scheme.selections import Yearly

State = Literal["kept", "warned", "stopped", "unknown"]
YEARS: Final = {
    "unit": pl.String, "period": pl.String, "score": pl.Float64, "attainment": pl.Float64,
    "low": pl.Boolean, "why": pl.String, "low_years": pl.Int64, "state": pl.String,
}  # fmt: skip
MOVES: Final = {"leaves": pl.String, "moves_up": pl.String, "reserve": pl.Int64, "passed_over": pl.String, "quota": pl.String}


def yearly(years: pl.DataFrame, policy: Yearly) -> pl.DataFrame:
    """Every year of every supported unit, in order: ``unit, period, score, attainment`` in, and out with what the check says.

    ``why``: ``score``, ``attainment`` or both. A year is low where a known figure is below its bar, not low where all that the policy asks
    are known and none is, else not judged (``low`` null, state ``unknown``). ``low_years`` counts them from the first year of the term on;
    they need not follow on each other. ``state`` of the year: ``kept``, ``warned`` where it is low, ``stopped`` from the year on in which
    ``low_years`` reaches ``stop_after``.
    """
    below = {"score": policy.score_below, "attainment": policy.attainment_below}
    asked = {name: bar for name, bar in below.items() if bar is not None}
    tests = {name: pl.col(name).cast(pl.Float64) < bar for name, bar in asked.items()}
    why = pl.concat_list([pl.when(test.fill_null(False)).then(pl.lit(name)) for name, test in tests.items()] or [pl.lit(None, pl.String)])
    low = pl.any_horizontal(tests.values()) if tests else pl.lit(False)
    frame = years.sort("unit", "period").with_columns(low=low, why=why.list.drop_nulls().list.join(" ").replace("", None))
    frame = frame.with_columns(low_years=pl.col("low").fill_null(False).cast(pl.Int64).cum_sum().over("unit"))
    state = (
        pl.when(pl.col("low_years") >= policy.stop_after).then(pl.lit("stopped"))
        .when(pl.col("low").is_null()).then(pl.lit("unknown"))
        .when("low").then(pl.lit("warned"))
        .otherwise(pl.lit("kept"))
    )  # fmt: skip
    return frame.with_columns(state=state).select(pl.col(name).cast(kind) for name, kind in YEARS.items())


def moving_up(selection: Selection, leaving: Iterable[str]) -> pl.DataFrame:
    """Who takes each free seat: the first on the reserve list with whom all quotas hold, or nobody (``moves_up`` null).

    A quota that the seats without the one leaving miss already need not be met again, but must not be missed by more. ``passed_over`` are
    reserves before it that would break a quota, ``quota`` the rules they break. Of reserves that share a place none is taken before the
    other: the seat stays free and both stand in ``moves_up``, for the panel. Seats are filled in the order given.
    """
    position = {unit: number for number, unit in enumerate(selection.ids)}
    listed = selection.units.filter(pl.col("reserve").is_not_null()).sort("reserve").select("unit", "reserve").rows()
    taken = np.array([False] * len(position)) if selection.chosen is None else selection.chosen.sure.copy()
    used: set[str] = set()
    rows = []
    for unit in leaving:
        if unit not in position or not taken[position[unit]]:
            continue
        was = taken.copy()
        taken[position[unit]] = False
        passed: list[str] = []
        broken: dict[str, None] = {}
        fitting: list[tuple[str, int]] = []
        for name, place in listed:
            if name in used or (fitting and place > fitting[0][1]):
                continue
            trial = taken.copy()
            trial[position[name]] = True
            breaks = [rule.key for rule in selection.rules if _worse(rule.kind, rule.seats, rule.members, was, trial)]
            if breaks:
                passed.append(name)
                broken |= dict.fromkeys(breaks)
            else:
                fitting.append((name, place))
        if len(fitting) == 1:
            used.add(fitting[0][0])
            taken[position[fitting[0][0]]] = True
        names = " ".join(name for name, _ in fitting) or None
        rows.append((unit, names, fitting[0][1] if fitting else None, " ".join(passed) or None, "; ".join(broken) or None))
    return pl.DataFrame(rows, schema=MOVES, orient="row")


def _worse(kind: str, seats: int, members: np.ndarray, was: np.ndarray, trial: np.ndarray) -> bool:
    before, after = int((members & was).sum()), int((members & trial).sum())
    return after < min(seats, before) if kind == "at_least" else after > max(seats, before)
