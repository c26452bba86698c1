"""How teams come in and hang together: applications, and links of regional teams with others."""

from __future__ import annotations

import numpy as np
import polars as pl

from kcz_metrics.records.sample.chance import Bools, choose, codes, happens, ids, logistic, positions, repeat, take
from kcz_metrics.records.sample.clock import DAY, DAYS, HORIZON, busy_day, dates, day_of, year_bounds
from kcz_metrics.records.sample.industries import INDUSTRIES
from kcz_metrics.records.sample.names import BRANDS_EN, BRANDS_ZH, brands
from kcz_metrics.records.sample.organisations import Bodies
from kcz_metrics.records.sample.tail import with_tail
from kcz_metrics.records.sample.teams import LEADERS, Teams

REASONS = ("members", "charter", "match", "materials")
NEVER = (20, 22, 34)  # applications of each year that did not become a team


def joining_tables(rng: np.random.Generator, found: Bodies, group: Teams, tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    return {
        "team_link": _links(rng, group, tables["service_team"], tables["team_city"]),
        "team_application": _applications(rng, found, group, tables["team_registration"]),
    }


def _links(rng: np.random.Generator, group: Teams, team: pl.DataFrame, serves: pl.DataFrame) -> pl.DataFrame:
    """A regional team with one to three industry or specialist teams that serve a city of its own."""
    last = serves.filter(pl.col("year") == 2022).select("team_id", "city_id")
    kind = team.select("team_id", "team_kind")
    pairs = (
        last.join(last, on="city_id", suffix="_other")
        .filter(pl.col("team_id") != pl.col("team_id_other"))
        .join(kind.filter(pl.col("team_kind") == "regional"), on="team_id", how="semi")
        .join(kind.filter(pl.col("team_kind") != "regional"), left_on="team_id_other", right_on="team_id", how="semi")
        .select("team_id", "team_id_other")
        .unique()
        .sort("team_id", "team_id_other")
    )
    pairs = pairs[rng.permutation(pairs.height)]
    most = pl.DataFrame({"team_id": group.ids, "most": rng.binomial(3, logistic(0.3 + 0.8 * group.abilities.mean("mechanism")))})
    kept = (
        pairs.with_columns(place=pl.int_range(pl.len()).over("team_id")).join(most, on="team_id").filter(pl.col("place") < pl.col("most"))
    )
    kept = kept.sort("team_id", "team_id_other")
    a, b = positions(kept["team_id"], group.ids), positions(kept["team_id_other"], group.ids)
    since = np.maximum(np.maximum(group.start[a], group.start[b]) + 30, 500) + rng.integers(0, 500, kept.height)
    return pl.DataFrame(
        {
            "team_a": kept["team_id"],
            "team_b": kept["team_id_other"],
            "link_kind": codes(["joint", "referral", "training"], choose(rng, np.array([0.5, 0.35, 0.15]), kept.height)),
            "since": dates(np.minimum(since, DAYS - 5) * DAY),
        }
    )


def _applications(rng: np.random.Generator, found: Bodies, group: Teams, registration: pl.DataFrame) -> pl.DataFrame:
    """Teams as they came in, and those that were sent back and stayed away, gave up, or wait."""
    first = (
        registration.filter(pl.col("reg_status") == "registered")
        .group_by("team_id")
        .agg(pl.col("reviewed_at").min())
        .drop_nulls()
        .sort("team_id")
    )
    team = positions(first["team_id"], group.ids)
    registered = np.floor(day_of(first["reviewed_at"]))
    year = repeat(np.array(NEVER))
    begin, end = year_bounds(year)
    able = np.flatnonzero(found.where(*LEADERS))
    n, lost = len(team), len(year)
    never = np.arange(n + lost) >= n
    fresh = busy_day(rng, begin + 15, end - 5, working_only=True)
    pending = never & np.concatenate([np.zeros(n, dtype=bool), (year == 2) & (np.arange(lost) % 4 == 0)])
    fresh = np.where(pending[n:], DAYS - rng.integers(8, 60, lost), fresh)
    mechanism = np.concatenate([group.abilities.mean("mechanism")[team], -0.6 + rng.standard_normal(lost)])
    returned = np.where(never, ~pending & happens(rng, 0.8, n + lost), happens(rng, logistic(-0.9 - 0.5 * mechanism)))
    again = returned & np.where(never, happens(rng, 0.35, n + lost), True)
    wait = np.column_stack([rng.integers(4, 20, n + lost), rng.integers(5, 45, n + lost), rng.integers(3, 15, n + lost)])
    ready = np.concatenate([registered, np.full(lost, np.nan)])
    applied = np.concatenate([np.zeros(n), fresh])
    applied[:n] = np.maximum(registered - np.where(returned[:n], wait[:n].sum(axis=1), wait[:n, 0]), 0)
    sent_back = np.where(returned, np.minimum(applied + wait[:, 0], np.where(never, np.inf, ready)), np.nan)
    back = np.where(again, np.minimum(sent_back + wait[:, 1], np.where(never, np.inf, ready)), np.nan)
    complete = np.clip(0.86 + 0.06 * mechanism - 0.18 * returned + 0.06 * rng.standard_normal(n + lost), 0.2, 1.0).round(2)
    mark, trade = brands(rng, np.zeros(lost, dtype=np.int64)), rng.integers(0, len(INDUSTRIES), lost)
    unborn = pl.select(BRANDS_ZH.gather(mark) + codes([i.stem for i in INDUSTRIES], trade) + "科技服务团").to_series()
    unborn_en = pl.select(BRANDS_EN.gather(mark) + " " + codes([i.name_en for i in INDUSTRIES], trade) + " Service Team").to_series()
    lead = np.concatenate([group.lead[team], rng.choice(able, lost)])
    gave_up: Bools = never & ~pending & happens(rng, 0.6, n + lost)
    frame = pl.DataFrame(
        {
            "application_id": ids("TA", n + lost, 4),
            "name_zh": pl.concat([group.names[0].gather(team), unborn]),
            "name_en": pl.concat([group.names[1].gather(team), unborn_en]),
            "lead_org_id": found.ids.gather(lead),
            "team_id": take(group.ids, np.concatenate([team, np.full(lost, -1)])),
            "completeness": complete,
            "applied_on": dates(applied * DAY),
            "returned_on": dates(sent_back * DAY),
            "return_reason": codes(REASONS, np.where(returned & (sent_back < DAYS), choose(rng, np.array([3, 3, 2, 2.0]), n + lost), -1)),
            "resubmitted_on": dates(back * DAY),
            "registered_on": dates(ready * DAY),
            "is_withdrawn": gave_up,
            "applied": applied,
        }
    ).sort("applied", maintain_order=True)
    frame = frame.with_columns(application_id=ids("TA", frame.height, 4))
    event = np.minimum(frame["applied"].to_numpy() * DAY, HORIZON - 60)
    return with_tail(rng, "team_application", frame, event, "platform_log", (0.0, 1.0, 0.0), status=(1.0, 0.0, 0.0, 0.0, 0.0))
