"""Words that record tables take as typed, where no list of codes is given. Those in common use have an English form; any other
stands as it was typed: nobody but the reporter knows what it means."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from kcz_metrics.locales import T, Text
from kcz_metrics.ui.context import Context

_KNOWN: Mapping[str, Text] = MappingProxyType(
    {
        word.source: word
        for word in (
            # how a roadmap item is docked, and how the two sides work together
            T("张榜"), T("定向对接"), T("专场对接"), T("线上对接"),
            T("联合研发"), T("技术咨询"), T("成果转让"), T("委托服务"), T("共建平台"),
            # columns of the platform; the notice's own is written with its marks
            T("创业者说"), T("技术公开课"), T("产业观察"),
            # lists of the programme
            T("开源创新榜"), T("先导技术榜"), T("新锐企业榜"), T("产学研融通榜"), T("青年创业榜"), T("科技服务榜"), T("绿色低碳榜"),
        )
    }
    | {"院士开讲": T("《院士开讲》")}
)  # fmt: skip


def typed(ctx: Context, word: str | None) -> str | None:
    """``word`` in the reader's language where it is known, else as it was typed; null stays null."""
    return ctx.text(_KNOWN[word]) if word is not None and word in _KNOWN else word
