"""The industrial portrait of a city: what was read for it, the answer and the headline, and the records behind each number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from kcz_metrics.analysis import portrait as kernel
from kcz_metrics.language.periods import period
from kcz_metrics.ui import address, browsing, choosing, head, labels, listing, loading, naming, number, states, strangers
from kcz_metrics.ui.behind import portrait as made_of
from kcz_metrics.ui.context import Context, link
from kcz_metrics.ui.head import Item
from kcz_metrics.ui.saying import says

if TYPE_CHECKING:
    from kcz_metrics.scheme.models import Scheme
    from kcz_metrics.store import Snapshot

_TABLES = (
    "city_industry", "need", "docking", "roadmap_item", "service_day", "team_city", "service_component", "park", "station", "pilot_city",
)  # fmt: skip
#: A station stands for what the measure of this name counts, real or not.
_STATIONS = "stations_open"


@dataclass(frozen=True)
class CityPortrait:
    """A city in a period; every frame is what a part of the page counts."""

    ctx: Context
    city: str
    name: str
    start: date
    until: date
    industries: pl.DataFrame
    needs: pl.DataFrame
    roadmap: pl.DataFrame
    teams: pl.DataFrame
    days: pl.DataFrame
    dockings: pl.DataFrame
    components: Mapping[str, date]
    stations: pl.DataFrame
    parks: pl.DataFrame

    @property
    def by_state(self) -> dict[str, int]:
        counts = dict(self.needs["state"].value_counts().iter_rows()) if self.needs.height else {}
        return {state: int(counts.get(state, 0)) for state in kernel.NEED_STATES}


def choose(ctx: Context) -> str | None:
    """The city in question, chosen in the sidebar; the first where the address names none."""
    called = dict(naming.names(ctx, "pilot_city"))
    if not called:
        return None
    ids = sorted(called)
    unit = ctx.unit if ctx.unit in called else ids[0]
    if ctx.unit and not strangers.elsewhere(ctx, ctx.unit):  # a team or body carried along from another page is none
        strangers.met("unit", ctx.unit, str(unit), called[unit], "city_unit")
    choosing.hold("portrait.unit", unit)
    with ctx.slot:
        st.selectbox(
            labels.unit_kind(ctx, "city"), ids, key="portrait.unit", on_change=_chosen, args=(tuple(ids),), format_func=called.__getitem__
        )
    if address.get("unit") != unit:
        address.put(unit=unit)
        address.write(ctx.place.codes)
    return unit


def _chosen(units: tuple[str, ...]) -> None:
    if st.session_state["portrait.unit"] in units:
        address.put(unit=st.session_state["portrait.unit"], part=None)


@st.cache_resource(show_spinner=False, max_entries=64)
def _stations(_snapshot: Snapshot, _scheme: Scheme, snapshot_id: str, digest: str, city: str, period_id: str) -> pl.DataFrame:
    from kcz_metrics.engines.records import measure_records

    rows = measure_records(_snapshot, _scheme, _STATIONS, city, period_id, kind="city")
    return rows.filter("_counted")


def load(ctx: Context, city: str) -> CityPortrait:
    assert ctx.snapshot is not None
    assert ctx.scheme is not None
    span = period(ctx.period)
    start, until = span.start, span.end
    table = {name: loading.table(ctx, name) for name in _TABLES}
    components = table["service_component"].filter((pl.col("city_id") == city) & (pl.col("active_from") < until))
    stations = table["station"].clear()
    if _STATIONS in ctx.scheme.measures and table["station"].height:
        stations = _stations(ctx.snapshot, ctx.scheme, ctx.snapshot.id, ctx.digest, city, ctx.period)
    days = kernel.valid(table["service_day"]).filter((pl.col("city_id") == city) & (pl.col("date") >= start) & (pl.col("date") < until))
    return CityPortrait(
        ctx=ctx,
        city=city,
        name=naming.names(ctx, "pilot_city").get(city, city),
        start=start,
        until=until,
        industries=kernel.key_industries(table["city_industry"], city, start.year),
        needs=kernel.needs(table["need"], table["docking"], city, start, until),
        roadmap=kernel.roadmap(table["roadmap_item"], city, start, until),
        teams=kernel.teams_at_work(table["service_day"], table["docking"], table["need"], table["team_city"], city, start, until),
        days=days,
        dockings=kernel.dockings(table["docking"], table["need"], city, start, until),
        components=dict(components.select("component", "active_from").iter_rows()),
        stations=stations,
        parks=table["park"].filter(pl.col("city_id") == city).sort("park_id"),
    )


def answer(one: CityPortrait) -> str:
    ctx, states_of = one.ctx, one.by_state
    known = naming.names(ctx, "industry")
    named = labels.listed(ctx, [known.get(code, code) for code in one.industries["industry_code"].to_list()], 2)
    when = number.period(ctx.period, ctx.lang)
    if not one.needs.height:
        first = ctx.tr("{period}没有核验过的需求。", period=when)
    else:
        made = made_of.needs(one)
        first = ctx.tr(
            "{period}发布需求 **{n}** 项，期末解决 {solved} 项，未结 {open} 项。",
            period=when, n=says("posted", number.count(one.needs.height), made["posted"], one.needs.height),
            **{state: says(state, number.count(states_of[state]), made[state], states_of[state]) for state in ("solved", "open")},
        )  # fmt: skip
    second = ctx.tr("重点产业是{names}。", names=named) if named else ctx.tr("还没有填报重点产业。")
    return (" " if ctx.lang == "en" else "").join([second, first])


def headline(one: CityPortrait) -> list[Item]:
    ctx = one.ctx
    profile = one.industries.select(pl.col("profile_filled").sum(), pl.col("profile_required").sum()).row(0)
    fallen = one.roadmap.filter("due_here")
    on_time = fallen.filter(pl.col("state") == "on_time").height
    real = one.stations.filter("is_real").height if "is_real" in one.stations.columns else 0
    solved, posted = one.by_state["solved"], one.needs.height
    filled = ctx.tr("画像已填 {n} / {all} 项", n=profile[0], all=profile[1]) if one.industries.height else ctx.tr("尚未填报")
    made, needs, fell_due = made_of.headline(one), made_of.needs(one), made_of.plan(one)
    return [
        Item(ctx.tr("重点产业"), str(one.industries.height), "", filled, opens=made["industries"], value=one.industries.height,
             under=(made["filled"], profile[0]) if one.industries.height else None),
        Item(
            ctx.tr("发布需求"), number.count(posted), "",
            ctx.tr("双方已会面 {n} 项", n=number.count(one.needs.filter("met").height)),
            opens=needs["posted"], value=posted, under=(needs["met"], one.needs.filter("met").height),
        ),
        Item(
            ctx.tr("已解决"), number.share(solved / posted) if posted else number.MISSING, "",
            ctx.tr("{n} / {all} 项，企业已确认", n=number.count(solved), all=number.count(posted)),
            opens=needs["share"], value=solved / posted if posted else None, under=(needs["solved"], solved),
        ),
        Item(
            ctx.tr("路线图按期完成"), f"{on_time}", f"/ {fallen.height}",
            ctx.tr("逾期未完成 {n} 项", n=fallen.filter(pl.col("state") == "overdue").height),
            opens=fell_due["on_time"], value=on_time, under=(fell_due["overdue"], fallen.filter(pl.col("state") == "overdue").height),
        ),
        Item(ctx.tr("服务三件套"), str(len(one.components)), "/ 3", ctx.tr("期末已启用的"),
             opens=made["components"], value=len(one.components)),
        Item(
            ctx.tr("有名有实的站点"), str(real), f"/ {one.stations.height}",
            ctx.tr("服务团 {n} 个在本市服务", n=one.teams.filter(pl.col("days") > 0).height),
            opens=made["stations"], value=real, under=(made["teams"], one.teams.filter(pl.col("days") > 0).height),
        ),
    ]  # fmt: skip


def ask(part: str | None) -> None:
    """Show the records behind ``part`` below, where the reader opened one."""
    if part:
        if part != address.get("part"):
            address.put(part=part)
        st.session_state["portrait.asked"] = part


def behind(one: CityPortrait, part: str) -> tuple[str, pl.DataFrame, str] | None:
    """Table, rows and title of a part: ``needs``, ``needs.<column>.<code>``, ``roadmap.<state>``, ``plan.<quarter>``, ``days.<team>``,
    ``dockings.<team>``."""
    ctx = one.ctx
    kind, _, rest = part.partition(".")
    if kind == "needs":
        column, _, code = rest.partition(".")
        if not column:
            return "need", one.needs, ctx.tr("本期发布的需求")
        if column in ("industry_code", "tech_field"):
            rows = one.needs.filter(pl.col(column) == code)
            named = naming.names(ctx, "industry").get(code) or labels.coded(ctx, column, code)
            return "need", rows, ctx.tr("本期发布的需求：{what}", what=named)
    if kind == "roadmap":
        return "roadmap_item", one.roadmap.filter(pl.col("item_id") == rest) if rest else one.roadmap, ctx.tr("路线图事项")
    if kind == "plan":
        due = one.roadmap.filter("due_here")
        quarter = pl.format("{}Q{}", pl.col("original_due_date").dt.year(), pl.col("original_due_date").dt.quarter())
        return "roadmap_item", due.filter(quarter == rest), ctx.tr("{period}到期的路线图事项", period=number.period(rest, ctx.lang))
    if kind in ("days", "dockings"):
        frame, table = (one.days, "service_day") if kind == "days" else (one.dockings, "docking")
        name = naming.names(ctx, "service_team").get(rest, rest)
        return table, frame.filter(pl.col("team_id") == rest), ctx.tr("{name}在本市", name=name)
    return None


def records(one: CityPortrait) -> None:
    """The records behind the number that was opened; a row opens the record with its versions."""
    ctx, part = one.ctx, address.get("part")
    found = behind(one, part) if part else None
    if found is None:
        head.finding(ctx.tr("数字背后的记录"), ctx.tr("点按上面任何一行，这里列出它计入的记录"))
        return
    assert ctx.snapshot is not None
    name, rows, title = found
    table = ctx.snapshot.tables[name]
    head.finding(title, ctx.tr("计入的{table}，{n} 条；点按一行看来路", n=number.count(rows.height), table=table.label.in_(ctx.lang)))
    if rows.is_empty():
        states.too_little(ctx.tr("没有这样的记录。"))
        return
    own = [c for c in table.columns if c in rows.columns]
    shown = naming.named(ctx, browsing.decoded(rows.select(own), table, ctx.lang), naming.of_table(table))
    event = st.dataframe(
        shown, column_config={c: listing.configured(table.columns[c], ctx) for c in own}, hide_index=True, row_height=35,
        height=min(420, 35 * (shown.height + 1) + 3), on_select="rerun", selection_mode="single-row", key=f"portrait.records.{part}",
        alt=title, placeholder=number.MISSING,
    )  # fmt: skip
    chosen: list[Any] = event["selection"]["rows"]
    if chosen and chosen[0] < rows.height:
        key = rows.select(browsing.row_key(table)).to_series()[chosen[0]]
        link("records", table=name, record=key, q=str(rows.row(chosen[0], named=True)[table.key[0]]))
