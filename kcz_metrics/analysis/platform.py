"""The platform by its records: libraries, their growth, resident institutions, use, connections, pushes. Frames in, frames out.

Only valid rows are read: verified and no duplicate. A day or month given as ``until`` is the first that no longer counts.
"""

from __future__ import annotations

from datetime import date

import polars as pl

#: A stock row of institutions is one of an organisation class, led by this; other rows are of libraries.
OF_INSTITUTIONS = "org_"
GRADES = ("A", "B", "C")


def valid(records: pl.DataFrame) -> pl.DataFrame:
    """Rows that are verified and no duplicate."""
    return records.filter((pl.col("status") == "verified") & pl.col("duplicate_of").is_null())


def live(resources: pl.DataFrame, until: date) -> pl.DataFrame:
    """Valid resources that were in a library at the end of the day before ``until``."""
    return valid(resources).filter((pl.col("entered_at") < until) & (pl.col("retired_at").is_null() | (pl.col("retired_at") >= until)))


def libraries(resources: pl.DataFrame, until: date, fields: tuple[str, ...]) -> pl.DataFrame:
    """``library_type, live, fresh, A, B, C, ungraded`` and a column a technology field, a row a library, largest first.

    ``fresh`` were confirmed within the year before ``until``. Grades add up to live; so do the fields where every code is among them.
    """
    year_before = date(until.year - 1, until.month, until.day)
    grade, field = pl.col("grade"), pl.col("tech_field")
    counts = [(grade == code).sum().cast(pl.Int64).alias(code) for code in GRADES]
    counts += [(field == code).sum().cast(pl.Int64).alias(code) for code in fields]
    return (
        live(resources, until)
        .group_by("library_type")
        .agg(
            pl.len().cast(pl.Int64).alias("live"),
            (pl.coalesce("last_confirmed_at", "entered_at") >= year_before).sum().cast(pl.Int64).alias("fresh"),
            *counts,
            grade.is_null().sum().cast(pl.Int64).alias("ungraded"),
        )
        .sort("live", "library_type", descending=[True, False])
    )


def stock(stock_months: pl.DataFrame, until: str, *, institutions: bool) -> pl.DataFrame:
    """``month, valid, raw, carried``, a row a month before ``until``: the month-end stock of all libraries, or of institutions.

    A library whose row of a month is missing or not verified keeps its last one; ``carried`` counts these.
    """
    of_bodies = pl.col("library_type").str.starts_with(OF_INSTITUTIONS)
    rows = valid(stock_months).filter(of_bodies if institutions else ~of_bodies, pl.col("month") < until)
    months = stock_months.filter(of_bodies if institutions else ~of_bodies, pl.col("month") < until).select("month").unique()
    grid = months.join(rows.select("library_type").unique(), how="cross")
    filled = (
        grid.join(rows.select("month", "library_type", "valid_count", "raw_count"), on=["month", "library_type"], how="left")
        .sort("library_type", "month")
        .with_columns(kept=pl.col("valid_count").is_null())
        .with_columns(pl.col("valid_count", "raw_count").forward_fill().over("library_type"))
    )
    return (
        filled.filter(pl.col("valid_count").is_not_null())
        .group_by("month")
        .agg(
            valid=pl.col("valid_count").sum().cast(pl.Int64),
            raw=pl.col("raw_count").sum().cast(pl.Int64),
            carried=pl.col("kept").sum().cast(pl.Int64),
        )
        .sort("month")
    )


def institutions(residencies: pl.DataFrame, classes: pl.DataFrame, start: date, until: date) -> pl.DataFrame:
    """``org_class, resident, joined, ripe, active``, a row a class, largest first: resident before ``until``, joined since ``start``.

    Of those that have been there for 90 days (``ripe``) how many acted within these.

    ``classes``: ``org_id, org_class``.
    """
    joined = pl.col("joined_at")
    ripe = joined.dt.offset_by("90d") < until
    acted = pl.col("first_action_at").cast(pl.Date) <= joined.dt.offset_by("90d")
    rows = valid(residencies).filter(joined < until).join(classes.select("org_id", "org_class"), on="org_id", how="left")
    return (
        rows.group_by("org_class")
        .agg(
            resident=pl.len().cast(pl.Int64),
            joined=(joined >= start).sum().cast(pl.Int64),
            ripe=ripe.sum().cast(pl.Int64),
            active=(ripe & acted).sum().cast(pl.Int64),
        )
        .sort("resident", "org_class", descending=[True, False])
    )


def usage_by_month(usage: pl.DataFrame, until: str) -> pl.DataFrame:
    """``month, mau, dau, sticky, pc, app``: active users over the classes and clients whose rows are valid, and daily over monthly ones."""
    rows = valid(usage).filter(pl.col("month") < until)

    def ratio(client: str | None) -> pl.Expr:
        daily, monthly = pl.col("dau_avg"), pl.col("mau")
        if client:
            daily, monthly = daily.filter(pl.col("client") == client), monthly.filter(pl.col("client") == client)
        return pl.when(monthly.sum() > 0).then(daily.sum() / monthly.sum())

    return (
        rows.group_by("month")
        .agg(mau=pl.col("mau").sum(), dau=pl.col("dau_avg").sum(), sticky=ratio(None), pc=ratio("pc"), app=ratio("app"))
        .sort("month")
    )


def usage_by_class(usage: pl.DataFrame, start: str, until: str) -> pl.DataFrame:
    """``org_class, mau, pc, app, sticky``: monthly active users of a class, both clients together, in the mean of the months.

    Daily over monthly ones by client and in all. Largest first.
    """
    rows = valid(usage).filter(pl.col("month") >= start, pl.col("month") < until)
    months = max(rows["month"].n_unique(), 1)

    def ratio(client: str) -> pl.Expr:
        own = pl.col("client") == client
        monthly = pl.col("mau").filter(own).sum()
        return pl.when(monthly > 0).then(pl.col("dau_avg").filter(own).sum() / monthly)

    return (
        rows.group_by("org_class")
        .agg(
            mau=pl.col("mau").sum() / months,
            pc=ratio("pc"),
            app=ratio("app"),
            sticky=pl.when(pl.col("mau").sum() > 0).then(pl.col("dau_avg").sum() / pl.col("mau").sum()),
        )
        .sort("mau", "org_class", descending=[True, False])
    )


def connections(records: pl.DataFrame, until: date, *, uptime: float, least: int) -> pl.DataFrame:
    """``kind, live, sound, records, uptime``: live before ``until``; sound by uptime and records; the median uptime. Most live first."""
    sound = (pl.col("uptime_pct") >= uptime) & (pl.col("records_synced") >= least)
    return (
        valid(records)
        .filter(pl.col("live_at") < until)
        .group_by("kind")
        .agg(
            live=pl.len().cast(pl.Int64),
            sound=sound.sum().cast(pl.Int64),
            records=pl.col("records_synced").sum().cast(pl.Int64),
            uptime=pl.col("uptime_pct").median(),
        )
        .sort("live", "kind", descending=[True, False])
    )


def pushes(records: pl.DataFrame, start: date, until: date) -> pl.DataFrame:
    """``push_reason, sent, opened, accepted`` of pushes sent in the days given, most sent first; accepted ones were opened too."""
    opened = pl.col("opened_at").is_not_null() | pl.col("accepted_at").is_not_null()
    return (
        valid(records)
        .filter(pl.col("sent_at") >= start, pl.col("sent_at") < until)
        .group_by("push_reason")
        .agg(
            sent=pl.len().cast(pl.Int64),
            opened=opened.sum().cast(pl.Int64),
            accepted=pl.col("accepted_at").is_not_null().sum().cast(pl.Int64),
        )
        .sort("sent", "push_reason", descending=[True, False])
    )


def episodes(items: pl.DataFrame, start: date, until: date, before: date) -> pl.DataFrame:
    """``column_name, aired, before``: episodes of each column since ``start`` and, for comparison, since ``before`` until ``start``."""
    day = pl.col("aired_at")
    return (
        valid(items)
        .filter(day >= before, day < until)
        .group_by("column_name")
        .agg(aired=(day >= start).sum().cast(pl.Int64), before=(day < start).sum().cast(pl.Int64))
        .sort("aired", "column_name", descending=[True, False])
    )
