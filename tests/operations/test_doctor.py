"""The doctor finds each planted fault, says where and what to do, and finds nothing where nothing is wrong."""

from __future__ import annotations

import resource
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kcz_metrics.errors import AccessError
from kcz_metrics.operations.doctor import CHECKS, Finding, examine, mend
from kcz_metrics.store import Actor, Store

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
    assert [one.check for one in found] == list(CHECKS)
    assert {one.check for one in found if one.state == "warning"} <= {"backup", "disk"}
    assert wrong(examine(store.home / "none", scheme)) == {}


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


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


@pytest.mark.parametrize(
    "plant, check, said",
    [
        (lambda store, _: flip(store.snapshot().paths("province")[0]), "files", "its hash differs"),
        (lambda store, _: store.snapshot().paths("province")[1].unlink(), "files", "is missing"),
        (script("DROP TRIGGER audit_entry_no_update; UPDATE audit_entry SET actor = 'x' WHERE number = 2"), "trail", "audit entry 2"),
        (script("DROP TRIGGER audit_entry_no_delete; DELETE FROM audit_entry WHERE number = 2"), "trail", "audit entry 3"),
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
        (lambda store, _: (store.home / "ledger.sqlite").write_bytes(b"not a database" * 400), "ledger", "damaged"),
        (lambda _, scheme: scheme.write_text(SCHEME.replace("tree", "tre"), encoding="utf-8"), "scheme", "tre"),
        (lambda _, scheme: scheme.unlink(), "scheme", "indicators.yaml"),
        (lambda store, _: store.home.chmod(0o755), "access", "others can enter"),
    ],
    ids=[
        "flipped_byte", "missing_file", "edited_entry", "lost_entry", "cut_tail", "newer_ledger", "cut_ledger", "no_database",
        "wrong_scheme", "no_scheme", "open_folder",
    ],
)  # fmt: skip
def test_a_planted_fault_is_found(store: Store, scheme: Path, plant: Callable[[Store, Path], object], check: str, said: str) -> None:
    plant(store, scheme)
    found = wrong(examine(store.home, scheme))
    assert check in found
    assert said in " ".join(one.said.render("en") for one in examine(store.home, scheme) if one.check == check)
    assert all(one.todo is not None for one in examine(store.home, scheme) if one.state == "wrong")


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
