"""What an event was called, which series it belonged to, who held it jointly and what was made public there."""

from __future__ import annotations

import numpy as np
import polars as pl

from kcz_metrics.records.sample.chance import choose, choose_within, codes, ids, positions, repeat, take
from kcz_metrics.records.sample.clock import DAY, day_of
from kcz_metrics.records.sample.industries import FIELDS, TAGS
from kcz_metrics.records.sample.organisations import Bodies
from kcz_metrics.records.sample.places import Cities
from kcz_metrics.records.sample.tail import with_tail

STAGES = ("澄川国际创新论坛", "瀚岳科学家论坛", "昱程未来产业论坛")  # invented national stages
KIND_ZH = {
    "conference": "技术服务与交易大会",
    "theme_forum": "主题论坛",
    "fusion": "产学融合会议",
    "open_call": "揭榜挂帅对接会",
    "summit": "创新峰会",
    "closed_meeting": "闭门会",
    "training": "培训班",
    "roadshow": "项目路演",
    "week": "双创活动周",
    "other": "交流活动",
}
SERIES_ZH = {
    "dual_week": "双创活动周",
    "roadshow_china": "创响巡回路演",
    "founders_talk": "创业者说",
    "overseas_week": "海外双创周",
    "ai_tour": "人工智能地方行",
}
PUBLIC = ("conference", "theme_forum", "summit")
JOINT = {
    "conference": 6.0,
    "theme_forum": 4.0,
    "summit": 5.0,
    "fusion": 1.9,
    "open_call": 1.6,
    "week": 2.2,
    "roadshow": 0.5,
    "closed_meeting": 0.4,
}
RELEASES = ("direction", "consensus", "finding")


def event_tables(rng: np.random.Generator, cities: Cities, found: Bodies, activity: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The activities with what is said of them in further columns, their partners, and releases."""
    told = _told(rng, cities, activity)
    return {"activity": told, "activity_partner": _partners(rng, cities, found, told), "release_item": _releases(rng, told)}


def _told(rng: np.random.Generator, cities: Cities, activity: pl.DataFrame) -> pl.DataFrame:
    """A copy of a report tells the same as the report, so what is drawn belongs to organiser, venue and day."""
    n = activity.height
    same = activity.select(pl.struct("organiser_org_id", "venue", pl.col("start_at").dt.date()).rank("dense").alias("event"))["event"]
    _, first, of = np.unique(same.to_numpy(), return_index=True, return_inverse=True)
    luck = rng.random((n, 4))[first[of]]
    share = rng.beta(4.0, 7.0, n)[first[of]]
    kind, month = pl.col("activity_type"), pl.col("start_at").dt.month()
    a, b, d = (pl.lit(pl.Series(luck[:, k])) for k in (0, 1, 3))
    series = (
        pl.when((kind == "week") & ((month >= 9) & (month <= 10) | (a < 0.5))).then(pl.lit("dual_week"))
        .when(kind == "week").then(pl.lit("overseas_week"))
        .when((kind == "roadshow") & (a < 0.38)).then(pl.lit("roadshow_china"))
        .when((kind == "other") & (a < 0.3)).then(pl.lit("founders_talk"))
        .when((kind == "fusion") & (a < 0.07)).then(pl.lit("ai_tour"))
    )  # fmt: skip
    held = (
        pl.when((kind == "summit") | (kind == "closed_meeting") & (b < 0.45)).then(pl.lit("advisory"))
        .when((kind == "closed_meeting") & (b < 0.7) | (kind == "other") & (b < 0.06)).then(pl.lit("youth100"))
        .when(kind.is_in(["training", "other"]) & (b < 0.17)).then(pl.lit("enterprise_association"))
        .when((kind == "fusion") & (b < 0.12)).then(pl.lit("society_branch"))
    )  # fmt: skip
    aims = (
        pl.when(kind == "theme_forum").then(pl.lit("frontier|startups"))
        .when(kind.is_in(["summit", "closed_meeting"])).then(pl.lit("frontier"))
        .when(kind.is_in(["week", "roadshow"])).then(pl.lit("startups"))
    )  # fmt: skip
    stage = pl.Series(STAGES).gather((luck[:, 2] * len(STAGES)).astype(np.int64))
    place = activity.select("city_id").join(cities.table.select("city_id", "name_zh"), on="city_id", how="left", maintain_order="left")
    told = activity.with_columns(
        series=series,
        organiser_kind=held,
        host_platform=pl.when(kind == "theme_forum").then(pl.lit(stage)),
        aims=aims,
        participants_enterprise=pl.when(d > 0.1).then((pl.col("participants") * pl.lit(pl.Series(share))).cast(pl.Int64)),
    )
    name = pl.coalesce(pl.col("series").replace_strict(SERIES_ZH, default=None), kind.replace_strict(KIND_ZH))
    title = pl.col("start_at").dt.year().cast(pl.String) + pl.lit("年") + pl.lit(place["name_zh"].fill_null("")) + name
    return told.with_columns(title=title)


def _partners(rng: np.random.Generator, cities: Cities, found: Bodies, activity: pl.DataFrame) -> pl.DataFrame:
    kind = activity["activity_type"].to_list()
    count = rng.poisson(np.array([JOINT.get(k, 0.0) for k in kind])) * activity["duplicate_of"].is_null().to_numpy()
    row = repeat(count)
    n = len(row)
    city = positions(activity["city_id"], cities.ids)[row]
    firms = found.enterprises[found.size[found.enterprises] == 0]
    leading = choose_within(rng, found.city[firms], found.weight[firms], city)
    local = np.flatnonzero(found.where("LA"))[np.maximum(city, 0)]
    eager = np.exp(0.5 * found.abilities.mean("docking")) * np.where(found.where("NS", "UN", "RI"), 1.0, 0.25)
    other = choose(rng, eager, n)
    way = choose(rng, np.array([0.62, 0.2, 0.18]), n)
    org = np.where((way == 1) & (leading >= 0), firms[np.maximum(leading, 0)], np.where((way == 2) & (city >= 0), local, other))
    role = np.where(way == 2, 1, choose(rng, np.array([0.6, 0.1, 0.3]), n))
    frame = pl.DataFrame(
        {
            "activity_id": activity["activity_id"].gather(row),
            "org_id": found.ids.gather(org),
            "partner_role": codes(["co_host", "organiser", "supporter"], role),
            "organiser": activity["organiser_org_id"].gather(row),
            "day": day_of(activity["start_at"])[row],
        }
    )
    frame = frame.filter(pl.col("org_id") != pl.col("organiser")).unique(["activity_id", "org_id"], maintain_order=True)
    return with_tail(rng, "activity_partner", frame, frame["day"].to_numpy() * DAY, "self_report", (0.1, 0.7, 0.2))


def _releases(rng: np.random.Generator, activity: pl.DataFrame) -> pl.DataFrame:
    big = activity.filter(pl.col("activity_type").is_in(PUBLIC) & pl.col("duplicate_of").is_null())
    kind_of = np.repeat(np.arange(3), big.height)
    row = np.tile(np.arange(big.height), 3)
    many = rng.poisson(np.array([2.4, 1.3, 3.6])[kind_of])
    row, kind = np.repeat(row, many), np.repeat(kind_of, many)
    n = len(row)
    field = choose(rng, np.array([2, 3, 4, 3, 2, 0.5]), n)
    tag = codes(TAGS, rng.integers(0, len(TAGS), n))
    what = codes(["方向建议书", "产业共识", "成果清单"], kind)
    media = rng.poisson(np.where(big["activity_type"].to_numpy() == "summit", 22, 9)[row] * np.exp(0.5 * rng.standard_normal(n)))
    day = np.floor(day_of(big["start_at"]))[row]
    frame = pl.DataFrame(
        {
            "item_id": ids("RI", n, 4),
            "activity_id": big["activity_id"].gather(row),
            "release_kind": codes(RELEASES, kind),
            "title": pl.select(tag + "技术" + what).to_series(),
            "tech_field": codes(FIELDS, field),
            "released_on": take(big["start_at"].cast(pl.Date), row),
            "media_items": media,
        }
    )
    return with_tail(rng, "release_item", frame, day * DAY, "platform_log", (0.1, 0.9, 0.0))
