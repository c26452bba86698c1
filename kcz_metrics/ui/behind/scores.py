"""Scores, ranks and measures: they open in the passport, or to the rows of a ranking or a fact that they are taken over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from kcz_metrics.ui import loading, measured, seats
from kcz_metrics.ui.behind import days, during, valid
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.sources import Behind, Change, Leads, Opening, Source, Way
from kcz_metrics.ui.standing import names


def passport(ctx: Context, index_id: str | None = None) -> Behind:
    """The columns of a ranking: the score, and each pillar's, by unit; the rank opens to those before, the move to both ranks."""
    assert ctx.scheme is not None
    index = ctx.scheme.indices[index_id or ctx.index_id]

    def to(node: str | None) -> Leads:
        return Leads(lambda unit: ("passport", {"unit": unit, "index": index.id, "indicator": node}))

    scores: dict[str, Opening | Leads] = {"score": to(None), **{f"node:{child.id}": to(child.id) for child in index.tree.children}}
    return {**scores, **places(ctx, index.id)}


def indicators(ctx: Context, unit: str) -> Behind:
    """What a unit has of each indicator: the passport takes it apart."""
    to: Mapping[str, Any] = {leaf: Leads(_indicator(ctx, unit)) for leaf in ctx.index.leaves}
    return dict.fromkeys(("value", "n", "normalised", "contribution"), to)


def _indicator(ctx: Context, unit: str) -> Callable[[str], Way]:
    return lambda leaf: ("passport", {"unit": unit, "index": ctx.index_id, "indicator": leaf})


def beside(ctx: Context, unit: str) -> Behind:
    """Units beside one: score, rank and move as in the ranking, and by how much each score is above that of the one."""
    own = _all(ranked(ctx, lambda: loading.standing(ctx).filter(pl.col("unit") == unit)))
    other = ranked(ctx, lambda: loading.standing(ctx), "unit")
    called = names(loading.standing(ctx), ctx.lang)
    return {**passport(ctx), "gap": Change(other.sum("published"), own.sum("published"), sides=(ctx.tr("相比的对象"), called[unit]))}


def places(ctx: Context, index_id: str) -> dict[str, Opening]:
    """The rank of a unit among its group and the places it gained since the period before; none where ties are not counted from 1."""
    assert ctx.scheme is not None
    if ctx.scheme.indices[index_id].rank.ties != "competition":
        return {}
    rank = _before(ctx, index_id, ctx.period).place()
    earlier = [period for period in ctx.periods if period < ctx.period]
    sides = ctx.tr("原先"), ctx.tr("现在")
    moved = {"move": Change(_before(ctx, index_id, earlier[-1]).place(), rank, sides=sides)} if earlier else {}
    return {"rank": rank, **moved}


def place_in(ctx: Context, period: str) -> Opening | None:
    """The rank in a period; None where ties are not counted from 1."""
    return _before(ctx, ctx.index_id, period).place() if ctx.index.rank.ties == "competition" else None


def intervals(ctx: Context) -> Behind:
    """The interval of a rank: the page on certainty, where each end opens to the runs."""
    codes = {"part": "unit", "index": ctx.index_id}
    return {"interval": Leads(lambda unit: ("robustness", {**codes, "unit": unit}))}


def _before(ctx: Context, index_id: str, period: str) -> Source:
    """The units of a unit's group that stand before it, by the published score, or by the score at 12 digits where none is published."""
    assert ctx.scheme is not None
    by = "published" if ctx.scheme.indices[index_id].rank.decimals is not None else "score"

    def read(unit: str) -> pl.DataFrame:
        whole = loading.standing(ctx, index_id, period)
        own = whole.filter(pl.col("unit") == unit).row(0, named=True)
        others = whole.filter(pl.col("rank").is_not_null(), pl.col("group").eq_missing(pl.lit(own["group"], pl.String)))
        return others.filter(pl.col(by).round_sig_figs(12) > round_figures(own[by])).with_columns(board=pl.lit(index_id))

    return replace(ranked(ctx, lambda: loading.standing(ctx, index_id, period)), read=read)


def round_figures(score: float) -> float:
    """As scores are compared: 12 significant digits."""
    return float(pl.Series([score]).round_sig_figs(12)[0])


def of_measure(ctx: Context, measure: str, scale: float) -> Opening | None:
    """A measure by unit: the records of its fact that count; None where no single record adds to it."""
    from kcz_metrics.facts import FACTS

    assert ctx.scheme is not None
    declared = ctx.scheme.measures[measure]
    if declared.agg not in ("count", "sum") or declared.at_least is not None:
        return None
    fact = FACTS[declared.fact]
    labels = {name: column.label.in_(ctx.lang) for name, column in fact.columns.items()} | {"_contribution": ctx.tr("计入数额")}
    counted = Source("", pl.DataFrame, labels=labels, read=lambda unit: measured.records(ctx, measure, unit).filter("_counted"))
    return counted.sum("_contribution", scale=scale)


def stages(ctx: Context, bodies: list[str]) -> dict[str, Opening]:
    """Dockings of the period that these bodies were given, by the stage they got to at least."""
    source = Source("docking", valid(ctx, "docking", pl.col("provider_org_id").is_in(bodies), during("assigned_at", *days(ctx))))
    return {str(stage): source.count(pl.col("stage") >= stage) for stage in range(1, 7)}


def ranked(ctx: Context, rows: Callable[[], pl.DataFrame], by: str = "") -> Source:
    """Units with a rank, each leading to its profile."""
    name = "name_zh" if ctx.lang == "zh" else "name_en"
    labels = {
        "unit": ctx.tr("编号"),
        name: ctx.tr("名称"),
        "rank": ctx.tr("名次"),
        "score": ctx.tr("得分"),
        "published": ctx.tr("公布得分"),
        "coverage": ctx.tr("覆盖率"),
    }

    def to(row: Mapping[str, Any]) -> Way:
        return "profile", {"unit": str(row["unit"]), "index": row.get("board") or ctx.index_id}

    return Source("", lambda: rows().filter(pl.col("rank").is_not_null()), by, labels=labels, leads=to)


def middle(ctx: Context, rows: Callable[[], pl.DataFrame], node: str) -> Opening:
    """The median of the ranked units in a node."""
    source = ranked(ctx, rows)
    return replace(source, labels={**source.labels, f"node:{node}": ctx.name(node)}).median(f"node:{node}")


def moved(ctx: Context, rows: Callable[[], pl.DataFrame], least: int) -> Opening:
    """Units whose rank moved by that many places or more since the period before."""
    source = ranked(ctx, rows)
    labels = {**source.labels, "rank_before": ctx.tr("上期名次")}
    return replace(source, labels=labels).count((pl.col("rank_before") - pl.col("rank")).abs() >= least)


def levels(ctx: Context, rows: Callable[[], pl.DataFrame]) -> Behind:
    """The ranked units of each level; those that came into it and left it since the period before, from both periods' rankings."""
    placed = {"units": ranked(ctx, rows, "tier").count()}
    earlier = [period for period in ctx.periods if period < ctx.period]
    if not earlier:
        return placed
    name = "name_zh" if ctx.lang == "zh" else "name_en"

    def of(period: str) -> pl.DataFrame:
        return loading.standing(ctx, period=period).select("unit", name, "tier")

    def in_words(rows: pl.DataFrame) -> pl.DataFrame:
        called = {} if ctx.index.tiers is None else {one.id: ctx.text(one.name, one.id) for one in ctx.index.tiers.levels}
        shown = {"level": "tier", "level_before": "was"}
        return rows.with_columns(pl.col(c).replace_strict(called, default=None, return_dtype=pl.String).alias(n) for n, c in shown.items())

    def came() -> pl.DataFrame:
        then = of(earlier[-1]).select("unit", was="tier")
        return in_words(of(ctx.period).join(then, on="unit", how="left", maintain_order="left"))

    def left() -> pl.DataFrame:
        then = of(earlier[-1]).rename({"tier": "was"})
        return in_words(then.join(of(ctx.period).select("unit", "tier"), on="unit", how="left", maintain_order="left"))

    labels = {"unit": ctx.tr("编号"), name: ctx.tr("名称"), "level": seats.heading(ctx, ctx.index), "level_before": ctx.tr("较早一期")}

    def to(row: Mapping[str, Any]) -> Way:
        return "profile", {"unit": str(row["unit"]), "index": ctx.index_id}

    other = pl.col("tier").ne_missing(pl.col("was"))
    return {
        **placed,
        "came": Source("", came, "tier", labels=labels, leads=to).count(other),
        "left": Source("", left, "was", labels=labels, leads=to).count(other),
    }


def of_indices(ctx: Context, index_ids: list[str]) -> Behind:
    """What each index lists and ranks, a row an index."""

    def source(index_id: str) -> Source:
        return ranked(ctx, lambda: loading.standing(ctx, index_id).with_columns(board=pl.lit(index_id)))

    def listed(index_id: str) -> Source:
        return replace(source(index_id), rows=lambda: loading.standing(ctx, index_id).with_columns(board=pl.lit(index_id)))

    return {
        "listed": {i: _all(listed(i)).count() for i in index_ids}, "ranked": {i: _all(source(i)).count() for i in index_ids},
        "median": {i: _all(source(i)).median("score") for i in index_ids},
        "coverage": {i: _all(source(i)).mean("coverage") for i in index_ids},
        "leaves": Leads(lambda index_id: ("weights", {"index": index_id})),
    }  # fmt: skip


def _all(source: Source) -> Source:
    """All rows of the source, whatever row of the table stands for them."""
    return replace(source, read=lambda _: source.rows())


def unplaced(ctx: Context, rows: Callable[[], pl.DataFrame]) -> Opening:
    """Units without a rank."""
    source = ranked(ctx, rows)
    return replace(source, rows=lambda: rows().filter(pl.col("rank").is_null())).count()


def row_of(kind: str, unit: str, index_id: str) -> Way:
    """The row of a unit in its ranking: found by its id, or on the boards picked."""
    page = {"city": "cities", "team": "teams"}.get(kind, "boards")
    return page, {"unit": unit, "index": index_id, "q": None if page == "boards" else unit}


def targets(ctx: Context, rows: Callable[[], pl.DataFrame]) -> Source:
    """Targets of the year: ``target, name, state``; each leads to itself."""
    labels = {"target": ctx.tr("编号"), "name": ctx.tr("目标名称"), "state": ctx.tr("状态")}
    return Source("", rows, labels=labels, leads=lambda row: ("targets", {"target": str(row["target"])}))
