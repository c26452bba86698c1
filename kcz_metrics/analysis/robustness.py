"""How sure a ranking is: the index under everything its scheme declares uncertain, at once or one by one, in seeded runs."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
import polars as pl

from kcz_metrics.analysis.sensitivity import shift
from kcz_metrics.errors import Issue, ScoringError
from kcz_metrics.locales import T
from kcz_metrics.methods import Array, Flags, Positions
from kcz_metrics.scoring import Scorecard
from kcz_metrics.scoring.block import QUANTILES, block, quantiles, width
from kcz_metrics.scoring.draws import words
from kcz_metrics.scoring.variants import CHOICES, Variants, within

DRAWS: Final = 1000
SEED: Final = 2022
#: The stream of words that says whether a run counts records that wait for verification; see ``draws``, ``evidence``, ``sensitivity``.
_STREAM: Final = 3
#: What can be varied by itself, beside the choices of a block.
ALONE: Final = ("weights", *CHOICES, "evidence", "unverified")

#: Scores, (draw, unit), NaN for a unit without a rank → level to the share of draws in which each unit is in it, (unit,).
Classes = Callable[[Array], Mapping[str, Array]]


@dataclass(frozen=True)
class Doubts:
    """What is uncertain of an index. ``errors``: relative standard errors of values, see ``evidence.errors``; ``with_unverified``: the
    scorecard that counts records waiting for verification too, which half of the runs then start from."""

    variants: Variants
    errors: Array | None = None
    with_unverified: Scorecard | None = None

    @property
    def sources(self) -> tuple[str, ...]:
        """The names of ``ALONE`` that something is varied of."""
        varied = [name for name in CHOICES if len(getattr(self.variants, name)) > 0]
        there = {"weights": self.variants.weights, "evidence": self.errors, "unverified": self.with_unverified}
        return tuple(name for name in ALONE if name in varied or there.get(name) is not None)

    def only(self, source: str) -> Doubts:
        """Nothing uncertain but ``source``. Raises ScoringError where nothing is varied of it."""
        if source not in self.sources:
            found = T("{names}", names=", ".join(self.sources) or "—")
            raise ScoringError(Issue("not_declared", T("方案没有声明 {name} 的不确定性", name=source), expected=found))
        return self.among((source,))

    def among(self, sources: Collection[str]) -> Doubts:
        """What is declared of ``sources`` alone; names of what is not varied count for nothing."""
        given = self.variants
        varied = {name: getattr(given, name) for name in CHOICES if name in sources}
        bare = Variants(given.runs, given.seed, units=given.units, drawn=given.drawn, first=given.first, over_own=given.over_own)
        kept = replace(bare, weights=given.weights if "weights" in sources else None, **varied)
        return Doubts(kept, self.errors if "evidence" in sources else None, self.with_unverified if "unverified" in sources else None)


@dataclass(frozen=True)
class Robustness:
    """``scores`` and ``ranks`` of every run, (draw, unit) in the order of the scorecard, NaN for a unit that a run leaves without."""

    card: Scorecard
    doubts: Doubts
    scores: Array
    ranks: Array

    @cached_property
    def nominal(self) -> Array:
        """Ranks as they are, (unit,)."""
        assert self.card.run.ranks is not None
        return self.card.run.ranks[:, 0]

    def frame(self, classes: Classes | None = None) -> pl.DataFrame:
        """``unit, score, rank, rank_p5, rank_p50, rank_p95``, ``p_<level>`` as ``classes`` tells, ``score_p5, score_p50, score_p95``,
        of the units with a rank.

        Quantiles are the lower order statistics, so that every rank given occurred; null for a unit that some run leaves unranked.
        """
        listed = np.flatnonzero(~np.isnan(self.nominal))
        assert self.card.run.scores is not None
        columns: dict[str, object] = {
            "unit": self.card.units["unit"].gather(listed),
            "score": self.card.run.scores[listed, 0],
            "rank": self.nominal[listed],
        }
        columns |= _named("rank", quantiles(self.ranks, _cores()), listed)
        if classes is not None:
            ranked = np.where(np.isnan(self.ranks), np.nan, self.scores)
            columns |= {f"p_{level}": share[listed] for level, share in classes(ranked).items()}
        columns |= _named("score", quantiles(self.scores, _cores()), listed)
        found = pl.DataFrame(columns).with_columns(pl.selectors.float().fill_nan(None))
        if self.card.index.rank.ties == "average":
            return found
        return found.with_columns(pl.col("rank", *(f"rank_p{round(100 * q)}" for q in QUANTILES)).cast(pl.Int64))

    @cached_property
    def acceptability(self) -> pl.DataFrame:
        """``unit, rank, share``: in what share of the runs a unit has a rank (Lahdelma et al. 1998); ranks that occurred."""
        names, draws = self.card.units["unit"].to_list(), len(self.ranks)
        rows = [
            (names[unit], float(rank), times / draws)
            for unit in range(len(names))
            for rank, times in zip(*np.unique(_known(self.ranks[:, unit]), return_counts=True), strict=True)
        ]
        return pl.DataFrame(rows, schema={"unit": pl.String, "rank": pl.Float64, "share": pl.Float64}, orient="row")

    def wins(self) -> Array:
        """(unit, unit): in what share of the runs that rank both the first stands before the second, half for equal places; NaN for units
        of different groups, where no run ranks both, and of a unit with itself."""
        n = self.ranks.shape[1]
        there = ~np.isnan(self.ranks)
        # halves of shared places become whole; who has no rank stands after all
        doubled = np.where(there, 2.0 * np.nan_to_num(self.ranks), 4.0 * n).astype(np.uint32)
        before = np.zeros((n, n), np.uint32)
        for place in doubled:
            before += place[:, None] < place
        both = there.T.astype(float) @ there
        ahead = before - there.T.astype(float) @ ~there
        won = ahead + (both - ahead - ahead.T) / 2
        found = np.where(both > 0, won / np.where(both > 0, both, 1.0), np.nan)
        same = np.zeros((n, n), bool)
        for rows in self.card.run.groups:
            same[np.ix_(rows, rows)] = True
        same[np.arange(n), np.arange(n)] = False
        return np.where(same, found, np.nan)

    def win(self, one: int, other: int) -> float:
        """``wins`` of two rows alone; NaN where no run ranks both."""
        mine, theirs = self.ranks[:, one], self.ranks[:, other]
        both = ~(np.isnan(mine) | np.isnan(theirs))
        if not both.any():
            return float("nan")
        return float((mine[both] < theirs[both]).mean() + (mine[both] == theirs[both]).mean() / 2)

    def pairs(self) -> pl.DataFrame:
        """``unit, other, probability`` of ``wins``, for units with a rank in the scorecard, in the order of their ranks."""
        listed = np.flatnonzero(~np.isnan(self.nominal))
        listed = listed[np.lexsort((listed, self.nominal[listed]))]
        share, names = self.wins()[np.ix_(listed, listed)], self.card.units["unit"].gather(listed).to_list()
        rows = [(names[i], names[j], float(share[i, j])) for i, j in np.argwhere(~np.isnan(share))]
        return pl.DataFrame(rows, schema={"unit": pl.String, "other": pl.String, "probability": pl.Float64}, orient="row")

    @cached_property
    def stays(self) -> Array:
        """In what share of the runs each unit keeps its rank, (unit,); NaN for a unit without one."""
        return np.where(np.isnan(self.nominal), np.nan, (self.ranks == self.nominal).mean(axis=0))

    @cached_property
    def shifts(self) -> Array:
        """Mean absolute change in rank of each run, (draw,)."""
        return shift(self.ranks, self.nominal)

    def summary(self) -> dict[str, float]:
        """``stay``: mean share of units that keep their rank; ``shift``: mean change in rank; ``largest``: of any unit in any run."""
        moved = np.abs(self.ranks - self.nominal)
        return {
            "stay": _mean(self.stays),
            "shift": _mean(self.shifts),
            "largest": float(np.nanmax(moved)) if (~np.isnan(moved)).any() else float("nan"),
        }


def robustness(card: Scorecard, doubts: Doubts, *, threads: int | None = None) -> Robustness:
    """The index run ``doubts.variants.runs`` times. Run k has the same numbers for every source, so that what is varied alone is varied as
    it is together with the rest. ``threads`` changes no digit. Raises what ``block`` raises."""
    variants = doubts.variants
    counted = words(variants.seed, variants.first, variants.runs, 1, _STREAM)[:, 0] < 0.5
    return runs_of(card, doubts, counted, threads=threads)


def runs_of(card: Scorecard, doubts: Doubts, counted: Flags, *, numbers: Array | None = None, threads: int | None = None) -> Robustness:
    """The runs, those that are ``counted`` (run,) from the scorecard with unverified records; ``numbers`` as for ``block``."""
    other, variants = doubts.with_unverified, doubts.variants
    if other is None:
        made = block(card, variants, errors=doubts.errors, numbers=numbers, threads=threads)
        return Robustness(made.card, doubts, made.scores, made.ranks)
    errors = None if doubts.errors is None else np.nan_to_num(aligned(doubts.errors, card, other))
    scores, ranks = np.empty((2, variants.runs, len(card.units)))
    for which, start, off in ((~counted, card, doubts.errors), (counted, other, errors)):
        runs = np.flatnonzero(which)
        if len(runs):
            some, drawn = _some(start, variants, runs, numbers)
            there = block(start, some, errors=off, numbers=drawn, threads=threads)
            scores[runs], ranks[runs] = (aligned(rows.T, start, card).T for rows in (there.scores, there.ranks))
    return Robustness(card if variants.units is None else within(card, variants.units), doubts, scores, ranks)


def _some(card: Scorecard, variants: Variants, runs: Positions, numbers: Array | None) -> tuple[Variants, Array]:
    """These of the runs alone: the variants, and the numbers that give each what it takes among all of them."""
    taken, moved = variants.draws(width(card.run.structure) - len(CHOICES), numbers)
    drawn = np.concatenate([(taken[runs] + 0.5) / variants.sizes, moved[runs]], axis=1)
    return replace(variants, runs=len(runs), origin=tuple(variants.numbered(runs).tolist()), drawn=True), drawn


def one_by_one(card: Scorecard, doubts: Doubts, *, threads: int | None = None) -> pl.DataFrame:
    """``source, stay, shift, largest``: the summary with everything uncertain at once (source ``all``) and with each source alone."""
    several = {"all": doubts, **{name: doubts.only(name) for name in doubts.sources}}
    rows = [{"source": name} | robustness(card, each, threads=threads).summary() for name, each in several.items()]
    return pl.DataFrame(rows, schema={"source": pl.String, "stay": pl.Float64, "shift": pl.Float64, "largest": pl.Float64}).fill_nan(None)


def aligned(rows: Array, source: Scorecard, target: Scorecard) -> Array:
    """Rows of the units of ``source`` as those of ``target``; NaN for a unit that ``source`` has not."""
    at = {unit: row for row, unit in enumerate(source.units["unit"].to_list())}
    place = np.array([at.get(unit, -1) for unit in target.units["unit"].to_list()], np.intp)
    return np.where((place >= 0).reshape(-1, *[1] * (rows.ndim - 1)), rows[place], np.nan)


def _named(name: str, rows: tuple[Array, ...], listed: Positions) -> dict[str, object]:
    return {f"{name}_p{round(100 * q)}": row[listed] for q, row in zip(QUANTILES, rows, strict=True)}


def _cores() -> int:
    return os.cpu_count() or 1


def _known(x: Array) -> Array:
    return x[~np.isnan(x)]


def _mean(x: Array) -> float:
    return float(_known(x).mean()) if (~np.isnan(x)).any() else float("nan")
