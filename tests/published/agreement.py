"""The table of oracles: ``python tests/published/agreement.py`` prints oracle, cells compared, cells equal, what differs and why.

With ``--all`` every case has a line, else one line an oracle and those that differ. With ``--markdown``, as ``docs/methods.md`` has it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
from coinr_cases import Case, cases
from live_cases import live
from stored_cases import stored

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


Row = tuple[str, str, str, str, str]
HEAD: Row = ("oracle", "case", "cells", "equal", "what differs and why")


def rows(found: list[Case], every: bool) -> list[Row]:
    """A row a case (of those that differ, unless ``every``), then a row an oracle and one for all."""
    given: list[Row] = []
    totals: dict[str, list[int]] = {}
    for case in found:
        compared, equal = case.compare()
        for name in (case.oracle, "all"):
            total = totals.setdefault(name, [0, 0])
            total[0] += compared
            total[1] += equal
        if every or compared != equal:
            given.append((case.oracle, case.name, str(compared), str(equal), case.why if compared != equal else ""))
    return given + [(name, "all cases", str(t[0]), str(t[1]), "") for name, t in sorted(totals.items(), key=lambda item: item[0] == "all")]


def lines(given: list[Row]) -> list[str]:
    widths = [max(len(row[i]) for row in [HEAD, *given]) for i in range(4)]
    return [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row[:4], widths, strict=True)), row[4]]).rstrip() for row in [HEAD, *given]
    ]


def markdown(given: list[Row]) -> list[str]:
    heading = [
        "",
        "## Agreement with other programs",
        "",
        "What other programs and published tables give, cell by cell, within 1e-9 relative unless the case says otherwise; below, the",
        "cases that differ and the sums. `asem`, `s1` and `s2` are COINr's; those with another name behind them what that program made of",
        "the same data; `live` ones are run beside ours on random matrices. Each difference has its case by hand in",
        "`tests/published/test_differences.py`. `python tests/published/agreement.py --all` prints every case.",
        "",
        "No other program here has Copeland scores, Borda counts or Mazziotta-Pareto means that are defined as ours: those are held",
        "against the Handbook's worked examples, COINr and hand arithmetic. COINr's `log_GII` returns its input, and pyDecision's",
        "`COPELAND` adds up single indicators: neither is compared.",
        "",
    ]
    return [*heading, *(f"| {' | '.join(row)} |" for row in [HEAD, tuple(["---"] * 5), *given])]


def everything() -> list[Case]:
    return [*shipped(), *cases(), *stored(), *live()]


if __name__ == "__main__":
    table = rows(everything(), "--all" in sys.argv)
    print("\n".join(markdown(table) if "--markdown" in sys.argv else lines(table)))
