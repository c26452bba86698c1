"""Two people at the same rows: nobody's change is lost, and the later one is told what the other has done."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from kcz_metrics.store import ConflictError, Snapshot, Store

Provinces = Callable[..., pl.DataFrame]


@pytest.fixture
def seen(store: Store, provinces: Provinces) -> Snapshot:
    """Two provinces, as both have seen them."""
    return store.commit({"province": provinces(("110000", "甲"), ("120000", "乙"))}, actor="li", source="a", reason="first")


def names(store: Store) -> dict[str, str]:
    return dict(store.snapshot().read("province").select("province_code", "short_zh").iter_rows())


def test_the_later_one_is_told_both_values_and_nothing_is_written(store: Store, provinces: Provinces, seen: Snapshot) -> None:
    store.commit({"province": provinces(("110000", "丙"))}, actor="wu", source="wu.csv", reason="mended", seen=seen.id)
    with pytest.raises(ConflictError, match=r"province/110000: wu changed this row at .* expected: name_zh=丁省, short_zh=丁") as refused:
        store.commit({"province": provinces(("110000", "丁"), ("120000", "戊"))}, actor="xu", source="x", reason="mended", seen=seen.id)
    (conflict,) = refused.value.conflicts
    assert (conflict.record, conflict.by, conflict.source, conflict.removed) == ("province/110000", "wu", "wu.csv", False)
    assert (conflict.theirs["short_zh"], conflict.ours["short_zh"]) == ("丙", "丁")
    assert names(store) == {"110000": "丙", "120000": "乙"}
    assert len(store.snapshots()) == len(store.audit()) == 2


def test_other_rows_of_the_same_table_are_no_conflict(store: Store, provinces: Provinces, seen: Snapshot) -> None:
    store.commit({"province": provinces(("110000", "丙"))}, actor="wu", source="b", reason="mended", seen=seen.id)
    store.commit({"province": provinces(("120000", "丁"), ("130000", "戊"))}, actor="xu", source="c", reason="mended", seen=seen.id)
    assert names(store) == {"110000": "丙", "120000": "丁", "130000": "戊"}


def test_the_same_change_twice_is_made_once(store: Store, provinces: Provinces, seen: Snapshot) -> None:
    first = store.commit({"province": provinces(("110000", "丙"))}, actor="wu", source="b", reason="mended", seen=seen.id)
    assert store.commit({"province": provinces(("110000", "丙"))}, actor="xu", source="c", reason="mended", seen=seen.id) == first
    more = store.commit({"province": provinces(("110000", "丙"), ("130000", "戊"))}, actor="xu", source="c", reason="m", seen=seen.id)
    assert more.rows_in == 1


def test_a_row_both_bring_anew(store: Store, provinces: Provinces) -> None:
    store.commit({"province": provinces(("110000", "甲"))}, actor="li", source="a", reason="first", seen="")
    with pytest.raises(ConflictError, match="changed this row"):
        store.commit({"province": provinces(("110000", "乙"))}, actor="wu", source="b", reason="first", seen="")


def test_removals_are_changes_too(store: Store, provinces: Provinces, seen: Snapshot) -> None:
    one = {"province": pl.DataFrame({"province_code": ["110000"]})}
    store.commit({}, removed=one, actor="wu", source="", reason="gone", seen=seen.id)
    with pytest.raises(ConflictError, match="wu withdrew this row"):
        store.commit({"province": provinces(("110000", "丙"))}, actor="xu", source="c", reason="mended", seen=seen.id)
    with pytest.raises(ConflictError, match="wu withdrew this row"):
        store.commit({}, removed=one, actor="xu", source="", reason="gone", seen=seen.id)
    store.commit({"province": provinces(("120000", "丁"))}, actor="wu", source="d", reason="mended")
    other = {"province": pl.DataFrame({"province_code": ["120000"]})}
    with pytest.raises(ConflictError, match="wu changed this row"):
        store.commit({}, removed=other, actor="xu", source="", reason="gone", seen=seen.id)


def test_whoever_has_looked_at_the_newest_snapshot_may_change_all(store: Store, provinces: Provinces, seen: Snapshot) -> None:
    newer = store.commit({"province": provinces(("110000", "丙"))}, actor="wu", source="b", reason="mended", seen=seen.id)
    store.commit({"province": provinces(("110000", "丁"))}, actor="xu", source="c", reason="mended", seen=newer.id)
    assert names(store)["110000"] == "丁"


def test_conflicts_are_found_across_a_compaction(store: Store, provinces: Provinces, seen: Snapshot) -> None:
    store.commit({"province": provinces(("110000", "丙"))}, actor="wu", source="b", reason="mended", seen=seen.id)
    store.compact(actor="adm", most=1)
    with pytest.raises(ConflictError, match="wu changed this row"):
        store.commit({"province": provinces(("110000", "丁"))}, actor="xu", source="c", reason="mended", seen=seen.id)
    store.commit({"province": provinces(("120000", "丁"))}, actor="xu", source="c", reason="mended", seen=seen.id)
    assert names(store) == {"110000": "丙", "120000": "丁"}
