"""What is known of every resource as arrays, and the parts that speak for each resource before each need."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import polars as pl
import scipy.sparse as sp
from numpy.typing import NDArray

from kcz_metrics.matching import parts as part
from kcz_metrics.matching.known import Known, end_of
from kcz_metrics.matching.parts import Floats, Ints
from kcz_metrics.matching.reading import Records
from kcz_metrics.matching.teams import Asked, body_industries, body_places, cross, positions
from kcz_metrics.matching.text import Texts, rarity, similarity, texts_of, vectors
from kcz_metrics.matching.weights import Weights


@dataclass(frozen=True)
class Resources:
    """Resources by position. ``holder`` is a place among the holders of ``holder_industry``, ``docked_industry``
    (holder × industry), ``in_industry`` (industry × holder) and ``near`` (city × holder)."""

    ids: tuple[str, ...]
    field: NDArray[np.str_]
    holder: Ints
    holder_industry: Floats
    docked_industry: Floats
    in_industry: Floats
    grade: Floats
    uses: Floats
    used: Floats
    fresh_days: Floats
    fresh: Floats
    km: Floats
    near: Floats
    texts: Texts
    vectors: sp.csr_array
    rare: Floats

    def parts(self, asked: Asked, documents: list[str]) -> list[Floats]:
        """One matrix need × resource a part, in the order of RESOURCE_PARTS; ``documents``: the texts of the needs."""
        n, m = len(asked.ids), len(self.ids)
        in_city, in_industry = (asked.city >= 0)[:, None], (asked.industry >= 0)[:, None]
        return [
            np.where(in_industry, self.holder_industry.T[asked.industry], 0.0)[:, self.holder],
            (asked.field[:, None] == self.field[None, :]).astype(np.float64),
            similarity(self.texts, self.texts.rows(documents), self.vectors, self.rare),
            np.where(in_industry, self.in_industry[asked.industry], 0.0)[:, self.holder],
            np.broadcast_to(self.grade, (n, m)),
            np.broadcast_to(self.used, (n, m)),
            np.broadcast_to(self.fresh, (n, m)),
            np.where(in_city, self.near[asked.city], 0.5)[:, self.holder],
        ]


def resources(seen: Known, documents: list[str], weights: Weights) -> Resources:
    """The resources of the helpful libraries. ``documents``: texts of the needs that will be asked, broken up with the titles."""
    number = weights.number
    frame = seen.resources.filter(pl.col("library_type").is_in(list(weights.libraries)))
    ids, holders = frame["resource_id"], frame["holder_org_id"].unique().sort()
    cities, industries = seen.places["city_id"], seen.industries["industry_code"]
    texts = texts_of([*frame["title"].to_list(), *documents])
    since = pl.lit(end_of(seen.as_of) - timedelta(days=1)) - pl.max_horizontal("last_confirmed_at", "entered_at")
    age = frame.select((since.dt.total_seconds() / 86400).clip(lower_bound=0.0).alias("age"))["age"].to_numpy()
    uses = _uses(seen, frame, ids)
    provider, industry = positions(seen.dockings["provider_org_id"], holders), positions(seen.dockings["industry_code"], industries)
    docked = cross(np.where(industry >= 0, provider, -1), industry, len(holders), len(industries))
    km = part.kilometres(seen.places["lon"].to_numpy(), seen.places["lat"].to_numpy(), *body_places(seen, holders))
    row = texts.rows(frame["title"].to_list())
    rare = rarity(texts, row)
    return Resources(
        ids=tuple(ids.to_list()),
        field=frame["tech_field"].to_numpy().astype(str),
        holder=positions(frame["holder_org_id"], holders),
        holder_industry=body_industries(seen, holders, industries) if len(holders) else np.zeros((0, len(industries))),
        docked_industry=docked,
        in_industry=part.share(docked.T, number["few_dockings"], number["full_share"]),
        grade=np.array([weights.grade.get(g, 0.0) if g else 0.0 for g in frame["grade"].to_list()]),
        uses=uses,
        used=part.saturated(uses, number["half_used"]),
        fresh_days=age,
        fresh=np.exp(-age / number["fresh_days"]),
        km=km,
        near=part.nearness(km, number["near_km"]) if len(cities) else np.zeros((0, len(holders))),
        texts=texts,
        vectors=vectors(texts, row, rare),
        rare=rare,
    )


def _uses(seen: Known, frame: pl.DataFrame, ids: pl.Series) -> Floats:
    """Uses by others than the holder."""
    others = seen.uses.join(frame.select("resource_id", "holder_org_id"), on="resource_id", how="inner")
    others = others.filter(pl.col("user_org_id") != pl.col("holder_org_id"))
    return np.bincount(positions(others["resource_id"], ids), minlength=len(ids)).astype(np.float64)


def need_texts(records: Records, ids: list[str]) -> list[str]:
    from kcz_metrics.matching.reading import need_documents

    known = dict(need_documents(records).filter(pl.col("need_id").is_in(ids)).iter_rows())
    return [known[i] for i in ids]
