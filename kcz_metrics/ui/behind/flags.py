"""The page of doubtful records: what the rules call doubtful is found a second time, and where each stands is read from the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from kcz_metrics.ui.context import Context
from kcz_metrics.ui.sources import Opening, Part, Source, Way

if TYPE_CHECKING:
    from kcz_metrics.ui.behind.gathered_flags import Doubt

_COLUMNS = {"flag": pl.String, "rule_id": pl.String, "rule": pl.String, "state": pl.String, "code": pl.String}


def flags(ctx: Context, by: str = "") -> dict[str, Opening]:
    """Doubtful records by state, and how many they concern; each leads to itself. ``by`` names the column of a row's id: ``rule_id``."""
    labels = {"flag": ctx.tr("编号"), "rule": ctx.tr("规则"), "state": ctx.tr("状态"), "subject": ctx.tr("涉及")}
    source = Source("", lambda: standings(ctx), by, labels=labels, leads=lambda row: ("flags", {"flag": str(row["flag"])}))
    of_each = Source("", lambda: standings(ctx).explode("subject"), by, labels=labels, leads=source.leads)
    states = {state: source.count(pl.col("code") == state) for state in ("open", "confirmed", "cleared")}
    return {**states, "all": source.count(), "subjects": of_each.distinct("subject", pl.col("code") == "open")}


def serious(made: Mapping[str, Opening], rules: list[str]) -> Opening:
    """Of the open ones those that the given rules found."""
    found = made["open"]
    assert isinstance(found, Part)
    return found.source.count((pl.col("code") == "open") & pl.col("rule_id").is_in(rules))


def left_out(ctx: Context) -> Opening:
    """Records that confirmed flags leave out, as the ledger has it; each leads to its record."""
    labels = {"flag": ctx.tr("编号"), "record": ctx.tr("记录")}

    def rows() -> pl.DataFrame:
        latest = {one.flag: one for one in ctx.store.flag_decisions(ctx.snapshot)}
        confirmed = standings(ctx).filter(pl.col("code") == "confirmed")["flag"]
        found = [(flag, record) for flag in confirmed for record in latest[flag].left_out]
        return pl.DataFrame(found, schema={"flag": pl.String, "record": pl.String}, orient="row")

    def to(row: Mapping[str, Any]) -> Way:
        table, _, key = str(row["record"]).partition("/")
        return "records", {"table": table, "record": key}

    return Source("", rows, labels=labels, leads=to).count()


def standings(ctx: Context) -> pl.DataFrame:
    """``flag, rule_id, rule, state, code, subject`` (a list) of everything found or decided. A confirmed one is open again where its
    evidence now has records that were not there when it was decided."""
    from kcz_metrics.quality.flag import flag_id
    from kcz_metrics.quality.rules import RULES
    from kcz_metrics.quality.standing import STATES

    assert ctx.snapshot is not None
    held = {one.flag: one for one in ctx.store.flag_decisions(ctx.snapshot)}
    lines: dict[str, tuple[str, str, tuple[str, ...]]] = {}
    for doubt in _found(ctx, ctx.snapshot.id, ctx.digest):
        flag, state = flag_id(doubt.rule, doubt.anchor), "open"
        if (decision := held.get(flag)) is not None:
            seen = {*decision.case["records"], *decision.case["beside"]}
            state = "open" if decision.state == "confirmed" and not seen.issuperset(doubt.records) else decision.state
        lines[flag] = (doubt.rule, state, doubt.subjects)
    for flag, decision in held.items():
        if flag not in lines and decision.rule in RULES and decision.state != "open":
            lines[flag] = (decision.rule, decision.state, tuple(decision.case["subjects"]))
    told: dict[str, str] = {state: ctx.text(words) for state, words in STATES.items()}
    rows = [(flag, rule, RULES[rule].name.in_(ctx.lang), told[state], state, list(who)) for flag, (rule, state, who) in lines.items()]
    return pl.DataFrame(rows, schema={**_COLUMNS, "subject": pl.List(pl.String)}, orient="row")


@st.cache_resource(show_spinner=False, max_entries=8)
def _found(_ctx: Context, snapshot_id: str, digest: str) -> tuple[Doubt, ...]:
    from kcz_metrics.quality.parameters import thresholds
    from kcz_metrics.ui.behind import gathered_doubts, gathered_flags

    given = thresholds(_ctx.scheme)
    return (*gathered_flags.contracts(_ctx, given), *gathered_doubts.records(_ctx, given))
