"""The platform page: libraries, their month-end stock, institutions and use, connections, pushes, scenarios, columns."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import polars as pl

from kcz_metrics.language.periods import period
from kcz_metrics.ui.behind import days, during, every, joined, months, valid
from kcz_metrics.ui.behind.institutions import during_months
from kcz_metrics.ui.behind.jobs import live
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.sources import Change, Opening, Part, Ratio, Source


def libraries(ctx: Context, fields: tuple[str, ...] = ()) -> dict[str, Opening]:
    until = days(ctx)[1]
    source, grade = Source("resource", live(ctx, until), "library_type"), pl.col("grade")
    year_before = date(until.year - 1, until.month, until.day)
    return {
        "live": source.count(), "libraries": source.distinct("library_type"),
        "a": source.share((grade == "A").fill_null(False)), "graded": source.share(grade.is_not_null()),
        "fresh": source.share(pl.coalesce("last_confirmed_at", "entered_at") >= year_before),
        **{code: source.count(pl.col("tech_field") == code) for code in fields},
    }  # fmt: skip


def institution_stock(ctx: Context) -> Part:
    """The last month's institutions: of each class its last valid return."""
    return _stock(ctx, pl.col("library_type").str.starts_with("org_"))


def library_stock(ctx: Context) -> Part:
    """The last month's resources: of each library its last valid return."""
    return _stock(ctx, ~pl.col("library_type").str.starts_with("org_"))


def _stock(ctx: Context, where: pl.Expr) -> Part:
    return _returned(ctx, where & (pl.col("month") < months(ctx)[1])).sum("valid_count")


def _returned(ctx: Context, where: pl.Expr) -> Source:
    """Of each library, or class, the last valid return among those."""
    rows = valid(ctx, "stock_month", where)
    return Source("stock_month", lambda: rows().sort("month").unique("library_type", keep="last").sort("library_type"))


#: What stands before the month of a point of the raw line.
RAW = "raw."


def stock_months(ctx: Context, found: Iterable[str]) -> dict[str, Opening]:
    """The points of the growth chart, by month; those of the raw line by month after ``RAW``."""
    libraries_only = ~pl.col("library_type").str.starts_with("org_")
    until = {month: _returned(ctx, libraries_only & (pl.col("month") <= month)) for month in found}
    counted: dict[str, Opening] = {month: source.sum("valid_count") for month, source in until.items()}
    return counted | {f"{RAW}{month}": source.sum("raw_count") for month, source in until.items()}


def carried(ctx: Context, month: str) -> Part:
    """Libraries whose last valid return is of a month before."""
    return _returned(ctx, ~pl.col("library_type").str.starts_with("org_") & (pl.col("month") <= month)).count(pl.col("month") < month)


def baseline(ctx: Context, name: str) -> Part:
    """What the year's targets grow from."""
    return Source("baseline", every(ctx, "baseline", pl.col("metric") == name)).sum("value")


def sticky(ctx: Context) -> Ratio:
    """Daily over monthly users in the last month that is known."""
    rows = valid(ctx, "platform_usage_month", pl.col("month") < months(ctx)[1])
    source = Source("platform_usage_month", lambda: rows().filter(pl.col("month") == pl.col("month").max()))
    return Ratio(source.sum("dau_avg"), source.sum("mau"))


def sticky_month(ctx: Context, month: str, scale: float = 1.0, client: str | None = None) -> Ratio:
    """The same in a given month, of one client or of all."""
    own = [pl.col("month") == month, *([] if client is None else [pl.col("client") == client])]
    source = Source("platform_usage_month", valid(ctx, "platform_usage_month", *own))
    return Ratio(source.sum("dau_avg"), source.sum("mau"), scale)


def institutions(ctx: Context) -> dict[str, Opening]:
    start, until = days(ctx)
    came = pl.col("joined_at")
    rows = joined(valid(ctx, "org_residency", came < until), every(ctx, "org"), "org_id", "org_id", "org_class")
    source, ripe = Source("org_residency", rows, "_org_class"), came.dt.offset_by("90d") < until
    acted = (pl.col("first_action_at").cast(pl.Date) <= came.dt.offset_by("90d")).fill_null(False)
    return {
        "resident": source.count(), "joined": source.count(came >= start), "ripe": source.count(ripe), "share": source.share(acted, ripe),
    }  # fmt: skip


def usage(ctx: Context) -> dict[str, Opening]:
    """In the mean of the period's months, so the months of all classes are below the line."""
    rows = valid(ctx, "platform_usage_month", during_months(ctx))
    source, client = Source("platform_usage_month", rows, "org_class"), pl.col("client")

    def share(where: pl.Expr | None) -> Ratio:
        return Ratio(source.sum("dau_avg", where), source.sum("mau", where))

    return {
        "mau": Ratio(source.sum("mau"), Source("platform_usage_month", rows).distinct("month")), "sticky": share(None),
        "pc": share(client == "pc"), "app": share(client == "app"),
    }  # fmt: skip


def connections(ctx: Context, sound: tuple[float, int]) -> dict[str, Opening]:
    """``sound``: from which uptime and how many records a connection is."""
    source = Source("data_connection", valid(ctx, "data_connection", pl.col("live_at") < days(ctx)[1]), "kind")
    steady = (pl.col("uptime_pct") >= sound[0]) & (pl.col("records_synced") >= sound[1])
    return {
        "live": source.count(), "sound": source.count(steady), "uptime": source.median("uptime_pct"),
        "records": source.sum("records_synced", scale=1e4 if ctx.lang == "zh" else 1e3),
    }  # fmt: skip


def pushes(ctx: Context) -> dict[str, Opening]:
    source = Source("push_event", valid(ctx, "push_event", during("sent_at", *days(ctx))), "push_reason")
    accepted = pl.col("accepted_at").is_not_null()
    return {
        "sent": source.count(), "opened": source.share(pl.col("opened_at").is_not_null() | accepted), "accepted": source.share(accepted),
    }  # fmt: skip


def scenarios(ctx: Context) -> Source:
    return Source("platform_scenario", valid(ctx, "platform_scenario", pl.col("opened_at") < days(ctx)[1]), "scenario_id")


def columns(ctx: Context) -> dict[str, Opening]:
    start, until = days(ctx)
    before = period(ctx.period).previous().start
    source = Source("programme_item", valid(ctx, "programme_item", during("aired_at", before, until)), "column_name")
    aired, earlier = source.count(pl.col("aired_at") >= start), source.count(pl.col("aired_at") < start)
    on_air = source.distinct("column_name", pl.col("aired_at") >= start)
    return {"aired": aired, "before": earlier, "change": Change(aired, earlier), "on_air": on_air}
