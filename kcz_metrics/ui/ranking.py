"""The ranking of one index: dots, filters, table. Cities and teams show the same, with other filters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import streamlit as st

from kcz_metrics.ui import address, intervals, labels, loading, marking, number, seats, strangers
from kcz_metrics.ui.choosing import segments, select
from kcz_metrics.ui.context import Context, link
from kcz_metrics.ui.drawing import chart
from kcz_metrics.ui.standing import names, ranked
from kcz_metrics.ui.table import Column

#: With more units than this, dots are smaller and every twentieth place is numbered.
CROWDED = 100
#: With more pillars than this, their scores have no room beside the composition.
PILLARS = 4


def group_of(ctx: Context, frame: pl.DataFrame, *, key: str) -> pl.DataFrame:
    """Where units are ranked within groups, let the reader choose one; returns its rows."""
    groups = [g for g in frame["group"].unique(maintain_order=True).to_list() if g is not None]
    if len(groups) < 2:
        return frame
    sizes = dict(frame.group_by("group").len().iter_rows())
    groups.sort(key=lambda g: -sizes[g])
    column = ctx.index.group or "group"
    chosen = segments(
        "group", ctx.tr("同类组"), groups, lambda g: f"{labels.coded(ctx, column, g)} {sizes[g]}", key=f"{key}.group", fallback=groups[0]
    )
    return frame.filter(pl.col("group") == chosen)


def dots(ctx: Context, frame: pl.DataFrame, *, key: str, together: tuple[int, int, str] | None = None) -> str | None:
    """Scores by rank with their intervals, the borders of the levels, and the unit in question; returns a unit that was clicked."""
    from kcz_metrics import charts

    strangers.unit(ctx)
    shown = ranked(frame)
    order = {level: i for i, level in enumerate(seats.chips(ctx, ctx.index))}
    drawn = shown.select(
        "unit", "rank", score="published", label=pl.col("unit").replace_strict(names(shown, ctx.lang), return_dtype=pl.String),
        tier=pl.col("tier").replace_strict(order, default=None, return_dtype=pl.Int64),
    )  # fmt: skip
    drawn = _spanned(ctx, drawn)
    borders = seats.borders(ctx, ctx.index)
    at = seats.last_ranks(borders, drawn["score"].to_list())
    figure = charts.rank_dots(
        drawn, seats=[charts.Seats(b.label, last) for b, last in zip(borders, at, strict=True)], together=together,
        focus=[ctx.unit] if ctx.unit else [], template=ctx.template, lang=ctx.lang,
    )  # fmt: skip
    if drawn.height > CROWDED:
        every = [1, *range(20, drawn.height + 1, 20)]
        figure.update_traces(marker_size=6)
        figure.update_xaxes(tickvals=every, ticktext=[str(v) for v in every])
    best = drawn.head(1)["label"].to_list()
    alt = ctx.tr("{n} 个评价对象的得分与名次；第 1 名为{name}", n=drawn.height, name=best[0] if best else "")
    return chart(ctx, figure, f"{key}.dots", alt=alt, opens=True)


def _spanned(ctx: Context, drawn: pl.DataFrame) -> pl.DataFrame:
    """With ``low`` and ``high``: the scores that stand now at the two ends of each rank interval. Scores under other methods lie on
    scales of their own; ranks can be compared."""
    scores = drawn["score"].to_list()
    spread = intervals.intervals(ctx).select(
        "unit",
        *(
            pl.col(end).map_elements(lambda rank: scores[min(int(rank), len(scores)) - 1], return_dtype=pl.Float64).alias(name)
            for name, end in (("low", "rank_high"), ("high", "rank_low"))
        ),
    )
    return drawn.join(spread, on="unit", how="left", maintain_order="left")


def filtered(ctx: Context, frame: pl.DataFrame, columns: Mapping[str, str], *, key: str) -> pl.DataFrame:
    """A row of filters above the table: a select box a column (address code to column), the level, and a search by name."""
    found = frame
    provinces = labels.provinces(ctx) if "province_code" in columns.values() else {}
    titles = {
        "province": ctx.tr("省份"), "kind": ctx.tr("类别"), "org_class": ctx.tr("牵头单位类别"), "field": ctx.tr("技术领域"),
        "area": ctx.tr("区域"),
    }  # fmt: skip
    for code, column in columns.items():
        options = sorted(v for v in frame[column].unique().to_list() if v is not None)
        if len(options) < 2:
            continue
        words = {v: provinces.get(v, v) if column == "province_code" else labels.coded(ctx, column, v) for v in options}
        chosen = select(code, titles[code], options, words.__getitem__, key=f"{key}.{code}", placeholder=ctx.tr("全部"), width=170)
        if chosen is not None:
            found = found.filter(pl.col(column) == chosen)
    levels = seats.chips(ctx, ctx.index)
    if levels:
        called = seats.heading(ctx, ctx.index)
        tier = select("tier", called, list(levels), lambda v: str(levels[v]["t"]), key=f"{key}.tier", placeholder=ctx.tr("全部"), width=150)
        if tier is not None:
            found = found.filter(pl.col("tier") == tier)
    _remember(f"{key}.q", address.get("q") or "")
    wanted = st.text_input(ctx.tr("查找"), key=f"{key}.q", placeholder=ctx.tr("名称"), on_change=_search, args=(f"{key}.q",), width=200)
    if wanted.strip():
        sought = pl.concat_str("unit", "name_zh", "name_en", separator=" ", ignore_nulls=True).str.to_lowercase()
        found = found.filter(sought.str.contains(wanted.strip().lower(), literal=True))
    return found


def _remember(key: str, value: str) -> None:
    if st.session_state.get(key) != value:
        st.session_state[key] = value


def _search(key: str) -> None:
    address.put(q=st.session_state[key])


def columns(ctx: Context, frame: pl.DataFrame, *, name: str) -> list[Column]:
    """The columns of the ranking; those that the index or the data do not have are left out."""
    index = ctx.index
    places = ranked(frame).height
    english = ctx.lang == "en"  # whose names are long and may take two lines
    shown = index.tree.children if len(index.tree.children) <= PILLARS else ()  # more stand in the composition, with their numbers on hover
    chosen = [
        Column("rank", ctx.tr("名次"), "rank", width=54),
        Column("name", name, "name", options={"wrap": english}),
    ]
    if seats.chips(ctx, index):
        chosen.append(Column("tier", seats.heading(ctx, index), "tier", title=seats.meaning(ctx, index)))
    if places:
        cuts = [b for b in seats.last_ranks(seats.borders(ctx, index), ranked(frame)["published"].to_list()) if 0 < b < places]
        marks = [1, *(m for m in _marks(places) if m > 1)]
        options = {"domain": [1, max(places, 2)], "ticks": [c + 0.5 for c in cuts], "marks": marks}
        chosen.append(Column("interval", ctx.tr("名次区间"), "interval", width=130 if english or not shown else 160, options=options))
    if frame["rank_before"].is_not_null().any():
        chosen.append(Column("move", ctx.tr("变动"), "move", title=ctx.tr("较上期的名次变动")))
    chosen += [
        Column("score", ctx.tr("得分"), "number", options={"decimals": index.rank.decimals or 2, "strong": True}),
        Column("parts", ctx.tr("得分构成"), "bar", width=110 if shown else 150, options={"domain": [index.scale.lower, index.scale.upper]}),
        *(Column(f"node:{n.id}", ctx.name(n.id), "number", options={"decimals": 1}) for n in shown),
        Column("coverage", ctx.tr("覆盖率"), "number", options={"share": True, "decimals": 0}),
        Column("flags", ctx.tr("标记"), "flags", width=84 if english else None),
    ]
    return chosen


def _marks(places: int) -> list[int]:
    step = next(s for s in (5, 10, 20, 50, 100, 200, 500, 1000) if places / s <= 4)
    inside = list(range(step, places, step))
    return [*(m for m in inside if places - m > step / 2), places]


def rows(ctx: Context, frame: pl.DataFrame, *, sub: Mapping[str, str]) -> list[dict[str, Any]]:
    """The rows of the table in the order of the ranking, borders of levels between them, those not ranked below with the reason."""
    card = loading.scorecard(ctx)
    called = names(frame, ctx.lang)
    chips = seats.chips(ctx, ctx.index)
    flags = marking.of_units(ctx, card)
    parts = loading.parts(ctx)
    ranges = {r["unit"]: r for r in intervals.intervals(ctx).iter_rows(named=True)}
    children = ctx.index.tree.children
    made: list[dict[str, Any]] = []
    for row in frame.iter_rows(named=True):
        unit, place = row["unit"], row["rank"]
        chip = chips.get(row["tier"]) if row["tier"] else None
        cells: dict[str, Any] = {
            "id": unit, "name": {"t": called[unit], "sub": sub.get(unit, "")}, "tier": chip, "move": row["move"],
            "rank": None if place is None else int(place), "score": row["published"], "coverage": row["coverage"],
            "_chosen": unit == ctx.unit, "_faint": place is None,
            **{f"node:{n.id}": row[f"node:{n.id}"] for n in children},
        }  # fmt: skip
        if place is None:
            cells["flags"] = [{"t": text.render(ctx.lang)} for text in card.reasons.get(unit, ())] or [{"t": ctx.tr("数据不足")}]
        else:
            cells["flags"] = flags.get(unit, [])
            share = parts.get(unit, {})
            cells["parts"] = {
                "parts": [
                    {"v": max(share.get(n.id) or 0.0, 0.0), "pillar": i, "t": f"{ctx.name(n.id)} {number.score(share.get(n.id))}"}
                    for i, n in enumerate(children)
                ]
            }
            if unit in ranges:
                found = ranges[unit]
                cells["interval"] = {
                    "at": int(place), "low": int(found["rank_low"]), "high": int(found["rank_high"]), "level": chip and chip["level"]
                }  # fmt: skip
        made.append(cells)
    _separate(ctx, made)
    return made


def _separate(ctx: Context, made: Sequence[dict[str, Any]]) -> None:
    whole = loading.standing(ctx)
    cut = seats.borders(ctx, ctx.index)
    at = seats.last_ranks(cut, ranked(whole)["published"].to_list()) if ctx.index.group is None else []
    for border, last in zip(cut, at, strict=False):
        above = [r for r in made if r["rank"] is not None and r["rank"] <= last]
        below = [r for r in made if r["rank"] is not None and r["rank"] > last]
        if above and below:
            above[-1]["_after"] = border.words
    first = next((r for r in made if r["rank"] is None), None)
    if first is not None:
        first["_before"] = ctx.tr("以下不参与排名，原因见标记")


def export(ctx: Context, *, key: str) -> None:
    """The way to the report of this ranking, at the right end of the filters."""
    if st.button(ctx.tr("导出排名报告"), key=f"{key}.export"):
        link("reports", unit=None)
