"""Take an import back: a new snapshot in which its rows stand as they stood before it. Nothing is rewritten."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from kcz_metrics.errors import Issue
from kcz_metrics.locales import T
from kcz_metrics.store import rows
from kcz_metrics.store.conflicts import TOLD
from kcz_metrics.store.naming import record_name
from kcz_metrics.store.snapshot import Snapshot, SnapshotInfo

if TYPE_CHECKING:
    from kcz_metrics.tables import Table

#: Acts that bring or end records and can be taken back; a decision on a flag is opened again instead.
UNDOABLE = ("import", "withdraw", "undo")


@dataclass(frozen=True, slots=True)
class Undoing:
    """What taking a snapshot's act back would do. ``restored``: per table the rows as they stood before, with their ``_file`` and ``_row``;
    ``removed``: per table the keys of rows that it brought and that end; ``obstacles``: why it cannot be done, empty where it can."""

    snapshot: SnapshotInfo
    restored: Mapping[str, pl.DataFrame]
    removed: Mapping[str, pl.DataFrame]
    obstacles: tuple[Issue, ...]

    @property
    def rows(self) -> int:
        return sum(frame.height for frame in (*self.restored.values(), *self.removed.values()))


def effect(head: Snapshot, info: SnapshotInfo, act: str, known: Mapping[int, SnapshotInfo]) -> Undoing:
    """What undoing the snapshot ``info``, made by ``act``, would do on top of ``head``."""
    obstacles: list[Issue] = []
    restored: dict[str, pl.DataFrame] = {}
    removed: dict[str, pl.DataFrame] = {}
    if act not in UNDOABLE:
        obstacles.append(Issue("not_undoable", T("这个快照不是由导入或撤回产生的，不能撤销"), subject=info.short))
    else:
        for name, files in head.files.items():
            if not any(file.version >= info.number for file in files):
                continue
            contract = head.tables[name]
            back, gone, later = _of_table(head, contract, info.number)
            obstacles += _later(contract, later, known)
            restored |= {name: back} if back.height else {}
            removed |= {name: gone} if gone.height else {}
        obstacles += _referring(head, removed)
        if not obstacles and not restored and not removed:
            obstacles.append(Issue("nothing_to_undo", T("没有可撤销的行"), subject=info.short))
    return Undoing(info, restored, removed, tuple(obstacles))


def _of_table(head: Snapshot, contract: Table, number: int) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Rows to be put back, keys of rows to end, and later versions that stand in the way."""
    key = list(contract.key)
    versions = rows.scan(contract, head.paths(contract.name))
    brought = versions.filter(pl.col("_version") == number).collect()
    keys = brought.select(key).lazy()
    later = versions.filter(pl.col("_version") > number).join(keys, on=key, how="semi").collect()
    stood = rows.current(versions.filter(pl.col("_version") < number).join(keys, on=key, how="semi"), key).collect()
    gone = brought.filter(~pl.col("_removed")).join(stood, on=key, how="anti", maintain_order="left").select(key)
    return stood.drop("_version", "_removed"), gone, later


def _later(contract: Table, later: pl.DataFrame, known: Mapping[int, SnapshotInfo]) -> Iterator[Issue]:
    newest = later.sort("_version").unique(subset=list(contract.key), keep="last", maintain_order=True)
    for name, version in newest.select(record_name(contract), "_version").head(TOLD).iter_rows():
        info = known[version]
        yield Issue(
            "changed_since",
            T("这一行后来又被更改过，不能撤销"),
            subject=name,
            found=T("{name}在快照 {id} 中更改，来源 {source}", name=info.actor, id=info.short, source=info.source),
            hint=T("先撤销后来的更改，或逐行更正"),
        )


def _referring(head: Snapshot, removed: Mapping[str, pl.DataFrame]) -> Iterator[Issue]:
    """Rows that would refer to rows that end."""
    for name, contract in head.tables.items():
        for column, target, to, kind in _pointers(contract):
            gone = removed.get(target)
            if gone is None or to not in gone.columns or len(head.tables[target].key) > 1 or not head.files.get(name):
                continue
            there = head.read(name, columns=[*dict.fromkeys([*contract.key, column, *kind])])
            for which, value in kind.items():
                there = there.filter(pl.col(which).cast(pl.String) == value)
            if name in removed:
                there = there.join(removed[name], on=list(contract.key), how="anti")
            held = there.filter(pl.col(column).cast(pl.String).is_in(gone[to].cast(pl.String).implode()))
            if held.height:
                yield Issue(
                    "still_referred_to",
                    T("“{table}”中还有 {count} 行引用要撤销的行", table=contract.label, count=held.height),
                    place=name,
                    subject=column,
                    found=T("{values}", values=", ".join(held[column].cast(pl.String).unique().sort().head(5))),
                    hint=T("先撤销或更正引用它们的行"),
                )


def _pointers(contract: Table) -> Iterator[tuple[str, str, str, Mapping[str, str]]]:
    """What refers to other tables: a column, the other table, its column, and the values of further columns that rows which mean that table
    have; of the contract's references and of a subject, which may be in one of several tables."""
    from kcz_metrics.tables import TABLES
    from kcz_metrics.tables.subjects import SUBJECTS

    for reference in contract.references:
        yield reference.column, reference.table, reference.to, {}
    if subject := SUBJECTS.get(contract.name):
        for kind, target in subject.tables.items():
            yield subject.column, target, TABLES[target].key[0], {} if subject.kind is None else {subject.kind: kind}
