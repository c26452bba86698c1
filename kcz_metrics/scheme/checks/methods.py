"""Methods: known names, fitting parameters, and choices that go together."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from pydantic import ValidationError

from kcz_metrics.errors import Issue
from kcz_metrics.language.periods import is_period
from kcz_metrics.locales import T
from kcz_metrics.methods import FAMILIES
from kcz_metrics.scheme.checking import Context
from kcz_metrics.scheme.checks.judgements import square_and_reciprocal
from kcz_metrics.scheme.document import Path
from kcz_metrics.scheme.modelling import worded
from kcz_metrics.scheme.models import STAGES, Index, Indicator, Method


def all_methods(context: Context) -> Iterator[tuple[str, Method, Path]]:
    """Each method a scheme names: family, method, path."""
    for id_, indicator in context.scheme.indicators.items():
        for family in ("impute", "treat", "normalise"):
            if (method := getattr(indicator, family)) is not None:
                yield family, method, ("indicators", id_, family)
    for id_, index in context.scheme.indices.items():
        here: Path = ("indices", id_)
        for family in ("impute", "treat", "normalise", "weights", "aggregate"):
            yield family, getattr(index, family), (*here, family)
        for node, path, _ in context.nodes(id_, index):
            for family in ("weights", "aggregate"):
                if (method := getattr(node, family)) is not None:
                    yield family, method, (*path, family)
        if index.uncertainty is not None:
            for family in ("impute", "treat", "normalise", "aggregate"):
                for position, method in enumerate(getattr(index.uncertainty, family)):
                    yield family, method, (*here, "uncertainty", family, position)


def known_methods(context: Context) -> Iterator[Issue]:
    for family, method, path in all_methods(context):
        known = list(FAMILIES[family])
        if method.method not in known:
            yield context.issue(
                "unknown_method",
                T("没有方法“{name}”", name=method.method),
                *path,
                expected=T("{names}", names=", ".join(known)),
                hint=context.nearest(method.method, known),
            )


def method_parameters(context: Context) -> Iterator[Issue]:
    """The method's own model of its parameters, and numbers that only together make sense."""
    for family, method, path in all_methods(context):
        entry = FAMILIES[family].get(method.method)
        if entry is None:
            continue
        special = list(_special(context, method, path))
        yield from special
        try:
            entry.parameters.model_validate(dict(method.parameters), strict=True)
        except ValidationError as error:
            known = [f.alias or n for n, f in entry.parameters.model_fields.items()]
            for detail in error.errors(include_url=False):
                if special and detail["type"] == "value_error":
                    continue
                code, message, expected, found, hint = worded(detail, known)
                yield context.issue(code, message, *path, *detail["loc"], expected=expected, found=found, hint=hint)


def _special(context: Context, method: Method, path: Path) -> Iterator[Issue]:
    p = method.parameters
    yield from square_and_reciprocal(context, p, path)
    for low, high in (("lower", "upper"), ("lower_quantile", "upper_quantile"), ("minimum_share", "maximum_share")):
        if _number(p.get(low)) and _number(p.get(high)) and not p[low] < p[high]:
            yield context.issue(
                "goalposts",
                T("{low} 必须小于 {high}", low=low, high=high),
                *path,
                low,
                found=T("{a} 和 {b}", a=p[low], b=p[high]),
                hint=T("越低越好的指标写 direction: down，不要倒过来写") if low == "lower" else None,
            )
    if isinstance(steps := p.get("steps"), (tuple, list)) and all(isinstance(s, (tuple, list)) and len(s) == 2 for s in steps):
        limits = [s[0] for s in steps]
        if all(map(_number, limits)) and any(b <= a for a, b in pairwise(limits)):
            yield context.issue(
                "bands", T("分档的上限必须由小到大"), *path, "steps", found=T("{values}", values=", ".join(map(str, limits)))
            )
    over, base = p.get("over", "period"), p.get("base")
    if over == "base_period" and base is None:
        yield context.issue("base", T("over: base_period 需要 base"), *path, "over", expected=T("{example}", example='base: "2020"'))
    elif base is not None and over != "base_period":
        yield context.issue("base", T("base 要与 over: base_period 一起写"), *path, "base")
    if isinstance(base, str) and not is_period(base):
        yield context.issue(
            "base", T("base 不是评价期"), *path, "base", expected=T("2022、2022H1、2022Q3 或 2022-07"), found=T("{base}", base=base[:40])
        )


def transform_domain(context: Context) -> Iterator[Issue]:
    """Goalposts and targets pass through the transform, so that it must be defined there."""
    for id_, indicator in context.scheme.indicators.items():
        lowest = {"log": (0.0, True), "log10": (0.0, True), "log1p": (-1.0, True), "sqrt": (0.0, False)}.get(indicator.transform or "")
        if lowest is None or indicator.normalise is None:
            continue
        limit, strict = lowest
        entry = FAMILIES["normalise"].get(indicator.normalise.method)
        for key in entry.own_unit if entry is not None else ():
            value = indicator.normalise.parameters.get(key)
            if _number(value) and (value < limit or (strict and value == limit)):  # type: ignore[operator]
                yield context.issue(
                    "transform",
                    T("{transform} 对 {key}: {value} 没有定义", transform=indicator.transform, key=key, value=value),
                    "indicators",
                    id_,
                    "normalise",
                    key,
                    expected=T("{sign} {limit:g}", sign=">" if strict else "≥", limit=limit),
                )


def poor_and_good(context: Context) -> Iterator[Issue]:
    """The direction of ``poor`` and ``good`` is in their numbers; one that contradicts the indicator's own is a warning."""
    for id_, indicator in context.scheme.indicators.items():
        given = indicator.normalise.parameters if indicator.normalise is not None else {}
        poor, good = given.get("poor"), given.get("good")
        if _number(poor) and _number(good) and poor != good and (poor < good) != (indicator.direction == "up"):  # type: ignore[operator]
            yield context.issue(
                "poor_and_good",
                T("poor 和 good 的高低与 direction 相反"),
                "indicators",
                id_,
                "normalise",
                expected=T("{example}", example="poor < good" if indicator.direction == "up" else "poor > good"),
                found=T("{a} 和 {b}", a=poor, b=good),
                warning=True,
            )


def mixed_scales(context: Context) -> Iterator[Issue]:
    """Scores on the index's scale and scores without one cannot be averaged unless the scheme says that it means to."""
    for id_, index in context.scheme.indices.items():
        found: dict[bool, str] = {}
        for name, method in _normalisations(context, index):
            if method is not None and method.method in FAMILIES["normalise"]:
                found.setdefault(FAMILIES["normalise"][method.method].bounded, name)
        if len(found) == 2 and not index.mixed:
            yield context.issue(
                "mixed",
                T("有界与无界的标准化混用：{a} 与 {b}", a=found[True], b=found[False]),
                "indices",
                id_,
                "normalise",
                hint=T("统一方法，或写 mixed: true"),
            )


def _normalisations(context: Context, index: Index) -> Iterator[tuple[str, Method | None]]:
    for leaf in index.leaves:
        indicator: Indicator | None = context.scheme.indicators.get(leaf)
        if indicator is not None:
            yield leaf, indicator.normalise or index.normalise


def tiers_over_period(context: Context) -> Iterator[Issue]:
    """Tiers compare periods; a scale taken from each period anew moves under them."""
    for id_, index in context.scheme.indices.items():
        if index.tiers is None or not index.tiers.levels:
            continue
        moving = sorted({m.method for _, m in _normalisations(context, index) if m is not None and _over(m) == "period"})
        if moving:
            yield context.issue(
                "tiers_over_period",
                T("层级要跨期比较，而 {names} 的尺度每期重取", names=", ".join(moving)),
                "indices",
                id_,
                "tiers",
                hint=T("写 over: base_period 和 base，或用 goalposts"),
                warning=True,
            )


def _over(method: Method) -> Any:
    entry = FAMILIES["normalise"].get(method.method)
    field = entry.parameters.model_fields.get("over") if entry is not None else None
    return method.parameters.get("over", field.default) if field is not None else None


def stages_in_order(context: Context) -> Iterator[Issue]:
    """Stages stand once each and in order; impute alone may stand before screen. What is left out is not done."""
    for id_, index in context.scheme.indices.items():
        path = ("indices", id_, "stages")
        expected = T("{names}", names=", ".join(STAGES))
        if len(set(index.stages)) < len(index.stages):
            yield context.issue("stages", T("阶段重复"), *path, found=T("{names}", names=", ".join(index.stages)))
            continue
        order = [s for s in STAGES if s in index.stages]
        early = [s for s in ("denominate", "impute", "screen", *STAGES[3:]) if s in index.stages]
        if list(index.stages) not in (order, early):
            found = T("{names}", names=", ".join(index.stages))
            yield context.issue(
                "stages", T("阶段的次序不对"), *path, expected=expected, found=found, hint=T("只有 impute 可以提到 screen 之前")
            )
        for needed in ("normalise", "aggregate", "rank"):
            if needed not in index.stages:
                yield context.issue("stages", T("缺少阶段 {stage}", stage=needed), *path, expected=expected)


def scale_and_rank(context: Context) -> Iterator[Issue]:
    """The scale has a lower and an upper end; ordinal ranks need a ladder that breaks ties."""
    for id_, index in context.scheme.indices.items():
        if not index.scale.lower < index.scale.upper:
            found = T("{a} 和 {b}", a=index.scale.lower, b=index.scale.upper)
            yield context.issue("scale", T("{low} 必须小于 {high}", low="lower", high="upper"), "indices", id_, "scale", found=found)
        if index.rank.ties == "ordinal" and not index.rank.tie_break:
            yield context.issue(
                "ordinal",
                T("ordinal 会任意排定同分者，须写明 tie_break"),
                "indices",
                id_,
                "rank",
                "ties",
                expected=T("{names}", names="competition, dense, average"),
                hint=T("{example}", example="tie_break: [effectiveness, CF03]"),
            )


def _number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
