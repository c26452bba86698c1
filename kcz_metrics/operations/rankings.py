"""All rankings of a snapshot as hashes: two stores that give the same ones give the same scores and ranks to the last digit."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import polars as pl

from kcz_metrics.scoring import score
from kcz_metrics.scoring.periods import values_for

if TYPE_CHECKING:
    from kcz_metrics.scheme.models import Scheme
    from kcz_metrics.scoring import Scorecard
    from kcz_metrics.store import Snapshot

COLUMNS = {"index": pl.String(), "period": pl.String(), "units": pl.Int64(), "sha256": pl.String()}


def rankings(snapshot: Snapshot, scheme: Scheme) -> pl.DataFrame:
    """``index, period, units, sha256`` of every index over records and every year that the records know the size of cities in."""
    years = tuple(str(year) for year in sorted(snapshot.read("city_context", columns=["year"])["year"].unique().to_list()))
    lines = []
    for id, index in scheme.indices.items():
        if not years or any(scheme.indicators[leaf].formula is None for leaf in index.leaves):
            continue
        values = values_for(scheme, index, years, snapshot)
        for year in years:
            if (values.frame["period"] == year).any():
                card = score(values, index, year, scheme)
                lines.append((id, year, card.units.height, digest(card)))
    return pl.DataFrame(lines, schema=COLUMNS, orient="row")


def digest(card: Scorecard) -> str:
    """SHA-256 of every unit's and node's score, published score, rank, coverage and status, in full precision."""
    said = card.scores.select("unit", "period", "node", "score", "published", "rank", "coverage", "status", "reason").sort("unit", "node")
    return hashlib.sha256(said.write_csv().encode()).hexdigest()
