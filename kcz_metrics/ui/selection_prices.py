"""What each quota costs: worked out when asked for, line by line, and kept for the session."""

from __future__ import annotations

import polars as pl
import streamlit as st

from kcz_metrics.ui import head, number
from kcz_metrics.ui import selection_words as words
from kcz_metrics.ui.behind import selection as behind
from kcz_metrics.ui.selection import Round
from kcz_metrics.ui.table import Column, table

#: The last answer of the session: what it hangs on, and the frame.
_KEPT = "selection.prices.kept"
#: What the reader asked the prices of.
_ASKED = "selection.prices.asked"


def prices(seen: Round) -> None:
    """The button, then bars: dearest first, those without a price folded to a count."""
    ctx = seen.ctx
    head.finding(ctx.tr("每项名额的代价"), ctx.tr("没有这一项时总分能高多少（席数不变）；各项代价不能相加"))
    key, frame = st.session_state.get(_KEPT, ("", None))
    if frame is None or key != seen.key:
        if st.session_state.get(_ASKED) != seen.key:
            st.button(ctx.tr("计算各项代价"), key="selection.prices", on_click=_ask, args=(seen.key,))
            head.paragraph(ctx.tr("逐项去掉再求一遍最优，约需几秒。"), muted=True)
            return
        frame = _made(seen, st.empty())
    _table(seen, frame)


def _ask(key: str) -> None:
    st.session_state[_ASKED] = key


def _made(seen: Round, place: st.delta_generator.DeltaGenerator) -> pl.DataFrame:
    from kcz_metrics.decisions import pricing

    ctx, found = seen.ctx, seen.found
    assert found.chosen is not None
    bar = place.progress(0.0, ctx.tr("正在逐项求解"))

    def done(n: int, of: int) -> None:
        bar.progress(n / of, ctx.tr("已求解 {n} / {of} 项", n=n, of=of))

    frame = pricing.prices(found.points, found.rules, found.chosen, found.scale, done)
    place.empty()
    st.session_state[_KEPT] = (seen.key, frame)
    return frame


def _table(seen: Round, frame: pl.DataFrame) -> None:
    ctx = seen.ctx
    whole = frame.filter(pl.col("value").is_null())["line"].to_list()
    several = pl.col("line").is_in(whole) & pl.col("value").is_not_null()
    shown = frame.filter(~several | pl.col("binding")).sort("price", "line", descending=[True, False])
    left = frame.height - shown.height
    widest = float(shown["price"].max() or 1.0)  # type: ignore[arg-type]
    columns = [
        Column("name", ctx.tr("名额"), "name", options={"wrap": True}),
        Column("asked", ctx.tr("席数"), "number", options={"decimals": 0}),
        Column("taken", ctx.tr("入选"), "number", options={"decimals": 0}),
        Column("eligible", ctx.tr("达到资格"), "number", options={"decimals": 0}),
        Column("binding", ctx.tr("是否卡住"), "flags"),
        Column("price", ctx.tr("代价"), "bar", unit=ctx.tr("分"), width=150, options={"domain": [0, widest]}),
    ]
    rows = [
        {
            "id": f"{row['line']}:{row['value'] or ''}", "name": words.line(ctx, seen, row), "asked": row["asked"], "taken": row["taken"],
            "eligible": row["eligible"], "binding": [{"t": ctx.tr("卡住"), "kind": "watch"}] if row["binding"] else [],
            "price": {"v": row["price"], "parts": [{"v": row["price"], "tone": "quantity"}], "t": number.score(row["price"])},
        }
        for row in shown.iter_rows(named=True)
    ]  # fmt: skip
    title = ctx.tr("每项名额的代价")
    table(ctx, columns, rows, "selection.prices.table", label=title, opens=False, behind=behind.prices(seen), height=420)
    if left:
        head.paragraph(ctx.tr("另有 {n} 个取值没有卡住谁，代价为 0，不列。", n=number.count(left)), muted=True)
