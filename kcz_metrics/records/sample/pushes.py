"""What the platform pushes, its zone for start-ups and jobs, its releases and what it costs."""

from __future__ import annotations

import numpy as np
import polars as pl

from kcz_metrics.records.sample.chance import codes, ids, lognormal, take
from kcz_metrics.records.sample.clock import DAY, DAYS, HORIZON, YEARS, dates, half_hour, moments
from kcz_metrics.records.sample.tail import with_tail

Tables = dict[str, pl.DataFrame]
NEVER_OPENED, ONLY_OPENED = 2.2, 1.1  # pushes for each accepted one
REASONS = ("industry", "field", "history", "popular")
ALL_VERIFIED = (1.0, 0.0, 0.0, 0.0, 0.0)
ZONE_OPENS = 17  # month of the three years: June 2021
ZONE = {"finding": 900.0, "talent": 1300.0, "policy": 1600.0, "job": 2400.0}
#: name in both languages, area, planned day, how late it came (None: not yet)
FEATURES = (
    ("服务团在线注册", "Registration of teams", "team", 120, 5),
    ("服务团日志", "Service log", "team", 300, 20),
    ("服务团画像", "Team profiles", "team", 760, 30),
    ("服务团评价", "Team feedback", "team", 820, 10),
    ("需求张榜", "Open calls", "trade", 180, 0),
    ("线上洽谈室", "Meeting room", "trade", 420, 45),
    ("合同登记对接", "Contract registry link", "trade", 560, 60),
    ("交易全流程", "Full trading path", "trade", 900, 70),
    ("在线支付", "Payment", "trade", 980, None),
    ("创业就业专区", "Start-up and jobs zone", "zone", 500, 12),
    ("岗位推荐", "Job suggestions", "zone", 840, 25),
    ("政策匹配", "Policy matching", "zone", 930, 15),
    ("按产业推送", "Push by industry", "push", 400, 10),
    ("按浏览推送", "Push by use", "push", 700, 35),
    ("推送反馈", "Push feedback", "push", 1000, None),
    ("分级分类检索", "Search by class and grade", "library", 350, 8),
    ("资源查重", "Duplicate check", "library", 620, 40),
    ("知识产权数据", "IP data", "library", 780, 20),
    ("活动报名", "Event registration", "event", 240, 6),
    ("云上展厅", "Cloud showroom", "event", 600, 15),
    ("直播回看", "Replays", "event", 710, 18),
    ("活动成效跟踪", "Follow-up of events", "event", 960, 55),
)


def push_tables(rng: np.random.Generator, tables: Tables) -> Tables:
    return {
        "push_event": _pushes(rng, tables["resource_use"]),
        "zone_month": _zone(rng),
        **_releases(rng),
        "platform_operation_month": _running(rng),
    }


def _pushes(rng: np.random.Generator, use: pl.DataFrame) -> pl.DataFrame:
    """Each accepted push is one that the uses know; others were opened and left, or not opened at all."""
    real = use.filter(~pl.col("is_bot") & pl.col("duplicate_of").is_null())
    when = _minutes(real["used_at"])
    accepted = np.flatnonzero((real["use_kind"] == "push_accept").to_numpy())
    others = np.flatnonzero((real["use_kind"] == "view").to_numpy())
    k = len(accepted)
    opened = rng.choice(others, min(int(ONLY_OPENED * k), len(others)), replace=False)
    left = rng.choice(len(when), min(int(NEVER_OPENED * k), len(when)), replace=False)
    someone = rng.permutation(len(when))[: len(left)]
    row = np.concatenate([accepted, opened, left])
    user = np.concatenate([accepted, opened, someone])
    n, state = len(row), np.repeat([2, 1, 0], [k, len(opened), len(left)])
    act = np.maximum(when[row], when[user])
    opens = act - np.where(state == 2, rng.integers(1, 20, n), 0)
    sent = opens - half_hour(lognormal(rng, 600.0, 1.1, n))
    sent = np.maximum(sent, 0)
    weights = np.array([[0.2, 0.25, 0.2, 0.35], [0.35, 0.3, 0.2, 0.15], [0.45, 0.22, 0.28, 0.05]])
    luck = rng.random(n)[:, None]
    why = (luck > np.cumsum(weights, axis=1)[state]).sum(axis=1).clip(0, 3)
    frame = pl.DataFrame(
        {
            "user_org_id": real["user_org_id"].gather(user),
            "resource_id": real["resource_id"].gather(row),
            "push_reason": codes(REASONS, why),
            "sent_at": moments(sent),
            "opened_at": moments(np.where(state > 0, opens, np.nan)),
            "accepted_at": moments(np.where(state == 2, act, np.nan)),
            "sent": sent,
        }
    ).sort("sent", maintain_order=True)
    frame = frame.with_columns(push_id=ids("PV", n, 6))
    return with_tail(rng, "push_event", frame, frame["sent"].to_numpy(), "platform_log", (0.0, 1.0, 0.0), status=ALL_VERIFIED)


def _minutes(column: pl.Series) -> np.ndarray:
    micros = column.to_physical().cast(pl.Float64).to_numpy()
    return np.asarray(micros / 60e6 - float(np.datetime64("2020-01-01", "m").astype(np.int64)))


def _months() -> tuple[list[str], np.ndarray]:
    labels = [f"{y}-{m:02d}" for y in YEARS for m in range(1, 13)]
    ends = np.array([(np.datetime64(label, "M") + 1).astype("datetime64[D]").astype(np.int64) for label in labels])
    return labels, ends - np.datetime64("2020-01-01", "D").astype(np.int64) - 1


def _zone(rng: np.random.Generator) -> pl.DataFrame:
    months, ends = _months()
    at, kind = (a.ravel() for a in np.meshgrid(np.arange(ZONE_OPENS, len(months)), np.arange(len(ZONE)), indexing="ij"))
    visits = lognormal(rng, np.array(list(ZONE.values()))[kind] * 1.05 ** (at - ZONE_OPENS), 0.12).astype(np.int64)
    requests = rng.binomial(visits, np.array([0.12, 0.18, 0.22, 0.25])[kind])
    matched = rng.binomial(requests, np.array([0.34, 0.27, 0.62, 0.22])[kind])
    frame = pl.DataFrame(
        {"month": codes(months, at), "zone_service": codes(list(ZONE), kind), "visits": visits, "requests": requests, "matched": matched}
    )
    return with_tail(rng, "zone_month", frame, ends[at] * DAY, "platform_log", (0.0, 1.0, 0.0), status=ALL_VERIFIED)


def _releases(rng: np.random.Generator) -> Tables:
    day = np.concatenate([np.sort(rng.integers(90, DAYS - 10, k)) for k in (9, 12)])
    client = np.repeat([0, 1], [9, 12])
    number = np.concatenate([np.arange(9), np.arange(12)])
    name = ids("VR", len(day), 2)
    release = pl.DataFrame(
        {
            "release_id": name,
            "client": codes(["pc", "app"], client),
            "version": [f"{1 + k // 4}.{k % 4}" for k in number.tolist()],
            "released_at": dates(day * DAY),
        }
    )
    wanted = np.array([f[3] + f[4] if f[4] is not None else np.inf for f in FEATURES])
    order = np.argsort(day)
    at = np.searchsorted(day[order], wanted)
    carried = np.where(at < len(day), order[np.minimum(at, len(day) - 1)], -1)
    feature = pl.DataFrame(
        {
            "feature_id": ids("PF", len(FEATURES), 2),
            "name_zh": [f[0] for f in FEATURES],
            "name_en": [f[1] for f in FEATURES],
            "feature_area": [f[2] for f in FEATURES],
            "planned_for": dates(np.array([float(f[3]) for f in FEATURES]) * DAY),
            "release_id": take(name, carried),
        }
    )
    return {"platform_release": release, "platform_feature": feature}


def _running(rng: np.random.Generator) -> pl.DataFrame:
    months, ends = _months()
    at = np.arange(len(months))
    cost = np.round(lognormal(rng, 1_150_000 * 1.012**at, 0.07), -3).astype(np.int64)
    revenue = np.round(lognormal(rng, 90_000 * 1.055**at, 0.2), -3).astype(np.int64)
    frame = pl.DataFrame(
        {
            "month": months,
            "cost_cny": cost,
            "revenue_cny": revenue,
            "free_services": np.round(lognormal(rng, 2_600 * 1.03**at, 0.12)).astype(np.int64),
            "paid_services": np.round(lognormal(rng, 60 * 1.055**at, 0.2)).astype(np.int64),
            "staff": (26 + at * 0.4 + rng.integers(0, 3, len(at))).astype(np.int64),
        }
    )
    event = np.minimum(ends * DAY, HORIZON - 60)
    return with_tail(rng, "platform_operation_month", frame, event, "self_report", (0.6, 0.4, 0.0), status=ALL_VERIFIED)
