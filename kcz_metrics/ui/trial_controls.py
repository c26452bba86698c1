"""The controls of the weights page: what the reader may change, take back, save and load."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
import streamlit as st

from kcz_metrics import charts
from kcz_metrics.methods import AGGREGATE, WEIGHT, MethodEntry
from kcz_metrics.ui import downloads, drafts, head, keeping, number, trial, uploading
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.drawing import chart
from kcz_metrics.ui.trial_parts import plain
from kcz_metrics.ui.trial_run import Made

_AS_DECLARED = ""


def pillar_weights(ctx: Context, made: Made) -> None:
    """A slider a pillar, and the shares now and in the trial."""
    head.finding(ctx.tr("维度权重"), ctx.tr("括号内为现行值；按相对大小换算"))
    index = made.official.index
    most = max(100.0, *(max(2 * n.weight, made.draft.weights[n.id]) for n in index.tree.children))
    for node in index.tree.children:
        key = drafts.widget(ctx.index_id, node.id)
        drafts.adopt(key, made.draft.weights[node.id])
        label = ctx.tr("{node}（{weight}）", node=_markdown(ctx.name(node.id)), weight=plain(made.base.weights[node.id]))
        st.slider(label, 0.0, most, step=1.0, format="%g", key=key, on_change=drafts.weigh, args=(ctx.index_id, node.id, key))
    rows = []
    for words, card in ((ctx.tr("现行"), made.official), (ctx.tr("试算"), made.tried)):
        shares = dict(card.weights.filter(pl.col("unit").is_null()).select("node", "weight").iter_rows())
        rows += [{"row": words, "node": n.id, "label": ctx.name(n.id), "share": shares.get(n.id, 0.0)} for n in index.tree.children]
    frame = pl.DataFrame(rows, schema={"row": pl.String, "node": pl.String, "label": pl.String, "share": pl.Float64})
    chart(ctx, charts.weight_bars(frame, template=ctx.template), "weights.shares", alt=ctx.tr("维度权重的占比，现行与试算"))
    colours = ctx.tokens["pillar"]
    head.legend((colours[i % len(colours)], ctx.name(n.id)) for i, n in enumerate(index.tree.children))


def _markdown(text: str) -> str:
    """A name as a widget's label shows it: Markdown is live there."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]()#+-.!|~$:<>" else c for c in text)


def methods(ctx: Context, made: Made) -> None:
    """How weights come about and how scores are put together, as far as no parameter is needed."""
    index = made.official.index
    choices: tuple[tuple[Mapping[str, MethodEntry], str, str, tuple[str, ...], str, str | None], ...] = (
        (WEIGHT, "weighting", ctx.tr("权重方法"), trial.WEIGHTINGS, index.weights.method, made.draft.weighting),
        (AGGREGATE, "aggregate", ctx.tr("合成方法"), trial.AGGREGATES, index.aggregate.method, made.draft.aggregate),
    )
    for family, code, label, options, now, chosen in choices:
        key = drafts.widget(ctx.index_id, f"method:{code}")
        drafts.adopt(key, chosen or _AS_DECLARED)
        declared = ctx.text(family[now].label) if now in family else now
        words = {_AS_DECLARED: ctx.tr("现行（{name}）", name=declared)} | {name: ctx.text(family[name].label) for name in options}
        st.selectbox(
            label,
            list(words),
            key=key,
            on_change=drafts.choose,
            args=(ctx.index_id, code, key, tuple(words)),
            format_func=words.__getitem__,
        )


def indicator_weights(ctx: Context, made: Made) -> None:
    """The weights below the pillars, pillar by pillar, with what share of the whole each has now."""
    index = made.official.index
    effective = dict(made.tried.weights.filter(pl.col("unit").is_null()).select("node", "effective_weight").iter_rows())
    with st.expander(ctx.tr("{n} 项指标权重", n=len(index.leaves))):
        for pillar in index.tree.children:
            below = [n for n in pillar.walk() if n.id != pillar.id]
            if not below:
                continue
            head.paragraph(f"**{ctx.name(pillar.id)}**")
            for node in below:
                key = drafts.widget(ctx.index_id, node.id)
                drafts.adopt(key, made.draft.weights[node.id])
                share = number.share(effective.get(node.id), 1)
                st.number_input(
                    ctx.tr(
                        "{node}（{weight}），占全体 {share}",
                        node=_markdown(ctx.name(node.id)),
                        weight=plain(made.base.weights[node.id]),
                        share=share,
                    ),
                    min_value=0.0,
                    max_value=1e6,
                    step=1.0,
                    format="%g",
                    key=key,
                    on_change=drafts.weigh,
                    args=(ctx.index_id, node.id, key),
                )


def buttons(ctx: Context, made: Made) -> None:
    """Save, one step back, back to the scheme in force."""
    with st.container(horizontal=True):
        downloads.button(
            ctx, ctx.tr("另存试算"), lambda: drafts.as_yaml(ctx, made.draft), f"{ctx.index_id}_draft.yaml", key="weights.save",
            kind="primary", disabled=not made.changed,
        )  # fmt: skip
        st.button(
            ctx.tr("撤销"), key="weights.undo", on_click=drafts.undo, args=(ctx.index_id,), disabled=not drafts.can_undo(ctx.index_id)
        )
        st.button(ctx.tr("还原"), key="weights.reset", on_click=drafts.reset, args=(ctx.index_id, made.base), disabled=not made.changed)
    if keeping.keeps(ctx):
        said = ctx.tr("试算自动存下，只给您本人，下次打开时载入；“还原”即丢弃。审定之前不影响已发布的排名。")
    elif ctx.store.writable:
        said = ctx.tr("您没有调整权重的权限，试算只在本次会话里；另存为方案文件后可再载入。审定之前不影响已发布的排名。")
    else:
        said = ctx.tr("数据库在这里不能写，试算只在本次会话里；另存为方案文件后可再载入。审定之前不影响已发布的排名。")
    head.paragraph(said, muted=True)


def loading_file(ctx: Context, made: Made) -> None:
    """A saved draft comes back only where it is a sound scheme; else every problem is listed and the draft stays as it is."""
    uploading.words(ctx, int(st.get_option("server.maxUploadSize")) * 2**20)
    with st.expander(ctx.tr("载入试算文件")):
        uploaded = st.file_uploader(
            ctx.tr("方案文件（YAML）"), type=["yaml", "yml"], key=drafts.upload_key(ctx.index_id), label_visibility="collapsed"
        )
        if uploaded is None:
            return
        taken, issues, aside = drafts.take(ctx, uploaded.getvalue(), uploaded.name)
        if taken is None:
            head.paragraph(ctx.tr("没有载入，当前试算不受影响。文件里的问题："))
            head.sentences(issue.render(ctx.lang) for issue in issues[:30])
            if len(issues) > 30:
                head.paragraph(ctx.tr("另有 {n} 条", n=len(issues) - 30), muted=True)
            return
        said = ctx.tr("文件没有问题，与现行相比有 {n} 处权重不同。", n=sum(w != made.base.weights.get(n) for n, w in taken.weights.items()))
        if aside:
            said += ctx.tr("另有 {n} 处与本指数权重无关的不同，不带入。", n=aside)
        head.paragraph(said)
        st.button(ctx.tr("载入"), key="weights.load", on_click=drafts.adopt_loaded, args=(ctx.index_id, taken))
