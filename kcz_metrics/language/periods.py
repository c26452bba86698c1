"""Evaluation periods: ``2022``, ``2022H1``, ``2022Q3``, ``2022-07``. Half-open, in the calendar of Asia/Shanghai."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from types import MappingProxyType
from typing import Literal, get_args

from kcz_metrics.errors import Issue, LanguageError
from kcz_metrics.locales import Language, T

Grain = Literal["year", "half", "quarter", "month"]
GRAINS: tuple[Grain, ...] = get_args(Grain)

#: Periods a year has in each grain.
A_YEAR = MappingProxyType({"year": 1, "half": 2, "quarter": 4, "month": 12})
#: Years that a period may name; wide enough for any record, narrow enough that every date exists.
FIRST_YEAR, LAST_YEAR = 1900, 2199

_PATTERN = re.compile(r"([0-9]{4})(?:H([12])|Q([1-4])|-(0[1-9]|1[0-2]))?", re.ASCII)
_NUMERALS = "一二三四"
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")


class PeriodError(LanguageError):
    """A text is no period, or a step leads out of the years covered."""


@dataclass(frozen=True, slots=True)
class Period:
    """One period: the ``number``-th (from 1) of its ``grain`` in ``year``. Periods of one grain sort by time."""

    year: int
    grain: Grain
    number: int = 1

    def __post_init__(self) -> None:
        if not FIRST_YEAR <= self.year <= LAST_YEAR or not 1 <= self.number <= A_YEAR[self.grain]:
            raise PeriodError(_issue(f"{self.year}/{self.grain}/{self.number}"))

    @property
    def id(self) -> str:
        match self.grain:
            case "year":
                return f"{self.year:04d}"
            case "half":
                return f"{self.year:04d}H{self.number}"
            case "quarter":
                return f"{self.year:04d}Q{self.number}"
            case _:
                return f"{self.year:04d}-{self.number:02d}"

    @property
    def start(self) -> date:
        """The first day."""
        return date(self.year, (self.number - 1) * (12 // A_YEAR[self.grain]) + 1, 1)

    @property
    def end(self) -> date:
        """The day after the last day."""
        year, month = divmod(self.year * 12 + self.number * (12 // A_YEAR[self.grain]), 12)
        return date(year, month + 1, 1)

    def previous(self, n: int = 1) -> Period:
        """The period ``n`` before, of the same grain; a negative ``n`` goes forward.

        >>> Period(2022, "quarter", 1).previous().id
        '2021Q4'
        """
        year, number = divmod(self.year * A_YEAR[self.grain] + self.number - 1 - n, A_YEAR[self.grain])
        return Period(year, self.grain, number + 1)

    def next(self, n: int = 1) -> Period:
        return self.previous(-n)

    def contains(self, day: date) -> bool:
        """Whether a date, or a date and time, lies in the half-open period."""
        plain = day.date() if isinstance(day, datetime) else day
        return self.start <= plain < self.end

    def label(self, lang: Language) -> str:
        """As in a sentence: 2022年三季度; 2022Q3."""
        if lang == "en":
            return f"{_MONTHS[self.number - 1]} {self.year}" if self.grain == "month" else self.id
        half, quarter = "上半年" if self.number == 1 else "下半年", f"{_NUMERALS[self.number - 1]}季度" if self.number <= 4 else ""
        return f"{self.year}年" + {"year": "", "half": half, "quarter": quarter, "month": f"{self.number}月"}[self.grain]

    def axis(self, lang: Language) -> str:
        """As on an axis: 22三季; 22Q3. A year stays whole."""
        if self.grain == "year":
            return self.id
        if lang == "en" or self.grain == "month":
            return self.id[2:]
        short = f"{_NUMERALS[self.number - 1]}季" if self.grain == "quarter" else "上下"[self.number - 1] + "半年"
        return self.id[2:4] + short

    def __lt__(self, other: Period) -> bool:
        return (self.start, self.end) < (other.start, other.end)

    def __le__(self, other: Period) -> bool:
        return (self.start, self.end) <= (other.start, other.end)

    def __str__(self) -> str:
        return self.id


@cache
def period(text: str) -> Period:
    """The period that ``text`` names. Raises :class:`PeriodError` where it names none."""
    match = _PATTERN.fullmatch(text) if isinstance(text, str) else None
    if match is None or not FIRST_YEAR <= int(match[1]) <= LAST_YEAR:
        raise PeriodError(_issue(text))
    year, half, quarter, month = match.groups()
    for grain, number in (("half", half), ("quarter", quarter), ("month", month)):
        if number:
            return Period(int(year), grain, int(number))  # type: ignore[arg-type]
    return Period(int(year), "year")


def is_period(text: object) -> bool:
    """Whether ``text`` names a period."""
    try:
        return isinstance(text, str) and period(text) is not None
    except PeriodError:
        return False


def period_of(day: date, grain: Grain) -> Period:
    """The period of ``grain`` in which ``day`` lies."""
    return Period(day.year, grain, (day.month - 1) // (12 // A_YEAR[grain]) + 1)


def periods_between(first: Period, last: Period) -> tuple[Period, ...]:
    """All periods from ``first`` to ``last``, both included, in order; empty where ``last`` lies before ``first``."""
    if first.grain != last.grain:
        raise PeriodError(
            Issue(
                "period_grain",
                T("{first} 与 {last} 粒度不同，不能连成一段", first=first.id, last=last.id),
                expected=T("同为年、半年、季或月"),
                found=T("{first} 与 {last}", first=first.grain, last=last.grain),
            )
        )
    return tuple(_walk(first, last))


def parts(whole: Period, grain: Grain) -> tuple[Period, ...]:
    """The periods of a finer or equal ``grain`` that make up ``whole``; empty where ``grain`` is coarser."""
    if A_YEAR[grain] < A_YEAR[whole.grain]:
        return ()
    first = period_of(whole.start, grain)
    return tuple(first.next(i) for i in range(A_YEAR[grain] // A_YEAR[whole.grain]))


def _walk(first: Period, last: Period) -> Iterator[Period]:
    current = first
    while current <= last:
        yield current
        if current == last:
            return
        current = current.next()


def _issue(text: object) -> Issue:
    return Issue(
        "period",
        T("“{text}”不是评价期", text=str(text)[:40]),
        expected=T("{first} 至 {last} 年间的 2022、2022H1、2022Q3 或 2022-07", first=FIRST_YEAR, last=LAST_YEAR),
        found=T("{text}", text=str(text)[:40]),
        hint=T("在方案文件里给评价期加引号") if isinstance(text, int) else None,
    )
