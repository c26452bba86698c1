"""The page on stations and managers: stations, trainings, managers, agreements, recommendations, bases, centres, packages, the platform."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from kcz_metrics.ui.behind import Rows, days, during, every, gathered, joined, money, months, valid
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.sources import Behind, Opening, Part, Ratio, Source


def stations(ctx: Context, by: str = "") -> dict[str, Opening]:
    """Open stations; what each has and lacks is worked out from its activities and outcomes."""
    from kcz_metrics.ui.institution_parts import least

    labels = {"activities": ctx.tr("当年活动"), "outcomes": ctx.tr("当年成果")}
    source = Source("station", lambda: gathered.stations(ctx, least(ctx)), by, labels=labels)
    lacks = pl.col("lacks")
    return {
        "open": source.count(), "real": source.count(lacks.is_null()), "share": source.share(lacks.is_null()),
        "cities": source.distinct("city_id"),
        **{f"lacks_{what}": source.count(lacks == what) for what in ("activities", "outcomes", "both")},
    }  # fmt: skip


def bare_cities(ctx: Context) -> Opening:
    """Pilots whose stations are none of them real."""
    found = stations(ctx)["open"]
    assert isinstance(found, Part)
    source = found.source

    def none() -> pl.DataFrame:
        rows = source.rows()
        return rows.filter(~pl.col("city_id").is_in(rows.filter(pl.col("lacks").is_null())["city_id"].implode()))

    return Source("station", none, labels=source.labels).distinct("city_id")


def trainings(ctx: Context) -> dict[str, Opening]:
    rows = valid(ctx, "training_event", pl.col("training_kind") == "tech_manager", during("held_on", *days(ctx)))
    source = Source("training_event", rows, "training_level")
    trained, passed = source.sum("trainees"), source.sum("passed")
    return {"events": source.count(), "days": source.sum("days"), "trainees": trained, "passed": passed, "share": Ratio(passed, trained)}


def _managers(ctx: Context) -> Rows:
    """Certified managers with the grade and score of their latest review of the period and their contracts."""
    return lambda: gathered.managers(ctx)


def _contracts(ctx: Context) -> Rows:
    """Contracts of the period that name a certified manager, with the grade of the manager."""
    signed = valid(ctx, "contract", pl.col("tm_id").is_not_null(), during("signed_at", *days(ctx)))
    roster = _managers(ctx)
    return lambda: signed().join(roster().select("tm_id", _grade="review_grade"), on="tm_id", maintain_order="left")


def managers(ctx: Context, by: str = "tm_id") -> dict[str, Opening]:
    people = Source("tech_manager", _managers(ctx), by, labels={"score": ctx.tr("评价分"), "contracts": ctx.tr("合同")})
    source = Source("contract", _contracts(ctx), "_grade" if by == "review_grade" else by)
    return {
        "managers": people.count(), "score": people.median("score"), "share": people.share(pl.col("contracts") > 0),
        "mean": Ratio(source.count(), people.count()), "contracts": source.count(), "amount": source.sum("amount_cny", scale=money(ctx)),
    }  # fmt: skip


def busy(ctx: Context) -> Opening:
    """Managers with a contract of the period."""
    people = Source("tech_manager", _managers(ctx), labels={"score": ctx.tr("评价分"), "contracts": ctx.tr("合同")})
    return people.count(pl.col("contracts") > 0)


def tasks(ctx: Context, by: str = "") -> dict[str, Opening]:
    """Tasks of valid agreements signed before the period's end."""
    until = days(ctx)[1]
    signed = valid(ctx, "agreement", pl.col("signed_at") < until)
    rows = valid(ctx, "agreement_task")
    last = until - timedelta(days=1)
    late = (pl.lit(last) - pl.col("due_date")).dt.total_days()

    def of_signed() -> pl.DataFrame:
        return rows().join(signed().select("agreement_id"), on="agreement_id", how="semi").with_columns(_late=late)

    signed_in_all = Source("agreement", signed)
    source = Source("agreement_task", of_signed, by, labels={"_late": ctx.tr("逾期天数")})
    done = (pl.col("done_at") < until).fill_null(False)
    overdue = ~done & (pl.col("due_date") < last)
    return {
        "tasks": source.count(), "done": source.count(done), "overdue": source.count(overdue), "late": source.max("_late", overdue),
        "share": source.share(done), "owners": source.distinct("owner_org_id"), "agreements": signed_in_all.count(),
    }  # fmt: skip


def recommended(ctx: Context, by: str = "") -> dict[str, Opening]:
    rows = valid(ctx, "recommendation", during("recommended_on", *days(ctx)))
    timed = pl.col("decided_on") - pl.col("recommended_on")
    source = Source(
        "recommendation", lambda: rows().with_columns(_days=timed.dt.total_days()), by, labels={"_days": ctx.tr("推介到结论天数")}
    )  # fmt: skip
    decision = pl.col("decision")
    agreed = source.count(decision.is_in(["invested", "settled"]))
    return {
        "sent": source.count(), "met": source.count(pl.col("met_on").is_not_null()), "agreed": agreed,
        "declined": source.count(decision == "declined"), "open": source.count(decision.is_null()),
        "days": source.median("_days"), "of_all": Ratio(agreed, source.count()),
        "share": Ratio(agreed, source.count(pl.col("decided_on").is_not_null())), "amount": source.sum("amount_cny", scale=money(ctx)),
    }  # fmt: skip


def recommended_steps(ctx: Context) -> Behind:
    """From recommending to meeting to an agreement; what was agreed without a meeting stands apart."""
    found, met = recommended(ctx), pl.col("met_on").is_not_null()
    source = Source("recommendation", valid(ctx, "recommendation", during("recommended_on", *days(ctx))))
    return {"sent": found["sent"], "met": found["met"], "agreed": source.count(met & pl.col("decision").is_in(["invested", "settled"]))}


def bases(ctx: Context) -> dict[str, Opening]:
    source = Source("base", every(ctx, "base", pl.col("opened_at") < days(ctx)[1]), "base_kind")
    return {"bases": source.count(), "cities": source.distinct("city_id"), "stations": source.count(pl.col("station_id").is_not_null())}


def centres(ctx: Context) -> dict[str, Opening]:
    start, until = days(ctx)
    opened = every(ctx, "centre", pl.col("opened_at") < until)
    source = Source("centre", opened, "centre_kind")
    housed = joined(valid(ctx, "incubated_firm", pl.col("registered_at") < until), opened, "centre_id", "centre_id", "centre_kind")
    firms = Source("incubated_firm", lambda: housed().filter(pl.col("_centre_kind").is_not_null()), "_centre_kind")
    return {
        "centres": source.count(), "cities": source.distinct("city_id"), "capacity": source.sum("capacity"), "firms": firms.count(),
        "new": firms.count(pl.col("registered_at") >= start),
    }  # fmt: skip


def packages(ctx: Context) -> dict[str, Opening]:
    used = valid(ctx, "package_use", during("used_on", *days(ctx)))
    source = Source("package_use", lambda: used().with_columns(_times=pl.len().over("package_id", "org_id")), "package_id")
    return {
        "uses": source.count(), "cities": source.distinct("city_id"), "repeat": source.distinct("org_id", pl.col("_times") > 1),
    }  # fmt: skip


def online(ctx: Context) -> Opening:
    """Features of the platform that a release before the period's end brought."""
    until = days(ctx)[1]
    rows = joined(every(ctx, "platform_feature"), every(ctx, "platform_release"), "release_id", "release_id", "released_at")
    return Source("platform_feature", rows).count(pl.col("_released_at") < until)


def late(ctx: Context) -> Opening:
    """Features planned for before the period's last day that no release before its end brought."""
    until = days(ctx)[1]
    rows = joined(every(ctx, "platform_feature"), every(ctx, "platform_release"), "release_id", "release_id", "released_at")
    there = (pl.col("_released_at") < until).fill_null(False)
    return Source("platform_feature", rows).count(~there & (pl.col("planned_for") < until - timedelta(days=1)))


def due(ctx: Context) -> Opening:
    """Features that were planned for before the period's last day, or are online."""
    until = days(ctx)[1]
    rows = joined(every(ctx, "platform_feature"), every(ctx, "platform_release"), "release_id", "release_id", "released_at")
    there = (pl.col("_released_at") < until).fill_null(False)
    return Source("platform_feature", rows).count(there | (pl.col("planned_for") < until - timedelta(days=1)))


def releases(ctx: Context) -> dict[str, Opening]:
    start, until = days(ctx)
    source = Source("platform_release", every(ctx, "platform_release", pl.col("released_at") < until), "client")
    return {"releases": source.count(pl.col("released_at") >= start), "before": source.count(pl.col("released_at") < start)}


def operation(ctx: Context) -> dict[str, Opening]:
    """A month's report is one record."""
    source, scale = Source("platform_operation_month", valid(ctx, "platform_operation_month", during_months(ctx)), "month"), money(ctx)
    both = (pl.col("free_services") + pl.col("paid_services")).alias("_served")
    served = Source(source.table, lambda: source.rows().with_columns(both), labels={"_served": ctx.tr("公益与市场服务")})
    return {
        "cost": source.sum("cost_cny", scale=scale), "revenue": source.sum("revenue_cny", scale=scale),
        "covered": Ratio(source.sum("revenue_cny"), source.sum("cost_cny")), "free": source.sum("free_services"),
        "paid": source.sum("paid_services"), "staff": source.sum("staff"),
        "public": Ratio(served.sum("free_services"), served.sum("_served")),
    }  # fmt: skip


def during_months(ctx: Context) -> pl.Expr:
    first, until = months(ctx)
    return (pl.col("month") >= first) & (pl.col("month") < until)
