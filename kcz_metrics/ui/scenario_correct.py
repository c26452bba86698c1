"""Other values typed in place of a unit's own: every score and rank that they touch, at once."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import polars as pl
import streamlit as st

from kcz_metrics.ui import choosing, downloads, head, labels, number, scenario, states
from kcz_metrics.ui.behind import scenario as behind
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.head import Item
from kcz_metrics.ui.scenario import Scenario
from kcz_metrics.ui.standing import names
from kcz_metrics.ui.table import Column, table

if TYPE_CHECKING:
    from kcz_metrics.scoring.scorecard import Scorecard

_HEIGHT = 520


@dataclass(frozen=True)
class Correction:
    """The values put in, and every unit that they touch."""

    scenario: Scenario
    values: Mapping[str, float | None]
    touched: pl.DataFrame
    seconds: float

    @property
    def ctx(self) -> Context:
        return self.scenario.ctx

    @cached_property
    def after(self) -> Scorecard:
        return self.scenario.after(self.values)

    @cached_property
    def own(self) -> dict[str, Any]:
        return scenario.place_of(self.after, self.scenario.unit)

    @property
    def scored(self) -> pl.DataFrame:
        """Those whose score is another."""
        return self.touched.filter(pl.col("score").ne_missing(pl.col("score_before")))

    @property
    def moved(self) -> pl.DataFrame:
        return self.touched.filter(pl.col("rank").ne_missing(pl.col("rank_before")))


def made(found: Scenario) -> Correction:
    """Scored again with the values of the address."""
    values = scenario.corrections(found)
    started = time.perf_counter()
    touched = found.touched(values)
    return Correction(found, values, touched, time.perf_counter() - started)


def answer(made: Correction) -> str:
    ctx, row, own = made.ctx, made.scenario.who.row, made.own
    name = made.scenario.who.name
    if not made.values:
        return ctx.tr("{name}现列第 **{rank}**；在左边换上另一个值，名次立刻重算。", name=name, rank=_rank(row["rank"]))
    said = ctx.tr(
        "改动 {n} 个值后，{name}从第 {before} 名到第 **{rank}** 名，得分 {was} → {now}", n=len(made.values), name=name,
        before=_rank(row["rank"]), rank=_rank(own["rank"]), was=number.score(row["score"]), now=number.score(own["score"]),
    )  # fmt: skip
    others = made.moved.filter(pl.col("unit") != made.scenario.unit).height
    return said + ctx.tr("；另有 **{n}** 个名次因此变动。", n=others)


def _rank(rank: float | None) -> str:
    return number.MISSING if rank is None else str(int(rank))


def numbers(made: Correction) -> list[Item]:
    ctx, row, own = made.ctx, made.scenario.who.row, made.own
    now, then = behind.now(made.scenario), behind.after(made.scenario, lambda: made.after)
    moved = None if row["rank"] is None or own["rank"] is None else int(row["rank"] - own["rank"])
    tone: Literal["", "up", "down"] = "" if not moved else "up" if moved > 0 else "down"
    gained = None if row["score"] is None or own["score"] is None else own["score"] - row["score"]
    lists, between = behind.touched(made), behind.moves(made.scenario, lambda: made.after)
    return [
        Item(ctx.tr("现名次"), _rank(row["rank"]), opens=now["rank"] if row["rank"] is not None else None, value=row["rank"]),
        Item(
            ctx.tr("改后名次"), _rank(own["rank"]), "", "" if moved is None else number.move(moved), tone,
            opens=then["rank"] if own["rank"] is not None else None, value=own["rank"],
            under=None if moved is None else (between["rank"], moved),
        ),
        Item(ctx.tr("现得分"), number.score(row["score"]), ctx.tr("分"), to=behind.way(made.scenario)),
        Item(
            ctx.tr("改后得分"), number.score(own["score"]), ctx.tr("分"), number.signed(gained) if gained is not None else "", tone,
            opens=then["score"], value=own["score"], under=None if gained is None else (between["score"], gained),
        ),
        Item(ctx.tr("得分有变"), number.count(made.scored.height), "", "", opens=lists["scored"], value=made.scored.height),
        Item(ctx.tr("名次有变"), number.count(made.moved.height), "", "", opens=lists["moved"], value=made.moved.height),
    ]  # fmt: skip


def controls(made: Correction) -> None:
    """An indicator and another value for it; what is put in already; a step back, and back to the records."""
    ctx, found = made.ctx, made.scenario
    head.finding(ctx.tr("改一个值"), ctx.tr("只在这里试算，不改动记录"))
    options = list(found.values)
    name = choosing.select(
        "indicator",
        ctx.tr("指标"),
        options,
        lambda code: f"{ctx.name(code)} {code}",
        key="whatif.indicator",
        fallback=[options[0], *made.values][-1],
    )
    assert name is not None
    assert ctx.scheme is not None
    declared = ctx.scheme.indicators[name]
    scale = 100.0 if declared.unit == "ratio" else 1.0
    held = made.values.get(name, found.values[name]) if name in made.values else found.values[name]
    word = "%" if scale == 100.0 else number.unit(declared, ctx.lang)
    key = f"whatif.value.{name}"
    choosing.hold(key, None if held is None else round(held * scale, 10))
    st.number_input(
        ctx.tr("新的值（{unit}）", unit=word) if word else ctx.tr("新的值"), value=None, step=1.0, format="%.6g", key=key,
        on_change=_typed, args=(made, name, key, scale), placeholder=ctx.tr("缺失"),
    )  # fmt: skip
    head.paragraph(ctx.tr("现值 {now}；同类最好 {best}，中位 {middle}", **_told(found, name)), muted=True)
    with st.container(horizontal=True):
        st.button(ctx.tr("设为缺失"), key="whatif.missing", on_click=_missing, args=(made, name), disabled=held is None)
        st.button(ctx.tr("撤销"), key="whatif.undo", on_click=scenario.undo, args=(found,), disabled=not scenario.can_undo(found))
        st.button(ctx.tr("还原"), key="whatif.reset", on_click=scenario.put, args=(found, {}), disabled=not made.values)
    if made.values:
        _list(made)


def _told(found: Scenario, indicator: str) -> dict[str, str]:
    """The unit's value, the best and the middle of the ranked units of its group."""
    assert found.ctx.scheme is not None
    units = found.who.frame.filter(pl.col("rank").is_not_null())["unit"].implode()
    rows = found.card.values.filter((pl.col("indicator") == indicator) & pl.col("unit").is_in(units))["value"].drop_nulls()
    up = found.ctx.scheme.indicators[indicator].direction == "up"
    best, middle = (rows.max() if up else rows.min()), rows.median()
    given = {"now": found.values[indicator], "best": best, "middle": middle}
    return {key: scenario.shown(found.ctx, indicator, value) for key, value in given.items()}  # type: ignore[arg-type]


def _typed(made: Correction, indicator: str, key: str, scale: float) -> None:
    value = st.session_state[key]
    scenario.put(made.scenario, {**made.values, indicator: None if value is None else float(value) / scale})


def _missing(made: Correction, indicator: str) -> None:
    scenario.put(made.scenario, {**made.values, indicator: None})


def _list(made: Correction) -> None:
    ctx, found = made.ctx, made.scenario
    columns = [
        Column("name", ctx.tr("指标"), "name", options={"wrap": True}),
        Column("was", ctx.tr("现值"), "number"),
        Column("now", ctx.tr("改为"), "number", options={"strong": True}),
    ]
    rows = [
        {
            "id": name, "name": {"t": ctx.name(name), "sub": scenario.unit(ctx, name)}, "was": scenario.cell(ctx, name, found.values[name]),
            "now": scenario.cell(ctx, name, value, beside=found.values[name]),
        }
        for name, value in made.values.items()
    ]  # fmt: skip
    opened = table(ctx, columns, rows, "whatif.values", label=ctx.tr("改动的值"), behind=behind.values(found))
    if opened:
        from kcz_metrics.ui import address

        address.put(indicator=opened)
        st.rerun()


def touched(made: Correction) -> str | None:
    """Every unit whose score or rank is another then; returns one that was opened."""
    ctx = made.ctx
    caption = ctx.tr("名次变动大的在前；全部用改后的值重新计分，用时 {ms} 毫秒；点按打开画像", ms=round(1000 * made.seconds))
    head.finding(ctx.tr("谁的得分或名次因此变动"), caption)
    if not made.values:
        states.too_little(ctx.tr("还没有改动任何值。"))
        return None
    if made.touched.is_empty():
        states.too_little(ctx.tr("这样改，没有一个得分或名次会变。"))
        return None
    called = names(made.scenario.card.units, ctx.lang)
    widest = made.touched["score_change"].abs().max()
    columns = [
        Column("name", labels.unit_kind(ctx, ctx.index.unit), "name", options={"wrap": True}),
        Column("was", ctx.tr("原名次"), "rank"),
        Column("rank", ctx.tr("现名次"), "rank"),
        Column("move", ctx.tr("名次变动"), "move"),
        Column("before", ctx.tr("原得分"), "number", options={"decimals": 2}),
        Column("score", ctx.tr("现得分"), "number", options={"decimals": 2}),
        Column("change", ctx.tr("得分变动"), "delta", width=130, options={"decimals": 4, "domain": widest or 1.0}),
    ]
    own = made.scenario.unit
    rows = [
        {
            "id": row["unit"], "name": called.get(row["unit"], row["unit"]), "was": _int(row["rank_before"]), "rank": _int(row["rank"]),
            "move": _int(row["rank_change"]), "before": row["score_before"], "score": row["score"], "change": row["score_change"],
            "_chosen": row["unit"] == own,
        }
        for row in made.touched.sort(pl.col("unit") != own, maintain_order=True).iter_rows(named=True)
    ]  # fmt: skip
    return table(
        ctx, columns, rows, "whatif.touched", label=ctx.tr("因此变动的"), height=_HEIGHT if len(rows) > 14 else None,
        behind=behind.moved(made),
    )  # fmt: skip


def _int(rank: float | None) -> int | None:
    return None if rank is None else int(rank)


def export(made: Correction) -> None:
    from kcz_metrics.reports.listing import Listing

    ctx = made.ctx
    assert ctx.snapshot is not None
    called = names(made.scenario.card.units, ctx.lang)
    named = pl.col("unit").replace_strict(called, default=pl.col("unit"))
    frame = made.touched.select("unit", named.alias("name"), pl.exclude("unit"))
    heads = {name: name for name in frame.columns} | downloads.moved(ctx)
    asked = [(ctx.name(indicator), str(scenario.cell(ctx, indicator, value)["t"])) for indicator, value in made.values.items()]
    with st.container(horizontal=True, width="content"):
        downloads.both(
            ctx, lambda: Listing(ctx.tr("因此变动的"), frame, heads, asked), lambda: frame,
            f"correction_{ctx.index_id}_{made.scenario.unit}_{ctx.period}_{ctx.snapshot.short}", key="whatif.export_touched",
            rows=frame.height, label=ctx.tr("导出"), asked={"unit": made.scenario.unit},
        )  # fmt: skip
