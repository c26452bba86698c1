"""What results were used for, and the export for the evaluation of national societies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from kcz_metrics.analysis import cases as kernel
from kcz_metrics.ui import address, downloads, head, loading, number, strangers
from kcz_metrics.ui.behind import cases as behind
from kcz_metrics.ui.case_parts import TALL, Way, frames
from kcz_metrics.ui.coding import MOST, WHOLE, amount, amounts, words
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.responsibilities import owners
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.table import Column, table

if TYPE_CHECKING:
    from kcz_metrics.scheme.models import Scheme
    from kcz_metrics.store import Snapshot


def by_kind(ctx: Context) -> None:
    """Uses by kind and kind of subject; a row limits the list to it."""
    found = kernel.uses_by(frames(ctx)["uses"])
    total = int(found["uses"].sum())
    title = ctx.tr("结果运用 {n} 次", n=says("used", number.count(total), behind.used(ctx).count(), total))
    head.finding(title, ctx.tr("本期决定的有效记录；三类对象相加等于次数；点按一行只看这一种"))
    said, subjects = words(ctx, "result_use", "use_kind"), words(ctx, "result_use", "subject_type")
    now = strangers.known("use", said) or ""
    columns = [
        Column("name", ctx.tr("运用方式"), "name"),
        Column("uses", ctx.tr("次数"), "number", options=WHOLE),
        *(
            Column(kind, ctx.tr("试点城市") if kind == "city" else subjects[kind], "number", options=WHOLE)
            for kind in ("city", "team", "org")
        ),
        amounts(ctx, "amount", ctx.tr("支持金额")),
    ]
    rows = [
        {**row, "id": row["use_kind"], "name": said.get(row["use_kind"], row["use_kind"]), "amount": amount(row["amount"] or None, ctx),
         "_chosen": row["use_kind"] == now}
        for row in found.iter_rows(named=True)
    ]  # fmt: skip
    opened = table(ctx, columns, rows, "cases.kinds", label=title, nothing=ctx.tr("本期没有结果运用。"), behind=behind.uses(ctx))
    if opened:
        address.put(use=None if opened == now else opened)
        st.rerun()


def by_subject(ctx: Context) -> None:
    """Subjects with more than one use in the period: praise and reminders side by side."""
    found = frames(ctx)["uses"]
    warned = pl.col("use_kind").is_in(["remind", "talk", "rectify"])
    each = (
        found.group_by("subject_type", "subject_id")
        .agg(
            uses=pl.len().cast(pl.Int64), given=(~warned).sum().cast(pl.Int64), warned=warned.sum().cast(pl.Int64),
            amount=pl.col("amount_cny").sum(),
        )
        .sort("uses", "amount", "subject_id", descending=[True, True, False])
    )  # fmt: skip
    title = ctx.tr("涉及 {n} 个对象", n=says("subjects", number.count(each.height), behind.subjects(ctx), each.height))
    head.finding(title, ctx.tr("次数多的在前，列前 {n} 个", n=MOST))
    called = owners(ctx)
    columns = [
        Column("name", ctx.tr("对象"), "name", options={"wrap": True}),
        Column("given", ctx.tr("表扬、支持与评价"), "number", options=WHOLE),
        Column("warned", ctx.tr("提醒、约谈、整改"), "number", options=WHOLE),
        amounts(ctx, "amount", ctx.tr("支持金额")),
    ]
    rows = [
        {**row, "id": row["subject_id"], "name": called.get(row["subject_id"], row["subject_id"]),
         "amount": amount(row["amount"] or None, ctx)}
        for row in each.head(MOST).iter_rows(named=True)
    ]  # fmt: skip
    table(
        ctx,
        columns,
        rows,
        "cases.subjects",
        label=title,
        opens=False,
        height=TALL - 200,
        nothing=ctx.tr("本期没有结果运用。"),
        behind=behind.uses(ctx, "subject_id"),
    )


def uses(ctx: Context) -> Way | None:
    """The decisions, latest first; a row opens the record."""
    found, kind = frames(ctx)["uses"], address.get("use") or ""
    said = words(ctx, "result_use", "use_kind")
    title = ctx.tr("各次运用")
    if kind in said:
        found = found.filter(pl.col("use_kind") == kind)
        title = ctx.tr("各次运用：{kind}", kind=said[kind])
    shown = found.head(MOST)
    head.finding(title, ctx.tr("共 {n} 次，按决定日列后 {m} 次；点按一行打开记录", n=found.height, m=shown.height))
    called = owners(ctx)
    columns = [
        Column("subject", ctx.tr("对象"), "name", options={"wrap": True}),
        Column("kind", ctx.tr("运用方式")),
        Column("round", ctx.tr("评估轮次")),
        Column("day", ctx.tr("决定日")),
        amounts(ctx, "amount", ctx.tr("支持金额")),
    ]
    rows = [
        {"id": row["use_id"], "subject": called.get(row["subject_id"], row["subject_id"]),
         "kind": said.get(row["use_kind"], row["use_kind"]),
         "round": row["round_id"], "day": number.day(row["decided_on"]), "amount": amount(row["amount_cny"], ctx)}
        for row in shown.iter_rows(named=True)
    ]  # fmt: skip
    opened = table(
        ctx,
        columns,
        rows,
        "cases.uses",
        label=title,
        height=TALL + 140,
        nothing=ctx.tr("本期没有结果运用。"),
        behind={"amount": behind.uses(ctx, "use_id")["amount"]},
    )
    return ("records", {"table": "result_use", "record": opened}) if opened else None


def boards(ctx: Context) -> pl.DataFrame:
    """Where national societies stand on every board that ranks somebody in the period."""
    from kcz_metrics.reports.societies import standing

    loading.ready(ctx, ctx.indices_of("organisation"))
    found = [index for index in ctx.indices_of("organisation") if loading.valued(ctx, index)]
    return standing([loading.scorecard(ctx, index) for index in found], loading.table(ctx, "org"))


@st.cache_resource(show_spinner=False, max_entries=4)
def _files(
    _found: pl.DataFrame, _snapshot: Snapshot, _scheme: Scheme, snapshot_id: str, digest: str, period_id: str, lang: str
) -> tuple[bytes, bytes]:
    from kcz_metrics.reports import societies

    book = societies.workbook(_found, scheme=_scheme, snapshot=_snapshot, lang="en" if lang == "en" else "zh", asked=period_id)
    return book, societies.csv(_found, scheme=_scheme, snapshot=_snapshot, asked=period_id)


def export(ctx: Context, found: pl.DataFrame) -> None:
    """What the export holds, and the two files to take away."""
    assert ctx.snapshot is not None
    assert ctx.scheme is not None
    societies = found["society_id"].n_unique()
    head.finding(ctx.tr("带走学会评价导出"), ctx.tr("供中国特色一流学会等评价使用；一行一个学会在一个榜上"))
    head.definition_list(
        [
            (ctx.tr("范围"), ctx.tr("全国学会 {n} 家，{m} 个排行榜", n=societies, m=found["board"].n_unique())),
            (ctx.tr("识别"), ctx.tr("学会编号、统一社会信用代码、中英文名称；代码一律为文本")),
            (ctx.tr("结果"), ctx.tr("分组、名次、参加排名数、取整前得分、公布得分、覆盖率、未排名的原因")),
            (ctx.tr("指标值"), ctx.tr("每个榜所用指标标准化以前的值，不取整")),
            (ctx.tr("依据"), ctx.tr("评价期、方案摘要、快照编号；演示数据写明全部虚构")),
        ]
    )
    if found.is_empty():
        return
    book, csv = _files(found, ctx.snapshot, ctx.scheme, ctx.snapshot.id, ctx.digest, ctx.period, ctx.lang)
    name = f"societies_{ctx.period}_{ctx.snapshot.short}"
    with st.container(horizontal=True):
        n = found.height
        downloads.button(ctx, ctx.tr("下载工作簿"), lambda: book, f"{name}_{ctx.lang}.xlsx", key="cases.book", rows=n, kind="primary")
        downloads.button(ctx, ctx.tr("下载 CSV"), lambda: csv, f"{name}.csv", key="cases.csv", rows=n)
    command = f"kcz report societies --period {ctx.period} --snapshot {ctx.snapshot.id[:12]} -o {name}.xlsx"
    head.paragraph(ctx.tr("命令行：{command}", command=command), muted=True)


def preview(ctx: Context, found: pl.DataFrame) -> Way | None:
    """Societies with their place on every board, the best mean place first; a row opens the profile."""
    shown = ctx.indices_of("organisation")
    wide = (
        found.select("society_id", "board", "rank", "published")
        .group_by("society_id")
        .agg(
            *(pl.col("rank").filter(pl.col("board") == board).first().alias(board) for board in shown),
            mean=pl.col("rank").mean(),
        )
        .sort("mean", "society_id", nulls_last=True)
    )
    title = ctx.tr("全国学会在各榜的名次")
    head.finding(title, ctx.tr("共 {n} 家，按各榜名次的平均排列，平均只为排列方便；点按一行查看画像", n=wide.height))
    called = owners(ctx)
    columns = [
        Column("name", ctx.tr("学会"), "name", options={"wrap": True}),
        *(Column(board, ctx.name(board), "number", options=WHOLE) for board in shown),
    ]
    rows = [
        {**row, "id": row["society_id"], "name": called.get(row["society_id"], row["society_id"])} for row in wide.iter_rows(named=True)
    ]
    opened = table(ctx, columns, rows, "cases.societies", label=title, height=TALL, nothing=ctx.tr("这一期没有学会参加排行。"))
    return ("profile", {"unit": opened, "index": shown[0]}) if opened else None
