"""TM01 to TX02, TK01 to TK04."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from independent.ground import Given, Year, by_unit, counted, different, every, met, plain, ratio, share, summed, valid, with_need
from independent.money import joined

FIT = {1: 0.8, 2: 1.0, 3: 1.3, 4: 1.3}


def fit(year: Year, units: list[str]) -> Given:
    rows = with_need(valid("need_offer").filter(year.has("accepted_at") & pl.col("team_id").is_not_null()), "difficulty")
    tags: dict[str, set[str]] = {}
    for need, tag in every("need_tag").iter_rows():
        tags.setdefault(need, set()).add(tag)
    skills: dict[str, set[str]] = {}
    for team, tag in every("team_skill").iter_rows():
        skills.setdefault(team, set()).add(tag)
    found: dict[str, list[float]] = {}
    for team, need, hard in rows.select("team_id", "need_id", "difficulty").iter_rows():
        if wanted := tags.get(need):
            overlap = len(wanted & skills.get(team, set())) / len(wanted)
            found.setdefault(team, []).append(min(1.0, overlap * FIT[hard]))
    return {team: sum(values) / len(values) for team, values in found.items()}


def kept(year: Year, units: list[str]) -> Given:
    due = valid("need_offer").filter(year.has("offered_at", 75) & pl.col("team_id").is_not_null())
    first = met().filter(pl.col("team_id").is_not_null()).group_by("need_id", "team_id").agg(pl.col("stage2_at").min())
    quick = pl.col("accepted_at") <= pl.col("offered_at") + timedelta(days=15)
    held = pl.col("stage2_at") <= pl.col("accepted_at") + timedelta(days=60)
    return share(counted(due.join(first, on=["need_id", "team_id"]).filter(quick & held), "team_id"), counted(due, "team_id"), units)


def agreements(year: Year, units: list[str]) -> Given:
    rows = every("team_city").filter(pl.col("year") == year.number)
    aimed, done = counted(rows, "team_id"), counted(rows.filter(pl.col("agreement_signed_at").is_not_null()), "team_id")
    return {u: min(done.get(u, 0), 5) / max(1, min(aimed.get(u, 0), 5)) for u in units}


def plans(year: Year, units: list[str]) -> Given:
    """Panels of a round and team; scores of the year count. The highest and the lowest of three or more go."""
    lead = dict(every("service_team").select("team_id", "lead_org_id").iter_rows())
    home = dict(every("expert").select("person_id", "org_id").iter_rows())
    rows = valid("expert_score").filter((pl.col("criterion_id") == "TX01") & ~pl.col("recused") & pl.col("score").is_not_null())
    panels: dict[tuple[str, str], list[tuple[float, int]]] = {}
    for team, round_, expert, score, day in rows.select("subject_id", "round_id", "expert_id", "score", "occurred_on").iter_rows():
        if home[expert] != lead[team] and not joined(lead[team], home[expert], day):
            panels.setdefault((team, round_), []).append((score, day.year))
    found: dict[str, list[float]] = {}
    for (team, _), scores in panels.items():
        inner = sorted(scores)[1:-1] if len(scores) >= 3 else scores
        found.setdefault(team, []).extend(score for score, when in inner if when == year.number)
    return {team: sum(scores) / len(scores) for team, scores in found.items() if scores}


def attainment(year: Year, units: list[str]) -> Given:
    team = every("service_team").join(every("org").select(lead_org_id="org_id", kind="org_class"), on="lead_org_id", how="left")
    rows = every("team_target").join(team.select("team_id", "kind"), on="team_id")
    before = rows.filter(pl.col("year") == year.number - 1).group_by("metric", "kind").agg(pl.col("planned").median().alias("usual"))
    now = rows.filter(pl.col("year") == year.number).join(before, on=["metric", "kind"], how="left")
    most = pl.when(pl.col("planned") < pl.col("usual")).then(1.0).otherwise(1.2)
    return by_unit(now, "team_id", pl.min_horizontal(pl.col("actual").fill_null(0) / pl.col("planned"), most).mean())


def members(year: Year) -> dict[str, float]:
    return counted(every("team_member").filter(year.open_at_end("from_date", "to_date")), "team_id")


def charter(year: Year, units: list[str]) -> Given:
    return dict(every("service_team").filter(pl.col("founded_at") <= year.last).select("team_id", "charter_score").iter_rows())


def stayed(year: Year, units: list[str]) -> Given:
    roll = every("team_member").filter(
        (pl.col("from_date") <= year.first) & (pl.col("to_date").is_null() | (pl.col("to_date") > year.first))
    )
    days = valid("service_day").filter(year.has("date")).group_by("team_id", "person_id").len().filter(pl.col("len") >= 2)
    left = pl.col("to_date").is_null() | (pl.col("to_date") > year.last)
    active = roll.filter(left).join(days, on=["team_id", "person_id"], how="semi")
    return ratio(counted(active, "team_id"), counted(roll, "team_id"), units)


def funds(year: Year, units: list[str]) -> Given:
    rows = valid("team_fund").filter(year.has("occurred_on"))
    sources = different(rows, "team_id", "source_org_id")
    found = ratio(summed(rows, "team_id", "amount_cny"), members(year), units, 1 / 10_000)
    return {u: None if v is None else v * (0.7 if sources.get(u) == 1 else 1.0) for u, v in found.items()}


def years_running(year: Year, units: list[str]) -> Given:
    days = valid("service_day").with_columns(pl.col("date").dt.year().alias("year"))
    busy = set(days.group_by("team_id", "city_id", "year").len().filter(pl.col("len") >= 10).drop("len").iter_rows())
    best: dict[str, int] = {}
    for team, city, when in busy:
        if when == year.number:
            length = next(n for n in range(1, 100) if (team, city, when - n) not in busy)
            best[team] = max(best.get(team, 0), length)
    return plain(best, units, 5)


SECOND = {
    "TM01": fit,
    "TM02": kept,
    "TM03": agreements,
    "TX01": plans,
    "TX02": attainment,
    "TK01": charter,
    "TK02": stayed,
    "TK03": funds,
    "TK04": years_running,
}
