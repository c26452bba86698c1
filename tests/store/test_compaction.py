"""Compaction and sweeping: fewer files, the same rows, the same history, the same older snapshots."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from kcz_metrics.errors import AccessError
from kcz_metrics.store import Actor, Store

Provinces = Callable[..., pl.DataFrame]


@pytest.fixture
def scattered(store: Store, provinces: Provinces) -> Store:
    """Nine small files: rows, new versions of them, a removal."""
    for n in range(8):
        rows = provinces((f"11000{n % 6}", f"名{n}")).with_columns(_file=pl.lit(f"{n}.csv"), _row=pl.lit(n + 2))
        store.commit({"province": rows}, actor="li", source=f"{n}.csv", reason="one of many")
    store.commit({}, removed={"province": pl.DataFrame({"province_code": ["110003"]})}, actor="li", source="", reason="gone")
    return store


def test_rows_history_and_older_snapshots_stay(scattered: Store) -> None:
    before = scattered.snapshot()
    frames = {one.id: scattered.snapshot(one.id).read("province", lineage=True) for one in scattered.snapshots()}
    history = {code: scattered.row_history("province", {"province_code": code}) for code in ("110000", "110003", "110005")}
    assert scattered.crowded() == {"province": 9}
    made = scattered.compact(actor="adm")
    assert made is not None
    assert (made.number, made.parent, len(made.files["province"]), made.rows_in) == (before.number + 1, before.id, 1, 0)
    assert_frame_equal(made.read("province", lineage=True), frames[before.id])
    for id, frame in frames.items():
        assert_frame_equal(scattered.snapshot(id).read("province", lineage=True), frame)
    assert {code: scattered.row_history("province", {"province_code": code}) for code in history} == history
    assert scattered.verify_audit() == scattered.verify_files() == []
    assert scattered.orphans(0) == ()
    assert scattered.audit()[-1].act == "compact"
    assert scattered.crowded() == {}
    assert scattered.compact(actor="adm") is None


def test_a_table_without_older_versions_stays_one(store: Store, provinces: Provinces) -> None:
    for n in range(3):
        store.commit({"province": provinces((f"11000{n}", f"名{n}"))}, actor="li", source="a", reason="one of many")
    made = store.compact(actor="adm", most=2)
    assert made is not None
    assert made.single_version("province")
    later = store.commit({"province": provinces(("110000", "改"))}, actor="li", source="b", reason="mended")
    assert not later.single_version("province")
    assert later.read("province")["short_zh"].to_list() == ["名1", "名2", "改"]


def test_sweeping_takes_what_no_snapshot_names_and_nothing_else(scattered: Store) -> None:
    folder = scattered.home / "files" / "province"
    strays = {folder / "ab.parquet", folder / ".x.tmp"}
    for path in strays:
        path.write_bytes(b"left behind")
    named = set(folder.iterdir()) - strays
    assert set(scattered.sweep(actor="adm")) == strays
    assert set(folder.iterdir()) == named
    assert scattered.audit()[-1].detail["files"] == sorted(str(path.relative_to(scattered.home)) for path in strays)
    entries = len(scattered.audit())
    assert scattered.sweep(actor="adm") == ()
    assert len(scattered.audit()) == entries
    assert scattered.verify_audit() == scattered.verify_files() == []


def test_housekeeping_is_for_administrators(scattered: Store) -> None:
    for role in ("leader", "evaluator", "staff", "steward"):
        actor = Actor("li", frozenset({role}))  # type: ignore[arg-type]
        with pytest.raises(AccessError):
            scattered.compact(actor=actor)
        with pytest.raises(AccessError):
            scattered.sweep(actor=actor)


@pytest.mark.parametrize("made", [False, True])
def test_a_home_is_for_its_owner_alone(tmp_path: Path, made: bool) -> None:
    if made:
        (tmp_path / "a" / "store").mkdir(parents=True, mode=0o755)
    assert Store.open(tmp_path / "a" / "store").home.stat().st_mode & 0o077 == 0


def test_an_orphan_that_cannot_be_deleted_stays_one(scattered: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = scattered.home / "files" / "province"
    for name in ("ab.parquet", "cd.parquet"):
        (folder / name).write_bytes(b"left behind")
    real = Path.unlink

    def refusing(path: Path, missing_ok: bool = False) -> None:
        if path.name == "ab.parquet":
            raise PermissionError(13, "Permission denied")
        real(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", refusing)
    assert [path.name for path in scattered.sweep(actor="adm")] == ["cd.parquet"]
    assert scattered.audit()[-1].detail["files"] == ["files/province/cd.parquet"]
    assert [path.name for path in scattered.orphans(0)] == ["ab.parquet"]
