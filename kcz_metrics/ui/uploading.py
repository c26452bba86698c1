"""The words on a place to drop a file: Streamlit's own are English only and are written over."""

from __future__ import annotations

import streamlit as st

from kcz_metrics.ui.context import Context


def words(ctx: Context, most_bytes: int) -> None:
    """Say on the uploaders of this page, in the reader's language, how to choose a file and how large it may be."""
    zone, told = '[data-testid="stFileUploaderDropzone"]', '[data-testid="stFileUploaderDropzoneInstructions"]'
    choose, most = ctx.tr("选择文件"), ctx.tr("至多 {size} MB，可拖到这里", size=most_bytes // 2**20)
    st.html(
        f"<style>{zone}>span button p,{told} span{{font-size:0!important;white-space:normal!important}}"
        f'{zone}>span button p::after{{content:"{choose}";font-size:.933rem}}'
        f'{told} span::after{{content:"{most}";font-size:.867rem}}</style>'
    )
