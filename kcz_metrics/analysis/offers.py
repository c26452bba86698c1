"""Bases, centres, packages, and how the platform is built and run. Frames in, frames out.

Reference tables are taken as they are, record tables by their valid rows. ``until`` is the first day that no longer counts.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from kcz_metrics.analysis.platform import valid


def bases(records: pl.DataFrame, until: date) -> pl.DataFrame:
    """``base_kind, bases, cities, stations``: approved before ``until``; ``stations`` were made a station. Most first."""
    return (
        records.filter(pl.col("opened_at") < until)
        .group_by("base_kind")
        .agg(
            bases=pl.len().cast(pl.Int64),
            cities=pl.col("city_id").n_unique().cast(pl.Int64),
            stations=pl.col("station_id").is_not_null().sum().cast(pl.Int64),
        )
        .sort("bases", "base_kind", descending=[True, False])
    )


def centres(records: pl.DataFrame, firms: pl.DataFrame, start: date, until: date) -> pl.DataFrame:
    """``centre_kind, centres, cities, capacity, firms, new``: opened before ``until``.

    Firms incubated there, in all and since ``start``.
    """
    housed = (
        valid(firms)
        .filter(pl.col("centre_id").is_not_null(), pl.col("registered_at") < until)
        .group_by("centre_id")
        .agg(firms=pl.len().cast(pl.Int64), new=(pl.col("registered_at") >= start).sum().cast(pl.Int64))
    )
    return (
        records.filter(pl.col("opened_at") < until)
        .join(housed, on="centre_id", how="left")
        .group_by("centre_kind")
        .agg(
            pl.len().cast(pl.Int64).alias("centres"),
            pl.col("city_id").n_unique().cast(pl.Int64).alias("cities"),
            pl.col("capacity").sum().cast(pl.Int64),
            pl.col("firms", "new").sum().cast(pl.Int64),
        )
        .sort("centres", "centre_kind", descending=[True, False])
    )


def packages(offered: pl.DataFrame, parts: pl.DataFrame, uses: pl.DataFrame, start: date, until: date) -> pl.DataFrame:
    """``package_id, audience, live, parts, uses, bodies, cities, repeat``: packages launched before ``until``, most used first.

    Uses are valid ones since ``start``; ``repeat`` of the bodies used the package more than once in that time. ``parts``: codes in order.
    """
    used = valid(uses).filter(pl.col("used_on") >= start, pl.col("used_on") < until)
    often = used.group_by("package_id", "org_id").len().group_by("package_id").agg(repeat=(pl.col("len") > 1).sum().cast(pl.Int64))
    counted = used.group_by("package_id").agg(
        uses=pl.len().cast(pl.Int64), bodies=pl.col("org_id").n_unique().cast(pl.Int64), cities=pl.col("city_id").n_unique().cast(pl.Int64)
    )
    consists = parts.group_by("package_id").agg(parts=pl.col("part").sort())
    return (
        offered.filter(pl.col("launched_at") < until)
        .select("package_id", "audience", live=pl.col("ended_at").is_null() | (pl.col("ended_at") >= until))
        .join(consists, on="package_id", how="left")
        .join(counted, on="package_id", how="left")
        .join(often, on="package_id", how="left")
        .with_columns(pl.col("uses", "bodies", "cities", "repeat").fill_null(0))
        .sort("uses", "package_id", descending=[True, False])
    )


def features(planned: pl.DataFrame, releases: pl.DataFrame, until: date) -> pl.DataFrame:
    """``feature_id, feature_area, planned_for, released_at, state, days``: state ``on_time, late, overdue`` or ``ahead``, as of ``until``.

    ``days`` is how late it came, or how long it is overdue by the day before ``until``; null where neither. The longest overdue first.
    """
    last = pl.lit(until).dt.offset_by("-1d")
    came = pl.when(pl.col("released_at") < until).then("released_at")
    late = pl.col("released_at") > pl.col("planned_for")
    state = (
        pl.when(pl.col("released_at").is_not_null() & late)
        .then(pl.lit("late"))
        .when(pl.col("released_at").is_not_null())
        .then(pl.lit("on_time"))
        .when(pl.col("planned_for") < last)
        .then(pl.lit("overdue"))
        .otherwise(pl.lit("ahead"))
    )
    days = (pl.coalesce("released_at", last) - pl.col("planned_for")).dt.total_days()
    order = {"overdue": 0, "late": 1, "on_time": 2, "ahead": 3}
    return (
        planned.join(releases.select("release_id", "client", "version", "released_at"), on="release_id", how="left")
        .with_columns(released_at=came)
        .with_columns(state=state)
        .select(
            "feature_id",
            "feature_area",
            "planned_for",
            "released_at",
            "client",
            "version",
            "state",
            days=pl.when(pl.col("state").is_in(["late", "overdue"])).then(days),
        )
        .sort(pl.col("state").replace_strict(order), pl.col("days").fill_null(0), "feature_id", descending=[False, True, False])
    )


def releases(records: pl.DataFrame, start: date, until: date) -> pl.DataFrame:
    """``client, releases, before, last, version``: releases since ``start`` and before it, the latest with its day, a row a client."""
    day = pl.col("released_at")
    return (
        records.filter(day < until)
        .sort("released_at")
        .group_by("client")
        .agg(
            releases=(day >= start).sum().cast(pl.Int64),
            before=(day < start).sum().cast(pl.Int64),
            last=day.last(),
            version=pl.col("version").last(),
        )
        .sort("client")
    )


def operation(records: pl.DataFrame, start: str, until: str) -> pl.DataFrame:
    """``month, cost, revenue, free, paid, staff, covered, public`` of valid months in the range.

    ``covered`` is the share of the cost that revenue covers, ``public`` the share of services that were free.
    """
    services = pl.col("free_services") + pl.col("paid_services")
    return (
        valid(records)
        .filter(pl.col("month") >= start, pl.col("month") < until)
        .select(
            "month",
            cost=pl.col("cost_cny"),
            revenue=pl.col("revenue_cny"),
            free=pl.col("free_services"),
            paid=pl.col("paid_services"),
            staff=pl.col("staff"),
            covered=pl.when(pl.col("cost_cny") > 0).then(pl.col("revenue_cny") / pl.col("cost_cny")),
            public=pl.when(services > 0).then(pl.col("free_services") / services),
        )
        .sort("month")
    )
