"""Numbers inside sentences that open: a mark in the text, a link on the page, and what the number is made of.

A function that writes a sentence wraps its numbers in :func:`says`; whatever draws the sentence turns the marks into links
(:func:`linked`). The address of such a link opens the number by itself; where scripts run, a click opens it without leaving the page.
"""

from __future__ import annotations

import re
from functools import cache
from html import escape
from importlib import resources
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import streamlit as st

from kcz_metrics.ui import address
from kcz_metrics.ui.context import CONTEXT, Context

if TYPE_CHECKING:
    from kcz_metrics.ui.sources import Opening

#: The table that the numbers of sentences make up, one row, a column a number.
KEY, ROW = "answer", "all"
#: What was said in this run: name to what it is made of, the number, and its words.
_SAID = "_said"
_BEGIN, _MIDDLE, _END = "\ue000", "\ue001", "\ue002"
_MARK = re.compile(f"{_BEGIN}([^{_MIDDLE}]*){_MIDDLE}([^{_END}]*){_END}")


def begin() -> None:
    """A new run has said nothing yet."""
    st.session_state[_SAID] = {}


def says(name: str, words: str | float, opening: Opening, value: float | None) -> str:
    """``words`` as a number that opens; ``name`` is its own on the page, ``value`` what the words stand for."""
    if value is None:
        return str(words)
    st.session_state.setdefault(_SAID, {})[name] = (opening, float(value), str(words))
    return f"{_BEGIN}{name}{_MIDDLE}{words}{_END}"


def said() -> dict[str, tuple[Opening, float, str]]:
    found: dict[str, tuple[Opening, float, str]] = st.session_state.get(_SAID, {})
    return found


def linked(html: str) -> str:
    """Escaped text with its marks as links."""
    return _MARK.sub(lambda mark: _link(mark[1], mark[2]), html)


def plain(text: str) -> str:
    """The text without its marks."""
    return _MARK.sub(lambda mark: mark[2], text)


def _link(name: str, words: str) -> str:
    here: Context | None = st.session_state.get(CONTEXT)
    code = f"{KEY}~{ROW}~{name}"
    codes = here.place.codes if here is not None else ()
    query = urlencode(address.parameters(**{c: address.get(c) for c in codes}, open=code))
    return f'<a class="kcz-opens" href="?{escape(query, quote=True)}" data-open="{escape(code, quote=True)}">{words}</a>'


@cache
def _component() -> Any:
    js = resources.files(__package__).joinpath("assets", "saying.js").read_text(encoding="utf-8")
    return st.components.v2.component("kcz_saying", html="<span></span>", js=js, isolate_styles=False)


def _nothing() -> None:
    """A trigger value is handed over only where a callback is registered."""


def asked() -> str | None:
    """The name of the number of a sentence that the reader clicked in this run."""
    if not said():
        return None
    with st.container(key="kcz-saying"):
        clicked = _component()(data={}, key="saying", on_open_change=_nothing).get("open")
    name = str(clicked).rpartition("~")[2] if clicked else None
    return name if name in said() else None
