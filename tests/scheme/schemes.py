"""Small schemes and facts that the tests of this folder share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class SmallFact:
    """A fact with as much as the checks read."""

    columns: Mapping[str, object]
    parameters: tuple[str, ...] = ()
    time: str | None = "posted_at"
    times: tuple[str, ...] = ()
    valid_from: str | None = None
    units: Mapping[str, str] = field(default_factory=lambda: {"city": "city_id"})


FACTS = {
    "needs": SmallFact(
        {"city_id": "text", "firm_id": "text", "days": "float", "docked": "bool", "posted_at": "datetime", "matured_at": "datetime"},
        parameters=("unanswered_days",),
        times=("matured_at",),
    ),
    "context": SmallFact({"city_id": "text", "gdp": "float", "valid_from": "date"}, time=None, valid_from="valid_from"),
    "teams": SmallFact({"team_id": "text", "city_id": "text"}, units={"team": "team_id"}),
}

UNITS = {"city": SmallFact({"kind": "text", "people": "int"}), "team": SmallFact({"class": "text"})}

HDI = """\
edition: "2021"
title: {zh: 人类发展指数2021, en: Human Development Index 2021}
indicators:
  life:     {column: le_2021,    direction: up, normalise: {method: goalposts, lower: 20, upper: 85}}
  expected: {column: eys_2021,   direction: up, normalise: {method: goalposts, lower: 0, upper: 18}}
  mean:     {column: mys_2021,   direction: up, normalise: {method: goalposts, lower: 0, upper: 15}}
  income:   {column: gnipc_2021, direction: up, transform: log, normalise: {method: goalposts, lower: 100, upper: 75000}}
indices:
  hdi:
    unit: country
    scale: {lower: 0, upper: 1}
    aggregate: geometric
    rank: {ties: competition, decimals: 3}
    tree: {life: 1, education: {weight: 1, aggregate: arithmetic, children: {expected: 1, mean: 1}}, income: 1}
"""

#: Lines are counted by tests: keep what stands where it stands.
CITY = """\
# the weights below were agreed in March
edition: "2022"
title: {zh: 示例方案, en: Example}
parameters: {unanswered_days: 90}
measures:
  due: {fact: needs, agg: count, time: matured_at}
  docked: {fact: needs, agg: count, time: matured_at, where: {docked: true}}
  reply: {fact: needs, agg: median, of: days}
  gdp: {fact: context, agg: latest, of: gdp}
indicators:
  R1:
    name: {zh: 对接率, en: Docked}
    formula: docked / due      # a share
    minimum_n: {of: due, at_least: 10, else: shrink}
    shrink: {n: due, strength: 10, toward: group}
    normalise: {method: goalposts, lower: 0, upper: 1}
  R2: {name: {zh: 答复, en: Reply}, formula: reply, direction: down}
  R3: {name: {zh: 密度, en: Density}, formula: due / gdp}
indices:
  city:
    name: {zh: 城市, en: Cities}
    unit: city
    group: kind
    normalise: {method: minmax, over: base_period, base: "2020"}
    tree:
      effect:
        name: {zh: 成效, en: Effect}
        weight: 60      # more than half
        children: {R1: 12, R2: {share: 20, multiplier: 1.2}}
      R3: 40
    weight_sets: {equal: {effect: 1, R3: 1}}
    tiers: {levels: [{id: hub, seats: 4}, {id: lead, seats: 15}], hub: {rise: decision, candidate: {pillar: effect, top: 8}}}
    adjust: [{id: slow, kind: veto, when: {measure: reply, above: 300}, effect: not_ranked}]
"""


def replaced(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
    return text.replace(old, new)
