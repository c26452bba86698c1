"""The band around the cut that cannot be told apart: how often a unit beats the one it could change places with, over many draws."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from kcz_metrics.analysis.intervals import SEED, SHARE
from kcz_metrics.decisions.selection import Selection
from kcz_metrics.methods import Array
from kcz_metrics.scoring import Scorecard
from kcz_metrics.scoring.block import block
from kcz_metrics.scoring.draws import Moves
from kcz_metrics.scoring.variants import Variants

DRAWS: Final = 1000
#: From this share of the draws on a place is not in doubt.
SURE: Final = 0.9
FRAME: Final = {
    "unit": pl.String, "selected": pl.Boolean, "rival": pl.String, "gap": pl.Float64, "win_probability": pl.Float64, "near": pl.Boolean,
}  # fmt: skip


def cut_line(selection: Selection, names: pl.Series, scores: Array, sure: float = SURE) -> pl.DataFrame:
    """``unit, selected, rival, gap, win_probability, near``: each eligible unit that could change places with somebody.

    ``scores`` (draw, unit) are for ``names``. The probability is the share of draws in which the unit has more points than its rival, half
    of those in which both have the same; preferences are added as they are. ``near``: it is between 1 − ``sure`` and ``sure``. Null where a
    unit has no score in some draw.
    """
    found = selection.rivals
    column = {name: number for number, name in enumerate(names)}
    added = selection.units.select("unit", (pl.col("points") - pl.col("published")).alias("added")).rows_by_key("unit", unique=True)
    rows = []
    for unit, rival, gap in found.iter_rows():
        probability = None
        if unit in column and rival in column:
            own = scores[:, column[unit]] + added[unit][0]
            other = scores[:, column[rival]] + added[rival][0]
            if not (np.isnan(own).any() or np.isnan(other).any()):
                probability = float(((own > other) + 0.5 * (own == other)).mean())
        rows.append((unit, rival, gap, probability))
    schema = {name: FRAME[name] for name in ("unit", "rival", "gap", "win_probability")}
    frame = pl.DataFrame(rows, schema=schema, orient="row").join(selection.units.select("unit", "selected"), on="unit", how="left")
    near = pl.col("win_probability").is_between(1 - sure, sure, closed="none")
    return frame.with_columns(near=near).select(list(FRAME)).sort(pl.col("gap").abs(), "unit")


def drawn(selection: Selection, card: Scorecard, draws: int = DRAWS, seed: int = SEED, share: float | None = None) -> pl.DataFrame:
    """:func:`cut_line` under draws of the index's weights: each times a uniform number from 1 − ``share`` to 1 + ``share``."""
    width = share if share is not None else card.index.bounds.share if card.index.bounds else SHARE
    return cut_line(selection, card.units["unit"], block(card, Variants(draws, seed, Moves(width))).scores)
