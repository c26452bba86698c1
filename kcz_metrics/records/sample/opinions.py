"""Feedback of enterprises drawn at random, scores of experts, cases chosen and adopted elsewhere."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from kcz_metrics.records.sample.chance import Floats, choose, codes, happens, ids, logistic, lognormal, repeat
from kcz_metrics.records.sample.clock import DAY, HORIZON, YEARS, busy_day, dates, day_number, year_bounds, year_index
from kcz_metrics.records.sample.dockings import Dockings
from kcz_metrics.records.sample.industries import INDUSTRIES
from kcz_metrics.records.sample.needs import Needs
from kcz_metrics.records.sample.organisations import Bodies
from kcz_metrics.records.sample.places import Cities
from kcz_metrics.records.sample.tail import with_tail
from kcz_metrics.records.sample.teams import Teams

EXPERTS_A_PANEL = 6


def opinion_tables(
    rng: np.random.Generator, cities: Cities, found: Bodies, group: Teams, asked: Needs, met: Dockings
) -> dict[str, pl.DataFrame]:
    case, adoption = _cases(rng, cities, found, group)
    return {
        "feedback": _feedback(rng, cities, found, group, asked, met),
        "expert_score": _panels(rng, group),
        "case_study": case,
        "case_adoption": adoption,
    }


def _feedback(rng: np.random.Generator, cities: Cities, found: Bodies, group: Teams, asked: Needs, met: Dockings) -> pl.DataFrame:
    """An enterprise that met a provider may be asked about the provider, the team and the city."""
    heard = np.flatnonzero(met.stage >= 2)
    when = met.at[heard, 1] + DAY * (20 + rng.integers(0, 60, len(heard)))
    heard, when = heard[when < HORIZON], when[when < HORIZON]
    year = year_index(when)
    team, city = met.team[heard], asked.city[met.need[heard]]
    warm = 5.0 * rng.standard_normal(len(heard))
    parts = []
    for code, there, ability, ask in (
        (0, np.ones(len(heard), dtype=bool), cities.abilities.of("effectiveness")[city, year], 0.46),
        (1, team >= 0, 0.7 * group.abilities.of("performance")[team, year] + 0.3 * group.abilities.of("match")[team, year], 0.75),
        (2, np.ones(len(heard), dtype=bool), found.abilities.of("docking")[met.org[heard], year], 0.62),
    ):
        row = np.flatnonzero(there & happens(rng, ask, len(heard)))
        score = np.clip(np.round(77 + 6.0 * ability[row] + warm[row] + 7.5 * rng.standard_normal(len(row))), 5, 100)
        subject = (cities.ids.gather(city[row]), group.ids.gather(np.maximum(team[row], 0)), found.ids.gather(met.org[heard[row]]))[code]
        parts.append(
            pl.DataFrame(
                {
                    "subject_type": [("city", "team", "org")[code]] * len(row),
                    "subject_id": subject,
                    "respondent_org_id": found.ids.gather(asked.firm[met.need[heard[row]]]),
                    "score": score,
                    "drawn_by_system": happens(rng, 0.9, len(row)),
                    "occurred_on": dates(when[row]),
                    "when": when[row],
                }
            )
        )
    frame = pl.concat(parts).sort("when", "subject_id", "respondent_org_id")
    frame = frame.with_columns(feedback_id=ids("FB", frame.height, 5))
    return with_tail(rng, "feedback", frame, np.floor(frame["when"].to_numpy() / DAY) * DAY, "platform_log", (0.1, 0.9, 0.0))


def _panels(rng: np.random.Generator, group: Teams) -> pl.DataFrame:
    """Six experts judge each team's plan once a year; those of the lead body stand back."""
    team, year = (a.ravel() for a in np.meshgrid(np.arange(group.n), np.arange(len(YEARS)), indexing="ij"))
    there = group.start[team] < year_bounds(year)[1] - 90
    team, year = team[there], year[there]
    people = group.people
    row = np.repeat(np.arange(len(team)), EXPERTS_A_PANEL)
    expert = np.concatenate([rng.choice(len(people.ids), EXPERTS_A_PANEL, replace=False) for _ in range(len(team))])
    recused = (people.org[expert] == group.lead[team[row]]) | (people.org[expert] == group.partner[team[row]])
    ability: Floats = 0.5 * group.abilities.of("match")[team, year] + 0.5 * group.abilities.of("performance")[team, year]
    mild = 4.0 * rng.standard_normal(len(people.ids))
    score = np.clip(np.round(74 + 7.5 * ability[row] + mild[expert] + 5.0 * rng.standard_normal(len(row))), 0, 100)
    day = np.array([day_number(_panel_day(y)) for y in YEARS])[year[row]]
    frame = pl.DataFrame(
        {
            "score_id": ids("ES", len(row), 5),
            "round_id": pl.Series([f"{y}Y" for y in YEARS]).gather(year[row]),
            "subject_type": ["team"] * len(row),
            "subject_id": group.ids.gather(team[row]),
            "criterion_id": ["TX01"] * len(row),
            "expert_id": people.ids.gather(expert),
            "score": pl.select(pl.when(pl.Series(~recused)).then(pl.Series(score))).to_series(),
            "recused": recused,
            "occurred_on": dates(day * DAY),
        }
    )
    return with_tail(rng, "expert_score", frame, day * DAY, "expert", (0.0, 1.0, 0.0), status=(1.0, 0.0, 0.0, 0.0, 0.0))


def _panel_day(year: int) -> dt.date:
    return dt.date(year, 11, 18)


def _cases(rng: np.random.Generator, cities: Cities, found: Bodies, group: Teams) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Cases handed in, some selected, some taken up by other cities and bodies."""
    years = len(YEARS)
    lam = [
        (
            0,
            4.0 * np.exp(0.4 * cities.abilities.of("radiation")) * np.stack([cities.active(y) for y in range(years)], axis=1),
            cities.abilities.of("radiation"),
        ),
        (1, 0.25 * np.exp(0.3 * group.abilities.of("performance")), group.abilities.of("performance")),
        (2, 1.4 * np.exp(0.45 * found.abilities.of("drive")), found.abilities.of("drive")),
    ]
    kind, owner, year, ability = [], [], [], []
    for code, rate, strength in lam:
        row = repeat(rng.poisson(rate).ravel())
        kind.append(np.full(len(row), code))
        owner.append(row // years)
        year.append(row % years)
        ability.append(strength.ravel()[row])
    k, o, y, a = (np.concatenate(x) for x in (kind, owner, year, ability))
    first, end = year_bounds(y)
    begun = np.where(k == 0, cities.start[np.where(k == 0, o, 0)], np.where(k == 1, group.start[np.where(k == 1, o, 0)], 0))
    ok = np.maximum(first, begun) + 60 < end
    k, o, y, a, first, end, begun = (x[ok] for x in (k, o, y, a, first, end, begun))
    n = len(k)
    day = busy_day(rng, np.maximum(first, begun) + 30, end, working_only=True)
    selected = happens(rng, logistic(-0.2 + 0.5 * a))
    names = [cities.ids.gather(np.where(k == 0, o, 0)), group.ids.gather(np.where(k == 1, o, 0)), found.ids.gather(np.where(k == 2, o, 0))]
    owner_id = pl.select(pl.when(pl.Series(k == 0)).then(names[0]).when(pl.Series(k == 1)).then(names[1]).otherwise(names[2])).to_series()
    trade = codes([i.stem for i in INDUSTRIES], rng.integers(0, len(INDUSTRIES), n))
    title = (
        trade
        + codes(["协同攻关机制", "成果落地路径", "服务企业做法", "供需对接模式", "人才联合培养"], choose(rng, np.ones(5), n))
        + "典型案例"
    )
    case_id = ids("CS", n, 4)
    frame = pl.DataFrame(
        {
            "case_id": case_id,
            "owner_type": codes(["city", "team", "org"], k),
            "owner_id": owner_id,
            "title": title,
            "selected_on": dates(np.where(selected, day * DAY, np.nan)),
        }
    )
    taken = repeat(np.where(selected, rng.poisson(np.exp(0.5 + 0.55 * a)), 0))
    later = day[taken] + np.round(lognormal(rng, 100.0, 0.6, len(taken))).astype(np.int64) + 10
    adopter = rng.integers(0, cities.n, len(taken))
    fine = (later * DAY < HORIZON) & (later >= cities.start[adopter]) & ((k[taken] != 0) | (o[taken] != adopter))
    adoption = pl.DataFrame(
        {
            "case_id": case_id.gather(taken[fine]),
            "adopter_id": cities.ids.gather(adopter[fine]),
            "adopted_at": dates(later[fine] * DAY),
            "day": later[fine],
        }
    )
    adoption = adoption.unique(["case_id", "adopter_id"], maintain_order=True)
    return (
        with_tail(rng, "case_study", frame, day * DAY, "province", (0.3, 0.5, 0.2)),
        with_tail(rng, "case_adoption", adoption, adoption["day"].to_numpy() * DAY, "self_report", (0.3, 0.6, 0.1)),
    )
