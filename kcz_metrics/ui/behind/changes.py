"""Two snapshots: which rows differ is found a second time from their files; a score leads to the passport as of its snapshot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from kcz_metrics.store.naming import record_name
from kcz_metrics.ui import loading
from kcz_metrics.ui.behind import causes
from kcz_metrics.ui.causes import End
from kcz_metrics.ui.sources import WHOLE, Behind, Change, Leads, Opening, Part, Source, Way

if TYPE_CHECKING:
    from kcz_metrics.store import Snapshot
    from kcz_metrics.ui.comparing import Pair
    from kcz_metrics.ui.context import Context

_SCHEMA = {"table": pl.String, "record": pl.String, "state": pl.String}


def ends(both: Pair) -> tuple[End, End]:
    """The snapshot compared with, and the page's own."""
    return End(both.was, both.was), End(both.now, both.now)


def rows(both: Pair) -> dict[str, Opening]:
    """Rows that differ by state, and ``tables`` with any: of the table that a row is named by, or of all."""
    ctx = both.now
    labels = {"name": ctx.tr("表"), "record": ctx.tr("记录"), "said": ctx.tr("变动情况")}
    source = Source("", pl.DataFrame, labels=labels, read=lambda name: _differing(both, name), leads=partial(_record, both))
    states: dict[str, Opening] = {state: source.count(pl.col("state") == state) for state in ("new", "changed", "gone")}
    return {**states, "all": source.count(), "tables": source.distinct("table")}


def _record(both: Pair, row: Mapping[str, Any]) -> Way:
    """To the record; one that is gone is shown in the snapshot that still had it."""
    side = ends(both)[0 if row["state"] == "gone" else 1]
    return "records", {"table": str(row["table"]), "record": str(row["record"]), "snapshot": _code(side.ctx)}


def _code(ctx: Context) -> str | None:
    from kcz_metrics.ui import asof

    assert ctx.snapshot is not None
    return asof.code(ctx.snapshot, ctx.snapshots)


def _differing(both: Pair, name: str) -> pl.DataFrame:
    """``table, record, state`` and their words, of one table or of all whose files are not the same."""
    from kcz_metrics.ui.change_parts import words

    ctx, now, was = both.now, both.now.snapshot, both.was.snapshot
    assert now is not None
    assert was is not None
    names = [one for one in now.tables if now.files.get(one) != was.files.get(one)] if name == WHOLE else [name]
    found = pl.concat([_of_table(was, now, one, was.id, now.id) for one in names] or [pl.DataFrame(schema=_SCHEMA)])
    called = {one: table.label.in_(ctx.lang) for one, table in now.tables.items()}
    return found.with_columns(
        name=pl.col("table").replace_strict(called, return_dtype=pl.String),
        said=pl.col("state").replace_strict(words(ctx), return_dtype=pl.String),
    )


@st.cache_resource(show_spinner=False, max_entries=64)
def _of_table(_was: Snapshot, _now: Snapshot, table: str, was_id: str, now_id: str) -> pl.DataFrame:
    """Whole rows set against whole rows, without a look at what each snapshot brought."""
    contract = _now.tables[table]
    key, columns = list(contract.key), list(contract.columns)
    before, after = _was.read(table), _now.read(table)
    other = after.join(before, on=columns, how="anti", nulls_equal=True)
    known = other.join(before, on=key, how="semi")
    parts = {"new": other.join(before, on=key, how="anti"), "changed": known, "gone": before.join(after, on=key, how="anti")}
    named = record_name(contract).str.split_exact("/", 1).struct.field("field_1")
    return pl.concat(part.select(table=pl.lit(table), record=named, state=pl.lit(state)) for state, part in parts.items())


def moved(both: Pair) -> dict[str, Opening]:
    """Units whose score, or rank, is not the same in both rankings; how many there are in all, and the largest move."""
    ctx = both.now
    _, now = ends(both)

    def frame() -> pl.DataFrame:
        name = pl.coalesce("name_zh" if ctx.lang == "zh" else "name_en", "unit")
        sides = [loading.standing(side).select("unit", "score", "rank", name=name) for side in (both.was, ctx)]
        joined = sides[1].join(sides[0], on="unit", how="full", coalesce=True, suffix="_before")
        return joined.with_columns(pl.coalesce("name", "name_before"), move=(pl.col("rank_before") - pl.col("rank")).abs())

    labels = {
        "unit": ctx.tr("编号"), "name": ctx.tr("名称"), "rank_before": ctx.tr("原名次"), "rank": ctx.tr("现名次"),
        "score_before": ctx.tr("原得分"), "score": ctx.tr("现得分"),
    }  # fmt: skip
    source = Source("", frame, labels=labels, leads=lambda row: causes.way(now, str(row["unit"])))
    score, rank = (pl.col(one).ne_missing(pl.col(f"{one}_before")) for one in ("score", "rank"))
    return {"scores": source.count(score | rank), "ranks": source.count(rank), "all": source.count(), "largest": source.max("move")}


def units(both: Pair) -> Behind:
    """The columns of the table of units: a score to the passport as of its snapshot, a rank to those that stood before."""
    was, now = ends(both)
    made: dict[str, Opening | Leads] = {
        "before": Leads(partial(causes.way, was)), "score": Leads(partial(causes.way, now)),
        "change": Change(_score(now), _score(was)),
    }  # fmt: skip
    if both.now.index.rank.ties == "competition":
        ranks = {name: _place(end) for name, end in (("was", was), ("rank", now))}
        made |= {**ranks, "move": Change(ranks["was"], ranks["rank"])}
    return made


def _place(end: End) -> Part:
    source = causes.placed(end.ctx, lambda: loading.scorecard(end.ctx))
    return replace(source, leads=lambda row: causes.way(end, str(row["unit"]))).place()


def _score(end: End) -> Part:
    """A unit's score as the contributions of its indicators."""
    return causes.contributions(end).sum("contribution")


def contributions(both: Pair, unit: str) -> Behind:
    """The columns of the table of indicators: a contribution leads to the passport as of its snapshot."""
    was, now = ends(both)

    def of(end: End) -> Part:
        source = causes.contributions(end)
        read = source.of_row
        return replace(source, read=lambda node: read(unit).filter(pl.col("node") == node)).sum("contribution")

    to: Callable[[End], Leads] = lambda end: Leads(partial(causes.to_node, end, unit))  # noqa: E731
    return {"was": to(was), "now": to(now), "change": Change(of(now), of(was))}
