"""Good cases, who takes them over from whom, and what results were used for. Frames in, frames out; only valid rows count."""

from __future__ import annotations

from datetime import date

import polars as pl

from kcz_metrics.analysis.platform import valid


def cases(studies: pl.DataFrame, adoptions: pl.DataFrame, start: date, until: date) -> pl.DataFrame:
    """``case_id, owner_type, owner_id, title, selected_on, adopted, adopters``: cases selected in the days given, most adopted first.

    ``adopted`` counts valid adoptions up to ``until``; ``adopters`` are those who took it over, in order.
    """
    taken = (
        valid(adoptions)
        .filter(pl.col("adopted_at") < until)
        .group_by("case_id")
        .agg(adopted=pl.len().cast(pl.Int64), adopters=pl.col("adopter_id").unique().sort())
    )
    return (
        valid(studies)
        .filter(pl.col("selected_on") >= start, pl.col("selected_on") < until)
        .select("case_id", "owner_type", "owner_id", "title", "selected_on")
        .join(taken, on="case_id", how="left")
        .with_columns(pl.col("adopted").fill_null(0))
        .sort("adopted", "case_id", descending=[True, False])
    )


def cases_by(found: pl.DataFrame, column: str) -> pl.DataFrame:
    """``column, cases, taken, adopted``, most cases first: selected cases, those adopted at least once, adoptions."""
    return (
        found.group_by(column)
        .agg(
            cases=pl.len().cast(pl.Int64),
            taken=(pl.col("adopted") > 0).sum().cast(pl.Int64),
            adopted=pl.col("adopted").sum().cast(pl.Int64),
        )
        .sort("cases", "adopted", column, descending=[True, True, False])
    )


def network(studies: pl.DataFrame, adoptions: pl.DataFrame, until: date, start: date | None = None) -> pl.DataFrame:
    """``owner_id, owner_type, adopter_id, cases, last, mutual, back``: who took over whose cases, most first.

    ``mutual`` where the adopter's own cases were taken over by the owner too, in ``back`` adoptions; such praise counts by half in
    the indicators. Adoptions since ``start`` where given; what came back counts whenever it was.
    """
    owners = valid(studies).select("case_id", "owner_id", "owner_type")
    pairs = valid(adoptions).filter(pl.col("adopted_at") < until).join(owners, on="case_id", how="inner")
    returned = pairs.group_by(adopter_id="owner_id", owner_id="adopter_id").agg(back=pl.len().cast(pl.Int64))
    shown = pairs if start is None else pairs.filter(pl.col("adopted_at") >= start)
    return (
        shown.group_by("owner_id", "owner_type", "adopter_id")
        .agg(cases=pl.len().cast(pl.Int64), last=pl.col("adopted_at").max())
        .join(returned, on=["owner_id", "adopter_id"], how="left")
        .with_columns(pl.col("back").fill_null(0))
        .with_columns(mutual=pl.col("back") > 0)
        .sort("cases", "owner_id", "adopter_id", descending=[True, False, False])
    )


def uses(records: pl.DataFrame, start: date, until: date) -> pl.DataFrame:
    """Valid uses decided in the days given, latest first."""
    return (
        valid(records)
        .filter(pl.col("decided_on") >= start, pl.col("decided_on") < until)
        .select("use_id", "subject_type", "subject_id", "use_kind", "round_id", "decided_on", "amount_cny", "document_no")
        .sort("decided_on", "use_id", descending=[True, False])
    )


def uses_by(found: pl.DataFrame) -> pl.DataFrame:
    """``use_kind, uses, city, team, org, amount``, most first; the kinds of subject add up to the uses."""
    kinds = [(pl.col("subject_type") == kind).sum().cast(pl.Int64).alias(kind) for kind in ("city", "team", "org")]
    return (
        found.group_by("use_kind")
        .agg(pl.len().cast(pl.Int64).alias("uses"), *kinds, pl.col("amount_cny").sum().cast(pl.Int64).alias("amount"))
        .sort("uses", "use_kind", descending=[True, False])
    )
