"""Jobs and start-ups: seekers against openings, hires and how long they stay, the platform's zone, incubated firms. Frames in, frames out.

Only valid rows are read: verified and no duplicate. A day, month or quarter given as ``until`` is the first that no longer counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from kcz_metrics.analysis.platform import live, valid
from kcz_metrics.analysis.programmes import during

COUNTS = ("seekers", "graduates", "openings", "hired", "judged", "stayed", "talent")


def supply(records: pl.DataFrame, start: date, until: date) -> pl.DataFrame:
    """Rows of seekers whose quarter lies wholly in the days given."""
    first = pl.date(pl.col("quarter").str.slice(0, 4).cast(pl.Int32), (pl.col("quarter").str.slice(5, 1).cast(pl.Int32) - 1) * 3 + 1, 1)
    return valid(records).filter(first >= start, first.dt.offset_by("3mo") <= until)


def posts(records: pl.DataFrame, start: date, until: date) -> pl.DataFrame:
    """Postings of the days given."""
    return valid(records).filter(during("posted_on", start, until))


def hires(records: pl.DataFrame, postings: pl.DataFrame) -> pl.DataFrame:
    """People hired on these postings, whenever, with the posting's city, field and position."""
    return valid(records).join(postings.select("post_id", "city_id", "tech_field", "position"), on="post_id")


def talent(resources: pl.DataFrame, until: date) -> pl.DataFrame:
    """Live resources of the talent library at the end of the day before ``until``."""
    return live(resources, until).filter(pl.col("library_type") == "talent")


def balance(
    seekers: pl.DataFrame, postings: pl.DataFrame, hired: pl.DataFrame, resources: pl.DataFrame, by: str, *, floor: int = 1
) -> pl.DataFrame:
    """``by, seekers, graduates, openings, hired, judged, stayed, talent, ratio``, most openings first; every count adds up over the rows.

    ``hired`` as :func:`hires` gives it; ``judged``: whose half year is over, ``stayed``: of these. ``ratio``: seekers an opening,
    null under ``floor`` openings or without seekers. A row whose ``by`` is null holds what names none.
    """
    counts = [
        seekers.group_by(by).agg(pl.col("seekers", "graduates").sum().cast(pl.Int64)),
        postings.group_by(by).agg(pl.col("openings").sum().cast(pl.Int64)),
        hired.group_by(by).agg(
            hired=pl.len().cast(pl.Int64),
            judged=pl.col("stayed_6m").count().cast(pl.Int64),
            stayed=pl.col("stayed_6m").fill_null(False).sum().cast(pl.Int64),
        ),
        resources.group_by(by).agg(talent=pl.len().cast(pl.Int64)),
    ]
    rows = pl.concat(counts, how="diagonal").group_by(by).agg(pl.col(c).sum() for c in COUNTS)
    told = (pl.col("openings") >= floor) & (pl.col("seekers") > 0)
    return rows.with_columns(ratio=pl.when(told).then(pl.col("seekers") / pl.col("openings"))).sort(
        pl.col(by).is_null(), "openings", by, descending=[False, True, False]
    )


def cells(seekers: pl.DataFrame, postings: pl.DataFrame, *, floor: int) -> pl.DataFrame:
    """``city_id, tech_field, seekers, openings, ratio``: seekers an opening by pilot and field, where there are ``floor`` openings
    and seekers; fewest seekers an opening first.
    """
    both = ["city_id", "tech_field"]
    counts = [
        seekers.group_by(both).agg(pl.col("seekers").sum().cast(pl.Int64)),
        postings.group_by(both).agg(pl.col("openings").sum().cast(pl.Int64)),
    ]
    rows = pl.concat(counts, how="diagonal").group_by(both).agg(pl.col("seekers", "openings").sum())
    told = rows.filter(pl.col("openings") >= floor, pl.col("seekers") > 0, pl.col("city_id").is_not_null())
    return told.with_columns(ratio=pl.col("seekers") / pl.col("openings")).sort("ratio", *both)


def positions(postings: pl.DataFrame, hired: pl.DataFrame) -> pl.DataFrame:
    """``position, openings, pay, hired, graduates, judged, stayed``: by kind of post.

    ``pay`` is the median of the postings that state it.
    """
    people = hired.group_by("position").agg(
        hired=pl.len().cast(pl.Int64),
        graduates=pl.col("is_graduate").sum().cast(pl.Int64),
        judged=pl.col("stayed_6m").count().cast(pl.Int64),
        stayed=pl.col("stayed_6m").fill_null(False).sum().cast(pl.Int64),
    )
    return (
        postings.group_by("position")
        .agg(openings=pl.col("openings").sum().cast(pl.Int64), pay=pl.col("salary_cny").median())
        .join(people, on="position", how="left")
        .with_columns(pl.col("hired", "graduates", "judged", "stayed").fill_null(0))
        .sort("openings", "position", descending=[True, False])
    )


def zone(records: pl.DataFrame, start: str, until: str, by: Sequence[str] = ("zone_service",)) -> pl.DataFrame:
    """``by, visits, requests, matched`` of the zone's months from ``start``; most requests first where it is by service."""
    rows = valid(records).filter(pl.col("month") >= start, pl.col("month") < until)
    found = rows.group_by(list(by)).agg(pl.col("visits", "requests", "matched").sum().cast(pl.Int64))
    return found.sort("requests", *by, descending=[True, *[False] * len(by)]) if list(by) == ["zone_service"] else found.sort(by)


def incubation(firms: pl.DataFrame, classes: pl.DataFrame, start: date, until: date) -> pl.DataFrame:
    """``org_class, registered, ripe, known, alive``: firms by the class of their incubator, most registered first.

    ``registered``: in the days given. ``ripe``: whose first year ended in them; ``known`` and ``alive`` of these.
    ``classes``: ``org_id, org_class``.
    """
    year_on = pl.col("registered_at").dt.offset_by("12mo")
    ripe = (year_on >= start) & (year_on < until)
    rows = valid(firms).join(
        classes.select("org_id", "org_class"), left_on="incubator_org_id", right_on="org_id", how="left"
    )  # fmt: skip
    return (
        rows.group_by("org_class")
        .agg(
            registered=during("registered_at", start, until).sum().cast(pl.Int64),
            ripe=ripe.sum().cast(pl.Int64),
            known=(ripe & pl.col("alive_12m").is_not_null()).sum().cast(pl.Int64),
            alive=(ripe & pl.col("alive_12m").fill_null(False)).sum().cast(pl.Int64),
        )
        .sort("registered", "org_class", descending=[True, False])
    )


def centres(places: pl.DataFrame, firms: pl.DataFrame, until: date) -> pl.DataFrame:
    """The centres opened before ``until`` with ``firms, known, alive``: registered there by then, and alive at 12 months of those known."""
    counts = (
        valid(firms)
        .filter(pl.col("registered_at") < until, pl.col("centre_id").is_not_null())
        .group_by("centre_id")
        .agg(
            firms=pl.len().cast(pl.Int64),
            known=pl.col("alive_12m").count().cast(pl.Int64),
            alive=pl.col("alive_12m").fill_null(False).sum().cast(pl.Int64),
        )
    )
    return (
        places.filter(pl.col("opened_at") < until)
        .join(counts, on="centre_id", how="left")
        .with_columns(pl.col("firms", "known", "alive").fill_null(0))
        .sort("firms", "centre_id", descending=[True, False])
    )


def new_jobs(impacts: pl.DataFrame, start: date, until: date) -> pl.DataFrame:
    """``evidence_class, records, jobs``: new jobs reported as effects in the days given, A to C; the classes add up."""
    return (
        valid(impacts)
        .filter(pl.col("effect") == "new_jobs", during("occurred_on", start, until))
        .group_by("evidence_class")
        .agg(records=pl.len().cast(pl.Int64), jobs=pl.col("value").sum())
        .sort("evidence_class")
    )
