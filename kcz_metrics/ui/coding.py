"""Codes of one column of one table in the reader's words, and small cells that several pages draw alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kcz_metrics.ui import number
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.table import Column

WHOLE = {"decimals": 0}
ONE = {"decimals": 1}
SHARE = {"share": True, "decimals": 1}
#: Rows of a list that a page shows; the records hold all of them.
MOST = 60
#: Pixels of a list that scrolls in itself.
LIST = 430


def words(ctx: Context, table: str, column: str) -> Mapping[str, str]:
    """Code to its label as the contract of the snapshot's table has it."""
    assert ctx.snapshot is not None
    return {code: label.in_(ctx.lang) for code, label in ctx.snapshot.tables[table].columns[column].values.items()}


def bar(value: float | None, tone: str = "quantity") -> dict[str, Any] | None:
    """A cell of one bar; none where there is no value."""
    return None if value is None else {"parts": [{"v": value, "tone": tone}]}


def parts(values: Mapping[str, tuple[float, str, str]]) -> dict[str, Any]:
    """A cell of a divided bar: code to (value, tone, words)."""
    return {"parts": [{"v": v, "tone": tone, "t": f"{said} {number.count(v)}"} for v, tone, said in values.values()]}


def amounts(ctx: Context, key: str, label: str) -> Column:
    """A column of amounts in one unit, 万元 or millions, so that figures stand under one another."""
    zh = ctx.lang == "zh"
    return Column(key, label, "number", unit="万元" if zh else "CNY m", options={"decimals": 0 if zh else 2})


def amount(yuan: float | None, ctx: Context) -> float | None:
    """A cell of :func:`amounts`."""
    return None if yuan is None else yuan / (1e4 if ctx.lang == "zh" else 1e6)


def ratio(part: float, whole: float) -> float | None:
    """A share of one; null where there is no whole."""
    return part / whole if whole else None
