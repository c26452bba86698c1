"""The one stylesheet, with the tokens as CSS variables, loaded once a run by the frame."""

from __future__ import annotations

from functools import cache
from importlib import resources

import streamlit as st

from kcz_metrics.theme import TOKENS, Mode


def load(mode: Mode, meeting: bool) -> None:
    st.html(f"<style>{sheet(mode, meeting)}</style>")


@cache
def sheet(mode: Mode, meeting: bool) -> str:
    css = resources.files(__package__).joinpath("assets", "page.css").read_text(encoding="utf-8")
    root = "html{font-size:17px!important}" if meeting else ""
    return f":root{{{';'.join(f'--{name}:{value}' for name, value in variables(mode).items())}}}{css}{root}"


@cache
def variables(mode: Mode) -> dict[str, str]:
    """Token names to colours; palettes are numbered from 0: ``tier-0`` is the best tier."""
    flat: dict[str, str] = {}
    for name, value in TOKENS[mode].items():
        stem = "kcz-" + name.replace("_", "-")
        flat |= {stem: value} if isinstance(value, str) else {f"{stem}-{i}": colour for i, colour in enumerate(value)}
    return flat
