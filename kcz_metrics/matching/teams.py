"""What is known of every team as arrays, and the parts that speak for each team before each need."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import polars as pl
import scipy.sparse as sp
from numpy.typing import NDArray

from kcz_metrics.matching import parts as part
from kcz_metrics.matching.known import Known, end_of
from kcz_metrics.matching.parts import Floats, Ints
from kcz_metrics.matching.reading import Records, need_documents, team_documents
from kcz_metrics.matching.text import Texts, rarity, similarity, texts_of, vectors
from kcz_metrics.matching.weights import Weights

#: Days before the day in question at which the past load is looked at.
_QUARTERS = (91, 182, 273, 364)
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Documents:
    """The texts of all needs and teams, broken up once. ``of`` maps an id to the row of its text."""

    texts: Texts
    of: dict[str, int]

    def rows(self, ids: pl.Series) -> Rows:
        return np.fromiter((self.of[i] for i in ids.to_list()), dtype=np.int64, count=len(ids))


def documents(records: Records) -> Documents:
    frame = pl.concat([need_documents(records).rename({"need_id": "id"}), team_documents(records).rename({"team_id": "id"})])
    found = texts_of(frame["document"].to_list())
    return Documents(found, dict(zip(frame["id"].to_list(), found.rows(frame["document"].to_list()).tolist(), strict=True)))


@dataclass(frozen=True)
class Asked:
    """Needs as positions: city and industry -1 where no table knows them; ``row`` is the row of the text."""

    ids: tuple[str, ...]
    city: Ints
    industry: Ints
    field: NDArray[np.str_]
    row: Rows


@dataclass(frozen=True)
class Teams:
    """Teams by position, as known at the end of a day. ``docked_city``, ``docked_industry``, ``agreement`` and ``industry`` are
    team × city or team × industry; ``here``, ``in_industry``, ``km`` and ``near`` the other way round."""

    ids: tuple[str, ...]
    field: NDArray[np.str_]
    industry: Floats
    matured: Floats
    agreed: Floats
    success: Floats
    docked: Floats
    docked_city: Floats
    docked_industry: Floats
    here: Floats
    in_industry: Floats
    agreement: Floats
    active: Floats
    usual: Floats
    capacity: Floats
    km: Floats
    near: Floats
    vectors: sp.csr_array
    rare: Floats

    def parts(self, asked: Asked, texts: Texts) -> list[Floats]:
        """One matrix need × team a part, in the order of TEAM_PARTS, each from 0 to 1."""
        city, industry = asked.city, asked.industry
        in_city, in_industry = (city >= 0)[:, None], (industry >= 0)[:, None]
        n, m = len(asked.ids), len(self.ids)
        return [
            np.where(in_industry, self.industry.T[industry], 0.0),
            (asked.field[:, None] == self.field[None, :]).astype(np.float64),
            similarity(texts, asked.row, self.vectors, self.rare),
            np.broadcast_to(self.success, (n, m)),
            np.where(in_city, self.here[city], 0.0),
            np.where(in_industry, self.in_industry[industry], 0.0),
            np.where(in_city, self.agreement.T[city], 0.0),
            np.broadcast_to(self.capacity, (n, m)),
            np.where(in_city, self.near[city], 0.5),
        ]


def asked_of(needs: pl.DataFrame, seen: Known, texts: Documents) -> Asked:
    """``needs``: ``need_id, city_id, industry_code, tech_field``."""
    return Asked(
        tuple(needs["need_id"].to_list()),
        positions(needs["city_id"], seen.places["city_id"]),
        positions(needs["industry_code"], seen.industries["industry_code"]),
        needs["tech_field"].to_numpy().astype(str),
        texts.rows(needs["need_id"]),
    )


def positions(values: pl.Series, of: pl.Series) -> Ints:
    """The place of each value in ``of``; -1 where it is null or not there."""
    place = {v: i for i, v in enumerate(of.to_list())}
    return np.fromiter((place.get(v, -1) for v in values.to_list()), dtype=np.int64, count=len(values))


def teams(seen: Known, texts: Documents, weights: Weights) -> Teams:
    number = weights.number
    ids = seen.teams["team_id"]
    cities, industries = seen.places["city_id"], seen.industries["industry_code"]
    n = len(ids)
    dockings = seen.dockings.filter(pl.col("team_id").is_not_null())
    team = positions(dockings["team_id"], ids)
    dockings, team = dockings.filter(pl.Series(team >= 0)), team[team >= 0]
    matured = dockings["begun_at"].to_numpy() <= np.datetime64(end_of(seen.as_of) - timedelta(days=number["agreement_days"]))
    agreed = dockings["agreed_at"].is_not_null().to_numpy()
    tried, done = _count(team[matured], n), _count(team[matured & agreed], n)
    now, past = _loads(dockings, team, n, seen, number["active_days"])
    usual = part.usual_load(past, number["load_strength"])
    docked_city = cross(team, positions(dockings["city_id"], cities), n, len(cities))
    docked_industry = cross(team, positions(dockings["industry_code"], industries), n, len(industries))
    km = part.kilometres(seen.places["lon"].to_numpy(), seen.places["lat"].to_numpy(), *body_places(seen, seen.teams["lead_org_id"]))
    row = texts.rows(ids)
    rare = rarity(texts.texts, np.concatenate([texts.rows(seen.needs["need_id"]), row]))
    return Teams(
        ids=tuple(ids.to_list()),
        field=seen.teams["tech_field"].to_numpy().astype(str),
        industry=_industries(seen, ids, industries),
        matured=tried,
        agreed=done,
        success=part.shrunk(done, tried, number["success_strength"]),
        docked=_count(team, n),
        docked_city=docked_city,
        docked_industry=docked_industry,
        here=part.share(docked_city.T, number["few_dockings"], number["full_share"]),
        in_industry=part.share(docked_industry.T, number["few_dockings"], number["full_share"]),
        agreement=_agreements(seen, ids, cities, number["listed"]),
        active=now,
        usual=usual,
        capacity=part.free(now, usual),
        km=km,
        near=part.nearness(km, number["near_km"]),
        vectors=vectors(texts.texts, row, rare),
        rare=rare,
    )


def _count(of: Ints, n: int) -> Floats:
    return np.bincount(of, minlength=n).astype(np.float64)


def cross(row: Ints, column: Ints, n: int, m: int) -> Floats:
    """How often each row meets each column: n × m; positions of -1 count nowhere."""
    there = (row >= 0) & (column >= 0)
    return np.bincount(row[there] * m + column[there], minlength=n * m).astype(np.float64).reshape(n, m)


def _loads(dockings: pl.DataFrame, team: Ints, n: int, seen: Known, active_days: float) -> tuple[Floats, Floats]:
    """Dockings in hand at the end of the day, team; and at the end of each of the four quarters before, team × 4."""
    begun, ended = dockings["begun_at"].to_numpy(), dockings["ended_at"].to_numpy()

    def at(moment: np.datetime64) -> Floats:
        in_hand = (begun < moment) & (begun >= moment - np.timedelta64(int(active_days), "D")) & (np.isnat(ended) | (ended >= moment))
        return _count(team[in_hand], n)

    end = np.datetime64(end_of(seen.as_of))
    return at(end), np.stack([at(end - np.timedelta64(days, "D")) for days in _QUARTERS], axis=1)


def _industries(seen: Known, ids: pl.Series, industries: pl.Series) -> Floats:
    tagged = seen.tags.join(seen.needs.select("need_id", "industry_code"), on="need_id", how="inner")
    tags = pl.concat([tagged["tag"], seen.skills["tag"]]).unique().sort()
    by_tag = cross(positions(tagged["tag"], tags), positions(tagged["industry_code"], industries), len(tags), len(industries))
    fallback = body_industries(seen, seen.teams["lead_org_id"], industries)
    return part.industry_shares(by_tag, positions(seen.skills["team_id"], ids), positions(seen.skills["tag"], tags), fallback)


def body_industries(seen: Known, bodies: pl.Series, industries: pl.Series) -> Floats:
    """body × industry: the share of each industry in what the body says it works in."""
    different = bodies.unique().sort()
    fields = seen.org_fields.filter(pl.col("org_id").is_in(different.implode()))
    counts = cross(positions(fields["org_id"], different), positions(fields["industry_code"], industries), len(different), len(industries))
    total = counts.sum(axis=1, keepdims=True)
    share = np.divide(counts, total, out=np.zeros_like(counts), where=total > 0)
    return np.asarray(share[positions(bodies, different)])


def _agreements(seen: Known, ids: pl.Series, cities: pl.Series, listed: float) -> Floats:
    frame = seen.team_cities
    team, city = positions(frame["team_id"], ids), positions(frame["city_id"], cities)
    there = (team >= 0) & (city >= 0)
    tie = np.zeros((len(ids), len(cities)))
    tie[team[there], city[there]] = np.where(frame["signed_at"].is_not_null().to_numpy(), 1.0, listed)[there]
    return tie


def body_places(seen: Known, bodies: pl.Series) -> tuple[Floats, Floats]:
    """Longitude and latitude of each body: of its pilot city, else the middle of its province's pilots, else NaN."""
    middle = seen.places.group_by("province_code").agg(pl.col("lon").mean().alias("_lon"), pl.col("lat").mean().alias("_lat"))
    frame = (
        pl.DataFrame({"org_id": bodies})
        .join(seen.orgs, on="org_id", how="left", maintain_order="left")
        .join(seen.places.select("city_id", "lon", "lat"), on="city_id", how="left", maintain_order="left")
        .join(middle, on="province_code", how="left", maintain_order="left")
    )
    place: Any = frame.select(
        pl.coalesce("lon", "_lon").cast(pl.Float64).fill_null(float("nan")),
        pl.coalesce("lat", "_lat").cast(pl.Float64).fill_null(float("nan")),
    )
    return place["lon"].to_numpy(), place["lat"].to_numpy()
