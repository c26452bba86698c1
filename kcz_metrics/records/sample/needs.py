"""Needs of enterprises: who asks, for what, how soon the city answers, and to whom the need is offered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from kcz_metrics.records.sample.chance import Bools, Floats, Ints, choose, choose_within, codes, happens, ids, logistic, lognormal, repeat
from kcz_metrics.records.sample.clock import DAY, GROWTH, HORIZON, YEARS, busy_day, half_hour, office_time, year_bounds, year_index
from kcz_metrics.records.sample.industries import FIELD, FIELDS, INDUSTRIES, TAGS, TAGS_EACH
from kcz_metrics.records.sample.organisations import Bodies, buyer
from kcz_metrics.records.sample.places import Cities
from kcz_metrics.records.sample.teams import Teams

ISSUES = (
    *("寿命提升", "良率提升", "降本替代", "可靠性验证", "在线检测", "工艺优化", "能耗降低"),
    *("小型化设计", "国产替代", "标准制定", "自动化改造", "失效分析", "批量稳定性", "安全监测"),
)
PER_FIRM = 0.32  # needs a year per technology enterprise of an average city


@dataclass(frozen=True)
class Needs:
    """Needs by position, in order of posting; times in minutes, NaN where it did not happen."""

    ids: pl.Series
    city: Ints
    firm: Ints
    industry: Ints
    tag: Ints
    issue: Ints
    difficulty: Ints
    posted: Floats
    answered: Floats
    assigned: Floats

    @property
    def year(self) -> Ints:
        return year_index(self.posted)


@dataclass(frozen=True)
class Offers:
    """Offers by position: ``team`` -1 where a body was asked directly; ``org`` is who would provide."""

    need: Ints
    team: Ints
    org: Ints
    offered: Floats
    accepted: Floats


def needs(rng: np.random.Generator, cities: Cities, found: Bodies, scale: float) -> Needs:
    engagement = cities.abilities.of("engagement")
    count = np.array(
        [
            rng.poisson(PER_FIRM * scale * cities.tech[:, y] * np.exp(0.5 * engagement[:, y]) * GROWTH[y] * cities.active(y))
            for y in range(len(YEARS))
        ]
    )
    row = repeat(count.ravel())
    year, city = row // cities.n, row % cities.n
    first, end = year_bounds(year)
    posted = office_time(rng, busy_day(rng, np.maximum(first, cities.start[city]), end))
    order = np.lexsort((city, posted))
    city, year, posted = city[order], year[order], posted[order]
    n = len(city)
    firm = buyer(rng, found, city)
    wide = rng.random(n) < 0.25  # engaged cities also reach firms that are not the usual ones
    firms = found.enterprises
    firm = np.where(wide, firms[choose_within(rng, found.city[firms], np.ones(len(firms)), city)], firm)
    industry = np.where(rng.random(n) < 0.8, found.industry[firm], choose(rng, np.ones(len(INDUSTRIES)), n))
    ability = engagement[city, year]
    responds = happens(rng, logistic(2.0 + 0.7 * ability))
    wait = np.maximum(lognormal(rng, 5.2 * np.exp(-0.5 * ability), 0.85), 0.08)
    answered = np.where(responds, half_hour(posted + wait * DAY), np.nan)
    assigned = np.where(happens(rng, 0.94, n), half_hour(answered + DAY * lognormal(rng, 1.5, 0.7, n)), np.nan)
    return Needs(
        ids=ids("ND", n, 5),
        city=city,
        firm=firm,
        industry=industry,
        tag=industry * TAGS_EACH + choose(rng, 1.0 / np.arange(1, TAGS_EACH + 1) ** 0.5, n),
        issue=choose(rng, 1.0 / np.arange(2, len(ISSUES) + 2) ** 0.5, n),
        difficulty=1 + choose(rng, np.array([0.28, 0.38, 0.24, 0.10]), n),
        posted=posted,
        answered=np.where(answered < HORIZON, answered, np.nan),
        assigned=np.where(assigned < HORIZON, assigned, np.nan),
    )


def offers(rng: np.random.Generator, found: Bodies, group: Teams, asked: Needs) -> Offers:
    """Each assigned need goes to one or two providers: teams that serve the city, teams of the field, or bodies directly."""
    assigned = np.flatnonzero(np.isfinite(asked.assigned))
    need = np.repeat(assigned, 1 + (rng.random(len(assigned)) < 0.45))
    n = len(need)
    year = year_index(asked.assigned[need])
    of, city, in_year, weight = group.serves
    # who delivers is asked again
    proven = np.exp(0.3 * group.abilities.of("match") + 0.4 * group.abilities.of("performance"))[of, in_year]
    size = (group.members() ** 0.5)[of] * weight**0.5 * proven
    local = choose_within(rng, city * 3 + in_year, size, asked.city[need] * 3 + year)
    team = np.where(local >= 0, of[local], -1)
    skill = choose_within(rng, group.industry, group.members() * 1.0, asked.industry[need])
    how = rng.random(n)
    team = np.where(how < 0.30, skill, team)
    team = np.where((how > 0.68) | (team < 0), -1, team)
    team = np.where((team >= 0) & (group.start[team] * DAY < asked.assigned[need]), team, -1)
    evaluated = found.evaluated
    docking = found.abilities.mean("docking")
    pull = found.rate("docking") * found.weight[:evaluated] * np.exp(0.45 * docking)
    same = choose_within(rng, found.industry[:evaluated], pull, asked.industry[need])
    direct = np.where((same >= 0) & (rng.random(n) < 0.6), same, choose(rng, pull, n))
    via_team = np.where(rng.random(n) < 0.72, group.lead[team], group.partner[team])
    offered = half_hour(asked.assigned[need] + np.where(np.arange(n) % 3 == 0, 30.0, DAY * lognormal(rng, 0.7, 0.8, n)))
    fits: Bools = (group.industry[team] == asked.industry[need]) | (group.second_industry[team] == asked.industry[need])
    match = group.abilities.of("match")[team, year]
    willing = np.where(
        team >= 0,
        logistic(0.75 + 0.55 * match + np.where(fits, 0.9, -0.25 - 0.35 * match)),
        logistic(0.9 + (0.35 + 0.4 * (asked.difficulty[need] - 2)) * found.abilities.of("docking")[direct, year]),
    )
    wait = lognormal(rng, np.where(team >= 0, 5.5 * np.exp(-0.4 * match), 5.0), 0.85)
    accepted = np.where(happens(rng, willing), half_hour(offered + wait * DAY), np.nan)
    kept = np.isfinite(offered) & (offered < HORIZON)
    return Offers(
        need[kept],
        team[kept],
        np.where(team >= 0, via_team, direct)[kept],
        offered[kept],
        np.where(accepted < HORIZON, accepted, np.nan)[kept],
    )


def need_columns(rng: np.random.Generator, cities: Cities, found: Bodies, asked: Needs) -> dict[str, pl.Series | Floats | Ints]:
    """The columns of the need table that do not depend on what came of it."""
    n = len(asked.city)
    tag, issue = codes(TAGS, asked.tag), codes(ISSUES, asked.issue)
    budget = np.where(rng.random(n) < 0.22, np.nan, lognormal(rng, 130_000 * 1.8**asked.difficulty, 1.0))
    return {
        "need_id": asked.ids,
        "city_id": cities.ids.gather(asked.city),
        "enterprise_id": found.ids.gather(asked.firm),
        "industry_code": codes([i.code for i in INDUSTRIES], asked.industry),
        "title": tag + issue + "技术需求",
        "difficulty": asked.difficulty,
        "budget_cny": pl.Series(np.round(budget, -4), nan_to_null=True).cast(pl.Int64),
        "tech_field": codes(FIELDS, FIELD[asked.industry]),
        "text": _text(tag, issue),
    }


def _text(tag: pl.Series, issue: pl.Series) -> pl.Series:
    frame = pl.DataFrame({"tag": tag, "issue": issue})
    return frame.select(pl.format("企业在{}方面遇到{}的难题，希望有相关专家或团队合作攻关。", "tag", "issue").alias("text")).to_series()


def tags(rng: np.random.Generator, asked: Needs) -> pl.DataFrame:
    """One to three tags of the need's industry."""
    n = len(asked.city)
    base = asked.industry * TAGS_EACH
    own = asked.tag - base
    further = (
        np.column_stack([own, (own + 1 + rng.integers(0, 2, n)) % TAGS_EACH, (own + 3 + rng.integers(0, 2, n)) % TAGS_EACH]) + base[:, None]
    )
    kept = np.column_stack([np.ones(n, dtype=bool), rng.random(n) < 0.45, rng.random(n) < 0.15])
    need = np.repeat(np.arange(n), 3)[kept.ravel()]
    return pl.DataFrame({"need_id": asked.ids.gather(need), "tag": codes(TAGS, further.ravel()[kept.ravel()])})
