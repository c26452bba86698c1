"""The snapshot a page looks at: the newest, or an earlier one that the reader chose; the address and the head of the page say so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from kcz_metrics.ui import address, choosing, number
from kcz_metrics.ui.states import notice

if TYPE_CHECKING:
    from kcz_metrics.store import SnapshotInfo
    from kcz_metrics.ui.context import Context

#: Characters of a snapshot's id in the address: enough to tell any two apart.
LENGTH = 12
_KEY = "frame.snapshot"


def asked(snapshots: Sequence[SnapshotInfo]) -> str | None:
    """The id that the address asks for; None where it asks for none, or not exactly one begins so."""
    begins = (address.get("snapshot") or "").lower()
    found = [one.id for one in snapshots if begins and one.id.startswith(begins)]
    return found[0] if len(found) == 1 else None


def code(shown: SnapshotInfo, snapshots: Sequence[SnapshotInfo]) -> str | None:
    """How the snapshot stands in the address; None for the newest, so that a link without it follows the records."""
    return None if shown.id == snapshots[0].id else shown.id[:LENGTH]


def called(ctx: Context, one: SnapshotInfo) -> str:
    """A snapshot in one line: number, day, what it came from."""
    return ctx.tr("{number} · {day} · {source}", number=one.number, day=number.day(one.created_at), source=one.source)


def choose(ctx: Context) -> None:
    """The chooser in the sidebar, where there is more than one snapshot."""
    if ctx.snapshot is None or len(ctx.snapshots) < 2:
        return
    known = {one.id: one for one in ctx.snapshots}
    choosing.hold(_KEY, ctx.snapshot.id)
    newest = ctx.snapshots[0].id
    st.selectbox(
        ctx.tr("快照"), list(known), format_func=lambda id: called(ctx, known[id]), key=_KEY,
        on_change=_chosen, args=(tuple(known), newest),
        help=ctx.tr("每次导入、撤销、认定都产生一个快照。选较早的一个，各页就按当时的记录计算。"),
    )  # fmt: skip


def _chosen(ids: tuple[str, ...], newest: str) -> None:
    chosen = st.session_state[_KEY]
    if chosen in ids:
        address.put(snapshot=None if chosen == newest else chosen[:LENGTH])


def tell(ctx: Context) -> None:
    """Below the basis line: that this is not the newest state of the records, and the way to it."""
    if ctx.snapshot is None or not ctx.past:
        return
    later = [one for one in ctx.snapshots if one.number > ctx.snapshot.number]
    moved = sum(one.rows_in + one.rows_out for one in later)
    with st.container(horizontal=True, vertical_alignment="center"):
        notice(
            ctx.tr(
                "按快照 {number}（{day}）查看；之后又有 {n} 个快照，变动 {rows} 行。", number=ctx.snapshot.number,
                day=number.day(ctx.snapshot.created_at), n=number.count(len(later)), rows=number.count(moved),
            )
        )  # fmt: skip
        st.button(ctx.tr("查看最新"), key="asof.newest", on_click=lambda: address.put(snapshot=None))
