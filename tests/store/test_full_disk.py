"""No space at any byte of a commit, a compaction or a migration: one message, the state before, and the next try goes through.

A limit on the size of files stands in for a full disk: unlike a patched function it also meets what polars and SQLite write themselves.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import polars as pl
import pytest

from kcz_metrics.errors import StoreError
from kcz_metrics.store import Store, local_actor
from kcz_metrics.store.exports import Export

Provinces = Callable[..., pl.DataFrame]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of files there")


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """No file may grow beyond ``size`` bytes meanwhile."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def state(store: Store) -> tuple[object, ...]:
    return store.snapshots(), store.audit(), store.snapshot().read("province").rows()


@pytest.mark.parametrize("act", ["commit", "withdraw", "compact"])
def test_no_space_at_any_byte(store: Store, provinces: Provinces, act: str) -> None:
    for n in range(3):
        store.commit({"province": provinces((f"11000{n}", f"名{n}"))}, actor="li", source="a", reason="first")
    before = state(store)
    gone = {"province": pl.DataFrame({"province_code": ["110000"]})}
    acts: dict[str, Callable[[], object]] = {
        "commit": lambda: store.commit({"province": provinces(("110000", "改"), ("120000", "新"))}, actor="li", source="b", reason="next"),
        "withdraw": lambda: store.commit({}, removed=gone, actor="li", source="", reason="next"),
        "compact": lambda: store.compact(actor="li", most=1),
    }
    told = []
    for size in [*range(0, 4000, 500), *range(4000, 400_000, 9_000)]:
        try:
            with largest_file(size):
                acts[act]()
            break
        except StoreError as error:
            told.append(error)
        assert state(store) == before
        assert store.verify_audit() == store.verify_files() == []
    assert len(told) > 5
    assert {len(error.issues) for error in told} == {1}
    assert all("cannot be read" in str(error) or "ledger database failed" in str(error) for error in told), told
    assert len(store.snapshots()) == 4
    assert store.verify_audit() == store.verify_files() == []
    assert Store.open(store.home).orphans(0) == ()


def test_a_full_disk_is_read_and_takes_nothing(store: Store, provinces: Provinces) -> None:
    """Too full even for what readers and writers of the ledger share."""
    store.commit({"province": provinces(("110000", "甲"))}, actor="li", source="a", reason="first")
    before = state(store)
    acts: dict[str, Callable[[], object]] = {
        "commit": lambda: store.commit({"province": provinces(("120000", "新"))}, actor="li", source="b", reason="next"),
        "export": lambda: store.record_export(Export("p.csv", "records", 1), b"rows", actor=local_actor()),
        "put_aside": lambda: store.record_act("put_aside", "a", {}, actor=local_actor()),
    }
    with largest_file(1_000):
        assert state(Store.open(store.home)) == before
        for act in acts.values():
            with pytest.raises(StoreError, match=r"No space left on device.*the records there are have not changed"):
                act()
        assert state(store) == before
        assert store.verify_audit() == store.verify_files() == []
    for act in acts.values():
        act()
    assert [entry.act for entry in store.audit()] == ["import", "import", "export", "put_aside"]
