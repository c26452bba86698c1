"""Releases, lists, consortia, advice, contests, special projects and internships of a period. Frames in, frames out.

Only valid rows are read: verified and no duplicate; consortia and their members are reference tables, all rows count.
A day given as ``until`` is the first that no longer counts.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from kcz_metrics.analysis.platform import valid

RELEASES = ("direction", "consensus", "finding")
#: Stages of a contest in order; who reached one reached those before it.
STAGES = ("entered", "preliminary", "decisive", "awarded")


def during(column: str, start: date, until: date) -> pl.Expr:
    """The day or moment of ``column`` lies in the days given."""
    return (pl.col(column) >= start) & (pl.col(column) < until)


def _count(hit: pl.Expr) -> pl.Expr:
    return hit.fill_null(False).sum().cast(pl.Int64)


def releases(items: pl.DataFrame, start: date, until: date) -> pl.DataFrame:
    """``activity_id, direction, consensus, finding, total, media``: what each conference made public; the three kinds add up."""
    return (
        valid(items)
        .filter(during("released_on", start, until))
        .group_by("activity_id")
        .agg(
            *(_count(pl.col("release_kind") == kind).alias(kind) for kind in RELEASES),
            total=pl.len().cast(pl.Int64),
            media=pl.col("media_items").sum().cast(pl.Int64),
        )
        .sort("total", "activity_id", descending=[True, False])
    )


def lists(entries: pl.DataFrame, kinds: pl.DataFrame, start: date, until: date) -> pl.DataFrame:
    """``list_type, first_year, entered, shortlisted, listed, items, views``: entries of the days given by type of list, most first.

    ``kinds``: the table of lists. A listed entry counts as shortlisted. ``items, views``: publicity of the listed ones.
    """
    rows = valid(entries).filter(during("entered_on", start, until)).join(valid(kinds).select("list_id", "list_type"), on="list_id")
    first = valid(kinds).group_by("list_type").agg(pl.col("first_year").min())
    listed = pl.col("is_listed")
    return (
        rows.group_by("list_type")
        .agg(
            entered=pl.len().cast(pl.Int64),
            shortlisted=_count(pl.col("is_shortlisted") | listed),
            listed=_count(listed),
            items=pl.col("media_items").filter(listed).sum().cast(pl.Int64),
            views=pl.col("media_views").filter(listed).sum().cast(pl.Int64),
        )
        .join(first, on="list_type", how="left")
        .select("list_type", "first_year", "entered", "shortlisted", "listed", "items", "views")
        .sort("entered", "list_type", descending=[True, False])
    )


def _members(members: pl.DataFrame, until: date) -> pl.DataFrame:
    return members.filter(pl.col("from_date") < until, pl.col("to_date").is_null() | (pl.col("to_date") >= until))


def consortia(bodies: pl.DataFrame, members: pl.DataFrame, start: date, until: date) -> pl.DataFrame:
    """The consortia founded before ``until`` in the order of the tree: a parent before its parts, with ``depth, members, joined``.

    ``members``: at the end of the days given; ``joined``: of these since ``start``.
    """
    now = _members(members, until)
    counts = now.group_by("consortium_id").agg(members=pl.len().cast(pl.Int64), joined=(pl.col("from_date") >= start).sum().cast(pl.Int64))
    rows = bodies.filter(pl.col("founded_at") < until).join(counts, on="consortium_id", how="left").with_columns(
        pl.col("members", "joined").fill_null(0)
    )  # fmt: skip
    part = pl.col("parent_id").is_not_null() & pl.col("parent_id").is_in(rows["consortium_id"].to_list())
    top = pl.when(part).then("parent_id").otherwise("consortium_id")
    return (
        rows.with_columns(depth=part.cast(pl.Int64), _top=top)
        .sort("_top", "depth", "members", "consortium_id", descending=[False, False, True, False])
        .drop("_top")
    )


def member_classes(members: pl.DataFrame, classes: pl.DataFrame, until: date) -> pl.DataFrame:
    """``org_class, bodies, seats``: distinct member bodies by class, and their memberships. ``classes``: ``org_id, org_class``."""
    return (
        _members(members, until)
        .join(classes.select("org_id", "org_class"), on="org_id", how="left")
        .group_by("org_class")
        .agg(bodies=pl.col("org_id").n_unique().cast(pl.Int64), seats=pl.len().cast(pl.Int64))
        .sort("bodies", "org_class", descending=[True, False])
    )


def advice(items: pl.DataFrame, activities: pl.DataFrame, held: pl.DataFrame, start: date, until: date) -> pl.DataFrame:
    """``activity_type, events, given, adopted``: advice by the kind of event it came out of; null where it names no valid one.

    ``held``: events as ``aftermath.events`` gives them. ``events``: of that kind, held in the days given.
    """
    kinds = valid(activities).select("activity_id", "activity_type")
    rows = valid(items).filter(during("occurred_on", start, until)).join(
        kinds, left_on="source_activity_id", right_on="activity_id", how="left"
    )  # fmt: skip
    numbers = held.filter(during("held", start, until)).group_by("activity_type").agg(events=pl.len().cast(pl.Int64))
    return (
        rows.group_by("activity_type")
        .agg(given=pl.len().cast(pl.Int64), adopted=_count(pl.col("adopted_doc_no").is_not_null()))
        .join(numbers, on="activity_type", how="left")
        .select("activity_type", "events", "given", "adopted")
        .sort(pl.col("activity_type").is_null(), "given", "activity_type", descending=[False, True, False])
    )


def recommended(records: pl.DataFrame, start: date, until: date) -> pl.DataFrame:
    """``recommending_body, recommended, met, placed, declined, open``: people recommended in the days given, as far as they are now.

    Placed, declined and open add up to recommended; who is placed counts as met.
    """
    placed, declined = pl.col("placed_on").is_not_null(), pl.col("declined_on").is_not_null()
    return (
        valid(records)
        .filter(during("recommended_on", start, until))
        .group_by("recommending_body")
        .agg(
            recommended=pl.len().cast(pl.Int64),
            met=_count(pl.col("met_on").is_not_null() | placed),
            placed=_count(placed),
            declined=_count(declined & ~placed),
            open=_count(~declined & ~placed),
        )
        .sort("recommended", "recommending_body", descending=[True, False])
    )


def contests(entries: pl.DataFrame, shown: pl.DataFrame, start: date, until: date) -> pl.DataFrame:
    """``contest, entered, preliminary, decisive, awarded, sent, shown``: entries of the days given by the stages they reached.

    ``sent``: to the national week; ``shown``: of those sent, projects that the showcase holds. Most entries first.
    """
    codes = {stage: number for number, stage in enumerate(STAGES)}
    stage = pl.col("contest_stage").replace_strict(codes, default=0, return_dtype=pl.Int64)
    seen = valid(shown)["entry_id"].drop_nulls().unique().to_list()
    sent = pl.col("sent_to_week")
    return (
        valid(entries)
        .filter(during("entered_on", start, until))
        .group_by("contest")
        .agg(
            *(_count(stage >= number).alias(name) for name, number in codes.items()),
            sent=_count(sent),
            shown=_count(sent & pl.col("entry_id").is_in(seen)),
        )
        .sort("entered", "contest", descending=[True, False])
    )


def showcase(shown: pl.DataFrame, start: date, until: date) -> pl.DataFrame:
    """``mode, projects, from_contest``: projects shown in the days given; those that came through a contest."""
    return (
        valid(shown)
        .filter(during("occurred_on", start, until))
        .group_by("mode")
        .agg(projects=pl.len().cast(pl.Int64), from_contest=_count(pl.col("entry_id").is_not_null()))
        .sort("projects", "mode", descending=[True, False])
    )


def special(records: pl.DataFrame, start: date, until: date) -> pl.DataFrame:
    """Special projects that ran in the days given, with ``is_over`` at their end; by kind, then province and first day."""
    ended = pl.col("ended_at")
    return (
        valid(records)
        .filter(pl.col("started_at") < until, ended.is_null() | (ended >= start))
        .with_columns(is_over=(ended < until).fill_null(False))
        .sort("project_kind", "province_code", "started_at", "project_id")
    )


def interns(records: pl.DataFrame, start: date, until: date) -> pl.DataFrame:
    """``origin, interns, hosts, known, hired``: internships begun in the days given; hired of those known about. Most first."""
    return (
        valid(records)
        .filter(during("start_date", start, until))
        .group_by("origin")
        .agg(
            interns=pl.len().cast(pl.Int64),
            hosts=pl.col("host_org_id").n_unique().cast(pl.Int64),
            known=_count(pl.col("was_hired").is_not_null()),
            hired=_count(pl.col("was_hired")),
        )
        .sort("interns", "origin", descending=[True, False])
    )
