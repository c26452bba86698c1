"""The passport's upper steps: choosing a unit, the path, the parts of the index and of a pillar."""

from __future__ import annotations

import polars as pl
import streamlit as st

from kcz_metrics.ui import address, choosing, formulas, head, intervals, labels, loading, marking, measured, number, path, states
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.standing import names, ranked
from kcz_metrics.ui.table import Column, table
from kcz_metrics.ui.trail import Origin, Trail, measures_of


def choose(ctx: Context) -> None:
    """The unit, by name, in the order of the ranking."""
    standing = loading.standing(ctx)
    called = names(standing, ctx.lang)
    kind = labels.unit_kind(ctx, ctx.index.unit)
    fallback = standing["unit"][0] if standing.height and ctx.unit is None else None
    choosing.select(
        "unit",
        kind,
        standing["unit"].to_list(),
        lambda u: called.get(u, u),
        key="passport.unit",
        fallback=fallback,
        placeholder=ctx.tr("选一个"),
        clears=("record",),
        width=320,
    )


def heading(trail: Trail, origin: Origin | None) -> None:
    """Where we are, which number is asked about, and the answer."""
    ctx = trail.ctx
    crumbs = [ctx.tr("数据来历"), trail.name, *(ctx.name(n.id) for n in trail.ancestors[1:])]
    period = number.period(ctx.period, ctx.lang)
    coverage = trail.row["coverage"]
    if origin is not None:
        shown = number.value(origin.cell["value"], origin.indicator, ctx.lang)
        if shown == number.MISSING:
            head.page_head(ctx, crumbs, ctx.tr("这里为什么没有数？"), _why_missing(origin), coverage=coverage)
            return
        question = ctx.tr("{value} 是从哪些记录算出来的？", value=number.with_unit(origin.cell["value"], origin.indicator, ctx.lang))
        said = ctx.tr(
            "{name}{period}的{indicator}，由 **{n}** 个基础量按公式算出",
            name=trail.name,
            period=period,
            indicator=ctx.name(origin.id),
            n=len(measures_of(origin.formula)),
        )
        said += ctx.tr("，重算一致。") if origin.agrees else ctx.tr("，**重算不一致**，见下。")
        head.page_head(ctx, crumbs, question, said, coverage=coverage)
        return
    row = trail.at[trail.node.id]
    if row["score"] is None:
        why = ctx.tr("；").join(text.render(ctx.lang) for text in trail.card.reasons.get(trail.unit, ())) or ctx.tr("下面的指标没有值")
        head.page_head(
            ctx,
            crumbs,
            ctx.tr("这里为什么没有得分？"),
            ctx.tr("{name}{period}没有得分：{why}。", name=trail.name, period=period, why=why),
            coverage=coverage,
        )
        return
    parts = trail.parts(trail.node.id)
    question = ctx.tr("{score} 分是由什么合成的？", score=number.score(row["score"]))
    said = ctx.tr("{name}{period}的{node}由 **{n}** 个部分合成", name=trail.name, period=period, node=ctx.name(trail.node.id), n=len(parts))
    said += ctx.tr("，各部分相加等于总数。") if trail.gap(trail.node.id) == 0.0 else ctx.tr("，**相加与总数不符**，见下。")
    head.page_head(ctx, crumbs, question, said, coverage=coverage)


def _why_missing(origin: Origin) -> str:
    ctx = origin.ctx
    words = {
        "not_applicable": ctx.tr("这项指标对{name}不适用，它的权重由同级其他指标分担。", name=origin.trail.name),
        "insufficient": ctx.tr("样本不足最低要求，按方案规定不给值。"),
    }
    return words.get(str(origin.cell["status"]), ctx.tr("公式需要的基础量在本期没有，所以没有值；下面列出有哪些、缺哪些。"))


def steps(trail: Trail, origin: Origin | None) -> None:
    """The five boxes; opening one moves the page there."""
    ctx = trail.ctx
    root = trail.card.index.tree.id
    pillar = next((n for n in trail.ancestors[1:] if not n.is_leaf), None)
    rank = trail.row["rank"]
    place = ctx.tr("第 {rank} 名", rank=number.count(rank)) if rank is not None else ctx.tr("不参与排名")
    boxes = [
        path.Step(root, ctx.tr("综合得分"), ctx.name(root), number.score(trail.row["published"]), _interval(trail, place), trail.is_index)
    ]
    boxes.append(_pillar(trail, pillar.id) if pillar else path.Step("", ctx.tr("维度"), ctx.tr("在下表选一个"), "", ""))
    if origin is None:
        boxes += [path.Step("", kind, ctx.tr("再往下一步"), "", "") for kind in (ctx.tr("指标"), ctx.tr("基础量"), ctx.tr("业务记录"))]
    else:
        boxes += _lower(origin)
    opened = path.path(ctx, boxes, "passport.path")
    if opened and opened != trail.node.id and opened in {n.id for n in trail.card.index.tree.walk()}:
        _go(opened)


def _interval(trail: Trail, place: str) -> str:
    """The rank with its interval, as it is given wherever a rank stands."""
    mine = intervals.intervals(trail.ctx).filter(pl.col("unit") == trail.unit) if trail.row["rank"] is not None else pl.DataFrame()
    if mine.is_empty():
        return place
    low, high = mine.select("rank_low", "rank_high").row(0)
    if low == high:
        return trail.ctx.tr("{place}，90% 区间 {low}", place=place, low=number.count(low))
    return trail.ctx.tr("{place}，90% 区间 {low}–{high}", place=place, low=number.count(low), high=number.count(high))


def _pillar(trail: Trail, node: str) -> path.Step:
    ctx, row = trail.ctx, trail.at[node]
    kind = ctx.tr("维度 · 权重 {share}", share=number.share(row["weight"], 0))
    line = ctx.tr("贡献 {points}", points=number.score(row["contribution"]))
    return path.Step(node, kind, ctx.name(node), number.score(row["score"]), line, trail.node.id == node)


def _lower(origin: Origin) -> list[path.Step]:
    ctx, trail = origin.ctx, origin.trail
    row = trail.at[origin.id]
    value = number.value(origin.cell["value"], origin.indicator, ctx.lang)
    line = ctx.tr("标准化 {score}，贡献 {points}", score=number.score(row["score"], 1), points=number.score(row["contribution"]))
    used = measures_of(origin.formula)
    figures = [number.large(origin.measure(name), ctx.lang, _decimals(origin.measure(name))) for name in used[:2]]
    chosen = address.get("measure") if address.get("measure") in used else (used[0] if used else None)
    rows = measured.records(ctx, chosen, trail.unit) if chosen else None
    counted = 0 if rows is None else int(rows["_counted"].sum())
    return [
        path.Step(origin.id, ctx.tr("指标 · 权重 {share}", share=number.share(row["weight"], 1)), ctx.name(origin.id), value, line, True),
        path.Step(
            "",
            ctx.tr("基础量"),
            " / ".join(measured.measure_name(ctx, m) for m in used[:2]),
            " / ".join(figures),
            ctx.tr("共 {n} 个", n=len(used)),
        ),
        path.Step(
            "",
            ctx.tr("业务记录"),
            measured.measure_name(ctx, chosen) if chosen else "",
            number.count(0 if rows is None else rows.height),
            ctx.tr("计入 {n} 条", n=number.count(counted)),
        ),
    ]


def _decimals(value: float | None) -> int:
    return 0 if value is None or float(value).is_integer() else 2


def _go(node: str) -> None:
    address.put(indicator=node, measure=None, record=None)
    st.rerun()


def children(trail: Trail) -> None:
    """What the node is made of; each part opens. Below the table stands whether the parts add up."""
    ctx, node = trail.ctx, trail.node.id
    method = (trail.node.aggregate or trail.card.index.aggregate).method
    parts = trail.parts(node)
    whole = trail.at[node]
    score = trail.at[trail.card.index.tree.id]["contribution"]
    arithmetic = trail.is_arithmetic
    caption = (
        ctx.tr("贡献 = 得分 × 占全体的权重；点按一行往下看")
        if arithmetic
        else ctx.tr("合成方法不是加权平均，贡献按与同类平均之差分解；点按一行往下看")
    )
    head.finding(ctx.tr("{node}的构成", node=ctx.name(node)), caption)
    statuses = {i: s for u, i, s in marking.statuses(trail.card).iter_rows() if u == trail.unit}
    weights = [p["weight"] or 0.0 for p in parts]
    order = [child.id for child in trail.card.index.tree.children]
    leaves = any(p["is_leaf"] for p in parts)
    top = max([abs(p["contribution"] or 0.0) for p in parts], default=1.0) or 1.0
    columns = [Column("name", ctx.tr("指标") if leaves else ctx.tr("维度"), "name")]
    if leaves:
        columns += [Column("value", ctx.tr("指标值")), Column("unit", ctx.tr("计量单位"))]
    columns += [
        Column("score", ctx.tr("标准化分") if leaves else ctx.tr("得分"), "number", options={"decimals": 2}),
        Column("share", ctx.tr("同级权重"), "number", options={"share": True, "decimals": 1}),
        Column("weight", ctx.tr("占全体"), "number", options={"share": True, "decimals": 2}),
        Column("contribution", ctx.tr("贡献"), "number", options={"decimals": 4}),
        Column("of_whole", ctx.tr("占总分"), "number", options={"share": True, "decimals": 1}),
        Column("bar", ctx.tr("贡献大小"), "bar", width=120, options={"domain": [0, top]}),
        Column("flags", ctx.tr("标记"), "flags"),
    ]
    rows = []
    for part in parts:
        name = part["node"]
        known = ctx.scheme is not None and name in ctx.scheme.indicators
        indicator = ctx.scheme.indicators[name] if known and ctx.scheme is not None else None
        pillar = next((i for i, p in enumerate(order) if p in {name, *(n.id for n in trail.ancestors)}), 0)
        rows.append(
            {
                "id": name,
                "name": {"t": ctx.name(name), "sub": name if part["is_leaf"] else ""},
                "value": number.value(part["value"], indicator, ctx.lang) if indicator else number.MISSING,
                "unit": number.unit(indicator, ctx.lang) if indicator else "",
                "score": part["score"],
                "share": (part["weight"] or 0.0) / sum(weights) if sum(weights) else None,
                "weight": part["weight"],
                "contribution": part["contribution"],
                "of_whole": part["contribution"] / score if part["contribution"] is not None and score else None,
                "bar": {"parts": [{"v": max(part["contribution"] or 0.0, 0.0), "pillar": pillar}]},
                "flags": marking.of_value(ctx, statuses.get(name, "")),
                "_faint": part["contribution"] is None,
                "_closed": part["weight"] is None and part["is_leaf"] and not known,
            }
        )
    opened = table(ctx, columns, rows, "passport.children", label=ctx.name(node))
    gap = trail.gap(node)
    if gap is None:
        states.too_little(ctx.tr("没有得分，所以没有可以相加的部分。"))
    else:
        said = ctx.tr(
            "{n} 项贡献相加 {sum}，{node}的贡献 {whole}",
            n=len(parts),
            sum=number.decimal(sum(p["contribution"] or 0.0 for p in parts), 4),
            node=ctx.name(node),
            whole=number.decimal(whole["contribution"], 4),
        )
        formulas.proof(said if gap == 0.0 else ctx.tr("{said}，相差 {gap}", said=said, gap=number.signed(gap, 6)), gap == 0.0)
    from kcz_metrics.methods import AGGREGATE

    pairs = {
        ctx.tr("合成方法"): ctx.text(AGGREGATE[method].label) if method in AGGREGATE else method,
        ctx.tr("覆盖率"): number.share(_coverage(trail)),
        ctx.tr("参与排名"): ctx.tr("{n} 个同类", n=ranked(trail.peers).height),
    }
    if trail.is_index and trail.row["published"] is not None:
        pairs[ctx.tr("公布得分")] = ctx.tr(
            "{published}，取整前 {score}", published=number.score(trail.row["published"]), score=number.decimal(whole["score"], 6)
        )
    head.definition_list(pairs)
    if opened:
        _go(opened)


def _coverage(trail: Trail) -> float | None:
    rows = trail.card.scores.filter((trail.card.scores["unit"] == trail.unit) & (trail.card.scores["node"] == trail.node.id))
    return rows["coverage"][0] if rows.height else None
