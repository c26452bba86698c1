"""The five steps from a score down to its records, one box each; the one the page stands on is marked, the others open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from typing import Any

import streamlit as st

from kcz_metrics.ui.context import Context
from kcz_metrics.ui.style import variables


@dataclass(frozen=True, slots=True)
class Step:
    """``id`` is handed back when the step is opened; empty where there is nothing to open yet."""

    id: str
    kind: str
    name: str
    figure: str
    line: str = ""
    current: bool = False


@cache
def _component() -> Any:
    assets = resources.files(__package__).joinpath("assets")
    return st.components.v2.component(
        "kcz_path",
        html='<div class="root"></div>',
        css=assets.joinpath("path.css").read_text(encoding="utf-8"),
        js=assets.joinpath("path.js").read_text(encoding="utf-8"),
    )


def path(ctx: Context, steps: Sequence[Step], key: str) -> str | None:
    """Draw the steps; return the id of the one opened in this run, else None."""
    data = {"steps": [asdict(step) for step in steps], "tokens": variables(ctx.mode), "label": ctx.tr("从得分到记录")}
    shown = _component()(data=data, key=key, on_open_change=lambda: None)
    opened = shown.get("open")
    return str(opened) if opened else None
