"""The data sets other programs scored, as indices of ours, and how their numbers are compared with ours.

Run ``python tests/published/agreement.py`` for the table of what agrees.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from kcz_metrics.engines.values import DENOMINATORS, MEASURES, RAW, Values
from kcz_metrics.scheme.models import Denominate, Index, Indicator, Method, Node, Scale, Scheme, Screen
from kcz_metrics.scoring import Scorecard, score

ORACLES = Path(__file__).parent / "oracles"
PERIOD = "2018"


@dataclass(frozen=True)
class Table:
    """A file of numbers: rows by unit (or indicator) code. Empty, NaN and infinite cells are NaN."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: np.ndarray

    def at(self, rows: Sequence[str], columns: Sequence[str]) -> np.ndarray:
        return self.cells[np.ix_([self.rows.index(r) for r in rows], [self.columns.index(c) for c in columns])]


def number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return float("nan")
    return value if np.isfinite(value) else float("nan")


def records(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@cache
def read(path: Path) -> Table:
    with path.open(encoding="utf-8", newline="") as stream:
        head, *body = csv.reader(stream)
    key = next((head.index(name) for name in ("uCode", "iCode") if name in head), 0)
    others = [i for i in range(len(head)) if i != key]
    cells = np.array([[number(row[i]) for i in others] for row in body], float).reshape(len(body), len(others))
    return Table(tuple(row[key] for row in body), tuple(head[i] for i in others), cells)


def agrees(found: np.ndarray, expected: np.ndarray, relative: float = 1e-9) -> np.ndarray:
    """Cell by cell: equal within ``relative``, or both missing. Near zero, within 1e-12 of the largest number around."""
    size = np.nanmax(np.abs(expected), initial=0.0) if expected.size else 0.0
    near = np.abs(found - expected) <= np.maximum(relative * np.abs(expected), 1e-12 * size)
    return near | (np.isnan(found) & np.isnan(expected))


@dataclass(frozen=True)
class PeerSet:
    """One data set with the settings it was run with."""

    name: str
    group: str
    coverage: float

    @property
    def folder(self) -> Path:
        return ORACLES / ("asem" if self.name == "asem" else f"coinr/{self.name}")

    @cached_property
    def meta(self) -> list[dict[str, str]]:
        return records(self.folder / "input_iMeta.csv")

    @cached_property
    def data(self) -> list[dict[str, str]]:
        return sorted(records(self.folder / "input_iData.csv"), key=lambda row: row["uCode"])

    @cached_property
    def units(self) -> tuple[str, ...]:
        return tuple(row["uCode"] for row in self.data)

    @cached_property
    def leaf_rows(self) -> Mapping[str, dict[str, str]]:
        return {row["iCode"]: row for row in self.meta if row["Type"] == "Indicator"}

    @cached_property
    def leaves(self) -> tuple[str, ...]:
        return tuple(self.index().leaves)

    @cached_property
    def upward(self) -> tuple[str, ...]:
        return tuple(name for name in self.leaves if number(self.leaf_rows[name]["Direction"]) > 0)

    def tree(self, code: str = "Index") -> Node:
        own = next(row for row in self.meta if row["iCode"] == code)
        children = [row["iCode"] for row in self.meta if row["Parent"] == code and row["Type"] in ("Indicator", "Aggregate")]
        return Node(id=code, weight=number(own["Weight"]), children=tuple(self.tree(child) for child in children))

    def index(self, **changes: Any) -> Index:
        """The index as the peer built it: impute by group, then (s1, s2) screened before, treated, min-max 0 to 100, arithmetic."""
        first = ("impute", "screen") if self.name == "asem" else ("screen", "impute")
        settings: dict[str, Any] = {
            "stages": ("denominate", *first, "treat", "normalise", "aggregate", "adjust", "rank"),
            "screen": Screen(minimum_coverage=self.coverage, coverage_by="count"),
            "impute": Method(method="group_mean" if self.name == "asem" else "group_median", parameters={"by": self.group}),
            "treat": Method(method="winsorise", parameters={"max_points": 5, "otherwise": "log_ct"}),
        }
        return Index(**({"id": "Index", "unit": "unit", "tree": self.tree()} | settings | changes))

    def scheme(self, index: Index, methods: Mapping[str, Mapping[str, Method]] | None = None, flat: bool = False) -> Scheme:
        """The scheme with ``index``; ``methods`` gives an indicator its own impute, treat or normalise. ``flat``: no denominators."""
        indicators = {}
        for name, row in self.leaf_rows.items():
            by = row.get("Denominator", "")
            indicators[name] = Indicator(
                column=name,
                direction="up" if number(row["Direction"]) > 0 else "down",
                denominate=Denominate(by=by) if by and not flat else None,
                **(methods or {}).get(name, {}),
            )
        return Scheme(edition="test", indicators=indicators, indices={"Index": index})

    def values(self, table: Table | None = None) -> Values:
        """The raw data as values; or the matrix of ``table`` instead, in the order of its rows."""
        rows = table.rows if table else self.units
        known = {row["uCode"]: row for row in self.data}
        cells = table.at(rows, self.leaves) if table else np.array([[number(known[u][i]) for i in self.leaves] for u in rows])
        groups = [row["iCode"] for row in self.meta if row["Type"] == "Group"]
        divisors = [row["iCode"] for row in self.meta if row["Type"] == "Denominator"]
        frame = pl.DataFrame(
            {
                "unit": np.repeat(rows, len(self.leaves)),
                "period": [PERIOD] * cells.size,
                "indicator": np.tile(self.leaves, len(rows)),
                "value": pl.Series(cells.ravel(), nan_to_null=True),
                "n": [1.0] * cells.size,
            }
        )
        status = (
            pl.when(pl.col("value").is_null())
            .then(pl.lit("missing"))
            .when(pl.col("value") == 0)
            .then(pl.lit("zero"))
            .otherwise(pl.lit("ok"))
        )
        columns = {group: [known[u][group] for u in rows] for group in groups}
        divided = [{"unit": u, "period": PERIOD, "denominator": d, "value": number(known[u][d])} for u in rows for d in divisors]
        return Values(
            frame=frame.with_columns(status.alias("status")),
            units=pl.DataFrame({"unit": rows, "name_zh": rows, "name_en": rows, **columns}),
            raw=pl.DataFrame(schema=RAW),
            measures=pl.DataFrame(schema=MEASURES),
            denominators=pl.DataFrame(divided, schema=DENOMINATORS),
            source="test",
        )

    def run(self, *, table: Table | None = None, methods: Mapping[str, Mapping[str, Method]] | None = None, **changes: Any) -> Scorecard:
        """Scored from the raw data; or from the matrix of ``table`` on, with no stage that is not asked for."""
        if table is not None:
            changes = {"screen": None, "impute": Method(method="none"), "treat": Method(method="none"), **changes}
        index = self.index(**changes)
        return score(self.values(table), index, PERIOD, self.scheme(index, methods, flat=table is not None))

    def __hash__(self) -> int:
        return hash(self.name)


def matrix(card: Scorecard, stage: str, units: Sequence[str], leaves: Sequence[str]) -> np.ndarray:
    """A stage frame as an array; units without a row are missing."""
    wide = card.stage(stage).pivot("indicator", index="unit", values="value")
    rows = pl.DataFrame({"unit": list(units)}).join(wide, on="unit", how="left", maintain_order="left")
    return rows.select(list(leaves)).cast(pl.Float64).to_numpy().astype(float)


def nodes(card: Scorecard, column: str, units: Sequence[str], names: Sequence[str]) -> np.ndarray:
    """``score`` or ``rank`` of nodes as an array."""
    wide = card.scores.pivot("node", index="unit", values=column)
    rows = pl.DataFrame({"unit": list(units)}).join(wide, on="unit", how="left", maintain_order="left")
    return rows.select(list(names)).cast(pl.Float64).to_numpy().astype(float)


ASEM = PeerSet("asem", "EurAsia_group", 0.9)
S1 = PeerSet("s1", "Region", 0.6)
S2 = PeerSet("s2", "Region", 0.6)
SETS = (ASEM, S1, S2)
SCALES = {"0_100": Scale(lower=0, upper=100), "1_100": Scale(lower=1, upper=100), "unit": Scale(lower=0, upper=1)}
