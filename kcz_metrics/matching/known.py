"""The gate of matching: what a platform knew at the end of a day. Nothing dated later passes, and nobody behind it reads past it.

A need is known when it is posted; a docking, a use, a resource when it happened **and** was verified by then, so that what was reported
late does not help. A stage, a closing, a retiring that came later is taken back. A team's list of cities for the running year counts only
where the agreement was signed by then; the lists of past years count whole. Skills, fields and places have no date and hold throughout.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import polars as pl

from kcz_metrics.matching.reading import STAGES, Records

REPORTED = ("verified", "submitted")


@dataclass(frozen=True)
class Known:
    """The records as of the end of ``as_of``.

    ``needs``: reported, not a duplicate, ``open`` where not closed by then, ``verified`` where verified by then. ``dockings``: verified
    ones with ``begun_at, met_at, agreed_at, ended_at`` and city and industry of the need. ``resources``: verified, live and shared.
    ``uses``: by others than robots. ``team_cities``: of this year and the one before. ``revoked``: teams whose registration was revoked.
    """

    as_of: date
    needs: pl.DataFrame
    tags: pl.DataFrame
    dockings: pl.DataFrame
    teams: pl.DataFrame
    skills: pl.DataFrame
    team_cities: pl.DataFrame
    resources: pl.DataFrame
    uses: pl.DataFrame
    orgs: pl.DataFrame
    org_fields: pl.DataFrame
    places: pl.DataFrame
    industries: pl.DataFrame


def end_of(as_of: date) -> datetime:
    """The moment after the day."""
    return datetime.combine(as_of + timedelta(days=1), time())


def known(records: Records, as_of: date) -> Known:
    """What of ``records`` was known at the end of ``as_of``."""
    end = end_of(as_of)

    def by_then(name: str) -> pl.Expr:
        return pl.when(pl.col(name) < end).then(pl.col(name))

    valid = (pl.col("status") == "verified") & pl.col("duplicate_of").is_null() & (pl.col("verified_at") < end)
    posted = records["need"].filter(pl.col("posted_at") < end)
    closed = pl.col("closed_at").is_not_null() & (pl.col("closed_at") < end)
    undated = pl.col("closed_at").is_null() & (pl.col("outcome") != "open")
    needs = posted.filter(pl.col("status").is_in(REPORTED) & pl.col("duplicate_of").is_null()).with_columns(
        by_then("first_response_at"),
        by_then("assigned_at"),
        by_then("closed_at"),
        open=~(closed | undated),
        verified=(pl.col("status") == "verified") & (pl.col("verified_at") < end),
    )
    needs = needs.drop("status", "duplicate_of", "verified_at", "outcome")
    teams = records["service_team"].filter(pl.col("founded_at") <= as_of)
    teams = teams.join(_revoked(records, end), on="team_id", how="anti").sort("team_id")
    resources = records["resource"].filter(
        valid & (pl.col("entered_at") < end) & pl.col("is_shared") & (pl.col("retired_at").is_null() | (pl.col("retired_at") >= end))
    )
    return Known(
        as_of=as_of,
        needs=needs,
        tags=records["need_tag"].join(needs.select("need_id"), on="need_id", how="semi"),
        dockings=_dockings(records, posted, valid, end),
        teams=teams,
        skills=records["team_skill"].join(teams.select("team_id"), on="team_id", how="semi"),
        team_cities=_team_cities(records, as_of),
        resources=resources.with_columns(by_then("last_confirmed_at"))
        .drop("status", "duplicate_of", "verified_at", "retired_at")
        .sort("resource_id"),
        uses=records["resource_use"].filter(valid & (pl.col("used_at") < end) & ~pl.col("is_bot")),
        orgs=records["org"],
        org_fields=records["org_field"],
        places=records["pilot_city"].sort("city_id"),
        industries=records["industry"].sort("industry_code"),
    )


def _dockings(records: Records, posted: pl.DataFrame, valid: pl.Expr, end: datetime) -> pl.DataFrame:
    moments = ("assigned_at", "first_reply_at", *STAGES)
    frame = records["docking"].filter(valid).with_columns(pl.when(pl.col(m) < end).then(pl.col(m)).alias(m) for m in moments)
    frame = frame.with_columns(
        begun_at=pl.min_horizontal(moments),
        met_at=pl.min_horizontal(STAGES),
        agreed_at=pl.min_horizontal(STAGES[2:]),
    ).filter(pl.col("begun_at").is_not_null())
    closing = posted.select(
        "need_id", "city_id", "industry_code", "tech_field", pl.when(pl.col("closed_at") < end).then(pl.col("closed_at")).alias("_closed")
    )
    frame = frame.join(closing, on="need_id", how="inner", maintain_order="left")
    return frame.select(
        "docking_id", "need_id", "provider_org_id", "team_id", "resource_id", "city_id", "industry_code", "tech_field",
        "begun_at", "met_at", "agreed_at", ended_at=pl.min_horizontal("stage6_at", "_closed"),
    )  # fmt: skip


def _revoked(records: Records, end: datetime) -> pl.DataFrame:
    """Teams whose last reviewed registration is revoked."""
    reviewed = records["team_registration"].filter(pl.col("reviewed_at") < end).sort("reviewed_at")
    last = reviewed.group_by("team_id", maintain_order=True).last()
    return last.filter(pl.col("reg_status") == "revoked").select("team_id")


def _team_cities(records: Records, as_of: date) -> pl.DataFrame:
    """``team_id, city_id, signed_at``: listed for this year or the last; ``signed_at`` is the latest agreement by then, if any."""
    signed = pl.when(pl.col("agreement_signed_at") <= as_of).then(pl.col("agreement_signed_at"))
    frame = records["team_city"].with_columns(signed.alias("signed_at"))
    now = (pl.col("year") == as_of.year) & pl.col("signed_at").is_not_null()
    kept = frame.filter(now | (pl.col("year") == as_of.year - 1))
    return kept.group_by("team_id", "city_id").agg(pl.col("signed_at").max()).sort("team_id", "city_id")
