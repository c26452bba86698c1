"""What an engine gives back: indicator values of units in periods, with everything scoring needs to go on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

import polars as pl

if TYPE_CHECKING:
    from kcz_metrics.store import Zeroed

Status = Literal["ok", "zero", "missing", "not_applicable", "insufficient", "not_reported"]
STATUSES: Final[tuple[Status, ...]] = get_args(Status)

FRAME: Final = {"unit": pl.String, "period": pl.String, "indicator": pl.String, "value": pl.Float64, "n": pl.Float64, "status": pl.String}
RAW: Final = {"unit": pl.String, "period": pl.String, "indicator": pl.String, "raw": pl.Float64}
MEASURES: Final = {"unit": pl.String, "period": pl.String, "measure": pl.String, "value": pl.Float64, "n": pl.Float64}
DENOMINATORS: Final = {"unit": pl.String, "period": pl.String, "denominator": pl.String, "value": pl.Float64}
UNITS: Final = {"unit": pl.String, "name_zh": pl.String, "name_en": pl.String, "active_from": pl.Date, "active_to": pl.Date}


@dataclass(frozen=True)
class Values:
    """Values of one index's indicators for every unit of its population that was active in the period.

    All frames are sorted by their key; values are finite or null, never NaN.
    """

    #: ``unit, period, indicator, value, n, status``; one row for each active unit, period and indicator. ``value`` comes after formula,
    #: shrinking, floor and cap; it is null where the status is missing or not_applicable, and for an insufficient one only where the
    #: scheme says so.
    frame: pl.DataFrame
    #: ``unit, name_zh, name_en, active_from, active_to`` and the columns that units are grouped and filtered by; one row a unit.
    #: ``active_to`` is exclusive; a null date is an open end.
    units: pl.DataFrame
    #: ``unit, period, indicator, raw``: the formula's result before shrinking, floor and cap.
    raw: pl.DataFrame
    #: ``unit, period, measure, value, n``; ``n`` counts the records behind it. Of a file the columns that
    #: adjustments read.
    measures: pl.DataFrame
    #: ``unit, period, denominator, value``: what ``denominate.by`` names in the scheme.
    denominators: pl.DataFrame
    #: The snapshot's id, or the SHA-256 of the file of values.
    source: str
    #: ``unit, period`` and the columns of ``units`` as a file gives them for each period; None where they are the same in all.
    units_by_period: pl.DataFrame | None = None
    #: The periods that ``over: all_periods`` takes its scale from; None for all of the frame that have the grain of the period scored.
    all_periods: tuple[str, ...] | None = None

    #: Scores that confirmed flags set to zero; of the snapshot, so empty for values from a file.
    zeroed: tuple[Zeroed, ...] = ()

    def of(self, period: str) -> pl.DataFrame:
        """The rows of ``frame`` in one period."""
        return self.frame.filter(pl.col("period") == period)
