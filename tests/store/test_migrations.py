"""A ledger of every version that has landed opens with all it holds, or is refused untouched."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from older_versions import migrated_to, store_of

from kcz_metrics.errors import StoreError
from kcz_metrics.store import Store
from kcz_metrics.store.ledger import look
from kcz_metrics.store.migrations import VERSIONS

Provinces = Callable[..., pl.DataFrame]


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("version", VERSIONS[:-1])
def test_an_older_ledger_opens_with_all_it_holds(tmp_path: Path, provinces: Provinces, version: str) -> None:
    home = store_of(tmp_path, version)
    assert look(home / "ledger.sqlite").version == version
    store = Store.open(home)
    assert look(home / "ledger.sqlite").state == "current"
    assert [one.number for one in store.snapshots()] == [3, 2, 1]
    names = {one.number: store.snapshot(one.id).read("province")["short_zh"].to_list() for one in store.snapshots()}
    assert names == {3: ["丙"], 2: ["甲", "丙"], 1: ["甲", "乙"]}
    assert store.verify_audit() == store.verify_files() == []
    last = store.audit()[-1]
    if version < "0003":
        assert (last.act, sorted(last.detail["file_rows"])) == ("upgrade", ["1", "2", "3"])
    else:
        assert (last.act, len(store.audit())) == ("withdraw", 3)
    assert store.decisions() == ()
    assert store.draft("city_assessment", actor="li") is None
    store.keep_draft("city_assessment", "d" * 64, {"a": 1.5}, None, "geometric", actor="li")
    assert store.draft("city_assessment", actor="li").weights == {"a": 1.5}
    store.commit({"province": provinces(("130000", "丁"))}, actor="li", source="c.csv", reason="fourth")
    assert store.verify_audit() == []


@pytest.mark.parametrize("version", VERSIONS[:-1])
def test_a_migration_that_fails_leaves_the_ledger_byte_for_byte(
    tmp_path: Path, provinces: Provinces, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from alembic.operations import Operations

    home = store_of(tmp_path, version)
    path = home / "ledger.sqlite"
    before = digest(path)

    made = Operations.create_table

    def broken(self: Operations, name: str, *columns: Any, **how: Any) -> object:
        if name == "draft":
            raise OSError(28, "No space left on device")
        return made(self, name, *columns, **how)

    # The last step of all: whatever came before it is taken back.
    monkeypatch.setattr(Operations, "create_table", broken)
    with pytest.raises(StoreError, match="No space left"):
        Store.open(home)
    assert digest(path) == before
    monkeypatch.undo()
    assert Store.open(home).snapshot().read("province")["short_zh"].to_list() == ["丙"]


@pytest.mark.parametrize(
    "script, message",
    [
        ("CREATE TABLE other (x)", "not a ledger"),
        ("CREATE TABLE alembic_version (version_num TEXT); INSERT INTO alembic_version VALUES ('9999')", "newer program"),
    ],
    ids=["foreign", "newer"],
)
def test_what_is_not_for_this_program_stays_byte_for_byte(tmp_path: Path, script: str, message: str) -> None:
    path = tmp_path / "ledger.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)  # in the rollback mode that SQLite begins with: opening would switch it
    before = digest(path)
    with pytest.raises(StoreError, match=message):
        Store.open(tmp_path)
    assert digest(path) == before


def test_an_empty_ledger_of_an_older_version_needs_no_entry(tmp_path: Path) -> None:
    migrated_to(tmp_path / "ledger.sqlite", "0002")
    store = Store.open(tmp_path)
    assert store.is_empty
    assert store.audit() == store.verify_audit() == []
