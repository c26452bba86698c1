"""Where an import stands: the file read apart, what the reader said of its columns, what it would do, what it did.

All of it belongs to one reader and lies in the session, never in a cache; a new file or table begins anew. Files are read in a process of
their own (:mod:`kcz_metrics.records`), so that a broken one leaves the page alive.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import streamlit as st

from kcz_metrics.errors import KczError
from kcz_metrics.records import commit, corrected, prepare, remembered, understand, waiting
from kcz_metrics.records.understanding import Corrections
from kcz_metrics.ui import address
from kcz_metrics.ui.context import Context

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from kcz_metrics.records import Receipt, Staged, Understanding

_STATE, _TURN, _TIMES = "imports.state", "imports.turn", "imports.times"
#: Files that one reader may have read within a minute.
A_MINUTE = 10


@dataclass
class Steps:
    """``key``: the file, the table and how it is to be read. ``asked``: the reader pressed the button that brings the rows in."""

    key: tuple[Any, ...]
    understood: Understanding | None = None
    staged: Staged | None = None
    staged_for: tuple[Any, ...] = ()
    wrong: KczError | None = None
    asked: bool = False
    receipt: Receipt | None = None
    said: dict[str, Any] = field(default_factory=dict)


def turn() -> int:
    """Counts the imports of the session: widgets of the next one begin empty."""
    return int(st.session_state.setdefault(_TURN, 0))


def again() -> None:
    """Begin with another file."""
    st.session_state[_TURN] = turn() + 1
    st.session_state.pop(_STATE, None)


def current() -> Steps | None:
    found: Steps | None = st.session_state.get(_STATE)
    return found


def read(ctx: Context, file: UploadedFile, table: str, sheet: str | None, heading_row: int | None) -> Steps:
    """The file read apart as rows of ``table``; ``wrong`` says why it cannot be. Read once, until file, table or reading changes."""
    key = (file.file_id, table, sheet, heading_row)
    steps = current()
    if steps is not None and steps.key == key:
        return steps
    steps = Steps(key)
    st.session_state[_STATE] = steps
    if _too_many():
        steps.said["busy"] = True
        return steps
    try:
        with st.spinner(ctx.tr("正在读取 {name}", name=file.name), show_time=True):
            steps.understood = understand(
                file.getvalue(), table, name=file.name, home=ctx.store.home, sheet=sheet, heading_row=heading_row
            )  # fmt: skip
    except KczError as wrong:
        steps.wrong = wrong
    return steps


def _too_many() -> bool:
    times = [t for t in st.session_state.get(_TIMES, []) if t > time.monotonic() - 60]
    st.session_state[_TIMES] = [*times, time.monotonic()]
    return len(times) >= A_MINUTE


def correct(steps: Steps, corrections: Corrections) -> None:
    """Take over what the reader says of the columns; nothing is read again."""
    assert steps.understood is not None
    if steps.understood.corrections == corrections:
        return
    try:
        steps.understood, steps.wrong = corrected(steps.understood, corrections), None
    except KczError as wrong:
        steps.wrong = wrong


def check(ctx: Context, steps: Steps) -> None:
    """Check every row and compare with the newest records; once, until a correction or another snapshot."""
    understood = steps.understood
    if understood is None or understood.issues or steps.wrong is not None:
        steps.staged = None
        return
    if steps.asked and steps.staged is not None:
        return  # what was confirmed is what was seen; the store says what others have changed since
    newest = ctx.snapshots[0].id if ctx.snapshots else ""
    wanted = (repr(understood.corrections), newest)
    if steps.staged is not None and steps.staged_for == wanted:
        return
    try:
        with st.spinner(ctx.tr("正在逐行核对 {n} 行", n=f"{understood.rows:,}"), show_time=True):
            steps.staged, steps.staged_for = prepare(understood, ctx.store), wanted
    except KczError as wrong:
        steps.staged, steps.wrong = None, wrong


def ask() -> None:
    """The reader confirms."""
    steps = current()
    if steps is not None:
        steps.asked = True


def bring_in(ctx: Context, steps: Steps) -> None:
    """Bring the rows in and keep the rejected ones waiting. The store asks for the right to do so."""
    staged, steps.asked = steps.staged, False
    assert staged is not None
    try:
        with st.spinner(ctx.tr("正在入库"), show_time=True):
            steps.receipt = commit(staged, ctx.store, ctx.actor)
    except KczError as wrong:
        steps.wrong = wrong
        return
    try:
        waiting.keep(ctx.store, staged, ctx.actor)
    except KczError as wrong:  # the rows are in; that the others are not kept is said beside the receipt
        steps.said["wrong"] = wrong
    steps.staged = steps.understood = None  # the rows are in the store; the session need not hold them
    address.put(snapshot=None)
    st.rerun()


def forget(ctx: Context) -> None:
    """Read this source as if nothing had been said of its headings."""
    steps = current()
    if steps is not None and steps.understood is not None:
        remembered.forget(ctx.store.home, steps.understood.table, steps.understood.headings)
        st.session_state.pop(_STATE, None)


def compare_again() -> None:
    """After a conflict: look at the file against what is there now."""
    steps = current()
    if steps is not None:
        steps.wrong, steps.staged, steps.staged_for = None, None, ()
