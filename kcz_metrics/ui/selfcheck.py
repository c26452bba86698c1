"""Beside a ranking: whether the index keeps its promises on these data, in one quiet line, and the counterexamples when it is opened.

The quick tests run with the page and are kept; those that score once for each unit or value wait until a reader opens the line.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from kcz_metrics.ui import audit, head, loading, number
from kcz_metrics.ui.context import Context, link
from kcz_metrics.ui.table import Column, table

if TYPE_CHECKING:
    from kcz_metrics.scoring.scorecard import Scorecard

#: Colour of a state: higher is teal, lower rust, nothing to say grey; the word always goes with it.
_TONES = {"green": "up", "red": "down", "grey": "still"}
_GLYPHS = {"green": "✓", "red": "✗", "grey": "–"}


@st.cache_resource(show_spinner=False, max_entries=64)
def _quick(_card: Scorecard, snapshot_id: str, digest: str, index_id: str, period: str) -> pl.DataFrame:
    from kcz_metrics.analysis.selftests import QUICK, self_tests

    return self_tests(_card, QUICK)


@st.cache_resource(show_spinner=False, max_entries=64)
def _kept(snapshot_id: str, digest: str, index_id: str, period: str) -> dict[str, pl.DataFrame]:
    """Where the tests that wait are put once a reader has asked for them."""
    return {}


def known(ctx: Context) -> pl.DataFrame:
    """``test, state, checked, failed, unit, indicator, before, after`` of the tests that have run: at least the quick ones."""
    kept = _kept(*audit.key(ctx))
    return kept["whole"] if "whole" in kept else _quick(loading.scorecard(ctx), *audit.key(ctx))


def whole(ctx: Context) -> pl.DataFrame:
    """The same of all tests; those that have not run yet run now."""
    from kcz_metrics.analysis.selftests import TESTS, self_tests

    kept = _kept(*audit.key(ctx))
    if "whole" not in kept:
        quick = known(ctx)
        rest = self_tests(loading.scorecard(ctx), [test for test in TESTS if test not in set(quick["test"])])
        kept["whole"] = pl.concat([quick, rest])
    return kept["whole"]


def line(ctx: Context, key: str) -> None:
    """The line and the button that opens it; nothing for an index that ranks nobody."""
    if not audit.ranks(ctx):
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.html(_line(ctx, known(ctx)), width="content")
        asked = st.button(ctx.tr("看自检"), type="tertiary", key=f"{key}.selfcheck")
    if asked:
        st.dialog(ctx.tr("自检：这套方法在这批数据上守不守规矩"), width="large", on_dismiss="rerun")(_inside)(ctx, key)


def said(ctx: Context, found: pl.DataFrame) -> str:
    """How many tests passed, failed, had nothing to test, and wait."""
    from kcz_metrics.analysis.selftests import TESTS

    by = dict(found.group_by("state").len().iter_rows())
    parts = [ctx.tr("{n} 项通过", n=by.get("green", 0))]
    if by.get("red"):
        parts.append(ctx.tr("{n} 项有反例", n=by["red"]))
    if by.get("grey"):
        parts.append(ctx.tr("{n} 项不适用", n=by["grey"]))
    if waiting := len(TESTS) - found.height:
        parts.append(ctx.tr("{n} 项打开时再算", n=waiting))
    return ctx.tr("自检：{parts}", parts=ctx.tr("，").join(parts))


def _line(ctx: Context, found: pl.DataFrame) -> str:
    from kcz_metrics.analysis.selftests import TESTS
    from kcz_metrics.reports.finding_words import STATES
    from kcz_metrics.reports.finding_words import TESTS as NAMES

    states = dict(found.select("test", "state").iter_rows())
    dots = []
    for test in TESTS:
        state = states.get(test)
        words = STATES[state].in_(ctx.lang) if state else ctx.tr("还没有算")
        told = escape(f"{NAMES[test].in_(ctx.lang)}: {words}", quote=True)
        dots.append(f'<i class="kcz-{_TONES.get(state or "", "waiting")}" title="{told}"></i>')
    return f'<p class="kcz-checks">{"".join(dots)}<span>{escape(said(ctx, found))}</span></p>'


def _inside(ctx: Context, key: str) -> None:
    with st.spinner(ctx.tr("正在逐个对象、逐格试算"), show_time=True):
        whole(ctx)
    shown(ctx, key)
    if st.button(ctx.tr("看全部统计审计"), key=f"{key}.selfcheck.audit"):
        link("audit", part="selftests", index=ctx.index_id)


def shown(ctx: Context, key: str) -> None:
    """Each test: what was tried, on how many cases, what it means; the worst counterexample leads to its unit's passport."""
    from kcz_metrics.reports.finding_words import FAILED, STATES, TRIED
    from kcz_metrics.reports.finding_words import TESTS as NAMES

    columns = [
        Column("name", ctx.tr("检验"), "name"),
        Column("state", ctx.tr("结论"), "flags"),
        Column("tried", ctx.tr("怎么试"), options={"wrap": True}),
        Column("checked", ctx.tr("试了"), "number", options={"decimals": 0}),
        Column("failed", ctx.tr("反例"), "number", options={"decimals": 0}),
        Column("example", ctx.tr("最大的反例"), options={"wrap": True}),
    ]
    kinds = {"green": "", "red": "watch", "grey": "neutral"}
    rows: list[dict[str, Any]] = []
    ways: dict[str, Mapping[str, str | None]] = {}
    for row in whole(ctx).iter_rows(named=True):
        words = f"{_GLYPHS[row['state']]} {STATES[row['state']].in_(ctx.lang)}"
        rows.append({
            "id": row["test"], "name": NAMES[row["test"]].in_(ctx.lang), "state": [{"t": words, "kind": kinds[row["state"]]}],
            "tried": TRIED[row["test"]].in_(ctx.lang),
            "checked": row["checked"], "failed": row["failed"], "example": _example(ctx, row),
        })  # fmt: skip
        if row["state"] == "red":
            ways[row["test"]] = {"unit": row["unit"].split(" ")[0], "indicator": row["indicator"], "index": ctx.index_id}
    opened = table(ctx, columns, rows, f"{key}.selfchecks", label=ctx.tr("自检"))
    for test in ways:
        head.paragraph(f"**{NAMES[test].in_(ctx.lang)}** {FAILED[test].in_(ctx.lang)}")
    if ways:
        head.paragraph(ctx.tr("点按有反例的一行，看这个评价对象的数据来历。有反例是所选方法与指标的性质，应当知道，未必是错。"), muted=True)
    if opened in ways:
        link("passport", **ways[opened])


def _example(ctx: Context, row: Mapping[str, Any]) -> str:
    if row["state"] != "red":
        return ""
    names = audit.names(ctx)
    units = [names.get(unit, unit) for unit in row["unit"].split(" ")]
    before, after = number.score(row["before"]), number.score(row["after"])
    if len(units) > 1:
        return ctx.tr("{better}各项都不差，得 {before}；{worse}得 {after}", better=units[0], worse=units[1], before=before, after=after)
    if row["indicator"]:
        return ctx.tr(
            "{unit}：{before} → {after}，主要由{indicator}引起",
            unit=units[0],
            before=before,
            after=after,
            indicator=ctx.name(row["indicator"]),
        )
    return ctx.tr("{unit}：{before} → {after}", unit=units[0], before=before, after=after)
