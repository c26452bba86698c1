from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import polars as pl
import pytest

from kcz_metrics.errors import StoreError
from kcz_metrics.store import Store
from kcz_metrics.store.ledger import BUSY_SECONDS, open_ledger, reading, writing
from kcz_metrics.store.migrations import HEAD
from kcz_metrics.store.models import METADATA

Provinces = Callable[..., pl.DataFrame]


def test_the_migrations_make_exactly_the_tables_of_the_models(tmp_path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with reading(open_ledger(tmp_path / "ledger.sqlite")) as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), METADATA) == []


def test_the_newest_migration_is_the_version_that_opening_looks_for(tmp_path: Path) -> None:
    from alembic.script import ScriptDirectory

    import kcz_metrics.store.migrations as migrations

    assert ScriptDirectory(str(Path(migrations.__file__).parent)).get_heads() == [HEAD]


def test_connections_are_durable_and_keep_references(tmp_path: Path) -> None:
    with reading(open_ledger(tmp_path / "ledger.sqlite")) as connection:
        settings = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous", "foreign_keys")}
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_an_up_to_date_ledger_opens_without_alembic(store: Store) -> None:
    code = f"import sys; from kcz_metrics.store import Store; Store.open({str(store.home)!r}); print('alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "False"


def test_readers_do_not_wait_for_a_writer(store: Store, provinces: Provinces) -> None:
    store.commit({"province": provinces(("110000", "甲"))}, actor="li", source="a", reason="first")
    with writing(store.engine):
        begun = time.monotonic()
        assert store.snapshot().number == 1
        assert Store.open(store.home).snapshots()[0].number == 1
        assert time.monotonic() - begun < BUSY_SECONDS / 4


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda c: c.executescript("CREATE TABLE other (x)"), "not a ledger"),
        (
            lambda c: c.executescript("CREATE TABLE alembic_version (version_num TEXT); INSERT INTO alembic_version VALUES ('9999')"),
            "newer program",
        ),
    ],
    ids=["not_ours", "newer"],
)
def test_a_database_that_is_not_ours_is_left_alone(tmp_path: Path, make: Callable[[sqlite3.Connection], object], message: str) -> None:
    path = tmp_path / "ledger.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        make(connection)
        connection.execute("PRAGMA journal_mode = WAL")
    before = dump(path)
    with pytest.raises(StoreError, match=message):
        Store.open(tmp_path)
    assert dump(path) == before


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").write_bytes(b"not a database at all " * 100)
    with pytest.raises(StoreError, match="restore from a backup"):
        Store.open(tmp_path)


def test_a_home_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="file"):
        Store.open(tmp_path / "file" / "store")


def lose_ledger(home: Path) -> None:
    for path in home.glob("ledger.sqlite*"):
        path.unlink()


def empty_ledger(home: Path) -> None:
    lose_ledger(home)
    (home / "ledger.sqlite").touch()


def only_files(home: Path) -> None:
    lose_ledger(home)
    (home / "audit.heads").unlink()


def only_heads(home: Path) -> None:
    lose_ledger(home)
    shutil.rmtree(home / "files")


@pytest.mark.parametrize("lose", [lose_ledger, empty_ledger, only_files, only_heads])
def test_a_ledger_that_is_gone_is_not_made_anew_beside_what_it_kept_account_of(
    store: Store, provinces: Provinces, lose: Callable[[Path], None]
) -> None:
    store.commit({"province": provinces(("110000", "甲"))}, actor="li", source="a", reason="first")
    store.engine.dispose()
    lose(store.home)
    before = [path for path in store.home.rglob("*") if path.is_file()]
    said = r"the ledger is gone: .*store has no ledger.sqlite.*(files|audit.heads).*kcz restore FILE.*move this whole folder aside"
    with pytest.raises(StoreError, match=said):
        Store.open(store.home)
    assert [path for path in store.home.rglob("*") if path.is_file()] == before
    store.home.rename(store.home.with_name("aside"))
    assert Store.open(store.home).is_empty


def test_whoever_has_the_store_open_while_its_ledger_goes_makes_none_either(store: Store, provinces: Provinces) -> None:
    store.commit({"province": provinces(("110000", "甲"))}, actor="li", source="a", reason="first")
    lose_ledger(store.home)
    for act in (store.snapshots, lambda: store.commit({"province": provinces(("120000", "乙"))}, actor="li", source="b", reason="second")):
        with pytest.raises(StoreError, match="the ledger is gone"):
            act()
    assert not (store.home / "ledger.sqlite").exists()


@pytest.mark.parametrize("left", [(), ("files",), ("files", "files/province", "ledger.sqlite")], ids=["nothing", "folder", "empty_ledger"])
def test_a_store_whose_making_was_interrupted_opens_by_itself(tmp_path: Path, left: tuple[str, ...]) -> None:
    home = tmp_path / "store"
    home.mkdir()
    for name in left:
        (home / name).touch() if name.endswith(".sqlite") else (home / name).mkdir()
    assert Store.open(home).is_empty


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())
