"""The page on teams that join: applications, what teams are given, who founded them, how regional ones are linked."""

from __future__ import annotations

import polars as pl

from kcz_metrics.ui.behind import Rows, days, during, every, joined, money, valid
from kcz_metrics.ui.context import Context
from kcz_metrics.ui.sources import Behind, Opening, Ratio, Source

_RETURNED, _AGAIN = pl.col("returned_on").is_not_null(), pl.col("resubmitted_on").is_not_null()
_REGISTERED = pl.col("registered_on").is_not_null()
_GIVEN_UP, _WAITING = pl.col("is_withdrawn") & ~_REGISTERED, ~pl.col("is_withdrawn") & ~_REGISTERED


def _applications(ctx: Context, by: str = "") -> Source:
    given = valid(ctx, "team_application", during("applied_on", *days(ctx)))
    rows = joined(given, every(ctx, "org"), "lead_org_id", "org_id", "org_class", "province_code")

    def timed() -> pl.DataFrame:
        def between(first: str, then: str) -> pl.Expr:
            return (pl.col(then) - pl.col(first)).dt.total_days()

        return rows().with_columns(
            _registered=between("applied_on", "registered_on"), _returned=between("applied_on", "returned_on"),
            _again=between("returned_on", "resubmitted_on"),
        )  # fmt: skip

    labels = {
        "_registered": ctx.tr("申报到注册天数"), "_returned": ctx.tr("申报到退回天数"), "_again": ctx.tr("退回到补正天数"),
        "_province_code": ctx.tr("省份"),
    }  # fmt: skip
    return Source("team_application", timed, by, labels=labels)


def applications(ctx: Context, by: str = "") -> dict[str, Opening]:
    """By class or province of the lead body."""
    source = _applications(ctx, by and f"_{by}")
    return {
        "applied": source.count(), "returned": source.count(_RETURNED), "registered": source.count(_REGISTERED),
        "given_up": source.count(_GIVEN_UP), "share": source.share(_REGISTERED), "days": source.median("_registered"),
        "completeness": source.median("completeness"), "sent_back": source.share(_RETURNED),
    }  # fmt: skip


def provinces(ctx: Context) -> Opening:
    """Provinces of the lead bodies that applied."""
    return _applications(ctx).distinct("_province_code")


def steps(ctx: Context) -> Behind:
    """Each row its own step."""
    source = _applications(ctx)
    straight, after = ~_RETURNED & _REGISTERED, _RETURNED & _REGISTERED
    hits = {
        "applied": None, "returned": _RETURNED, "resubmitted": _RETURNED & _AGAIN, "straight": straight, "after": after,
        "given_up": _GIVEN_UP, "waiting": _WAITING,
    }  # fmt: skip
    over = {"resubmitted": _RETURNED, "straight": ~_RETURNED, "after": _RETURNED}
    time = {"returned": "_returned", "resubmitted": "_again", "straight": "_registered", "after": "_registered"}
    return {
        "count": {step: source.count(hit) for step, hit in hits.items()},
        "share": {step: Ratio(source.count(hit), source.count(over.get(step))) for step, hit in hits.items() if hit is not None},
        "days": {step: source.median(column, hits[step]) for step, column in time.items()},
    }


def mended(ctx: Context) -> Ratio:
    """Of those sent back, the share that came again."""
    source = _applications(ctx)
    return Ratio(source.count(_RETURNED & _AGAIN), source.count(_RETURNED))


def reasons(ctx: Context) -> Behind:
    whole = _applications(ctx)
    source = Source("team_application", lambda: whole.rows().filter(_RETURNED), "return_reason")
    return {
        "returned": source.count(), "registered": source.count(_REGISTERED), "given_up": source.count(_GIVEN_UP),
        "completeness": source.median("completeness"),
    }  # fmt: skip


def _given(ctx: Context) -> Rows:
    """Uses of results for teams, decided before the period's end, with their year."""
    until = days(ctx)[1]
    rows = valid(ctx, "result_use", pl.col("subject_type") == "team", pl.col("decided_on") < until)
    return lambda: rows().with_columns(_year=pl.col("decided_on").dt.year())


def incentives(ctx: Context) -> dict[str, Opening]:
    source = Source("result_use", _given(ctx), ("_year", "use_kind"), separator=".")
    return {"uses": source.count(), "teams": source.distinct("subject_id"), "amount": source.sum("amount_cny", scale=money(ctx))}


def supports(ctx: Context) -> Opening:
    """Supports that began before the period's end."""
    return Source("team_support", _supports(ctx)).count()


def regional(ctx: Context) -> Opening:
    """Regional teams founded before the period's end."""
    return Source("service_team", every(ctx, "service_team", pl.col("founded_at") < days(ctx)[1])).count(pl.col("team_kind") == "regional")


def spent(ctx: Context, scale: float) -> Opening:
    """What was given to teams in all, before the period's end."""
    return Source("result_use", _given(ctx)).sum("amount_cny", scale=scale)


def _supports(ctx: Context) -> Rows:
    return every(ctx, "team_support", pl.date(pl.col("start_year"), 1, 1) < days(ctx)[1])


def _money_of_supported(ctx: Context) -> Rows:
    """What the teams under support were given, once for each support of the team."""
    given, supports = _given(ctx), _supports(ctx)
    columns = ("start_year", "years", "support_status")
    return lambda: given().join(
        supports().select(subject_id="team_id", **{f"_{c}": pl.col(c) for c in columns}), on="subject_id", maintain_order="left"
    )


def starts(ctx: Context) -> dict[str, Opening]:
    columns = ("start_year", "years", "support_status")
    given = Source("result_use", _money_of_supported(ctx), tuple(f"_{c}" for c in columns), separator=".")
    supports = Source("team_support", _supports(ctx), columns, separator=".")
    return {
        "teams": supports.count(),
        "years": supports.max("years"),
        "amount": given.sum("amount_cny", pl.col("use_kind") == "support", money(ctx)),
    }


def supported(ctx: Context) -> dict[str, Opening]:
    source = Source("result_use", _money_of_supported(ctx), ("subject_id", "_start_year"))
    own, kind = Source("team_support", _supports(ctx), ("team_id", "start_year")), pl.col("use_kind")
    return {
        "years": own.max("years"),
        "commended": source.count(kind == "commend"),
        "amount": source.sum("amount_cny", kind == "support", money(ctx)),
    }


def active(ctx: Context) -> Opening:
    """Teams whose support goes on."""
    return Source("team_support", _supports(ctx)).count(pl.col("support_status") == "active")


def founders(ctx: Context) -> dict[str, Opening]:
    teams = every(ctx, "service_team", pl.col("founded_at") < days(ctx)[1])
    source = Source("service_team", joined(teams, every(ctx, "org"), "lead_org_id", "org_id", "org_class"), "_org_class")
    kinds = {kind: source.count(pl.col("team_kind") == kind) for kind in ("regional", "industry", "specialist")}
    return {"teams": source.count(), "classes": source.distinct("_org_class"), **kinds}


def unpaid(ctx: Context) -> Opening:
    """Supports of teams that no money is recorded for."""
    supports, given = _supports(ctx), _given(ctx)

    def bare() -> pl.DataFrame:
        paid = given().filter((pl.col("use_kind") == "support") & (pl.col("amount_cny") > 0))
        return supports().join(paid, left_on="team_id", right_on="subject_id", how="anti")

    return Source("team_support", bare).count()


def unlinked(ctx: Context) -> Opening:
    """Regional teams without a link."""
    teams, pairs = every(ctx, "service_team", pl.col("team_kind") == "regional", pl.col("founded_at") < days(ctx)[1]), _links(ctx)
    return Source("service_team", lambda: teams().filter(~pl.col("team_id").is_in(pairs()["team_a"].implode()))).count()


def _links(ctx: Context) -> Rows:
    links = every(ctx, "team_link", pl.col("since") < days(ctx)[1])
    return joined(links, every(ctx, "service_team"), "team_b", "team_id", "team_kind")


def links(ctx: Context) -> dict[str, Opening]:
    source = Source("team_link", _links(ctx), "link_kind")
    kinds = {kind: source.count(pl.col("_team_kind") == kind) for kind in ("industry", "specialist")}
    return {"links": source.count(), "regional": source.distinct("team_a"), **kinds}


def linked(ctx: Context) -> dict[str, Opening]:
    source = Source("team_link", _links(ctx), "team_a")
    return {"links": source.count(), **{kind: source.count(pl.col("link_kind") == kind) for kind in ("joint", "referral", "training")}}


def linked_pairs(ctx: Context) -> Opening:
    """Links that begin at a regional team."""
    regional = every(ctx, "service_team", pl.col("team_kind") == "regional", pl.col("founded_at") < days(ctx)[1])
    rows = _links(ctx)
    return Source("team_link", lambda: rows().filter(pl.col("team_a").is_in(regional()["team_id"].implode()))).count()


def linked_teams(ctx: Context) -> Opening:
    """Regional teams with a link."""
    teams, pairs = every(ctx, "service_team", pl.col("team_kind") == "regional", pl.col("founded_at") < days(ctx)[1]), _links(ctx)
    return Source("service_team", lambda: teams().filter(pl.col("team_id").is_in(pairs()["team_a"].implode()))).count()
