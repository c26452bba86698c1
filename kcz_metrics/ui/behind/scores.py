"""Scores, ranks and measures: they open in the passport, or to the rows of a ranking or a fact that they are taken over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from kcz_metrics.ui import measured
from kcz_metrics.ui.behind import days, during, valid
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.sources import Behind, Leads, Opening, Source, Way


def passport(ctx: Context, index_id: str | None = None) -> Behind:
    """The columns of a ranking: the score, and each pillar's, by unit."""
    assert ctx.scheme is not None
    index = ctx.scheme.indices[index_id or ctx.index_id]

    def to(node: str | None) -> Leads:
        return Leads(lambda unit: ("passport", {"unit": unit, "index": index.id, "indicator": node}))

    return {"score": to(None), **{f"node:{child.id}": to(child.id) for child in index.tree.children}}


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
    }

    def to(row: Mapping[str, Any]) -> Way:
        return "profile", {"unit": str(row["unit"]), "index": row.get("board") or ctx.index_id}

    return Source("", lambda: rows().filter(pl.col("rank").is_not_null()), by, labels=labels, leads=to)


def row_of(kind: str, unit: str, index_id: str) -> Way:
    """The row of a unit in its ranking: found by its id, or on the boards picked."""
    page = {"city": "cities", "team": "teams"}.get(kind, "boards")
    return page, {"unit": unit, "index": index_id, "q": None if page == "boards" else unit}


def flags(ctx: Context, rows: Callable[[], pl.DataFrame], by: str = "") -> dict[str, Opening]:
    """Doubtful records by state: ``flag, rule, state, code, subject``; each leads to itself."""
    labels = {"flag": ctx.tr("编号"), "rule": ctx.tr("规则"), "state": ctx.tr("状态"), "subject": ctx.tr("涉及")}
    source = Source("", rows, by, labels=labels, leads=lambda row: ("flags", {"flag": str(row["flag"])}))
    of_each = Source("", lambda: rows().explode("subject"), by, labels=labels, leads=source.leads)
    states = {state: source.count(pl.col("code") == state) for state in ("open", "confirmed", "cleared")}
    return {**states, "subjects": of_each.distinct("subject", pl.col("code") == "open")}


def targets(ctx: Context, rows: Callable[[], pl.DataFrame]) -> Source:
    """Targets of the year: ``target, name, state``; each leads to itself."""
    labels = {"target": ctx.tr("编号"), "name": ctx.tr("目标名称"), "state": ctx.tr("状态")}
    return Source("", rows, labels=labels, leads=lambda row: ("targets", {"target": str(row["target"])}))
