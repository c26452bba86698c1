"""Real provinces; invented pilot cities and parks in them, with invented size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from kcz_metrics.records.sample.abilities import Abilities
from kcz_metrics.records.sample.chance import Floats, Ints, choose, codes, happens, ids, lognormal
from kcz_metrics.records.sample.clock import DAY, YEARS, busy_day, dates, day_number, share_of_year
from kcz_metrics.records.sample.names import PLACES_EN, PLACES_ZH
from kcz_metrics.records.sample.provinces import PROVINCES


@dataclass(frozen=True)
class Cities:
    """Pilots by position: ``start`` is the first active day; ``province`` a position in PROVINCES; sizes are city × year."""

    n: int
    table: pl.DataFrame
    province: Ints
    start: Ints
    poor: Floats
    gdp: Floats
    rd_staff: Floats
    tech: Floats
    abilities: Abilities

    @property
    def ids(self) -> pl.Series:
        return self.table["city_id"]

    def active(self, year: Ints | int) -> Floats:
        """Share of the year in which each city is a pilot."""
        return share_of_year(self.start, np.broadcast_to(np.asarray(year, dtype=np.int64), self.start.shape))


def cities(rng: np.random.Generator, abilities: Abilities) -> Cities:
    quota = [p.pilots for p in PROVINCES]
    province = np.repeat(np.arange(len(PROVINCES)), quota)
    n = len(province)
    names = rng.permutation(len(PLACES_ZH))[:n]
    park = np.zeros(n, dtype=bool)
    park[rng.permutation(n)[:10]] = True
    parent = np.full(n, -1)
    for i in np.flatnonzero(park):  # a park lies in a pilot of its province where there is one
        hosts = [j for j in np.flatnonzero(province == province[i]) if not park[j]]
        parent[i] = hosts[0] if hosts and rng.random() < 0.7 else -1
    zh = [PLACES_ZH[names[parent[i] if parent[i] >= 0 else i]] + ("高新区" if park[i] else "") for i in range(n)]
    en = [PLACES_EN[names[parent[i] if parent[i] >= 0 else i]] + (" Hi-tech Zone" if park[i] else "") for i in range(n)]
    for i in np.flatnonzero(parent >= 0):  # two parks of one city must not share a name
        if zh.count(zh[i]) > 1:
            zh[i], en[i] = PLACES_ZH[names[i]] + "科技园", PLACES_EN[names[i]] + " Science Park"
    batch = np.repeat([2020, 2021, 2022], [46, n - 49, 3])[rng.permutation(n)]
    spring = day_number(dates(np.array([151 * DAY]))[0])
    start = np.select([batch == 2020, batch == 2021], [0, 366 + np.where(rng.random(n) < 0.3, spring - 31, 0)], 731 + 59)
    area = [PROVINCES[p].area for p in province]
    rich = np.array([PROVINCES[p].rich for p in province])
    gdp = (1150 * rich * np.exp(0.62 * rng.standard_normal(n)) * np.where(park, 0.35, 1.0))[:, None] * np.array([1.0, 1.09, 1.14])
    rd_staff = gdp * 9.5 * np.exp(0.35 * rng.standard_normal(n))[:, None] * np.where(park, 2.2, 1.0)[:, None]
    tech = 16 * gdp**0.42 * np.exp(0.25 * rng.standard_normal(n))[:, None] * np.array([1.0, 1.1, 1.2])
    lon = np.array([PROVINCES[p].lon for p in province]) + 2.0 * rng.uniform(-1, 1, n)
    lat = np.array([PROVINCES[p].lat for p in province]) + 1.2 * rng.uniform(-1, 1, n)
    revolutionary = happens(rng, np.where(np.array(area) == "east", 0.08, 0.3))
    table = pl.DataFrame(
        {
            "city_id": [f"PC{i:03d}" for i in range(1, n + 1)],
            "name_zh": zh,
            "name_en": en,
            "kind": ["park" if p else "city" for p in park],
            "province_code": [PROVINCES[p].code for p in province],
            "parent_city_id": [f"PC{p + 1:03d}" if p >= 0 else None for p in parent],
            "lon": lon.round(2),
            "lat": lat.round(2),
            "batch": batch,
            "area_flag": area,
            "active_from": dates(start * DAY),
            "active_to": pl.Series([None] * n, dtype=pl.Date),
            "old_revolutionary": revolutionary,
        }
    )
    poor = (np.isin(area, ["west", "northeast"]) | revolutionary).astype(float)
    return Cities(n, table, province, start, poor, gdp, rd_staff, tech, abilities)


def place_tables(rng: np.random.Generator, found: Cities) -> dict[str, pl.DataFrame]:
    n, years = found.n, len(YEARS)
    rows = np.repeat(np.arange(n), years)
    year = np.tile(np.arange(years), n)
    context = pl.DataFrame(
        {
            "city_id": found.ids.gather(rows),
            "year": np.array(YEARS)[year],
            "gdp_100m": found.gdp[rows, year].round(1),
            "population_10k": (found.gdp[rows, 0] / 9.0 * np.exp(0.3 * rng.standard_normal(n))[rows]).round(1) + 5.0,
            "rd_staff": found.rd_staff[rows, year].astype(np.int64),
            "enterprise_tech": found.tech[rows, year].astype(np.int64),
            "enterprise_scale": (found.tech[rows, year] * 0.8).astype(np.int64),
            "is_estimated": (year == 2) & (rows % 4 == 0),
        }
    )
    gdp = np.array([9000 * p.rich**1.2 * p.size for p in PROVINCES if p.association])
    code = [p.code for p in PROVINCES if p.association]
    k = len(code)
    region = pl.DataFrame(
        {
            "province_code": np.repeat(code, years),
            "year": np.tile(YEARS, k),
            "gdp_100m": (np.repeat(gdp, years) * np.tile([1.0, 1.1, 1.15], k)).round(0),
            "rd_staff": (np.repeat(gdp * 7.5 * np.exp(0.2 * rng.standard_normal(k)), years) * np.tile([1, 1.06, 1.12], k)).astype(np.int64),
        }
    )
    return {
        "province": pl.DataFrame([p.row() for p in PROVINCES]),
        "region_context": region,
        "pilot_city": found.table,
        "city_context": context,
        "park": _parks(rng, found),
        "service_component": _trio(rng, found),
        "province_pilot": _province_pilots(rng),
    }


def _parks(rng: np.random.Generator, found: Cities) -> pl.DataFrame:
    count = np.where(found.table["kind"].to_numpy() == "park", 1, 1 + rng.poisson(1.9, found.n))
    owner = np.repeat(np.arange(found.n), count)
    order = np.concatenate([np.arange(c) for c in count])
    suffix = codes(["高新技术产业园", "经济技术开发园", "智造产业园", "生物医药园", "临港产业园", "数字产业园", "绿色产业园"], order % 7)
    return pl.DataFrame(
        {
            "park_id": ids("PK", len(owner), 4),
            "city_id": found.ids.gather(owner),
            "name_zh": found.table["name_zh"].gather(owner) + suffix,
            "level": codes(["national", "provincial", "other"], choose(rng, np.array([0.3, 0.5, 0.2]), len(owner))),
        }
    )


def _trio(rng: np.random.Generator, found: Cities) -> pl.DataFrame:
    component = ["st_communication", "tech_trade", "intl_resource"]
    owner, part = np.repeat(np.arange(found.n), 3), np.tile(np.arange(3), found.n)
    lag = lognormal(rng, 120 * np.exp(-0.4 * found.abilities.mean("engagement")[owner]) * np.array([0.6, 1.0, 1.8])[part], 0.5)
    frame = pl.DataFrame(
        {"city_id": found.ids.gather(owner), "component": codes(component, part), "active_from": dates((found.start[owner] + lag) * DAY)}
    )
    return frame.drop_nulls("active_from")


def _province_pilots(rng: np.random.Generator) -> pl.DataFrame:
    able = [p.code for p in PROVINCES if p.pilots >= 2]
    chosen = sorted(rng.choice(able, 10, replace=False).tolist())
    day = busy_day(rng, np.full(10, 731 + 60), np.full(10, 731 + 330), working_only=True)
    return pl.DataFrame({"province_code": chosen, "approved_at": dates(day * DAY)})
