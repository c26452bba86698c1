"""The page on certainty: what is varied, the answer, the intervals of all ranks and the table of units."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from kcz_metrics.analysis.hinges import word
from kcz_metrics.ui import address, choosing, head, labels, loading, number, seats, strangers
from kcz_metrics.ui.behind import certainty as behind
from kcz_metrics.ui.certainty_drawn import SURE, TURNED, Asked, Drawn, robust, sources
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.drawing import chart
from kcz_metrics.ui.head import Item
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.standing import ranked, stretch
from kcz_metrics.ui.table import Column, table

#: Runs that a reader may ask for; the first is what the scheme's certainty is told by everywhere.
DRAWS = ("1000", "200", "5000")
SEED = 2022
_BETWEEN = "."


def chosen(ctx: Context) -> str:
    """Which part of the page the reader looks at."""
    parts = {"ranks": ctx.tr("全部名次"), "unit": ctx.tr("一个评价对象"), "sources": ctx.tr("取决于什么"), "weights": ctx.tr("权重的余地")}
    return choosing.segments("part", ctx.tr("内容"), list(parts), parts.__getitem__, key="robustness.part", fallback="ranks", hidden=True)


def asked(ctx: Context) -> Asked:
    """What the address asks to vary; what it names that is not declared is told and left out."""
    there = sources(ctx)
    wanted = [name for name in (address.get("sources") or "").split(_BETWEEN) if name]
    strange = [name for name in wanted if name not in there]
    kept = tuple(name for name in there if name in wanted)
    if strange:
        address.put(sources=_BETWEEN.join(kept) or None)
        strangers.met("sources", ", ".join(strange), _BETWEEN.join(kept), _listed(ctx, kept or there))
    draws = strangers.known("draws", DRAWS, DRAWS[0]) or DRAWS[0]
    seed = address.get("seed")
    if seed is not None and not (seed.isdecimal() and seed.isascii() and len(seed) <= 9):
        strangers.met("seed", seed, "", str(SEED))
        address.put(seed=None)
        seed = None
    return Asked(kept or there, int(draws), int(seed or SEED))


def settle(ctx: Context, whole: pl.DataFrame) -> None:
    """A unit carried along from another page brings its group with it; one that this index does not rank is left behind, and told only
    where no record knows it."""
    if ctx.unit is None:
        return
    own = ranked(whole).filter(pl.col("unit") == ctx.unit)
    if own.is_empty():
        if strangers.elsewhere(ctx, ctx.unit):
            address.put(unit=None)
    elif address.get("group") is None and own["group"][0] is not None:
        address.put(group=own["group"][0])


def controls(ctx: Context, now: Asked) -> str:
    """Sources on and off; then the part of the page, which is returned, how many runs, from which seed."""
    there = sources(ctx)
    choosing.hold("robustness.sources", list(now.sources))
    if there:
        st.pills(
            ctx.tr("计入的不确定性"), there, selection_mode="multi", format_func=lambda name: called(ctx, name), key="robustness.sources",
            on_change=_sources_chosen, args=(there,),
        )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom"):
        part = chosen(ctx)
        st.space("stretch")
        choosing.select(
            "draws", ctx.tr("抽多少次"), DRAWS, lambda n: number.count(int(n)), key="robustness.draws", fallback=DRAWS[0], width=130
        )
        choosing.hold("robustness.seed", now.seed)
        # without a help: Streamlit names its sign in English
        st.number_input(
            ctx.tr("种子"), min_value=0, max_value=999_999_999, step=1, key="robustness.seed", on_change=_seed_chosen, width=150
        )
    return part


def called(ctx: Context, source: str) -> str:
    """A source as a label."""
    text = ctx.text(word(source))
    return text[:1].upper() + text[1:]


def _sources_chosen(there: tuple[str, ...]) -> None:
    chosen_ = [name for name in st.session_state["robustness.sources"] if name in there]
    address.put(sources=None if len(chosen_) in (0, len(there)) else _BETWEEN.join(name for name in there if name in chosen_))


def _seed_chosen() -> None:
    seed = st.session_state["robustness.seed"]
    address.put(seed=None if seed is None or int(seed) == SEED else str(int(seed)))


def load(ctx: Context, now: Asked, frame: pl.DataFrame) -> Drawn:
    with st.spinner(ctx.tr("正在反复计算名次：{n} 次", n=number.count(now.draws))):
        return Drawn(ctx, now, robust(ctx, now), frame)


def _listed(ctx: Context, names: tuple[str, ...]) -> str:
    return ctx.tr("、").join(ctx.text(word(name)) for name in names)


def answer(ctx: Context, drawn: Drawn) -> str:
    """How many neighbours can be told apart, who cannot, and what was varied."""
    pairs, sure, made = len(drawn.ahead), drawn.apart, behind.headline(ctx, drawn)
    sentences = []
    if pairs:
        shown = says("apart", number.count(sure), made["apart"], sure)
        m = says("pairs", number.count(pairs), made["pairs"], pairs)
        sentences.append(ctx.tr("{m} 对相邻名次中有 **{n}** 对可以确认先后（九成以上的抽样如此）。", m=m, n=shown))
    if drawn.turned:
        shown = says("turned", number.count(drawn.turned), made["turned"], drawn.turned)
        sentences.append(ctx.tr("另有 **{n}** 对多半相反：九成以上的抽样中后一名在前。", n=shown))
    run = together(drawn)
    if run:
        sentences.append(ctx.tr("第 {first}–{last} 名的区间相互重叠，**不宜分先后**。", first=run[0], last=run[1]))
    there = sources(ctx)
    what = ctx.tr("计入{sources}。", sources=_listed(ctx, drawn.asked.sources)) if drawn.asked.sources else ""
    if len(there) > 2 and drawn.asked.sources == there:
        what = ctx.tr("方案声明的 {n} 项不确定性全部计入。", n=len(there))
    return (" " if ctx.lang == "en" else "").join([*sentences, what])


def together(drawn: Drawn) -> tuple[int, int, str] | None:
    """First and last place of the longest stretch that cannot be told apart, and its words."""
    run = stretch(drawn.spans.drop_nulls())
    if run is None:
        return None
    return *run, drawn.ctx.tr("这 {n} 个分不出先后", n=run[1] - run[0] + 1)


def headline(ctx: Context, drawn: Drawn) -> list[Item]:
    own, made = drawn.summary, behind.headline(ctx, drawn)
    pairs = len(drawn.ahead)
    share = ctx.tr("占 {share}", share=number.share(drawn.apart / pairs, 0)) if pairs else ""
    largest = number.MISSING if own["largest"] is None else number.count(own["largest"])
    items: list[tuple[str, str, str, str, str]] = [
        ("width", ctx.tr("区间平均宽度"), number.decimal(own["width"], 1), ctx.tr("位"), ctx.tr("九成抽样落在其中")),
        ("stay", ctx.tr("保持现名次"), number.share(own["stay"]), "", ctx.tr("按抽样与评价对象平均")),
        ("shift", ctx.tr("名次平均移动"), number.decimal(own["shift"], 2), ctx.tr("位"), ""),
        ("largest", ctx.tr("最大移动"), largest, ctx.tr("位"), ctx.tr("任一对象任一次抽样")),
        ("apart", ctx.tr("可确认先后的相邻对"), number.count(drawn.apart), f"/ {number.count(pairs)}", share),
    ]
    values = {**own, "apart": float(drawn.apart)}
    under = {"apart": (made["share_apart"], drawn.apart / pairs)} if pairs else {}
    return [
        Item(label, figure, unit, line, opens=made[name], value=values[name], under=under.get(name))
        for name, label, figure, unit, line in items
    ]


def borders(ctx: Context, drawn: Drawn) -> list[tuple[str, int]]:
    """Name and last rank of each level but the last."""
    found = seats.borders(ctx, ctx.index)
    at = seats.last_ranks(found, drawn.placed["published"].to_list())
    return [(b.label, last) for b, last in zip(found, at, strict=True)]


def spans(ctx: Context, drawn: Drawn) -> str | None:
    """The interval of every rank; returns a unit that was clicked."""
    from kcz_metrics import charts

    run = together(drawn)
    wide = drawn.spans.drop_nulls().with_columns(width=pl.col("rank_high") - pl.col("rank_low")).sort("width", descending=True)
    title = ctx.tr("名次与 90% 区间")
    if run:
        title = ctx.tr("第 {first}–{last} 名连成一片，分不出先后", first=run[0], last=run[1])
    elif not wide.is_empty():
        row = wide.row(0, named=True)
        title = ctx.tr(
            "{name}的名次最不确定：第 {low}–{high} 名", name=drawn.called[row["unit"]], low=int(row["rank_low"]), high=int(row["rank_high"])
        )
    shown = ctx.tr(
        "横轴为现名次的次序，点为现名次，竖条为 {n} 次抽样中九成所在的名次；种子 {seed}",
        n=number.count(drawn.asked.draws),
        seed=drawn.asked.seed,
    )
    head.finding(title, shown)
    order = {level: i for i, level in enumerate(seats.chips(ctx, ctx.index))}
    tiers = pl.col("tier").replace_strict(order, default=None, return_dtype=pl.Int64)
    frame = drawn.placed.select(
        "unit", "rank", label=pl.col("unit").replace_strict(dict(drawn.called), return_dtype=pl.String), tier=tiers
    ).join(drawn.spans.select("unit", low="rank_low", high="rank_high"), on="unit", how="left", maintain_order="left")
    figure = charts.rank_spans(
        frame, seats=[charts.Seats(label, last) for label, last in borders(ctx, drawn)], together=run,
        focus=[ctx.unit] if ctx.unit else [], template=ctx.template, lang=ctx.lang,
    )  # fmt: skip
    return chart(ctx, figure, "robustness.spans", alt=title, opens=True)


def units(ctx: Context, drawn: Drawn) -> str | None:
    """A row a unit; returns one that was opened."""
    head.finding(
        ctx.tr("各名次的把握"),
        ctx.tr(
            "保持现名次、先于后一名都是抽样中的比例，后者 {sure} 及以上可以确认，{turned} 及以下多半相反；点按一行看这个对象",
            sure=number.share(SURE, 0),
            turned=number.share(TURNED, 0),
        ),
    )
    chips, n = seats.chips(ctx, ctx.index), len(drawn.units)
    spans_ = {row["unit"]: row for row in drawn.spans.iter_rows(named=True)}
    ahead = dict(zip(drawn.units, drawn.ahead, strict=False))
    rows: list[dict[str, Any]] = []
    for row in drawn.placed.iter_rows(named=True):
        unit, own, chip = row["unit"], spans_[row["unit"]], chips.get(row["tier"] or "")
        cells: dict[str, Any] = {
            "id": unit, "rank": int(row["rank"]), "name": drawn.called[unit], "tier": chip, "score": row["published"], "stay": own["stay"],
            "low": own["rank_low"], "mid": own["rank_mid"], "high": own["rank_high"], "ahead": ahead.get(unit), "_chosen": unit == ctx.unit,
        }  # fmt: skip
        if own["rank_low"] is not None:
            cells["interval"] = {
                "at": int(row["rank"]), "low": int(own["rank_low"]), "high": int(own["rank_high"]), "level": chip and chip["level"],
                "n": own["rank_high"] - own["rank_low"],
            }  # fmt: skip
        p = ahead.get(unit)
        if p is not None:
            cells["flags"] = [_mark(ctx, p)]
        rows.append(cells)
    cuts = [last for _, last in borders(ctx, drawn) if 0 < last < n]
    options = {"domain": [1, max(n, 2)], "ticks": [c + 0.5 for c in cuts], "marks": [1, n] if n > 1 else [1]}
    whole = {"decimals": 0}
    columns = [
        Column("rank", ctx.tr("名次"), "rank", width=54),
        Column("name", labels.unit_kind(ctx, ctx.index.unit), "name", options={"wrap": ctx.lang == "en"}),
        *([Column("tier", seats.heading(ctx, ctx.index), "tier", title=seats.meaning(ctx, ctx.index))] if chips else []),
        Column("score", ctx.tr("得分"), "number", options={"decimals": ctx.index.rank.decimals or 2}),
        Column("interval", ctx.tr("90% 区间"), "interval", width=170, options=options),
        Column("low", ctx.tr("5% 位"), "number", options=whole),
        Column("mid", ctx.tr("居中"), "number", options=whole),
        Column("high", ctx.tr("95% 位"), "number", options=whole),
        Column("stay", ctx.tr("保持现名次"), "number", options={"share": True, "decimals": 0}),
        Column("ahead", ctx.tr("先于后一名"), "number", options={"share": True, "decimals": 0}),
        Column("flags", ctx.tr("标记"), "flags"),
    ]
    return table(ctx, columns, rows, "robustness.units", label=ctx.tr("各名次的把握"), behind=behind.of_units(ctx, drawn))


def _mark(ctx: Context, ahead: float) -> dict[str, str]:
    """Whether the order of two neighbours is sure, open, or the other one in nearly all runs."""
    if ahead >= SURE:
        return {"t": ctx.tr("确在后一名之前"), "kind": "neutral"}
    if ahead <= TURNED:
        return {"t": ctx.tr("与后一名多半相反"), "kind": "rectify"}
    return {"t": ctx.tr("与后一名难分"), "kind": "watch"}


def coverage(ctx: Context) -> float | None:
    value = loading.standing(ctx)["coverage"].mean()
    return value if isinstance(value, float) else None
