"""The events page: events and what came out of them, releases, lists, consortia, advice, recommended people, contests."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from kcz_metrics.analysis import aftermath
from kcz_metrics.ui import browsing
from kcz_metrics.ui.behind import Rows, days, during, every, gathered, joined, valid
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.sources import WHOLE, Behind, Opening, Part, Ratio, Source


def _events(ctx: Context) -> Rows:
    """Events of the period with their outcomes; of those held by one body at one place on one day the largest."""
    from kcz_metrics.ui.event_parts import every as all_of

    return lambda: gathered.events(ctx, all_of(ctx)[2])


def held(ctx: Context, by: str = "") -> dict[str, Opening]:
    """Groups of events: how many, who came, outcomes an event."""
    labels = {"so_far": ctx.tr("至今"), **{f"o{h}": ctx.tr("{n} 天内成果", n=h) for h in aftermath.HORIZONS}}
    source = Source("activity", _events(ctx), by, labels=labels)
    ripe = pl.col("o180").is_not_null()
    later = (pl.col("o180") - pl.col("o30")).alias("_late")
    after = replace(source, rows=lambda: source.rows().with_columns(later), labels=labels | {"_late": ctx.tr("30 天以后的成果")})
    return {
        "events": source.count(),
        "participants": source.sum("participants"),
        "external": Ratio(source.sum("participants_external"), source.sum("participants")),
        "so_far": source.sum("so_far"),
        "late": Ratio(after.sum("_late", ripe), source.sum("o180", ripe)),
        "each": Ratio(source.sum("participants"), source.count()),
        **{f"n{h}": source.count(pl.col(f"o{h}").is_not_null()) for h in aftermath.HORIZONS},
        "without": source.share(pl.col("o180") == 0, ripe),
        **{f"o{h}": source.mean(f"o{h}", pl.col(f"o{h}").is_not_null()) for h in aftermath.HORIZONS},
        **{f"sum{h}": source.sum(f"o{h}") for h in aftermath.HORIZONS},
    }


def of_events(ctx: Context) -> dict[str, Opening]:
    """What came out of each event, so far and within the days that have gone by: its records, one by one."""
    from kcz_metrics.ui.event_parts import every as all_of

    known = all_of(ctx)[2]
    labels = {"kind": ctx.tr("成果"), "record": ctx.tr("记录编号"), "day": ctx.tr("发生于"), "_after": ctx.tr("活动后天数")}

    def read(event: str) -> pl.DataFrame:
        return gathered.outcomes_of(ctx, event, known)

    source = Source(
        "", pl.DataFrame, labels=labels, read=read, leads=lambda row: ("records", {"table": row["kind"], "record": row["record"]})
    )
    within: dict[str, Opening] = {f"o{h}": source.count(pl.col("_after") <= h) for h in aftermath.HORIZONS}
    return {"so_far": source.count(), **within}


def _outcomes(ctx: Context, kind: str) -> Rows:
    """Valid records of one kind that came out of an event of the period, with the days since its end."""
    from kcz_metrics.ui.event_parts import every as all_of
    from kcz_metrics.ui.event_parts import frames
    from kcz_metrics.ui.loading import table

    def rows() -> pl.DataFrame:
        known, source = all_of(ctx)[2], aftermath.SOURCES[kind]
        largest = aftermath.merged(table(ctx, "activity"))
        ended = largest.join(frames(ctx)["rows"].select("event_id", "ended"), on="event_id")
        day = pl.col(source.day).cast(pl.Date)
        found = valid(ctx, kind, day < known, *([pl.col("stage") >= 2] if kind == "docking" else []))()
        after = (day - pl.col("ended")).dt.total_days().clip(lower_bound=0)
        named = ended.rename({"activity_id": source.event})
        return found.join(named, on=source.event, maintain_order="left").with_columns(_after=after)

    return rows


def outcomes(ctx: Context, kind: str) -> dict[str, Opening]:
    """One kind of outcome by how long after the event it came."""
    return _spans(Source(kind, _outcomes(ctx, kind), labels={"_after": ctx.tr("活动后天数")}))


def _of_all_kinds(ctx: Context, kinds: list[str]) -> dict[str, Opening]:
    """The records of every kind in one list, each leading to itself."""
    assert ctx.snapshot is not None
    tables = ctx.snapshot.tables

    def rows() -> pl.DataFrame:
        parts = [
            _outcomes(ctx, kind)().select(
                pl.lit(kind).alias("table"),
                pl.lit(tables[kind].label.in_(ctx.lang)).alias("kind"),
                browsing.row_key(tables[kind]).alias("record"),
                pl.col(aftermath.SOURCES[kind].day).cast(pl.Date).alias("day"),
                "_after",
            )
            for kind in kinds
        ]
        return pl.concat(parts).sort("_after", "table", "record")

    labels = {"kind": ctx.tr("成果"), "record": ctx.tr("记录编号"), "day": ctx.tr("发生于"), "_after": ctx.tr("活动后天数")}
    return _spans(Source("", rows, labels=labels, leads=lambda row: ("records", {"table": row["table"], "record": row["record"]})))


def _spans(source: Source) -> dict[str, Opening]:
    after = pl.col("_after")
    return {
        "d30": source.count(after <= 30), "d90": source.count(after.is_between(31, 90)), "d180": source.count(after.is_between(91, 180)),
        "later": source.count(after > 180), "total": source.count(),
    }  # fmt: skip


def by_kind(ctx: Context, kinds: list[str]) -> Behind:
    """Each row its own table; the sum all of them."""
    found = {kind: outcomes(ctx, kind) for kind in kinds} | {WHOLE: _of_all_kinds(ctx, kinds)}
    return {span: {kind: own[span] for kind, own in found.items()} for span in ("d30", "d90", "d180", "later", "total")}


def releases(ctx: Context) -> dict[str, Opening]:
    source = Source("release_item", valid(ctx, "release_item", during("released_on", *days(ctx))), "activity_id")
    kinds: dict[str, Opening] = {
        kind: source.count(pl.col("release_kind") == kind) for kind in ("direction", "consensus", "finding")
    }  # fmt: skip
    return kinds | {"held": source.distinct("activity_id"), "total": source.count(), "media": source.sum("media_items")}


def lists(ctx: Context) -> dict[str, Opening]:
    entries = valid(ctx, "award_entry", during("entered_on", *days(ctx)))
    rows = joined(entries, valid(ctx, "award_list"), "list_id", "list_id", "list_type")
    source = Source("award_entry", lambda: rows().filter(pl.col("_list_type").is_not_null()), "_list_type")
    listed = pl.col("is_listed")
    return {
        "entered": source.count(), "shortlisted": source.count(pl.col("is_shortlisted") | listed), "listed": source.count(listed),
        "items": source.sum("media_items", listed),
        "views": source.sum("media_views", listed, scale=1e4 if ctx.lang == "zh" else 1e3),
    }  # fmt: skip


def _seats(ctx: Context) -> Rows:
    until = days(ctx)[1]
    left = pl.col("to_date")
    return every(ctx, "consortium_member", pl.col("from_date") < until, left.is_null() | (left >= until))


def consortia(ctx: Context) -> dict[str, Opening]:
    source = Source("consortium_member", _seats(ctx), "consortium_id")
    return {"members": source.count(), "joined": source.count(pl.col("from_date") >= days(ctx)[0])}


def classes(ctx: Context) -> dict[str, Opening]:
    rows = joined(_seats(ctx), every(ctx, "org"), "org_id", "org_id", "org_class")
    source = Source("consortium_member", rows, "_org_class")
    return {"bodies": source.distinct("org_id"), "seats": source.count()}


def advice(ctx: Context) -> dict[str, Opening]:
    given = valid(ctx, "advice_item", during("occurred_on", *days(ctx)))
    rows = joined(given, valid(ctx, "activity"), "source_activity_id", "activity_id", "activity_type")
    source, adopted = Source("advice_item", rows, "_activity_type"), pl.col("adopted_doc_no").is_not_null()
    return {
        "events": Source("activity", _events(ctx), "activity_type").count(), "given": source.count(), "adopted": source.count(adopted),
        "share": source.share(adopted),
    }  # fmt: skip


def recommended(ctx: Context) -> dict[str, Opening]:
    source = Source("talent_recommendation", valid(ctx, "talent_recommendation", during("recommended_on", *days(ctx))), "recommending_body")
    placed, declined = pl.col("placed_on").is_not_null(), pl.col("declined_on").is_not_null()
    return {
        "recommended": source.count(), "met": source.count(pl.col("met_on").is_not_null() | placed), "placed": source.count(placed),
        "declined": source.count(declined & ~placed), "open": source.count(~declined & ~placed), "share": source.share(placed),
    }  # fmt: skip


def contests(ctx: Context) -> dict[str, Opening]:
    """A stage counts those that reached it or a later one."""
    source = Source("contest_entry", valid(ctx, "contest_entry", during("entered_on", *days(ctx))), "contest")
    stages = ("entered", "preliminary", "decisive", "awarded")
    reached: dict[str, Opening] = {
        stage: source.count(pl.col("contest_stage").is_in(stages[at:])) if at else source.count() for at, stage in enumerate(stages)
    }  # fmt: skip
    return reached | {"sent": source.count(pl.col("sent_to_week")), "shown": _shown(ctx, source)}


def _shown(ctx: Context, source: Source) -> Part:
    seen = valid(ctx, "showcase_project", pl.col("entry_id").is_not_null())

    def rows() -> pl.DataFrame:
        return source.rows().filter("sent_to_week").join(seen().select("entry_id").unique(), on="entry_id", how="semi")

    return Source("contest_entry", rows, "contest").count()


def showcase(ctx: Context) -> dict[str, Opening]:
    source = Source("showcase_project", valid(ctx, "showcase_project", during("occurred_on", *days(ctx))), "mode")
    return {
        "projects": source.count(), "from_contest": source.count(pl.col("entry_id").is_not_null()),
        "share": source.share(pl.col("entry_id").is_not_null()),
    }  # fmt: skip


def special(ctx: Context) -> dict[str, Opening]:
    return {"people": Source("special_project", valid(ctx, "special_project"), "project_id").sum("people_served")}


def interns(ctx: Context) -> dict[str, Opening]:
    source = Source("internship", valid(ctx, "internship", during("start_date", *days(ctx))), "origin")
    known = pl.col("was_hired")
    return {
        "interns": source.count(), "hosts": source.distinct("host_org_id"), "known": source.count(known.is_not_null()),
        "hired": source.count(known.fill_null(False)),
    }  # fmt: skip
