"""Why a ranking changed, as a page tells it: the answer, the numbers, the alarm, every unit's change split among its causes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from kcz_metrics.locales import T, Text
from kcz_metrics.ui import address, causes, choosing, formulas, head, labels, number, states, strangers
from kcz_metrics.ui.behind import causes as behind
from kcz_metrics.ui.causes import Ends
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.head import Item
from kcz_metrics.ui.standing import names
from kcz_metrics.ui.table import Column, table

if TYPE_CHECKING:
    from kcz_metrics.analysis.change import Change

#: A cause in a few words, and in a sentence.
WORDS: Mapping[str, tuple[Text, Text]] = {
    "own": (T("自身数据"), T("自身数据的变化")),
    "others": (T("他人数据"), T("他人数据的变化")),
    "population": (T("进出"), T("参评对象的进出")),
    "revised": (T("记录更正"), T("前一端记录的更正")),
    "weights": (T("权重"), T("权重的改变")),
    "method": (T("方法"), T("方法与口径的改变")),
}
NAMED = 10
_HEIGHT = 520


@dataclass(frozen=True)
class Split:
    """The change between two ends with what the page says of it."""

    ends: Ends
    found: Change

    @property
    def ctx(self) -> Context:
        return self.ends.ctx

    @cached_property
    def causes(self) -> list[str]:
        return list(causes.game(self.ends).causes)

    @cached_property
    def wide(self) -> pl.DataFrame:
        """One row a unit: the totals, and ``score:<cause>``, ``rank:<cause>``."""
        wide = self.found.totals
        for cause in self.causes:
            own = self.found.parts.filter(pl.col("cause") == cause)
            wide = wide.join(own.select("unit", pl.col("score").alias(f"score:{cause}"), pl.col("rank").alias(f"rank:{cause}")), on="unit")
        return wide

    @cached_property
    def called(self) -> Mapping[str, str]:
        was, now = self.ends.cards
        return dict(names(was.units, self.ctx.lang)) | dict(names(now.units, self.ctx.lang))

    @cached_property
    def unsplit(self) -> pl.DataFrame:
        """``unit, rank_before, rank``: units with a rank on one side only."""
        sides = []
        for card, name in zip(self.ends.cards, ("rank_before", "rank"), strict=True):
            rows = card.scores.filter((pl.col("node") == card.index.id) & pl.col("rank").is_not_null())
            sides.append(rows.select("unit", pl.col("rank").alias(name)))
        both = sides[0].join(sides[1], on="unit", how="full", coalesce=True)
        return both.filter(pl.col("rank").is_null() != pl.col("rank_before").is_null()).sort("rank", "rank_before", nulls_last=True)

    @property
    def moved(self) -> pl.DataFrame:
        return self.found.totals.filter(pl.col("rank_change") != 0)

    @property
    def alarms(self) -> pl.DataFrame:
        return self.found.totals.filter("alarm")

    def furthest(self) -> float:
        """How far the parts of a unit are from its change, of score or rank, where they are furthest."""
        gaps = [
            (self.wide[f"{what}_change"] - self.wide.select(pl.sum_horizontal(f"{what}:{c}" for c in self.causes)).to_series()).abs().max()
            for what in ("score", "rank")
        ]
        return max((float(gap) for gap in gaps if isinstance(gap, int | float)), default=0.0)


def nothing(ctx: Context, ends: Ends | None) -> tuple[str, str] | None:
    """Why there is nothing to split, and what to do; None where there is."""
    if ends is None:
        return None
    if ends.same:
        return ctx.tr("两端相同，没有变化可拆分。"), ctx.tr("在上面选另一期、另一个快照或另一个方案。")
    if not ends.valued:
        return ctx.tr("其中一端没有列入这个指数的评价对象。"), ctx.tr("在上面换一期，或在侧栏换一个指数。")
    return None


def made(ends: Ends) -> Split:
    """The split, with a bar while it is made."""
    bar = st.empty()

    def told(done: int, of: int) -> None:
        if of > 4:
            bar.progress(done / of, ends.ctx.tr("正在拆分变化，第 {n} / {of} 种组合", n=done, of=of))

    with st.spinner(ends.ctx.tr("正在计算两端的得分")):
        causes.game(ends)
    found = Split(ends, causes.split(ends, told))
    bar.empty()
    return found


def answer(split: Split) -> str:
    """Who moved, and which cause moves ranks most."""
    ctx, totals = split.ctx, split.found.totals
    was, now = split.ends.called()
    kind = labels.many(ctx, ctx.index.unit)
    said = ctx.tr(
        "从{was}到{now}，两端都有名次的 **{n}** {units}里 **{moved}** 个名次有变", was=was, now=now, n=number.count(totals.height),
        units=kind, moved=number.count(split.moved.height),
    )  # fmt: skip
    sizes = {cause: float(split.wide[f"rank:{cause}"].abs().sum() or 0.0) for cause in split.causes}
    whole = sum(sizes.values())
    if len(sizes) < 2 or whole < 1e-9:
        return said + ctx.tr("。")
    first = max(sizes, key=sizes.__getitem__)
    return said + ctx.tr(
        "；名次变动中**{cause}**最大，占各部分绝对值合计的 {share}。",
        cause=ctx.text(WORDS[first][0]),
        share=number.share(sizes[first] / whole, 0),
    )


def numbers(split: Split) -> list[Item]:
    ctx, totals = split.ctx, split.found.totals
    opens = behind.lists(split)
    climb, fall = totals["rank_change"].max(), totals["rank_change"].min()
    items = [
        Item(ctx.tr("两端都有名次"), number.count(totals.height), "", ctx.tr("拆分的就是它们"), opens=opens["all"], value=totals.height),
        Item(ctx.tr("名次有变"), number.count(split.moved.height), "", "", opens=opens["moved"], value=split.moved.height),
    ]
    for label, most, key in ((ctx.tr("最多上升"), climb, "climb"), (ctx.tr("最多下降"), fall, "fall")):
        if isinstance(most, int | float):
            size = max(most, 0.0) if key == "climb" else max(-most, 0.0)
            items.append(Item(label, number.count(size), ctx.tr("位"), _whose(split, most, size), opens=opens[key], value=size))
    gone = split.unsplit
    items.append(
        Item(
            ctx.tr("只有一端有名次"), number.count(gone.height), "",
            ctx.tr("新进 {n}，退出 {m}", n=gone["rank_before"].null_count(), m=gone["rank"].null_count()), opens=opens["unsplit"],
            value=gone.height,
        )
    )  # fmt: skip
    if split.ends.other_scheme:
        n = split.alarms.height
        items.append(Item(ctx.tr("仅方案致名次变动"), number.count(n), "", ctx.tr("数据一概不变时"), opens=opens["alarms"], value=n))
    return items


def _whose(split: Split, most: float, size: float) -> str:
    if not size:
        return ""
    found = split.found.totals.filter(pl.col("rank_change") == most)["unit"].to_list()
    first = split.called.get(found[0], found[0])
    return first if len(found) == 1 else split.ctx.tr("{name}等 {n} 个", name=first, n=len(found))


def alarm(split: Split) -> None:
    """Says which ranks the scheme alone moved; nothing where the schemes are the same or none did."""
    ctx, found = split.ctx, split.alarms
    if found.is_empty():
        if split.ends.other_scheme:
            states.done(ctx.tr("数据一概不变时，方案的改变没有动任何一个名次。"))
        return
    worst = found.sort(pl.col("method_alone").abs().fill_null(1e9), descending=True, maintain_order=True)
    listed = [
        ctx.tr("{name}（{move}）", name=split.called.get(unit, unit), move=number.MISSING if move is None else number.move(int(move)))
        for unit, move in worst.head(NAMED).select("unit", "method_alone").iter_rows()
    ]
    more = ctx.tr("等") if found.height > NAMED else ""
    states.notice(
        ctx.tr(
            "注意：数据一概不变，仅方案的改变就使 {n} 个名次变动：{units}{more}。", n=found.height,
            units=("、" if ctx.lang == "zh" else ", ").join(listed), more=more,
        )
    )  # fmt: skip


def by(ctx: Context) -> str:
    """Whether parts of the score or of the rank are shown."""
    words = {"score": ctx.tr("得分变动"), "rank": ctx.tr("名次变动")}
    return choosing.segments("by", ctx.tr("拆分"), list(words), words.__getitem__, key="changes.by", fallback="score", hidden=True)


def units(split: Split, what: str, chosen: str | None) -> str | None:
    """Every unit with its change and the parts of it; returns a unit that was opened."""
    ctx = split.ctx
    caption = ctx.tr("名次变动大的在前；各部分相加等于变动；点按一行看它为什么变")
    head.finding(ctx.tr("每个对象的变动，按原因拆开"), caption)
    whole = split.wide.sort(pl.col("rank_change").abs(), pl.col("score_change").abs(), descending=True, maintain_order=True)
    parts = [f"{what}:{cause}" for cause in split.causes]
    widest = max((float(v) for p in parts for v in (whole[p].abs().max(),) if isinstance(v, int | float)), default=1.0) or 1.0
    places = 2 if what == "score" else 1
    alone = ctx.tr("数据一概不变、只换方案时名次的变动")
    columns = [
        Column("name", labels.unit_kind(ctx, ctx.index.unit), "name", options={"wrap": True}),
        *([Column("was", ctx.tr("原名次"), "rank")] if what == "rank" else []),
        Column("rank", ctx.tr("现名次"), "rank"),
        Column("move", ctx.tr("名次变动"), "move"),
        *(
            [
                Column("score", ctx.tr("现得分"), "number", options={"decimals": 2}),
                Column("change", ctx.tr("得分变动"), "number", options={"decimals": 2, "signed": True}),
            ]
            if what == "score"
            else []
        ),
        *(
            Column(part, ctx.text(WORDS[cause][0]), "delta", width=54, options={"decimals": places, "domain": widest})
            for part, cause in zip(parts, split.causes, strict=True)
        ),
        *([Column("alone", ctx.tr("仅方案"), "move", title=alone)] if split.ends.other_scheme else []),
    ]
    rows: list[dict[str, Any]] = [
        {
            "id": row["unit"], "name": split.called.get(row["unit"], row["unit"]), "was": int(row["rank_before"]), "rank": int(row["rank"]),
            "move": int(row["rank_change"]), "score": row["score"],
            "change": {"v": row["score_change"], "t": number.signed(row["score_change"], 2)},
            "alone": None if row["method_alone"] is None else int(row["method_alone"]),
            "_chosen": row["unit"] == chosen, **{part: row[part] for part in parts},
        }
        for row in whole.iter_rows(named=True)
    ]  # fmt: skip
    return table(
        ctx, columns, rows, f"changes.causes.{what}", label=ctx.tr("变动与原因"), height=_HEIGHT if len(rows) > 14 else None,
        behind=behind.columns(split),
    )  # fmt: skip


def proof(split: Split) -> None:
    """That the parts of every unit add up to its change."""
    ctx, gap = split.ctx, split.furthest()
    n = split.found.totals.height
    said = ctx.tr("{n} 个对象的各部分相加都等于得分与名次的变动，最大误差 {gap}", n=number.count(n), gap=f"{gap:.0e}")
    formulas.proof(said if gap < 1e-9 else ctx.tr("各部分相加与变动最多相差 {gap}", gap=f"{gap:.1e}"), gap < 1e-9)
    lost = split.wide.select(pl.any_horizontal(pl.col(f"score:{c}", f"rank:{c}").is_null().any() for c in split.causes)).item()
    if split.causes and lost:
        head.paragraph(ctx.tr("有的对象在某种组合下没有得分或名次，其各部分无从拆分，显示为“—”。"), muted=True)


def chosen(split: Split) -> str | None:
    """The unit of the address if it is split, else the one that moved most; a stranger is told."""
    strangers.unit(split.ctx)
    known = split.found.totals
    asked = address.get("unit")
    if asked in known["unit"]:
        return asked
    if known.is_empty():
        return None
    first = known.sort(pl.col("rank_change").abs(), pl.col("score_change").abs(), descending=True, maintain_order=True)
    return str(first["unit"][0])
