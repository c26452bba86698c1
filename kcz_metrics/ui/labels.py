"""Codes of unit columns in the reader's words: from the contracts of the record tables, or said here where a fact makes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import polars as pl

from kcz_metrics.locales import T, Text
from kcz_metrics.ui.context import Context

_MADE_BY_FACTS: Mapping[str, Mapping[str, Text]] = MappingProxyType(
    {
        "founder_class": {
            "national_society": T("全国学会"),
            "provincial_society": T("省级学会与科协"),
            "university_institute": T("高校院所"),
            "service_organisation": T("专业服务机构"),
            "other": T("其他单位"),
        }
    }
)

_UNITS: Mapping[str, Text] = MappingProxyType(
    {"city": T("试点城市"), "team": T("服务团"), "organisation": T("单位"), "programme": T("全国")}
)

_MANY: Mapping[str, Text] = MappingProxyType(
    {"city": T("个试点城市"), "team": T("个服务团"), "organisation": T("个单位"), "programme": T("个评价对象")}
)


def coded(ctx: Context, column: str, code: object) -> str:
    """The label of ``code`` in ``column``; the code itself where no table knows it; empty for null."""
    from kcz_metrics.tables import TABLES

    if code is None:
        return ""
    text = str(code)
    if text in _MADE_BY_FACTS.get(column, {}):
        return ctx.text(_MADE_BY_FACTS[column][text])
    for contract in TABLES.values():
        declared = contract.columns.get(column)
        if declared is not None and text in declared.values:
            return ctx.text(declared.values[text])
    return text


def provinces(ctx: Context) -> Mapping[str, str]:
    """Province code to its short name in the reader's language."""
    from kcz_metrics.ui.loading import table

    named = pl.col("short_zh") if ctx.lang == "zh" else pl.coalesce("name_en", "short_zh")
    return dict(table(ctx, "province").select("province_code", named).iter_rows())


def unit_kind(ctx: Context, kind: str) -> str:
    """The word for a kind of unit."""
    return ctx.text(_UNITS[kind]) if kind in _UNITS else kind


def many(ctx: Context, kind: str) -> str:
    """The word after a number of units of this kind."""
    return ctx.text(_MANY.get(kind, _MANY["programme"]))


def headed(words: str) -> str:
    """``words`` as they stand at the head of a column: a fact's labels also stand within sentences, so they begin small."""
    return words[:1].upper() + words[1:]


def listed(ctx: Context, names: Sequence[str], most: int = 3) -> str:
    """Names in a row, as the language joins them."""
    shown = list(names[:most])
    if ctx.lang == "zh":
        return "、".join(shown)
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}" if shown else ""
