"""A damaged store says so before it answers: never other rows without a word."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing

import polars as pl
import pytest

from kcz_metrics.errors import StoreError
from kcz_metrics.store import Store, integrity

Provinces = Callable[..., pl.DataFrame]


@pytest.fixture
def filled(store: Store, provinces: Provinces) -> Store:
    for n in range(3):
        store.commit({"province": provinces(("110000", f"名{n}"), (f"12000{n}", f"他{n}"))}, actor="li", source=f"{n}", reason="first")
    return store


def test_a_flipped_byte_in_a_file_is_refused_at_reading(filled: Store) -> None:
    snapshot = filled.snapshot()
    path = snapshot.paths("province")[0]  # found sound once in this process
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"no longer what was written.*restore from a backup"):
        snapshot.read("province")


@pytest.mark.parametrize(
    "script, said",
    [
        ("UPDATE file SET superseding = 0", "differs from its audit entry"),
        ("UPDATE file SET dropped = 3 WHERE added = 2", "differs from its audit entry"),
        ("UPDATE file SET rows = 9 WHERE added = 2", "differs from its audit entry"),
        ("DELETE FROM file WHERE added = 3", "differs from its audit entry"),
        ("PRAGMA foreign_keys = OFF; DELETE FROM snapshot WHERE number = 3", "audit entry 3 is gone"),
        ("PRAGMA foreign_keys = OFF; DELETE FROM snapshot WHERE number = 3; DELETE FROM file WHERE added = 3", "audit entry 3 is gone"),
        ("PRAGMA foreign_keys = OFF; UPDATE snapshot SET number = 0 WHERE number = 3", "differs from its audit entry"),
        ("UPDATE audit_head SET number = 2", "does not end with the last entry"),
        ("DROP TRIGGER audit_entry_no_update; UPDATE audit_entry SET detail = '{' WHERE number = 2", "content of the ledger is damaged"),
        ("DROP TRIGGER audit_entry_no_update; UPDATE audit_entry SET actor = 'x' WHERE number = 2", "does not match its hash|differs"),
    ],
    ids=["mark", "dropped", "rows", "file", "snapshot", "both", "order", "head", "json", "entry"],
)
def test_a_ledger_that_disagrees_with_its_trail_gives_no_snapshot(
    filled: Store, script: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert filled.snapshot().number == 3
    with closing(sqlite3.connect(filled.home / "ledger.sqlite")) as connection:
        connection.executescript(script)
    monkeypatch.setattr(integrity, "_BOUND", set())  # as another process finds it, that has not looked at it before
    with pytest.raises(StoreError, match=said):
        filled.snapshot()


def test_a_sample_of_the_files_can_be_checked(filled: Store) -> None:
    paths = filled.snapshot().paths("province")
    for path in paths:
        path.write_bytes(b"PAR1")
    assert [issue.code for issue in filled.verify_files(sample=2)] == ["file_changed"] * 2
    assert len(filled.verify_files()) == 3
