"""Nothing there, not found, gone wrong: why, and what to do next. No stack trace reaches a reader."""

from __future__ import annotations

import logging
import secrets
from functools import partial
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from kcz_metrics.errors import KczError
from kcz_metrics.locales import Language, translate
from kcz_metrics.ui.places import ROOT

if TYPE_CHECKING:
    from kcz_metrics.ui.context import Context

SAMPLE = ROOT / "data" / "sample"
log = logging.getLogger("kcz_metrics.ui")


def empty(why: str, what_next: str = "") -> None:
    """A panel: one sentence why there is nothing, one what to do."""
    st.html(f'<div class="kcz-panel" role="status"><p class="kcz-why">{escape(why)}</p><p>{escape(what_next)}</p></div>')


def too_little(text: str) -> None:
    """A quiet line in place of a picture that the data do not carry; its numbers may open."""
    from kcz_metrics.ui import saying

    st.html(f'<p class="kcz-little">{saying.linked(escape(text))}</p>')


def notice(text: str) -> None:
    """A strip in the watch tint: what the reader should know before reading on."""
    st.html(f'<p class="kcz-notice" role="status">{escape(text)}</p>')


def done(text: str) -> None:
    st.html(f'<p class="kcz-done" role="status">{escape(text)}</p>')


def error(ctx: Context | Language, wrong: Exception) -> None:
    """Say what happened in plain words, with a reference number; the trace goes to the log under the same number."""
    lang: Language = ctx if isinstance(ctx, str) else ctx.lang
    tr = partial(_in, lang)
    reference = f"E-{secrets.token_hex(2).upper()}"
    log.error("%s", reference, exc_info=wrong)
    if isinstance(wrong, KczError):
        lines = [issue.render(lang) for issue in wrong.issues]
        head = tr("没能完成这一步，已有数据未受影响。编号 {reference}", reference=reference)
    else:
        lines = []
        head = tr("程序出错，已有数据未受影响。请把编号 {reference} 告诉管理员。", reference=reference)
    items = "".join(f"<li>{escape(line)}</li>" for line in lines[:20])
    more = tr("另有 {n} 条", n=len(lines) - 20) if len(lines) > 20 else ""
    st.html(f'<div class="kcz-error" role="alert"><p>{escape(head)}</p><ul>{items}</ul><p>{escape(more)}</p></div>')


def _in(lang: Language, source: str, /, **values: object) -> str:
    return translate(source, lang, **values)


def empty_store(ctx: Context) -> None:
    """The first thing a new installation shows on any page: which page it is, why there is nothing, and the two ways on."""
    st.html(
        f'<div class="kcz-head"><p class="kcz-crumbs">{escape(ctx.place.title.render(ctx.lang))}</p>'
        f'<h1 class="kcz-question">{escape(ctx.tr("还没有业务记录"))}</h1></div>'
    )
    empty(
        ctx.tr("数据库是空的，所以没有指标值、得分和名次可看。"),
        ctx.tr("可以先填入演示数据（全部虚构），也可以在数据导入页或用命令 kcz import 导入自己的业务记录。"),
    )
    with st.container(horizontal=True):
        offer_sample(ctx)
        if st.session_state.get("states.stage", "offer") == "offer" and st.button(ctx.tr("导入自己的记录"), key="states.import"):
            from kcz_metrics.ui.context import link

            link("imports")
    order = ctx.tr("导入的次序：先是省、试点、单位、服务团等参照资料，再是业务记录；每张表的填报模板在数据导入页下载。")
    st.html(f'<p class="kcz-text-muted">{escape(order)}</p>')


def offer_sample(ctx: Context) -> None:
    """The way on from an empty store: filling in the invented records, asked twice."""
    stage = st.session_state.get("states.stage", "offer")
    if stage == "offer":
        st.button(ctx.tr("填入演示数据"), type="primary", key="states.ask", on_click=_stage, args=("ask",))
    elif stage == "ask":
        st.html(f"<p>{escape(ctx.tr('将写入三年的虚构记录，约需半分钟。以后导入真实记录前应换一个空库。'))}</p>")
        with st.container(horizontal=True):
            st.button(ctx.tr("确认填入"), type="primary", key="states.fill", on_click=_stage, args=("fill",))
            st.button(ctx.tr("取消"), key="states.cancel", on_click=_stage, args=("offer",))
    else:
        _stage("offer")
        _fill(ctx)


def _stage(name: str) -> None:
    """Where the reader stands: the offer, the question, the filling."""
    st.session_state["states.stage"] = name


def _fill(ctx: Context) -> None:
    """The shipped sample where it lies beside the package, else records invented now."""
    from kcz_metrics.operations.decided_past import decide_past
    from kcz_metrics.records.sample import fill, invent, read_sample
    from kcz_metrics.ui import loading

    try:
        with st.spinner(ctx.tr("正在填入演示数据")):
            tables = read_sample(SAMPLE) if SAMPLE.is_dir() else invent().tables
            fill(ctx.store, tables, actor=ctx.actor.name, import_key="sample")
            decide_past(ctx.store, loading.scheme())
    except KczError as wrong:
        error(ctx, wrong)
        return
    st.rerun()
