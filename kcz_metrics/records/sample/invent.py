"""The whole sample in the order in which things depend on each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from kcz_metrics.records.sample import abilities as skill
from kcz_metrics.records.sample.activities import activities, activity_table
from kcz_metrics.records.sample.answers import answer_table, need_table, offer_table
from kcz_metrics.records.sample.chance import stream
from kcz_metrics.records.sample.clock import calendar
from kcz_metrics.records.sample.contracts import contract_table, contracts, payment_table
from kcz_metrics.records.sample.dealings import relate
from kcz_metrics.records.sample.dockings import docking_table, dockings, outcomes
from kcz_metrics.records.sample.duties import duty_tables
from kcz_metrics.records.sample.enterprises import enterprise_tables
from kcz_metrics.records.sample.further import further_tables
from kcz_metrics.records.sample.impacts import impact_table
from kcz_metrics.records.sample.industries import industry_tables, key_industries
from kcz_metrics.records.sample.irregular import plant_irregular
from kcz_metrics.records.sample.needs import need_columns, needs, offers, tags
from kcz_metrics.records.sample.opinions import opinion_tables
from kcz_metrics.records.sample.organisations import bodies, evaluated_count, organisation_tables
from kcz_metrics.records.sample.places import cities, place_tables
from kcz_metrics.records.sample.planted import plant
from kcz_metrics.records.sample.platform import platform_tables, stations
from kcz_metrics.records.sample.provinces import PROVINCES
from kcz_metrics.records.sample.resources import resource_tables, resources
from kcz_metrics.records.sample.service import service_tables
from kcz_metrics.records.sample.settled import settled
from kcz_metrics.records.sample.spread import spread_tables
from kcz_metrics.records.sample.team_tables import team_tables
from kcz_metrics.records.sample.teams import COUNT, teams
from kcz_metrics.records.sample.wording import worded
from kcz_metrics.tables import TABLES


@dataclass(frozen=True)
class Sample:
    """Invented records by table, as their contracts order them, and what is true about them (for tests only)."""

    tables: dict[str, pl.DataFrame]
    truth: dict[str, Any]


#: stages that describe who takes part: the same in every part of a sample
WHO = (
    "city abilities", "team abilities", "org abilities", "cities", "key industries", "bodies", "teams", "stations", "team tables", "sites",
)  # fmt: skip


def invent(seed: int = 2022, scale: float = 1.0, part: int = 0, *, planted: bool = True) -> Sample:
    """Three years of invented records. The same ``seed`` and ``scale`` give the same rows.

    ``scale`` multiplies the number of enterprises and of what happens; cities, teams and evaluated bodies stay. Every name but those of
    provinces is invented. The truth holds the abilities that drive the records, and the planted cases with their ids; without ``planted``
    nobody cheats and nothing is reported twice.
    """

    def rng(stage: str) -> np.random.Generator:
        return stream(seed, stage if part == 0 or stage in WHO else f"{stage} {part}")

    city_skill = skill.draw(rng("city abilities"), sum(p.pilots for p in PROVINCES), skill.CITY)
    team_skill = skill.draw(rng("team abilities"), COUNT, skill.TEAM)
    org_skill = skill.draw(rng("org abilities"), evaluated_count(), skill.ORG)
    place = cities(rng("cities"), city_skill)
    key = key_industries(rng("key industries"), place.n)
    found = bodies(rng("bodies"), place, key, org_skill, scale, part)
    group = teams(rng("teams"), place, found, team_skill)
    base = stations(rng("stations"), place, found)
    held = activities(rng("activities"), place, found, base.city, base.start, scale)
    stock = resources(rng("resources"), place, found, scale)
    asked = needs(rng("needs"), place, found, scale)
    given = offers(rng("offers"), found, group, asked)
    team_frames = team_tables(rng("team tables"), place, found, group)
    managers = team_frames["tech_manager"]
    manager_org = managers["org_id"].str.slice(2).cast(pl.Int64).to_numpy() - 1
    met = dockings(rng("dockings"), place, found, group, asked, given, manager_org, base.city)
    ends = outcomes(rng("outcomes"), asked, met)
    sold = contracts(rng("contracts"), place, found, asked, met, manager_org, scale)
    tables = {
        **place_tables(rng("place tables"), place),
        **industry_tables(rng("industry tables"), place, key),
        **organisation_tables(rng("organisation tables"), place, found),
        **team_frames,
        "calendar": calendar(),
        "station": base.table,
        "activity": activity_table(rng("activity table"), place, found, held, base.ids),
        "need": need_table(rng("need table"), asked, need_columns(rng("need columns"), place, found, asked), ends),
        "need_tag": tags(rng("tags"), asked),
        "need_offer": offer_table(rng("offer table"), found, group, asked, given),
        "need_answer": answer_table(rng("answers"), found, group, asked),
        "docking": docking_table(rng("docking table"), found, group, asked, met, managers["tm_id"], base.ids, held, stock.ids, stock.org),
        "contract": contract_table(rng("contract table"), place, found, met, sold, managers["tm_id"]),
        "contract_payment": payment_table(rng("payments"), place, found, sold),
        "impact": impact_table(rng("impacts"), place, found, group, asked, met, sold, scale),
        **service_tables(rng("service"), place, found, group, scale),
        **resource_tables(rng("resource tables"), place, found, stock, scale),
        **duty_tables(rng("duties"), place, found, group, asked),
        **opinion_tables(rng("opinions"), place, found, group, asked, met),
        **spread_tables(rng("spread"), place, found, scale),
    }
    tables |= enterprise_tables(rng("enterprises"), place, found, asked, met, tables["park"], scale)
    tables = settled(tables)
    if planted:
        tables, cases = plant(rng("planted"), tables, place, found, group)
        tables, further = plant_irregular(rng("irregular"), tables, cases)
        cases |= further
    else:
        tables, cases = relate(rng("planted"), tables, found), {}
    tables["need_answer"], copies = worded(rng("answer words"), tables["need_answer"], tables["need"], planted)
    if planted:
        cases["copied_answers"] = copies
    tables |= platform_tables(rng("platform"), found, tables["resource"], tables["org_residency"])
    tables, further = further_tables(rng, place, found, group, tables, scale, planted)
    truth = {
        "seed": seed,
        "scale": scale,
        "abilities": {
            "city": _abilities(place.ids, city_skill),
            "team": _abilities(group.ids, team_skill),
            "organisation": _abilities(found.ids.slice(0, found.evaluated), org_skill),
        },
        "planted": cases,
        "further": further,
    }
    return Sample({name: TABLES[name].conform(tables[name]) for name in TABLES}, truth)


def _abilities(names: pl.Series, found: skill.Abilities) -> dict[str, dict[str, list[float]]]:
    """unit → ability → the three years."""
    return {unit: {ability: found.of(ability)[i].round(4).tolist() for ability in found.names} for i, unit in enumerate(names.to_list())}
