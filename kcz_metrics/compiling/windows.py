"""Which rows of a fact a measure sees in a period: each window as a condition on the row and the period, and in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlglot import exp

from kcz_metrics.compiling.conditions import absent, all_of, any_of
from kcz_metrics.locales import T, Text

Kind = Literal["period", "to_date", "trailing", "at_start", "at_end", "always"]


@dataclass(frozen=True, slots=True)
class Window:
    """``time`` is read by period, to_date and trailing; ``valid_from`` and ``valid_to`` (exclusive, null is open) by the others."""

    kind: Kind
    time: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    months: int | None = None

    @property
    def is_bucket(self) -> bool:
        """Whether a row lies in exactly one period, so that the period can be worked out from the row."""
        return self.kind == "period"

    def condition(self, start: exp.Expression, end: exp.Expression) -> exp.Expression:
        """True for rows in the window of the half-open period from ``start`` to ``end``, both dates."""
        match self.kind:
            case "period":
                return all_of(exp.GTE(this=_column(self.time), expression=start), exp.LT(this=_column(self.time), expression=end))
            case "to_date":
                return exp.LT(this=_column(self.time), expression=end)
            case "trailing":
                length = exp.Interval(this=exp.Literal.string(str(self.months)), unit=exp.var("MONTH"))
                first = exp.Sub(this=end.copy(), expression=length)
                return all_of(exp.GTE(this=_column(self.time), expression=first), exp.LT(this=_column(self.time), expression=end))
            case "at_start":
                return _holds(self, exp.LTE, start, exp.GT, start)
            case "at_end":
                return _holds(self, exp.LT, end, exp.GTE, end)
            case "always":
                return _holds(self, exp.LTE, start, exp.GTE, end)

    def sentence(self, time_label: object) -> Text:
        """In words; ``time_label`` names the time column."""
        match self.kind:
            case "period":
                return T("{time}在评价期内", time=time_label)
            case "to_date":
                return T("{time}在评价期结束之前", time=time_label)
            case "trailing":
                return T("{time}在截至评价期末的{months}个月内", time=time_label, months=self.months)
            case "at_start":
                return T("评价期初有效")
            case "at_end":
                return T("评价期末有效")
            case "always":
                return T("整个评价期内有效")


def day(value: date) -> exp.Expression:
    return exp.cast(exp.Literal.string(value.isoformat()), exp.DataType.build("date"))


def _column(name: str | None) -> exp.Expression:
    assert name is not None
    return exp.column(name, quoted=True)


def _holds(window: Window, begins: type[exp.Binary], first: exp.Expression, ends: type[exp.Binary], last: exp.Expression) -> exp.Expression:
    """``valid_from`` is open or ``begins`` before ``first``, and ``valid_to`` open or ``ends`` after ``last``."""
    since, until = _column(window.valid_from), _column(window.valid_to)
    return all_of(
        any_of(absent(since), begins(this=since.copy(), expression=first.copy())),
        any_of(absent(until), ends(this=until.copy(), expression=last.copy())),
    )
