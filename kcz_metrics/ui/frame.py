"""The frame around every page: guard, navigation, sidebar, and the last net under an error."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from importlib import resources

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.pages_manager import PagesManager

from kcz_metrics.errors import KczError
from kcz_metrics.locales import LANGUAGES, Language, translate
from kcz_metrics.store.access import local_actor
from kcz_metrics.theme import Mode
from kcz_metrics.ui import address, asof, builtin, choosing, downloads, later, loading, number, opening, states, strangers, style
from kcz_metrics.ui.context import CONTEXT, Context
from kcz_metrics.ui.places import PLACES, Place

ASSETS = resources.files(__package__) / "assets"


def guard() -> None:
    """First call of every page. While a folder ``pages/`` exists, a fresh server whose first request is a sub-page runs that
    page without ``app.py``, so without frame and without rights. Turn that mode off and run again; the address survives.
    ``uses_pages_directory`` is not a public interface: a browser test on a fresh server pins it."""
    if PagesManager.uses_pages_directory is not False or CONTEXT not in st.session_state:
        PagesManager.uses_pages_directory = False
        st.rerun()


def run() -> None:
    """Draw the frame and the page that was asked for."""
    address.read()
    lang = _language()
    st.set_page_config(page_icon=str(ASSETS / "icon.png"), layout="wide", initial_sidebar_state="auto")
    mode: Mode = "dark" if st.context.theme.type == "dark" else "light"
    meeting = address.get("view") == "meeting"
    style.load(mode, meeting)
    st.logo(str(ASSETS / f"logo_{lang}.svg"), size="large", icon_image=str(ASSETS / "icon.png"))
    pages = {place.id: st.Page(place.file, title=place.title.render(lang), default=place.default) for place in PLACES}
    sections: dict[str, list[st.Page]] = {}
    for place in PLACES:
        sections.setdefault(place.section.render(lang), []).append(pages[place.id])
    chosen = st.navigation(sections, expanded=True)
    st.set_page_config(page_title=f"{chosen.title} · {translate('科创中国评价', lang)}")
    here = next(place for place in PLACES if pages[place.id] is chosen)
    try:
        current = _context(here, lang, mode, meeting)
    except Exception as wrong:  # a store that cannot be opened: there is no context to draw a page with
        states.error(lang, wrong)
        return
    with st.sidebar:
        slot = _controls(current)
    current = replace(current, slot=slot)
    st.session_state[CONTEXT] = current
    address.write(here.codes)
    opening.begin()
    later.begin()
    builtin.words(current)
    downloads.watch(current)
    try:
        chosen.run()
        if later.waits():
            later.settle()
        opening.told(current)
        address.write(here.codes)  # what the page itself chose, as the row of a grid or a number opened
    except Exception as wrong:
        states.error(current, wrong)


def _language() -> Language:
    asked = address.get("lang")
    lang: Language = next((code for code in LANGUAGES if code == asked), "zh")
    address.put(lang=lang)
    return lang


def _context(here: Place, lang: Language, mode: Mode, meeting: bool) -> Context:
    """Settle the codes: what the address asks for if it exists, else the nearest that does."""
    store = loading.store()
    trouble: Exception | None = None
    scheme, digest = None, ""
    try:
        scheme, digest = loading.scheme(), loading.digest()
    except (KczError, OSError) as wrong:
        trouble = wrong
    snapshots = store.snapshots()
    snapshot = store.snapshot(asof.asked(snapshots) or snapshots[0].id) if snapshots else None
    periods = loading.periods(snapshot, snapshot.id) if snapshot else ()
    asked = address.get("period")
    period = asked if asked in periods else periods[-1] if periods else (asked or "")
    indices = tuple(i for i, index in scheme.indices.items() if not here.units or index.unit in here.units) if scheme else ()
    asked = address.get("index")
    remembered = st.session_state.setdefault("_index_of_page", {})
    index_id = next((i for i in (asked, remembered.get(here.units)) if i in indices), indices[0] if indices else "")
    remembered[here.units] = index_id
    if snapshot:
        if asof.asked(snapshots) is None:
            strangers.met("snapshot", address.get("snapshot"), "")
        address.put(snapshot=asof.code(snapshot, snapshots))
    if snapshot and scheme:
        strangers.met("period", address.get("period"), period)
        if asked not in scheme.indices:  # one of another page's kind is no stranger
            strangers.met("index", asked, index_id)
    address.put(period=period, index=index_id)
    return Context(
        lang=lang, place=here, store=store, snapshot=snapshot, scheme=scheme, digest=digest, trouble=trouble, periods=periods,
        period=period, index_id=index_id, indices=indices, unit=address.get("unit"), actor=local_actor(), mode=mode, meeting=meeting,
        slot=st.sidebar, snapshots=snapshots,
    )  # fmt: skip


def _controls(ctx: Context) -> DeltaGenerator:
    if ctx.periods:
        _adopt("period", ctx.period)
        st.selectbox(
            ctx.tr("评价期"), ctx.periods[::-1], format_func=lambda code: number.period(code, ctx.lang), key="frame.period",
            on_change=_chosen, args=("period", ctx.periods),
        )  # fmt: skip
    if ctx.indices:
        assert ctx.scheme is not None
        kinds = {one: ctx.scheme.indices[one].unit for one in ctx.indices}
        _adopt("index", ctx.index_id)
        st.selectbox(
            ctx.tr("指数"), ctx.indices, format_func=ctx.name, key="frame.index", on_change=_index_chosen, args=(kinds, ctx.index_id)
        )
    asof.choose(ctx)
    slot = st.container()
    _adopt("lang", ctx.lang)
    st.segmented_control(
        ctx.tr("语言"), LANGUAGES, format_func={"zh": "中文", "en": "English"}.__getitem__, key="frame.lang", required=True,
        label_visibility="collapsed", on_change=_chosen, args=("lang", LANGUAGES),
    )  # fmt: skip
    _adopt("view", ctx.meeting)
    st.toggle(ctx.tr("会议视图"), key="frame.view", on_change=_meeting)
    st.html(f'<p class="kcz-who">{escape(ctx.tr("单机模式 · 本机用户（全部角色）"))}</p>')
    return slot


def _adopt(code: str, value: object) -> None:
    """Let the widget show what the address says."""
    choosing.hold(f"frame.{code}", value)


def _chosen(code: str, options: tuple[str, ...]) -> None:
    """After a change of language the browser may still send a label in the old one: that is no choice of the reader's."""
    if st.session_state[f"frame.{code}"] in options:
        address.put(**{code: st.session_state[f"frame.{code}"]})


def _index_chosen(kinds: dict[str, str], before: str) -> None:
    """A unit of another kind does not come along; else the unit would bring its own index back."""
    chosen = st.session_state["frame.index"]
    if chosen in kinds:
        address.put(index=chosen)
        if kinds[chosen] != kinds[before]:
            address.put(unit=None)


def _meeting() -> None:
    address.put(view="meeting" if st.session_state["frame.view"] else None)
