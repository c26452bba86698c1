"""The facts behind a suggestion's parts: what a person would want to see before believing it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from kcz_metrics.matching.resources import Resources
from kcz_metrics.matching.suggesting import Desk
from kcz_metrics.matching.teams import positions
from kcz_metrics.matching.text import shared_words


@dataclass(frozen=True)
class TeamFacts:
    """Of a team before a need. ``skills``: those that needs of the industry have named, of ``all_skills``; ``success`` is the shrunk share
    of ``agreed`` in ``matured``; ``usual``: dockings in hand at the end of the four quarters before, drawn towards all teams; ``km`` null
    where the lead body's place is unknown; ``listed`` without ``signed_on``: on the city's list, no agreement signed by then."""

    skills: tuple[str, ...]
    all_skills: int
    same_field: bool
    words: tuple[str, ...]
    matured: int
    agreed: int
    success: float
    docked_city: int
    most_city: int
    docked_industry: int
    most_industry: int
    listed: bool
    signed_on: date | None
    active: int
    usual: float
    km: float | None


@dataclass(frozen=True)
class ResourceFacts:
    """Of a resource before a need; ``days`` since it was last confirmed or entered."""

    row: dict[str, Any]
    words: tuple[str, ...]
    same_field: bool
    holder_industry: float
    docked_industry: int
    uses: int
    days: int
    km: float | None


def _kilometres(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def team_facts(at: Desk, need: dict[str, Any], team_id: str) -> TeamFacts:
    """``need``: a row of ``at.seen.needs``."""
    known, there = at.seen, at.teams
    t = there.ids.index(team_id)
    city, industry = (
        int(positions(pl.Series([need[column]]), of)[0])
        for column, of in (("city_id", known.places["city_id"]), ("industry_code", known.industries["industry_code"]))
    )
    skills = known.skills.filter(pl.col("team_id") == team_id)["tag"].sort().to_list()
    of_industry = known.needs.filter(pl.col("industry_code") == need["industry_code"]).select("need_id")
    named = set(known.tags.join(of_industry, on="need_id", how="semi").filter(pl.col("tag").is_in(skills))["tag"].to_list())
    tie = known.team_cities.filter((pl.col("team_id") == team_id) & (pl.col("city_id") == need["city_id"]))
    own = at.texts.texts.texts
    return TeamFacts(
        skills=tuple(s for s in skills if s in named),
        all_skills=len(skills),
        same_field=bool(there.field[t] == need["tech_field"]),
        words=tuple(shared_words(own[at.texts.of[need["need_id"]]], own[at.texts.of[team_id]])),
        matured=int(there.matured[t]),
        agreed=int(there.agreed[t]),
        success=float(there.success[t]),
        docked_city=int(there.docked_city[t, city]) if city >= 0 else 0,
        most_city=int(there.docked_city[:, city].max()) if city >= 0 else 0,
        docked_industry=int(there.docked_industry[t, industry]) if industry >= 0 else 0,
        most_industry=int(there.docked_industry[:, industry].max()) if industry >= 0 else 0,
        listed=tie.height > 0,
        signed_on=tie["signed_at"][0] if tie.height else None,
        active=int(there.active[t]),
        usual=float(there.usual[t]),
        km=_kilometres(there.km[city, t]) if city >= 0 else None,
    )


def resource_facts(at: Desk, stock: Resources, need: dict[str, Any], resource_id: str) -> ResourceFacts:
    r = stock.ids.index(resource_id)
    city, industry = (
        int(positions(pl.Series([need[column]]), of)[0])
        for column, of in (("city_id", at.seen.places["city_id"]), ("industry_code", at.seen.industries["industry_code"]))
    )
    row = at.seen.resources.filter(pl.col("resource_id") == resource_id).row(0, named=True)
    holder = int(stock.holder[r])
    return ResourceFacts(
        row=row,
        words=tuple(shared_words(at.texts.texts.texts[at.texts.of[need["need_id"]]], row["title"])),
        same_field=bool(stock.field[r] == need["tech_field"]),
        holder_industry=float(stock.holder_industry[holder, industry]) if industry >= 0 else 0.0,
        docked_industry=int(stock.docked_industry[holder, industry]) if industry >= 0 else 0,
        uses=int(stock.uses[r]),
        days=int(stock.fresh_days[r]),
        km=_kilometres(stock.km[city, holder]) if city >= 0 else None,
    )
