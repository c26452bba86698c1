"""The doctor finds each planted fault, says where and what to do, and finds nothing where nothing is wrong."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from kcz_metrics.errors import AccessError, StoreError
from kcz_metrics.operations.archive import read_manifest
from kcz_metrics.operations.backup import back_up
from kcz_metrics.operations.doctor import CHECKS, Finding, examine, mend
from kcz_metrics.store import Actor, Store, audit
from kcz_metrics.store.access import as_actor
from kcz_metrics.store.ledger import writing

SCHEME = "edition: '1'\nindicators: {a: {}}\nindices: {i: {unit: x, tree: {a: 1}}}\n"


@pytest.fixture
def scheme(tmp_path: Path) -> Path:
    path = tmp_path / "indicators.yaml"
    path.write_text(SCHEME, encoding="utf-8")
    return path


def wrong(found: tuple[Finding, ...]) -> dict[str, str]:
    return {one.check: one.said.render("en") for one in found if one.state == "wrong"}


def test_all_is_well(store: Store, scheme: Path) -> None:
    found = examine(store.home, scheme)
    assert wrong(found) == {}
    assert list(dict.fromkeys(one.check for one in found)) == list(CHECKS)
    assert {one.check for one in found if one.state == "warning"} <= {"backup", "disk"}
    assert wrong(examine(store.home / "none", scheme)) == {}


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def cut_short(path: Path, length: int) -> None:
    path.write_bytes(path.read_bytes()[:length])


def script(text: str) -> Callable[[Store, Path], object]:
    def run(store: Store, _: Path) -> None:
        with closing(sqlite3.connect(store.home / "ledger.sqlite")) as connection:
            connection.executescript(f"PRAGMA foreign_keys = OFF; {text}")

    return run


def cut(store: Store, _: Path) -> None:
    path = store.home / "ledger.sqlite"
    path.write_bytes(path.read_bytes()[: 3 * 4096])
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def no_ledger(store: Store, _: Path) -> None:
    store.engine.dispose()
    for path in store.home.glob("ledger.sqlite*"):
        path.unlink()


def spoil_heads(store: Store, _: Path) -> None:
    path = store.home / "audit.heads"
    number, digest = path.read_text(encoding="ascii").split()[-2:]
    path.write_text(f"{number} {'0' if digest[0] != '0' else '1'}{digest[1:]}\n", encoding="ascii")


def another(store: Store) -> Path:
    """The home of another store, with other rows."""
    other = Store.open(store.home.parent / "other")
    for n in range(5):
        rows = pl.DataFrame({"team_id": [f"TM90{n}"], "tag": ["声学"]})
        other.commit({"team_skill": rows}, actor="zhao", source=f"{n}.csv", reason="another's")
    other.engine.dispose()
    return other.home


def others_heads(store: Store, _: Path) -> None:
    shutil.copyfile(another(store) / "audit.heads", store.home / "audit.heads")


def others_ledger(store: Store, _: Path) -> None:
    store.engine.dispose()
    shutil.copyfile(another(store) / "ledger.sqlite", store.home / "ledger.sqlite")
    for ending in ("-wal", "-shm"):
        (store.home / f"ledger.sqlite{ending}").unlink(missing_ok=True)


def others_files(store: Store, _: Path) -> None:
    shutil.rmtree(store.home / "files")
    shutil.copytree(another(store) / "files", store.home / "files")


@pytest.mark.parametrize(
    "plant, check, said",
    [
        (lambda store, _: cut_short(store.snapshot().paths("province")[0], 100), "files", "its hash differs"),
        (lambda store, _: cut_short(store.snapshot().paths("province")[0], 0), "files", "its hash differs"),
        (script("UPDATE file SET rows = rows + 1 WHERE added = 2"), "trail", "differs from its audit entry"),
        (spoil_heads, "trail", "audit.heads: audit entry 3"),
        (others_heads, "trail", "the hash of entry 5 was noted outside the ledger"),
        (others_ledger, "files", "of two stores"),
        (others_files, "files", "of two stores"),
        (lambda store, _: store.home.chmod(0o500), "access", "cannot be read or written"),
        (lambda store, _: (store.home / "ledger.sqlite").chmod(0o400), "access", "ledger.sqlite"),
        (lambda store, _: store.snapshot().paths("province")[0].chmod(0), "access", "files/province"),
        (lambda store, _: flip(store.snapshot().paths("province")[0]), "files", "its hash differs"),
        (lambda store, _: store.snapshot().paths("province")[1].unlink(), "files", "is missing"),
        (script("DROP TRIGGER audit_entry_no_update; UPDATE audit_entry SET actor = 'x' WHERE number = 2"), "trail", "audit entry 2"),
        (script("DROP TRIGGER audit_entry_no_delete; DELETE FROM audit_entry WHERE number = 2"), "trail", "audit entry 3"),
        (script("DROP TRIGGER audit_entry_no_update; UPDATE audit_entry SET detail = '{' WHERE number = 2"), "trail", "audit entry 2"),
        (script("DROP TRIGGER audit_entry_no_update; UPDATE audit_entry SET roles = '[' WHERE number = 3"), "trail", "audit entry 3"),
        (lambda store, _: (store.home / "rejected" / "0123456789ab").mkdir(parents=True), "waiting", "cannot be read"),
        (
            script(
                "DROP TRIGGER audit_entry_no_delete; DELETE FROM audit_entry WHERE number = 3; DELETE FROM snapshot WHERE number = 3;"
                "DELETE FROM file WHERE added = 3; UPDATE audit_head SET number = 2, hash = (SELECT hash FROM audit_entry WHERE number = 2)"
            ),
            "trail",
            "noted outside the ledger",
        ),
        (script("UPDATE alembic_version SET version_num = '9999'"), "ledger", "newer program"),
        (cut, "ledger", "damaged"),
        (no_ledger, "ledger", "the ledger is gone"),
        (lambda store, _: (store.home / "ledger.sqlite").write_bytes(b"not a database" * 400), "ledger", "damaged"),
        (lambda _, scheme: scheme.write_text(SCHEME.replace("tree", "tre"), encoding="utf-8"), "scheme", "tre"),
        (lambda _, scheme: scheme.unlink(), "scheme", "indicators.yaml"),
        (lambda store, _: store.home.chmod(0o755), "access", "others can enter"),
    ],
    ids=[
        "truncated_file", "emptied_file", "count_in_ledger", "flipped_head", "heads_of_another", "ledger_of_another", "files_of_another",
        "read_only_folder", "read_only_ledger", "closed_file",
        "flipped_byte", "missing_file", "edited_entry", "lost_entry", "unreadable_entry", "unreadable_roles",
        "unreadable_rejected", "cut_tail", "newer_ledger", "cut_ledger", "no_ledger", "no_database",
        "wrong_scheme", "no_scheme", "open_folder",
    ],
)  # fmt: skip
def test_a_planted_fault_is_found(store: Store, scheme: Path, plant: Callable[[Store, Path], object], check: str, said: str) -> None:
    plant(store, scheme)
    found = wrong(examine(store.home, scheme))
    assert check in found
    assert said in " ".join(one.said.render("en") for one in examine(store.home, scheme) if one.check == check)
    assert all(one.todo is not None for one in examine(store.home, scheme) if one.state == "wrong")


@pytest.mark.parametrize("left", ["rejected/0123456789ab", "files/province", "files/province/a.parquet"])
def test_a_ledger_is_missed_where_the_store_would_not_be_opened_and_nowhere_else(tmp_path: Path, scheme: Path, left: str) -> None:
    home = tmp_path / "home"
    (home / left).mkdir(parents=True)
    home.chmod(0o700)
    missed = "the ledger is gone" in wrong(examine(home, scheme)).get("ledger", "")
    assert missed is left.endswith(".parquet")
    with pytest.raises(StoreError, match="the ledger is gone") if missed else nullcontext():
        Store.open(home)


@pytest.mark.parametrize("text, said", [("", "are gone"), ("3x abc\n", "are gone"), ("p{rest}", "1 lines of audit.heads")])
def test_a_note_outside_the_ledger_that_says_nothing_is_told(store: Store, scheme: Path, text: str, said: str) -> None:
    path = store.home / "audit.heads"
    path.write_text(text.replace("{rest}", path.read_text(encoding="ascii").lstrip()[1:]), encoding="ascii")
    (warned,) = (one for one in examine(store.home, scheme) if one.check == "trail" and one.state != "ok")
    assert said in warned.said.render("en")
    assert warned.todo is not None


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only an administrator can give a file to somebody else")
def test_files_of_another_user(store: Store, scheme: Path) -> None:
    os.chown(store.home / "files" / "province", 12345, 12345)
    found = examine(store.home, scheme)
    assert "owned by 12345" in wrong(found)["access"]
    assert "files/province" in wrong(found)["access"]


def test_noted_hashes_that_are_gone_are_missed_until_they_are_noted_again(store: Store, scheme: Path, tmp_path: Path) -> None:
    def missed() -> bool:
        said = [one for one in examine(store.home, scheme) if one.check == "trail" and one.state == "warning"]
        return any("outside the ledger are gone" in one.said.render("en") and one.todo is not None for one in said)

    assert not missed()
    (store.home / "audit.heads").unlink()
    assert missed()
    back_up(store, tmp_path / "one.kczbackup", actor="adm")
    assert not missed()


def test_a_stray_file_is_named_and_taken_along(store: Store, scheme: Path, tmp_path: Path) -> None:
    (store.home / "note.txt").write_text("x", encoding="utf-8")
    found = examine(store.home, scheme)
    assert wrong(found) == {}
    assert any("note.txt" in one.said.render("en") for one in found if one.check == "orphans")
    made = back_up(store, tmp_path / "one.kczbackup", actor="adm")
    assert "note.txt" in [part.name for part in read_manifest(made.path).parts]


def test_files_that_nobody_names_are_not_swept_while_others_are_missing(store: Store, scheme: Path) -> None:
    others_ledger(store, scheme)
    there = sorted((store.home / "files").rglob("*.parquet"))
    (said,) = mend(store.home, actor="adm")
    assert "left alone" in said.render("en")
    assert sorted((store.home / "files").rglob("*.parquet")) == there


def test_an_entry_of_tomorrow_is_a_clock_set_back(store: Store, scheme: Path) -> None:
    with writing(store.engine) as connection:
        audit.append(
            connection, as_actor("adm"), "export", "x", {}, (datetime.now(UTC) + timedelta(days=1)).isoformat(timespec="microseconds")
        )
    assert "before the latest time" in wrong(examine(store.home, scheme))["clock"]
    assert store.verify_audit() == []


def test_a_clock_set_back(store: Store, scheme: Path) -> None:
    assert wrong(examine(store.home, scheme, now=datetime.now(UTC) + timedelta(days=9))) == {}
    assert "before the latest time" in wrong(examine(store.home, scheme, now=datetime.now(UTC) - timedelta(days=1)))["clock"]


def test_a_full_disk(store: Store, scheme: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, before[1]))
    try:
        found = wrong(examine(store.home, scheme))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "cannot be written" in found["disk"]
    assert list(store.home.glob(".probe-*")) == []


def test_a_disk_without_any_space_is_no_damage_of_the_ledger(store: Store, scheme: Path) -> None:
    store.engine.dispose()  # with nobody else there, the database has to make a file of its own beside it
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        found = [one for one in examine(store.home, scheme) if one.check == "ledger"]
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [one.said.render("en").split(":")[0] for one in found] == ["the ledger cannot be checked"]
    assert found[0].todo is not None
    assert "free space" in found[0].todo.render("en")
    assert wrong(examine(store.home, scheme)) == {}


def test_what_an_interrupted_import_and_restoring_left_is_mended(store: Store, scheme: Path) -> None:
    stray = store.home / "files" / "province" / ".x.tmp"
    stray.write_bytes(b"left behind")
    (store.home / ".restoring-ab").mkdir()
    store.home.chmod(0o755)
    found = {one.check: one.state for one in examine(store.home, scheme)}
    assert (found["orphans"], found["access"]) == ("warning", "wrong")
    with pytest.raises(AccessError):
        mend(store.home, actor=Actor("li", frozenset({"staff"})))
    assert stray.exists()
    assert len(mend(store.home, actor="adm")) == 3
    assert not stray.exists()
    assert store.home.stat().st_mode & 0o007 == 0
    after = {one.check: one.state for one in examine(store.home, scheme)}
    assert (after["orphans"], after["access"]) == ("ok", "ok")
    assert mend(store.home, actor="adm") == ()


def test_looking_writes_nothing(store: Store, scheme: Path) -> None:
    def state() -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in store.home.rglob("*") if path.is_file() and not path.name.endswith(("-shm", "-wal"))}

    before = state()
    examine(store.home, scheme)
    assert state() == before
    examine(store.home.parent / "none", scheme)
    assert not (store.home.parent / "none").exists()


def test_drafts_are_counted_and_one_that_cannot_be_read_is_told(store: Store, scheme: Path) -> None:
    from kcz_metrics.scheme import load_scheme

    def said() -> list[tuple[str, str]]:
        return [(one.state, one.said.render("en")) for one in examine(store.home, scheme) if one.check == "drafts"]

    store.keep_draft("i", load_scheme(scheme).digest, {"a": 2}, None, None, actor="li")
    store.keep_draft("i", "0" * 64, {"a": 3}, None, None, actor="wu")
    assert said() == [("ok", "2 kept; made under another scheme: 1")]
    script("UPDATE draft SET weights = 'x' WHERE owner = 'li'")(store, scheme)
    assert said() == [("warning", "i: what was kept of a trial cannot be read and was passed over")]
