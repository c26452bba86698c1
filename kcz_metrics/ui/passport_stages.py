"""The passport's last numbers: what was done to a value on its way to a contribution, stage by stage, and by which method."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from kcz_metrics.locales import T, Text
from kcz_metrics.ui import formulas, head, number, states
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.table import Column, table
from kcz_metrics.ui.trail import Origin, Stage, close


def passed(origin: Origin) -> list[Stage]:
    """From the formula to the contribution, one stage after another; stages that do not apply are left out."""
    ctx, indicator, index = origin.ctx, origin.indicator, origin.trail.card.index
    raw, shown = origin.raw, origin.cell["value"]
    found = [Stage(ctx.tr("公式结果"), raw, "")]
    if indicator.shrink is not None:
        found.append(
            Stage(
                ctx.tr("小样本收缩"),
                origin.shrinking[3] if origin.shrinking else None,
                ctx.tr(
                    "强度 {m}，向{group}靠拢",
                    m=number.count(indicator.shrink.strength),
                    group=ctx.tr("同组") if indicator.shrink.toward == "group" else ctx.tr("全体"),
                ),
            )
        )
    if indicator.floor is not None or indicator.cap is not None:
        bounds = "–".join(number.decimal(v, 2) if v is not None else "" for v in (indicator.floor, indicator.cap))
        found.append(Stage(ctx.tr("上下限"), shown, bounds))
    found.append(Stage(ctx.tr("计分用值"), shown, ctx.text(_status(ctx, str(origin.cell["status"])))))
    if indicator.denominate is not None:
        found.append(Stage(ctx.tr("按规模折算"), origin.stage("denominated")[0], indicator.denominate.by))
    value, status = origin.stage("imputed")
    if status == "imputed":
        method = method_name(ctx, "impute", (indicator.impute or index.impute).method)
        found.append(Stage(ctx.tr("估算补值"), value, _filled_from(origin, method)))
    value, status = origin.stage("treated")
    treat = method_name(ctx, "treat", (indicator.treat or index.treat).method)
    how_treated = ("；" if ctx.lang == "zh" else "; ").join(x for x in (indicator.transform or "", treat, _mark(ctx, status)) if x)
    found.append(Stage(ctx.tr("异常值处理"), value, how_treated))
    value, _ = origin.stage("normalised")
    chosen = indicator.normalise or index.normalise
    found.append(
        Stage(ctx.tr("标准化"), value, method_name(ctx, "normalise", chosen.method) + parameters_said(ctx, chosen.parameters), scale=True)
    )
    row = origin.trail.at[origin.id]
    weight = ctx.tr("× 占全体的权重 {weight}", weight=number.share(row["weight"], 3))
    whole = origin.trail.at[index.id]["contribution"]
    if row["contribution"] is not None and whole:
        weight = ctx.tr("{weight}；占总分 {share}", weight=weight, share=number.share(row["contribution"] / whole))
    found.append(Stage(ctx.tr("贡献"), row["contribution"], weight, scale=True))
    return found


def _filled_from(origin: Origin, method: str) -> str:
    """By which method a missing value was filled in, and from what."""
    rows = origin.trail.card.imputations.filter((pl.col("unit") == origin.trail.unit) & (pl.col("indicator") == origin.id))
    basis = rows["basis"][0] if rows.height else ""
    return origin.ctx.tr("{method}，依据 {basis}", method=method, basis=basis) if basis else method


def method_name(ctx: Context, family: str, name: str) -> str:
    from kcz_metrics.methods import FAMILIES

    entry = FAMILIES[family].get(name)
    return ctx.text(entry.label) if entry is not None else name


_PARAMETERS: Mapping[str, Text] = MappingProxyType(
    {
        "lower": T("下限"),
        "upper": T("上限"),
        "over": T("参照"),
        "base": T("基期"),
        "lower_quantile": T("下分位"),
        "upper_quantile": T("上分位"),
        "max_points": T("至多拉回点数"),
        "poor": T("不满意值"),
        "good": T("满意值"),
        "target": T("目标"),
        "cap": T("封顶"),
        "reference": T("参照对象"),
        "truncate": T("超出截断"),
        "steps": T("分档"),
    }
)


def parameters_said(ctx: Context, given: Mapping[str, object]) -> str:
    """The parameters of a method in brackets; nothing where it has none."""
    if not given:
        return ""
    pairs = [f"{ctx.text(_PARAMETERS[k]) if k in _PARAMETERS else k} {_said(ctx, v)}" for k, v in given.items()]
    inner = ctx.tr("，").join(pairs)
    return f"（{inner}）" if ctx.lang == "zh" else f" ({inner})"


def _said(ctx: Context, value: object) -> str:
    words = {
        "base_period": ctx.tr("基期"),
        "all_periods": ctx.tr("各期"),
        "period": ctx.tr("本期"),
        True: ctx.tr("是"),
        False: ctx.tr("否"),
    }
    if isinstance(value, str | bool) and value in words:
        return words[value]
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def _mark(ctx: Context, status: str) -> str:
    words = {
        "lowered": ctx.tr("极大值已拉回"),
        "raised": ctx.tr("极小值已拉回"),
        "transformed": ctx.tr("已变换"),
        "undefined": ctx.tr("无从判断，保持原值"),
    }
    return words.get(status, "")


def _status(ctx: Context, status: str) -> str | Text:
    words = {
        "ok": ctx.tr("正常"),
        "zero": ctx.tr("零值"),
        "missing": ctx.tr("缺值"),
        "not_applicable": ctx.tr("不适用"),
        "insufficient": ctx.tr("样本少"),
        "not_reported": ctx.tr("缺报，按 0 计"),
    }
    return words.get(status, status)


def stages(origin: Origin) -> None:
    """The stages as a table, and whether the last one is the product of score and weight."""
    ctx = origin.ctx
    head.finding(ctx.tr("从原值到贡献"), ctx.tr("标准化以前用指标自己的单位，以后是分"))
    columns = [
        Column("step", ctx.tr("步骤"), "name"),
        Column("value", ctx.tr("数值"), "number"),
        Column("note", ctx.tr("说明"), options={"wrap": True}),
    ]
    unit = number.unit(origin.indicator, ctx.lang) or (ctx.tr("比率") if origin.indicator.unit == "ratio" else "")
    rows = [
        {
            "id": str(i),
            "step": {"t": s.name, "sub": ctx.tr("分") if s.scale else unit},
            "value": {"v": s.value, "t": number.decimal(s.value, 4)},
            "note": s.note,
        }
        for i, s in enumerate(passed(origin), 1)
    ]
    table(ctx, columns, rows, "passport.stages", label=ctx.tr("从原值到贡献"), opens=False)
    row = origin.trail.at[origin.id]
    score, weight, contribution = row["score"], row["weight"], row["contribution"]
    if contribution is None or score is None or weight is None:
        states.too_little(ctx.tr("没有标准化分，所以没有贡献；权重由同级其他指标分担。"))
    elif origin.trail.is_arithmetic:
        product = score * weight
        said = ctx.tr(
            "{score} × {weight} = {product}，贡献 {contribution}",
            score=number.decimal(score, 4),
            weight=number.decimal(weight, 6),
            product=number.decimal(product, 4),
            contribution=number.decimal(contribution, 4),
        )
        formulas.proof(said, close(product, contribution))
    else:
        head.paragraph(ctx.tr("合成方法不是加权平均，贡献按与同类平均之差分解；各项仍相加等于得分。"), muted=True)
