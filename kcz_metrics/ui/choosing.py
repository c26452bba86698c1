"""Choices whose code stands in the address: the widget shows what the address says, and writes it when the reader chooses."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from kcz_metrics.ui import address, strangers

Shown = Callable[[str], str]


def hold(key: str, value: object, label: str = "") -> None:
    """Let the widget show ``value``. A word is told once more after a change of language, or of ``label`` where that hangs on more: the
    browser keeps the label it has. A number or a switch is told only where it differs: the browser sends what a widget holds a moment
    after a key was pressed, so that a value told without need would take the key back."""
    told, now = f"{key}/told", None if isinstance(value, int | float) else (address.get("lang"), label)
    if st.session_state.get(key) != value or st.session_state.get(told) != now:
        st.session_state[key] = value
    st.session_state[told] = now


def _adopt(key: str, options: Sequence[str], code: str, fallback: str | None, shown: Shown) -> str | None:
    asked = strangers.known(code, options, shown(fallback) if fallback is not None else "")
    value = asked if asked is not None else fallback
    hold(key, value)
    return value


def _write(key: str, code: str, options: tuple[str, ...], clears: tuple[str, ...]) -> None:
    """Take over what the reader chose. After a change of language the browser may still send a label in the old one, which
    Streamlit hands over as it is: no choice of the reader's, so the address stays."""
    chosen = st.session_state[key]
    if chosen is None or chosen in options:
        address.put(**{code: chosen, **dict.fromkeys(clears)})


def select(
    code: str,
    label: str,
    options: Sequence[str],
    shown: Shown,
    *,
    key: str,
    fallback: str | None = None,
    clears: tuple[str, ...] = (),
    placeholder: str | None = None,
    width: int | str = "stretch",
) -> str | None:
    """A select box for one code. Without ``fallback`` it starts empty. ``clears``: codes that a new choice takes away."""
    value = _adopt(key, options, code, fallback, shown)
    st.selectbox(
        label, options, index=None, format_func=shown, key=key, placeholder=placeholder, on_change=_write,
        args=(key, code, tuple(options), clears), width=width,  # type: ignore[arg-type]
    )  # fmt: skip
    return value


def segments(
    code: str,
    label: str,
    options: Sequence[str],
    shown: Shown,
    *,
    key: str,
    fallback: str,
    clears: tuple[str, ...] = (),
    hidden: bool = False,
) -> str:
    """A row of segments, exactly one of them chosen."""
    value = _adopt(key, options, code, fallback, shown)
    st.segmented_control(
        label, options, format_func=shown, key=key, required=True, on_change=_write, args=(key, code, tuple(options), clears),
        label_visibility="collapsed" if hidden else "visible",
    )  # fmt: skip
    return value or fallback


def current(code: str, options: Sequence[str], fallback: str) -> str:
    """What the address asks for, if it is among the options. What is no option is told by the control that offers them."""
    asked = address.get(code)
    return asked if asked is not None and asked in options else fallback
