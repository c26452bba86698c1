"""Which rows differ between two snapshots, and who brought the difference from which file and row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import polars as pl

from kcz_metrics.store import rows
from kcz_metrics.store.conflicts import since
from kcz_metrics.store.naming import record_name
from kcz_metrics.store.snapshot import Snapshot, SnapshotInfo

if TYPE_CHECKING:
    from kcz_metrics.tables import Table

#: ``state``: new, changed or gone; ``columns``: names of those that differ, of a changed row; the rest is of the newest version of the row:
#: the snapshot that brought it, when, by whom, from what, and the file and row (empty and null where it came from no file).
COLUMNS = {
    "table": pl.String(), "record": pl.String(), "state": pl.String(), "columns": pl.String(), "version": pl.Int64(),
    "snapshot": pl.String(), "at": pl.String(), "actor": pl.String(), "source": pl.String(), "file": pl.String(), "row": pl.Int64(),
}  # fmt: skip


def between(before: Snapshot, now: Snapshot, known: Iterable[SnapshotInfo], tables: Iterable[str] | None = None) -> pl.DataFrame:
    """Rows of ``tables`` (all) that are not the same in both, in the order of tables and versions; columns as :data:`COLUMNS`.

    ``known``: the snapshots of the store. A row that was changed and changed back is no difference. ``before`` may be the newer one.
    """
    older, newer = sorted((before, now), key=lambda one: one.number)
    parts = [
        _of_table(newer.tables[name], before, now, since(newer, newer.tables[name], older.number))
        for name in (newer.files if tables is None else tables)
        if any(file.version > older.number for file in newer.files.get(name, ()))
    ]
    whole = pl.concat(parts) if parts else pl.DataFrame(schema={name: COLUMNS[name] for name in _OWN})
    told = [(one.number, one.id, one.created_at.isoformat(timespec="seconds"), one.actor, one.source) for one in known]
    named = ("version", "snapshot", "at", "actor", "source")
    infos = pl.DataFrame(told, schema={name: COLUMNS[name] for name in named}, orient="row")
    return whole.join(infos, on="version", how="left", maintain_order="left").select(list(COLUMNS))


_OWN = ("table", "record", "state", "columns", "version", "file", "row")


def _of_table(contract: Table, before: Snapshot, now: Snapshot, touched: pl.DataFrame) -> pl.DataFrame:
    key = list(contract.key)
    others = [name for name in contract.columns if name not in key]
    sides = {side: _rows(snapshot, contract, touched) for side, snapshot in (("before", before), ("now", now))}
    was = sides["before"].select(*key, *(pl.col(name).alias(f"{name}\0before") for name in others), there=pl.lit(True))
    joined = touched.select(*key, "_version", "_file", "_row").join(was, on=key, how="left", maintain_order="left")
    joined = joined.join(sides["now"].select(*key, *others, here=pl.lit(True)), on=key, how="left", maintain_order="left")
    both = pl.col("there").is_not_null() & pl.col("here").is_not_null()
    differing = [pl.when(both & pl.col(name).ne_missing(pl.col(f"{name}\0before"))).then(pl.lit(name)) for name in others]
    columns = pl.concat_str(differing, separator=", ", ignore_nulls=True) if differing else pl.lit("")
    state = pl.when(both).then(pl.lit("changed")).when(pl.col("here").is_not_null()).then(pl.lit("new"))
    found = joined.select(
        table=pl.lit(contract.name),
        record=record_name(contract),
        state=state.when(pl.col("there").is_not_null()).then(pl.lit("gone")),
        columns=columns,
        version="_version",
        file="_file",
        row=pl.col("_row").replace(0, None),
    )
    return found.filter(pl.col("state").is_not_null() & ((pl.col("state") != "changed") | (pl.col("columns") != "")))


def _rows(snapshot: Snapshot, contract: Table, touched: pl.DataFrame) -> pl.DataFrame:
    """Current rows of the snapshot among those touched."""
    key = list(contract.key)
    versions = rows.scan(contract, snapshot.paths(contract.name)).join(touched.select(key).lazy(), on=key, how="semi")
    return rows.current(versions, key).collect()


def counts(differences: pl.DataFrame) -> Mapping[str, Mapping[str, int]]:
    """Table to how many rows are new, changed and gone."""
    found: dict[str, dict[str, int]] = {}
    for table, state, n in differences.group_by("table", "state", maintain_order=True).len().iter_rows():
        found.setdefault(table, {"new": 0, "changed": 0, "gone": 0})[state] = n
    return found
