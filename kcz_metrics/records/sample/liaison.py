"""Liaison groups and their visits, tasks of the three levels, construction plans."""

from __future__ import annotations

import numpy as np
import polars as pl

from kcz_metrics.records.sample.chance import Floats, Ints, choose, codes, happens, ids, logistic, lognormal, repeat, take
from kcz_metrics.records.sample.clock import DAY, DAYS, HORIZON, YEARS, busy_day, dates, year_bounds
from kcz_metrics.records.sample.duties import silent_cities
from kcz_metrics.records.sample.organisations import Bodies
from kcz_metrics.records.sample.places import Cities
from kcz_metrics.records.sample.provinces import PROVINCES
from kcz_metrics.records.sample.tail import with_tail
from kcz_metrics.records.sample.teams import Teams

SENT_BY = ("association", "society", "university", "local")
AREAS = ("platform", "industry", "talent", "mechanism", "outreach")
PLAN = {
    "platform": ("建设线上工作站", "开设科技服务专区", "接入技术交易数据"),
    "industry": ("开展重点产业需求普查", "组织产业链专场对接", "建立揭榜项目清单"),
    "talent": ("引进产业急需人才", "设立专家工作室", "组织技术经理人培训"),
    "mechanism": ("出台专项支持办法", "建立联席会议制度", "完善考核评价办法"),
    "outreach": ("与周边地区共建站点", "向兄弟城市推介案例", "共享大型仪器资源"),
}
TASKS = (
    "完成试点需求画像",
    "组建并培育科技服务团",
    "开展试点集中评估",
    "推进省域试点培育",
    "完善资源库标准并扩充资源",
    "建设协作站点",
    "上线应用场景与栏目",
    "推介双创企业和项目",
    "组织咨询委活动",
    "拓展联合体与榜单",
    "推动园区企业科协覆盖",
    "组织双创活动周",
    "举办主题论坛",
    "开展双创服务活动",
)
NATIONAL_A_YEAR, PROVINCE_A_YEAR, CITY_A_YEAR = 40, 4, 6


def liaison_tables(rng: np.random.Generator, cities: Cities, found: Bodies, group: Teams) -> dict[str, pl.DataFrame]:
    engaged = cities.abilities.mean("engagement")
    formed = cities.start + 20 + np.round(lognormal(rng, 70 * np.exp(-0.3 * engaged), 0.6)).astype(np.int64)
    formed = np.minimum(formed, DAYS - 60)
    standing = np.where(happens(rng, logistic(1.4 + 0.8 * engaged)), np.maximum(formed + 90, 640 + rng.integers(0, 420, cities.n)), np.nan)
    head = _association_of(found, cities.province)
    name = ids("LG", cities.n, 3)
    table = pl.DataFrame(
        {
            "group_id": name,
            "city_id": cities.ids,
            "lead_org_id": found.ids.gather(head),
            "formed_at": dates(formed * DAY),
            "standing_since": dates(standing * DAY),
        }
    )
    member, appraisal = _members(rng, cities, found, group, name, formed)
    return {
        "liaison_group": table,
        "liaison_member": member,
        "liaison_appraisal": appraisal,
        "liaison_visit": _visits(rng, cities, name, formed),
        "work_task": _tasks(rng, cities, found),
        "city_plan_item": _plan(rng, cities),
    }


def _association_of(found: Bodies, province: Ints) -> Ints:
    """The provincial association of each province."""
    association = np.flatnonzero(found.where("PA"))
    at = np.full(len(PROVINCES), association[0])
    at[found.province[association]] = association
    return np.asarray(at[province])


def _members(
    rng: np.random.Generator, cities: Cities, found: Bodies, group: Teams, name: pl.Series, formed: Ints
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A head from the provincial association, others from societies, universities and the local association."""
    people = group.people
    local = np.flatnonzero(found.where("LA"))
    pools = [np.flatnonzero(np.isin(people.org, np.flatnonzero(found.where(*classes)))) for classes in (("NS",), ("UN", "RI"))]
    rows = []
    for c in range(cities.n):
        homes = [_association_of(found, cities.province[[c]])[0], local[c]]
        near = [np.flatnonzero(people.org == home) for home in homes]
        size = 4 + rng.poisson(2.0)
        sent = [0, 1, *choose(rng, np.array([0.25, 0.3, 0.25, 0.2]), size - 2).tolist()]
        taken: set[int] = set()
        for k, sender in enumerate(sent):
            pool = (near[0], pools[0], pools[1], near[1])[sender]
            free = pool[~np.isin(pool, list(taken))]
            if len(free) == 0:
                continue
            chosen = int(rng.choice(free))
            taken.add(chosen)
            later = 0 if k < 3 else int(rng.integers(0, 300))
            rows.append((c, chosen, sender, min(k, 2), min(int(formed[c]) + later, DAYS - 10)))
    city, person, way, role, since = (np.array(column) for column in zip(*rows, strict=True))
    until = np.where(happens(rng, 0.12, len(city)), since + rng.integers(200, 700, len(city)), DAYS)
    member = pl.DataFrame(
        {
            "group_id": name.gather(city),
            "person_id": people.ids.gather(person),
            "member_kind": codes(SENT_BY, way),
            "liaison_role": codes(["head", "deputy", "cadre"], role),
            "from_date": dates(since * DAY),
            "to_date": dates(until * DAY),
        }
    )
    row, year = (a.ravel() for a in np.meshgrid(np.flatnonzero(role == 2), np.arange(len(YEARS)), indexing="ij"))
    _, end = year_bounds(year)
    there = (since[row] < end - 90) & (until[row] >= end)
    row, year = row[there], year[there]
    merit = cities.abilities.of("engagement")[city[row], year] + rng.standard_normal(len(row))
    grade = np.select([merit > 0.9, merit > -1.4], [0, 1], 2)
    appraisal = pl.DataFrame(
        {
            "group_id": name.gather(city[row]),
            "person_id": people.ids.gather(person[row]),
            "year": np.array(YEARS)[year],
            "appraisal": codes(["excellent", "good", "fair"], grade),
        }
    )
    return member, appraisal


def _visits(rng: np.random.Generator, cities: Cities, name: pl.Series, formed: Ints) -> pl.DataFrame:
    engaged = cities.abilities.of("engagement")
    silent = np.isin(np.arange(cities.n), silent_cities(cities))
    city, year = (a.ravel() for a in np.meshgrid(np.arange(cities.n), np.arange(len(YEARS)), indexing="ij"))
    first, end = year_bounds(year)
    begin = np.maximum(first, formed[city] + 5)
    part = np.clip((end - begin) / 365, 0, 1)
    row = repeat(
        rng.poisson(np.array([5.0, 7.0, 9.0])[year] * np.exp(0.35 * engaged[city, year]) * part * np.where(silent, 0.15, 1.0)[city])
    )
    city = city[row]
    day = busy_day(rng, begin[row], end[row], working_only=True)
    n = len(row)
    minutes = pl.select(pl.lit("doc://liaison/") + ids("V", n, 5)).to_series()
    frame = pl.DataFrame(
        {
            "visit_id": ids("LV", n, 5),
            "group_id": name.gather(city),
            "city_id": cities.ids.gather(city),
            "visited_on": dates(day * DAY),
            "purpose": codes(["survey", "docking", "plan", "policy"], choose(rng, np.array([0.3, 0.36, 0.22, 0.12]), n)),
            "enterprises_met": rng.poisson(3.4, n),
            "minutes_uri": take(minutes, np.where(happens(rng, 0.88, n), np.arange(n), -1)),
        }
    )
    return with_tail(rng, "liaison_visit", frame, day * DAY, "province", (0.15, 0.65, 0.2))


def _tasks(rng: np.random.Generator, cities: Cities, found: Bodies) -> pl.DataFrame:
    """National tasks and their parts in provinces and pilots; the further down, the more is late."""
    parts = []
    associations, local = np.flatnonzero(found.where("PA")), np.flatnonzero(found.where("LA"))
    diligence = 0.8 * rng.standard_normal(len(associations))
    central = np.flatnonzero(found.where("NS", "SO"))
    start = 0
    for y in (1, 2):
        items = np.concatenate([np.arange(14), rng.integers(0, 14, NATIONAL_A_YEAR - 14)])
        level = np.zeros(NATIONAL_A_YEAR, dtype=np.int64)
        who = np.repeat(np.arange(len(associations)), PROVINCE_A_YEAR)
        there = np.flatnonzero(cities.start < year_bounds(np.array([y]))[1][0] - 120)
        city = np.repeat(there, CITY_A_YEAR)
        above = [rng.integers(0, NATIONAL_A_YEAR, len(who)), rng.integers(0, NATIONAL_A_YEAR, len(city))]
        owner = np.concatenate([rng.choice(central, NATIONAL_A_YEAR), associations[who], local[city]])
        able = np.concatenate([np.full(NATIONAL_A_YEAR, 1.0), diligence[who], cities.abilities.of("engagement")[city, y]])
        level = np.concatenate([level, np.full(len(who), 1), np.full(len(city), 2)])
        begin = np.concatenate([np.zeros(NATIONAL_A_YEAR + len(who), dtype=np.int64), cities.start[city]])
        parts.append(
            (
                np.full(len(level), y),
                level,
                np.concatenate([items, items[above[0]], items[above[1]]]),
                owner,
                able,
                np.concatenate([np.full(NATIONAL_A_YEAR, -1), start + above[0], start + above[1]]),
                np.concatenate([np.full(NATIONAL_A_YEAR + len(who), -1), city]),
                begin,
            )
        )
        start += len(level)
    year, level, item, owner, able, parent, city, begin = (np.concatenate(c) for c in zip(*parts, strict=True))
    n = len(year)
    first, end = year_bounds(year)
    assigned = np.maximum(first + 45 + 15 * level, begin + 10) + rng.integers(0, 25, n)
    due = busy_day(rng, np.minimum(assigned + 60, end - 2), end, working_only=True)
    due = np.maximum(due, assigned + 20) + np.where(happens(rng, 0.08, n), 75, 0)
    on_time = happens(rng, logistic(np.array([1.9, 1.25, 0.95])[level] + 0.75 * able))
    late = due + 3 + np.round(lognormal(rng, 35.0, 0.8, n))
    ends = np.where(on_time, due - rng.integers(0, 30, n), np.where(happens(rng, 0.6, n), late, np.nan))
    ends = np.where(np.isfinite(ends), np.maximum(ends, assigned + 5), np.nan)
    name = ids("WT", n, 4)
    frame = pl.DataFrame(
        {
            "task_id": name,
            "item": item + 1,
            "title": codes(TASKS, item),
            "task_level": codes(["national", "province", "city"], level),
            "owner_org_id": found.ids.gather(owner),
            "province_code": codes([p.code for p in PROVINCES], np.where(level == 0, -1, found.province[owner])),
            "city_id": take(cities.ids, city),
            "parent_task_id": take(name, parent),
            "assigned_on": dates(assigned * DAY),
            "due_date": dates(due * DAY, horizon=np.inf),
            "done_at": dates(ends * DAY),
        }
    )
    return with_tail(rng, "work_task", frame, assigned * DAY, "self_report", (0.2, 0.7, 0.1), status=(0.97, 0.02, 0.0, 0.0, 0.01))


def _plan(rng: np.random.Generator, cities: Cities) -> pl.DataFrame:
    """Eight to fourteen items a pilot, spread over its first three years."""
    city = repeat(8 + rng.integers(0, 7, cities.n))
    n = len(city)
    due = np.maximum(cities.start[city] + 120 + rng.integers(0, 900, n), 150)
    able: Floats = cities.abilities.mean("engagement")[city]
    ends = due + np.round(-25 - 12 * able + 70 * rng.standard_normal(n))
    ends = np.maximum(ends, cities.start[city] + 40)
    done = (ends < DAYS) & happens(rng, logistic(2.0 + 0.8 * able))
    gone = np.clip((DAYS - cities.start[city]) / np.maximum(due - cities.start[city], 1), 0, 1)
    progress = np.where(done, 100.0, np.clip(np.round(95 * gone * rng.beta(5, 3, n) + 6 * able, -0), 0, 95))
    area = choose(rng, np.ones(5), n)
    wording = [PLAN[AREAS[a]][k] for a, k in zip(area.tolist(), rng.integers(0, 3, n).tolist(), strict=True)]
    frame = pl.DataFrame(
        {
            "item_id": ids("PL", n, 4),
            "city_id": cities.ids.gather(city),
            "plan_area": codes(AREAS, area),
            "title": wording,
            "due_date": dates(due * DAY, horizon=np.inf),
            "progress_pct": progress,
            "done_at": dates(np.where(done, ends, np.nan) * DAY),
        }
    )
    return with_tail(
        rng,
        "city_plan_item",
        frame,
        np.minimum(due * DAY, HORIZON - 60),
        "self_report",
        (0.2, 0.6, 0.2),
        status=(0.96, 0.02, 0.01, 0.0, 0.01),
    )
