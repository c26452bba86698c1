"""Registration of teams as a funnel, and what teams are given for good work. Frames in, frames out.

Only valid rows of record tables are read. An application is followed to its latest state.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from kcz_metrics.analysis.platform import valid


def applications(records: pl.DataFrame, bodies: pl.DataFrame, start: date, until: date) -> pl.DataFrame:
    """Valid applications handed in in the days given, with ``org_class``, ``province_code`` of the lead body, and how each went.

    ``returned, resubmitted, registered, given_up, waiting`` are booleans; registered, given up and waiting exclude one another.
    ``days_returned`` from applying to being sent back, ``days_resubmitted`` from there to handing in again, ``days_registered``
    from applying to registration; null where it did not come to it. ``bodies``: ``org_id, org_class, province_code``.
    """
    given = valid(records).filter(pl.col("applied_on") >= start, pl.col("applied_on") < until)
    registered = pl.col("registered_on").is_not_null()
    return given.join(
        bodies.select("org_id", "org_class", "province_code"), left_on="lead_org_id", right_on="org_id", how="left"
    ).with_columns(
        returned=pl.col("returned_on").is_not_null(),
        resubmitted=pl.col("resubmitted_on").is_not_null(),
        registered=registered,
        given_up=pl.col("is_withdrawn") & ~registered,
        waiting=~pl.col("is_withdrawn") & ~registered,
        days_returned=(pl.col("returned_on") - pl.col("applied_on")).dt.total_days(),
        days_resubmitted=(pl.col("resubmitted_on") - pl.col("returned_on")).dt.total_days(),
        days_registered=(pl.col("registered_on") - pl.col("applied_on")).dt.total_days(),
    )


def applications_by(found: pl.DataFrame, column: str) -> pl.DataFrame:
    """A row a value of ``column``: applied, returned, resubmitted, registered, given_up, waiting, median completeness and days.

    Registered, given up and waiting add up to applied. Most applied first; null where the lead body has no such value.
    """
    told = ("returned", "resubmitted", "registered", "given_up", "waiting")
    return (
        found.group_by(column)
        .agg(
            pl.len().cast(pl.Int64).alias("applied"),
            pl.col(*told).sum().cast(pl.Int64),
            pl.col("completeness", "days_returned", "days_resubmitted", "days_registered").median(),
        )
        .sort("applied", column, descending=[True, False], nulls_last=True)
    )


def steps(found: pl.DataFrame) -> pl.DataFrame:
    """``step, count, of, days``: applied, returned, resubmitted, registered straight and after return, given up, waiting.

    ``of`` is the number a step starts from (null for the first), ``days`` the median of the step itself.
    """
    returned = found.filter(pl.col("returned"))
    whole, back = found.height, returned.height
    again = returned.filter(pl.col("resubmitted"))

    def median(frame: pl.DataFrame, column: str) -> float | None:
        value = frame[column].median()
        return float(value) if isinstance(value, int | float) else None

    straight = found.filter(~pl.col("returned") & pl.col("registered"))
    after = returned.filter(pl.col("registered"))
    rows = [
        ("applied", whole, None, None),
        ("returned", back, whole, median(returned, "days_returned")),
        ("resubmitted", again.height, back, median(again, "days_resubmitted")),
        ("straight", straight.height, whole - back, median(straight, "days_registered")),
        ("after", after.height, back, median(after, "days_registered")),
        ("given_up", int(found["given_up"].sum()), whole, None),
        ("waiting", int(found["waiting"].sum()), whole, None),
    ]
    schema = {"step": pl.String, "count": pl.Int64, "of": pl.Int64, "days": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def reasons(found: pl.DataFrame) -> pl.DataFrame:
    """``return_reason, returned, registered, given_up, completeness``: of those sent back, a row a reason, most first."""
    return (
        found.filter(pl.col("returned"))
        .group_by("return_reason")
        .agg(
            returned=pl.len().cast(pl.Int64),
            registered=pl.col("registered").sum().cast(pl.Int64),
            given_up=pl.col("given_up").sum().cast(pl.Int64),
            completeness=pl.col("completeness").median(),
        )
        .sort("returned", "return_reason", descending=[True, False], nulls_last=True)
    )


def founders(teams: pl.DataFrame, bodies: pl.DataFrame, until: date) -> pl.DataFrame:
    """``org_class, teams, regional, industry, specialist``: teams founded before ``until`` by class of the lead body; kinds add up."""
    kinds = [(pl.col("team_kind") == kind).sum().cast(pl.Int64).alias(kind) for kind in ("regional", "industry", "specialist")]
    return (
        teams.filter(pl.col("founded_at") < until)
        .join(bodies.select("org_id", "org_class"), left_on="lead_org_id", right_on="org_id", how="left")
        .group_by("org_class")
        .agg(pl.len().cast(pl.Int64).alias("teams"), *kinds)
        .sort("teams", "org_class", descending=[True, False], nulls_last=True)
    )


def supported(supports: pl.DataFrame, uses: pl.DataFrame, until: date) -> pl.DataFrame:
    """``team_id, start_year, years, support_status, amount, commended``: teams with steady support begun before ``until``.

    ``amount`` in yuan is what decisions of support gave the team before ``until``, ``commended`` how often it was commended.
    """
    given = (
        valid(uses)
        .filter(pl.col("subject_type") == "team", pl.col("decided_on") < until)
        .group_by(pl.col("subject_id").alias("team_id"))
        .agg(
            amount=pl.col("amount_cny").filter(pl.col("use_kind") == "support").sum().cast(pl.Int64),
            commended=(pl.col("use_kind") == "commend").sum().cast(pl.Int64),
        )
    )
    return (
        supports.filter(pl.date(pl.col("start_year"), 1, 1) < until)
        .join(given, on="team_id", how="left")
        .with_columns(pl.col("amount", "commended").fill_null(0))
        .sort("amount", "start_year", "team_id", descending=[True, False, False])
    )


def incentives(uses: pl.DataFrame, until: date) -> pl.DataFrame:
    """``year, use_kind, uses, teams, amount``: what teams were given, by year of the decision, latest first."""
    return (
        valid(uses)
        .filter(pl.col("subject_type") == "team", pl.col("decided_on") < until)
        .group_by(pl.col("decided_on").dt.year().cast(pl.Int64).alias("year"), "use_kind")
        .agg(
            uses=pl.len().cast(pl.Int64),
            teams=pl.col("subject_id").n_unique().cast(pl.Int64),
            amount=pl.col("amount_cny").sum().cast(pl.Int64),
        )
        .sort("year", "uses", "use_kind", descending=[True, True, False])
    )


def links(records: pl.DataFrame, teams: pl.DataFrame, until: date) -> pl.DataFrame:
    """``link_kind, links, regional, industry, specialist``: links begun before ``until``.

    ``regional`` teams take part in them; the other two count links by kind of the other team and add up to the links.
    """
    kinds = teams.select(team_b="team_id", team_kind="team_kind")
    return (
        records.filter(pl.col("since") < until)
        .join(kinds, on="team_b", how="left")
        .group_by("link_kind")
        .agg(
            links=pl.len().cast(pl.Int64),
            regional=pl.col("team_a").n_unique().cast(pl.Int64),
            industry=(pl.col("team_kind") == "industry").sum().cast(pl.Int64),
            specialist=(pl.col("team_kind") == "specialist").sum().cast(pl.Int64),
        )
        .sort("links", "link_kind", descending=[True, False])
    )


def linked(records: pl.DataFrame, teams: pl.DataFrame, until: date) -> pl.DataFrame:
    """``team_a, links, joint, referral, training, last``: every regional team with its links, those without any too, fewest first."""
    kinds = [(pl.col("link_kind") == kind).sum().cast(pl.Int64).alias(kind) for kind in ("joint", "referral", "training")]
    own = (
        records.filter(pl.col("since") < until)
        .group_by("team_a")
        .agg(pl.len().cast(pl.Int64).alias("links"), *kinds, pl.col("since").max().alias("last"))
    )
    regional = teams.filter(pl.col("team_kind") == "regional", pl.col("founded_at") < until).select(team_a="team_id")
    return (
        regional.join(own, on="team_a", how="left")
        .with_columns(pl.col("links", "joint", "referral", "training").fill_null(0))
        .sort("links", "team_a")
    )
