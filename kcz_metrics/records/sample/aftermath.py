"""The long tail of events: which needs, resources, contracts, gains, talent and advice came out of which event, and how long after.

Each kind of event has a pull and a pace of its own: a roadshow is soon over, a week or a summit works on for months. What comes out of an
event is found among the records that there are, so that no table gets other rows by it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

from kcz_metrics.records.sample.chance import Floats, Ints, happens, positions, repeat, take
from kcz_metrics.records.sample.clock import DAYS, day_of, year_index
from kcz_metrics.records.sample.places import Cities

Tables = dict[str, pl.DataFrame]
LONGEST = 365.0


class Pull(NamedTuple):
    """``strength``: outcomes of all kinds to be expected; ``days``: their median distance; ``spread`` in logarithms."""

    strength: float
    days: float
    spread: float


PULLS = {
    "conference": Pull(45.0, 70.0, 0.9),
    "theme_forum": Pull(14.0, 80.0, 0.8),
    "summit": Pull(25.0, 100.0, 0.8),
    "fusion": Pull(2.6, 48.0, 0.8),
    "open_call": Pull(3.2, 75.0, 0.7),
    "roadshow": Pull(1.0, 34.0, 0.8),
    "week": Pull(2.5, 60.0, 0.9),
    "closed_meeting": Pull(0.3, 90.0, 0.7),
    "training": Pull(0.15, 60.0, 0.8),
    "other": Pull(0.25, 40.0, 0.8),
    "dual_week": Pull(6.0, 115.0, 0.9),
    "overseas_week": Pull(4.0, 150.0, 0.7),
    "roadshow_china": Pull(2.6, 24.0, 0.7),
    "founders_talk": Pull(0.5, 20.0, 0.6),
    "ai_tour": Pull(4.0, 60.0, 0.8),
}


class Kind(NamedTuple):
    """A table, its date, its share of what comes of an event, and its pace against that of the event."""

    table: str
    date: str
    share: float
    pace: float


KINDS = (
    Kind("resource", "entered_at", 0.24, 0.25),
    Kind("need", "posted_at", 0.26, 0.35),
    Kind("contract", "signed_at", 0.20, 1.2),
    Kind("talent", "start_date", 0.12, 1.5),
    Kind("impact", "occurred_on", 0.18, 1.9),
)


def aftermath(rng: np.random.Generator, cities: Cities, tables: Tables) -> Tables:
    """The tables with ``source_activity_id`` filled where a record came out of an event."""
    held = _Events.of(cities, tables["activity"])
    changed = {kind.table: _linked(rng, held, tables[kind.table], _city(cities, tables, kind.table), kind) for kind in KINDS}
    changed["contract"] = _as_docked(changed["contract"], tables)
    changed["impact"] = _as_contracted(rng, changed["impact"], changed["contract"], tables["activity"])
    changed["advice_item"] = _advised(rng, tables)
    return tables | changed


class _Events(NamedTuple):
    ids: pl.Series
    city: Ints
    day: Floats
    expected: Floats
    pace: Floats
    spread: Floats

    @staticmethod
    def of(cities: Cities, activity: pl.DataFrame) -> _Events:
        """Verified reports of events, each with what may be expected of it: larger ones and those of radiating cities bring more."""
        good = activity.filter((pl.col("status") == "verified") & pl.col("duplicate_of").is_null() & pl.col("city_id").is_not_null())
        city, day = positions(good["city_id"], cities.ids), day_of(good["start_at"])
        pull = [PULLS.get(s or k, PULLS[k]) for s, k in good.select("series", "activity_type").iter_rows()]
        size = np.sqrt(good["participants"].to_numpy() / np.array([60.0 if p.strength < 10 else 600.0 for p in pull])).clip(0.3, 2.0)
        radiation = cities.abilities.of("radiation")[city, year_index(day * 1440.0)]
        expected = np.array([p.strength for p in pull]) * size * np.exp(0.3 * radiation)
        return _Events(good["activity_id"], city, day, expected, np.array([p.days for p in pull]), np.array([p.spread for p in pull]))


def _city(cities: Cities, tables: Tables, table: str) -> Ints:
    frame = tables[table]
    if table == "contract":
        return positions(frame.select(pl.coalesce("buyer_city_id", "seller_city_id")).to_series(), cities.ids)
    if table == "talent":
        home = frame.select("org_id").join(tables["org"].select("org_id", "city_id"), on="org_id", how="left", maintain_order="left")
        return positions(home["city_id"], cities.ids)
    return positions(frame["city_id"], cities.ids)


def _linked(rng: np.random.Generator, held: _Events, frame: pl.DataFrame, city: Ints, kind: Kind) -> pl.DataFrame:
    """For each outcome to be expected, the next record of the city after the day on which it would fall."""
    day = day_of(frame[kind.date])
    order = np.lexsort((day, city))
    key = (city[order] + 1) * 10_000.0 + day[order] + 1000.0
    event = repeat(rng.poisson(held.expected * kind.share))
    lag = held.pace[event] * kind.pace * np.exp(held.spread[event] * rng.standard_normal(len(event)))
    wanted = held.day[event] + np.maximum(lag, 1.0)
    at = np.searchsorted(key, (held.city[event] + 1) * 10_000.0 + wanted + 1000.0)
    fits = (at < len(key)) & (wanted < DAYS)
    event, at = event[fits], order[at[fits]]
    near = (city[at] == held.city[event]) & (day[at] - held.day[event] <= LONGEST)
    event, at = event[near], at[near]
    _, first = np.unique(at, return_index=True)
    source = np.full(frame.height, -1)
    source[at[first]] = event[first]
    source[frame["duplicate_of"].is_not_null().to_numpy()] = -1
    return frame.with_columns(source_activity_id=take(held.ids, source))


def _as_docked(contract: pl.DataFrame, tables: Tables) -> pl.DataFrame:
    """A contract that grew out of a docking of an event came out of that event."""
    docked = contract.select("docking_id").join(
        tables["docking"].select("docking_id", "activity_id"), on="docking_id", how="left", maintain_order="left"
    )
    held = tables["activity"].filter((pl.col("status") == "verified") & pl.col("duplicate_of").is_null())
    day = held.select("activity_id", held_on=pl.col("start_at").dt.date())
    both = contract.with_columns(docked=docked["activity_id"]).join(
        day, left_on="docked", right_on="activity_id", how="left", maintain_order="left"
    )
    fits = (pl.col("signed_at") >= pl.col("held_on")) & pl.col("duplicate_of").is_null()
    source = pl.when(fits).then("docked").otherwise("source_activity_id")
    return both.with_columns(source_activity_id=source).select(contract.columns)


def _as_contracted(rng: np.random.Generator, impact: pl.DataFrame, contract: pl.DataFrame, activity: pl.DataFrame) -> pl.DataFrame:
    """Most gains of a contract of an event came out of it too."""
    source = contract.select("contract_id", through="source_activity_id").join(
        activity.select(through="activity_id", held_on=pl.col("start_at").dt.date()), on="through", how="left", maintain_order="left"
    )
    both = impact.join(source, on="contract_id", how="left", maintain_order="left")
    luck = pl.lit(pl.Series(happens(rng, 0.7, impact.height)))
    fits = luck & (pl.col("occurred_on") >= pl.col("held_on")) & pl.col("duplicate_of").is_null()
    return both.with_columns(source_activity_id=pl.when(fits).then("through").otherwise("source_activity_id")).select(impact.columns)


def _advised(rng: np.random.Generator, tables: Tables) -> pl.DataFrame:
    """Advice given within four months of a meeting of the kind that gives advice."""
    advice = tables["advice_item"]
    kinds = pl.col("activity_type").is_in(["summit", "theme_forum", "conference", "closed_meeting"])
    held = tables["activity"].filter(kinds & (pl.col("status") == "verified") & pl.col("duplicate_of").is_null()).sort("start_at")
    start, day = day_of(held["start_at"]), day_of(advice["occurred_on"])
    last = np.searchsorted(start, day - 3.0) - 1
    back = np.minimum(rng.integers(0, 12, advice.height), np.maximum(last, 0))
    at = last - back
    fits = (last >= 0) & (day - start[np.maximum(at, 0)] <= 120) & happens(rng, 0.16, advice.height)
    return advice.with_columns(source_activity_id=take(held["activity_id"], np.where(fits, at, -1)))
