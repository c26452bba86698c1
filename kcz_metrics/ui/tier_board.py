"""The board of tiers: four lanes with their seats, every unit a chip that opens, moves with an arrow, marks for who is watched or new."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from kcz_metrics.decisions.reasons import REASONS
from kcz_metrics.ui import head, number, opening, seats
from kcz_metrics.ui.behind import tiers as behind
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.style import variables

if TYPE_CHECKING:
    from kcz_metrics.decisions.ruling import Sitting

#: Chips in a column of a lane, before the lane gets a further column; English names need wider ones.
ROWS = {"zh": 9, "en": 11}
BOARD = "tiers.board"
#: The lane of those in no level.
OUTSIDE = "outside"
#: Reason to the mark that a chip carries: its kind in the colours of the look.
KINDS: Mapping[str, str] = {"WATCH": "watch", "RECTIFY": "rectify", "ENTRY": "new", "BALANCE": "new", "HOLD": "neutral"}


def marks(ctx: Context, reason: str) -> list[dict[str, str]]:
    """What a unit is marked with beside its move, in one character where the language allows it."""
    words = {
        "WATCH": ctx.tr("观"), "RECTIFY": ctx.tr("整"), "ENTRY": ctx.tr("新"), "BALANCE": ctx.tr("新"), "HOLD": ctx.tr("核"),
    }  # fmt: skip
    return [{"t": words[reason], "kind": KINDS[reason]}] if reason in words else []


@cache
def _component() -> Any:
    assets = resources.files(__package__).joinpath("assets")
    return st.components.v2.component(
        "kcz_board",
        html='<div class="root"></div>',
        css=assets.joinpath("board.css").read_text(encoding="utf-8"),
        js=assets.joinpath("board.js").read_text(encoding="utf-8"),
    )


def board(ctx: Context, sitting: Sitting, called: Mapping[str, str], chosen: str | None, *, key: str = BOARD) -> str | None:
    """Draw the board after the round; returns the unit that was clicked. The seats taken open to the units in them."""
    smooth = sitting.policy.smooth
    weighed = ctx.tr("平滑得分")
    if smooth is not None:
        whole = smooth.now + smooth.before
        weighed = ctx.tr("平滑得分（本期 {now} + 上期 {before}）", now=f"{smooth.now / whole:g}", before=f"{smooth.before / whole:g}")
    head.finding(
        ctx.tr("本轮之后的层级与名额"),
        ctx.tr("按{score}由高到低；▲▼ 为调整，蓝框为正在审议；观＝观察，整＝整改，新＝新入，核＝把握不足待核定", score=weighed),
    )
    lanes = [_lane(ctx, sitting, called, chosen, name) for name in sitting.ladder.ids]
    outside = _lane(ctx, sitting, called, chosen, None)
    if outside["units"]:
        lanes.append(outside)
    whole = key == BOARD  # before the draws the counts may still change
    data = {
        "lanes": lanes, "label": ctx.tr("本轮之后的层级与名额"),
        "lang": "zh-CN" if ctx.lang == "zh" else "en", "tokens": variables(ctx.mode), "open": ctx.tr("打开"),
    }  # fmt: skip
    if not whole:
        for lane in lanes:
            lane["opens"] = None
    shown = _component()(data=data, key=key, on_open_change=_nothing, on_number_change=_nothing)
    if whole:
        _counts(ctx, sitting, key, [(lane["opens"], lane["name"], len(lane["units"])) for lane in lanes], shown.get("number"))
    opened = shown.get("open")
    return str(opened) if opened is not None else None


def _counts(ctx: Context, sitting: Sitting, key: str, lanes: list[tuple[str, str, int]], clicked: object) -> None:
    """Open the count of a lane that was clicked, or that the address asks for."""
    from kcz_metrics.ui.tier_parts import rows

    steps = pl.DataFrame(lanes, schema={"stage": pl.String, "label": pl.String, "count": pl.Int64}, orient="row")
    called = {code: name for code, name, _ in lanes if code != OUTSIDE}
    opens = {code: behind.counted(ctx, lambda: rows(ctx, sitting), _in(called.get(code))) for code, _, _ in lanes}
    opening.from_chart(ctx, key, None if clicked is None else str(clicked), steps, opens)


def _in(level: str | None) -> pl.Expr:
    return pl.col("tier_after").eq_missing(pl.lit(level, pl.String))


def _nothing() -> None:
    """A trigger value is handed over only where a callback is registered."""


def _lane(ctx: Context, sitting: Sitting, called: Mapping[str, str], chosen: str | None, level: str | None) -> dict[str, Any]:
    ids = sitting.ladder.ids
    rows = sitting.rows.filter(pl.col("tier_after").eq_missing(pl.lit(level))).sort(
        "smoothed", "unit", descending=[True, False], nulls_last=True
    )
    units = [_chip(ctx, row, ids, called, chosen) for row in rows.iter_rows(named=True)]
    if level is None:
        return {
            "name": ctx.tr("名单之外"), "level": None, "seats": number.count(len(units)), "over": False, "units": units, "columns": 1,
            "opens": OUTSIDE,
        }  # fmt: skip
    place = ids.index(level)
    of = sitting.policy.levels[place].seats
    taken = ctx.tr("{n} 个", n=len(units)) if of is None else ctx.tr("{n} / {of} 席", n=len(units), of=of)
    return {
        "name": seats.chips(ctx, ctx.index)[level]["t"], "level": min(place, 3), "seats": taken, "over": of is not None and len(units) > of,
        "opens": level, "units": units, "columns": max(1, -(-max(len(units), of or 0) // ROWS[ctx.lang])),
    }  # fmt: skip


def _chip(ctx: Context, row: Mapping[str, Any], ids: tuple[str, ...], called: Mapping[str, str], chosen: str | None) -> dict[str, Any]:
    before, after = row["tier_before"], row["tier_after"]
    move = ""
    if before is not None and after is not None and before != after:
        move = "up" if ids.index(after) < ids.index(before) else "down"
    name, score = called.get(row["unit"], row["unit"]), number.score(row["smoothed"], 1)
    return {
        "id": row["unit"], "name": name, "score": score, "move": move, "marks": [] if move else marks(ctx, row["reason"]),
        "chosen": row["unit"] == chosen, "title": f"{name} · {score} · {REASONS[row['reason']].in_(ctx.lang)}",
    }  # fmt: skip
