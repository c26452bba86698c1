"""Needs matched to teams and resources, from what a platform knew on a given day.

The way through: :mod:`reading` (columns of a snapshot), :mod:`known` (the gate: nothing dated later passes), :mod:`teams` and
:mod:`resources` (what is known of each candidate, as arrays), :mod:`weights` (numbers of a file), :mod:`suggesting` (scores and the best).
:mod:`evaluating` measures it on past dockings, :mod:`fitting` fits the weights to them.
"""

from kcz_metrics.matching.known import Known, known
from kcz_metrics.matching.reading import read
from kcz_metrics.matching.suggesting import suggest
from kcz_metrics.matching.weights import Weights, load_weights

__all__ = ["Known", "Weights", "known", "load_weights", "read", "suggest"]
