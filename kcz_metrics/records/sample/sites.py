"""Bases, centres, service packages and their use, special projects, versions of the libraries' standards."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from kcz_metrics.records.sample.chance import Ints, choose, choose_within, codes, happens, ids, lognormal, positions, repeat, take
from kcz_metrics.records.sample.clock import DAY, DAYS, YEARS, busy_day, dates, day_number, day_of, year_bounds
from kcz_metrics.records.sample.organisations import Bodies
from kcz_metrics.records.sample.places import Cities
from kcz_metrics.records.sample.provinces import PROVINCES
from kcz_metrics.records.sample.tail import with_tail

Tables = dict[str, pl.DataFrame]
BASES = {
    "dual": ("双创示范基地", "Dual-Innovation Base"),
    "offshore": ("离岸创新创业基地", "Offshore Innovation Base"),
    "home": ("海智工作基地", "HOME Programme Base"),
}
CENTRES = {"incubation": ("创新创业孵化中心", "Incubation Centre"), "specialised": ("专精特新培育中心", "Specialised-Firm Centre")}
#: name in both languages, audience, parts, days of launch and end
PACKAGES = (
    ("初创起步包", "Start-up kit", "startup", "policy_advice finance talent_service", 140, 0),
    ("成果转化包", "Transfer kit", "sme", "tech_trade finance testing", 200, 0),
    ("技术诊断包", "Diagnosis kit", "sme", "tech_trade testing", 260, 700),
    ("海外引才包", "Overseas talent kit", "leader", "intl_resource talent_service", 330, 0),
    ("园区科普包", "Park outreach kit", "park", "st_communication policy_advice", 410, 0),
    ("专精特新包", "Specialised-firm kit", "sme", "tech_trade policy_advice finance testing", 480, 0),
    ("标准引领包", "Standards kit", "leader", "testing policy_advice", 560, 0),
    ("产业链协同包", "Chain kit", "leader", "tech_trade intl_resource finance", 640, 0),
    ("绿色低碳包", "Green kit", "all", "tech_trade testing policy_advice", 760, 0),
    ("数字化转型包", "Digital kit", "sme", "tech_trade talent_service", 790, 0),
    ("青年创业包", "Young founders kit", "startup", "finance talent_service st_communication", 830, 0),
    ("国际对接包", "International kit", "all", "intl_resource tech_trade", 870, 0),
    ("融资路演包", "Investor kit", "startup", "finance st_communication", 930, 0),
    ("县域下沉包", "County kit", "all", "st_communication tech_trade talent_service policy_advice", 980, 0),
)
#: kind, name in both languages, projects in each of the three years, provinces it is held in (empty: any)
SPECIALS = (
    ("tibet_ecology", "西藏生态科技服务", "Ecology Service", (0, 1, 1), ("540000",)),
    ("ai_tour", "人工智能赋能实体经济地方行", "AI Tour", (1, 4, 7), ()),
    ("green_demonstration", "环保科技创新示范项目", "Green Demonstration", (0, 2, 4), ()),
    ("laureates", "获奖技术推介", "Laureates' Technologies", (0, 2, 3), ()),
)
#: version, kind, first and last day
STANDARDS = (
    ("ENTRY-2020", "entry", dt.date(2020, 3, 2), dt.date(2021, 6, 1)),
    ("ENTRY-2021", "entry", dt.date(2021, 6, 1), dt.date(2022, 4, 18)),
    ("ENTRY-2022", "entry", dt.date(2022, 4, 18), None),
    ("CLASS-2020", "classes", dt.date(2020, 5, 6), dt.date(2022, 4, 18)),
    ("CLASS-2022", "classes", dt.date(2022, 4, 18), None),
    ("GRADE-2021", "grades", dt.date(2021, 3, 15), dt.date(2022, 5, 10)),
    ("GRADE-2022", "grades", dt.date(2022, 5, 10), None),
    ("RESIDENCY-2021", "residency", dt.date(2021, 4, 12), None),
)


def site_tables(rng: np.random.Generator, cities: Cities, found: Bodies, tables: Tables) -> Tables:
    centre = _centres(rng, cities, found)
    return {
        "base": _bases(rng, cities, found, tables["station"]),
        "centre": centre,
        "incubated_firm": _housed(rng, tables, centre),
        **_packages(rng, cities, found),
        "special_project": _specials(rng, found),
        **_standards(tables["resource"]),
    }


def _bases(rng: np.random.Generator, cities: Cities, found: Bodies, station: pl.DataFrame) -> pl.DataFrame:
    """The dual-innovation bases that became stations, others that did not yet, and bases for those who come from abroad."""
    made = station.filter((pl.col("kind") == "dual_base") & pl.col("opened_at").is_not_null())
    pull = cities.gdp[:, 1] ** 0.5 * np.exp(0.4 * cities.abilities.mean("radiation"))
    abroad = np.concatenate([rng.choice(cities.n, k, replace=False, p=pull / pull.sum()) for k in (10, 18)])
    spare = rng.choice(cities.n, 12, replace=False)
    city = np.concatenate([positions(made["city_id"], cities.ids), spare, abroad])
    n, m = len(city), made.height
    kind = np.repeat([0, 0, 1, 2], [m, 12, 10, 18])
    local = found.ids.gather(np.flatnonzero(found.where("LA"))[city[m:]])
    opened = np.concatenate([day_of(made["opened_at"]) - rng.integers(200, 900, m), rng.integers(-900, DAYS - 30, n - m)])
    frame = pl.DataFrame(
        {
            "base_id": ids("BS", n, 3),
            "base_kind": codes(list(BASES), kind),
            **_names(cities, city, list(BASES.values()), kind),
            "city_id": cities.ids.gather(city),
            "host_org_id": pl.concat([made["host_org_id"], local]),
            "opened_at": dates(opened * DAY),
            "station_id": pl.concat([made["station_id"], pl.Series([None] * (n - m), dtype=pl.String)]),
        }
    )
    return _numbered(frame)


def _numbered(frame: pl.DataFrame) -> pl.DataFrame:
    """A second of the same name is told apart by a number."""
    place = pl.int_range(pl.len()).over("name_zh")
    number = (place + 1).cast(pl.String)
    return frame.with_columns(
        name_zh=pl.when(place > 0).then(pl.col("name_zh") + number + "号").otherwise("name_zh"),
        name_en=pl.when(place > 0).then(pl.col("name_en") + " " + number).otherwise("name_en"),
    )


def _names(cities: Cities, city: Ints, what: list[tuple[str, str]], kind: Ints) -> dict[str, pl.Series]:
    """Of each place and what stands there, in both languages."""
    zh = cities.table["name_zh"].gather(city) + codes([name for name, _ in what], kind)
    en = cities.table["name_en"].gather(city) + " " + codes([name for _, name in what], kind)
    return {"name_zh": pl.select(zh).to_series(), "name_en": pl.select(en).to_series()}


def _centres(rng: np.random.Generator, cities: Cities, found: Bodies) -> pl.DataFrame:
    city = repeat(rng.poisson(1.1 * np.exp(0.35 * cities.abilities.mean("engagement"))))
    n = len(city)
    kind = choose(rng, np.array([0.6, 0.4]), n)
    bodies = np.flatnonzero(found.where("SO", "UN", "RI", "EN"))
    at = choose_within(rng, found.city[bodies], found.weight[bodies], city)
    local = np.flatnonzero(found.where("LA"))[city]
    operator = np.where((at >= 0) & happens(rng, 0.6, n), bodies[np.maximum(at, 0)], local)
    opened = np.minimum(cities.start[city] + 30 + np.round(lognormal(rng, 260.0, 0.7, n)), DAYS - 15)
    frame = pl.DataFrame(
        {
            "centre_id": ids("CE", n, 3),
            "centre_kind": codes(list(CENTRES), kind),
            **_names(cities, city, list(CENTRES.values()), kind),
            "city_id": cities.ids.gather(city),
            "operator_org_id": found.ids.gather(operator),
            "opened_at": dates(opened * DAY),
            "capacity": np.round(lognormal(rng, 45.0, 0.5, n)).astype(np.int64) + 5,
        }
    )
    return _numbered(frame)


def _housed(rng: np.random.Generator, tables: Tables, centre: pl.DataFrame) -> pl.DataFrame:
    """Firms that were founded in a pilot after one of its centres opened mostly sit there."""
    firm = tables["incubated_firm"]
    where = firm.select("org_id").join(tables["org"].select("org_id", "city_id"), on="org_id", how="left", maintain_order="left")
    known = centre.sort("city_id", "centre_id")
    city = pl.concat([where["city_id"], known["city_id"]]).rank("dense").fill_null(0).to_numpy()
    at = choose_within(rng, city[firm.height :], np.ones(known.height), city[: firm.height])
    opened = day_of(known["opened_at"])
    fits = (at >= 0) & (day_of(firm["registered_at"]) >= opened[np.maximum(at, 0)]) & happens(rng, 0.75, firm.height)
    return firm.with_columns(centre_id=take(known["centre_id"], np.where(fits, at, -1)))


def _packages(rng: np.random.Generator, cities: Cities, found: Bodies) -> Tables:
    n = len(PACKAGES)
    name = ids("PG", n, 2)
    launch = np.array([p[4] for p in PACKAGES])
    end = np.array([p[5] or DAYS for p in PACKAGES])
    package = pl.DataFrame(
        {
            "package_id": name,
            "name_zh": [p[0] for p in PACKAGES],
            "name_en": [p[1] for p in PACKAGES],
            "audience": [p[2] for p in PACKAGES],
            "launched_at": dates(launch * DAY),
            "ended_at": dates(end * DAY),
        }
    )
    parts = [(name[i], part) for i, p in enumerate(PACKAGES) for part in p[3].split()]
    engaged = cities.abilities.of("engagement")
    city, year = (a.ravel() for a in np.meshgrid(np.arange(cities.n), np.arange(len(YEARS)), indexing="ij"))
    share = np.stack([cities.active(y) for y in range(len(YEARS))])[year, city]
    row = repeat(rng.poisson(np.array([1.5, 7.0, 16.0])[year] * np.exp(0.5 * engaged[city, year]) * share))
    first, until = year_bounds(year[row])
    day = busy_day(rng, np.maximum(first, cities.start[city[row]]), until)
    which = choose(rng, 1.0 / np.arange(1, n + 1) ** 0.4, len(row))
    ok = (day >= launch[which]) & (day < end[which])
    city, day, which = city[row][ok], day[ok], which[ok]
    firms = found.enterprises
    user = firms[choose_within(rng, found.city[firms], found.weight[firms], city)]
    use = pl.DataFrame(
        {
            "use_id": ids("PU", len(day), 5),
            "package_id": name.gather(which),
            "org_id": found.ids.gather(user),
            "city_id": cities.ids.gather(city),
            "used_on": dates(day * DAY),
        }
    )
    return {
        "service_package": package,
        "service_package_part": pl.DataFrame(parts, schema=["package_id", "part"], orient="row"),
        "package_use": with_tail(rng, "package_use", use, day * DAY, "platform_log", (0.1, 0.8, 0.1)),
    }


def _specials(rng: np.random.Generator, found: Bodies) -> pl.DataFrame:
    rows = [(kind, zh, en, y, where) for kind, zh, en, counts, where in SPECIALS for y, k in enumerate(counts) for _ in range(k)]
    n = len(rows)
    able = np.array([p.association for p in PROVINCES])
    province = np.array([rng.choice([i for i, p in enumerate(PROVINCES) if (p.code in w if w else able[i])]) for *_, w in rows])
    first, end = year_bounds(np.array([y for *_, y, _ in rows]))
    begin = busy_day(rng, first + 60, end - 90, working_only=True)
    until = begin + np.round(lognormal(rng, 90.0, 0.8, n))
    area, area_en = codes([p.short_zh for p in PROVINCES], province), codes([p.name_en for p in PROVINCES], province)
    frame = pl.DataFrame(
        {
            "project_id": ids("XP", n, 3),
            "name_zh": pl.select(pl.Series([zh for _, zh, *_ in rows]) + "（" + area + "）").to_series(),
            "name_en": pl.select(pl.Series([en for _, _, en, *_ in rows]) + " (" + area_en + ")").to_series(),
            "project_kind": [kind for kind, *_ in rows],
            "province_code": codes([p.code for p in PROVINCES], province),
            "lead_org_id": found.ids.gather(rng.choice(np.flatnonzero(found.where("NS", "PA")), n)),
            "started_at": dates(begin * DAY),
            "ended_at": dates(until * DAY),
            "people_served": np.round(lognormal(rng, 900.0, 0.9, n)).astype(np.int64),
        }
    )
    return with_tail(rng, "special_project", frame, begin * DAY, "province", (0.3, 0.6, 0.1), status=(1.0, 0.0, 0.0, 0.0, 0.0))


def _standards(resource: pl.DataFrame) -> Tables:
    """The versions; and with every resource the version of the entry standard that was in force when it was entered."""
    table = pl.DataFrame(
        [
            {"standard_version": version, "standard_kind": kind, "library_type": None, "issued_at": first, "replaced_at": last}
            for version, kind, first, last in STANDARDS
        ],
        schema_overrides={"library_type": pl.String, "replaced_at": pl.Date},
    )
    entry = [(version, day_number(first)) for version, kind, first, _ in STANDARDS if kind == "entry"]
    at = np.searchsorted([day for _, day in entry], np.floor(day_of(resource["entered_at"])), side="right") - 1
    return {"library_standard": table, "resource": resource.with_columns(standard_version=codes([v for v, _ in entry], at))}
