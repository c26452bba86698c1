"""The platform itself: stations, data connections, columns, usage, month-end stock, scenarios, lists, showcases."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import polars as pl

from kcz_metrics.records.sample.chance import Ints, choose, choose_within, codes, happens, ids, lognormal, repeat
from kcz_metrics.records.sample.clock import DAY, DAYS, YEARS, busy_day, dates, day_number, year_bounds
from kcz_metrics.records.sample.organisations import KINDS, Bodies
from kcz_metrics.records.sample.places import Cities
from kcz_metrics.records.sample.tail import with_tail
from kcz_metrics.tables.vocabularies import LIBRARIES

STATION_KINDS = ("chain_leader", "society", "local", "dual_base", "other")
COLUMNS = ("院士开讲", "创业者说", "技术公开课", "产业观察")
LISTS = (
    ("开源创新榜", 2020),
    ("先导技术榜", 2020),
    ("新锐企业榜", 2020),
    ("产学研融通榜", 2021),
    ("青年创业榜", 2021),
    ("科技服务榜", 2022),
    ("绿色低碳榜", 2022),
)
#: Of what bodies connect, platforms of technology trading, of IP and of papers are few; most are libraries of their own.
CONNECTED = np.array([0.05, 0.03, 0.03, 0.89])


@dataclass(frozen=True)
class Stations:
    ids: pl.Series
    city: Ints
    start: Ints
    table: pl.DataFrame


def stations(rng: np.random.Generator, cities: Cities, found: Bodies) -> Stations:
    """One in every pilot and some more in the larger ones, about a hundred; thirty are dual-innovation bases."""
    extra = choose(rng, cities.gdp[:, 1] ** 0.5, 37)
    city = np.concatenate([np.arange(cities.n), extra])
    n = len(city)
    start = np.minimum(cities.start[city] + lognormal(rng, 160.0, 0.8, n).astype(np.int64), DAYS - 40)
    kind = np.where(np.arange(n) % 7 < 2, 3, choose(rng, np.array([0.4, 0.25, 0.3, 0.0, 0.05]), n))
    firms = found.enterprises
    firm = firms[choose_within(rng, found.city[firms], found.weight[firms] ** 1.5, city)]
    society = np.flatnonzero(found.where("NS"))[rng.integers(0, int(found.where("NS").sum()), n)]
    local = np.flatnonzero(found.where("LA"))[city]
    host = np.select([kind == 1, (kind == 2) | (kind == 4)], [society, local], firm)
    closed = np.where(happens(rng, 0.03, n), start + 420, DAYS + 1)
    table = pl.DataFrame(
        {
            "station_id": ids("SN", n, 3),
            "kind": codes(STATION_KINDS, kind),
            "host_org_id": found.ids.gather(host),
            "city_id": cities.ids.gather(city),
            "opened_at": dates(start * DAY),
            "closed_at": dates(closed * DAY),
        }
    )
    return Stations(table["station_id"], city, start, table)


def platform_tables(rng: np.random.Generator, found: Bodies, resource: pl.DataFrame, residency: pl.DataFrame) -> dict[str, pl.DataFrame]:
    stocks = _stock(found, resource, residency, rng)
    return {
        "data_connection": _connections(rng, found),
        "programme_item": _programmes(rng, found),
        "platform_usage_month": _usage(rng),
        "stock_month": stocks,
        "baseline": _baseline(stocks),
        "platform_scenario": _scenarios(rng),
        "award_list": _lists(rng),
        "showcase_project": _showcases(rng, found),
    }


def _connections(rng: np.random.Generator, found: Bodies) -> pl.DataFrame:
    able = found.abilities.mean("resource")
    count = rng.poisson(0.9 * np.exp(0.6 * able) * found.rate("resources"))
    org = repeat(count)
    n = len(org)
    live = rng.integers(0, DAYS + 60, n)
    uptime = 100 - np.minimum(lognormal(rng, 1.6 * np.exp(-0.35 * able[org]), 0.9), 60)
    frame = pl.DataFrame(
        {
            "conn_id": ids("DC", n, 3),
            "kind": codes(["tech_trade", "ip", "paper", "other"], choose(rng, CONNECTED, n)),
            "partner_org_id": found.ids.gather(org),
            "live_at": dates(live * DAY),
            "records_synced": np.where(live < DAYS, lognormal(rng, 9000 * np.exp(0.6 * able[org]), 1.4), 0).astype(np.int64),
            "uptime_pct": uptime.round(1),
        }
    )
    return with_tail(rng, "data_connection", frame, np.minimum(live, DAYS - 1) * DAY, "platform_log", (0.3, 0.7, 0.0))


def _programmes(rng: np.random.Generator, found: Bodies) -> pl.DataFrame:
    able = found.abilities.of("resource")
    row = repeat(
        rng.poisson(1.8 * np.exp(0.6 * able) * found.rate("resources")[:, None] ** 0.5 * np.array([0.6, 0.9, 1.2])[None, :]).ravel()
    )
    org, year = row // len(YEARS), row % len(YEARS)
    first, end = year_bounds(year)
    day = busy_day(rng, first, end)
    n = len(org)
    column = np.where(found.where("NS", "UN")[org] & happens(rng, 0.12, n), 0, choose(rng, np.array([0.0, 0.3, 0.45, 0.25]), n))
    frame = pl.DataFrame(
        {
            "item_id": ids("PI", n, 4),
            "column_name": codes(COLUMNS, column),
            "supplier_org_id": found.ids.gather(org),
            "aired_at": dates(day * DAY),
            "content_hash": pl.Series([f"{x:08x}" for x in rng.choice(16**8, n, replace=False)]),
        }
    )
    return with_tail(rng, "programme_item", frame, day * DAY, "platform_log", (0.2, 0.8, 0.0))


def _months() -> tuple[list[str], np.ndarray]:
    labels = [f"{y}-{m:02d}" for y in YEARS for m in range(1, 13)]
    ends = [day_number(dt.date(y + m // 12, m % 12 + 1, 1)) - 1 for y in YEARS for m in range(1, 13)]
    return labels, np.array(ends)


def _usage(rng: np.random.Generator) -> pl.DataFrame:
    months, ends = _months()
    at, client, kind = (a.ravel() for a in np.meshgrid(np.arange(len(months)), np.arange(2), np.arange(len(KINDS)), indexing="ij"))
    base = np.array([900, 500, 120, 260, 1500, 700, 5200, 420, 150, 110.0])[kind] * np.array([1.0, 0.8])[client]
    mau = lognormal(rng, base * 1.035**at, 0.08).astype(np.int64)
    frame = pl.DataFrame(
        {
            "month": codes(months, at),
            "client": codes(["pc", "app"], client),
            "org_class": codes([k.code for k in KINDS], kind),
            "mau": mau,
            "dau_avg": (mau * (0.13 + 0.0012 * at) * np.exp(0.1 * rng.standard_normal(len(at)))).round(1),
        }
    )
    return with_tail(rng, "platform_usage_month", frame, ends[at] * DAY, "platform_log", (0.0, 1.0, 0.0), status=(1.0, 0.0, 0.0, 0.0, 0.0))


def _stock(found: Bodies, resource: pl.DataFrame, residency: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Counted from the records themselves: resources by library, resident bodies by class."""
    months, ends = _months()
    classes = dict(zip(found.ids.to_list(), codes([k.code for k in KINDS], found.kind).to_list(), strict=True))
    good = (pl.col("status") == "verified") & pl.col("duplicate_of").is_null()
    held = resource.select(kind="library_type", since=pl.col("entered_at").dt.date(), until=pl.col("retired_at").dt.date(), good=good)
    users = residency.select(
        kind=pl.lit("org_") + pl.col("org_id").replace_strict(classes), since="joined_at", until=pl.lit(None, dtype=pl.Date), good=good
    )
    rows = []
    both = pl.concat([held, users])
    kinds = [*LIBRARIES, *sorted(users["kind"].unique().to_list())]
    for label, end in zip(months, ends, strict=True):
        day = dates(np.array([end * DAY]))[0]
        counted = (
            both.filter(pl.col("since") <= day)
            .group_by("kind")
            .agg(raw=pl.len(), valid=(pl.col("good") & (pl.col("until").is_null() | (pl.col("until") > day))).sum())
        )
        found_now = {k: (raw, valid) for k, raw, valid in counted.iter_rows()}
        rows += [(label, kind, *found_now.get(kind, (0, 0)), end) for kind in kinds]
    frame = pl.DataFrame(rows, schema=["month", "library_type", "raw_count", "valid_count", "end"], orient="row")
    return with_tail(
        rng, "stock_month", frame, frame["end"].to_numpy() * DAY, "platform_log", (0.0, 1.0, 0.0), status=(1.0, 0.0, 0.0, 0.0, 0.0)
    )


def _baseline(stocks: pl.DataFrame) -> pl.DataFrame:
    base = stocks.filter(pl.col("month") == "2021-12")
    users = pl.col("library_type").str.starts_with("org_")
    return pl.DataFrame(
        {
            "metric": ["resource_live", "org_users"],
            "value": [float(base.filter(~users)["valid_count"].sum()), float(base.filter(users)["valid_count"].sum())],
            "base_date": [dt.date(2021, 12, 31)] * 2,
        }
    )


def _scenarios(rng: np.random.Generator) -> pl.DataFrame:
    year = np.repeat([0, 1, 2], [2, 3, 5])
    first, end = year_bounds(year)
    day = np.sort(busy_day(rng, first + 30, end - 30, working_only=True))
    frame = pl.DataFrame(
        {
            "scenario_id": ids("SC", len(day), 2),
            "opened_at": dates(day * DAY),
            "users_90d": lognormal(rng, 2600.0, 0.6, len(day)).astype(np.int64),
        }
    )
    return with_tail(rng, "platform_scenario", frame, day * DAY, "platform_log", (0.0, 1.0, 0.0), status=(1.0, 0.0, 0.0, 0.0, 0.0))


def _lists(rng: np.random.Generator) -> pl.DataFrame:
    rows = [
        (f"LS{i:02d}-{y}", name, first, day_number(dt.date(y, 10, 20)))
        for i, (name, first) in enumerate(LISTS, 1)
        for y in YEARS
        if y >= first
    ]
    frame = pl.DataFrame(rows, schema=["list_id", "list_type", "first_year", "day"], orient="row")
    return with_tail(
        rng, "award_list", frame, frame["day"].to_numpy() * DAY, "platform_log", (1.0, 0.0, 0.0), status=(1.0, 0.0, 0.0, 0.0, 0.0)
    )


def _showcases(rng: np.random.Generator, found: Bodies) -> pl.DataFrame:
    year = np.repeat([0, 1, 2], [120, 160, 206])
    day = np.array([day_number(d) for d in (dt.date(2020, 10, 15), dt.date(2021, 10, 19), dt.date(2022, 9, 15))])[year]
    firms = found.enterprises
    org = np.where(
        rng.random(len(year)) < 0.7,
        firms[choose(rng, found.weight[firms], len(year))],
        choose(rng, np.exp(found.abilities.mean("drive")), len(year)),
    )
    frame = pl.DataFrame(
        {
            "project_id": ids("SP", len(year), 3),
            "org_id": found.ids.gather(org),
            "mode": codes(["onsite", "cloud", "both"], choose(rng, np.array([0.4, 0.35, 0.25]), len(year))),
            "occurred_on": dates(day * DAY),
        }
    )
    return with_tail(rng, "showcase_project", frame, day * DAY, "province", (0.3, 0.7, 0.0), status=(0.98, 0.0, 0.02, 0.0, 0.0))
