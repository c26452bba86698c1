"""Why a value is zero: a duty that was not reported, records that are none or do not count, or a bound of the scheme."""

from __future__ import annotations

import polars as pl

from kcz_metrics.ui import measured, number
from kcz_metrics.ui.passport_records import reason
from kcz_metrics.ui.trail import Origin, measures_of

#: Measures that are told one by one.
_MOST = 3


def reasons(origin: Origin) -> list[str]:
    """Sentences, the rule first; none where the value is not zero. A score of zero of another value is told too."""
    value, status = origin.cell["value"], str(origin.cell["status"])
    if status == "not_reported":
        return [_not_reported(origin), *_measures(origin)]
    if value != 0:
        return _at_the_lower_end(origin) if value is not None else []
    raw = origin.raw
    if raw is not None and raw != 0:
        return [_bounded(origin, raw)]
    told = _measures(origin)
    if not told:
        return [origin.ctx.tr("为什么是 0：公式的各部分相抵。")]
    return [origin.ctx.tr("为什么是 0：{why}", why=told[0]), *told[1:]]


def _not_reported(origin: Origin) -> str:
    """The scheme counts a duty without an answer as zero; else it would be a missing value."""
    return origin.ctx.tr(
        "为什么是 0：这是应尽的义务（方案中 {id} 的 duty: true），本期没有可算的数，按缺报计 0，不当作缺值。", id=origin.id
    )


def _bounded(origin: Origin, raw: float) -> str:
    ctx, indicator = origin.ctx, origin.indicator
    shown = number.value(raw, indicator, ctx.lang)
    if indicator.floor is not None and raw < indicator.floor:
        return ctx.tr("为什么是 0：公式结果 {raw} 低于方案的下限 {bound}，按下限计。", raw=shown, bound=number.decimal(indicator.floor, 2))
    if indicator.cap is not None and raw > indicator.cap:
        return ctx.tr("为什么是 0：公式结果 {raw} 高于方案的上限 {bound}，按上限计。", raw=shown, bound=number.decimal(indicator.cap, 2))
    return ctx.tr("为什么是 0：公式结果 {raw} 经小样本收缩为 0。", raw=shown)


def _measures(origin: Origin) -> list[str]:
    """The measures of the formula that are zero or missing, and what became of their records."""
    empty = [name for name in measures_of(origin.formula) if not origin.measure(name)]
    return [_measure(origin, name) for name in dict.fromkeys(empty)][:_MOST]


def _measure(origin: Origin, name: str) -> str:
    ctx = origin.ctx
    called, value = measured.measure_name(ctx, name), origin.measure(name)
    rows = measured.records(ctx, name, origin.trail.unit)
    left = rows.filter(~pl.col("_counted"))
    shown = number.MISSING if value is None else number.decimal(value, 0)
    if rows.is_empty():
        return ctx.tr("{name} {value}：本期没有一条相关记录。", name=called, value=shown)
    if left.height < rows.height:
        counted = number.count(rows.height - left.height)
        return ctx.tr("{name} {value}：计入 {n} 条，相加为 0。", name=called, value=shown, n=counted)
    by = left.group_by("_reason").len().sort("len", "_reason", descending=[True, False])
    told = ctx.tr("，").join(ctx.tr("{reason} {n} 条", reason=reason(ctx, code), n=number.count(n)) for code, n in by.iter_rows())
    return ctx.tr(
        "{name} {value}：有 {n} 条相关记录，都不计入（{reasons}）。", name=called, value=shown, n=number.count(rows.height), reasons=told
    )


def _at_the_lower_end(origin: Origin) -> list[str]:
    """A value that is none of zero and scores nothing, which a reader sees as a zero all the same."""
    ctx, index = origin.ctx, origin.trail.card.index
    score, _ = origin.stage("normalised")
    if score is None or score > index.scale.lower:
        return []
    method = (origin.indicator.normalise or index.normalise).method
    from kcz_metrics.ui.passport_stages import method_name

    end = ctx.tr("上端") if origin.indicator.direction == "down" else ctx.tr("下端")
    said = ctx.tr(
        "为什么得 {score} 分：值在标准化（{method}）的{end}或其外，得最低分。",
        score=number.decimal(score, 0), method=method_name(ctx, "normalise", method), end=end,
    )  # fmt: skip
    return [said]
