"""Files that a reader takes away: made when they are asked for, and noted in the audit trail before they go.

A button that is only shown writes nothing. Where the entry cannot be written nothing is handed over, and the page is drawn again with
the reason (:func:`watch`); of a store that can only be read here, the page's head says that there are no entries.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal

import polars as pl
import streamlit as st

from kcz_metrics.locales import T
from kcz_metrics.ui import browsing, states

if TYPE_CHECKING:
    from kcz_metrics.reports.listing import Listing
    from kcz_metrics.ui.context import Context

MIMES: Mapping[str, str] = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".csv": "text/csv", ".yaml": "application/yaml",
    ".html": "text/html",
}  # fmt: skip
_WRONG = "downloads.wrong"
#: What the framework says below a button whose file could not be made.
_FRAMEWORK = "Failed to generate file for download"
_OURS = T("没有交出文件")


@cache
def _component() -> Any:
    js = resources.files(__package__).joinpath("assets", "taken.js").read_text(encoding="utf-8")
    return st.components.v2.component("kcz_taken", html="<span></span>", js=js, isolate_styles=False)


def _nothing() -> None:
    """The browser's word draws the page again; there is nothing else to do."""


def watch(ctx: Context) -> None:
    """Have the browser tell of a file that could not be handed over: the page is then drawn again, and the button says why."""
    with st.container(key="kcz-taken"):
        _component()(data={"words": {_FRAMEWORK: ctx.text(_OURS)}}, key="taken", on_failed_change=_nothing)


def button(
    ctx: Context,
    label: str,
    content: Callable[[], bytes],
    file: str,
    *,
    key: str,
    rows: int | None = None,
    asked: Mapping[str, str] | None = None,
    kind: Literal["primary", "secondary"] = "secondary",
    disabled: bool = False,
    help: str | None = None,
) -> None:
    """A button that hands over ``file``. ``rows``: of the list in it; ``asked``: by what it was chosen, beside period, index and unit."""
    wrong: MutableMapping[str, Exception] = st.session_state.setdefault(_WRONG, {})
    st.download_button(
        label, data=taken(ctx, content, file, key, rows, asked or {}, wrong), file_name=file, mime=MIMES[file[file.rindex(".") :]], key=key,
        type=kind, on_click="ignore", disabled=disabled, help=help,
    )  # fmt: skip
    if key in wrong:
        states.error(ctx, wrong.pop(key))


def taken(
    ctx: Context,
    content: Callable[[], bytes],
    file: str,
    key: str,
    rows: int | None,
    asked: Mapping[str, str],
    wrong: MutableMapping[str, Exception],
) -> Callable[[], bytes]:
    """What makes the bytes once they are asked for, on a thread of its own, and notes that they were; what went wrong is put aside to be
    told."""
    chosen = {"index": ctx.index_id, "period": ctx.period} | ({"unit": ctx.unit} if ctx.unit else {}) | dict(asked)
    snapshots = (ctx.snapshot.id,) if ctx.snapshot is not None else ()

    def make() -> bytes:
        from kcz_metrics.store.exports import Export

        try:
            made = content()
            export = Export(file, key, rows, snapshots, ctx.digest or None, {name: value for name, value in chosen.items() if value})
            ctx.store.record_export(export, made, actor=ctx.actor)
        except Exception as error:  # told by the button, of whatever kind
            wrong[key] = error
            raise
        return made

    return make


def both(
    ctx: Context,
    listing: Callable[[], Listing],
    frame: Callable[[], pl.DataFrame],
    stem: str,
    *,
    key: str,
    rows: int,
    label: str | None = None,
    asked: Mapping[str, str] | None = None,
) -> None:
    """A list as a workbook, with its notes, and as CSV, beside one another."""
    from kcz_metrics.reports import listing as books

    snapshot, lang = ctx.snapshot, ctx.lang
    assert snapshot is not None
    said = notice(ctx)
    button(
        ctx, label or ctx.tr("下载工作簿"), lambda: books.workbook(listing(), snapshot, lang), f"{stem}.xlsx", key=f"{key}.book", rows=rows,
        asked=asked, disabled=not 0 < rows <= books.MOST, help=ctx.tr("文字按文字、日期按日期保存；另有一张说明：快照、筛选、各列含义"),
    )  # fmt: skip
    button(
        ctx, ctx.tr("下载 CSV"), lambda: browsing.export(frame(), notice=said), f"{stem}.csv", key=f"{key}.csv", rows=rows, asked=asked,
        disabled=not rows,
    )  # fmt: skip


def moved(ctx: Context) -> dict[str, str]:
    """Headings of a list of units with score and rank before and after."""
    return {
        "unit": ctx.tr("编号"), "name": ctx.tr("名称"), "score_before": ctx.tr("原得分"), "score": ctx.tr("现得分"),
        "score_change": ctx.tr("得分变动"), "rank_before": ctx.tr("原名次"), "rank": ctx.tr("现名次"), "rank_change": ctx.tr("名次变动"),
        "status": ctx.tr("状态"), "method_alone": ctx.tr("仅方法或权重的名次变动"), "alarm": ctx.tr("仅方法或权重就使名次变动"),
    }  # fmt: skip


def notice(ctx: Context) -> str | None:
    """What an export of invented records says in every row."""
    return ctx.tr("演示数据：全部记录均为虚构") if ctx.snapshot is not None and ctx.snapshot.invented else None
