"""Levels of an index as the ranking shows them: names, places in the order, seats and borders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kcz_metrics.ui import number
from kcz_metrics.ui.context import Context

if TYPE_CHECKING:
    from kcz_metrics.scheme.models import Index


@dataclass(frozen=True, slots=True)
class Border:
    """The lower end of a level: the last rank within it (seats) or its lowest score (threshold), and the words for it."""

    last: int | None
    at_least: float | None
    words: str
    label: str


def chips(ctx: Context, index: Index) -> Mapping[str, dict[str, Any]]:
    """Level id to the chip that shows it: its name, and its place with 0 the best."""
    levels = index.tiers.levels if index.tiers else ()
    return {level.id: {"t": ctx.text(level.name, level.id), "level": min(i, 3)} for i, level in enumerate(levels)}


def heading(ctx: Context, index: Index) -> str:
    """What the level by this period's score is called: a tier only where tiers have no memory, else a seat."""
    return ctx.tr("本期席位") if index.tiers and index.tiers.remembers else ctx.tr("层级")


def meaning(ctx: Context, index: Index) -> str:
    """The same in a sentence, for the heading of a column; where tiers have a memory it says where the tier stands."""
    if index.tiers and index.tiers.remembers:
        return ctx.tr("按本期得分排到的席位，不是层级；层级按升降规则逐轮审定，见层级评审")
    return ctx.tr("按本期得分划分")


def within(ctx: Context, index: Index) -> str:
    """The same within a sentence."""
    return ctx.tr("按本期得分的席位") if index.tiers and index.tiers.remembers else ctx.tr("本期的层级")


def borders(ctx: Context, index: Index) -> tuple[Border, ...]:
    """The borders between levels, best first; none after the last level."""
    found: list[Border] = []
    taken = 0
    levels = index.tiers.levels if index.tiers else ()
    for level in levels:
        name = ctx.text(level.name, level.id)
        if level.seats is not None:
            taken += level.seats
            words = ctx.tr("以上为{level}名额（{n} 席）", level=name, n=level.seats)
            found.append(Border(taken, None, words, ctx.tr("{level} {n} 席", level=name, n=level.seats)))
        elif level.at_least is not None:
            bar = number.decimal(level.at_least, 0 if float(level.at_least).is_integer() else 2)
            found.append(Border(None, level.at_least, ctx.tr("以上为{level}（{score} 分及以上）", level=name, score=bar), name))
        else:
            found.append(Border(None, None, "", name))
    return tuple(found)


def last_ranks(borders: Sequence[Border], scores: Sequence[float]) -> list[int]:
    """The last place within each level, for scores in falling order."""
    places = []
    for border in borders:
        if border.last is not None:
            places.append(border.last)
        elif border.at_least is not None:
            places.append(sum(score >= border.at_least for score in scores))
        else:
            places.append(len(scores))
    return places
