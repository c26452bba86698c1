"""Records gathered for a recount, apart from the facts of the pages: the way of needs, and what fell due by the level that owes it.

Read from the tables of the snapshot by joins of their own, so that a number made of them proves the fact's query too. Which contracts are
at arm's length is the contracts' fact: it hangs on who controls whom.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from kcz_metrics.ui import loading, pathways
from kcz_metrics.ui.behind import days, during, valid
from kcz_metrics.ui.context import Context

if TYPE_CHECKING:
    from datetime import date

    from kcz_metrics.scheme.models import Scheme
    from kcz_metrics.store import Snapshot


def needs(ctx: Context, ripe: int = 0) -> pl.DataFrame:
    """Valid needs posted in the period, with ``ripe`` at least so many days before the last known one: the record's columns,
    ``province_code``, ``reached`` (steps from 1) and ``days_to_docking, days_to_contract, days_to_payment, days_to_effect``."""
    assert ctx.snapshot is not None
    found = _needs(ctx, ctx.snapshot.id, ctx.digest, ctx.period)
    until = pathways.known_until(ctx)
    return found.filter(pl.col("posted_at").cast(pl.Date) <= until - timedelta(days=ripe)) if ripe and until is not None else found


@st.cache_resource(show_spinner=False, max_entries=8)
def _needs(_ctx: Context, snapshot_id: str, digest: str, period_id: str) -> pl.DataFrame:
    met = valid(_ctx, "docking", pl.col("stage") >= 2, pl.col("stage2_at").is_not_null())()
    met = met.select("docking_id", "need_id", docked=pl.col("stage2_at").cast(pl.Date))
    signed = contracts(_ctx).join(met, on="docking_id", how="inner")
    first = {
        "docked": met.select("need_id", "docked"), "contracted": signed.select("need_id", contracted="signed_at"),
        "paid": signed.select("need_id", "paid"), "effect": signed.filter(pl.col("paid").is_not_null()).select("need_id", "effect"),
    }  # fmt: skip
    own = valid(_ctx, "need", during("posted_at", *days(_ctx)))()
    cities = loading.table(_ctx, "pilot_city").select("city_id", "province_code")
    own = own.join(cities, on="city_id", how="left", maintain_order="left")
    for name, rows in first.items():
        earliest = rows.drop_nulls(name).sort(name).unique("need_id", keep="first")
        own = own.join(earliest, on="need_id", how="left", maintain_order="left")
    steps = ("docked", "contracted", "paid", "effect")
    since = {"docking": (pl.col("posted_at").cast(pl.Date), "docked"), "contract": (pl.col("docked"), "contracted"),
             "payment": (pl.col("contracted"), "paid"), "effect": (pl.col("paid"), "effect")}  # fmt: skip
    return own.with_columns(
        pl.sum_horizontal(pl.lit(1), *(pl.col(step).is_not_null() for step in steps)).alias("reached"),
        *((pl.col(then) - first_day).dt.total_days().alias(f"days_to_{name}") for name, (first_day, then) in since.items()),
    )


def contracts(ctx: Context) -> pl.DataFrame:
    """``docking_id, signed_at, paid, effect`` of contracts that count: first money in, first effect of evidence A or B."""
    assert ctx.snapshot is not None
    assert ctx.scheme is not None
    judged = _judged(ctx.snapshot, ctx.scheme, ctx.snapshot.id, ctx.digest)
    own = valid(ctx, "contract", pl.col("docking_id").is_not_null())().join(judged, on="contract_id", how="semi")
    money = valid(ctx, "contract_payment", pl.col("paid_cny") > 0, pl.col("paid_at").is_not_null())()
    effects = valid(ctx, "impact", pl.col("evidence_class").is_in(["A", "B"]), pl.col("value") > 0)()
    paid = money.group_by("contract_id").agg(paid=pl.col("paid_at").min())
    effect = effects.drop_nulls("contract_id").group_by("contract_id").agg(effect=pl.col("occurred_on").min())
    with_money = own.select("contract_id", "docking_id", "signed_at").join(paid, on="contract_id", how="left")
    return with_money.join(effect, on="contract_id", how="left").drop("contract_id")


@st.cache_resource(show_spinner=False, max_entries=4)
def _judged(_snapshot: Snapshot, _scheme: Scheme, snapshot_id: str, digest: str) -> pl.DataFrame:
    from kcz_metrics.engines.rows import fact_rows

    rows = fact_rows(_snapshot, _scheme, ["contracts"])["contracts"]
    return rows.filter(pl.col("registered") & pl.col("arms_length")).select("contract_id")


def duties(ctx: Context, until: date | None = None) -> pl.DataFrame:
    """Valid duties that fell due in the period, up to ``until``: ``kind, duty_id, level, owner_id, province_code, due_on, done_on, done,
    done_on_time``."""
    assert ctx.snapshot is not None
    rows = _duties(ctx, ctx.snapshot.id, ctx.period)
    return rows if until is None else rows.filter(pl.col("due_on") <= until)


@st.cache_resource(show_spinner=False, max_entries=8)
def _duties(_ctx: Context, snapshot_id: str, period_id: str) -> pl.DataFrame:
    of_city = dict(loading.table(_ctx, "pilot_city").select("city_id", "province_code").iter_rows())
    bodies = loading.table(_ctx, "org").select("org_id", "org_class", "province_code")
    of_body = {code: province for code, _, province in bodies.iter_rows()}
    associations = set(bodies.filter(pl.col("org_class") == "PA")["org_id"])
    of_team = {team: of_body.get(lead) for team, lead in loading.table(_ctx, "service_team").select("team_id", "lead_org_id").iter_rows()}
    found: list[tuple[object, ...]] = []
    for item, city, due, done in valid(_ctx, "roadmap_item")().select("item_id", "city_id", "original_due_date", "done_at").iter_rows():
        found.append(("roadmap", item, "city", city, of_city.get(city), due, done))
    logged = valid(_ctx, "submission_log")().with_columns(pl.col("due_at", "submitted_at").cast(pl.Date))
    for entry, who, due, came, passed in logged.select(
        "submission_id", "subject_id", "due_at", "submitted_at", "passed_validation"
    ).iter_rows():
        level = "city" if who in of_city else "province" if who in associations else "body"
        province = of_city.get(who) or of_body.get(who) or of_team.get(who)
        found.append(("report", entry, level, who, province, due, came if passed else None))
    columns = ("task_id", "task_level", "owner_org_id", "city_id", "province_code", "due_date", "done_at")
    for task, level, owner, city, province, due, done in valid(_ctx, "work_task")().select(columns).iter_rows():
        owes = (city or owner) if level == "city" else owner
        found.append(("task", task, level, owes, None if level == "national" else of_city.get(city) or province, due, done))
    text, day = pl.String, pl.Date
    schema = {"kind": text, "duty_id": text, "level": text, "owner_id": text, "province_code": text, "due_on": day, "done_on": day}
    rows = pl.DataFrame(found, schema=schema, orient="row").filter(during("due_on", *days(_ctx)))
    kept = pl.col("done_on") <= pl.col("due_on")
    return rows.with_columns(done=pl.col("done_on").is_not_null(), done_on_time=kept.fill_null(False))
