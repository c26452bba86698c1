"""A small index with two pillars over invented values, scored for two periods; names are as hostile as names get."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from kcz_metrics.engines.values import DENOMINATORS, FRAME, MEASURES, RAW, UNITS, Values
from kcz_metrics.scheme import Scheme, read_scheme
from kcz_metrics.scoring import Scorecard, score
from kcz_metrics.store import Snapshot, SnapshotFile

HOSTILE = (
    "=1+1",
    "+cmd|' /C calc'!A0",
    "@SUM(A1:A9)",
    "-2+3",
    "http://example.com/",
    "mailto:a@example.com",
    "<b>bold</b>",
    "a\x00b\x1b[31m",
    "x" * 40_000,
    "[brackets]:*?/\\",
    "'quoted'",
    "{=A1}",
    "",
    "&Lfooter&P",
)
SCHEME = """\
edition: "2022"
title: {zh: 方案, en: Scheme}
indicators:
  R1: {column: R1, name: {zh: "=比率", en: "=Ratio"}, unit: ratio, definition: {zh: "=口径", en: "=Definition"},
       normalise: {method: goalposts, lower: 0, upper: 1}}
  D1: {column: D1, name: {zh: 时长, en: Time}, unit: {zh: 天, en: days}, direction: down,
       normalise: {method: goalposts, lower: 0, upper: 30}}
  C1: {column: C1, name: {zh: 强度, en: Strength}, decimals: 0, normalise: {method: goalposts, lower: 0, upper: 1000}}
  C2: {column: C2, normalise: {method: goalposts, lower: 0, upper: 1}}
indices:
  small:
    name: {zh: 小指数, en: Small index}
    unit: thing
    GROUP
    screen: {minimum_coverage: 0.7}
    rank: {decimals: 2}
    tree:
      first: {name: {zh: 甲, en: First}, weight: 40, children: {R1: 3, D1: 1}}
      second: {name: {zh: 乙, en: Second}, weight: 60, children: {C1: 1, C2: 2}}
"""
UNIT_COUNT = 30


def scheme(group: bool) -> Scheme:
    found, issues = read_scheme(SCHEME.replace("GROUP", "group: kind" if group else "applies_to: {}"))
    assert found is not None, issues
    return found


def values(period: str, seed: int) -> Values:
    """Unit 0 has no value at all and unit 1 lacks one of four; all others are whole."""
    rng = np.random.default_rng(seed)
    names = {"R1": 1.0, "D1": 30.0, "C1": 1000.0, "C2": 1.0}
    rows = []
    for k in range(UNIT_COUNT):
        for j, (name, top) in enumerate(names.items()):
            value = None if k == 0 or (k == 1 and j == 1) else float(rng.uniform(0, top))
            rows.append((f"U{k:02d}", period, name, value, None, "missing" if value is None else "ok"))
    said = [HOSTILE[k] if k < len(HOSTILE) else f"名{k}" for k in range(UNIT_COUNT)]
    units = pl.DataFrame(
        {"unit": [f"U{k:02d}" for k in range(UNIT_COUNT)], "name_zh": said, "name_en": said, "active_from": None, "active_to": None}
    )
    units = units.cast(dict(UNITS)).with_columns(kind=pl.Series(["city" if k % 3 else "park" for k in range(UNIT_COUNT)]))
    none = [pl.DataFrame(schema=dict(schema)) for schema in (RAW, MEASURES, DENOMINATORS)]
    return Values(pl.DataFrame(rows, schema=dict(FRAME), orient="row"), units, *none, "ab" * 32)


@dataclass(frozen=True)
class Case:
    scheme: Scheme
    scorecard: Scorecard
    previous: Scorecard
    snapshot: Snapshot | None

    @property
    def arguments(self) -> Mapping[str, object]:
        return {"scheme": self.scheme, "snapshot": self.snapshot, "previous": self.previous}


@pytest.fixture(scope="session")
def case() -> Callable[..., Case]:
    def make(*, group: bool = False, invented: bool | None = True) -> Case:
        """``invented`` None stands for values from a file."""
        plan = scheme(group)
        cards = [score(values(p, s), plan.indices["small"], p, plan) for p, s in (("2022", 7), ("2021", 8))]
        return Case(plan, *cards, None if invented is None else snapshot(invented))

    return make


def snapshot(invented: bool) -> Snapshot:
    file = SnapshotFile(path=Path("need.parquet"), sha256="cd" * 32, rows=12, size=100, version=1, superseding=False)
    return Snapshot(
        id="a7f3c1" + "0" * 58,
        number=3,
        parent=None,
        created_at=datetime(2023, 1, 12, 17, 30, tzinfo=UTC),
        actor="local",
        source="=sample.csv",
        import_key=None,
        invented=invented,
        rows_in=12,
        rows_out=0,
        files={"need": (file,)},
        tables={},
    )
