"""What each record adds to a part of a suggestion, in points: worked out once more, record by record, apart from the arrays of
:mod:`teams` and :mod:`resources`.

Every function gives the same columns: ``table, record`` (its key; null where no single record stands behind the row), ``day``, ``about``
(what it is about), ``what`` (the number it goes by: a share, kilometres, days) and ``adds``, which adds up to the points of the part.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from kcz_metrics.matching.known import end_of
from kcz_metrics.matching.parts import Floats
from kcz_metrics.matching.resources import Resources, need_texts
from kcz_metrics.matching.suggesting import Desk
from kcz_metrics.matching.teams import positions
from kcz_metrics.matching.text import Texts, characters, vectors

#: What a row is about that stands for no single record: the share of all teams, and the points of a team with nothing in hand.
ALL_TEAMS, EMPTY_HANDED = "*all_teams", "*empty_handed"
SCHEMA: Mapping[str, Any] = {
    "table": pl.String, "record": pl.String, "day": pl.Date, "about": pl.String, "what": pl.Float64, "adds": pl.Float64,
}  # fmt: skip
Row = tuple[str, str | None, Any, str, float | None, float]


def team_part(at: Desk, need: dict[str, Any], team_id: str, part: str) -> pl.DataFrame:
    """``need``: a row of ``at.seen.needs``; ``part``: one of TEAM_PARTS."""
    most = _most(at.weights.team, part)
    team = at.seen.teams.filter(pl.col("team_id") == team_id).row(0, named=True)
    own = at.seen.dockings.filter(pl.col("team_id") == team_id)
    ways: Mapping[str, Callable[[], Iterable[Row]]] = {
        "industry": lambda: _skills(at, need, team, most),
        "field": lambda: _same_field("service_team", team_id, team, need, most),
        "text": lambda: _common(at.texts.texts, at.texts.of[need["need_id"]], at.texts.of[team_id], at.teams.rare, need["need_id"], most),
        "success": lambda: _agreed(at, own, most),
        "docked_here": lambda: _docked(at, own, _of_teams(at), "city_id", need, most),
        "docked_industry": lambda: _docked(at, own, _of_teams(at), "industry_code", need, most),
        "agreement": lambda: _agreement(at, need, team_id, most),
        "capacity": lambda: _in_hand(at, own, team_id, most),
        "distance": lambda: _place(at, need, team["lead_org_id"], at.teams.km, at.teams.near, at.teams.ids.index(team_id), most),
    }
    return _frame(ways[part]())


def resource_part(at: Desk, stock: Resources, need: dict[str, Any], resource_id: str, part: str) -> pl.DataFrame:
    """``part``: one of RESOURCE_PARTS; ``stock``: the resources made ready for the need."""
    most, number = _most(at.weights.resource, part), at.weights.number
    row = at.seen.resources.filter(pl.col("resource_id") == resource_id).row(0, named=True)
    holder = row["holder_org_id"]
    provided = at.seen.dockings.filter(pl.col("provider_org_id") == holder)
    holders = at.seen.resources.filter(pl.col("library_type").is_in(list(at.weights.libraries)))["holder_org_id"].unique()
    by_holders = at.seen.dockings.filter(pl.col("provider_org_id").is_in(holders.implode()))
    latest = max(d for d in (row["last_confirmed_at"], row["entered_at"]) if d is not None)
    age = max((end_of(at.seen.as_of) - timedelta(days=1) - latest).total_seconds() / 86400, 0.0)

    def text() -> Iterable[Row]:
        asked = stock.texts.row[need_texts(at.records, [need["need_id"]])[0]]
        return _common(stock.texts, asked, stock.texts.row[row["title"]], stock.rare, need["need_id"], most)

    def place() -> Iterable[Row]:
        return _place(at, need, holder, stock.km, stock.near, int(stock.holder[stock.ids.index(resource_id)]), most)

    ways: Mapping[str, Callable[[], Iterable[Row]]] = {
        "industry": lambda: _fields(at, holder, need["industry_code"], most),
        "field": lambda: _same_field("resource", resource_id, row, need, most),
        "text": text,
        "docked_industry": lambda: _docked(at, provided, by_holders, "industry_code", need, most),
        "grade": lambda: [("resource", resource_id, None, row["grade"] or "", None, most * at.weights.grade.get(row["grade"] or "", 0.0))],
        "used": lambda: _uses(at, row, most, number["half_used"]),
        "fresh": lambda: [("resource", resource_id, latest.date(), row["title"], age, most * math.exp(-age / number["fresh_days"]))],
        "distance": place,
    }
    return _frame(ways[part]())


def _most(given: Mapping[str, float], part: str) -> float:
    """The points of the part at the most."""
    return 100.0 * given[part] / sum(given.values())


def _frame(rows: Iterable[Row]) -> pl.DataFrame:
    found = pl.DataFrame([row for row in rows if row[-1]], schema=dict(SCHEMA), orient="row")
    return found.sort(pl.col("record").is_null(), pl.col("adds").abs(), "day", "record", descending=[True, True, True, False])


def _of_teams(at: Desk) -> pl.DataFrame:
    return at.seen.dockings.filter(pl.col("team_id").is_in(list(at.teams.ids)))


def _titles(at: Desk, need_ids: pl.Series) -> dict[str, str]:
    return dict(at.records["need"].filter(pl.col("need_id").is_in(need_ids.implode())).select("need_id", "title").iter_rows())


def _dockings(at: Desk, rows: pl.DataFrame, adds: Callable[[dict[str, Any]], float]) -> Iterable[Row]:
    titles = _titles(at, rows["need_id"])
    for row in rows.iter_rows(named=True):
        yield "docking", row["docking_id"], row["begun_at"].date(), titles.get(row["need_id"], row["need_id"]), None, adds(row)


def _same_field(table: str, record: str, row: dict[str, Any], need: dict[str, Any], most: float) -> Iterable[Row]:
    same = row["tech_field"] == need["tech_field"]
    yield table, record, None, row.get("title") or row["name_zh"], None, most if same else 0.0


def _skills(at: Desk, need: dict[str, Any], team: dict[str, Any], most: float) -> Iterable[Row]:
    """Each skill: the share of the needs naming it that are of the industry; for one that none has named what the lead body works in."""
    skills = at.seen.skills.filter(pl.col("team_id") == team["team_id"])["tag"].sort().to_list()
    if not skills:
        yield from _fields(at, team["lead_org_id"], need["industry_code"], most)
        return
    whole = _share_of_fields(at, team["lead_org_id"], need["industry_code"])
    for tag in skills:
        named = at.seen.tags.filter(pl.col("tag") == tag).join(at.seen.needs.select("need_id", "industry_code"), on="need_id")
        share = float((named["industry_code"] == need["industry_code"]).sum()) / named.height if named.height else whole
        yield "team_skill", f"{team['team_id']}|{tag}", None, tag, share, most * share / len(skills)


def _share_of_fields(at: Desk, body: str, industry: str) -> float:
    own = at.seen.org_fields.filter(pl.col("org_id") == body)["industry_code"]
    return float((own == industry).sum()) / len(own) if len(own) else 0.0


def _fields(at: Desk, body: str, industry: str, most: float) -> Iterable[Row]:
    share = _share_of_fields(at, body, industry)
    yield "org", body, None, body, share, most * share


def _common(texts: Texts, asked: int, offered: int, rare: Floats, need_id: str, most: float) -> Iterable[Row]:
    """Each run of two or three characters that both have: its part in the cosine of the two."""
    both = vectors(texts, np.array([asked]), rare).multiply(vectors(texts, np.array([offered]), rare)).tocoo()
    for column, product in zip(both.coords[1].tolist(), both.data.tolist(), strict=True):
        yield "need", need_id, None, characters(texts.grams[column]), float(product), most * float(product)


def _agreed(at: Desk, own: pl.DataFrame, most: float) -> Iterable[Row]:
    """(done + m·p) / (tried + m): each docking that came to an agreement, and what the share of all teams adds."""
    number = at.weights.number
    ripe = pl.col("begun_at") <= end_of(at.seen.as_of) - timedelta(days=number["agreement_days"])
    every, tried = _of_teams(at).filter(ripe), own.filter(ripe)
    whole = int(every["agreed_at"].is_not_null().sum()) / every.height if every.height else 0.0
    size = tried.height + number["success_strength"]
    yield "docking", None, None, ALL_TEAMS, whole, most * number["success_strength"] * whole / size
    yield from _dockings(at, tried.filter(pl.col("agreed_at").is_not_null()), lambda row: most / size)


def _docked(at: Desk, own: pl.DataFrame, every: pl.DataFrame, by: str, need: dict[str, Any], most: float) -> Iterable[Row]:
    """Each docking in the need's city or industry: one in all of them and ``few_dockings`` more, over ``full_share``; whole together at
    the most."""
    number, here = at.weights.number, pl.col(by) == need[by]
    mine = own.filter(here)
    whole = (every.filter(here).height + number["few_dockings"]) * number["full_share"]
    each = most / max(whole, mine.height) if mine.height else 0.0
    yield from _dockings(at, mine, lambda row: each)


def _agreement(at: Desk, need: dict[str, Any], team_id: str, most: float) -> Iterable[Row]:
    """The line of the city's list that counts: a signed one of this year or the last, else that of the year before."""
    as_of = at.seen.as_of
    frame = at.records["team_city"].filter(
        (pl.col("team_id") == team_id) & (pl.col("city_id") == need["city_id"]) & pl.col("year").is_in([as_of.year, as_of.year - 1])
    )
    signed = frame.filter(pl.col("agreement_signed_at") <= as_of).sort("agreement_signed_at", "year")
    listed = frame.filter(pl.col("year") == as_of.year - 1)
    for rows, share in ((signed, 1.0), (listed, at.weights.number["listed"])):
        if rows.height:
            row = rows.row(-1, named=True)
            day = row["agreement_signed_at"] if share == 1.0 else None
            yield "team_city", f"{team_id}|{row['city_id']}|{row['year']}", day, row["city_id"], None, most * share
            return


def _in_hand(at: Desk, own: pl.DataFrame, team_id: str, most: float) -> Iterable[Row]:
    """(u + 1) / (u + 1 + a): all points with nothing in hand, and what each docking in hand takes of them."""
    end: datetime = end_of(at.seen.as_of)
    begun = (pl.col("begun_at") < end) & (pl.col("begun_at") >= end - timedelta(days=int(at.weights.number["active_days"])))
    held = own.filter(begun & (pl.col("ended_at").is_null() | (pl.col("ended_at") >= end)))
    usual = float(at.teams.usual[at.teams.ids.index(team_id)])
    yield "docking", None, None, EMPTY_HANDED, usual, most
    yield from _dockings(at, held, lambda row: -most / (usual + 1.0 + held.height))


def _uses(at: Desk, row: dict[str, Any], most: float, half: float) -> Iterable[Row]:
    of_others = (pl.col("resource_id") == row["resource_id"]) & (pl.col("user_org_id") != row["holder_org_id"])
    uses = at.seen.uses.filter(of_others)
    for use in uses.iter_rows(named=True):
        yield "resource_use", use["use_id"], use["used_at"].date(), use["user_org_id"], None, most / (uses.height + half)


def _place(at: Desk, need: dict[str, Any], body: str, km: Floats, near: Floats, column: int, most: float) -> Iterable[Row]:
    """exp(−km / scale) of the body's place; an unknown place by the mean of the known ones."""
    city = int(positions(pl.Series([need["city_id"]]), at.seen.places["city_id"])[0])
    away = float(km[city, column]) if city >= 0 else math.nan
    share = 0.5 if city < 0 else math.exp(-away / at.weights.number["near_km"]) if math.isfinite(away) else float(near[city, column])
    yield "org", body, None, body, away if math.isfinite(away) else None, most * share
