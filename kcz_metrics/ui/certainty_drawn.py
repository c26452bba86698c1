"""The runs behind the page on certainty, kept by snapshot, scheme, index, period and what is varied; and what they say of one group."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import streamlit as st

from kcz_metrics.methods import Array
from kcz_metrics.ui import later, loading
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.standing import names, ranked

if TYPE_CHECKING:
    from kcz_metrics.analysis.robustness import Doubts, Robustness
    from kcz_metrics.scoring.scorecard import Scorecard
    from kcz_metrics.store import Snapshot

#: Two neighbours are told apart when one stands before the other in so many of the runs.
SURE = 0.9
#: In so few, and the runs say the other order.
TURNED = 1 - SURE
#: What the records have to be read for once more, a second or two.
OF_RECORDS = frozenset({"evidence", "unverified"})


@dataclass(frozen=True)
class Asked:
    """What the reader wants varied: sources of doubt in the order of ``robustness.ALONE``, runs, seed."""

    sources: tuple[str, ...]
    draws: int
    seed: int


@st.cache_resource(show_spinner=False, max_entries=16)
def _doubts(_card: Scorecard, _snapshot: Snapshot, snapshot_id: str, digest: str, index_id: str, period: str) -> Doubts:
    from kcz_metrics.analysis.doubts import doubts
    from kcz_metrics.analysis.robustness import DRAWS, SEED

    return doubts(_card, _snapshot, DRAWS, SEED)


def declared(ctx: Context) -> Doubts:
    """Everything that the index declares uncertain, records read once more for their evidence and for those that wait."""
    assert ctx.snapshot is not None
    return _doubts(loading.scorecard(ctx), ctx.snapshot, *_key(ctx))


def sources(ctx: Context) -> tuple[str, ...]:
    """What there is to vary; from the scheme alone, so that nothing is read for it."""
    from kcz_metrics.analysis.robustness import ALONE, Doubts
    from kcz_metrics.scoring.variants import declared as of_scheme

    said = ctx.index.uncertainty
    found = set(Doubts(of_scheme(ctx.index, 1, 0)).sources)
    if said is not None:
        found |= {name for name in OF_RECORDS if getattr(said, name)}
    return tuple(name for name in ALONE if name in found)


def narrowed(ctx: Context, asked: Asked) -> Doubts:
    """Only what is asked for, in so many runs from that seed."""
    from kcz_metrics.analysis.robustness import Doubts
    from kcz_metrics.scoring.variants import declared as of_scheme

    records = OF_RECORDS & set(asked.sources)
    every = declared(ctx) if records else Doubts(of_scheme(ctx.index, asked.draws, asked.seed))
    kept = every.among(asked.sources)
    return replace(kept, variants=replace(kept.variants, runs=asked.draws, seed=asked.seed))


@st.cache_resource(show_spinner=False, max_entries=24)
def _robust(_card: Scorecard, _doubts: Doubts, snapshot_id: str, digest: str, index_id: str, period: str, asked: Asked) -> Robustness:
    from kcz_metrics.analysis.robustness import robustness

    return robustness(_card, _doubts)


def robust(ctx: Context, asked: Asked) -> Robustness:
    if asked == whole(ctx):
        return later.now(*_work(ctx, asked))
    return _robust(loading.scorecard(ctx), narrowed(ctx, asked), *_key(ctx), asked)


def whole(ctx: Context) -> Asked:
    """What the interval of every rank counts: all that is declared."""
    from kcz_metrics.analysis.robustness import DRAWS, SEED

    return Asked(sources(ctx), DRAWS, SEED)


def begun(ctx: Context) -> Robustness | None:
    """The runs of ``whole``; None while they are made, where records have to be read for them."""
    asked = whole(ctx)
    return later.there(*_work(ctx, asked)) if OF_RECORDS & set(asked.sources) else robust(ctx, asked)


def at_once(ctx: Context) -> Robustness:
    """The same runs, made here where they are not there: work that waits for them never stands in the line of ``later`` itself."""
    return _work(ctx, whole(ctx))[1]()


def _work(ctx: Context, asked: Asked) -> tuple[Hashable, Callable[[], Robustness]]:
    card, snapshot, key = loading.scorecard(ctx), ctx.snapshot, _key(ctx)
    assert snapshot is not None

    def work() -> Robustness:
        doubts = _doubts(card, snapshot, *key).among(asked.sources)
        return _robust(card, replace(doubts, variants=replace(doubts.variants, runs=asked.draws, seed=asked.seed)), *key, asked)

    return (*key, asked), work


@st.cache_resource(show_spinner=False, max_entries=32)
def _dependence(
    _card: Scorecard, _doubts: Doubts, snapshot_id: str, digest: str, index_id: str, period: str, asked: Asked, unit: str | None
) -> pl.DataFrame:
    from kcz_metrics.analysis.dependence import dependence

    return dependence(_card, _doubts, runs=asked.draws, seed=asked.seed, units=False if unit is None else (unit,))


def dependence(ctx: Context, asked: Asked, unit: str | None = None) -> pl.DataFrame:
    """Sobol indices of the ranking as a whole (``unit`` null in the frame), and of a unit's rank; ``asked.draws`` are the basic runs."""
    return _dependence(loading.scorecard(ctx), narrowed(ctx, asked), *_key(ctx), asked, unit)


@st.cache_resource(show_spinner=False, max_entries=8)
def _answers(
    _card: Scorecard, _doubts: Doubts, snapshot_id: str, digest: str, index_id: str, period: str, asked: Asked, unit: str | None
) -> pl.DataFrame:
    from kcz_metrics.analysis.dependence import answers as worked

    return worked(_card, _doubts, unit, runs=asked.draws, seed=asked.seed)


def answers(ctx: Context, asked: Asked, unit: str | None) -> pl.DataFrame:
    """The runs that ``dependence`` is worked out from, a row a pair of runs."""
    return _answers(loading.scorecard(ctx), narrowed(ctx, asked), *_key(ctx), asked, unit)


def _key(ctx: Context) -> tuple[str, str, str, str]:
    assert ctx.snapshot is not None
    return ctx.snapshot.id, ctx.digest, ctx.index_id, ctx.period


@dataclass(frozen=True)
class Drawn:
    """The runs of the ranked units of one group, in the order of their ranks; ``frame`` is their standing."""

    ctx: Context
    asked: Asked
    found: Robustness
    frame: pl.DataFrame

    @cached_property
    def placed(self) -> pl.DataFrame:
        return ranked(self.frame).sort("rank", "unit")

    @cached_property
    def units(self) -> list[str]:
        return self.placed["unit"].to_list()

    @cached_property
    def called(self) -> Mapping[str, str]:
        return names(self.frame, self.ctx.lang)

    @cached_property
    def at(self) -> dict[str, int]:
        return {unit: column for column, unit in enumerate(self.units)}

    @cached_property
    def _rows(self) -> list[int]:
        rows = {unit: row for row, unit in enumerate(self.found.card.units["unit"].to_list())}
        return [rows[unit] for unit in self.units]

    @cached_property
    def ranks(self) -> Array:
        """(draw, unit)"""
        return self.found.ranks[:, self._rows]

    @cached_property
    def scores(self) -> Array:
        return self.found.scores[:, self._rows]

    def total(self, unit: str) -> float:
        """The unrounded score as it is."""
        scores = self.found.card.run.scores
        assert scores is not None
        return float(scores[self._rows[self.at[unit]], 0])

    @cached_property
    def nominal(self) -> Array:
        return self.found.nominal[self._rows]

    @cached_property
    def spans(self) -> pl.DataFrame:
        """``unit, rank, rank_low, rank_mid, rank_high, stay``: the interval of nine in ten runs, and the share that keeps the rank; null
        limits for a unit that some run leaves unranked."""
        ordered = np.sort(self.ranks, axis=0)  # NaN last
        last = len(ordered) - 1
        low, mid, high = (np.where(np.isnan(ordered[-1]), np.nan, ordered[int(q * last)]) for q in (0.05, 0.5, 0.95))
        columns = {"unit": self.units, "rank": self.nominal, "rank_low": low, "rank_mid": mid, "rank_high": high}
        return pl.DataFrame(columns | {"stay": (self.ranks == self.nominal).mean(axis=0)}).with_columns(pl.selectors.float().fill_nan(None))

    @cached_property
    def ahead(self) -> list[float | None]:
        """Of each unit but the last, in what share of the runs it stands before the next one, half for equal places."""
        return [self.wins(a, b) for a, b in zip(self.units, self.units[1:], strict=False)]

    def wins(self, unit: str, other: str) -> float | None:
        """In what share of the runs that rank both the first stands before the second; null where none ranks both."""
        mine, theirs = self.ranks[:, self.at[unit]], self.ranks[:, self.at[other]]
        both = ~(np.isnan(mine) | np.isnan(theirs))
        if not both.any():
            return None
        return float((mine[both] < theirs[both]).mean() + (mine[both] == theirs[both]).mean() / 2)

    def acceptability(self, unit: str) -> pl.DataFrame:
        """``rank, share``: the ranks that occurred; the runs that leave the unit unranked are no part of it."""
        ranks = self.ranks[:, self.at[unit]]
        known = ranks[~np.isnan(ranks)]
        found, times = np.unique(known, return_counts=True)
        return pl.DataFrame({"rank": found, "share": times / len(ranks)}, schema={"rank": pl.Float64, "share": pl.Float64})

    @property
    def apart(self) -> int:
        """Neighbours whose order is sure."""
        return sum(p is not None and p >= SURE for p in self.ahead)

    @property
    def turned(self) -> int:
        """Neighbours of which the runs say the other order: what counts for both is uncertain in one way more than in the other."""
        return sum(p is not None and p <= TURNED for p in self.ahead)

    @cached_property
    def summary(self) -> dict[str, float | None]:
        """``width``: mean width of the intervals; ``stay``: mean share of runs that keep a rank; ``shift``: mean change in rank;
        ``largest``: of any unit in any run."""
        moved = np.abs(self.ranks - self.nominal)
        known = moved[~np.isnan(moved)]
        width = self.spans.select((pl.col("rank_high") - pl.col("rank_low")).mean()).item()
        return {
            "width": width,
            "stay": float((self.ranks == self.nominal).mean()) if self.ranks.size else None,
            "shift": float(known.mean()) if known.size else None,
            "largest": float(known.max()) if known.size else None,
        }

    def runs(self, units: list[str]) -> pl.DataFrame:
        """``unit, draw, rank, score, nominal, apart`` and the alternatives that each run took, a row a run and unit."""
        taken = self._taken
        frames = []
        for unit in units:
            column = self.at[unit]
            one: dict[str, Any] = {
                "unit": [unit] * len(self.ranks), "draw": np.arange(1, len(self.ranks) + 1), "rank": self.ranks[:, column],
                "score": self.scores[:, column], "nominal": np.full(len(self.ranks), self.nominal[column]),
            }  # fmt: skip
            frames.append(pl.DataFrame(one | taken))
        whole = pl.concat(frames) if frames else pl.DataFrame({"unit": [], "draw": [], "rank": [], "score": [], "nominal": []} | taken)
        return whole.with_columns(pl.col("rank", "score").fill_nan(None), apart=(pl.col("rank") - pl.col("nominal")).abs().fill_nan(None))

    @cached_property
    def _taken(self) -> dict[str, list[str]]:
        """Choice to what each run took of it, in words."""
        from kcz_metrics.methods import FAMILIES
        from kcz_metrics.scheme.models import Method
        from kcz_metrics.scoring.block import width
        from kcz_metrics.scoring.variants import CHOICES

        variants, structure = self.found.doubts.variants, self.found.card.run.structure
        taken = variants.draws(width(structure) - len(CHOICES))[0]
        told: dict[str, list[str]] = {}
        for place, choice in enumerate(CHOICES):
            given = getattr(variants, choice)
            if len(given) < 2:
                continue
            words = [
                self.ctx.text(FAMILIES[choice][one.method].label) if isinstance(one, Method) else self.ctx.name(str(one)) if one else "—"
                for one in given
            ]
            told[choice] = [words[i] for i in taken[:, place]]
        return told
