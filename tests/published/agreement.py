"""The table of oracles: ``python tests/published/agreement.py`` prints oracle, cells compared, cells equal, what differs and why.

With ``--all`` every case has a line, else one line an oracle and those that differ.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
from coinr_cases import Case, cases

from kcz_metrics.scheme import load_scheme
from kcz_metrics.scoring import evaluate

PUBLISHED = Path(__file__).parents[2] / "data" / "published"


def shipped() -> Iterator[Case]:
    """The published indices that ship with the product: what stands in their ``published.csv``."""

    def case(folder: str, index: str, period: str, column: str, shown: str, weights: str | None = None) -> Case:
        def compare() -> tuple[np.ndarray, np.ndarray]:
            home = PUBLISHED / folder
            card = evaluate(load_scheme(home / "indicators.yaml"), index, period, home / "values.csv", weights=weights)
            rows = card.scores.filter(pl.col("node") == index).join(pl.read_csv(home / "published.csv"), on="unit")
            return rows[shown].cast(pl.Float64).to_numpy(), rows[column].cast(pl.Float64).to_numpy()

        return Case(folder, column, compare)

    yield case("hdi_2021", "hdi", "2021", "hdi_2021", "published")
    yield case("hdi_2021", "hdi", "2021", "hdi_rank_2021", "rank")
    yield case("tai_2001", "tai", "2001", "rank_equal", "rank")
    yield case("tai_2001", "tai", "2001", "rank_bap", "rank", "bap")
    yield case("tai_2001", "tai_geometric", "2001", "rank_geometric", "rank")


def lines(found: list[Case], every: bool) -> list[str]:
    rows = [("oracle", "case", "cells", "equal", "why not")]
    totals: dict[str, list[int]] = {}
    for case in found:
        compared, equal = case.compare()
        for name in (case.oracle, "all"):
            total = totals.setdefault(name, [0, 0])
            total[0] += compared
            total[1] += equal
        if every or compared != equal:
            rows.append((case.oracle, case.name, str(compared), str(equal), case.why if compared != equal else ""))
    rows += [(name, "all cases", str(total[0]), str(total[1]), "") for name, total in sorted(totals.items(), key=lambda t: t[0] == "all")]
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    return ["  ".join([*(cell.ljust(width) for cell, width in zip(row[:4], widths, strict=True)), row[4]]).rstrip() for row in rows]


if __name__ == "__main__":
    print("\n".join(lines([*shipped(), *cases()], "--all" in sys.argv)))
