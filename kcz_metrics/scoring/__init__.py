"""From values to scores and ranks: ``score(values, index, period, scheme) -> Scorecard``, with every stage kept."""

from kcz_metrics.scoring.evaluate import evaluate
from kcz_metrics.scoring.pipeline import rescore, score
from kcz_metrics.scoring.scorecard import Scorecard
from kcz_metrics.scoring.weighing import Weights

__all__ = ["Scorecard", "Weights", "evaluate", "rescore", "score"]
