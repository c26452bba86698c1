"""The parts of the leaderboard page: choices, ranking, size against score, the docking stages, the four boards side by side."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import polars as pl
import streamlit as st

from kcz_metrics import charts
from kcz_metrics.ui import boards, choosing, head, labels, loading, measured, number, opening, standing, states
from kcz_metrics.ui import ranking as rankings
from kcz_metrics.ui.behind import scores as behind
from kcz_metrics.ui.behind import totals
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.drawing import chart
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.sources import bound
from kcz_metrics.ui.table import Column, table
from kcz_metrics.ui.telling import varied

UNIT_KIND = "organisation"
#: Rows of the ranking drawn at first; the rest on request.
FIRST = 50
MOST_COMPARED = 12


@dataclass(frozen=True)
class Board:
    """One leaderboard, one class, one period. ``rows``: see :func:`standing.standing`, the class only."""

    index_id: str
    title: str
    group: str | None
    group_name: str
    groups: Mapping[str, int]
    rows: pl.DataFrame
    names: Mapping[str, str]
    measure: str | None
    totals: pl.DataFrame
    coverage: float | None
    minimum: int

    @property
    def ranked(self) -> pl.DataFrame:
        return standing.ranked(self.rows)

    def answer(self, ctx: Context) -> str:
        """What can be said without an interval: who leads, and where the largest by total stands."""
        ranked = self.ranked
        if ranked.is_empty():
            if self.rows.height < self.minimum:
                return ctx.tr("这一类只有 {n} 家，不足 {least} 家，只列示，不排名。", n=self.rows.height, least=self.minimum)
            return ctx.tr("这一类没有数据足够参与排名的单位。")
        placed, middle = behind.ranked(ctx, lambda: self.rows), ranked["published"].median()
        told = {"n": says("ranked", ranked.height, placed.count(), ranked.height), "median": number.MISSING}
        if isinstance(middle, float):
            told["median"] = says("median", number.score(middle), placed.median("published"), middle)
        said = ctx.tr("**{n}** 家参与排名，中位得分 **{median}**。", **told)
        largest = self.totals.filter(pl.col("total_rank") == 1)["unit"].to_list()
        place = ranked.filter(pl.col("unit").is_in(largest))["rank"].to_list()
        if self.measure and len(place) == 1:
            opens = behind.places(ctx, self.index_id).get("rank")
            rank = number.count(place[0])
            said += ctx.tr(
                "{measure}总量最大的单位得分列第 **{rank}**，总量与得分并列给出。",
                measure=measured.measure_name(ctx, self.measure),
                rank=rank if opens is None else says("largest", rank, bound(opens, largest[0]), place[0]),
            )
        return said

    def caption(self, ctx: Context) -> str:
        n = len(ctx.index.leaves)
        said = ctx.tr("得分由 {n} 项指标合成；名次区间为 90%（{what}）；▲▼ 为较上期的名次变动；点按一行查看画像", n=n, what=varied(ctx))
        return said if self.rows.height >= self.minimum else ctx.tr("不足 {least} 家，只列示，不排名", least=self.minimum)


def load(ctx: Context) -> Board | None:
    """The board of the context's index, for the class in the address or else the largest; None where there is nothing to show."""
    if not ctx.indices or ctx.scheme is None:
        return None
    frame = loading.standing(ctx)
    groups = {str(g): n for g, n in frame.group_by("group").len().sort("len", descending=True).iter_rows() if g is not None}
    if frame.is_empty():
        return None
    order = _in_declared_order(ctx.index.group, groups)
    group = choosing.current("org_class", order, order[0]) if order else None
    rows = frame.filter(pl.col("group") == group) if group is not None else frame
    measure = boards.leading_measure(ctx.scheme, ctx.index)
    by_total = pl.DataFrame(schema={"unit": pl.String, "total": pl.Float64, "total_rank": pl.Int64})
    if measure:
        by_total = boards.totals(loading.values(ctx).measures, measure, rows["unit"].to_list(), ctx.period)
    coverage = rows["coverage"].mean()
    screen = ctx.index.screen
    return Board(
        index_id=ctx.index_id,
        title=ctx.name(ctx.index_id),
        group=group,
        group_name=labels.coded(ctx, ctx.index.group or "", group) or labels.unit_kind(ctx, UNIT_KIND),
        groups={code: groups[code] for code in order},
        rows=rows,
        names=standing.names(rows, ctx.lang),
        measure=measure,
        totals=by_total,
        coverage=coverage if isinstance(coverage, float) else None,
        minimum=screen.minimum_group if screen else 0,
    )


def _in_declared_order(column: str | None, groups: Mapping[str, int]) -> list[str]:
    """Classes as the record tables list them, then others by size."""
    from kcz_metrics.tables import TABLES

    holding = [t.columns[column].values for t in TABLES.values() if column is not None and column in t.columns]
    declared = next((list(values) for values in holding if values), [])
    return [code for code in declared if code in groups] + [code for code in groups if code not in declared]


def choose_board(ctx: Context) -> None:
    choosing.segments("index", ctx.tr("榜单"), ctx.indices, ctx.name, key="boards.index", fallback=ctx.index_id)


def choose_class(ctx: Context, board: Board) -> None:
    if board.group is None:
        return
    choosing.segments(
        "org_class", ctx.tr("单位类别"), list(board.groups), key="boards.org_class", fallback=board.group,
        shown=lambda code: f"{labels.coded(ctx, ctx.index.group or '', code)} {board.groups.get(code, '')}",
    )  # fmt: skip


def ranking(ctx: Context, board: Board) -> str | None:
    """Rank, organisation, move, score and its composition, the total with its own rank, flags. Units that are not ranked come below."""
    total_of = {unit: (total, rank) for unit, total, rank in board.totals.iter_rows()}
    columns = [
        _narrow(c)
        for c in rankings.columns(ctx, board.rows, name=ctx.tr("单位"))
        if not c.key.startswith("node:") and c.key not in _LEFT_OUT
    ]
    if board.measure:
        name = measured.measure_name(ctx, board.measure)
        unit = _money_unit(ctx) if _is_money(ctx, board) else ""
        bare = re.sub(r"\s*[（(][^（()）]*[）)]$", "", name)
        places = {"decimals": 0 if not unit or ctx.lang == "zh" else 2}
        columns[-1:-1] = [
            Column("total", charts.short(bare, 8 if ctx.lang == "zh" else 20), "number", unit=unit, title=name, options=places),
            Column("total_rank", ctx.tr("总量名次"), "number", options={"decimals": 0}),
        ]
    everything = st.session_state.get("boards.everything", False)
    shown = board.rows if everything else pl.concat([board.ranked.head(FIRST), board.rows.filter(pl.col("rank").is_null()).head(FIRST)])
    rows = rankings.rows(ctx, shown, sub={})
    for row in rows:
        total, total_rank = total_of.get(row["id"], (None, None))
        row |= {"total": _amount(ctx, board, total), "total_rank": total_rank}
    made = {**behind.passport(ctx), **behind.intervals(ctx)}
    total = behind.of_measure(ctx, board.measure, _scale(ctx, board)) if board.measure else None
    if total is not None:
        made["total"] = total
    if board.measure:
        made["total_rank"] = totals.place(ctx, board, f"{bare} {unit}".strip(), _scale(ctx, board))
    opened = table(ctx, columns, rows, "boards.ranking", label=board.title, behind=made)
    if shown.height < board.rows.height:
        more = ctx.tr("显示全部 {n} 家", n=board.rows.height)
        st.button(more, key="boards.more", on_click=lambda: st.session_state.__setitem__("boards.everything", True))
    return opened


#: Columns of the city ranking that have no room here; coverage stands in the basis line and in the profile.
_LEFT_OUT = ("tier", "coverage")


def _narrow(column: Column) -> Column:
    """Pictures get less room and long names take two lines: totals stand beside them."""
    if column.key == "name":
        return replace(column, width=188 if column.options.get("wrap") else None)
    if column.key == "interval":
        column = replace(column, options={**column.options, "marks": [column.options["marks"][0], column.options["marks"][-1]]})
    return replace(column, width={"interval": 80, "parts": 60, "flags": 74}.get(column.key, column.width))


def _is_money(ctx: Context, board: Board) -> bool:
    assert ctx.scheme is not None
    of = ctx.scheme.measures[board.measure].of if board.measure else None
    return bool(of and of.endswith("_cny"))


def _money_unit(ctx: Context) -> str:
    """One unit for the whole column."""
    return ctx.tr("万元")


def _amount(ctx: Context, board: Board, total: float | None) -> float | None:
    """A total in the unit of its column."""
    return None if total is None else total / _scale(ctx, board)


def _scale(ctx: Context, board: Board) -> float:
    return 1.0 if not _is_money(ctx, board) else 1e4 if ctx.lang == "zh" else 1e6


def size_chart(ctx: Context, board: Board) -> str | None:
    """Size (log) against score, with the first by score and the largest named."""
    ranked = board.ranked
    found = boards.size_of(loading.table(ctx, "org_context"), ranked["unit"].to_list(), ctx.period)
    if found is None or ranked.height < 3:
        return None
    from kcz_metrics.tables import TABLES

    column, sizes = found
    frame = (
        ranked.drop("size", strict=False)
        .join(sizes, on="unit")
        .select("unit", pl.col("unit").replace_strict(board.names, default=None).alias("label"), "size", score="published")
    )
    named = list(dict.fromkeys([ranked["unit"][0], frame.sort("size", "unit", descending=[True, False])["unit"][0]]))
    rho = frame.select(pl.corr("size", "score", method="spearman")).item()
    title = ctx.tr("规模大，得分不一定高") if rho is not None and abs(rho) < 0.3 else ctx.tr("规模与得分")
    word = ctx.text(TABLES["org_context"].columns[column].label)
    head.finding(title, ctx.tr("横轴{size}（对数），虚线为中位；秩相关 {rho}", size=word, rho=number.decimal(rho, 2)))
    figure = charts.size_against_score(frame, size_title=word, focus=named, template=ctx.template, lang=ctx.lang, height=330)
    return chart(ctx, figure, "boards.size", alt=title, opens=True)


def funnel(ctx: Context, board: Board) -> None:
    """How far the dockings of this class got, and where most are lost."""
    counts = boards.stages(loading.table(ctx, "docking"), board.rows["unit"].to_list(), ctx.period)
    if counts[0][1] == 0:
        head.finding(ctx.tr("对接走到哪一步"))
        states.too_little(ctx.tr("这一类单位在本期没有有效对接。"))
        return
    steps = [(now / before, i) for i, ((_, before), (_, now)) in enumerate(pairwise(counts)) if before]
    share, worst = min(steps)
    names = [ctx.text(boards.STAGES[stage]) for stage, _ in counts]
    title = ctx.tr("对接从{before}到{after}掉得最多", before=names[worst], after=names[worst + 1])
    head.finding(title, ctx.tr("{group}合计，{period}派出的有效对接", group=board.group_name, period=number.period(ctx.period, ctx.lang)))
    drawn = pl.DataFrame({"stage": [str(stage) for stage, _ in counts], "label": names, "count": [n for _, n in counts]})
    clicked = chart(ctx, charts.funnel_bars(drawn, template=ctx.template, lang=ctx.lang), "boards.funnel", alt=title, opens=True)
    opening.from_chart(ctx, "boards.funnel", clicked, drawn, behind.stages(ctx, board.rows["unit"].to_list()))
    head.paragraph(ctx.tr("百分数为上一步到这一步的转化率；最低 {share}。", share=number.share(share, 0)), muted=True)


def across(ctx: Context, board: Board) -> str | None:
    """Ranks of the same organisations on every board: those chosen, else the best by mean place."""
    ids = ctx.indices_of(UNIT_KIND)
    if len(ids) < 2:
        return None
    loading.ready(ctx, ids)
    standings = {i: loading.scorecard(ctx, i).scores.filter(pl.col("node") == i).select("unit", "group", "rank") for i in ids}
    frame = boards.across(standings, board.group)
    order: Sequence[str] = frame["unit"].unique(maintain_order=True).to_list()
    head.finding(
        ctx.tr("同一单位在{n}个榜上的名次", n=_count_word(ctx, len(ids))),
        ctx.tr("颜色越深名次越靠前；— 为不参与该榜排名；默认按平均位次取前 {m} 家", m=MOST_COMPARED),
    )
    chosen = st.multiselect(
        ctx.tr("单位"), order, format_func=lambda u: board.names.get(u, u), key=f"boards.across.{board.group}.{ctx.lang}",
        max_selections=MOST_COMPARED, placeholder=ctx.tr("选几家来比，或留空"), width=520,
    )  # fmt: skip
    units = chosen or order[:MOST_COMPARED]
    titles = {i: ctx.name(i) for i in ids}
    shown = frame.filter(pl.col("unit").is_in(units)).with_columns(
        label=pl.col("unit").replace_strict(board.names, default=pl.col("unit")), board_label=pl.col("board").replace_strict(titles)
    )
    if shown.is_empty():
        states.too_little(ctx.tr("这一类没有参与排名的单位。"))
        return None
    figure = charts.rank_strip(shown, template=ctx.template, lang=ctx.lang, focus=ctx.unit)
    return chart(ctx, figure, "boards.across.chart", alt=ctx.tr("同一单位在各榜上的名次"), opens=True)


def _count_word(ctx: Context, n: int) -> str:
    return {4: "四", 3: "三", 2: "两"}.get(n, str(n)) if ctx.lang == "zh" else str(n)
