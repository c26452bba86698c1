"""An index over all its periods, for tiers: its scorecards, and its scores under the declared uncertainty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from kcz_metrics.analysis.robustness import Doubts, Robustness, robustness
from kcz_metrics.decisions.rounds import Rounds
from kcz_metrics.engines.classes import evidence_shares_by_period
from kcz_metrics.errors import Issue, ScoringError
from kcz_metrics.language.periods import is_period
from kcz_metrics.language.periods import period as parse
from kcz_metrics.locales import T
from kcz_metrics.methods import Array
from kcz_metrics.scheme.models import Index, Scheme
from kcz_metrics.scoring import Scorecard, score
from kcz_metrics.scoring.evidence import errors
from kcz_metrics.scoring.periods import values_for
from kcz_metrics.scoring.variants import declared

if TYPE_CHECKING:
    from kcz_metrics.engines.values import Values
    from kcz_metrics.store import Snapshot


def scorecards(scheme: Scheme, index: Index, source: Snapshot | Path, through: str | None = None) -> tuple[Scorecard, ...]:
    """One for each period up to ``through``, first to last: all that the file holds, or all in which anything happened that the index
    counts. Without ``through`` the last one in which a unit is ranked is the last: records of later dates (the end of an agreement) make
    no period. Raises ScoringError where there is none, or where ``through`` is none of them."""
    if through is not None and is_period(through) and parse(through).grain != index.periods.grain and not isinstance(source, Path):
        raise ScoringError(Issue("grain", T("指数 {index} 不按这样的评价期评价", index=index.id), found=T("{period}", period=through)))
    values = _values(scheme, index, source, through)
    periods = values.frame["period"].unique().sort().to_list()
    periods = [p for p in periods if through is None or p <= through]
    if not periods or (through is not None and periods[-1] != through):
        found = T("{names}", names=", ".join(periods) or "—")
        raise ScoringError(Issue("no_periods", T("没有 {period} 的指标值", period=through or index.id), found=found))
    cards = [score(values, index, period, scheme) for period in periods]
    while through is None and len(cards) > 1 and not _ranks(cards[-1]):
        cards.pop()
    return tuple(cards)


def _ranks(card: Scorecard) -> bool:
    return card.run.ranks is not None and not bool(np.isnan(card.run.ranks[:, 0]).all())


def _values(scheme: Scheme, index: Index, source: Snapshot | Path, through: str | None) -> Values:
    if isinstance(source, Path):
        from kcz_metrics.engines import file
        from kcz_metrics.engines.file_reading import read

        # a file that names its periods is asked for one that it holds; one that does not is of the period asked for
        frame = read(source).frame
        held = [p for p in frame["period"].drop_nulls().to_list() if is_period(str(p).strip())] if "period" in frame.columns else []
        if not held and through is None:
            raise ScoringError(
                Issue(
                    "no_periods", T("文件没有说是哪一期"), place=str(source), hint=T("加一列 period，或用 --period（层级用 --through）指明")
                )
            )
        return file.values(source, scheme, index.id, max((str(p).strip() for p in held), default=through or ""))
    from kcz_metrics.engines.eventful import eventful

    known = [p for p in eventful(source, scheme, index.id, index.periods.grain) if through is None or p <= through]
    if not known:
        raise ScoringError(Issue("no_periods", T("没有 {period} 的指标值", period=through or index.id)))
    return values_for(scheme, index, known, source)


def drawn(
    cards: Sequence[Scorecard],
    rounds: Rounds,
    draws: int,
    seed: int,
    source: Snapshot | Path | None = None,
    made: Mapping[str, Robustness] = MappingProxyType({}),
) -> dict[str, Array]:
    """Period to scores, (draw, unit) in the order of ``rounds.units``, NaN where a unit is not ranked. Draw k has the same weights and
    methods in every period: what the index declares under ``uncertainty``, else its weights moved within their bounds.

    With ``source``, where the values came from, also errors of values by their evidence and records that wait for verification, where the
    index declares them; a file of values has neither. ``made``: period to its runs under the same doubts, where they are there already.
    """
    found = {}
    left = [card for card in cards if card.period not in made]
    certain = {card.period: Doubts(declared(card.index, draws, seed)) for card in left}
    doubted = certain if source is None else _doubts(left, source, certain)
    for card in cards:
        period = card.period
        several = made[period] if period in made else robustness(card, doubted[period])
        scores = np.where(np.isnan(several.ranks), np.nan, several.scores)
        at = {unit: column for column, unit in enumerate(card.units["unit"].to_list())}
        blank = np.full(draws, np.nan)
        found[period] = np.stack([scores[:, at[u]] if u in at else blank for u in rounds.units], axis=1)
    return found


def _doubts(cards: Sequence[Scorecard], source: Snapshot | Path, certain: Mapping[str, Doubts]) -> Mapping[str, Doubts]:
    """The same as ``analysis.doubts`` for every card, the records that wait for verification read once for all of them."""
    said = cards[0].index.uncertainty if cards else None
    if said is None or isinstance(source, Path):
        return certain
    beside: dict[str, Scorecard] = {}
    if said.unverified:
        whole, index, periods = cards[0].scheme, cards[0].index, [card.period for card in cards]
        values = values_for(whole, index, periods, replace(source, unverified=True))
        beside = {period: score(values, index, period, whole) for period in periods}
    shares = {}
    if said.evidence:
        shares = evidence_shares_by_period(source, cards[0].scheme, cards[0].index.id, [card.period for card in cards])
    found = {}
    for card in cards:
        off = errors(card, said.evidence, shares[card.period]) if said.evidence else None
        found[card.period] = Doubts(certain[card.period].variants, off, beside.get(card.period))
    return found
