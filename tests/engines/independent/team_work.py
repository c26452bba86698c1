"""TP01 to TP04, TF01 to TF04."""

from __future__ import annotations

import polars as pl

from independent.effectiveness import days, solutions
from independent.ground import Given, Year, counted, different, dockings_met, every, ratings, ratio, summed, valid
from independent.money import brokered, effects, joined, signed
from independent.teams import members


def per_member(year: Year, units: list[str]) -> Given:
    return ratio(counted(days().filter(year.has("date")), "team_id"), members(year), units)


def grassroots(year: Year, units: list[str]) -> Given:
    rows = days().filter(year.has("date"))
    there = rows.filter(pl.col("onsite") & (pl.col("level") != "city"))
    return ratio(counted(there, "team_id"), counted(rows, "team_id"), units)


def deep(year: Year, units: list[str]) -> Given:
    """Firms met twice in the year, or met with an agreement."""
    rows = dockings_met(year).drop_nulls("team_id")
    often = rows.filter(pl.len().over("team_id", "enterprise_id") >= 2)
    firms = pl.concat([often, rows.filter(pl.col("stage") >= 4)]).select("team_id", "enterprise_id")
    return ratio(different(firms, "team_id", "enterprise_id"), members(year), units, 10)


def presence(year: Year, units: list[str]) -> Given:
    lead = every("service_team").select("team_id", "lead_person_id")
    rows = valid("visit_plan").filter(year.has("planned_on")).join(lead, on="team_id", how="left")
    done = rows.filter(pl.col("done_on").is_not_null() & (pl.col("person_id") == pl.col("lead_person_id")))
    return ratio(counted(done, "team_id"), counted(rows, "team_id"), units)


def weight(year: Year, units: list[str]) -> Given:
    return ratio(summed(solutions().filter(year.has("closed_at")), "team_id", "weight"), members(year), units, 10)


def sold(year: Year, units: list[str]) -> Given:
    lead = dict(every("service_team").select("team_id", "lead_org_id").iter_rows())
    home = dict(every("expert").select("person_id", "org_id").iter_rows())
    roll: dict[str, list[tuple[str, object, object]]] = {}
    for team, person, since, until in every("team_member").select("team_id", "person_id", "from_date", "to_date").iter_rows():
        roll.setdefault(team, []).append((home[person], since, until))
    rows = brokered(signed(year)).drop_nulls("team_id")
    found: dict[str, float] = {}
    for team, buyer, day, credited in rows.select("team_id", "buyer_org_id", "signed_at", "credited").iter_rows():
        own = {lead[team], *(org for org, since, until in roll.get(team, ()) if since <= day and (until is None or until > day))}  # type: ignore[operator]
        if not any(org == buyer or joined(org, buyer, day) for org in own):
            found[team] = found.get(team, 0.0) + credited
    return ratio(found, members(year), units, 1 / 10_000)


def gains(year: Year, units: list[str]) -> Given:
    served = different(dockings_met(year).drop_nulls("team_id"), "team_id", "enterprise_id")
    return ratio(summed(effects(year, "new_sales", "cost_saving"), "team_id", "worth"), served, units, 1 / 10_000)


SECOND = {
    "TP01": per_member,
    "TP02": grassroots,
    "TP03": deep,
    "TP04": presence,
    "TF01": weight,
    "TF02": sold,
    "TF03": gains,
    "TF04": ratings,
}
