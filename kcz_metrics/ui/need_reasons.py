"""The parts of a suggestion in words: their names, the colour of their kind, and a sentence that says what each rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from kcz_metrics.locales import T, Text
from kcz_metrics.ui import labels, number
from kcz_metrics.ui.context import Context

if TYPE_CHECKING:
    from kcz_metrics.matching.reasons import ResourceFacts, TeamFacts

FIT, PAST, PLACE, STATE = T("供需吻合"), T("以往对接"), T("地域联系"), T("当前状态")
TONES = MappingProxyType({"accent": FIT, "quantity": PAST, "interval": PLACE, "step1": STATE})
#: Part to its kind and the kind's colour.
GROUPS: Mapping[str, tuple[Text, str]] = MappingProxyType(
    {
        "industry": (FIT, "accent"), "field": (FIT, "accent"), "text": (FIT, "accent"),
        "success": (PAST, "quantity"), "docked_here": (PAST, "quantity"), "docked_industry": (PAST, "quantity"), "used": (PAST, "quantity"),
        "agreement": (PLACE, "interval"), "distance": (PLACE, "interval"),
        "capacity": (STATE, "step1"), "grade": (STATE, "step1"), "fresh": (STATE, "step1"),
    }
)  # fmt: skip


def parts_of(row: Mapping[str, Any]) -> Iterator[tuple[Text, str, float]]:
    """Kind, colour and points of the four kinds of parts of a suggestion."""
    for tone, words in TONES.items():
        yield words, tone, sum(row[part] or 0.0 for part, (_, own) in GROUPS.items() if own == tone)


def colours(ctx: Context) -> list[tuple[str, str]]:
    token = ctx.tokens
    shown = {"accent": token["accent"], "quantity": token["tier"][1], "interval": token["interval"], "step1": token["sequence"][1]}
    return [(shown[tone], ctx.text(words)) for tone, words in TONES.items()]


def team_sentences(ctx: Context, facts: TeamFacts) -> dict[str, tuple[Text, str]]:
    """Part to its name and what it rests on, in the order of the weights."""
    tr = ctx.tr
    if facts.skills:
        skills = tr(
            "{all} 项技能中 {n} 项出自本产业的需求：{names}", all=facts.all_skills, n=len(facts.skills), names=_row(ctx, facts.skills)
        )
    else:
        skills = tr("没有技能出自本产业的需求")
    if facts.signed_on is not None:
        agreement = tr("{day} 与本市签订服务协议", day=facts.signed_on.isoformat())
    else:
        agreement = tr("列入本市服务名单，未见签约") if facts.listed else tr("没有与本市的服务约定")
    return {
        "industry": (T("产业"), skills),
        "field": (T("领域"), tr("技术领域相同") if facts.same_field else tr("技术领域不同")),
        "text": (T("文字"), _words(ctx, facts.words)),
        "success": (
            T("成效"),
            tr(
                "满 120 天的对接 {tried} 次，达成协议 {done} 次，收缩后按 {share} 计",
                tried=facts.matured,
                done=facts.agreed,
                share=number.share(facts.success),
            ),
        ),
        "docked_here": (T("本市对接"), _docked(ctx, facts.docked_city, facts.most_city, here=True)),
        "docked_industry": (T("本产业对接"), _docked(ctx, facts.docked_industry, facts.most_industry, here=False)),
        "agreement": (T("服务约定"), agreement),
        "capacity": (
            T("余力"),
            tr("在手 {active} 项，过去一年各季末通常 {usual} 项", active=facts.active, usual=number.decimal(facts.usual, 1)),
        ),
        "distance": (T("远近"), _distance(ctx, facts.km)),
    }  # fmt: skip


def resource_sentences(ctx: Context, facts: ResourceFacts) -> dict[str, tuple[Text, str]]:
    tr = ctx.tr
    own = tr("持有单位从事本产业") if facts.holder_industry > 0 else tr("持有单位未填本产业")
    grade = labels.coded(ctx, "grade", facts.row["grade"])
    return {
        "industry": (T("产业"), own),
        "field": (T("领域"), tr("技术领域相同") if facts.same_field else tr("技术领域不同")),
        "text": (T("文字"), _words(ctx, facts.words)),
        "docked_industry": (T("本产业对接"), tr("持有单位在本产业对接过 {n} 次", n=number.count(facts.docked_industry))),
        "grade": (T("分级"), tr("评为{grade}级", grade=grade) if grade else tr("尚未分级")),
        "used": (T("使用"), tr("被其他单位使用 {n} 次", n=number.count(facts.uses))),
        "fresh": (T("新旧"), tr("{n} 天前确认或入库", n=number.count(facts.days))),
        "distance": (T("远近"), _distance(ctx, facts.km)),
    }


def _row(ctx: Context, words: tuple[str, ...]) -> str:
    return ("、" if ctx.lang == "zh" else ", ").join(words)


def _words(ctx: Context, words: tuple[str, ...]) -> str:
    return ctx.tr("共有“{words}”", words=_row(ctx, words)) if words else ctx.tr("没有共同的词")


def _docked(ctx: Context, n: int, most: int, *, here: bool) -> str:
    if not n:
        return ctx.tr("在本市没有对接过") if here else ctx.tr("在本产业没有对接过")
    if here:
        return ctx.tr("在本市对接过 {n} 次，最多的团 {most} 次", n=n, most=most)
    return ctx.tr("在本产业对接过 {n} 次，最多的团 {most} 次", n=n, most=most)


def _distance(ctx: Context, km: float | None) -> str:
    if km is None:
        return ctx.tr("所在地未填，按平均远近计")
    return ctx.tr("所在地距本市 {km} 公里", km=number.count(round(km)))
