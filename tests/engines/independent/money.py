"""Contracts, payments and impacts as the definitions count them; bodies joined by control."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from functools import cache

import polars as pl

from independent.ground import CREDIT, Year, every, valid

Days = Sequence[tuple[date, date]]


@cache
def control() -> dict[tuple[str, str], Days]:
    """Ordered pairs of bodies joined by control, and while: relations walked from each body, keeping the time they all hold."""
    edges: dict[str, list[tuple[str, date, date]]] = {}
    for a, b, kind, held, since, until in every("org_relation").iter_rows():
        if kind in ("branch", "same_person") or (held if held is not None else 100 if kind == "control" else 0) >= 50:
            for x, y in ((a, b), (b, a)):
                edges.setdefault(x, []).append((y, since, until or date(2999, 12, 31)))
    found: dict[tuple[str, str], list[tuple[date, date]]] = {}
    for start in edges:
        seen, todo = set(), [(start, date.min, date.max)]
        while todo:
            at, since, until = todo.pop()
            for to, a, b in edges[at]:
                step = (to, max(since, a), min(until, b))
                if step[1] < step[2] and step not in seen:
                    seen.add(step)
                    todo.append(step)
        for to, a, b in seen:
            if to != start:
                found.setdefault((start, to), []).append((a, b))
    return found


@cache
def kin() -> dict[str, list[tuple[str, Days]]]:
    """A body to those it is joined to."""
    found: dict[str, list[tuple[str, Days]]] = {}
    for (a, b), days in control().items():
        found.setdefault(a, []).append((b, days))
    return found


def joined(a: str, b: str, day: date) -> bool:
    return any(since <= day < until for since, until in control().get((a, b), ()))


def relatives(body: str, day: date) -> list[str]:
    return [other for other, days in kin().get(body, ()) if any(since <= day < until for since, until in days)]


@cache
def contracts() -> pl.DataFrame:
    """Valid, registered contracts at arm's length of all years: ``credited`` (pair and month together, capped at the 99th percentile of the
    year), ``part`` (one over the contracts of pair and month), ``together`` (their value)."""
    rows = valid("contract").filter(pl.col("registration_no").is_not_null() & ~pl.col("is_related"))
    apart = [not joined(*row) for row in rows.select("seller_org_id", "buyer_org_id", "signed_at").iter_rows()]
    pair = ["seller_org_id", "buyer_org_id", "month"]
    rows = rows.filter(pl.Series(apart)).with_columns(
        pl.col("signed_at").dt.truncate("1mo").alias("month"), pl.col("signed_at").dt.year().alias("year")
    )
    rows = rows.with_columns(pl.col("tech_amount_cny").sum().over(pair).alias("together"), (1 / pl.len().over(pair)).alias("part"))
    caps = rows.unique(pair).group_by("year").agg(pl.col("together").quantile(0.99, "linear").alias("cap"))
    kept = pl.min_horizontal(pl.lit(1.0), pl.col("cap") / pl.col("together"))
    return rows.join(caps, on="year").with_columns(
        (pl.col("tech_amount_cny") * kept).round(0, mode="half_away_from_zero").alias("credited")
    )


def signed(year: Year) -> pl.DataFrame:
    return contracts().filter(pl.col("year") == year.number)


@cache
def _docked() -> pl.DataFrame:
    columns = ["docking_id", "team_id", "stage2_at", "need_id"]
    return valid("docking").select(columns).join(every("need").select("need_id", "posted_at"), on="need_id", how="left")


def brokered(rows: pl.DataFrame) -> pl.DataFrame:
    """Contracts whose docking met seven days or more before they were signed."""
    found = rows.join(_docked(), on="docking_id")
    return found.filter(pl.col("stage2_at").dt.offset_by("7d") <= pl.col("signed_at").cast(pl.Datetime("us")))


def payments() -> pl.DataFrame:
    """Valid payments of counted contracts; ``paid`` where there is a voucher and evidence A or B."""
    whose = contracts().select("contract_id", "seller_org_id", "seller_city_id")
    proven = pl.col("voucher_no").is_not_null() & pl.col("evidence_class").is_in(["A", "B"])
    paid = pl.when(proven).then(pl.col("paid_cny")).fill_null(0)
    return valid("contract_payment").join(whose, on="contract_id").with_columns(paid.alias("paid"))


@cache
def impacts() -> pl.DataFrame:
    """Valid impacts: ``of_it`` (the share counted: all claims on an enterprise's effect in a year make 100 at most), ``worth`` (the value,
    capped at the 95th percentile of the year's audited ones, times share and evidence)."""
    of = ["effect", "year"]
    rows = valid("impact").with_columns(pl.col("occurred_on").dt.year().alias("year"), pl.col("share_pct").fill_null(100.0))
    claimed = pl.col("share_pct").sum().over("enterprise_id", *of)
    rows = rows.with_columns((pl.col("share_pct") / pl.max_horizontal(claimed, pl.lit(100.0))).alias("of_it"))
    audited = rows.filter(pl.col("evidence_class") != "C").group_by(of).agg(pl.col("value").quantile(0.95, "linear").alias("cap"))
    credit = pl.col("evidence_class").cast(pl.String).replace_strict(CREDIT, return_dtype=pl.Float64)
    rows = rows.join(audited, on=of, how="left").with_columns(credit.alias("credit"))
    return rows.with_columns((pl.min_horizontal("value", "cap") * pl.col("of_it") * pl.col("credit")).alias("worth"))


def effects(year: Year, *wanted: str) -> pl.DataFrame:
    return impacts().filter((pl.col("year") == year.number) & pl.col("effect").is_in(wanted))


@cache
def outcomes() -> pl.DataFrame:
    """Contracts that count; dockings accepted that led to none; impacts with evidence A or B of no such contract. ``day, actor_city,
    partner_city, actor, partner, credit``."""
    org = every("org").select("org_id", pl.col("city_id").alias("home"))
    home = dict(org.iter_rows())
    lead = dict(every("service_team").select("team_id", "lead_org_id").iter_rows())
    seller = dict(every("contract").select("contract_id", "seller_city_id").iter_rows())
    counted = set(contracts()["contract_id"])
    taken = set(valid("contract")["docking_id"].drop_nulls())
    need = {n: (city, firm) for n, city, firm in every("need").select("need_id", "city_id", "enterprise_id").iter_rows()}
    rows: list[tuple[str, date, str | None, str | None, str | None, str, float]] = [
        ("contract", *row)
        for row in contracts().select("signed_at", "seller_city_id", "buyer_city_id", "seller_org_id", "buyer_org_id", "part").iter_rows()
    ]
    accepted = valid("docking").filter((pl.col("stage") >= 6) & pl.col("stage6_at").is_not_null())
    for docking, of, provider, at, evidence in accepted.select(
        "docking_id", "need_id", "provider_org_id", "stage6_at", "evidence_class"
    ).iter_rows():
        if docking not in taken:
            city, firm = need[of]
            rows.append(("docking", at.date(), home.get(provider), city, provider, firm, CREDIT[evidence]))
    for day, city, firm, contract, body, team, evidence, of_it in (
        impacts()
        .select("occurred_on", "city_id", "enterprise_id", "contract_id", "org_id", "team_id", "evidence_class", "of_it")
        .iter_rows()
    ):
        if evidence != "C" and contract not in counted:
            actor = body or lead.get(team)
            acting = seller.get(contract) or home.get(actor)
            rows.append(("impact", day, acting, city, actor, firm, CREDIT[evidence] * of_it))
    names = ["kind", "day", "actor_city", "partner_city", "actor", "partner", "credit"]
    return pl.DataFrame(rows, schema=names, orient="row", infer_schema_length=None)


def achieved(year: Year) -> pl.DataFrame:
    return outcomes().filter(pl.col("day").dt.year() == year.number)


def entropy(counts: Sequence[float]) -> float:
    whole = math.fsum(counts)
    return math.exp(-math.fsum(c / whole * math.log(c / whole) for c in counts))
