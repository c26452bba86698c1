"""How far a unit lies from its bar under the declared uncertainty, round by round."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from kcz_metrics.decisions.replay import drawn_at
from kcz_metrics.decisions.ruling import Sitting

QUANTILES = (0.05, 0.95)


def margins(sitting: Sitting, unit: str) -> pl.DataFrame:
    """``period, low, high``: where nine in ten draws put the smoothed score, a row a round that was drawn.

    Another method or weight moves scores and bars together, and stretches them, so that what a draw says of a unit is its distance to the
    entry score of the same draw, in standard deviations of that draw. The interval is that distance beside the entry score as it is, in
    standard deviations as they are; of the level above or of its own, whichever is nearer.
    """
    rounds, policy, ladder, at = sitting.rounds, sitting.policy, sitting.ladder, sitting.rounds.units.index(unit)
    rows = []
    for (period,), frame in sitting.found.frame.group_by("period", maintain_order=True):
        own = frame.row(by_predicate=pl.col("unit") == unit, named=True)
        entry, number = _nearer(own, ladder.ids)
        if entry is None or str(period) not in rounds.periods:
            continue
        drawn = drawn_at(rounds, policy, sitting.draws, rounds.periods.index(str(period)))
        if drawn is None:
            continue
        member = frame["tier_before"].is_not_null().to_numpy()
        bars = np.array([ladder.entry(np.where(member, earlier, np.nan))[number] for earlier in drawn.earlier])
        spread = np.nanstd(np.where(member, drawn.smoothed, np.nan), axis=1)
        stretched = float(np.nanstd(np.where(member, frame["smoothed"].cast(pl.Float64).to_numpy(), np.nan))) / np.where(
            spread > 0, spread, np.nan
        )
        away = (drawn.smoothed[:, at] - bars) * stretched
        if np.isnan(away).all():
            continue
        low, high = np.nanquantile(away, QUANTILES)
        rows.append((period, entry + float(low), entry + float(high)))
    return pl.DataFrame(rows, schema={"period": pl.String, "low": pl.Float64, "high": pl.Float64}, orient="row")


def _nearer(row: Mapping[str, Any], ids: tuple[str, ...]) -> tuple[float | None, int]:
    """The entry score that is nearer to the unit, and the number of its level."""
    if row["tier_before"] not in ids or row["smoothed"] is None:
        return None, 0
    level = ids.index(row["tier_before"])
    known = [
        (abs(row["smoothed"] - bar), bar, n) for bar, n in ((row["entry_above"], level - 1), (row["entry_own"], level)) if bar is not None
    ]
    return min(known)[1:] if known else (None, 0)
