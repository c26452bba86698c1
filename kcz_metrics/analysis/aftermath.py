"""What events leave behind: the events of a period, and what came out of each in the days after its end. Frames in, frames out.

Only valid rows are read: verified and no duplicate. A day given as ``until`` or ``known`` is the first that no longer counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import polars as pl

from kcz_metrics.analysis.platform import valid

#: Days after the end of an event at which its outcomes are counted.
HORIZONS = (30, 90, 180)
#: The group of events that belong to no series.
NONE = "none"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a kind of outcome is recorded: its key, the column of the event, the column of the day it came about."""

    key: str
    event: str
    day: str


#: Tables of outcomes. A docking is one from the day on which both parties met.
SOURCES: Mapping[str, Source] = MappingProxyType(
    {
        "need": Source("need_id", "source_activity_id", "posted_at"),
        "resource": Source("resource_id", "source_activity_id", "entered_at"),
        "docking": Source("docking_id", "activity_id", "stage2_at"),
        "contract": Source("contract_id", "source_activity_id", "signed_at"),
        "impact": Source("impact_id", "source_activity_id", "occurred_on"),
        "talent": Source("talent_id", "source_activity_id", "start_date"),
        "advice_item": Source("advice_id", "source_activity_id", "occurred_on"),
        "recruit_post": Source("post_id", "source_activity_id", "posted_on"),
        "recommendation": Source("recommendation_id", "source_activity_id", "recommended_on"),
    }
)


def merged(activities: pl.DataFrame) -> pl.DataFrame:
    """``activity_id, event_id``: of valid activities of one organiser, venue and day the largest stands for all."""
    first = pl.col("activity_id").first().over("organiser_org_id", "venue", pl.col("start_at").dt.date())
    order = valid(activities).sort("participants", "activity_id", descending=[True, False], nulls_last=True)
    return order.select("activity_id", event_id=first).sort("activity_id")


def events(activities: pl.DataFrame) -> pl.DataFrame:
    """A row an event, merged ones once: the columns of ``activity`` with ``event_id, held, ended`` (days); no series is ``none``."""
    kept = merged(activities).filter(pl.col("activity_id") == pl.col("event_id"))
    return (
        activities.join(kept, on="activity_id")
        .with_columns(pl.col("series").fill_null(NONE), held=pl.col("start_at").dt.date(), ended=pl.col("end_at").dt.date())
        .sort("held", "event_id")
    )


def outcomes(tables: Mapping[str, pl.DataFrame], activities: pl.DataFrame) -> pl.DataFrame:
    """``kind, record, event_id, day, after``: valid records that name an event, with the days since its end.

    ``event_id`` and ``after`` are null where the event itself is not valid. What came about before the end counts as day 0.
    """
    parts = []
    for kind, source in SOURCES.items():
        rows = valid(tables[kind]).filter(pl.col(source.event).is_not_null(), pl.col(source.day).is_not_null())
        if kind == "docking":
            rows = rows.filter(pl.col("stage") >= 2)
        parts.append(
            rows.select(
                kind=pl.lit(kind), record=pl.col(source.key), activity_id=pl.col(source.event), day=pl.col(source.day).cast(pl.Date)
            )
        )
    ends = merged(activities).join(events(activities).select("event_id", "ended"), on="event_id")
    return (
        pl.concat(parts)
        .join(ends, on="activity_id", how="left")
        .with_columns(after=(pl.col("day") - pl.col("ended")).dt.total_days().clip(lower_bound=0))
        .select("kind", "record", "event_id", "day", "after")
        .sort("event_id", "day", "kind", "record")
    )


def age(known: date) -> pl.Expr:
    """Whole days that an event has had since its end."""
    return (pl.lit(known) - pl.col("ended")).dt.total_days() - 1


def counted(held: pl.DataFrame, found: pl.DataFrame, known: date) -> pl.DataFrame:
    """The events with their outcomes: ``had`` (days since the end), ``o30, o90, o180`` (null before that many days), ``so_far``.

    ``so_far`` counts all outcomes before ``known``, however late.
    """
    after = pl.col("after")
    sums = (
        found.filter(pl.col("event_id").is_not_null(), pl.col("day") < known)
        .group_by("event_id")
        .agg(pl.len().cast(pl.Int64).alias("so_far"), *((after <= h).sum().cast(pl.Int64).alias(f"o{h}") for h in HORIZONS))
    )
    return (
        held.join(sums, on="event_id", how="left", maintain_order="left")
        .with_columns(had=age(known))
        .with_columns(pl.col("so_far").fill_null(0))
        .with_columns(pl.when(pl.col("had") >= h).then(pl.col(f"o{h}").fill_null(0)).alias(f"o{h}") for h in HORIZONS)
    )


def by_group(rows: pl.DataFrame, by: str) -> pl.DataFrame:
    """``group, events, participants, external, so_far`` and for each horizon ``n, o``: events that have had the days, their outcomes.

    ``rows`` as :func:`counted` gives them. Every column adds up over the groups. Most events first, those of no series last.
    """
    return (
        rows.group_by(pl.col(by).alias("group"))
        .agg(
            events=pl.len().cast(pl.Int64),
            participants=pl.col("participants").sum().cast(pl.Int64),
            external=pl.col("participants_external").sum().cast(pl.Int64),
            so_far=pl.col("so_far").sum().cast(pl.Int64),
            without=(pl.col("o180") == 0).sum().cast(pl.Int64),
            **{f"n{h}": pl.col(f"o{h}").count().cast(pl.Int64) for h in HORIZONS},
            **{f"o{h}": pl.col(f"o{h}").sum().cast(pl.Int64) for h in HORIZONS},
        )
        .sort(pl.col("group") == NONE, "events", "group", descending=[False, True, False])
    )


def horizon(rows: pl.DataFrame, least: int) -> int | None:
    """The longest horizon that at least ``least`` events have had; None where not even the shortest."""
    reached = [h for h in HORIZONS if rows[f"o{h}"].count() >= least]
    return max(reached) if reached else None


def course(rows: pl.DataFrame, found: pl.DataFrame, by: str, days: int, least: int) -> pl.DataFrame:
    """``group, n, day, per_event``: outcomes an event up to each day, 0 to ``days``, over the events that have had all these days.

    The group ``all`` holds every event; another group stands only with ``least`` such events.
    """
    ripe = rows.filter(pl.col("had") >= days).select("event_id", group=pl.col(by))
    both = pl.concat([ripe, ripe.with_columns(group=pl.lit("all"))])
    sizes = both.group_by("group").agg(n=pl.len().cast(pl.Int64)).filter((pl.col("group") == "all") | (pl.col("n") >= least))
    steps = (
        found.filter(pl.col("after") <= days)
        .join(both, on="event_id")
        .group_by("group", day=pl.col("after").cast(pl.Int64))
        .agg(came=pl.len())
    )
    grid = sizes.join(pl.DataFrame({"day": range(days + 1)}, schema={"day": pl.Int64}), how="cross")
    return (
        grid.join(steps, on=["group", "day"], how="left")
        .sort("group", "day")
        .with_columns(per_event=pl.col("came").fill_null(0).cum_sum().over("group") / pl.col("n"))
        .select("group", "n", "day", "per_event")
    )


def by_kind(held: pl.DataFrame, found: pl.DataFrame, known: date) -> pl.DataFrame:
    """``kind, d30, d90, d180, later, total``: all outcomes of the events before ``known`` by how long after the end; the spans add up."""
    after = pl.col("after")
    spans = {"d30": after <= 30, "d90": after.is_between(31, 90), "d180": after.is_between(91, 180), "later": after > 180}
    return (
        found.filter(pl.col("day") < known)
        .join(held.select("event_id"), on="event_id", how="semi")
        .group_by("kind")
        .agg(**{name: hit.sum().cast(pl.Int64) for name, hit in spans.items()}, total=pl.len().cast(pl.Int64))
        .sort("total", "kind", descending=[True, False])
    )
