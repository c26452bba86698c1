"""Records gathered for a recount, apart from the facts of the pages: resources, and needs given to a body, step by step.

The steps after a docking are those of :mod:`kcz_metrics.ui.behind.gathered_paths`; what comes before them is joined here from the tables.
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import streamlit as st

from kcz_metrics.analysis import paths as kernel
from kcz_metrics.analysis.paths import PATHS
from kcz_metrics.ui import loading, pathways
from kcz_metrics.ui.behind import days, during, gathered_paths, valid
from kcz_metrics.ui.context import Context

_STEPS = ("docked_at", "contracted_on", "paid_on", "effect_on")


def cohort(ctx: Context, kind: str, ripe: int = 0) -> pl.DataFrame:
    """What came in in the period, ``reached`` (steps from 1) and the day of each step: needs; ``handling``, a need given to a body;
    resources. With ``ripe`` only what came at least so many days before the last known one."""
    assert ctx.snapshot is not None
    if kind == "need":
        return gathered_paths.needs(ctx, ripe)
    rows = {"handling": _handlings, "resource": _resources}[kind](ctx, ctx.snapshot.id, ctx.digest, ctx.period)
    if not ripe:
        return rows
    until = known_until(ctx, kind)
    return rows if until is None else rows.filter(pl.col(PATHS[kind].time).cast(pl.Date) <= until - timedelta(days=ripe))


def known_until(ctx: Context, kind: str) -> date | None:
    """The last day of which anything is known on the ways of this kind."""
    return kernel.known_until(pathways.facts(ctx)[PATHS[kind].fact])


def _meetings(ctx: Context) -> pl.DataFrame:
    """Valid dockings, ``docked_at`` where the two met, and the first days of what came of it."""
    met = (pl.col("stage") >= 2) & pl.col("stage2_at").is_not_null()
    rows = valid(ctx, "docking")().with_columns(docked_at=pl.when(met).then(pl.col("stage2_at")))
    signed = gathered_paths.contracts(ctx).group_by("docking_id").agg(
        contracted_on=pl.col("signed_at").min(), paid_on=pl.col("paid").min(),
        effect_on=pl.col("effect").filter(pl.col("paid").is_not_null()).min(),
    )  # fmt: skip
    joined = rows.join(signed, on="docking_id", how="left")
    return joined.with_columns(pl.when(pl.col("docked_at").is_not_null()).then(pl.col(c)).alias(c) for c in _STEPS)


def _with_steps(own: pl.DataFrame, meetings: pl.DataFrame, by: tuple[str, ...]) -> pl.DataFrame:
    """``own`` with the first day of each step among the meetings that it shares ``by`` with."""
    first = meetings.group_by(by).agg(pl.col(c).min() for c in _STEPS)
    return own.join(first, on=list(by), how="left", maintain_order="left")


@st.cache_resource(show_spinner=False, max_entries=8)
def _handlings(_ctx: Context, snapshot_id: str, digest: str, period_id: str) -> pl.DataFrame:
    leads = dict(loading.table(_ctx, "service_team").select("team_id", "lead_org_id").iter_rows())
    offers = valid(_ctx, "need_offer")().select("need_id", "org_id", "team_id", handed=pl.lit(False))
    of_team = pl.col("team_id").replace_strict(leads, default=None, return_dtype=pl.String)
    meetings = _meetings(_ctx).rename({"provider_org_id": "org_id"})
    given = pl.concat([
        offers.with_columns(org_id=pl.coalesce("org_id", of_team)).drop_nulls("org_id"),
        meetings.select("need_id", "org_id", "team_id", handed=pl.lit(True)),
    ])  # fmt: skip
    team = pl.coalesce(pl.col("team_id").filter("handed").max(), pl.col("team_id").max())  # who met stands before who offered
    pairs = given.group_by("need_id", "org_id").agg(team_id=team)
    posted = valid(_ctx, "need", during("posted_at", *days(_ctx)))().select("need_id", "city_id", "posted_at")
    bodies = loading.table(_ctx, "org").select("org_id", "org_class")
    own = pairs.join(posted, on="need_id").join(bodies, on="org_id", how="left").sort("need_id", "org_id")
    found = _with_steps(own, meetings, ("need_id", "org_id"))
    return found.with_columns(reached=pl.sum_horizontal(pl.lit(1), *(pl.col(c).is_not_null() for c in _STEPS)))


@st.cache_resource(show_spinner=False, max_entries=8)
def _resources(_ctx: Context, snapshot_id: str, digest: str, period_id: str) -> pl.DataFrame:
    """Used is by another body than the one that entered or holds it, and no program; or in a docking that came to a meeting."""
    own = valid(_ctx, "resource", during("entered_at", *days(_ctx)))()
    holders = loading.table(_ctx, "resource").select("resource_id", "entered_by_org_id", "holder_org_id")
    user = pl.col("user_org_id")
    others = (user != pl.col("entered_by_org_id")) & (user != pl.col("holder_org_id"))
    uses = valid(_ctx, "resource_use", ~pl.col("is_bot"))().join(holders, on="resource_id").filter(others)
    bodies = loading.table(_ctx, "org").select(entered_by_org_id="org_id", org_class="org_class")
    needs = valid(_ctx, "need")().select("need_id")
    meetings = _meetings(_ctx).drop_nulls("resource_id").join(needs, on="need_id", how="semi")
    found = _with_steps(own.join(bodies, on="entered_by_org_id", how="left", maintain_order="left"), meetings, ("resource_id",))
    found = found.join(
        uses.group_by("resource_id").agg(used_at=pl.col("used_at").min()), on="resource_id", how="left", maintain_order="left"
    )
    first_use = pl.min_horizontal(pl.col("used_at").cast(pl.Date), pl.col("docked_at").cast(pl.Date))
    steps = (pl.col(c).is_not_null() for c in ("used_at", *_STEPS))
    return found.with_columns(used_at=first_use).with_columns(reached=pl.sum_horizontal(pl.lit(1), *steps))
