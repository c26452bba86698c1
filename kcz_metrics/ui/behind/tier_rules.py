"""The rules of a move in the tier review, and the probabilities of the tiers: each opens to the rows that it is worked out from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import polars as pl

from kcz_metrics.ui import reviewing, seats
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.sources import Change, Opening, Part, Source, Way, Worked

if TYPE_CHECKING:
    from kcz_metrics.decisions.ruling import Sitting


def landing(ctx: Context, sitting: Sitting, unit: str, level: str) -> Opening:
    """The share of draws after which the unit is in the level."""
    names = {code: chip["t"] for code, chip in seats.chips(ctx, ctx.index).items()}
    labels = {"draw": ctx.tr("抽样"), "smoothed": ctx.tr("平滑得分"), "tier": ctx.tr("本轮后层级")}

    def rows() -> pl.DataFrame:
        found = reviewing.landings(ctx, sitting, unit)
        return found.with_columns(pl.col("tier").replace_strict(names, default=None, return_dtype=pl.String))

    return Source("", rows, labels=labels).share(pl.col("tier") == names[level])


def checked(ctx: Context, sitting: Sitting, unit: str, way: str, aim: str | None) -> Mapping[str, Opening]:
    """Name of a rule to what its number opens to; ``way`` up or down, ``aim`` the level that it leads to."""
    own = sitting.found.frame.filter(pl.col("unit") == unit)
    t = sitting.rounds.periods.index(sitting.last.period)
    found: dict[str, Opening] = {
        "score": smoothed(ctx, sitting, unit, t), "rounds": _rounds(ctx, own, f"{'high' if way == 'up' else 'low'}_rounds"),
        "seats": _place(ctx, sitting, unit), "buffer": _place(ctx, sitting, unit), "pillars": _pillars(ctx, sitting, unit, t),
    }  # fmt: skip
    if t:
        found["gain"] = Change(smoothed(ctx, sitting, unit, t), smoothed(ctx, sitting, unit, t - 1))
    if aim is not None:
        found["certainty"] = landing(ctx, sitting, unit, aim)
    return found


def _passport(ctx: Context, unit: str) -> Callable[[Mapping[str, Any]], Way]:
    def to(row: Mapping[str, Any]) -> Way:
        return "passport", {"unit": unit, "index": ctx.index_id, "period": str(row["period"]), "indicator": row.get("pillar")}

    return to


def smoothed(ctx: Context, sitting: Sitting, unit: str, t: int) -> Part:
    """The scores of the period and the one before, by their weights."""
    smooth, rounds, at = sitting.policy.smooth, sitting.rounds, sitting.rounds.units.index(unit)

    def rows() -> pl.DataFrame:
        weights = [(t, 1.0 if smooth is None else smooth.now)] + ([(t - 1, smooth.before)] if smooth is not None and t else [])
        lines = [(rounds.periods[n], float(rounds.score[n, at]), weight) for n, weight in weights]
        frame = pl.DataFrame(lines, schema={"period": pl.String, "score": pl.Float64, "weight": pl.Float64}, orient="row")
        return frame.filter(pl.col("score").is_not_nan())

    def work(found: pl.DataFrame) -> float | None:
        lines = found.select("score", "weight").rows()
        return sum(score * weight for score, weight in lines) / sum(weight for _, weight in lines) if lines else None

    labels = {"period": ctx.tr("评价期"), "score": ctx.tr("得分"), "weight": ctx.tr("权重")}
    return Worked(Source("", rows, labels=labels, leads=_passport(ctx, unit)), work=work, told=ctx.tr("按权重平均"))


def _rounds(ctx: Context, own: pl.DataFrame, counter: str) -> Part:
    """The rounds in a row, the last one first, in which the unit was high, or low, in the tier that it is in."""

    def rows() -> pl.DataFrame:
        lines = list(own.iter_rows(named=True))[::-1]
        kept = []
        for line in lines:
            if not line[counter] or line["tier_before"] != lines[0]["tier_before"]:
                break
            kept.append(line["period"])
        return own.filter(pl.col("period").is_in(kept)).select("period", "smoothed", "promotion_bar", "exit_bar", "place")

    labels = {
        "period": ctx.tr("评价期"), "smoothed": ctx.tr("平滑得分"), "promotion_bar": ctx.tr("升级线"), "exit_bar": ctx.tr("退出线"),
        "place": ctx.tr("位次"),
    }  # fmt: skip
    return Source("", rows, labels=labels).count()


def _place(ctx: Context, sitting: Sitting, unit: str) -> Part:
    """Those in a tier whose smoothed score is higher."""
    names = {code: chip["t"] for code, chip in seats.chips(ctx, ctx.index).items()}
    mine = sitting.rows.row(by_predicate=pl.col("unit") == unit, named=True)["smoothed"]

    def rows() -> pl.DataFrame:
        from kcz_metrics.ui.tier_parts import names as called

        before = sitting.rows.filter(pl.col("tier_before").is_not_null(), pl.col("smoothed").round_sig_figs(12) > round(mine, 10))
        return before.sort("smoothed", "unit", descending=[True, False]).select(
            "unit", pl.col("unit").replace_strict(dict(called(ctx)), default=pl.col("unit"), return_dtype=pl.String).alias("name"),
            "smoothed", pl.col("tier_before").replace_strict(names, default=None, return_dtype=pl.String),
        )  # fmt: skip

    def to(row: Mapping[str, Any]) -> Way:
        return "tiers", {"unit": str(row["unit"])}

    labels = {"unit": ctx.tr("编号"), "name": ctx.tr("名称"), "smoothed": ctx.tr("平滑得分"), "tier_before": ctx.tr("原层级")}
    return Source("", rows, labels=labels, leads=to).place()


def _pillars(ctx: Context, sitting: Sitting, unit: str, t: int) -> Part:
    """The scores of the unit's pillars, of which the lowest counts."""
    rounds, at = sitting.rounds, sitting.rounds.units.index(unit)

    def rows() -> pl.DataFrame:
        lines = [(rounds.periods[t], pillar, ctx.name(pillar), float(scores[t, at])) for pillar, scores in rounds.pillars.items()]
        return pl.DataFrame(lines, schema={"period": pl.String, "pillar": pl.String, "name": pl.String, "score": pl.Float64}, orient="row")

    def work(found: pl.DataFrame) -> float | None:
        return min(found["score"].to_list(), default=None)

    labels = {"period": ctx.tr("评价期"), "pillar": ctx.tr("编号"), "name": ctx.tr("维度"), "score": ctx.tr("得分")}
    return Worked(Source("", rows, labels=labels, leads=_passport(ctx, unit)), work=work, told=ctx.tr("取最低的"))
