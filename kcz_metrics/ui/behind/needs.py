"""The needs page: the needs asked again behind a hit rate, and what each record adds to a part of a suggestion.

Both are worked out a second way: the first five of each week by the dockings known on its Sunday, the points record by record.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from math import sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from kcz_metrics.ui import matchmaking, naming, number
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.sources import Between, Opening, Ratio, Source, Way

if TYPE_CHECKING:
    from kcz_metrics.matching.resources import Resources
    from kcz_metrics.matching.suggesting import Desk

#: The docking team was among the first five.
HIT = pl.col("_place") <= matchmaking.BEST
#: What a baseline counts the dockings by; the whole where nothing is named.
_BY = {"popular": None, "popular_in_field": "tech_field", "popular_in_industry": "industry_code", "popular_in_city": "city_id"}


def hit_rate(ctx: Context, at: Desk, method: str) -> Ratio:
    """The needs whose docking team is among the first five of ``method``, over all that were asked again."""
    source = asked_again(ctx, at, method)
    return Ratio(source.count(HIT), source.count())


def asked_again(ctx: Context, at: Desk, method: str = matchmaking.OWN) -> Source:
    """The dockings held back: each need asked again with what was known before, and where its team stood among the suggestions."""
    labels = {
        "_place": ctx.tr("对接方的位次"),
        "_asked_on": ctx.tr("按哪天所知"),
        "_docked": ctx.tr("对接的服务团"),
        "_first": ctx.tr("当时前五名"),
    }
    assert ctx.snapshot is not None
    command = f"kcz matching --evaluate --until {at.seen.as_of.isoformat()} --snapshot {ctx.snapshot.short}"
    if os.environ.get("KCZ_MATCHING"):
        command += ' --weights "$KCZ_MATCHING"'
    note = ctx.tr("同样的检验可用命令重做：{command}", command=command)
    return Source("need", lambda: _again(ctx, at, method), labels=labels, note=note)


def interval(ctx: Context, at: Desk, own: Mapping[str, Any]) -> Between:
    """The interval of the hit rate, by the hits among the needs asked again. ``own``: its row, ``needs, hits_at_5, low, high``."""

    def ends(rows: pl.DataFrame) -> tuple[float, float] | None:
        n, hits = rows.height, rows.filter(HIT).height
        if not n or (n, hits) != (own["needs"], own["hits_at_5"]):
            return None
        # where the score test of a share just rejects it: the roots of (p − hits/n)² = z²·p·(1 − p)/n
        z = NormalDist().inv_cdf(0.975)
        a, b, c = 1 + z * z / n, -(2 * hits / n + z * z / n), (hits / n) ** 2
        root = sqrt(b * b - 4 * a * c)
        return (-b - root) / (2 * a), (-b + root) / (2 * a)

    told = ctx.tr(
        "其中 {hits} 项的对接方在前 {k} 名之中；命中率的 95% 区间（Wilson 1927）两端为 {low} 与 {high}，相距",
        hits=number.count(own["hits_at_5"]), k=matchmaking.BEST, low=number.share(own["low"]), high=number.share(own["high"]),
    )  # fmt: skip
    return Between(asked_again(ctx, at), told=told, ends=ends, shown=(own["low"], own["high"]))


def in_hand(at: Desk) -> Opening:
    """Dockings that the teams of the day had begun not long before it and not ended."""
    end = datetime.combine(at.seen.as_of + timedelta(days=1), time())
    since = end - timedelta(days=int(at.weights.number["active_days"]))

    def rows() -> pl.DataFrame:
        begun, ended = pl.col("begun_at").dt.replace_time_zone(None), pl.col("ended_at").dt.replace_time_zone(None)
        return at.seen.dockings.filter(
            begun < end, begun >= since, ended.is_null() | (ended >= end), pl.col("team_id").is_in(list(at.teams.ids))
        )

    return Source("docking", rows).count()


def _again(ctx: Context, at: Desk, method: str) -> pl.DataFrame:
    """The needs asked again with the first five of that day, named."""
    names = naming.names(ctx, "service_team")
    between = "、" if ctx.lang == "zh" else ", "
    assert ctx.snapshot is not None
    asked = matchmaking.asked_again(ctx, at)
    weeks = asked["asked_on"].unique(maintain_order=True).to_list()
    bar = st.progress(0.0, ctx.tr("正在逐周重新推荐"))
    placed = [pl.DataFrame(schema=_PLACED)]
    for n, day in enumerate(weeks, start=1):
        placed.append(_placed(at, ctx.snapshot.id, at.seen.as_of, repr(at.weights), method, day, asked))
        bar.progress(n / len(weeks), ctx.tr("正在逐周重新推荐：{n} / {all}", n=n, all=len(weeks)))
    bar.empty()
    rows = pl.concat(placed).sort("_asked_on", "need_id", descending=[True, False])

    def named(column: str) -> pl.Series:
        return pl.Series(column, [between.join(names.get(t, t) for t in teams) for teams in rows[column].to_list()], pl.String)

    return rows.with_columns(named("_docked"), named("_first"))


#: The needs asked again: the place of the team that docked, the day, the teams that docked and the first five, as lists of ids.
_PLACED: Mapping[str, Any] = {
    "need_id": pl.String, "_place": pl.Int64, "_asked_on": pl.Date, "_docked": pl.List(pl.String), "_first": pl.List(pl.String),
}  # fmt: skip


@st.cache_resource(show_spinner=False, max_entries=128)
def _placed(_at: Desk, snapshot_id: str, as_of: date, weights_said: str, method: str, day: date, _asked: pl.DataFrame) -> pl.DataFrame:
    """Those asked again on one day. A week is kept by itself, so that what was begun is not begun again."""
    needs = _asked.filter(pl.col("asked_on") == day)
    first = _own(_at, day, needs) if method == matchmaking.OWN else _by_numbers(_at, day, needs, _BY[method])
    rows = []
    for need_id, teams in needs.select("need_id", "team_ids").iter_rows():
        listed = first.get(need_id, [])
        place = next((i for i, team in enumerate(listed, start=1) if team in teams), None)
        rows.append((need_id, place, day, teams, listed))
    return pl.DataFrame(rows, schema=dict(_PLACED), orient="row")


def _own(at: Desk, day: Any, needs: pl.DataFrame) -> Mapping[str, list[str]]:
    """The suggestions as they would have been shown that day."""
    from kcz_metrics.matching.suggesting import best_teams, desk

    found = best_teams(desk(at.records, day, at.weights, at.texts), needs, matchmaking.BEST)
    return dict(found.group_by("need", maintain_order=True).agg("candidate").iter_rows())


def _by_numbers(at: Desk, day: Any, needs: pl.DataFrame, by: str | None) -> Mapping[str, list[str]]:
    """The teams with the most dockings by that day, within the need's own field, industry or city where one is named."""
    from kcz_metrics.matching.known import known

    seen = known(at.records, day)
    teams, dockings = seen.teams.select("team_id"), seen.dockings.join(seen.teams, on="team_id", how="semi")
    every = teams.join(dockings.group_by("team_id").agg(pl.len().alias("_all")), on="team_id", how="left")
    pairs = needs.select("need_id", "city_id", "industry_code", "tech_field").join(every, how="cross")
    if by is not None:
        pairs = pairs.join(dockings.group_by("team_id", by).agg(pl.len().alias("_own")), on=["team_id", by], how="left")
    order = [pl.col("_own" if by is not None else "_all").fill_null(0), pl.col("_all").fill_null(0), pl.col("team_id")]
    ranked = pairs.sort("need_id", *order, descending=[False, True, True, False], maintain_order=True)
    first = ranked.group_by("need_id", maintain_order=True).agg(pl.col("team_id").head(matchmaking.BEST))
    return dict(first.iter_rows())


def parts(ctx: Context, at: Desk, need: dict[str, Any], candidate: tuple[str, str], stock: Resources) -> dict[str, Opening]:
    """Part of the suggestion of ``candidate`` (its kind and id) to what each record adds to it."""
    from kcz_metrics.matching.weights import RESOURCE_PARTS, TEAM_PARTS

    labels = {
        "kind": ctx.tr("依据的记录"), "record": ctx.tr("编号"), "day": ctx.tr("哪一天"), "about": ctx.tr("内容"),
        "what": ctx.tr("依据的数"), "adds": ctx.tr("加分"),
    }  # fmt: skip
    kind, one = candidate

    def of(part: str) -> Opening:
        source = Source("", lambda: _told(ctx, at, need, kind, one, stock, part), labels=labels, leads=_way)
        return source.sum("adds")

    return {part: of(part) for part in (TEAM_PARTS if kind == "team" else RESOURCE_PARTS)}


def score(ctx: Context, at: Desk, need: dict[str, Any], one: str, stock: Resources | None = None) -> Opening:
    """The score of a team, or with ``stock`` of a resource: its parts, each the sum of what the records add to it, which opens on its
    own."""
    from kcz_metrics.matching.weights import RESOURCE_PARTS, TEAM_PARTS

    labels = {
        "part": ctx.tr("分项"), "why": ctx.tr("依据"), "most": ctx.tr("至多"), "share": ctx.tr("得到的份额"), "adds": ctx.tr("得到"),
    }  # fmt: skip

    def read(_: str) -> pl.DataFrame:
        from kcz_metrics.matching.contributions import resource_part, team_part
        from kcz_metrics.matching.reasons import resource_facts, team_facts
        from kcz_metrics.ui.need_reasons import resource_sentences, team_sentences

        if stock is None:
            given, said = at.weights.team, team_sentences(ctx, team_facts(at, need, one))
            made = {name: team_part(at, need, one, name) for name in TEAM_PARTS}
        else:
            given, said = at.weights.resource, resource_sentences(ctx, resource_facts(at, stock, need, one))
            made = {name: resource_part(at, stock, need, one, name) for name in RESOURCE_PARTS}
        whole, rows = sum(given.values()), []
        for name, records in made.items():
            most, adds = 100.0 * given[name] / whole, float(records["adds"].sum())
            rows.append((ctx.text(said[name][0]), said[name][1], most, adds / most if most else None, adds, name))
        points, text = pl.Float64, pl.String
        schema = {"part": text, "why": text, "most": points, "share": points, "adds": points, "_part": text}
        return pl.DataFrame(rows, schema=schema, orient="row")

    def to(row: Mapping[str, Any]) -> Way:
        return "needs", {"need": need["need_id"], "candidate": one, "open": f"needs.why~{row['_part']}~points"}

    return Source("", pl.DataFrame, labels=labels, read=read, leads=to).sum("adds")


def _told(ctx: Context, at: Desk, need: dict[str, Any], kind: str, one: str, stock: Resources, part: str) -> pl.DataFrame:
    """What each record adds, with its table's name and in words what it is about."""
    from kcz_metrics.matching.contributions import ALL_TEAMS, EMPTY_HANDED, resource_part, team_part

    rows = team_part(at, need, one, part) if kind == "team" else resource_part(at, stock, need, one, part)
    assert ctx.snapshot is not None
    tables = {name: ctx.snapshot.tables[name].label.in_(ctx.lang) for name in rows["table"].unique().to_list()}
    words = {ALL_TEAMS: ctx.tr("全部服务团达成协议的比例"), EMPTY_HANDED: ctx.tr("手上没有对接时的全部分数；右侧是通常在手数")}
    shown = rows.with_columns(pl.col("table").replace(tables).alias("kind"), pl.col("about").replace(words))
    for column in ("org", "pilot_city", "service_team"):
        shown = naming.named(ctx, shown, {"about": column})
    return shown


def _way(row: Mapping[str, Any]) -> Way:
    """To the record; to all of its table where no single one stands behind the row."""
    return "records", {"table": row["table"], "record": row["record"]}
