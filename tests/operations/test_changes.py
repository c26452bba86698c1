"""What changed between two snapshots: ranks, values, and the rows that changed them."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
import small_records

from kcz_metrics.operations.changes import changes
from kcz_metrics.store import Store
from kcz_metrics.store.differences import between, counts

SCHEME = small_records.scheme({"posted": {"fact": "needs", "agg": "count"}}, {"n": "posted"}, unit="city")
LINEAGE = ["_version", "_file", "_row", "_removed"]


def needs(*rows: tuple[str, str], file: str = "") -> pl.DataFrame:
    given = [{"need_id": need, "city_id": city, "posted_at": small_records.at("2022-03-01")} for need, city in rows]
    frame = small_records.frame("need", given).drop(LINEAGE)
    return frame.with_columns(_file=pl.lit(file), _row=pl.int_range(2, len(rows) + 2, dtype=pl.Int64))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Two cities with one need each, then one more for the second; then that one moves to the first, and one goes."""
    store = Store.open(tmp_path / "store")
    cities = small_records.frame("pilot_city", [{"city_id": "A", "name_zh": "甲"}, {"city_id": "B", "name_zh": "乙"}]).drop(LINEAGE)
    store.commit({"pilot_city": cities, "need": needs(("N1", "A"), ("N2", "B"), file="a.csv")}, actor="li", source="a.csv", reason="1")
    store.commit({"need": needs(("N3", "B"), file="b.csv")}, actor="wu", source="b.csv", reason="2")
    store.commit({"need": needs(("N3", "A"), ("N4", "A"), file="c.csv")}, actor="xu", source="c.csv", reason="3")
    store.commit({}, removed={"need": pl.DataFrame({"need_id": ["N2"]})}, actor="xu", source="", reason="4")
    return store


def told(frame: pl.DataFrame) -> set[tuple[str, str, str, str]]:
    return set(frame.select("record", "state", "columns", "actor").iter_rows())


@pytest.mark.parametrize(
    "start, end, expected",
    [
        (1, 2, {("need/N3", "new", "", "wu")}),
        (2, 3, {("need/N3", "changed", "city_id", "xu"), ("need/N4", "new", "", "xu")}),
        (3, 4, {("need/N2", "gone", "", "xu")}),
        (1, 4, {("need/N3", "new", "", "xu"), ("need/N4", "new", "", "xu"), ("need/N2", "gone", "", "xu")}),
        (4, 3, {("need/N2", "new", "", "xu")}),
        (2, 2, set()),
    ],
    ids=["new", "changed", "gone", "all", "backwards", "same"],
)
@pytest.mark.parametrize("compacted", [False, True])
def test_rows_that_differ(store: Store, start: int, end: int, expected: set[tuple[str, ...]], compacted: bool) -> None:
    if compacted:
        store.compact(actor="adm", most=1)
    by_number = {one.number: store.snapshot(one.id) for one in store.snapshots()}
    newest = by_number[5 if compacted and end == 4 else end]  # 5 has the same rows as 4
    assert told(between(by_number[start], newest, store.snapshots())) == expected


def test_a_row_says_from_which_file_and_row_it_came(store: Store) -> None:
    first, last = store.snapshots()[-1], store.snapshot()
    found = between(store.snapshot(first.id), last, store.snapshots())
    lines = {row["record"]: (row["source"], row["file"], row["row"]) for row in found.iter_rows(named=True)}
    assert lines["need/N3"] == ("c.csv", "c.csv", 2)
    assert lines["need/N4"] == ("c.csv", "c.csv", 3)
    assert lines["need/N2"] == ("", "a.csv", 3)  # who ended it is in actor and snapshot; the row itself came from there
    assert counts(found) == {"need": {"new": 2, "changed": 0, "gone": 1}}


def test_changed_and_changed_back_is_no_difference(store: Store) -> None:
    before = store.snapshot()
    store.commit({"need": needs(("N1", "B"))}, actor="li", source="d", reason="5")
    store.commit({"need": needs(("N1", "A"))}, actor="li", source="e", reason="6")
    assert between(before, store.snapshot(), store.snapshots()).is_empty()


def test_what_moved_in_the_ranking(store: Store) -> None:
    by_number = {one.number: store.snapshot(one.id) for one in store.snapshots()}
    found = changes(store, SCHEME, "i", "2022", by_number[2], by_number[3])
    assert dict(found.ranking.select("unit", "rank").iter_rows()) == {"A": 1, "B": 2}
    assert dict(found.ranking.select("unit", "rank_before").iter_rows()) == {"A": 2, "B": 1}
    assert set(found.moved["unit"]) == {"A", "B"}
    assert set(found.values.select("unit", "before", "value").iter_rows()) == {("A", 1.0, 3.0), ("B", 2.0, 1.0)}
    assert set(found.rows["record"]) == {"need/N3", "need/N4"}
    assert changes(store, SCHEME, "i", "2022", by_number[3], by_number[3]).moved.is_empty()


def test_tables_that_the_index_does_not_read_are_left_out(store: Store) -> None:
    before = store.snapshot()
    store.commit({"team_skill": pl.DataFrame({"team_id": ["T"], "tag": ["a"]})}, actor="li", source="s", reason="5")
    assert changes(store, SCHEME, "i", "2022", before, store.snapshot()).rows.is_empty()
    assert between(before, store.snapshot(), store.snapshots())["table"].to_list() == ["team_skill"]
