"""The jobs page: people seeking work, postings, hires, talent in the library, the zone, incubated firms, new jobs."""

from __future__ import annotations

from datetime import date

import polars as pl

from kcz_metrics.ui.behind import Rows, days, during, every, joined, valid
from kcz_metrics.ui.behind.institutions import during_months
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.sources import Opening, Part, Ratio, Source


def _seekers(ctx: Context) -> Rows:
    """Registrations of the quarters that lie wholly in the period."""
    start, until = days(ctx)
    year, quarter = (pl.col("quarter").str.slice(at, n).cast(pl.Int32) for at, n in ((0, 4), (5, 1)))
    first = pl.date(year, quarter * 3 - 2, 1)
    return valid(ctx, "job_supply", first >= start, first.dt.offset_by("3mo") <= until)


def _posts(ctx: Context) -> Rows:
    return valid(ctx, "recruit_post", during("posted_on", *days(ctx)))


def _hires(ctx: Context) -> Rows:
    rows = joined(valid(ctx, "hire"), _posts(ctx), "post_id", "post_id", "city_id", "tech_field", "position")
    return lambda: rows().filter(pl.col("_position").is_not_null())


def live(ctx: Context, until: date) -> Rows:
    """Valid resources in a library at the end of the day before ``until``."""
    gone = pl.col("retired_at")
    return valid(ctx, "resource", pl.col("entered_at") < until, gone.is_null() | (gone >= until))


def balance(ctx: Context, by: str | tuple[str, ...] = "") -> dict[str, Opening]:
    """Seekers, openings, hires and resources, by field, pilot or both."""
    hired_by = tuple(f"_{c}" for c in ((by,) if isinstance(by, str) else by) if c)
    stock = live(ctx, days(ctx)[1])
    supply, posts = Source("job_supply", _seekers(ctx), by), Source("recruit_post", _posts(ctx), by)
    hires = Source("hire", _hires(ctx), hired_by)
    talent = Source("resource", lambda: stock().filter(pl.col("library_type") == "talent"), by)
    seekers, openings, stayed = supply.sum("seekers"), posts.sum("openings"), pl.col("stayed_6m")
    return {
        "seekers": seekers, "openings": openings, "ratio": Ratio(seekers, openings), "hired": hires.count(), "talent": talent.count(),
        "stay": hires.share(stayed.fill_null(False), stayed.is_not_null()), "per": Ratio(talent.count(), openings, 100.0),
    }  # fmt: skip


def ratios(ctx: Context, by: tuple[str, ...], least: float) -> Source:
    """Seekers and openings by field, pilot or both, with their ``ratio`` where there are ``least`` openings or more."""
    seekers, posts = _seekers(ctx), _posts(ctx)

    def rows() -> pl.DataFrame:
        asked = seekers().group_by(by).agg(seekers=pl.col("seekers").sum())
        offered = posts().group_by(by).agg(openings=pl.col("openings").sum())
        found = asked.join(offered, on=list(by), how="full", coalesce=True, nulls_equal=True)
        found = found.with_columns(pl.col("seekers", "openings").fill_null(0)).sort(by)
        told = pl.when((pl.col("openings") >= least) & (pl.col("openings") > 0)).then(pl.col("seekers") / pl.col("openings"))
        return found.with_columns(ratio=told)

    labels = {
        "city_id": ctx.tr("试点城市"), "tech_field": ctx.tr("技术领域"), "seekers": ctx.tr("求职"), "openings": ctx.tr("招聘"),
        "ratio": ctx.tr("供需比"),
    }  # fmt: skip
    return Source("", rows, labels=labels)


def graduates(ctx: Context) -> Ratio:
    supply = Source("job_supply", _seekers(ctx))
    return Ratio(supply.sum("graduates"), supply.sum("seekers"))


def filled(ctx: Context) -> Ratio:
    """Hires over openings."""
    return Ratio(Source("hire", _hires(ctx)).count(), Source("recruit_post", _posts(ctx)).sum("openings"))


def positions(ctx: Context) -> dict[str, Opening]:
    posts, hires = Source("recruit_post", _posts(ctx), "position"), Source("hire", _hires(ctx), "_position")
    openings, stayed = posts.sum("openings"), pl.col("stayed_6m")
    return {
        "openings": openings, "hired": hires.count(), "filled": Ratio(hires.count(), openings),
        "graduates": hires.share(pl.col("is_graduate")), "stay": hires.share(stayed.fill_null(False), stayed.is_not_null()),
        "pay": posts.median("salary_cny"),
    }  # fmt: skip


def steps(ctx: Context) -> dict[str, Opening]:
    """From openings to those who stay; whose half year is over is known of some only."""
    hires, stayed = Source("hire", _hires(ctx)), pl.col("stayed_6m")
    return {
        "openings": Source("recruit_post", _posts(ctx)).sum("openings"), "hired": hires.count(),
        "judged": hires.count(stayed.is_not_null()), "stayed": hires.count(stayed.fill_null(False)),
    }  # fmt: skip


def zone(ctx: Context) -> dict[str, Opening]:
    source = Source("zone_month", valid(ctx, "zone_month", during_months(ctx)), "zone_service")
    visits, requests, matched = (source.sum(c) for c in ("visits", "requests", "matched"))
    return {
        "visits": visits, "requests": requests, "matched": matched, "asked": Ratio(requests, visits), "share": Ratio(matched, requests),
    }  # fmt: skip


def incubation(ctx: Context) -> dict[str, Opening]:
    """Firms by class of their incubator; ripe are those whose first year ended in the period."""
    start, until = days(ctx)
    rows = joined(valid(ctx, "incubated_firm"), every(ctx, "org"), "incubator_org_id", "org_id", "org_class")
    source, alive = Source("incubated_firm", rows, "_org_class"), pl.col("alive_12m")
    year_on = pl.col("registered_at").dt.offset_by("12mo")
    ripe = (year_on >= start) & (year_on < until)
    known = ripe & alive.is_not_null()
    return {
        "registered": source.count(during("registered_at", start, until)), "ripe": source.count(ripe), "known": source.count(known),
        "alive": source.count(ripe & alive.fill_null(False)), "share": source.share(alive.fill_null(False), known),
    }  # fmt: skip


def centres(ctx: Context) -> dict[str, Opening]:
    firms = Source("incubated_firm", valid(ctx, "incubated_firm", pl.col("registered_at") < days(ctx)[1]), "centre_id")
    alive = pl.col("alive_12m")
    return {
        "capacity": Source("centre", every(ctx, "centre"), "centre_id").sum("capacity"), "firms": firms.count(),
        "share": firms.share(alive.fill_null(False), alive.is_not_null()),
    }  # fmt: skip


def houses(ctx: Context) -> dict[str, Opening]:
    """Centres open before the period's end, and the firms registered in them up to it."""
    until = days(ctx)[1]
    opened = every(ctx, "centre", pl.col("opened_at") < until)
    firms = valid(ctx, "incubated_firm", pl.col("registered_at") < until)
    housed = Source("incubated_firm", lambda: firms().filter(pl.col("centre_id").is_in(opened()["centre_id"].implode())))
    return {"centres": Source("centre", opened).count(), "firms": housed.count()}


def solid_jobs(ctx: Context) -> Part:
    """New jobs by evidence of the two better classes."""
    rows = valid(ctx, "impact", pl.col("effect") == "new_jobs", during("occurred_on", *days(ctx)))
    return Source("impact", rows).sum("value", pl.col("evidence_class").is_in(["A", "B"]))


def new_jobs(ctx: Context) -> dict[str, Opening]:
    source = Source("impact", valid(ctx, "impact", pl.col("effect") == "new_jobs", during("occurred_on", *days(ctx))), "evidence_class")
    return {"records": source.count(), "jobs": source.sum("value")}
