"""Codes in the address that name nothing here: what was asked for, and that something else is shown in its place.

They are told in one quiet line below the basis line. Many are met only while the page is drawn, so that the line is written again at
the page's end (:func:`tell_again`).
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from kcz_metrics.locales import T, Text
from kcz_metrics.ui import address, naming
from kcz_metrics.ui.context import CONTEXT
from kcz_metrics.ui.states import notice

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from kcz_metrics.ui.context import Context

_KEPT, _PLACE, _TOLD = "_strangers", "_strangers_place", "_strangers_told"
#: Codes that have a sentence of their own.
_SENTENCES: Mapping[str, Text] = {
    "period": T("没有评价期 {code}，改示最近一期。"),
    "index": T("方案里没有指数 {code}，改示另一个。"),
    "snapshot": T("没有编号以 {code} 开头的快照，改示最新的。"),
    "against": T("没有编号以 {code} 开头的快照可比，改与{shown}比较。"),
    "unit": T("这个指数里没有评价对象 {code}，改示排在最前的。"),
    "no_unit": T("没有评价对象 {code}，未标出。"),
    "city_unit": T("没有试点城市 {code}，改示{shown}。"),
    "province": T("没有省份 {code}，改示全国。"),
    "target": T("方案里没有目标 {code}，改示全部目标。"),
    "open": T("地址要打开的数（{code}）本页没有，其余照常显示。"),
}
#: What the others choose, in the words of their controls.
_WORDS: Mapping[str, Text] = {
    "other": T("与谁比"), "sources": T("计入的不确定性"), "draws": T("抽样次数"), "seed": T("种子"), "keeps": T("什么保持不变"),
    "kind": T("类别"), "area": T("区域"), "tier": T("层级"), "org_class": T("单位类别"), "field": T("技术领域"), "city": T("试点城市"),
    "industry": T("产业"), "difficulty": T("难度"), "age": T("已等待"), "rule": T("规则"), "state": T("状态"), "part": T("内容"),
    "side": T("对象"), "by": T("分组"), "who": T("组"), "stage": T("步骤"), "shown": T("显示"), "ripe": T("跟踪时间"), "at": T("月份"),
    "measure": T("基础量"), "record": T("记录"), "level": T("责任层级"), "owner": T("归属"), "use": T("结果运用"), "indicator": T("指标"),
    "table": T("表"), "group": T("同类组"), "report": T("报告"), "waits": T("文件"), "import": T("导入"), "candidate": T("推荐"),
    "rise": T("升级边距（分）"), "rounds_up": T("升级连续轮数"), "fall": T("降级边距（分）"), "rounds_down": T("降级连续轮数"),
    "most": T("每轮调整上限"), "sure": T("要求的把握"),
    "node": T("节点"), "column": T("分组"),
    "before": T("与哪一期相比"), "scheme": T("按哪个方案"), "goal": T("目标"), "to": T("目标"),
    "set": T("改动的值"), "selection": T("遴选"), "relax": T("放宽名额"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Stranger:
    """``shown`` is the code that stands for the one asked for and ``called`` its words; ``code`` the address's. ``page`` and ``lang``
    are where it was met: elsewhere it is told no more, unless the code goes from page to page."""

    code: str
    asked: str
    shown: str
    called: str
    page: str
    lang: str


def met(code: str, asked: str | None, shown: str, called: str = "", sentence: str | None = None) -> None:
    """Remember that ``asked`` names no ``code`` and ``shown`` stands for it, until another is chosen. ``sentence`` is the one to say
    where it is not the code's own."""
    if asked and asked != shown:
        here: Context | None = st.session_state.get(CONTEXT)
        page, lang = (here.place.id, here.lang) if here is not None and code not in address.ALWAYS else ("", "")
        st.session_state.setdefault(_KEPT, {})[sentence or code] = _Stranger(code, asked, shown, called, page, lang)


def elsewhere(ctx: Context, unit: str) -> bool:
    """Whether the records know a unit of any kind by this id."""
    return ctx.snapshot is None or any(unit in naming.names(ctx, table) for table in ("pilot_city", "service_team", "org"))


def unit(ctx: Context) -> None:
    """Tell a unit that the records do not know at all; one of another kind was only carried along from another page."""
    if ctx.unit and not elsewhere(ctx, ctx.unit):
        met("unit", ctx.unit, "", sentence="no_unit")
        address.put(unit=None)


def known(code: str, options: Container[str], called: str = "") -> str | None:
    """What the address asks for, if it is among the options; else it is told and taken out of the address."""
    asked = address.get(code)
    if asked is None or asked in options:
        return asked
    met(code, asked, "", called)
    address.put(**{code: None})
    return None


def tell(ctx: Context) -> None:
    """Say so here, as long as that is still what is shown."""
    place = st.session_state[_PLACE] = st.empty()
    _write(ctx, place)


def tell_again(ctx: Context) -> None:
    """Once more in the same place, now that the whole page is drawn: codes met since then too."""
    place: DeltaGenerator | None = st.session_state.pop(_PLACE, None)
    if place is not None and st.session_state.get(_TOLD) != _said(ctx):
        _write(ctx, place)


def _write(ctx: Context, place: DeltaGenerator) -> None:
    said = st.session_state[_TOLD] = _said(ctx)
    if said:
        with place:
            notice(said)


def _said(ctx: Context) -> str:
    kept: dict[str, _Stranger] = st.session_state.get(_KEPT, {})
    for name, one in list(kept.items()):
        if (address.get(one.code) or "") != one.shown or (one.page and (one.page, one.lang) != (ctx.place.id, ctx.lang)):
            del kept[name]
    return (" " if ctx.lang == "en" else "").join(_sentence(ctx, name, one.asked, one.called) for name, one in kept.items())


def _sentence(ctx: Context, code: str, asked: str, called: str) -> str:
    own = _SENTENCES.get(code)
    shown = called or ctx.tr("全部")
    if own is not None:
        return ctx.tr(own.source, code=asked, shown=shown)
    what = ctx.text(_WORDS[code]) if code in _WORDS else code
    return ctx.tr("{what}：这里没有 {code}，改示{shown}。", what=what, code=asked, shown=shown)
