"""The records behind a step of the funnel: those that got there, or that stopped just before, each open to the record that made it."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from kcz_metrics.analysis import paths as kernel
from kcz_metrics.ui import choosing, head, labels, naming, number, pathways, states
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.funnel_parts import Choice, choice, rows_of

#: Records handed to the browser at once.
SHOWN = 500
#: Step to the column of the record that made it and that record's table; the first step is the need or resource itself.
_MADE_BY = {
    "used": ("use_id", "resource_use"), "docked": ("docking_id", "docking"), "brought": ("docking_id", "docking"),
    "contracted": ("contract_id", "contract"), "paid": ("payment_id", "contract_payment"), "effect": ("impact_id", "impact"),
}  # fmt: skip
#: Columns of a record that name who it belongs to.
_BODIES = {"need": ("city_id", "enterprise_id"), "handling": ("city_id", "org_id", "team_id"), "resource": ("entered_by_org_id", "city_id")}


def records(ctx: Context) -> tuple[str, str] | None:
    """The records of the chosen step: those that got there, or that stopped just before; returns table and key of one opened."""
    made = choice(ctx)
    stage = choosing.current("stage", made.path.steps, made.path.steps[0])
    rows = rows_of(ctx, made)
    names = {s: pathways.step(ctx, s) for s in made.path.steps}
    first = stage == made.path.steps[0]
    sizes = {"got": kernel.stopped(rows, made.path, stage, reached=True).height}
    if not first:
        sizes["left"] = kernel.stopped(rows, made.path, stage, reached=False).height
    head.finding(ctx.tr("“{step}”一步的记录", step=names[stage]), ctx.tr("点按一行打开这一步的记录与来路"))
    words = {"got": ctx.tr("走到这一步"), "left": ctx.tr("止于上一步")}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        choosing.segments(
            "stage", ctx.tr("步骤"), made.path.steps, names.__getitem__, key=f"platform.stage.{made.kind}", fallback=made.path.steps[0],
            clears=("shown",), hidden=True,
        )  # fmt: skip
        shown = choosing.segments(
            "shown", ctx.tr("显示"), list(sizes), lambda code: f"{words[code]} {number.count(sizes[code])}",
            key=f"platform.shown.{made.kind}.{stage}", fallback="got", hidden=True,
        )  # fmt: skip
    kept = kernel.stopped(rows, made.path, stage, reached=shown != "left")
    if kept.is_empty():
        states.empty(ctx.tr("没有这样的记录。"), ctx.tr("可换一步，或换一个对象。"))
        return None
    source = "resource" if made.kind == "resource" else "need"
    key = f"{source}_id"
    titled = kept.join(_titles(ctx, source, key), on=key, how="left").sort(made.path.time, key, descending=[True, False])
    listed = titled.head(SHOWN)
    if titled.height > listed.height:
        head.paragraph(ctx.tr("显示最近的 {n} 条，共 {all} 条。", n=number.count(SHOWN), all=number.count(titled.height)), muted=True)
    return _grid(ctx, made, listed, key, (key, source) if shown == "left" else _MADE_BY.get(stage, (key, source)))


def _titles(ctx: Context, source: str, key: str) -> pl.DataFrame:
    from kcz_metrics.ui.loading import table as records_of

    return records_of(ctx, source).select(key, "title")


def _grid(ctx: Context, made: Choice, listed: pl.DataFrame, key: str, opens: tuple[str, str]) -> tuple[str, str] | None:
    """The rows with the record that ``opens`` names (its column and table) first."""
    from kcz_metrics.facts import FACTS

    fact = FACTS[made.path.fact]
    bodies = _BODIES[made.kind]
    dates = [name for name in fact.columns if name.endswith(("_at", "_on")) and name in listed.columns]
    record, source = opens
    columns = [*dict.fromkeys((record, key, "title", *bodies, *dates))]
    shown = naming.named(ctx, listed.select(columns), naming.of_columns(list(bodies), ()))
    assert ctx.snapshot is not None
    contract = ctx.snapshot.tables[key.removesuffix("_id")].columns
    heads: dict[str, Any] = {}
    for name in columns:
        column = fact.columns[name] if name in fact.columns else contract["title"]
        label = labels.headed(column.label.in_(ctx.lang))
        heads[name] = st.column_config.DateColumn(label, format="YYYY-MM-DD") if name in dates else st.column_config.Column(label)
    event = st.dataframe(
        shown.with_columns(pl.col(dates).cast(pl.Date)), column_config=heads, hide_index=True, row_height=35,
        height=min(420, 35 * (shown.height + 1) + 3), on_select="rerun", selection_mode="single-row", placeholder=number.MISSING,
        key=f"platform.grid.{made.kind}.{record}.{st.session_state.get('_platform.turn', 0)}",
        alt=fact.label.in_(ctx.lang),
    )  # fmt: skip
    chosen = event["selection"]["rows"]
    if not chosen or chosen[0] >= listed.height:
        return None
    st.session_state["_platform.turn"] = st.session_state.get("_platform.turn", 0) + 1  # coming back does not open it again
    if listed[record][chosen[0]] is None:  # a resource that was used first in a docking
        record, source = _MADE_BY["docked"]
    return source, str(listed[record][chosen[0]])
