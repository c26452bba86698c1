"""The three years as minutes since 1 January 2020, Asia/Shanghai: working days, seasons, growth."""

from __future__ import annotations

import datetime as dt
from functools import cache

import numpy as np
import polars as pl

from kcz_metrics.records.sample.chance import Floats, Ints

YEARS = (2020, 2021, 2022)
ORIGIN = dt.date(2020, 1, 1)
DAYS = (dt.date(2023, 1, 1) - ORIGIN).days
DAY = 1440.0
HORIZON = DAYS * DAY  # nothing is known after the end of 2022
GROWTH = (0.80, 1.0, 1.20)
MONTH_WEIGHT = (0.75, 0.50, 1.00, 1.15, 1.20, 1.35, 0.90, 0.85, 1.05, 1.10, 1.35, 1.40)  # second and fourth quarter peak

# Public holidays and the working weekends that make up for them, as the State Council announced them for each year.
HOLIDAYS = (
    ("2020-01-01", "2020-01-01"), ("2020-01-24", "2020-02-02"), ("2020-04-04", "2020-04-06"), ("2020-05-01", "2020-05-05"),
    ("2020-06-25", "2020-06-27"), ("2020-10-01", "2020-10-08"),
    ("2021-01-01", "2021-01-03"), ("2021-02-11", "2021-02-17"), ("2021-04-03", "2021-04-05"), ("2021-05-01", "2021-05-05"),
    ("2021-06-12", "2021-06-14"), ("2021-09-19", "2021-09-21"), ("2021-10-01", "2021-10-07"),
    ("2022-01-01", "2022-01-03"), ("2022-01-31", "2022-02-06"), ("2022-04-03", "2022-04-05"), ("2022-04-30", "2022-05-04"),
    ("2022-06-03", "2022-06-05"), ("2022-09-10", "2022-09-12"), ("2022-10-01", "2022-10-07"), ("2022-12-31", "2022-12-31"),
)  # fmt: skip
WORKING_WEEKENDS = (
    "2020-01-19", "2020-04-26", "2020-05-09", "2020-06-28", "2020-09-27", "2020-10-10",
    "2021-02-07", "2021-02-20", "2021-04-25", "2021-05-08", "2021-09-18", "2021-09-26", "2021-10-09",
    "2022-01-29", "2022-01-30", "2022-04-02", "2022-04-24", "2022-05-07", "2022-10-08", "2022-10-09",
)  # fmt: skip


@cache
def calendar() -> pl.DataFrame:
    """``day``, ``is_working`` for 2020–2022."""
    days = pl.date_range(ORIGIN, dt.date(2022, 12, 31), "1d", eager=True)
    off = {d for first, last in HOLIDAYS for d in pl.date_range(dt.date.fromisoformat(first), dt.date.fromisoformat(last), eager=True)}
    extra = {dt.date.fromisoformat(d) for d in WORKING_WEEKENDS}
    working = [d in extra or (d.weekday() < 5 and d not in off) for d in days]
    return pl.DataFrame({"day": days, "is_working": working})


@cache
def _busy(working_only: bool) -> tuple[float, ...]:
    """Cumulated weight of the days, with a leading 0: season × working day."""
    frame = calendar()
    month = np.array(MONTH_WEIGHT)[frame["day"].dt.month().to_numpy() - 1]
    working = frame["is_working"].to_numpy()
    quiet = np.convolve(~working, np.ones(9) / 9, mode="same") > 0.6  # the days around the Spring Festival
    weight = month * np.where(working, np.where(quiet, 0.4, 1.0), 0.0 if working_only else 0.12)
    return (0.0, *np.cumsum(weight).tolist())


def year_bounds(year: Ints) -> tuple[Ints, Ints]:
    """First day and the day after the last, as days since the origin, for the year index 0, 1, 2."""
    starts = np.array([(dt.date(y, 1, 1) - ORIGIN).days for y in (*YEARS, 2023)])
    return starts[year], starts[year + 1]


def busy_day(rng: np.random.Generator, first: Ints, end: Ints, working_only: bool = False) -> Ints:
    """A day in [first, end) for each entry, by season and working day; ``first`` where the range holds none."""
    edges = np.array(_busy(working_only))
    a, b = edges[first.clip(0, DAYS - 1)], edges[end.clip(1, DAYS)]
    found = np.searchsorted(edges, a + rng.random(len(first)) * (b - a), side="right") - 1
    return np.asarray(np.where(b > a, found.clip(first, np.maximum(end - 1, first)), first), dtype=np.int64)


def share_of_year(first: Ints, year: Ints) -> Floats:
    """Share of the year's busy weight that lies on or after day ``first``."""
    edges = np.array(_busy(False))
    start, end = year_bounds(year)
    return np.asarray((edges[end] - edges[np.clip(first, start, end)]) / (edges[end] - edges[start]))


def office_time(rng: np.random.Generator, day: Ints) -> Floats:
    """Minutes since the origin at a full or half hour between 8:30 and 18:00 of ``day``."""
    return np.asarray(day * DAY + 510 + 30 * rng.integers(0, 20, len(day)))


def half_hour(minutes: Floats) -> Floats:
    return np.asarray(np.ceil(minutes / 30) * 30)


def day_number(date: dt.date) -> int:
    return (date - ORIGIN).days


def year_index(minutes: Floats) -> Ints:
    """0, 1, 2 for 2020, 2021, 2022."""
    starts = np.array([day_number(dt.date(y, 1, 1)) * DAY for y in YEARS[1:]])
    return np.asarray(np.searchsorted(starts, minutes, side="right"), dtype=np.int64)


def moments(minutes: Floats) -> pl.Series:
    """Datetime; null for NaN and for what lies after the horizon."""
    known = np.isfinite(minutes) & (minutes < HORIZON)
    micros = (np.where(known, minutes, 0.0) * 60_000_000).astype(np.int64) + np.datetime64(ORIGIN, "us").astype(np.int64)
    stamps = pl.Series(micros).cast(pl.Datetime("us"))
    return pl.select(pl.when(pl.Series(known)).then(stamps)).to_series()


def dates(minutes: Floats, horizon: float = HORIZON) -> pl.Series:
    """Date; null for NaN and for what lies after ``horizon``."""
    known = np.isfinite(minutes) & (minutes < horizon)
    number = (np.floor(np.where(known, minutes, 0.0) / DAY)).astype(np.int32) + np.datetime64(ORIGIN, "D").astype(np.int32)
    return pl.select(pl.when(pl.Series(known)).then(pl.Series(number).cast(pl.Int32).cast(pl.Date))).to_series()


def day_of(column: pl.Series) -> Floats:
    """Days since the origin of a date or datetime column; NaN for null."""
    physical = column.cast(pl.Date).to_physical().cast(pl.Float64)
    return np.asarray(physical.fill_null(np.nan).to_numpy() - float(np.datetime64(ORIGIN, "D").astype(np.int64)))
