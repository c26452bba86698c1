"""What bodies put into the libraries, and who used it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from kcz_metrics.records.sample.chance import Bools, Floats, Ints, choose, codes, happens, ids, logistic, lognormal, repeat, take
from kcz_metrics.records.sample.clock import DAY, DAYS, HORIZON, YEARS, busy_day, half_hour, moments, office_time, year_bounds, year_index
from kcz_metrics.records.sample.industries import FIELD, FIELDS, TAGS, TAGS_EACH
from kcz_metrics.records.sample.organisations import Bodies
from kcz_metrics.records.sample.places import Cities
from kcz_metrics.records.sample.tail import with_tail
from kcz_metrics.tables.vocabularies import LIBRARIES

WHAT = ("难题征集", "合作项目", "成果推介", "专家资料", "机构简介", "政策汇编", "应用案例", "参考资料")
LIBRARY = np.array([0.14, 0.24, 0.27, 0.12, 0.06, 0.06, 0.07, 0.04])
YEAR_SHARE = np.array([0.17, 0.30, 0.53])  # the libraries double in the last year


@dataclass(frozen=True)
class Resources:
    """Resources by position; ``retired`` NaN while live."""

    ids: pl.Series
    org: Ints
    city: Ints
    library: Ints
    entered: Floats
    retired: Floats
    shared: Bools


def resources(rng: np.random.Generator, cities: Cities, found: Bodies, scale: float) -> Resources:
    m = found.evaluated
    ability = found.abilities.of("resource")
    lam = np.column_stack(
        [
            12.0 * scale * 3 * YEAR_SHARE[y] * found.rate("resources") * found.weight[:m] * np.exp(0.55 * ability[:, y])
            for y in range(len(YEARS))
        ]
    )
    row = repeat(rng.poisson(lam).ravel())
    org, year = row // len(YEARS), row % len(YEARS)
    city = found.city[org]
    first, end = year_bounds(year)
    begin = np.maximum(first, np.where(city >= 0, cities.start[city], 0))
    ok = begin < end - 5
    org, city, year = org[ok], city[ok], year[ok]
    entered = office_time(rng, busy_day(rng, begin[ok], end[ok]))
    order = np.lexsort((org, entered))
    org, city, year, entered = org[order], city[order], year[order], entered[order]
    n = len(org)
    mean = found.abilities.mean("resource")[org]
    favourite = choose(rng, LIBRARY, m)[org]  # each body has a library it favours; the able ones less so
    library = np.where(happens(rng, logistic(-0.6 - 0.7 * mean)), favourite, choose(rng, LIBRARY, n))
    life = lognormal(rng, 1900 * np.exp(0.3 * mean), 0.9)
    retired = half_hour(entered + life * DAY)
    radiation = np.where(city >= 0, cities.abilities.mean("radiation")[city], 0.0)
    shared = happens(rng, logistic(0.9 + 0.4 * radiation))
    return Resources(ids("RS", n, 6), org, city, library, entered, np.where(retired < HORIZON, retired, np.nan), shared)


def resource_tables(rng: np.random.Generator, cities: Cities, found: Bodies, stock: Resources, scale: float) -> dict[str, pl.DataFrame]:
    n = len(stock.org)
    ability = found.abilities.of("resource")[stock.org, year_index(stock.entered)]
    score = 0.55 * ability + rng.standard_normal(n)
    grade = np.where(happens(rng, 0.12, n), -1, np.select([score > 0.75, score > -0.5], [0, 1], 2))
    last = np.where(np.isfinite(stock.retired), stock.retired, HORIZON)
    back = lognormal(rng, 160 * np.exp(-0.35 * ability), 0.9) * DAY
    confirmed = np.maximum(half_hour(last - back), stock.entered)
    confirmed = np.where(happens(rng, 0.88, n) & (confirmed > stock.entered), confirmed, np.nan)
    industry = found.industry[stock.org]
    tag = industry * TAGS_EACH + rng.integers(0, TAGS_EACH, n)
    batch = codes([f"第{i}批" for i in range(1, 31)], rng.integers(0, 30, n))
    frame = pl.DataFrame(
        {
            "resource_id": stock.ids,
            "library_type": codes(list(LIBRARIES), stock.library),
            "title": codes(TAGS, tag) + codes(WHAT, stock.library) + batch,
            "holder_org_id": found.ids.gather(stock.org),
            "entered_by_org_id": found.ids.gather(stock.org),
            "city_id": take(cities.ids, stock.city),
            "tech_field": codes(FIELDS, FIELD[industry]),
            "grade": codes(["A", "B", "C"], grade),
            "programme": codes(["dual", "none"], np.where(happens(rng, 0.22, n), 0, 1)),
            "content_hash": pl.Series([f"{x:08x}" for x in rng.choice(16**8, n, replace=False)]),
            "entered_at": moments(stock.entered),
            "last_confirmed_at": moments(confirmed),
            "is_live": ~np.isfinite(stock.retired),
            "is_shared": stock.shared,
            "retired_at": moments(stock.retired),
        }
    )
    return {
        "resource": with_tail(rng, "resource", frame, stock.entered, "self_report", (0.2, 0.55, 0.25)),
        "resource_use": _uses(rng, cities, found, stock),
    }


def _uses(rng: np.random.Generator, cities: Cities, found: Bodies, stock: Resources) -> pl.DataFrame:
    """Most resources are seldom used, a few often; what able bodies and radiating cities offer is used more."""
    n = len(stock.org)
    ability = found.abilities.of("resource")[stock.org, year_index(stock.entered)]
    radiation = np.where(stock.city >= 0, cities.abilities.mean("radiation")[stock.city], 0.0)
    wanted = happens(rng, logistic(-0.35 + 0.6 * ability + 0.4 * radiation))
    count = np.where(wanted, 1 + rng.poisson(np.minimum(rng.pareto(1.6, n) * 0.9, 60)), 0)
    row = repeat(count)
    firms = found.enterprises
    user = firms[choose(rng, found.weight[firms], len(row))]
    user = np.where(rng.random(len(row)) < 0.05, stock.org[row], user)
    wait = lognormal(rng, 55.0, 1.0, len(row)) * DAY
    used = half_hour(stock.entered[row] + wait)
    end = np.where(np.isfinite(stock.retired), stock.retired, HORIZON)[row]
    joined = np.where(found.city[user] >= 0, cities.start[found.city[user]], 0) * DAY
    ok = (used < end) & (used < DAYS * DAY) & (used >= joined)
    row, user, used = row[ok], user[ok], used[ok]
    order = np.argsort(used, kind="stable")
    row, user, used = row[order], user[order], used[order]
    kind = choose(rng, np.array([0.52, 0.22, 0.13, 0.13]), len(row))
    frame = pl.DataFrame(
        {
            "use_id": ids("RU", len(row), 6),
            "resource_id": stock.ids.gather(row),
            "user_org_id": found.ids.gather(user),
            "use_kind": codes(["view", "download", "push_accept", "contact"], kind),
            "used_at": moments(used),
            "is_bot": happens(rng, 0.06, len(row)),
        }
    )
    return with_tail(rng, "resource_use", frame, used, "platform_log", (0.0, 1.0, 0.0), status=(0.97, 0.01, 0.01, 0.0, 0.01))
