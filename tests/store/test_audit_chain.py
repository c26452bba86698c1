from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import polars as pl
import pytest

from kcz_metrics.locales import T
from kcz_metrics.store import Store

Provinces = Callable[..., pl.DataFrame]
TRIGGERS = "DROP TRIGGER audit_entry_no_update; DROP TRIGGER audit_entry_no_delete;"


@pytest.fixture
def filled(store: Store, provinces: Provinces) -> Store:
    """Six snapshots, each with its entry."""
    for n in range(6):
        reason = T("没有名为“{name}”的表", name=n)
        store.commit({"province": provinces((f"11000{n}", f"名{n}"))}, actor="li", source=f"{n}.csv", reason=reason)
    return store


def tamper(store: Store, script: str) -> None:
    with closing(sqlite3.connect(store.home / "ledger.sqlite")) as connection:
        connection.executescript("PRAGMA foreign_keys = OFF;" + TRIGGERS + script)


def test_an_honest_chain_verifies(filled: Store) -> None:
    entries = filled.audit()
    assert filled.verify_audit() == []
    assert filled.verify_audit(printed=entries[2].hash) == []
    assert [e.number for e in entries] == [1, 2, 3, 4, 5, 6]
    assert entries[0].previous == "0" * 64
    assert [e.previous for e in entries[1:]] == [e.hash for e in entries[:-1]]
    assert {e.algorithm for e in entries} == {"sha256"}
    assert {e.act for e in entries} == {"import"}


@pytest.mark.parametrize("most", [0, 1, 4, 6, 99])
def test_the_newest_snapshots_are_given_the_entries_that_made_them(filled: Store, most: int) -> None:
    from kcz_metrics.store.access import as_actor

    filled.record_act("backup", "x", {}, actor=as_actor("adm"))  # an entry that made none
    by_id = {entry.detail["snapshot"]: entry for entry in filled.audit() if entry.act == "import"}
    newest = [one.id for one in filled.snapshots()[:most]]
    assert filled.made(most) == {id: by_id[id] for id in newest}


def test_an_entry_says_who_did_what_when_and_why(filled: Store) -> None:
    entry, snapshot = filled.audit()[-1], filled.snapshot()
    assert (entry.actor, entry.subject, entry.detail["snapshot"], entry.detail["rows_in"]) == ("li", "5.csv", snapshot.id, 1)
    assert entry.at == snapshot.created_at
    assert entry.detail["files"] == [["province", snapshot.files["province"][-1].sha256]]
    assert entry.reason is not None
    assert entry.reason.render("en") == 'there is no table named "5"'


def test_the_trail_cannot_be_rewritten_by_the_way(filled: Store) -> None:
    with closing(sqlite3.connect(filled.home / "ledger.sqlite")) as connection:
        for statement in ("UPDATE audit_entry SET actor = 'x'", "DELETE FROM audit_entry"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                connection.execute(statement)


@pytest.mark.parametrize(
    "script, code",
    [
        ("UPDATE audit_entry SET actor = 'wu' WHERE number = 3", "audit_entry_changed"),
        ("UPDATE audit_entry SET detail = json_set(detail, '$.rows_in', 9) WHERE number = 3", "audit_entry_changed"),
        ("UPDATE audit_entry SET at = '2020-01-01T00:00:00.000000+00:00' WHERE number = 1", "audit_entry_changed"),
        ("UPDATE audit_entry SET algorithm = 'none' WHERE number = 2", "audit_algorithm"),
        ("DELETE FROM audit_entry WHERE number = 3", "audit_gap"),
        ("DELETE FROM audit_entry WHERE number = 3; UPDATE audit_entry SET number = number - 1 WHERE number > 3", "audit_chain_broken"),
        ("DELETE FROM audit_entry WHERE number = 6", "audit_tail"),
        ("DELETE FROM audit_entry", "audit_tail"),
        ("DELETE FROM audit_head", "audit_tail"),
        (
            "UPDATE audit_entry SET number = 99 WHERE number = 2; UPDATE audit_entry SET number = 2 WHERE number = 3;"
            "UPDATE audit_entry SET number = 3 WHERE number = 99",
            "audit_entry_changed",
        ),
        (
            "INSERT INTO audit_entry SELECT 7, at, actor, roles, act, subject, detail, algorithm, hash, 'ab' "
            "FROM audit_entry WHERE number = 6",
            "audit_tail",
        ),
    ],
    ids=[
        "edit",
        "edit_detail",
        "edit_time",
        "algorithm",
        "delete",
        "delete_and_close_up",
        "cut_tail",
        "empty",
        "no_head",
        "swap",
        "insert",
    ],
)
def test_a_break_of_the_chain_is_found(filled: Store, script: str, code: str) -> None:
    tamper(filled, script)
    assert code in {issue.code for issue in filled.verify_audit()}


def test_a_tail_cut_off_with_its_head_is_found_by_snapshots_and_printed_hashes(filled: Store) -> None:
    printed = filled.audit()[-1].hash
    tamper(
        filled,
        "UPDATE audit_head SET number = 5, hash = (SELECT hash FROM audit_entry WHERE number = 5);DELETE FROM audit_entry WHERE number = 6",
    )
    assert {issue.code for issue in filled.verify_audit()} == {"snapshot_without_entry", "audit_tail"}  # the head noted outside
    (filled.home / "audit.heads").unlink()
    assert {issue.code for issue in filled.verify_audit()} == {"snapshot_without_entry"}
    assert {issue.code for issue in filled.verify_audit(printed)} == {"snapshot_without_entry", "audit_forked"}


@pytest.mark.parametrize(
    "script, code",
    [
        ("UPDATE snapshot SET actor = 'wu' WHERE number = 2", "snapshot_differs"),
        ("UPDATE snapshot SET id = replace(id, substr(id, 1, 1), 'x') WHERE number = 6", "snapshot_differs"),
        ("UPDATE snapshot SET invented = 1 WHERE number = 6", "snapshot_differs"),
        ("DELETE FROM file WHERE added = 4", "snapshot_differs"),
        ("UPDATE file SET sha256 = 'ab' WHERE added = 4", "snapshot_differs"),
        ("DELETE FROM file WHERE added = 6; DELETE FROM snapshot WHERE number = 6", "entry_without_snapshot"),
    ],
    ids=["actor", "id", "invented", "file_gone", "file_other", "snapshot_gone"],
)
def test_snapshots_must_agree_with_their_entries(filled: Store, script: str, code: str) -> None:
    tamper(filled, script)
    assert {issue.code for issue in filled.verify_audit()} == {code}


def test_changed_and_missing_files_are_found(filled: Store) -> None:
    first, second, *_ = filled.snapshot().paths("province")
    assert filled.verify_files() == []
    content = bytearray(first.read_bytes())
    content[len(content) // 2] ^= 1
    first.write_bytes(content)
    second.unlink()
    assert {(issue.code, Path(issue.place)) for issue in filled.verify_files()} == {("file_changed", first), ("file_missing", second)}


def test_files_that_no_snapshot_names_are_listed_once_they_are_old(filled: Store) -> None:
    folder = filled.home / "files" / "province"
    strays = {folder / "ab.parquet", folder / ".x.tmp"}
    for path in strays:
        path.write_bytes(b"left behind")
    assert set(filled.orphans(0)) == strays
    assert filled.orphans() == ()
