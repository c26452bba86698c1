"""The audit page: the answer, the numbers, the findings with the way on from each, the choice of part, the report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from kcz_metrics.ui import address, audit, choosing, downloads, drafts, head, loading, number, selfcheck, states, telling, trial
from kcz_metrics.ui.behind import audit as behind
from kcz_metrics.ui.behind import audit_ranking
from kcz_metrics.ui.context import Context, link
from kcz_metrics.ui.sources import Opening
from kcz_metrics.ui.table import Column, table

#: Figures that are shares of one.
SHARES = frozenset((
    "share_known", "share_zero", "share_filled", "first_component", "weight", "influence", "weight_for_equal_influence",
    "neighbours_told_apart", "units_that_change_the_order_of_others", "share_between_groups",
))  # fmt: skip
WHOLE = frozenset((
    "applies", "distinct_values", "treated_points", "components_above_1", "units_sharing_a_rank", "most_pairs_turned",
    "largest_shift_if_geometric",
))  # fmt: skip


def parts(ctx: Context) -> dict[str, str]:
    return {
        "findings": ctx.tr("全部发现"), "coverage": ctx.tr("覆盖"), "distribution": ctx.tr("分布"), "correlation": ctx.tr("相关"),
        "structure": ctx.tr("结构"), "influence": ctx.tr("实际影响"), "ranking": ctx.tr("排名质量"), "fairness": ctx.tr("公平"),
        "advice": ctx.tr("建议"), "selftests": ctx.tr("自检"),
    }  # fmt: skip


def choose(ctx: Context) -> str:
    """The part in the address, and the report at the row's right end."""
    words = parts(ctx)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = choosing.segments(
            "part", ctx.tr("内容"), list(words), words.__getitem__, key="audit.part", fallback="findings", hidden=True,
            clears=("indicator", "node", "column"),
        )  # fmt: skip
        st.space("stretch")
        report(ctx)
    return chosen


def report(ctx: Context) -> None:
    """The whole audit as a page that prints on A4, in the reader's language."""
    from kcz_metrics.reports.diagnosis_page import page

    def made() -> bytes:
        assert ctx.snapshot is not None
        said = page(
            loading.scorecard(ctx), audit.figures(ctx), audit.findings(ctx), audit.correlations(ctx), selfcheck.whole(ctx), ctx.lang,
            invented=ctx.snapshot.invented, names=audit.names(ctx),
        )  # fmt: skip
        return said.encode()

    downloads.button(
        ctx, ctx.tr("下载审计报告"), made, f"audit_{ctx.index_id}_{ctx.period}_{ctx.lang}.html", key="audit.report",
        help=ctx.tr("一份网页，可直接打印为 A4；含全部数字与自检"),
    )  # fmt: skip


def answer(ctx: Context) -> str:
    from kcz_metrics.reports.finding_words import MEANINGS

    found = audit.findings(ctx)
    weighty = found.filter("matters")
    if found.is_empty():
        return ctx.tr("查了 **{n}** 个统计量，没有需要留意的。", n=number.count(audit.figures(ctx).height))
    said = ctx.tr(
        "查了 {n} 个统计量，**{k}** 处需要留意，**{m}** 处影响名次", n=number.count(audit.figures(ctx).height), k=found.height,
        m=weighty.height,
    )  # fmt: skip
    indicators = weighty.filter(pl.col("effect").is_not_null())
    if indicators.height:
        first = indicators.row(0, named=True)
        what = _inside(MEANINGS[first["kind"]].in_(ctx.lang))
        said += ctx.tr("；首先看{name}：{what}", name=audit.called(ctx, first["subject"]), what=what)
    return said + ctx.tr("。")


def _inside(words: str) -> str:
    """Within a sentence, English begins small."""
    return words[:1].lower() + words[1:]


def numbers(ctx: Context) -> list[head.Item]:
    """Six numbers that say how the index stands."""
    found, opens = audit.findings(ctx), behind.findings(ctx)
    figures = audit.figures(ctx)
    items = [
        head.Item(
            ctx.tr("需要留意"), number.count(found.height), ctx.tr("处") if ctx.lang == "zh" else "", ctx.tr("按手册的界限"),
            opens=opens["found"], value=float(found.height),
        ),
        head.Item(
            ctx.tr("影响名次"), number.count(found.filter("matters").height), ctx.tr("处") if ctx.lang == "zh" else "",
            ctx.tr("其余影响很小"), opens=opens["matters"], value=float(found.filter("matters").height),
        ),
    ]  # fmt: skip
    wanted = (
        ("cronbach_alpha", ctx.tr("克朗巴赫系数"), ctx.tr("维度之间，应达 0.7")),
        ("neighbours_told_apart", ctx.tr("分得清的相邻名次"), ctx.tr("权重变动，先后不变")),
        ("shift_if_geometric", ctx.tr("不许补偿时移动"), ctx.tr("几何平均，平均位数")),
        ("kendall", ctx.tr("与上期一致"), ctx.tr("肯德尔系数")),
    )
    for figure, label, line in wanted:
        rows = figures.filter((pl.col("figure") == figure) & (pl.col("subject") == ctx.index_id) & pl.col("value").is_not_null())
        if rows.height:
            row = rows.row(0, named=True)
            items.append(head.Item(label, written(row), "", line, opens=behind.opening(ctx, row), value=row["value"]))
    return items


def written(row: Mapping[str, Any]) -> str:
    """A figure as people read it."""
    figure, value = row["figure"], row["value"]
    if figure in SHARES:
        return number.share(value)
    return number.count(value) if figure in WHOLE else number.decimal(value, 1 if "shift" in figure or "width" in figure else 2)


def cell(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"v": row["value"], "t": written(row)}


def gathered(ctx: Context, found: pl.DataFrame, by: str = "subject") -> tuple[dict[str, dict[str, Any]], dict[str, dict[str, Opening]]]:
    """Rows by ``by`` with a cell for each figure, and what each cell opens to; the flagged figures under ``_flagged``."""
    rows: dict[str, dict[str, Any]] = {}
    opens: dict[str, dict[str, Opening]] = {}
    for row in found.iter_rows(named=True):
        own = rows.setdefault(row[by], {"id": row[by], "_flagged": []})
        own[row["figure"]] = cell(row)
        if row["flag"]:
            own["_flagged"].append(row["figure"])
        made = behind.opening(ctx, row)
        if made is not None:
            opens.setdefault(row["figure"], {})[row[by]] = made
    return rows, opens


def marked(ctx: Context, section: str) -> dict[str, list[dict[str, str]]]:
    """Subject to its findings of a section, as flags of a row."""
    from kcz_metrics.reports.finding_words import SHORT

    found: dict[str, list[dict[str, str]]] = {}
    for row in audit.findings(ctx).filter(pl.col("section") == section).iter_rows(named=True):
        kind = "" if row["kind"] == "skewed_before" else "watch"
        words = {"t": SHORT[row["kind"]].in_(ctx.lang), "kind": kind}
        if words not in found.setdefault(row["subject"], []):
            found[row["subject"]].append(words)
    return found


def findings(ctx: Context) -> None:
    """Every finding: what it is, its limit, what it costs, and the next step; a row leads there."""
    from kcz_metrics.reports.finding_words import LIMITS, MEANINGS, STEPS

    found = audit.findings(ctx)
    head.finding(
        ctx.tr("需要留意的 {n} 处", n=found.height), ctx.tr("影响名次的在前；末列为不计这一项时名次平均移动的位数；点按一行去下一步")
    )
    if found.is_empty():
        states.too_little(ctx.tr("没有超出界限的统计量。"))
        return
    columns = [
        Column("name", ctx.tr("项目"), "name", width=230, options={"wrap": True}),
        Column("what", ctx.tr("发现"), options={"wrap": True}),
        Column("value", ctx.tr("数值"), "number", options={"decimals": 2}),
        Column("limit", ctx.tr("界限"), options={"quiet": True, "wrap": True}),
        Column("effect", ctx.tr("名次移动"), "number", unit=ctx.tr("位"), options={"decimals": 1}),
        Column("step", ctx.tr("下一步"), options={"wrap": True}),
    ]
    rows: list[dict[str, Any]] = []
    values: dict[str, Opening] = {}
    costs: dict[str, Opening] = {}
    for row in found.iter_rows(named=True):
        code = f"{row['kind']}|{row['subject']}|{row['other'] or ''}"
        other = audit.called(ctx, row["other"]) if row["other"] and row["other"] != ctx.index_id else ""
        rows.append({
            "id": code, "name": {"t": audit.called(ctx, row["subject"]), "sub": other},
            "what": MEANINGS[row["kind"]].in_(ctx.lang), "value": cell(row), "limit": LIMITS[row["kind"]].in_(ctx.lang),
            "effect": row["effect"], "step": STEPS[row["kind"]].in_(ctx.lang),
        })  # fmt: skip
        if (made := behind.opening(ctx, row)) is not None:
            values[code] = made
        if row["effect"] is not None:
            costs[code] = audit_ranking.left_out(ctx, row["subject"])
    first_quiet = next((r for r, m in zip(rows, found["matters"], strict=True) if not m), None)
    if first_quiet is not None and first_quiet is not rows[0]:
        first_quiet["_before"] = ctx.tr("以下各处影响小，或已由处理缓解")
    opened = table(
        ctx,
        columns,
        rows,
        "audit.findings",
        label=ctx.tr("需要留意"),
        behind={"value": values, "effect": costs},
        height=760 if len(rows) > 22 else None,
    )
    if opened:
        kind, subject, _ = opened.split("|")
        onward(ctx, kind, subject)


#: Kind of finding to the part of this page that shows it.
_SHOWN = {
    "unstable": "ranking", "reorders": "ranking", "hangs_on_size": "ranking", "unequal_groups": "fairness", "few_values": "coverage",
    "in_conflict": "correlation", "alike": "correlation", "misplaced": "correlation", "skewed_after": "distribution",
    "skewed_before": "distribution", "low_alpha": "structure", "several_components": "structure", "weak_component": "structure",
    "influence_high": "influence", "influence_low": "influence",
}  # fmt: skip


def onward(ctx: Context, kind: str, subject: str) -> None:
    """The next step of a finding: a part of this page, the handbook, the ranking with its intervals, or a trial."""
    if kind in ("drop", "merge"):
        without(ctx, subject)
    if kind == "not_told_apart":
        link("robustness")
    part = _SHOWN.get(kind)
    if part is None:
        link("indicators", indicator=subject)
    carried = {"distribution": "indicator", "structure": "node", "fairness": "column"}.get(part)
    address.put(part=part, **({carried: subject} if carried else {}))
    st.rerun()


def without(ctx: Context, leaf: str) -> None:
    """To the weights page with a draft in which the indicator has no weight."""
    tried(ctx, dict.fromkeys(audit_ranking.alone(ctx.index.tree, leaf), 0.0))


def tried(ctx: Context, weights: Mapping[str, float]) -> None:
    """To the weights page with a draft of these weights, one step from the scheme in force."""
    base = trial.official(ctx.index)
    drafts.current(ctx, base)
    draft = base
    for node, weight in weights.items():
        draft = draft.weigh(node, weight)
    drafts.push(ctx.index_id, draft)
    link("weights")


def advice(ctx: Context) -> None:
    """Every indicator: keep, drop or merge, and what leaving it out would do to ranks; a row leads to the trial."""
    given = {r["subject"]: r for r in audit.section(ctx, "advice").iter_rows(named=True)}
    effects = audit.effects(ctx)
    n = len(given)
    title = ctx.tr("建议删并 {n} 项，其余保留", n=n) if n else ctx.tr("各项都可保留")
    head.finding(title, ctx.tr("有值不足一半、没有差别或与总分反向的建议删去，与同级几乎相同的建议并入；点按一行去试算"))
    words = {"drop": ctx.tr("删去"), "merge": ctx.tr("并入")}
    columns = [
        Column("name", ctx.tr("指标"), "name", options={"wrap": True}),
        Column("node", ctx.tr("维度")),
        Column("advice", ctx.tr("建议"), "flags"),
        Column("into", ctx.tr("并入哪一项"), options={"wrap": True}),
        Column("effect", ctx.tr("不计时名次平均移动"), "number", unit=ctx.tr("位"), options={"decimals": 2}),
    ]
    pillars = {leaf: node.id for node in ctx.index.tree.children for leaf in [n.id for n in node.walk()]}
    rows = []
    for leaf in sorted(effects, key=lambda one: (one not in given, -(effects[one] if effects[one] == effects[one] else 0.0))):
        row = given.get(leaf)
        rows.append({
            "id": leaf, "name": {"t": ctx.name(leaf), "sub": leaf}, "node": ctx.name(pillars.get(leaf, "")),
            "advice": [{"t": words[row["figure"]], "kind": "watch"}] if row else [{"t": ctx.tr("保留"), "kind": ""}],
            "into": ctx.name(row["other"]) if row and row["other"] else "", "effect": effects[leaf],
        })  # fmt: skip
    opens = {leaf: audit_ranking.left_out(ctx, leaf) for leaf in effects}
    if opened := table(ctx, columns, rows, "audit.advice", label=ctx.tr("建议"), behind={"effect": opens}):
        without(ctx, opened)


def refused(ctx: Context) -> None:
    """An index or period without a ranking."""
    head.page_head(ctx, [ctx.tr("统计审计"), ctx.name(ctx.index_id)], ctx.tr("这个指数在统计上站得住吗？"))
    states.empty(ctx.tr("这一期没有参与排名的评价对象，没有可审计的。"), ctx.tr("可换一个评价期或指数，或先导入业务记录。"))


def coverage(ctx: Context) -> float | None:
    return telling.coverage(loading.standing(ctx))
