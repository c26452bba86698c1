"""What stands above the picture: basis line, question, answer, headline numbers; and captions, legends, definitions.

Every value is escaped. In ``answer`` the part between double asterisks is set in the accent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal

import streamlit as st

from kcz_metrics.ui import asof, number, saying, strangers
from kcz_metrics.ui.context import CONTEXT, Context, link

if TYPE_CHECKING:
    from kcz_metrics.ui.sources import Opening


@dataclass(frozen=True, slots=True)
class Item:
    """A headline number: label, figure with its unit, one line of comparison below, which may be up or down in colour.

    ``opens`` is what it is made of and ``value`` the number itself, so that it can be opened to its records; ``to`` is the page, with
    the codes of its address, that a number leads to instead. ``under`` is the same for the number in the line below: what it is made
    of, and the number.
    """

    label: str
    figure: str
    unit: str = ""
    line: str = ""
    tone: Literal["", "up", "down"] = ""
    opens: Opening | None = None
    value: float | None = None
    to: tuple[str, Mapping[str, str | None]] | None = None
    under: tuple[Opening, float | None] | None = None


def basis_line(ctx: Context, *, coverage: float | None = None, state: str | None = None, also: Mapping[str, str] | None = None) -> None:
    """What the page stands on: period, scheme, snapshot, coverage (a share of one), state; and that the records are invented."""
    pairs: dict[str, str] = {}
    if ctx.period:
        pairs[ctx.tr("评价期")] = number.period(ctx.period, ctx.lang)
    if ctx.scheme:
        pairs[ctx.tr("方案")] = f"{ctx.scheme.edition} · {ctx.digest[:6]}"
    if ctx.snapshot:
        pairs[ctx.tr("快照")] = f"{number.day(ctx.snapshot.created_at)} · {ctx.snapshot.id[:6]}"
    if coverage is not None:
        pairs[ctx.tr("覆盖率")] = number.share(coverage)
    pairs |= also or {}
    pairs[ctx.tr("状态")] = state or ctx.tr("未封存，可复算")
    shown = "".join(f"<span>{escape(label)}<b>{escape(value)}</b></span>" for label, value in pairs.items())
    if ctx.snapshot and ctx.snapshot.invented:
        shown += f'<span class="kcz-invented">◇ {escape(ctx.tr("演示数据：全部记录均为虚构"))}</span>'
    if not ctx.store.writable:
        shown += f"<span>{escape(ctx.tr('数据库在这里只能读：不能导入和决定，导出不记入审计记录'))}</span>"
    st.html(f'<div class="kcz-basis">{shown}</div>')


def page_head(
    ctx: Context,
    crumbs: Sequence[str],
    question: str,
    answer: str = "",
    *,
    coverage: float | None = None,
    state: str | None = None,
    also: Mapping[str, str] | None = None,
) -> None:
    """Basis line, where we are, the question (h1), the answer in a sentence."""
    basis_line(ctx, coverage=coverage, state=state, also=also)
    asof.tell(ctx)
    strangers.tell(ctx)
    where = " · ".join(c for c in crumbs if c)
    st.html(
        f'<div class="kcz-head"><p class="kcz-crumbs">{escape(where)}</p>'
        f'<h1 class="kcz-question">{escape(question)}</h1>' + (f'<p class="kcz-answer">{_strong(answer)}</p>' if answer else "") + "</div>"
    )


def headline(items: Iterable[Item], key: str = "headline") -> None:
    """Up to six numbers in one ruled row; those that open do so by a click."""
    items = list(items)
    if any((item.opens is not None and item.value is not None) or item.to or item.under for item in items):
        _opening(items, key)
        return
    cells = []
    for item in items:
        unit = f"<small>{escape(item.unit)}</small>" if item.unit else ""
        tone = f" kcz-{item.tone}" if item.tone else ""
        cells.append(
            f'<div><dt>{escape(item.label)}</dt><dd><div class="kcz-figure">{escape(item.figure)}{unit}</div>'
            f'<div class="kcz-line{tone}">{escape(item.line) or "&nbsp;"}</div></dd></div>'
        )
    st.html(f'<dl class="kcz-numbers">{"".join(cells)}</dl>')


@cache
def _component() -> Any:
    js = resources.files(__package__).joinpath("assets", "numbers.js").read_text(encoding="utf-8")
    return st.components.v2.component("kcz_numbers", html='<div class="root"></div>', js=js, isolate_styles=False)


def _nothing() -> None:
    """A trigger value is handed over only where a callback is registered."""


def _opening(items: Sequence[Item], key: str) -> None:
    from kcz_metrics.ui import opening

    ctx: Context = st.session_state[CONTEXT]
    places = {f"n{i}": item for i, item in enumerate(items)}
    told_of = {name: (item.opens, item.value, item.figure) for name, item in places.items() if item.opens is not None}
    told_of |= {f"u{name[1:]}": (*item.under, item.line) for name, item in places.items() if item.under is not None}
    behind: dict[str, Opening] = {name: made for name, (made, value, _) in told_of.items() if value is not None}
    told = [
        {"id": name, "label": item.label, "figure": item.figure, "unit": item.unit, "line": item.line, "tone": item.tone,
         "opens": name in behind or item.to is not None, "under": f"u{name[1:]}" if f"u{name[1:]}" in behind else None}
        for name, item in places.items()
    ]  # fmt: skip
    clicked = _component()(data={"items": told, "open": ctx.tr("打开")}, key=key, on_number_change=_nothing).get("number")
    way = places[clicked].to if clicked in places else None
    if way is not None:
        link(way[0], **way[1])
    if clicked in behind:
        opening.ask(ctx, key, f"all~{clicked}")
    row = {"id": "all"} | {name: told_of[name][1] for name in behind}
    opening.offer(key, [row], behind)
    cell = opening.asked(key)
    if cell is not None and cell[1] in behind:
        _, value, written = told_of[cell[1]]
        label = places[f"n{cell[1][1:]}"].label
        title = label if cell[1][0] == "n" else f"{label} · {written}"
        opening.show(ctx, title, behind[cell[1]], "all", value or 0.0, ("%" in written, 1))


def finding(title: str, caption: str = "") -> None:
    """The heading over a chart or table: what it shows, then what is measured and in which unit; numbers in either may open."""
    below = f"<p>{saying.linked(escape(caption))}</p>" if caption else ""
    st.html(f'<div class="kcz-finding"><h2>{saying.linked(escape(title))}</h2>{below}</div>')


def legend(entries: Iterable[tuple[str, str]]) -> None:
    """Swatches: a colour from the tokens, and its words."""
    items = "".join(f'<li><i style="background:{escape(colour, quote=True)}"></i>{escape(label)}</li>' for colour, label in entries)
    st.html(f'<ul class="kcz-legend">{items}</ul>')


def pillar_legend(ctx: Context) -> None:
    """The pillars of the index in their colours, with their share of the weight."""
    index = ctx.index
    whole = sum(node.weight for node in index.tree.children) or 1
    colours = ctx.tokens["pillar"]
    legend(
        (colours[i % len(colours)], f"{ctx.text(node.name, ctx.name(node.id))} {number.share(node.weight / whole, 0)}")
        for i, node in enumerate(index.tree.children)
    )


def definition_list(pairs: Mapping[str, str] | Iterable[tuple[str, str]]) -> None:
    entries = pairs.items() if isinstance(pairs, Mapping) else pairs
    st.html(f'<dl class="kcz-terms">{"".join(f"<dt>{escape(k)}</dt><dd>{saying.linked(escape(v))}</dd>" for k, v in entries)}</dl>')


def paragraph(text: str, *, muted: bool = False) -> None:
    st.html(f'<p class="{"kcz-text-muted" if muted else "kcz-text"}">{_strong(text)}</p>')


def sentences(lines: Iterable[str]) -> None:
    """A ruled list of short findings."""
    st.html(f'<ul class="kcz-list">{"".join(f"<li>{_strong(line)}</li>" for line in lines)}</ul>')


def _strong(text: str) -> str:
    return saying.linked(re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", escape(text)))
