from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from kcz_metrics.errors import AccessError, StoreError
from kcz_metrics.operations import archive
from kcz_metrics.operations.backup import back_up
from kcz_metrics.operations.restore import restore
from kcz_metrics.store import Actor, Store

Names = Callable[[Store], dict[str, str]]
HELD = {"110000": "甲", "120000": "丙"}


@pytest.fixture
def backup(store: Store, tmp_path: Path) -> Path:
    return back_up(store, tmp_path / "one.kczbackup", actor="adm").path


def contents(home: Path) -> dict[str, bytes]:
    """All but what SQLite leaves beside a ledger that was looked at."""
    files = (path for path in home.rglob("*") if path.is_file() and not path.name.endswith(("-shm", "-wal")))
    return {str(path.relative_to(home)): path.read_bytes() for path in files}


def change(store: Store, name: str) -> None:
    rows = store.snapshot().read("province").head(1).with_columns(short_zh=pl.lit(name))
    store.commit({"province": rows}, actor="wu", source="later.csv", reason="later")


def test_a_destroyed_store_comes_back_whole(store: Store, backup: Path, names: Names) -> None:
    ids = [one.id for one in store.snapshots()]
    trail = store.audit()
    shutil.rmtree(store.home)
    done = restore(backup, store.home, actor="adm")
    again = done.store
    assert [one.id for one in again.snapshots()] == ids
    assert names(again) == HELD
    assert again.snapshot(ids[-1]).read("province")["short_zh"].to_list() == ["甲", "乙"]
    assert (store.home / "sources" / "columns.json").read_text(encoding="utf-8") == '{"a": "b"}'
    assert again.verify_audit() == again.verify_files() == []
    # The trail as it was before the backup's own entry, and then the restoring.
    assert again.audit()[:-1] == trail[:-1]
    last = again.audit()[-1]
    assert (last.act, last.actor, last.detail["backup"], last.detail["replaced"]) == ("restore", "adm", done.manifest.sha256, None)
    assert done.aside is None
    change(again, "丁")
    assert again.verify_audit() == []


def test_the_backup_says_what_it_holds_and_leaves_an_entry(store: Store, tmp_path: Path) -> None:
    head = store.snapshot()
    trail = store.audit_head()
    made = back_up(store, tmp_path / "one.kczbackup", actor="adm")
    manifest = archive.read_manifest(made.path)
    assert (manifest.snapshot, manifest.audit, manifest.actor) == ((head.number, head.id), trail, "adm")
    assert {part.name.split("/")[0] for part in manifest.parts} == {"ledger.sqlite", "audit.heads", "files", "sources"}
    entry = store.audit()[-1]
    assert (entry.act, entry.subject, entry.detail["sha256"]) == ("backup", "one.kczbackup", manifest.sha256)
    assert list(tmp_path.glob(".kcz-backup-*")) == []


def test_records_are_not_replaced_unasked(store: Store, backup: Path, names: Names) -> None:
    change(store, "丁")
    before = contents(store.home)
    with pytest.raises(StoreError, match=r"records here already.*--replace"):
        restore(backup, store.home, actor="adm")
    assert contents(store.home) == before
    assert names(store) == {"110000": "丁", "120000": "丙"}


def test_what_is_replaced_is_kept_whole(store: Store, backup: Path, names: Names) -> None:
    change(store, "丁")
    head, trail = store.snapshot(), store.audit()
    done = restore(backup, store.home, actor="adm", replace=True)
    assert names(store) == names(done.store) == HELD  # a store that was open all along reads the restored records
    assert done.store.audit()[-1].detail["replaced"] == [trail[-1].number, trail[-1].hash]
    assert store.verify_audit() == store.verify_files() == []
    assert done.aside is not None
    kept = Store.open(done.aside)
    assert kept.snapshot().id == head.id
    assert names(kept) == {"110000": "丁", "120000": "丙"}
    assert kept.audit() == trail
    assert kept.verify_audit() == kept.verify_files() == []
    # What the replaced store alone named is now no snapshot's; sweeping leaves what is kept aside.
    assert len(store.sweep(actor="adm")) == 1
    assert names(kept) == {"110000": "丁", "120000": "丙"}
    change(store, "戊")
    assert store.verify_audit() == store.verify_files() == kept.verify_files() == []


@pytest.mark.parametrize("spoil", ["flipped", "missing", "ledger", "ledger_gone"])
def test_a_damaged_store_is_made_sound(store: Store, backup: Path, names: Names, spoil: str) -> None:
    path = store.snapshot().paths("province")[0]
    ledger = store.home / "ledger.sqlite"
    match spoil:
        case "flipped":
            path.write_bytes(path.read_bytes()[:-9] + b"x" + path.read_bytes()[-8:])
        case "missing":
            path.unlink()
        case "ledger":
            ledger.write_bytes(b"not a database at all " * 100)
        case "ledger_gone":
            ledger.unlink()
    done = restore(backup, store.home, actor="adm", replace=True)
    assert names(done.store) == HELD
    assert done.store.verify_audit() == done.store.verify_files() == []
    assert done.aside is not None
    assert (done.aside / "ledger.sqlite").exists() is (spoil != "ledger_gone")


@pytest.mark.parametrize("nth", [0.02, 0.2, 0.4, 0.6, 0.8, 0.9, 0.98, 0.999])
def test_a_damaged_backup_changes_nothing(store: Store, backup: Path, nth: float) -> None:
    content = bytearray(backup.read_bytes())
    position = int(len(content) * nth)
    content[position] ^= 0x55
    backup.write_bytes(content)
    change(store, "丁")
    before = contents(store.home)
    try:
        restore(backup, store.home, actor="adm", replace=True)
    except StoreError:
        assert contents(store.home) == before
    else:  # a byte that nothing rests on, a date of the archive say
        assert Store.open(store.home).verify_files() == []


@pytest.mark.parametrize("length", [0, 10, -1, -200])
def test_a_backup_cut_short_is_refused(store: Store, backup: Path, tmp_path: Path, length: int) -> None:
    backup.write_bytes(backup.read_bytes()[:length])
    with pytest.raises(StoreError, match="no backup, or it is damaged"):
        restore(backup, tmp_path / "other", actor="adm")
    assert not [path for path in (tmp_path / "other").rglob("*") if path.is_file()]


def test_a_backup_with_a_file_outside_is_refused(store: Store, backup: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.kczbackup"
    with zipfile.ZipFile(backup) as source, zipfile.ZipFile(other, "w") as target:
        packing = archive.Packing(target)
        for name in ("../outside", "files/../../outside", "/outside"):
            with source.open("audit.heads") as stream:
                packing.add(name, stream)  # type: ignore[arg-type]
        packing.close({"made_at": "", "actor": "", "program": "", "ledger_version": "0003", "snapshot": None, "audit": [0, ""]})
    with pytest.raises(StoreError, match="not those of its manifest"):
        restore(other, tmp_path / "home", actor="adm")
    assert not (tmp_path / "outside").exists()


def test_a_damaged_store_is_not_backed_up_as_if_it_were_sound(store: Store, tmp_path: Path) -> None:
    path = store.snapshot().paths("province")[0]
    path.write_bytes(path.read_bytes()[:-9] + b"x" + path.read_bytes()[-8:])
    with pytest.raises(StoreError, match="no longer what was written"):
        back_up(store, tmp_path / "one.kczbackup", actor="adm")
    assert not (tmp_path / "one.kczbackup").exists()
    assert list(tmp_path.glob(".kcz-backup-*")) == []
    assert store.audit()[-1].act == "import"


def test_no_backup_is_overwritten_and_only_administrators_make_one(store: Store, backup: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there already"):
        back_up(store, backup, actor="adm")
    staff = Actor("li", frozenset({"staff", "steward", "leader", "evaluator"}))
    with pytest.raises(AccessError):
        back_up(store, tmp_path / "two.kczbackup", actor=staff)
    with pytest.raises(AccessError):
        restore(backup, tmp_path / "other", actor=staff)
    assert not (tmp_path / "other").exists()


def test_an_empty_store_can_be_backed_up_and_restored(tmp_path: Path) -> None:
    made = back_up(Store.open(tmp_path / "empty"), tmp_path / "empty.kczbackup", actor="adm")
    done = restore(made.path, tmp_path / "other", actor="adm")
    assert done.snapshot is None
    assert done.store.is_empty
    assert [entry.act for entry in done.store.audit()] == ["restore"]


def test_a_restored_trail_is_still_guarded(store: Store, backup: Path) -> None:
    import sqlite3
    from contextlib import closing

    restore(backup, store.home, actor="adm", replace=True)
    with closing(sqlite3.connect(store.home / "ledger.sqlite")) as connection:
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute("DELETE FROM audit_entry")
        # A tail cut off with its head is still known outside the ledger.
        connection.executescript(
            "DROP TRIGGER audit_entry_no_delete; UPDATE audit_head SET number = 3, hash = (SELECT hash FROM audit_entry WHERE number = 3);"
            "DELETE FROM audit_entry WHERE number = 4"
        )
    assert {issue.code for issue in store.verify_audit()} == {"audit_tail"}
