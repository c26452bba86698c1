"""The leaderboards: the place by a total beside the size-adjusted ranking opens to the bodies of the class with a larger total."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import polars as pl

from kcz_metrics.analysis.totals import effective_shares
from kcz_metrics.language.formula import parse
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.sources import Opening, Source, Way

if TYPE_CHECKING:
    from kcz_metrics.ui.board_parts import Board


def place(ctx: Context, board: Board, label: str, scale: float) -> Opening:
    """By unit: those of the class whose total is larger, each leading to where its total is counted. ``scale``: what totals are divided
    by to be shown."""
    name = "name_zh" if ctx.lang == "zh" else "name_en"

    def read(unit: str) -> pl.DataFrame:
        own = board.totals.filter(pl.col("unit") == unit)["total"][0]
        larger = board.totals.drop_nulls("total").filter(pl.col("total") > own).with_columns(pl.col("total") / scale)
        placed = larger.join(board.rows.select("unit", name, "rank"), on="unit", how="left")
        return placed.sort("total", "unit", descending=[True, False]).select("unit", name, "total", "rank")

    def to(row: Mapping[str, Any]) -> Way:
        return "passport", {"unit": str(row["unit"]), "index": board.index_id, "indicator": _leaf(ctx, board.measure)}

    labels = {"unit": ctx.tr("编号"), name: ctx.tr("名称"), "total": label, "rank": ctx.tr("名次")}
    return Source("", pl.DataFrame, labels=labels, read=read, leads=to).place()


def _leaf(ctx: Context, measure: str | None) -> str | None:
    """The heaviest indicator of the index that counts the measure."""
    assert ctx.scheme is not None
    shares = effective_shares(ctx.index)
    formulas = {leaf: ctx.scheme.indicators[leaf].formula for leaf in sorted(shares, key=lambda leaf: -shares[leaf])}
    return next((leaf for leaf, formula in formulas.items() if formula and measure in parse(formula).names), None)
