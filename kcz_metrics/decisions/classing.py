"""The tier that a vector of scores gives each unit, for whoever draws scores: the round of a period with other scores in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from kcz_metrics.decisions.history import drawn
from kcz_metrics.decisions.recorded import Recorded
from kcz_metrics.decisions.replay import NOTHING, replay
from kcz_metrics.decisions.rounds import gathered
from kcz_metrics.methods import Array
from kcz_metrics.scheme.policies import Tiers
from kcz_metrics.scoring import Scorecard

if TYPE_CHECKING:
    from kcz_metrics.store import Snapshot


def tier_classes(
    cards: Sequence[Scorecard],
    policy: Tiers,
    decided: Mapping[str, str] | None,
    seed: int,
    source: Snapshot | Path | None = None,
    recorded: Recorded = NOTHING,
    flagged: pl.DataFrame | None = None,
) -> Callable[[Array], Mapping[str, Array]]:
    """From scores of the last card's units, (draw, unit), NaN for one without a rank, to level → share of draws after which a unit is in it
    (unit,); the same as ``replay`` gives for these draws. Periods before are drawn as the index declares, draw k with the same weights;
    with ``source`` also with errors of values, see ``history.drawn``. ``flagged`` as for ``rounds.gathered``."""
    card, rounds = cards[-1], gathered(cards, flagged)

    def classes(scores: Array) -> Mapping[str, Array]:
        units = card.units["unit"].to_list()
        at = {unit: column for column, unit in enumerate(units)}
        blank = np.full(len(scores), np.nan)
        now = np.stack([scores[:, at[unit]] if unit in at else blank for unit in rounds.units], axis=1)
        # smoothing and gain look two periods back
        before = drawn(cards[-3:-1], rounds, len(scores), seed, source) if len(cards) > 1 else {}
        found = replay(rounds, policy, decided=decided, draws={**before, card.period: now}, told=False, recorded=recorded).frame
        last = found.filter(pl.col("period") == card.period)
        lined = pl.DataFrame({"unit": units}).join(last, on="unit", how="left", maintain_order="left")
        return {level.id: lined[f"p_{level.id}"].cast(pl.Float64).to_numpy().astype(float) for level in policy.levels}

    return classes
