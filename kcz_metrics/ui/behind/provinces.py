"""The province page: pilots, teams and bodies of a province or the nation, its needs, and what each level owes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from kcz_metrics.analysis import paths
from kcz_metrics.facts import FACTS
from kcz_metrics.ui import loading, pathways
from kcz_metrics.ui.behind import Rows, days, during, every, gathered_paths, joined, ranges, valid
from kcz_metrics.ui.behind.scores import ranked
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.sources import Behind, Leads, Opening, Part, Ratio, Source, Way

#: Kind of a duty to its record table.
_TABLES = {"task": "work_task", "roadmap": "roadmap_item", "report": "submission_log"}


def _of(rows: Rows, code: str | None, column: str = "province_code") -> Rows:
    return rows if code is None else lambda: rows().filter(pl.col(column) == code)


def _duties(ctx: Context, rows: Rows, by: str | tuple[str, ...], separator: str = "|") -> dict[str, Opening]:
    labels = {name: column.label.in_(ctx.lang) for name, column in FACTS["duties"].columns.items()}

    def to(row: Mapping[str, Any]) -> Way:
        return "records", {"table": _TABLES[row["kind"]], "record": row["duty_id"]}

    source = Source("", rows, by, separator=separator, labels=labels, leads=to)
    on_time = source.share(pl.col("done_on_time"))
    return {
        "due": source.count(), "done": source.count(pl.col("done")), "share": on_time, "on_time": on_time,
        "overdue": source.count(~pl.col("done")),
    }  # fmt: skip


def duties(ctx: Context, code: str | None, by: tuple[str, ...], separator: str, *, limited: bool = False) -> Behind:
    """What fell due by the last day known, by level and kind or by owner; ``limited`` to the level that the reader chose."""
    from kcz_metrics.ui import responsibilities as page

    level = page.chosen() if limited else ("", "")
    owed = _of(lambda: gathered_paths.duties(ctx, pathways.known_until(ctx)), code)
    return _duties(ctx, lambda: page.of_level(owed(), level), by, separator)


def owed(ctx: Context, code: str | None, *, limited: bool = False) -> dict[str, Opening]:
    """The same in all, and how many owe it, ``late`` those with something overdue."""
    from kcz_metrics.ui import responsibilities as page

    level = page.chosen() if limited else ("", "")
    fallen = _of(lambda: gathered_paths.duties(ctx, pathways.known_until(ctx)), code)
    who = pl.concat_str("owner_id", "level", separator=" ").alias("_owner")
    found = _duties(ctx, lambda: page.of_level(fallen(), level).with_columns(who), "")
    assert isinstance(found["due"], Part)
    source = found["due"].source
    return {**found, "owners": source.distinct("_owner"), "late": source.distinct("_owner", ~pl.col("done"))}


def whole(ctx: Context, code: str | None = None) -> dict[str, Opening]:
    """Every province by its code, or with ``code`` that one alone."""
    from kcz_metrics.ui.province_parts import bodies

    until, by = days(ctx)[1], "province_code"
    gone = pl.col("active_to")
    pilots = Source("pilot_city", _of(every(ctx, "pilot_city", pl.col("active_from") < until, gone.is_null() | (gone >= until)), code), by)
    led = joined(every(ctx, "service_team", pl.col("founded_at") < until), every(ctx, "org"), "lead_org_id", "org_id", by)
    needs = Source("need", _of(lambda: gathered_paths.needs(ctx), code), by)
    fallen = _of(lambda: gathered_paths.duties(ctx), code)
    placed = ranked(ctx, _of(lambda: loading.standing(ctx), code), by)
    owed = _duties(ctx, fallen, by)
    lead = Source("service_team", _of(led, code, f"_{by}"), f"_{by}", labels={f"_{by}": ctx.tr("牵头单位所在省份")})
    listed = ranked(ctx, _of(lambda: bodies(ctx), code), by)
    best = ranges.ends(ctx, _of(lambda: loading.standing(ctx), code), "rank", by)
    return {
        "best": best["low"], "last": best["high"],
        "cities": pilots.count(), "with_pilots": pilots.distinct(by),
        "pilots": Source("province_pilot", _of(every(ctx, "province_pilot", pl.col("approved_at") < until), code)).count(),
        "ranked": placed.count(), "mean": placed.mean("score"), "median": placed.median("score"),
        "teams": lead.count(), "leading": lead.distinct(f"_{by}"), "bodies": listed.distinct("unit"), "of_bodies": listed.distinct(by),
        "needs": needs.count(), "docked": needs.share(pl.col("reached") >= 2), "signed": needs.share(pl.col("reached") >= 3),
        "due": owed["due"], "on_time": owed["on_time"], "overdue": owed["overdue"],
    }  # fmt: skip


def sums(ctx: Context) -> dict[str, tuple[Opening, Opening]]:
    """Measure to what all provinces together have of it, and to what belongs to no province."""
    made, by = whole(ctx), "province_code"

    def parted(name: str, column: str, where: pl.Expr | None = None) -> tuple[Opening, Opening]:
        part = made[name]
        assert isinstance(part, Part)
        there, kept = pl.col(column).is_not_null(), pl.lit(True) if where is None else where
        return part.source.count(kept & there), part.source.count(kept & ~there)

    return {
        "province_cities": parted("cities", by), "province_teams": parted("teams", f"_{by}"), "path_needs": parted("needs", by),
        "path_contracted": parted("needs", by, pl.col("reached") >= 3), "path_paid": parted("needs", by, pl.col("reached") >= 4),
        "duties_due": parted("due", by),
    }  # fmt: skip


def path(ctx: Context, code: str | None) -> Behind:
    """Each row its own step of the needs' path; in the nation the same."""
    steps = paths.PATHS["need"].steps
    labels = {name: FACTS["need_paths"].columns[name].label.in_(ctx.lang) for name in paths.PATHS["need"].days}
    own, nation = (Source("need", _of(lambda: gathered_paths.needs(ctx), c), labels=labels) for c in (code, None))
    waited = {step: own.median(name) for step, name in zip(steps[1:], labels, strict=True)}
    reached = {step: pl.col("reached") >= at for at, step in enumerate(steps, start=1)}
    after = dict(zip(steps[1:], steps, strict=False))

    def shares(source: Source) -> dict[str, Opening]:
        return {step: Ratio(source.count(reached[step]), source.count(reached[was])) for step, was in after.items()}

    return {
        "count": {step: own.count(hit) for step, hit in reached.items()},
        "share": shares(own),
        "nation": shares(nation),
        "days": waited,
    }


def liaison(ctx: Context) -> dict[str, Opening]:
    start, until = days(ctx)
    left = pl.col("to_date")
    members = Source(
        "liaison_member", every(ctx, "liaison_member", pl.col("from_date") < until, left.is_null() | (left >= until)), "group_id"
    )
    visits = Source("liaison_visit", valid(ctx, "liaison_visit", during("visited_on", start, until)), "group_id")
    kinds = {kind: members.count(pl.col("member_kind") == kind) for kind in ("association", "society", "university", "local", "other")}
    return {"members": members.count(), **kinds, "visits": visits.count(), "met": visits.sum("enterprises_met")}


def groups(ctx: Context, code: str | None) -> dict[str, Opening]:
    """Liaison groups formed by the end of the period, the visits of the period to them, and those without one."""
    start, until = days(ctx)
    visits = valid(ctx, "liaison_visit", during("visited_on", start, until))
    formed = joined(
        every(ctx, "liaison_group", pl.col("formed_at") < until), every(ctx, "pilot_city"), "city_id", "city_id", "province_code"
    )
    own = _of(formed, code, "_province_code")

    def counted() -> pl.DataFrame:
        came = visits().group_by("group_id").agg(_visits=pl.len())
        return own().join(came, on="group_id", how="left", maintain_order="left").with_columns(pl.col("_visits").fill_null(0))

    found = Source("liaison_group", counted, labels={"_visits": ctx.tr("走访")})
    paid = Source("liaison_visit", lambda: visits().join(own().select("group_id"), on="group_id", how="semi"))
    return {
        "formed": found.count(), "standing": found.count((pl.col("standing_since") < until).fill_null(False)),
        "never": found.count(pl.col("_visits") == 0), "visits": paid.count(),
    }  # fmt: skip


def boards(ctx: Context) -> Behind:
    """The rank of a body on each board leads to the passport of its score there."""

    def to(board: str) -> Leads:
        return Leads(lambda unit: ("passport", {"unit": unit, "index": board}))

    return {board: to(board) for board in ctx.indices_of("organisation")}
