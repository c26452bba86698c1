"""Quotas, columns, values and reasons of a selection in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from kcz_metrics.decisions import wording
from kcz_metrics.decisions.quotas import SEATS_MAXIMUM, SEATS_MINIMUM, Rule
from kcz_metrics.language import filters
from kcz_metrics.locales import T, Text
from kcz_metrics.scheme.selections import Quota
from kcz_metrics.ui import labels, naming
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.selection import Round

COLUMNS: Mapping[str, Text] = MappingProxyType(
    {
        "lead_org_id": T("牵头单位"), "province_code": T("省份"), "main_city_id": T("主要服务试点"), "discipline_group": T("学科组"),
        "founder_class": T("牵头单位类别"), "tech_field": T("技术领域"), "area_flag": T("区域"), "team_kind": T("类型"),
        "supported_before": T("连续支持"), "previous_rank": T("上期名次"), "evidence_a_share": T("A级证据占比"),
        "attainment": T("计划完成度"),
    }
)  # fmt: skip
_CODED = ("discipline_group", "founder_class", "tech_field", "area_flag", "team_kind")


def column(ctx: Context, name: str) -> str:
    return ctx.text(COLUMNS[name]) if name in COLUMNS else ctx.name(name)


def value(ctx: Context, code: str) -> str:
    """A value of any of the columns: a body, a pilot, a province, a code with a label; of a conflict, the units."""
    for table in ("org", "pilot_city", "service_team"):
        known = naming.names(ctx, table)
        if code in known:
            return known[code]
    provinces = labels.provinces(ctx)
    if code in provinces:
        return provinces[code]
    if "+" in code:
        return " / ".join(value(ctx, part) for part in code.split("+"))
    return next((said for name in _CODED if (said := labels.coded(ctx, name, code)) != code), code)


def where(ctx: Context, given: Mapping[str, object]) -> str:
    """A filter: the values of one column in a row, where it is no more than that."""
    if len(given) == 1:
        (spec,) = given.values()
        values = spec.get("in") if isinstance(spec, Mapping) and len(spec) == 1 else None if isinstance(spec, Mapping) else (spec,)
        if values is not None:
            return labels.listed(ctx, [value(ctx, str(one)) for one in values], 6)
    return filters.sentence(dict(given), ctx.lang, {name: column(ctx, name) for name in given})


def quota(ctx: Context, kind: str, given: Quota) -> str:
    """A line of the rules without its number: what is counted."""
    what = column(ctx, given.by) if given.by else where(ctx, given.where)
    if given.by and len(given.values) == 1:
        what = value(ctx, given.values[0])
    return ctx.tr("{what}至多", what=what) if kind == "at_most" else ctx.tr("{what}至少", what=what)


def rule(ctx: Context, one: Rule) -> str:
    """A rule with its number."""
    label = column(ctx, one.by) if one.by else ctx.tr("互斥")
    said = one.said(
        label, None if one.value is None else value(ctx, one.value), ctx.lang, where(ctx, dict(one.where)) if one.where else None
    )
    return ctx.text(said)


def short(ctx: Context, found: Round, keys: str | None) -> str | None:
    """The first quota of a row as a word: its value, or what its filter counts."""
    first = (keys or "").partition("; ")[0]
    one = next((r for r in found.found.rules if r.key == first), None)
    if one is None:
        return None
    return where(ctx, dict(one.where)) if one.where else value(ctx, one.value or "")


def line(ctx: Context, seen: Round, row: Mapping[str, Any]) -> str:
    """A line of the table of prices or of what gives way: the rule without its number."""
    name, kind, by, code = row["line"], row["kind"], row["by"], row["value"]
    if name == SEATS_MINIMUM:
        return ctx.tr("总席数下限")
    if name == SEATS_MAXIMUM:
        return ctx.tr("总席数上限")
    if name.startswith("conflicts"):
        return ctx.tr("互斥：{names}", names=value(ctx, code))
    if by is not None:
        words = column(ctx, by) if code is None else f"{column(ctx, by)} {value(ctx, code)}"
    else:
        words = where(ctx, getattr(seen.policy, kind)[int(name.partition(".")[2])].where)
    return ctx.tr("{what}至多", what=words) if kind == "at_most" else ctx.tr("{what}至少", what=words)


def reason(ctx: Context, seen: Round, row: Mapping[str, Any], called: Mapping[str, str]) -> str:
    """Why a unit is in or out."""
    said = wording.reason(
        seen.found, row, lambda unit: called.get(unit, unit), partial(column, ctx), partial(value, ctx), ctx.lang, partial(where, ctx)
    )
    return ctx.text(said)


def names(ctx: Context) -> Mapping[str, str]:
    known = {"city": "pilot_city", "team": "service_team", "organisation": "org"}.get(ctx.index.unit)
    return naming.names(ctx, known) if known else {}
