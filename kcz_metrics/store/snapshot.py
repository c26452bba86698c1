"""A snapshot: an immutable version of all records, read from its Parquet files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from kcz_metrics.errors import Issue, StoreError, did_you_mean
from kcz_metrics.locales import T
from kcz_metrics.store import rows
from kcz_metrics.store.files import is_sound
from kcz_metrics.store.ledger import explained

if TYPE_CHECKING:
    from kcz_metrics.tables import Table

SHORT = 6


@dataclass(frozen=True, slots=True)
class SnapshotInfo:
    """What the ledger says of a snapshot. ``number`` counts from 1; ``rows_in`` new rows and versions it brought; ``rows_out`` rows
    it removed; ``invented``: it holds invented records, its own or an ancestor's."""

    id: str
    number: int
    parent: str | None
    created_at: datetime
    actor: str
    source: str
    import_key: str | None
    invented: bool
    rows_in: int
    rows_out: int

    @property
    def short(self) -> str:
        """The id as shown to people."""
        return self.id[:SHORT]


@dataclass(frozen=True, slots=True)
class SnapshotFile:
    """One Parquet file; ``version`` is the number of the snapshot that brought it."""

    path: Path
    sha256: str
    rows: int
    size: int
    version: int
    superseding: bool


@dataclass(frozen=True, slots=True)
class Zeroed:
    """A unit's score of an indicator in a period that a confirmed flag set to zero, because the deed was wilful."""

    unit: str
    indicator: str
    period: str


@dataclass(frozen=True, slots=True)
class Snapshot(SnapshotInfo):
    """All records as they stood; the same id always reads the same rows."""

    files: Mapping[str, tuple[SnapshotFile, ...]] = field(hash=False)
    tables: Mapping[str, Table] = field(repr=False, compare=False)
    zeroed: tuple[Zeroed, ...] = ()
    #: Whether records that were handed in and wait for verification are read as if they were verified: only to see what hangs on them.
    unverified: bool = False

    def paths(self, table: str) -> tuple[Path, ...]:
        """The table's files, oldest first; none where it has no rows. They hold all versions: see ``single_version``."""
        self._known(table)
        return self.checked(table, self.files.get(table, ()))

    @staticmethod
    def checked(table: str, files: Iterable[SnapshotFile]) -> tuple[Path, ...]:
        """The paths of these files. Errors: StoreError with every one that is missing or no longer what was written."""
        found = [(file.path, _flaw(file, table)) for file in files]
        issues = [flaw for _, flaw in found if flaw is not None]
        if issues:
            raise StoreError(issues)
        return tuple(path for path, _ in found)

    def single_version(self, table: str) -> bool:
        """Whether every stored row of the table is current, so that a reader need not look for the newest versions."""
        self._known(table)
        return not any(file.superseding for file in self.files.get(table, ()))

    def read(self, table: str, *, columns: Iterable[str] | None = None, lineage: bool = False) -> pl.DataFrame:
        """Current rows of ``table`` in the contract's columns, or those of them that ``columns`` names; with ``lineage`` also
        ``_version, _file, _row, _removed``."""
        contract = self._known(table)
        chosen = [*(contract.columns if columns is None else columns), *(rows.LINEAGE if lineage else ())]
        with explained(Path(table)):
            frame = rows.scan(contract, self.paths(table))
            if not self.single_version(table):
                frame = rows.current(frame, contract.key)
            return frame.select(chosen).collect()

    def versions(self, table: str, key: Mapping[str, object]) -> pl.DataFrame:
        """Every version of the row with this key up to this snapshot, lineage included, oldest first."""
        contract = self._known(table)
        with explained(Path(table)):
            of_key = [pl.col(name).eq(value) for name, value in key.items()]
            return rows.scan(contract, self.paths(table)).filter(*of_key).sort("_version").collect()

    def _known(self, table: str) -> Table:
        if table not in self.tables:
            raise unknown_table(table, self.tables)
        return self.tables[table]


def _flaw(file: SnapshotFile, table: str) -> Issue | None:
    with explained(file.path):
        if not file.path.is_file():
            return Issue("file_missing", T("数据文件缺失"), place=str(file.path), subject=table, hint=T("从备份恢复"))
        if not is_sound(file.path, file.sha256):
            return Issue("file_changed", T("数据文件的内容与登记的哈希不符"), place=str(file.path), subject=table, hint=T("从备份恢复"))
    return None


def unknown_table(name: str, tables: Mapping[str, Table]) -> StoreError:
    return StoreError(Issue("unknown_table", T("没有名为“{name}”的表", name=name), subject=name, hint=did_you_mean(name, list(tables))))
