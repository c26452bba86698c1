"""Does a column that refers to one of several tables name a row that is there?"""

from __future__ import annotations

import polars as pl

from kcz_metrics.locales import T
from kcz_metrics.records import problems
from kcz_metrics.store import Snapshot
from kcz_metrics.tables import TABLES, Table
from kcz_metrics.tables.subjects import SUBJECTS


def unknown(rows: pl.DataFrame, table: Table, snapshot: Snapshot | None) -> list[pl.DataFrame]:
    """Problems of the ``rows`` (typed, with ``_row``) whose subject is not among the records. A row without a subject, or of no kind that
    its table knows, breaks another rule."""
    subject = SUBJECTS.get(table.name)
    if subject is None:
        return []
    named = rows.drop_nulls(subject.column)
    label = table.columns[subject.column].label
    if subject.kind is None:
        there = pl.concat([_known(name, snapshot) for name in subject.tables.values()])
        lost = named.filter(~pl.col(subject.column).is_in(there.implode()))["_row"]
        return [problems.of(lost, subject.column, "reference", T("{column} 不在试点、服务团、机构之中", column=label))]
    parts = []
    for kind, name in subject.tables.items():
        of_kind = named.filter(pl.col(subject.kind).cast(pl.String) == kind)
        lost = of_kind.filter(~pl.col(subject.column).is_in(_known(name, snapshot).implode()))["_row"]
        text = T("{column} 在“{table}”中找不到", column=label, table=TABLES[name].label)
        parts.append(problems.of(lost, subject.column, "reference", text))
    return parts


def _known(name: str, snapshot: Snapshot | None) -> pl.Series:
    key = TABLES[name].key[0]
    return snapshot.read(name, columns=[key])[key] if snapshot else pl.Series([], dtype=pl.String)
