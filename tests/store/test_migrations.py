"""A ledger of every version that has landed opens with all it holds, or is refused untouched."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import polars as pl
import pytest

from kcz_metrics.errors import StoreError
from kcz_metrics.store import Store
from kcz_metrics.store.ledger import look
from kcz_metrics.store.migrations import VERSIONS

Provinces = Callable[..., pl.DataFrame]


def migrated_to(path: Path, version: str) -> None:
    """An empty ledger as the migrations up to this version make it."""
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine

    import kcz_metrics.store.migrations as migrations

    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version)
    engine.dispose()


def of_version(home: Path, version: str, provinces: Provinces) -> Path:
    """A store of this version with three snapshots, the second changing a row of the first, and its entries as that version wrote them."""
    today = Store.open(home / "today")
    today.commit({"province": provinces(("110000", "甲"), ("120000", "乙"))}, actor="li", source="a.csv", reason="first")
    today.commit({"province": provinces(("120000", "丙"))}, actor="wu", source="b.csv", reason="second")
    today.commit({}, removed={"province": pl.DataFrame({"province_code": ["110000"]})}, actor="xu", source="", reason="third")
    old = home / "old"
    old.mkdir()
    (today.home / "files").rename(old / "files")
    path = old / "ledger.sqlite"
    migrated_to(path, version)
    with closing(sqlite3.connect(today.home / "ledger.sqlite")) as source, closing(sqlite3.connect(path)) as target, target:
        head = "0" * 64
        columns = [name for _, name, *_ in source.execute("PRAGMA table_info(audit_entry)")]
        for row in source.execute("SELECT * FROM audit_entry ORDER BY number"):
            entry = dict(zip(columns, row, strict=True))
            detail = {name: value for name, value in json.loads(entry["detail"]).items() if name not in ("file_rows", "dropped")}
            said = {name: value for name, value in entry.items() if name != "hash"}
            said |= {"roles": json.loads(entry["roles"]), "detail": detail, "previous": head}
            spelled = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            head = hashlib.sha256(spelled.encode()).hexdigest()
            stored = entry | {"detail": json.dumps(detail, ensure_ascii=False), "previous": said["previous"], "hash": head}
            target.execute(f"INSERT INTO audit_entry VALUES ({', '.join('?' * len(columns))})", list(stored.values()))  # noqa: S608
        target.execute("INSERT INTO audit_head VALUES (1, 3, ?)", [head])
        for table in ("snapshot", "file"):
            rows = source.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608
            target.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)  # noqa: S608
    return old


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("version", VERSIONS[:-1])
def test_an_older_ledger_opens_with_all_it_holds(tmp_path: Path, provinces: Provinces, version: str) -> None:
    home = of_version(tmp_path, version, provinces)
    assert look(home / "ledger.sqlite").version == version
    store = Store.open(home)
    assert look(home / "ledger.sqlite").state == "current"
    assert [one.number for one in store.snapshots()] == [3, 2, 1]
    names = {one.number: store.snapshot(one.id).read("province")["short_zh"].to_list() for one in store.snapshots()}
    assert names == {3: ["丙"], 2: ["甲", "丙"], 1: ["甲", "乙"]}
    assert store.verify_audit() == store.verify_files() == []
    last = store.audit()[-1]
    assert (last.act, sorted(last.detail["file_rows"])) == ("upgrade", ["1", "2", "3"])
    store.commit({"province": provinces(("130000", "丁"))}, actor="li", source="c.csv", reason="fourth")
    assert store.verify_audit() == []


@pytest.mark.parametrize("version", VERSIONS[:-1])
def test_a_migration_that_fails_leaves_the_ledger_byte_for_byte(
    tmp_path: Path, provinces: Provinces, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from alembic.operations import Operations

    home = of_version(tmp_path, version, provinces)
    path = home / "ledger.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")  # as every store has it
    before = digest(path)

    def broken(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    # The last step of all: whatever came before it is taken back.
    monkeypatch.setattr(Operations, "get_bind", broken)
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
