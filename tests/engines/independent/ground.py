"""What the second computations stand on: the sample's files, a year, and a few sums by unit. No module of the product is imported."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

import polars as pl

SAMPLE = Path(__file__).parents[3] / "data" / "sample"
Given = Mapping[str, float | None]
Sums = Mapping[str, float]
CREDIT = {"A": 1.0, "B": 0.6, "C": 0.0}
HARD = {1: 1.0, 2: 1.5, 3: 2.5, 4: 4.0}


@dataclass(frozen=True)
class Year:
    """A calendar year; what is asked of a row is whether its date, moved on by some days, falls into it."""

    number: int

    @property
    def start(self) -> datetime:
        return datetime(self.number, 1, 1)

    @property
    def end(self) -> datetime:
        return datetime(self.number + 1, 1, 1)

    @property
    def first(self) -> date:
        return date(self.number, 1, 1)

    @property
    def last(self) -> date:
        return date(self.number, 12, 31)

    def has(self, column: str, days: int = 0) -> pl.Expr:
        """Whether ``column``, ``days`` later, lies in the year."""
        return (pl.col(column).cast(pl.Datetime("us")) + timedelta(days=days)).dt.year() == self.number

    def turns(self, column: str, months: int) -> pl.Expr:
        """Whether it is in the year that ``months`` have gone by since ``column``."""
        return pl.col(column).cast(pl.Datetime("us")).dt.offset_by(f"{months}mo").dt.year() == self.number

    def open_at_end(self, since: str, until: str) -> pl.Expr:
        """Begun before the year ends, and not over before it has ended; an open side holds for ever."""
        began = pl.col(since).is_null() | (pl.col(since).cast(pl.Datetime("us")) < self.end)
        return began & (pl.col(until).is_null() | (pl.col(until).cast(pl.Datetime("us")) >= self.end))


@cache
def every(table: str) -> pl.DataFrame:
    return pl.read_parquet(SAMPLE / f"{table}.parquet")


@cache
def valid(table: str) -> pl.DataFrame:
    return every(table).filter((pl.col("status") == "verified") & pl.col("duplicate_of").is_null())


def by_unit(frame: pl.DataFrame, unit: str, value: pl.Expr) -> dict[str, float]:
    rows = frame.group_by(unit).agg(value.alias("found")).select(unit, "found").iter_rows()
    return {key: found for key, found in rows if key is not None and found is not None}


def counted(frame: pl.DataFrame, unit: str) -> dict[str, float]:
    return by_unit(frame, unit, pl.len())


def summed(frame: pl.DataFrame, unit: str, value: str | pl.Expr) -> dict[str, float]:
    """Exact sums, so that the order of the rows does not matter."""
    given = pl.col(value) if isinstance(value, str) else value
    lists = by_unit(frame, unit, given.drop_nulls().alias("found"))
    return {key: math.fsum(found) for key, found in lists.items()}  # type: ignore[arg-type]


def different(frame: pl.DataFrame, unit: str, value: str) -> dict[str, float]:
    return by_unit(frame.drop_nulls(value), unit, pl.col(value).n_unique())


def ratio(a: Sums, b: Sums, units: list[str], scale: float = 1.0) -> dict[str, float | None]:
    """Nothing above the line is zero; nothing below it is no value."""
    return {u: a.get(u, 0) / b[u] * scale if b.get(u) else None for u in units}


def plain(found: Sums, units: list[str], most: float = math.inf) -> dict[str, float | None]:
    """A count or sum as it is: zero where there is nothing."""
    return {u: min(float(found.get(u, 0)), most) for u in units}


def capped(found: Given, most: float = 1.0) -> dict[str, float | None]:
    return {u: None if v is None else min(v, most) for u, v in found.items()}


def duty(found: Given) -> dict[str, float | None]:
    return {u: 0.0 if v is None else v for u, v in found.items()}


def shrunk(x: Given, n: Sums, group: Mapping[str, str] | None = None, strength: float = 10) -> dict[str, float | None]:
    """(n·x + m·x̄) / (n + m), by the book, one group after the other."""
    out: dict[str, float | None] = dict.fromkeys(x)
    of = {u: group[u] if group else "" for u in x}
    for name in set(of.values()):
        there = {u: v for u, v in x.items() if of[u] == name and v is not None and n.get(u)}
        if there:
            mean = math.fsum(n[u] * v for u, v in there.items()) / math.fsum(n[u] for u in there)
            out |= {u: (n[u] * v + strength * mean) / (n[u] + strength) for u, v in there.items()}
    return out


def share(a: Sums, b: Sums, units: list[str], group: Mapping[str, str] | None = None) -> dict[str, float | None]:
    """A ratio of counts, shrunk."""
    return shrunk(ratio(a, b, units), b, group)


def of_city(column: str, year: Year) -> dict[str, float]:
    return dict(every("city_context").filter(pl.col("year") == year.number).select("city_id", column).iter_rows())


@cache
def classes() -> dict[str, str]:
    return dict(every("org").select("org_id", "org_class").iter_rows())


@cache
def _heirs() -> dict[str, list[tuple[date, str]]]:
    """A merged body to those that took it over, each from a day on: first its own successor, then that one's."""
    gone = every("org").drop_nulls("merged_into").select("org_id", "merged_into", "merged_at")
    into = {body: (other, day or date(1900, 1, 1)) for body, other, day in gone.iter_rows()}
    found: dict[str, list[tuple[date, str]]] = {}
    for body in into:
        at, since = body, date(1900, 1, 1)
        while at in into and len(found.get(body, [])) < 10:
            at, since = into[at][0], max(since, into[at][1])
            found.setdefault(body, []).append((since, at))
    return found


def heir(body: str | None, day: date) -> str | None:
    """Who has the body's records of a day."""
    taken = [other for since, other in _heirs().get(body or "", ()) if since <= day]
    return taken[-1] if taken else body


def of_heirs(frame: pl.DataFrame, body: str, *days: str) -> pl.DataFrame:
    """The rows with ``body`` as it is called at the first of ``days`` that is there."""
    day = pl.coalesce(*days).dt.date().alias("_day")
    named = [b if d is None else heir(b, d) for b, d in frame.select(body, day).iter_rows()]
    return frame.with_columns(pl.Series(body, named, dtype=pl.String))


def of_heirs_then(frame: pl.DataFrame, body: str, year: Year) -> pl.DataFrame:
    """The rows with ``body`` as it is called when the year ends."""
    return frame.with_columns(pl.Series(body, [heir(b, year.last) for b in frame[body]], dtype=pl.String))


def with_need(frame: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """Rows with columns of their need, whatever became of it."""
    return frame.join(every("need").select("need_id", *columns), on="need_id")


def met() -> pl.DataFrame:
    return valid("docking").filter(pl.col("stage") >= 2)


def dockings_met(year: Year) -> pl.DataFrame:
    """Valid dockings whose meeting lies in the year, with enterprise, city and difficulty of the need."""
    rows = with_need(met().filter(year.has("stage2_at")), "enterprise_id", "city_id", "difficulty")
    return of_heirs(of_heirs(rows, "enterprise_id", "stage2_at"), "provider_org_id", "stage2_at")


def ratings(year: Year, units: list[str], group: Mapping[str, str] | None = None) -> dict[str, float | None]:
    rows = of_heirs(valid("feedback").filter(pl.col("drawn_by_system") & year.has("occurred_on")), "subject_id", "occurred_on")
    n = counted(rows, "subject_id")
    total = summed(rows, "subject_id", "score")
    return shrunk(ratio(total, n, units), n, group)
