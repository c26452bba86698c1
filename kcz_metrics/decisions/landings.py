"""What the probability of a level is counted from: where a unit stands after the round, draw by draw."""

from __future__ import annotations

import polars as pl

from kcz_metrics.decisions.chances import landed
from kcz_metrics.decisions.replay import drawn_at
from kcz_metrics.decisions.ruling import Sitting
from kcz_metrics.methods import Positions


def every(sitting: Sitting) -> Positions | None:
    """The level of each unit after the last round under each draw, (draw, unit); None where the round was not drawn."""
    rounds, last = sitting.rounds, sitting.last
    drawn = drawn_at(rounds, sitting.policy, sitting.draws, rounds.periods.index(last.period))
    return None if drawn is None else landed(sitting.ladder, last.before, last.now, drawn, rounds.months)


def landings(sitting: Sitting, unit: str, levels: Positions | None) -> pl.DataFrame:
    """``draw`` from 1 on, ``smoothed`` and ``tier`` (null for none), a row a draw; ``levels`` as :func:`every` gives them."""
    schema = {"draw": pl.Int64, "smoothed": pl.Float64, "tier": pl.String}
    rounds, ids, at = sitting.rounds, sitting.ladder.ids, sitting.rounds.units.index(unit)
    drawn = drawn_at(rounds, sitting.policy, sitting.draws, rounds.periods.index(sitting.last.period))
    if levels is None or drawn is None:
        return pl.DataFrame(schema=schema)
    tier = [ids[level] if level >= 0 else None for level in levels[:, at]]
    columns = {"draw": range(1, len(tier) + 1), "smoothed": drawn.smoothed[:, at], "tier": tier}
    return pl.DataFrame(columns, schema=schema, nan_to_null=True)
