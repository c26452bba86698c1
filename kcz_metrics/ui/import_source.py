"""Which file, for which table, and how it is to be read; what it cannot be read for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from kcz_metrics.records import limits
from kcz_metrics.ui import choosing, head, import_columns, import_steps, states, uploading
from kcz_metrics.ui.context import Context

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from kcz_metrics.records import Understanding
    from kcz_metrics.ui.import_steps import Steps

_BOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def answer(ctx: Context) -> str:
    if ctx.past:
        return ctx.tr("导入总是与最新的快照比较，并在它之后成为新快照。")
    if ctx.snapshots:
        return ctx.tr("好的行入库，成为新快照；坏的行连同原因退回；入库之后也能撤销。")
    return ctx.tr("库里还没有记录。先导入参照资料（省、试点、单位），再导入业务记录。")


def choose(ctx: Context) -> tuple[UploadedFile | None, str | None, str | None, int | None]:
    """Table, form to fill in, file; sheet and heading row where the reader names them."""
    tables = ctx.store.tables
    order = sorted(tables, key=lambda name: not tables[name].has_tail)
    left, right = st.columns([5, 8], gap="large")
    with left:
        name = choosing.select(
            "table", ctx.tr("导入到哪张表"), order, lambda one: f"{tables[one].label.in_(ctx.lang)} · {one}", key="imports.table",
            placeholder=ctx.tr("选一张表"),
        )  # fmt: skip
        below = st.container(horizontal=True)
        if name is not None:
            with below:
                _template(ctx, name)
    uploading.words(ctx, limits.MAX_BYTES)
    with right:
        file = st.file_uploader(
            ctx.tr("文件（CSV 或 Excel）"), key=f"imports.file.{import_steps.turn()}",
            help=ctx.tr("不超过 {size} MB；CSV 可为 UTF-8、GB18030、UTF-16。公式不会运行。", size=limits.MAX_BYTES // 2**20),
        )  # fmt: skip
    sheet, row = None, None
    if file is not None:
        steps = import_steps.current()
        rivals = _rivals(steps)
        if rivals:
            with right:
                sheet = _sheet(ctx, rivals)
        with below, st.popover(ctx.tr("读法"), key="imports.reading"):
            if not rivals and steps is not None and steps.understood is not None and len(steps.understood.sheets) > 1:
                sheet = _sheet(ctx, steps.understood.sheets)
            row = st.number_input(
                ctx.tr("表头在第几行"), min_value=1, max_value=10_000, value=None, placeholder=ctx.tr("自动"),
                key=f"imports.heading.{import_steps.turn()}",
            )  # fmt: skip
    return file, name, sheet, row


def _sheet(ctx: Context, sheets: tuple[str, ...]) -> str | None:
    """Which sheet of the workbook; kept apart from the widget, which stands in another place once the workbook is read."""
    kept = f"imports.sheet.{import_steps.turn()}"
    chosen: str | None = st.session_state.get(kept)

    def take() -> None:
        st.session_state[kept] = st.session_state[f"{kept}.{len(sheets)}"]

    at = sheets.index(chosen) if chosen in sheets else None
    st.selectbox(ctx.tr("工作表"), sheets, index=at, placeholder=ctx.tr("自动"), key=f"{kept}.{len(sheets)}", on_change=take)
    return chosen


def _rivals(steps: Steps | None) -> tuple[str, ...]:
    """Sheets among which the reader must choose."""
    issues = steps.wrong.issues if steps is not None and steps.understood is None and steps.wrong is not None else ()
    found = next((issue.found for issue in issues if issue.code in ("sheet_open", "sheet_unknown") and issue.found), None)
    return tuple(str(found).split(", ")) if found is not None else ()


def _template(ctx: Context, name: str) -> None:
    """An empty form, in the reader's language."""

    def book() -> bytes:
        from kcz_metrics.records.form_book import form_book

        return form_book(name, ctx.lang)

    st.download_button(
        ctx.tr("下载填报模板"), data=book, file_name=f"{name}.xlsx", mime=_BOOK, key="imports.template", on_click="ignore",
        help=ctx.tr("Excel 表：列名、单位、下拉选项、填写说明与一行示例；示例行不会导入"),
    )  # fmt: skip


def advice(ctx: Context) -> None:
    states.empty(ctx.tr("选一张表和一个文件，就能看到会怎样入库；确认之前什么都不写入。"), ctx.tr("没有现成的文件，可先下载填报模板。"))


def form(ctx: Context, understood: Understanding) -> str:
    """What kind of file it was read as."""
    parts = [understood.name]
    if understood.kind == "csv":
        parts.append(understood.encoding.upper())
        parts.append(ctx.tr("分隔符“{sign}”", sign={"\t": "Tab"}.get(understood.separator, understood.separator)))
    else:
        parts.append(ctx.tr("工作表“{sheet}”", sheet=understood.sheet))
    parts.append(ctx.tr("{n} 行", n=f"{understood.rows:,}"))
    parts.append(f"SHA-256 {understood.sha256[:12]}")
    return " · ".join(part for part in parts if part)


def open_questions(ctx: Context, steps: Steps) -> None:
    """What must be settled before the rows can be checked; and what was remembered."""
    understood = steps.understood
    assert understood is not None
    if understood.remembered and any(r.how in ("remembered", "left_out") for r in understood.readings):
        with st.container(horizontal=True, vertical_alignment="center"):
            head.paragraph(ctx.tr("按上次对同样表头的更正读入。"), muted=True)
            st.button(ctx.tr("不再沿用"), key="imports.forget", on_click=import_steps.forget, args=(ctx,))
    if understood.issues:
        states.notice(ctx.tr("还有 {n} 处要先定下来：", n=len(understood.issues)))
        head.sentences(import_columns.told(ctx, issue) for issue in understood.issues[:20])


def refused(ctx: Context, steps: Steps) -> None:
    """Why the file or the import was refused; the records are untouched."""
    if steps.said.get("busy"):
        states.notice(ctx.tr("一分钟内已读 {n} 个文件，过一分钟再试。", n=import_steps.A_MINUTE))
        return
    if steps.wrong is None:
        return
    if _rivals(steps) and not steps.said.get("sheets"):
        steps.said["sheets"] = True
        st.rerun()  # the choice of the sheet stands beside the file
    states.error(ctx, steps.wrong)
    if steps.understood is not None:
        st.button(ctx.tr("重新比较"), key="imports.compare", on_click=import_steps.compare_again)
