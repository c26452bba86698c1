"""The columns of a snapshot that matching reads, and the text of a need, a team and a resource."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from kcz_metrics.store import Snapshot

Records = Mapping[str, pl.DataFrame]

_VALID = ("status", "duplicate_of", "verified_at")
STAGES = ("stage2_at", "stage3_at", "stage4_at", "stage5_at", "stage6_at")

#: Table to the columns read. What has no date (skills, fields, places) is taken to hold throughout.
READS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "need": (
            "need_id", "city_id", "enterprise_id", "industry_code", "tech_field", "title", "text", "difficulty", "budget_cny", "posted_at",
            "first_response_at", "assigned_at", "closed_at", "outcome", *_VALID,
        ),
        "need_tag": ("need_id", "tag"),
        "docking": (
            "docking_id", "need_id", "provider_org_id", "team_id", "resource_id", "assigned_at", "first_reply_at", *STAGES, *_VALID,
        ),
        "service_team": ("team_id", "name_zh", "name_en", "lead_org_id", "tech_field", "founded_at"),
        "team_skill": ("team_id", "tag"),
        "team_city": ("team_id", "city_id", "year", "agreement_signed_at"),
        "team_registration": ("team_id", "reviewed_at", "reg_status"),
        "org": ("org_id", "province_code", "city_id"),
        "org_field": ("org_id", "industry_code"),
        "pilot_city": ("city_id", "province_code", "lon", "lat"),
        "industry": ("industry_code", "name_zh"),
        "resource": (
            "resource_id", "library_type", "title", "holder_org_id", "city_id", "tech_field", "grade", "entered_at", "last_confirmed_at",
            "retired_at", "is_shared", *_VALID,
        ),
        "resource_use": ("use_id", "resource_id", "user_org_id", "used_at", "is_bot", *_VALID),
    }
)  # fmt: skip


def read(snapshot: Snapshot) -> Records:
    """The records that matching reads, as they stand in ``snapshot``."""
    return {table: snapshot.read(table, columns=columns) for table, columns in READS.items()}


def need_documents(records: Records) -> pl.DataFrame:
    """``need_id, document``: title, text and tags of each need."""
    tags = (
        records["need_tag"].sort("need_id", "tag").group_by("need_id", maintain_order=True).agg(pl.col("tag").str.join(" ").alias("_tags"))
    )
    whole = records["need"].join(tags, on="need_id", how="left")
    return whole.select("need_id", pl.concat_str("title", "text", pl.col("_tags").fill_null(""), separator=" ").alias("document"))


def team_documents(records: Records) -> pl.DataFrame:
    """``team_id, document``: name and skills of each team."""
    skills = (
        records["team_skill"]
        .sort("team_id", "tag")
        .group_by("team_id", maintain_order=True)
        .agg(pl.col("tag").str.join(" ").alias("_skills"))
    )
    whole = records["service_team"].join(skills, on="team_id", how="left")
    return whole.select("team_id", pl.concat_str("name_zh", pl.col("_skills").fill_null(""), separator=" ").alias("document"))


def last_day(records: Records) -> date | None:
    """The last day on which anything that matching reads was posted, assigned or verified; None without needs."""
    moments = [records["need"]["posted_at"].max(), *(records[t]["verified_at"].max() for t in ("need", "docking", "resource"))]
    known = [m.date() for m in moments if isinstance(m, datetime)]
    return max(known) if known and records["need"].height else None
