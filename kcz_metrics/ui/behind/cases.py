"""The cases page: selected cases, who took them over, and what results were used for."""

from __future__ import annotations

import polars as pl

from kcz_metrics.ui.behind import Rows, days, during, joined, money, valid
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.sources import Opening, Source

#: Uses that remind or warn.
WARNED = ("remind", "talk", "rectify")


def _selected(ctx: Context) -> Rows:
    """Cases selected in the period; ``_adopted`` where a valid adoption came before its end."""
    start, until = days(ctx)
    studies = valid(ctx, "case_study", during("selected_on", start, until))
    taken = valid(ctx, "case_adoption", pl.col("adopted_at") < until)
    return lambda: studies().with_columns(_adopted=pl.col("case_id").is_in(taken()["case_id"].unique().implode()))


def _adoptions(ctx: Context, *, of_selected: bool) -> Rows:
    """Adoptions before the period's end of the cases selected in it, or those of the period of any case; with the case's owner."""
    start, until = days(ctx)
    at = pl.col("adopted_at") < until if of_selected else during("adopted_at", start, until)
    studies = valid(ctx, "case_study", *([during("selected_on", start, until)] if of_selected else []))
    rows = joined(valid(ctx, "case_adoption", at), studies, "case_id", "case_id", "owner_type", "owner_id")
    return lambda: rows().filter(pl.col("_owner_id").is_not_null())


def selected(ctx: Context, by: str = "", *, of_cities: bool = False) -> dict[str, Opening]:
    """Cases by owner or kind of owner."""
    found, taken = _selected(ctx), _adoptions(ctx, of_selected=True)
    cases = Source("case_study", (lambda: found().filter(pl.col("owner_type") == "city")) if of_cities else found, by)
    adoptions = Source(
        "case_adoption", (lambda: taken().filter(pl.col("_owner_type") == "city")) if of_cities else taken, f"_{by}" if by else ""
    )  # fmt: skip
    return {
        "cases": cases.count(), "taken": cases.count(pl.col("_adopted")), "share": cases.share(pl.col("_adopted")),
        "adopted": adoptions.count(), "owners": cases.distinct("owner_id"),
    }  # fmt: skip


def one_case(ctx: Context) -> dict[str, Opening]:
    return {"adopted": Source("case_adoption", _adoptions(ctx, of_selected=True), "case_id").count()}


def pairs(ctx: Context) -> dict[str, Opening]:
    """Who took over whose cases in the period; what came back counts up to its end, whenever."""
    until = days(ctx)[1]
    rows = joined(valid(ctx, "case_adoption", pl.col("adopted_at") < until), valid(ctx, "case_study"), "case_id", "case_id", "owner_id")
    return {
        "cases": Source("case_adoption", _adoptions(ctx, of_selected=False), ("_owner_id", "adopter_id")).count(),
        "back": Source("case_adoption", rows, ("adopter_id", "_owner_id")).count(),
    }


def spread(ctx: Context) -> dict[str, Opening]:
    """The row's id is kind and code of the owner."""
    rows, studies = _adoptions(ctx, of_selected=False), valid(ctx, "case_study")
    given = Source("case_adoption", rows, ("_owner_type", "_owner_id"))

    def taken() -> pl.DataFrame:
        kinds = studies().select(adopter_id="owner_id", _kind="owner_type").unique()
        return rows().join(kinds, on="adopter_id", maintain_order="left")

    took = Source("case_adoption", taken, ("_kind", "adopter_id"))
    return {"gave": given.count(), "out": given.distinct("adopter_id"), "took": took.count()}


def adopted(ctx: Context) -> Source:
    """All adoptions of the period."""
    return Source("case_adoption", _adoptions(ctx, of_selected=False))


def related(ctx: Context) -> Opening:
    """Owner and adopter of the period, each pair once."""
    rows = _adoptions(ctx, of_selected=False)
    pair = pl.concat_str("_owner_id", "adopter_id", separator=" → ").alias("_pair")
    return Source("case_adoption", lambda: rows().with_columns(pair), labels={"_pair": ctx.tr("归属 → 采纳方")}).distinct("_pair")


def givers(ctx: Context) -> Opening:
    """Owners whose cases were taken over in the period."""
    return Source("case_adoption", _adoptions(ctx, of_selected=False), labels={"_owner_id": ctx.tr("归属")}).distinct("_owner_id")


def mutual(ctx: Context) -> Opening:
    """Owner and adopter of the period, each pair once, where the adopter's own cases were taken over by the owner too, whenever."""
    until = days(ctx)[1]
    ever = joined(valid(ctx, "case_adoption", pl.col("adopted_at") < until), valid(ctx, "case_study"), "case_id", "case_id", "owner_id")
    rows = _adoptions(ctx, of_selected=False)

    def both() -> pl.DataFrame:
        back = ever().select(_owner_id="adopter_id", adopter_id="_owner_id").drop_nulls().unique()
        pair = pl.concat_str("_owner_id", "adopter_id", separator=" → ")
        return rows().join(back, on=["_owner_id", "adopter_id"], how="semi", maintain_order="left").with_columns(_pair=pair)

    return Source("case_adoption", both, labels={"_pair": ctx.tr("归属 → 采纳方")}).distinct("_pair")


def used(ctx: Context, by: str = "") -> Source:
    """What results were used for in the period."""
    return Source("result_use", valid(ctx, "result_use", during("decided_on", *days(ctx))), by)


def subjects(ctx: Context) -> Opening:
    """Whom results were used for in the period, each once."""
    source = used(ctx)
    one = pl.concat_str("subject_type", "subject_id", separator=" ").alias("_subject")
    return Source("result_use", lambda: source.rows().with_columns(one), labels={"_subject": ctx.tr("对象")}).distinct("_subject")


def uses(ctx: Context, by: str = "use_kind") -> dict[str, Opening]:
    source, warned = used(ctx, by), pl.col("use_kind").is_in(WARNED)
    return {
        "uses": source.count(), **{kind: source.count(pl.col("subject_type") == kind) for kind in ("city", "team", "org")},
        "given": source.count(~warned), "warned": source.count(warned), "amount": source.sum("amount_cny", scale=money(ctx)),
    }  # fmt: skip
