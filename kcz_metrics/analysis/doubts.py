"""What a scheme declares uncertain, made ready from where the values come from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from kcz_metrics.analysis.robustness import Doubts
from kcz_metrics.scoring import Scorecard, evaluate
from kcz_metrics.scoring.evidence import errors
from kcz_metrics.scoring.variants import declared

if TYPE_CHECKING:
    from kcz_metrics.store import Snapshot


def doubts(card: Scorecard, source: Snapshot | Path, draws: int, seed: int) -> Doubts:
    """What ``uncertainty`` of the index says: weights, methods and what is left out from the scheme alone; errors of values from the
    evidence classes of the records behind them; and the scorecard with unverified records.

    A file of values has no records: neither errors nor unverified ones. Raises what scoring and the engine raise.
    """
    variants = declared(card.index, draws, seed)
    said = card.index.uncertainty
    if said is None or isinstance(source, Path):
        return Doubts(variants)
    off, beside = None, None
    if said.evidence:
        from kcz_metrics.engines.classes import evidence_shares

        off = errors(card, said.evidence, evidence_shares(source, card.scheme, card.index.id, card.period))
    if said.unverified:
        beside = evaluate(card.scheme, card.index.id, card.period, replace(source, unverified=True))
    return Doubts(variants, off, beside)
