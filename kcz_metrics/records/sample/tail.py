"""The common tail of invented records: when reported, on what evidence, verified or not."""

from __future__ import annotations

import numpy as np
import polars as pl

from kcz_metrics.records.sample.chance import Floats, choose
from kcz_metrics.records.sample.clock import DAY, HORIZON, YEARS, moments, year_index
from kcz_metrics.tables import TABLES

STATUS = ("verified", "submitted", "rejected", "draft", "withdrawn")
USUAL = (0.925, 0.02, 0.03, 0.01, 0.015)
LATE = (0.76, 0.19, 0.02, 0.02, 0.01)  # of the last weeks much is not verified yet
CLASSES = ("A", "B", "C")
VERIFIERS = ("HY01", "HY02", "HY03", "HY04", "HY05", "HY06")
WEEK = 7 * DAY


def with_tail(
    rng: np.random.Generator,
    name: str,
    frame: pl.DataFrame,
    event: Floats,
    source: str,
    evidence: tuple[float, float, float],
    status: tuple[float, ...] = USUAL,
) -> pl.DataFrame:
    """``frame`` with the tail, as the contract of table ``name`` orders its columns.

    ``event`` is when the row happened, in minutes; it decides the period. Rows are reported at the end of the event's week and verified
    in weekly sittings after it. ``evidence``: shares of the classes A, B and C.
    """
    n = frame.height
    late = event > HORIZON - 21 * DAY
    state = np.where(late, choose(rng, np.array(LATE), n), choose(rng, np.array(status), n))
    grade = choose(rng, np.array(evidence), n)
    reported = np.minimum(np.floor(event / WEEK + 1) * WEEK + 17 * 60, HORIZON - 60)
    verified = np.where(state == 0, np.minimum(reported + (1 + rng.integers(0, 3, n)) * WEEK - 7 * 60, HORIZON - 30), np.nan)
    period = pl.Series(np.array(YEARS)[year_index(event)]).cast(pl.String)
    month = moments(event).dt.strftime("%Y%m")
    classes = pl.Series(CLASSES).gather(grade)
    tail = pl.DataFrame(
        {
            "period_id": period,
            "source": [source] * n,
            "evidence_class": classes,
            "evidence_uri": pl.select(pl.when(classes != "C").then(pl.lit(f"doc://{name}/") + month)).to_series(),
            "status": pl.Series(STATUS).gather(state),
            "duplicate_of": pl.Series([None] * n, dtype=pl.String),
            "submitted_at": moments(np.where(state == 3, np.nan, reported)),
            "verified_at": moments(verified),
            "verified_by": pl.select(
                pl.when(pl.Series(state == 0)).then(pl.Series(VERIFIERS).gather(rng.integers(0, len(VERIFIERS), n)))
            ).to_series(),
        }
    )
    own = [column for column in tail.columns if column not in frame.columns]
    return TABLES[name].conform(frame.hstack(tail.select(own)))
