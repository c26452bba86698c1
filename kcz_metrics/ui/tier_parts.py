"""The tier review's answer, its list of what there is to decide, where the movers are, and what was decided."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import polars as pl

from kcz_metrics.locales import T, Text
from kcz_metrics.store.deciding import VOID
from kcz_metrics.ui import head, labels, loading, naming, number, seats, tier_ballot
from kcz_metrics.ui.behind import tier_rules
from kcz_metrics.ui.behind import tiers as behind
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.drawing import chart
from kcz_metrics.ui.saying import says
from kcz_metrics.ui.survey import brief
from kcz_metrics.ui.table import Column, table

if TYPE_CHECKING:
    from kcz_metrics.decisions.ruling import Sitting
    from kcz_metrics.store import Decision

ACTS: Mapping[str, Text] = {
    "confirm": T("同意"), "override": T("另定"), "defer": T("暂缓"), "lost": T("表决未通过"), "close": T("办结"), "withdraw": T("撤回"),
}  # fmt: skip
KINDS: Mapping[str, Text] = {
    "up": T("升"), "down": T("降"), "in": T("新入"), "out": T("退出"), "hold": T("待核定"), "wait": T("候补"), "limit": T("受限"),
    "candidate": T("候选"), "rectify": T("整改"), "watch": T("观察"), "stay": T("不变"),
}  # fmt: skip
MOVES = ("up", "down", "in", "out")


def names(ctx: Context) -> Mapping[str, str]:
    """Unit to its name."""
    known = {"city": "pilot_city", "team": "service_team", "organisation": "org"}.get(ctx.index.unit)
    return naming.names(ctx, known) if known else {}


def rows(ctx: Context, sitting: Sitting) -> pl.DataFrame:
    """The units of the round as a count opens to them."""
    called, chips = names(ctx), {k: v["t"] for k, v in seats.chips(ctx, ctx.index).items()}

    def level(column: str) -> pl.Expr:
        return pl.col(column).replace_strict(chips, default=None, return_dtype=pl.String).alias(column)

    return sitting.rows.select(
        "unit", pl.col("unit").replace_strict(dict(called), default=pl.col("unit"), return_dtype=pl.String).alias("name"),
        "smoothed", level("tier_before"), level("proposed"), level("tier_after"),
        pl.col("decided").replace_strict({k: ctx.text(v) for k, v in ACTS.items()}, default=None, return_dtype=pl.String),
    )  # fmt: skip


def answer(ctx: Context, sitting: Sitting, found: pl.DataFrame, unit: str | None) -> str:
    """How many moves are proposed, how many are decided, and what is looked at."""
    moves = found.filter(pl.col("kind").is_in(MOVES))
    listed = {name: found.filter(where)["unit"].to_list() for name, where in _GROUPS.items()}

    def said(name: str) -> str:
        return says(name, str(len(listed[name])), behind.counted(ctx, lambda: _of(ctx, sitting, listed[name])), len(listed[name]))

    if not found.height:
        return ctx.tr("本轮没有调整建议，也没有需要核定的对象。")
    parts = []
    if moves.height:
        words = ctx.tr("共提出 **{n}** 项调整：升 {up}、降 {down}", n=said("moves"), up=said("up"), down=said("down"))
        parts.append(words + "".join(
            text for text in (
                ctx.tr("、新入 {n}", n=said("in")) if listed["in"] else "", ctx.tr("、退出 {n}", n=said("out")) if listed["out"] else "",
            )
        ))  # fmt: skip
    else:
        parts.append(ctx.tr("规则没有提出调整"))
    if listed["open"]:
        parts.append(ctx.tr("另有 {n} 项待核定、候补或候选", n=said("open")))
    if sitting.is_closed:
        parts.append(ctx.tr("**本轮已办结**"))
        if listed["other"]:
            parts.append(ctx.tr("{n} 项按决定与建议不同", n=said("other")))
    elif listed["left"] or listed["done"]:
        parts.append(ctx.tr("已定 {done} 项，**待定 {left} 项**", done=said("done"), left=said("left")))
        if listed["kept"]:
            parts.append(ctx.tr("{n} 项因其他决定暂无席位或接替", n=said("kept")))
    close = ctx.tr("。")
    looked = ctx.tr("正在审议：{name}{close}", name=names(ctx).get(unit, unit), close=close) if unit else ""
    return ctx.tr("；").join(parts) + close + (" " if looked and ctx.lang == "en" else "") + looked


_MOVING = pl.col("kind").is_in(MOVES)
_GROUPS: Mapping[str, pl.Expr] = {
    "moves": _MOVING, "up": pl.col("kind") == "up", "down": pl.col("kind") == "down", "in": pl.col("kind") == "in",
    "out": pl.col("kind") == "out", "open": pl.col("kind").is_in(["hold", "wait", "limit", "candidate"]),
    "done": pl.col("decided").is_not_null(),
    "other": ~pl.col("tier_after").eq_missing(pl.col("proposed")),
    "kept": _MOVING & pl.col("decided").is_null() & pl.col("tier_before").eq_missing(pl.col("tier_after")),
    "left": pl.col("decided").is_null() & ~pl.col("tier_before").eq_missing(pl.col("tier_after")),
}  # fmt: skip


def _of(ctx: Context, sitting: Sitting, units: list[str]) -> pl.DataFrame:
    return rows(ctx, sitting).filter(pl.col("unit").is_in(units))


def matters(ctx: Context, sitting: Sitting, found: pl.DataFrame, unit: str | None) -> str | None:
    """The list, the least certain move on top; returns the unit that was opened."""
    head.finding(ctx.tr("调整事项"), ctx.tr("待定在前，按把握由低到高，先议最难的；点按一行看依据"))
    called, chips = names(ctx), seats.chips(ctx, ctx.index)
    hold = sitting.policy.hold.probability_below if sitting.policy.hold else None
    meaning = ctx.tr("多次抽样中升入或降到该层级的比例；竖线为要求的把握")
    columns = [
        Column("name", labels.unit_kind(ctx, ctx.index.unit), "name", options={"wrap": True}),
        Column("shift", ctx.tr("拟调整"), "shift"),
        Column("smoothed", ctx.tr("平滑得分"), "number"),
        Column("sure", ctx.tr("把握"), "bar", options={"domain": [0, 1], "share": True}, width=72, title=meaning),
        Column("state", ctx.tr("状态"), "flags"),
    ]  # fmt: skip
    lines = []
    for row in found.iter_rows(named=True):
        before, aim = row["tier_before"], row["aim"]
        sure = row["certainty"]
        tone = "quantity" if sure is not None and (hold is None or sure >= hold) else "interval"
        lines.append(
            {
                "id": row["unit"], "name": called.get(row["unit"], row["unit"]), "smoothed": row["smoothed"],
                "shift": _shift(ctx, chips, before, aim), "_chosen": row["unit"] == unit,
                "sure": None if sure is None else {
                    "parts": [{"v": sure, "tone": tone}], "mark": hold, "t": number.share(sure, 0), "n": sure,
                },
                "state": _state(ctx, row),
            }
        )  # fmt: skip
    known = [row for row in found.iter_rows(named=True) if row["certainty"] is not None]
    height = None if len(lines) <= 12 else 436  # half a row shows that there are more
    return table(
        ctx, columns, lines, "tiers.matters", label=ctx.tr("调整事项"), nothing=ctx.tr("本轮没有要决定的事项"), height=height,
        behind={
            **behind.scores(ctx), "sure": {row["unit"]: tier_rules.landing(ctx, sitting, row["unit"], row["aim"]) for row in known},
        },
    )  # fmt: skip


def _shift(ctx: Context, chips: Mapping[str, Any], before: str | None, aim: str | None) -> dict[str, Any]:
    outside = {"t": ctx.tr("名单外"), "level": 3}
    stays = {"from": chips.get(before or "", outside)}
    return stays if aim == before else stays | {"to": chips.get(aim or "", outside)}


def _state(ctx: Context, row: Mapping[str, Any]) -> list[dict[str, str]]:
    marks = []
    if row["decided"] not in (None, "close"):
        marks.append({"t": ctx.text(ACTS[row["decided"]]), "kind": "neutral"})
    kinds = {"watch": "watch", "rectify": "rectify", "in": "new", "hold": "watch"}
    if row["kind"] not in ("up", "down", "stay"):
        marks.append({"t": ctx.text(KINDS[row["kind"]]), "kind": kinds.get(row["kind"], "neutral")})
    elif row["decided"] is None:
        # proposed, but what was decided about others leaves it no seat or partner: nothing to decide as it stands
        word = ctx.text(KINDS["wait"]) if row["tier_after"] == row["tier_before"] else ctx.tr("待议")
        marks.append({"t": word, "kind": "neutral"})
    return marks


def limits(ctx: Context, sitting: Sitting) -> None:
    """The round's moves against their limit, and the areas against their minima, as they stand."""
    after = sitting.rows
    moved = after.filter(
        pl.col("tier_before").is_not_null() & pl.col("tier_after").is_not_null() & (pl.col("tier_before") != pl.col("tier_after"))
    ).height
    members = after["tier_before"].drop_nulls().len()
    parts = []
    limit = sitting.policy.limits
    if limit is not None and limit.share_a_round is not None:
        share = number.share(limit.share_a_round, 0)
        was, now = pl.col("tier_before"), pl.col("tier_after")
        n = says("between", moved, behind.counted(ctx, lambda: rows(ctx, sitting), (was != now).fill_null(False)), moved)
        whole = says("members", members, behind.counted(ctx, lambda: rows(ctx, sitting), was.is_not_null()), members)
        parts.append(ctx.tr("本轮在层级间调整 {n} / {all}（上限 {share}）", n=n, all=whole, share=share))
    balance = sitting.policy.balance
    if balance is not None:
        column = dict(zip(sitting.rounds.units, sitting.rounds.columns[balance.by], strict=True))
        held = [column[u] for u in after.filter(pl.col("tier_after").is_not_null())["unit"]]
        short = [area for area, least in balance.minimum.items() if held.count(area) < least]
        if short:
            said = labels.listed(ctx, [labels.coded(ctx, balance.by, a) for a in short], 4)
            parts.append(ctx.tr("低于下限的区域：{names}", names=said))
        else:
            parts.append(ctx.tr("各区域下限均满足"))
    parts += _short_of_rounds(ctx, sitting)
    if parts:
        head.paragraph(ctx.tr("；").join(parts) + ctx.tr("。"), muted=True)


def _short_of_rounds(ctx: Context, sitting: Sitting) -> list[str]:
    """Who meets all conditions of a move this round but has not met them often enough in a row, and how many rounds are missing."""
    up, down, said = sitting.policy.promote, sitting.policy.demote, []
    if up is not None:
        rising = sitting.rows.filter(pl.col("high_rounds").is_between(1, up.rounds - 1), pl.col("reason") == "STAY")
        if rising.height:
            least = up.rounds - int(rising["high_rounds"].max())  # type: ignore[arg-type]
            n = says("rising", str(rising.height), behind.counted(ctx, lambda: _of(ctx, sitting, rising["unit"].to_list())), rising.height)
            said.append(ctx.tr("{n} 个本轮已达升级条件，连续轮数未满，至少再达到 {least} 轮才升", n=n, least=least))
    if down is not None:
        falling = sitting.rows.filter(pl.col("low_rounds").is_between(1, down.rounds - 1), pl.col("reason") == "WATCH")
        if falling.height:
            least = down.rounds - int(falling["low_rounds"].max())  # type: ignore[arg-type]
            n = says(
                "falling", str(falling.height), behind.counted(ctx, lambda: _of(ctx, sitting, falling["unit"].to_list())), falling.height
            )
            said.append(ctx.tr("{n} 个本轮低于退出线，列为观察，至少再低 {least} 轮才降", n=n, least=least))
    return said


def movers(ctx: Context, sitting: Sitting, found: pl.DataFrame) -> None:
    """Provinces on tiles, those with a move marked."""
    if ctx.index.unit != "city":
        return
    from kcz_metrics import charts

    home = dict(loading.table(ctx, "pilot_city").select("city_id", "province_code").iter_rows())
    after = sitting.rows.filter(pl.col("tier_after").is_not_null())
    moving = found.filter(_MOVING | pl.col("decided").is_not_null()).filter(~pl.col("tier_before").eq_missing(pl.col("tier_after")))
    marked = {home[u] for u in moving["unit"] if u in home}
    units = after.with_columns(province_code=pl.col("unit").replace_strict(home, default=None, return_dtype=pl.String))
    of = units.group_by("province_code").agg(value=pl.col("smoothed").mean(), count=pl.len())
    short = {code: brief(name) for code, name in labels.provinces(ctx).items()}
    drawn = loading.table(ctx, "province").join(of, on="province_code", how="left").select(
        code="province_code", label=pl.col("province_code").replace_strict(short, return_dtype=pl.String),
        column="tile_col", row="tile_row", value="value", count=pl.col("count").fill_null(0),
    )  # fmt: skip
    title = ctx.tr("有调整的城市分布在 {n} 个省份", n=len(marked)) if marked else ctx.tr("本轮各省份都没有调整")
    head.finding(title, ctx.tr("◆ 有调整的省份；底色为平均平滑得分，数字为在列城市数；方块只示意方位"))
    figure = charts.tile_map(
        drawn, value_title=ctx.tr("平均平滑得分"), template=ctx.template, lang=ctx.lang, height=400, marked=frozenset(marked)
    )
    chart(ctx, figure, "tiers.tiles", alt=title)


def decided(ctx: Context, decisions: tuple[Decision, ...]) -> None:
    """Every decision of the round, those taken back too, newest first."""
    if not decisions:
        return
    head.finding(ctx.tr("本轮的决定"), ctx.tr("全部记入审计；撤回的也留着"))
    called, chips = names(ctx), seats.chips(ctx, ctx.index)
    gone = {one.withdraws for one in decisions}
    columns = [
        Column("number", ctx.tr("序号"), "number", options={"decimals": 0}),
        Column("name", ctx.tr("对象"), "name"),
        Column("act", ctx.tr("决定")),
        Column("shift", ctx.tr("层级"), "shift"),
        Column("reason", ctx.tr("意见"), options={"wrap": True}),
        Column("actor", ctx.tr("经手")),
        Column("at", labels.headed(ctx.tr("日期"))),
        Column("entry", ctx.tr("审计条目"), "number", options={"decimals": 0}),
    ]
    lines = [
        {
            "id": str(one.number), "number": one.number, "name": called.get(one.unit, one.unit) if one.unit else ctx.tr("全轮"),
            "act": ctx.text(ACTS[one.act]) + (ctx.tr("（已撤回）") if one.number in gone else ""),
            "shift": None if one.act in ("withdraw", "close") else _shift(ctx, chips, one.before, tier_ballot.aimed(one)),
            "reason": _grounds(ctx, one), "actor": one.actor, "at": number.day(one.at), "entry": one.audit_entry,
            "_faint": one.number in gone or one.act in VOID,
        }
        for one in reversed(decisions)
    ]  # fmt: skip
    table(ctx, columns, lines, "tiers.decided", label=ctx.tr("本轮的决定"), opens=False)


def _grounds(ctx: Context, one: Decision) -> str:
    """The opinion of the meeting, and the votes where there were any."""
    return ctx.tr("；").join(part for part in (ctx.tr(one.reason), tier_ballot.said(ctx, one.numbers)) if part) or "—"
