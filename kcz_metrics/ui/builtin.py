"""The framework's own English words on Chinese pages: what menus, grids and fields say by themselves is written over in the browser."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import streamlit as st

from kcz_metrics.locales import T
from kcz_metrics.ui.context import Context

#: In English exactly as the framework says them.
WORDS = (
    T("没有匹配项"), T("没有可选项"), T("选一项或几项"), T("选择一项"), T("按回车键应用"), T("按 Ctrl+回车键应用"), T("下载为 CSV"),
    T("显示或隐藏列"), T("放大"), T("退出放大"), T("升序排列"), T("降序排列"), T("固定列"), T("取消固定"), T("隐藏列"),
    T("自动列宽"), T("在表中查找"), T("全部清除"), T("清除"), T("全部选择"), T("已复制"), T("列统计"), T("收起侧栏"), T("展开侧栏"),
    T("关闭窗口"), T("复制到剪贴板"), T("查看说明"),
)  # fmt: skip


@cache
def _component() -> Any:
    js = resources.files(__package__).joinpath("assets", "words.js").read_text(encoding="utf-8")
    return st.components.v2.component("kcz_words", html="<span></span>", js=js, isolate_styles=False)


def words(ctx: Context) -> None:
    """Have the browser say them in Chinese. English pages need nothing, but the place is kept: a page whose parts move up by one when the
    language changes is built anew by the browser, and a key pressed meanwhile goes to a part that is no more."""
    with st.container(key="kcz-words"):
        if ctx.lang == "zh":
            _component()(data={"words": {word.render("en"): word.render("zh") for word in WORDS}}, key="words")
