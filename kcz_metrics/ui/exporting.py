"""What a report would hold, and the workbook itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import streamlit as st

from kcz_metrics.locales import LANGUAGES, Language
from kcz_metrics.ui import choosing, head, labels, loading, number, ranking, standing
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.table import Column, table

if TYPE_CHECKING:
    from kcz_metrics.scoring.run import Run
    from kcz_metrics.scoring.scorecard import Scorecard

RANKING, PROFILE = "ranking", "profile"
ALL = "all"
PREVIEWED = 10


@dataclass(frozen=True)
class Choice:
    """What the reader asks for. ``group`` None means every group; ``unit`` is set for a profile."""

    kind: str
    group: str | None
    unit: str | None
    lang: Language


def choose(ctx: Context) -> Choice:
    """Kind, class or unit, and the language of the report, in one row."""
    whole = loading.standing(ctx)
    kinds = {RANKING: ctx.tr("排名"), PROFILE: ctx.tr("单位画像")}
    group = unit = None
    with st.container(horizontal=True, gap="medium"):
        kind = choosing.segments(
            "report", ctx.tr("报告"), list(kinds), kinds.__getitem__, key="reports.kind", fallback=PROFILE if ctx.unit else RANKING
        )
        groups = [g for g in whole["group"].unique(maintain_order=True).to_list() if g is not None]
        if kind == RANKING and len(groups) > 1:
            column = ctx.index.group or ""
            words = {g: labels.coded(ctx, column, g) for g in groups} | {ALL: ctx.tr("全部类别")}
            chosen = choosing.select(
                "group", ctx.tr("类别"), [ALL, *groups], words.__getitem__, key="reports.group", fallback=ALL, width=220
            )
            group = None if chosen in (ALL, None) else chosen
        if kind == PROFILE:
            called = standing.names(whole, ctx.lang)
            first = whole["unit"][0] if whole.height else None
            unit = choosing.select(
                "unit", labels.unit_kind(ctx, ctx.index.unit), whole["unit"].to_list(), lambda u: called.get(u, u), key="reports.unit",
                fallback=first, width=280,
            )  # fmt: skip
        spoken = {"zh": "中文", "en": "English"}
        if st.session_state.get("reports.lang") not in LANGUAGES:
            st.session_state["reports.lang"] = ctx.lang
        lang = st.selectbox(ctx.tr("报告语言"), LANGUAGES, format_func=spoken.__getitem__, key="reports.lang", width=140)
    return Choice(kind, group, unit, lang)


def rows(ctx: Context, choice: Choice) -> pl.DataFrame:
    """The standing of what the report holds."""
    whole = loading.standing(ctx)
    if choice.kind == PROFILE:
        return whole.filter(pl.col("unit") == choice.unit)
    return whole if choice.group is None else whole.filter(pl.col("group") == choice.group)


def narrowed(card: Scorecard, group: str | None) -> Scorecard:
    """The scorecard with the units of one group only; scores and ranks stay what they are."""
    if group is None:
        return card
    keep = np.flatnonzero((card.units["group"] == group).fill_null(False).to_numpy())
    return replace(card, run=_rows_of(card.run, keep))


def _rows_of(run: Run, keep: Any) -> Run:
    n = len(run.units)
    moved = {int(old): new for new, old in enumerate(keep)}

    def cut(value: Any) -> Any:
        if isinstance(value, np.ndarray):
            return value[keep] if value.ndim and len(value) == n else value
        if isinstance(value, Mapping):
            return {k: cut(v) for k, v in value.items()}
        return value

    names = (
        "statuses",
        "x",
        "kept",
        "denominators",
        "passed",
        "filled",
        "marks",
        "scores",
        "adjustments",
        "published",
        "ranks",
        "coverage",
    )
    changes: dict[str, Any] = {name: cut(getattr(run, name)) for name in names}
    units = run.units[keep.tolist()]
    changes["units"] = units
    changes["groups"] = (np.arange(len(keep)),)
    changes["measures"] = run.measures.filter(pl.col("unit").is_in(units["unit"].implode()))
    changes["weights"] = tuple(w[keep] if w.ndim > 1 else w for w in run.weights)
    changes["reasons"] = {moved[row]: why for row, why in run.reasons.items() if row in moved}
    changes["barred"] = None if run.barred is None else {moved[row]: why for row, why in run.barred.items() if row in moved}
    return replace(run, **changes)


def workbook(ctx: Context, choice: Choice) -> bytes:
    """The bytes of the workbook, written once for what it rests on. Raises ReportError."""
    assert ctx.snapshot is not None
    return _workbook(ctx, choice, ctx.snapshot.id, ctx.digest, ctx.index_id, ctx.period, astuple(choice))


@st.cache_data(show_spinner=False, max_entries=8)
def _workbook(_ctx: Context, _choice: Choice, snapshot_id: str, digest: str, index_id: str, period: str, asked: tuple[Any, ...]) -> bytes:
    from kcz_metrics.reports import workbook as books

    ctx, choice = _ctx, _choice
    assert ctx.scheme is not None
    assert ctx.snapshot is not None
    card = loading.scorecard(ctx)
    before = loading.scorecard(ctx, period=ctx.previous) if ctx.previous else None
    options: dict[str, Any] = {"scheme": ctx.scheme, "snapshot": ctx.snapshot, "lang": choice.lang}
    if choice.kind == PROFILE:
        earlier = [loading.scorecard(ctx, period=p) for p in ctx.periods if p < ctx.period]
        return books.profile(card, choice.unit or "", previous=before, earlier=earlier, **options)
    if choice.group is not None:
        command = f"kcz score {ctx.index_id} --period {ctx.period} --snapshot {ctx.snapshot.id} --format csv  [group = {choice.group}]"
        options["command"] = command
        before = narrowed(before, choice.group) if before is not None else None
    return books.ranking(narrowed(card, choice.group), previous=before, **options)


def file_name(ctx: Context, choice: Choice) -> str:
    assert ctx.snapshot is not None
    about = choice.unit if choice.kind == PROFILE else choice.group
    return "_".join(filter(None, (ctx.index_id, about, ctx.period, ctx.snapshot.short, choice.lang))) + ".xlsx"


def sheets(ctx: Context, choice: Choice) -> list[tuple[str, str]]:
    """The sheets and what each holds."""
    first = (
        [
            (ctx.tr("摘要"), ctx.tr("评价期、方案、快照、结论一句、原生图表")),
            (ctx.tr("排名"), ctx.tr("名次、变动、得分、各维度得分、覆盖率、说明；未参与排名的列在下面并写明原因")),
            (ctx.tr("各级得分"), ctx.tr("每个单位每个节点取整前的得分")),
            (ctx.tr("指标值、标准化值"), ctx.tr("每个单位每项指标；缺值、估补、样本少有标记")),
        ]
        if choice.kind == RANKING
        else [
            (ctx.tr("画像"), ctx.tr("得分、名次、各维度与同类中位，历期走势")),
            (ctx.tr("得分构成"), ctx.tr("每项指标的值、标准化分、权重与贡献，相加等于得分")),
            (ctx.tr("名次相邻的单位"), ctx.tr("前后几名与差距")),
        ]
    )
    return [
        *first,
        (ctx.tr("指标定义"), ctx.tr("名称、统计口径、公式、单位、方向、权重")),
        (ctx.tr("数据来历"), ctx.tr("快照、方案摘要、软件版本、各文件 SHA-256、重算命令与其输出的 SHA-256")),
    ]


#: Columns of the ranking that the preview has room for.
_PREVIEW = ("rank", "name", "tier", "interval", "move", "score")


def preview(ctx: Context, choice: Choice) -> None:
    """The first rows of the ranking, or the parts of the profile, as the workbook will have them."""
    found = rows(ctx, choice)
    if choice.kind == RANKING:
        head.finding(ctx.tr("预览：前 {n} 行", n=min(PREVIEWED, found.height)), ctx.tr("表里共 {n} 个评价对象", n=found.height))
        every = ranking.columns(ctx, found, name=labels.unit_kind(ctx, ctx.index.unit))
        columns = [c for c in every if c.key in _PREVIEW]
        table(ctx, columns, ranking.rows(ctx, found.head(PREVIEWED), sub={}), "reports.preview", label=ctx.tr("预览"), opens=False)
        return
    head.finding(ctx.tr("预览：得分构成"))
    explained = loading.explained(ctx, choice.unit or "").filter(pl.col("is_leaf"))
    drawn = [
        {
            "id": r["node"],
            "name": {"t": ctx.name(r["node"]), "sub": r["node"]},
            "score": r["score"],
            "weight": r["weight"],
            "part": r["contribution"],
        }
        for r in explained.iter_rows(named=True)
    ]
    columns = [
        Column("name", ctx.tr("指标"), "name"),
        Column("score", ctx.tr("标准化分"), "number"),
        Column("weight", ctx.tr("占全体"), "number", options={"share": True, "decimals": 2}),
        Column("part", ctx.tr("贡献"), "number", options={"decimals": 2}),
    ]
    table(ctx, columns, drawn, "reports.preview", label=ctx.tr("预览"), opens=False)


def answer(ctx: Context, choice: Choice) -> str:
    found = rows(ctx, choice)
    index, period = ctx.name(ctx.index_id), number.period(ctx.period, ctx.lang)
    if choice.kind == PROFILE:
        name = standing.names(found, ctx.lang).get(choice.unit or "", "")
        return ctx.tr("**{name}** {period}的{index}画像，一份 Excel 工作簿。", name=name, period=period, index=index)
    placed = standing.ranked(found).height
    if placed == found.height:
        return ctx.tr("{period}{index}排名，**{n}** 个全部参与排名，一份 Excel 工作簿。", period=period, index=index, n=placed)
    return ctx.tr(
        "{period}{index}排名，**{n}** 个参与排名，{m} 个列明原因，一份 Excel 工作簿。",
        period=period,
        index=index,
        n=placed,
        m=found.height - placed,
    )
