"""Why a ranking changed: a part opens to the orders in which its cause may come in, a change to its parts, a score to the passport."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import polars as pl

from kcz_metrics.ui import causes, loading
from kcz_metrics.ui.causes import End, Ends
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.sources import Behind, Change, Leads, Opening, Part, Source, Way

if TYPE_CHECKING:
    from kcz_metrics.scoring.scorecard import Scorecard
    from kcz_metrics.ui.cause_parts import Split


def _labels(ctx: Context) -> dict[str, str]:
    """Columns of the totals in words."""
    return {
        "unit": ctx.tr("编号"), "name": ctx.tr("名称"), "rank_before": ctx.tr("原名次"), "rank": ctx.tr("现名次"),
        "rank_change": ctx.tr("名次变动"), "score_before": ctx.tr("原得分"), "score": ctx.tr("现得分"), "score_change": ctx.tr("得分变动"),
        "method_alone": ctx.tr("仅方案"),
    }  # fmt: skip


def lists(split: Split) -> dict[str, Opening]:
    """The units that the headline counts, each leading to its profile."""
    ctx, totals = split.ctx, split.found.totals

    def named(rows: pl.DataFrame) -> pl.DataFrame:
        return rows.with_columns(name=pl.col("unit").replace_strict(split.called, default=pl.col("unit")))

    def to(row: Mapping[str, Any]) -> Way:
        return "profile", {"unit": str(row["unit"])}

    def source(rows: Callable[[], pl.DataFrame]) -> Source:
        return Source("", rows, labels=_labels(ctx), leads=to)

    every = source(lambda: named(totals))
    return {
        "all": every.count(),
        "moved": every.count(pl.col("rank") != pl.col("rank_before")),
        "climb": source(lambda: named(totals.with_columns(rank_change=pl.col("rank_before") - pl.col("rank")))).max("rank_change"),
        "fall": source(lambda: named(totals.with_columns(rank_change=pl.col("rank") - pl.col("rank_before")))).max("rank_change"),
        "unsplit": source(lambda: named(split.unsplit)).count(),
        "alarms": every.count(pl.col("method_alone").is_null() | (pl.col("method_alone") != 0)),
    }


def way(end: End, unit: str, node: str | None = None) -> Way:
    """To the passport of a unit's number as this end has it."""
    assert end.ctx.snapshot is not None
    newest = end.ctx.snapshots[0].id == end.ctx.snapshot.id
    snapshot = None if newest else end.ctx.snapshot.id[:12]
    return "passport", {"unit": unit, "index": end.ctx.index_id, "period": end.ctx.period, "indicator": node, "snapshot": snapshot}


def to_node(end: End, unit: str, node: str) -> Way:
    return way(end, unit, node if node in end.ctx.index.leaves else None)


def in_force(end: End) -> bool:
    """Whether the other pages show this end: they know the scheme in force alone."""
    return end.ctx.digest == loading.digest()


def columns(split: Split) -> Behind:
    """The columns of the table of units, by unit."""
    ctx, ends = split.ctx, split.ends
    made: dict[str, Opening | Leads] = {**places(ends)}
    rank_was, rank_now = made["was"], made["rank"]
    assert isinstance(rank_was, Part)
    assert isinstance(rank_now, Part)
    made["move"] = Change(rank_was, rank_now, sides=(ctx.tr("原先"), ctx.tr("现在")))
    made["score"] = Leads(partial(way, ends.now)) if in_force(ends.now) else contributions(ends.now).sum("contribution")
    parts = Source(
        "", pl.DataFrame, labels={"cause": ctx.tr("原因"), "score": ctx.tr("得分变动"), "rank": ctx.tr("名次变动")},
        read=lambda unit: _parts(split, unit),
    )  # fmt: skip
    made["change"] = parts.sum("score")
    for cause in split.causes:
        orders = _orders(split, cause)
        made |= {f"score:{cause}": orders.sum("score_part"), f"rank:{cause}": orders.sum("rank_part")}
    return made


def _parts(split: Split, unit: str) -> pl.DataFrame:
    from kcz_metrics.ui.cause_parts import WORDS

    words = {cause: split.ctx.text(WORDS[cause][1]) for cause in split.causes}
    rows = split.found.parts.filter(pl.col("unit") == unit)
    return rows.select(pl.col("cause").replace_strict(words), "score", "rank")


def _orders(split: Split, cause: str) -> Source:
    """What the cause moves after each set of the others, weighted by how many of all orders that is; scored again for the unit."""
    from kcz_metrics.analysis.change import marginal
    from kcz_metrics.ui.cause_parts import WORDS

    ctx = split.ctx
    between = "、" if ctx.lang == "zh" else ", "

    def said(already: str) -> str:
        names = [ctx.text(WORDS[one][0]) for one in already.split("+") if one]
        return between.join(names) if names else ctx.tr("都还没有变")

    def read(unit: str) -> pl.DataFrame:
        rows = marginal(causes.game(split.ends), unit, cause)
        return rows.with_columns(already=pl.col("already").map_elements(said, return_dtype=pl.String))

    labels = {
        "already": ctx.tr("此前已变的"), "times": ctx.tr("占各种次序"), "score_before": ctx.tr("变前得分"), "score": ctx.tr("变后得分"),
        "score_part": ctx.tr("计入得分变动"), "rank_before": ctx.tr("变前名次"), "rank": ctx.tr("变后名次"),
        "rank_part": ctx.tr("计入名次变动"),
    }  # fmt: skip
    return Source("", pl.DataFrame, labels=labels, read=read)


def places(ends: Ends) -> dict[str, Opening | Leads]:
    """The ranks of a unit at both ends: those of its group that stand before it there."""
    return {name: placed(ends.ctx, end.card).place() for name, end in (("was", ends.was), ("rank", ends.now))}


def placed(ctx: Context, card: Callable[[], Scorecard]) -> Source:
    """The units of a unit's group before it in a scorecard, by the published score, or by the score at 12 digits where none is."""
    name = "name_zh" if ctx.lang == "zh" else "name_en"

    def read(unit: str) -> pl.DataFrame:
        found = card()
        by = "published" if found.index.rank.decimals is not None else "score"
        rows = found.scores.filter((pl.col("node") == found.index.id) & pl.col("rank").is_not_null())
        own = rows.filter(pl.col("unit") == unit)
        others = rows.filter(pl.col("group").eq_missing(pl.lit(own["group"][0], pl.String)))
        bar = own[by].round_sig_figs(12)[0]
        before = others.filter(pl.col(by).round_sig_figs(12) > bar).sort(by, descending=True)
        return before.join(found.units.select("unit", name), on="unit", how="left", maintain_order="left")

    labels = {
        "unit": ctx.tr("编号"),
        name: ctx.tr("名称"),
        "rank": ctx.tr("名次"),
        "score": ctx.tr("得分"),
        "published": ctx.tr("公布得分"),
    }
    return Source("", pl.DataFrame, labels=labels, read=read, leads=lambda row: ("profile", {"unit": str(row["unit"])}))


def explained(end: End, unit: str) -> pl.DataFrame:
    """What made the unit's score at this end."""
    from kcz_metrics.analysis.explain import explain

    if end.ctx.digest == end.values.digest:
        return loading.explained(end.ctx, unit)
    return explain(end.card(), unit)


def contributions(end: End) -> Source:
    """Of a unit the contributions that its score is made of."""
    ctx = end.ctx
    labels = {
        "node": ctx.tr("编号"), "named": ctx.tr("指标"), "value": ctx.tr("值"), "weight": ctx.tr("占全体"),
        "contribution": ctx.tr("贡献"),
    }  # fmt: skip

    def read(unit: str) -> pl.DataFrame:
        rows = explained(end, unit).filter("is_leaf")
        return rows.with_columns(named=pl.col("node").map_elements(ctx.name, return_dtype=pl.String))

    return Source("", pl.DataFrame, labels=labels, read=read)


def contribution(split: Split, unit: str) -> dict[str, Opening | Leads]:
    """The columns of the table of indicators, by node: values and contributions lead to the passport, where it shows that end."""
    ends = split.ends

    def of(end: End) -> Part:
        inner = contributions(end)
        assert inner.read is not None
        read = inner.read
        return Source("", pl.DataFrame, labels=inner.labels, read=lambda node: read(unit).filter(pl.col("node") == node)).sum(
            "contribution"
        )

    made: dict[str, Opening | Leads] = {"change": Change(of(ends.now), of(ends.was))}
    for end, names in ((ends.was, ("before", "was")), (ends.now, ("value", "now"))):
        for name in names:
            if in_force(end):
                made[name] = Leads(partial(to_node, end, unit))
            elif name in ("was", "now"):
                made[name] = of(end)
    return made


def weights(split: Split) -> Behind:
    """A weight leads to the indicator's page of the handbook, where the scheme in force has it."""
    assert split.ctx.scheme is not None
    to = Leads(lambda indicator: ("indicators", {"indicator": indicator}))
    shown = [name for name, end in (("was", split.ends.was), ("now", split.ends.now)) if in_force(end)]
    return dict.fromkeys(shown, to)
