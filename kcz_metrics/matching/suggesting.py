"""The best teams and resources of needs, each with the points of its parts, which add up to its score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import polars as pl

from kcz_metrics.errors import Issue, RecordsError, did_you_mean
from kcz_metrics.locales import T
from kcz_metrics.matching import parts as part
from kcz_metrics.matching.known import Known, known
from kcz_metrics.matching.parts import Floats, Ints
from kcz_metrics.matching.reading import Records
from kcz_metrics.matching.resources import Resources, need_texts, resources
from kcz_metrics.matching.teams import Asked, Documents, Teams, asked_of, documents, teams
from kcz_metrics.matching.weights import RESOURCE_PARTS, TEAM_PARTS, Weights

Kind = Literal["team", "resource"]
PARTS = tuple(dict.fromkeys((*TEAM_PARTS, *RESOURCE_PARTS)))
#: Needs scored at once: what is in hand fits in the processor's cache.
_BLOCK = 256


@dataclass(frozen=True)
class Desk:
    """All that suggestions of one day stand on: what was known, the texts, the teams and the weights."""

    records: Records
    seen: Known
    texts: Documents
    teams: Teams
    weights: Weights

    def asked(self, need_ids: Sequence[str] | None = None) -> pl.DataFrame:
        """The open needs, or those named; RecordsError for one that was not known by then."""
        if need_ids is None:
            return self.seen.needs.filter(pl.col("open"))
        frame = self.seen.needs.filter(pl.col("need_id").is_in(list(need_ids)))
        missing = sorted(set(need_ids) - set(frame["need_id"].to_list()))
        if missing:
            known_ids = self.seen.needs["need_id"].to_list()
            raise RecordsError(
                Issue(
                    "need_unknown",
                    T("截至 {day} 没有编号为 {need} 的有效需求", day=self.seen.as_of.isoformat(), need=one),
                    subject=one,
                    hint=did_you_mean(one, known_ids[:: max(1, len(known_ids) // 2000)]),
                )
                for one in missing
            )
        return frame


def desk(records: Records, as_of: date, weights: Weights, texts: Documents | None = None) -> Desk:
    seen = known(records, as_of)
    broken = texts or documents(records)
    return Desk(records, seen, broken, teams(seen, broken, weights), weights)


def suggest(
    records: Records,
    as_of: date,
    weights: Weights,
    need_ids: Sequence[str] | None = None,
    *,
    most: int = 5,
    kinds: Sequence[Kind] = ("team", "resource"),
) -> pl.DataFrame:
    """The ``most`` best candidates of each kind for open needs or those named, from what was known at the end of ``as_of``.

    Columns: ``need, rank, kind, candidate, score`` and one a part, in points: the parts of a row add up to its score (0 to 100); a part
    that its kind does not have is null. Equal scores go by id.
    """
    at = desk(records, as_of, weights)
    needs = at.asked(need_ids)
    frames = []
    if "team" in kinds:
        frames.append(best_teams(at, needs, most))
    if "resource" in kinds:
        frames.append(best_resources(at, needs, most))
    return pl.concat(frames).sort("need", pl.col("kind") != "team", "rank")


def best_teams(at: Desk, needs: pl.DataFrame, most: int = 5) -> pl.DataFrame:
    asked = asked_of(needs, at.seen, at.texts)
    weights = at.weights.of_teams()
    blocks = []
    for start in range(0, len(asked.ids), _BLOCK):
        block = part_of(asked, start, start + _BLOCK)
        parts = at.teams.parts(block, at.texts.texts)
        top = part.best(part.total(parts, weights), most)
        blocks.append(_frame("team", TEAM_PARTS, block.ids, at.teams.ids, part.points_at(parts, weights, top), top))
    return pl.concat(blocks) if blocks else _empty()


def best_resources(at: Desk, needs: pl.DataFrame, most: int = 5, stock: Resources | None = None) -> pl.DataFrame:
    asked = asked_of(needs, at.seen, at.texts)
    words = need_texts(at.records, list(asked.ids))
    stock = stock or resources(at.seen, words, at.weights)
    weights = at.weights.of_resources()
    blocks = []
    for start in range(0, len(asked.ids), 32):
        block = part_of(asked, start, start + 32)
        parts = stock.parts(block, words[start : start + 32])
        top = part.best_within(part.total(parts, weights), stock.holder, int(at.weights.number["holder_most"]), most)
        blocks.append(_frame("resource", RESOURCE_PARTS, block.ids, stock.ids, part.points_at(parts, weights, top), top))
    return pl.concat(blocks) if blocks else _empty()


def part_of(asked: Asked, start: int, end: int) -> Asked:
    return Asked(asked.ids[start:end], asked.city[start:end], asked.industry[start:end], asked.field[start:end], asked.row[start:end])


def _frame(kind: Kind, names: Sequence[str], need_ids: Sequence[str], candidates: Sequence[str], given: Floats, top: Ints) -> pl.DataFrame:
    """``given``: need × place × part in points; ``top``: the candidate at each place."""
    if not candidates:
        return _empty()
    chosen = given.reshape(-1, len(names))
    width = top.shape[1]
    frame = pl.DataFrame(
        {
            "need": np.repeat(np.array(need_ids, dtype=object), width).tolist(),
            "rank": np.tile(np.arange(1, width + 1), len(need_ids)),
            "kind": [kind] * (width * len(need_ids)),
            "candidate": [candidates[i] for i in top.ravel().tolist()],
            "score": chosen.sum(axis=1),
            **{name: chosen[:, k] for k, name in enumerate(names)},
        }
    )
    return frame.with_columns(pl.lit(None, pl.Float64).alias(p) for p in PARTS if p not in names).select(_empty().columns)


def _empty() -> pl.DataFrame:
    return pl.DataFrame(
        schema={
            "need": pl.String, "rank": pl.Int64, "kind": pl.String, "candidate": pl.String, "score": pl.Float64,
            **dict.fromkeys(PARTS, pl.Float64),
        }
    )  # fmt: skip
