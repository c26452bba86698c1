"""A commit that fails anywhere leaves the store as it was, and the next one goes through."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from kcz_metrics.errors import StoreError
from kcz_metrics.store import Store

Provinces = Callable[..., pl.DataFrame]


def state(store: Store) -> tuple[object, ...]:
    files = {path: path.read_bytes() for path in (store.home / "files").rglob("*") if path.is_file()}
    return store.snapshots(), store.audit(), files


def test_a_folder_that_cannot_be_made(store: Store, provinces: Provinces) -> None:
    store.commit({"province": provinces(("110000", "甲"))}, actor="li", source="a", reason="first")
    blocked = store.home / "files" / "team_skill"
    blocked.write_bytes(b"")  # a file where the folder should be; works for root too, who may write anywhere
    before = state(store)
    skills = pl.DataFrame({"team_id": ["TM001"], "tag": ["光学"]})
    with pytest.raises(StoreError, match="cannot be read or written"):
        store.commit({"province": provinces(("120000", "乙")), "team_skill": skills}, actor="li", source="b", reason="second")
    assert state(store) == before
    blocked.unlink()
    made = store.commit({"province": provinces(("120000", "乙")), "team_skill": skills}, actor="li", source="b", reason="second")
    assert made.number == 2
    assert store.verify_audit() == store.verify_files() == []


@pytest.mark.parametrize("call", ["fsync", "replace"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_every_write_fails_once_in_turn(store: Store, provinces: Provinces, monkeypatch: pytest.MonkeyPatch, call: str, code: int) -> None:
    store.commit({"province": provinces(("110000", "甲"))}, actor="li", source="a", reason="first")
    before = state(store)
    skills = pl.DataFrame({"team_id": ["TM001"], "tag": ["光学"]})
    real = getattr(os, call)
    failures = 0
    for nth in range(1, 50):
        calls = 0

        def failing(*arguments: object, nth: int = nth) -> object:
            nonlocal calls
            calls += 1
            if calls == nth:
                raise OSError(code, os.strerror(code))
            return real(*arguments)

        monkeypatch.setattr(os, call, failing)
        try:
            made = store.commit({"province": provinces(("110000", "乙")), "team_skill": skills}, actor="li", source="b", reason="second")
            break
        except StoreError:
            failures += 1
            assert state(store)[:2] == before[:2]
            assert Store.open(store.home).snapshot().read("province")["short_zh"].to_list() == ["甲"]
            # A rename that is in force but not yet forced to disk may stay behind as an orphan, never as a record.
            assert store.verify_audit() == store.verify_files() == []
    assert failures >= 2
    assert made.read("province")["short_zh"].to_list() == ["乙"]
    assert store.verify_audit() == store.verify_files() == []


def test_a_file_is_on_disk_before_its_name_and_its_name_before_the_ledger(
    store: Store, provinces: Provinces, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.commit({"province": provinces(("110000", "甲"))}, actor="li", source="a", reason="first")
    steps: list[str] = []
    fsync, replace = os.fsync, os.replace

    def noted_fsync(handle: int) -> None:
        steps.append("force folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "force file")
        fsync(handle)

    def noted_replace(source: Path, target: Path) -> None:
        steps.append("name")
        assert len(store.snapshots()) == 1
        replace(source, target)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(os, "replace", noted_replace)
    store.commit({"province": provinces(("120000", "乙"))}, actor="li", source="b", reason="second")
    assert steps == ["force file", "name", "force folder"]


def test_a_ledger_that_refuses_takes_the_files_back(store: Store, provinces: Provinces) -> None:
    from sqlalchemy import text

    from kcz_metrics.store.ledger import writing

    store.commit({"province": provinces(("110000", "甲"))}, actor="li", source="a", reason="first")
    with writing(store.engine) as connection:
        connection.execute(text("CREATE TRIGGER full BEFORE INSERT ON file BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"))
    before = state(store)
    with pytest.raises(StoreError, match="disk is full"):
        store.commit({"province": provinces(("120000", "乙"))}, actor="li", source="b", reason="second")
    assert state(store) == before


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_bytes(b"PAR1 spoiled PAR1")], ids=["missing", "spoiled"])
def test_a_file_that_cannot_be_read_is_named(store: Store, provinces: Provinces, spoil: Callable[[Path], object]) -> None:
    made = store.commit({"province": provinces(("110000", "甲"))}, actor="li", source="a", reason="first")
    spoil(made.paths("province")[0])
    with pytest.raises(StoreError, match="restore from a backup"):
        store.snapshot().read("province")
