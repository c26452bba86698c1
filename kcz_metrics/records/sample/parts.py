"""A large sample in parts, so that memory is bounded by the part and not by the whole.

Every part is invented anew over the same pilots, teams and evaluated bodies. The first is a whole sample; each later one adds its own
enterprises and all that happens to them, with ids and numbers that no other part has.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import polars as pl

from kcz_metrics.records.sample.organisations import evaluated_count
from kcz_metrics.tables import TABLES

if TYPE_CHECKING:
    from kcz_metrics.records.sample.invent import Sample
    from kcz_metrics.tables import Table

#: the largest scale that is invented in one piece: some 1.3 million records, 0.8 GB at the peak
LARGEST_PART = 4.0
#: tables that every part adds rows to; the others describe who takes part, or are kept once
GROWING = (
    "org", "enterprise", "need", "need_tag", "need_offer", "need_answer", "docking", "contract", "contract_payment", "activity", "impact",
    "talent", "incubated_firm", "overseas_landing", "standard_item", "advice_item", "resource", "resource_use", "feedback",
    "activity_partner", "complaint", "title_award", "push_event", "project_stage", "recommendation", "recruit_post", "hire",
)  # fmt: skip
#: from the first number of an enterprise on, ids of bodies belong to one part
_FIRST_ENTERPRISE = 10_001
_STEP = 100_000_000


def invent_parts(seed: int, scale: float, largest: float = LARGEST_PART) -> Iterator[Sample]:
    """Parts that together hold ``scale`` times the events of the shipped sample. One part where ``scale`` allows it."""
    from kcz_metrics.records.sample.invent import Sample, invent

    n = max(1, math.ceil(scale / largest))
    for part in range(n):
        whole = invent(seed, scale / n, part)
        yield whole if part == 0 else Sample({name: _apart(TABLES[name], whole.tables[name], part) for name in GROWING}, whole.truth)


def _apart(table: Table, frame: pl.DataFrame, part: int) -> pl.DataFrame:
    """The rows that belong to this part alone, under ids of its own."""
    if table.name in ("org", "enterprise"):
        frame = frame.filter(_number("org_id") >= _FIRST_ENTERPRISE)
    renamed = [_renumbered(column, target, part) for column, target in _numbered(table).items()]
    marked = [pl.col(name) + f"-{part}" for name, column in table.columns.items() if column.unique and name != "uscc"]
    return frame.with_columns(*renamed, *marked)


def _numbered(table: Table) -> dict[str, str]:
    """Columns that hold ids of a growing table, and which one."""
    own = {table.key[0]: table.name} if len(table.key) == 1 else {}
    pointing = {r.column: "org" if r.table == "enterprise" else r.table for r in table.references}
    spoken = {"subject_id": "org"} if "subject_id" in table.columns else {}
    return {column: target for column, target in (spoken | own | pointing).items() if target in GROWING}


def _number(column: str) -> pl.Expr:
    return pl.col(column).str.extract(r"(\d+)$").cast(pl.Int64)


def _renumbered(column: str, target: str, part: int) -> pl.Expr:
    """``ND00012`` becomes ``ND300000012``, a number of a standard gets an ending; evaluated bodies and ids of other kinds stay."""
    id = pl.col(column)
    counted = id.str.extract(r"^(\D+)\d+$") + (_number(column) + part * _STEP).cast(pl.String)
    moved = pl.coalesce(counted, id + f"-{part}")
    if target != "org":
        return moved
    return pl.when(id.str.starts_with("OR") & (_number(column) >= _FIRST_ENTERPRISE)).then(moved).otherwise(id).alias(column)


assert evaluated_count() < _FIRST_ENTERPRISE
