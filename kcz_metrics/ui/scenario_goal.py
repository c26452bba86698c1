"""The target of a scenario: a rank, a score, or a level above the unit's own; it stands in the address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl
import streamlit as st

from kcz_metrics.ui import address, choosing, number, seats, strangers
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.scenario import Scenario
from kcz_metrics.ui.standing import ranked

RANK, SCORE, TIER = "rank", "score", "tier"
#: Places better and points more that are aimed at to begin with.
PLACES, POINTS = 5, 3.0


@dataclass(frozen=True)
class Goal:
    """``rank`` or ``score`` to reach; ``words`` say it."""

    rank: int | None
    score: float | None
    words: str


def choose(found: Scenario) -> Goal:
    """The target: a rank, a score, or a level above the unit's own."""
    ctx, row, frame = found.ctx, found.who.row, found.who.frame
    words = {RANK: ctx.tr("名次"), SCORE: ctx.tr("得分")}
    levels = _levels_above(found)
    if levels:
        words[TIER] = seats.heading(ctx, ctx.index)
    first = RANK if row["rank"] > 1 else SCORE
    goal = choosing.segments(
        "goal",
        ctx.tr("要达到什么"),
        list(words),
        words.__getitem__,
        key="whatif.goal",
        fallback=first,
        clears=("to",),
    )
    if goal == TIER:
        asked = choosing.select(
            "to", _asked_of(ctx), list(levels), lambda code: levels[code].words, key="whatif.to.tier", fallback=list(levels)[-1],
            width=320,
        )  # fmt: skip
        return levels[asked or list(levels)[-1]]
    if goal == RANK:
        last = ranked(frame).height
        rank = int(_typed("to", ctx.tr("要达到的名次"), max(1, int(row["rank"]) - PLACES), 1, last, whole=True))
        return Goal(rank, None, ctx.tr("第 {rank} 名", rank=rank))
    most = float(found.card.index.scale.upper)
    score = _typed("to", ctx.tr("要达到的得分"), round(min(float(row["score"]) + POINTS, most), 1), 0.0, most, whole=False)
    return Goal(None, score, ctx.tr("{score} 分", score=number.score(score)))


def _asked_of(ctx: Context) -> str:
    """What is to be entered: a seat by the period's score, where a tier is a matter of rounds and decisions."""
    tiers = ctx.index.tiers
    return ctx.tr("要进入的席位（按本期得分）") if tiers and tiers.remembers else ctx.tr("要进入的层级")


def below_a_border(ctx: Context, frame: pl.DataFrame) -> str | None:
    """The first unit just below a border of the levels, else the second: one that has something near to reach. None below two."""
    placed = ranked(frame).sort("rank", "unit")
    if ctx.index.group is not None:  # a border holds within one ranking
        placed = placed.filter(pl.col("group") == placed["group"][0]) if placed.height else placed
    found = seats.borders(ctx, ctx.index)
    last = [n for n in seats.last_ranks(found, placed["published"].to_list()) if 0 < n < placed.height]
    at = last[0] if last and ctx.index.group is None else 1
    return str(placed["unit"][at]) if at < placed.height else None


def _levels_above(found: Scenario) -> dict[str, Goal]:
    """Levels better than the unit's own, by the last rank within their seats or their least score; none where nothing says so."""
    ctx, row = found.ctx, found.who.row
    chips = seats.chips(ctx, ctx.index)
    if not chips or row["tier"] not in chips or ctx.index.group is not None:
        return {}
    goals: dict[str, Goal] = {}
    for code, border in zip(chips, seats.borders(ctx, ctx.index), strict=True):
        if code == row["tier"]:
            break
        name = str(chips[code]["t"])
        if border.last is not None and border.last < row["rank"]:
            goals[code] = Goal(border.last, None, ctx.tr("{level}名额内（第 {rank} 名）", level=name, rank=border.last))
        elif border.at_least is not None:
            goals[code] = Goal(None, border.at_least, ctx.tr("{level}（{score} 分）", level=name, score=number.score(border.at_least)))
    return goals


def _typed(code: str, label: str, fallback: float, least: float, most: float, *, whole: bool) -> float:
    """A number that stands in the address; what is none, or out of bounds, is told."""
    asked, value = address.get(code), fallback
    try:
        given = float(asked) if asked else float(fallback)
        value = given if least <= given <= most and (not whole or given.is_integer()) else fallback
    except ValueError:
        pass
    said = number.count(value) if whole else number.score(value)
    if asked and value == fallback and asked != _plain(fallback, whole):
        strangers.met(code, asked, "", said)
        address.put(**{code: None})
    key = f"whatif.to.{'rank' if whole else 'score'}"
    kind = int if whole else float
    choosing.hold(key, kind(value))
    step: Any = 1 if whole else 0.5
    st.number_input(
        label, min_value=kind(least), max_value=kind(most), step=step, format="%d" if whole else "%.2f", key=key, width=170,
        on_change=_write, args=(code, key, whole),
    )  # fmt: skip
    return value


def _plain(value: float, whole: bool) -> str:
    return str(int(value)) if whole else repr(float(value))


def _write(code: str, key: str, whole: bool) -> None:
    address.put(**{code: _plain(st.session_state[key], whole)})
