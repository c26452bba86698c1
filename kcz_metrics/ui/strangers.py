"""Codes in the address that name nothing here: what was asked for, and that something else is shown in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from kcz_metrics.ui import address
from kcz_metrics.ui.states import notice

if TYPE_CHECKING:
    from kcz_metrics.ui.context import Context

_KEPT = "_strangers"


def met(code: str, asked: str | None, shown: str) -> None:
    """Remember that ``asked`` names no ``code`` (period, index, unit, snapshot) and ``shown`` stands for it, until another is chosen."""
    if asked and asked != shown:
        st.session_state.setdefault(_KEPT, {})[code] = (asked, shown)


def tell(ctx: Context) -> None:
    """Say so below the basis line, as long as that is still what is shown."""
    kept: dict[str, tuple[str, str]] = st.session_state.get(_KEPT, {})
    for code in [c for c, (_, shown) in kept.items() if (address.get(c) or "") != shown]:
        del kept[code]
    said = []
    if "period" in kept:
        said.append(ctx.tr("没有评价期 {code}，改示最近一期。", code=kept["period"][0]))
    if "index" in kept:
        said.append(ctx.tr("方案里没有指数 {code}，改示另一个。", code=kept["index"][0]))
    if "snapshot" in kept:
        said.append(ctx.tr("没有编号以 {code} 开头的快照，改示最新的。", code=kept["snapshot"][0]))
    if "unit" in kept:
        said.append(ctx.tr("这个指数里没有评价对象 {code}，改示排在最前的。", code=kept["unit"][0]))
    if said:
        notice((" " if ctx.lang == "en" else "").join(said))
