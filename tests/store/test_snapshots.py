from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from kcz_metrics.errors import StoreError
from kcz_metrics.store import Store
from kcz_metrics.store.files import digest_of
from kcz_metrics.tables import TABLES

Provinces = Callable[..., pl.DataFrame]


def codes(frame: pl.DataFrame) -> dict[str, str]:
    return dict(frame.select("province_code", "short_zh").iter_rows())


def test_an_empty_store_says_so(store: Store) -> None:
    assert store.is_empty
    assert store.snapshots() == ()
    with pytest.raises(StoreError, match="no records yet"):
        store.snapshot()


def test_a_commit_is_read_back_as_it_was(store: Store, provinces: Provinces) -> None:
    rows = provinces(("110000", "甲"), ("120000", "乙"))
    made = store.commit({"province": rows}, actor="li", source="a.csv", reason="first")
    assert_frame_equal(made.read("province"), rows)
    assert_frame_equal(store.snapshot().read("province"), rows)
    assert (made.number, made.parent, made.actor, made.source, made.rows_in, made.rows_out) == (1, None, "li", "a.csv", 2, 0)
    assert datetime.now(UTC) - made.created_at < timedelta(minutes=1)
    assert not store.is_empty


def test_a_table_without_rows_reads_as_its_empty_contract(store: Store, provinces: Provinces) -> None:
    made = store.commit({"province": provinces(("110000", "甲"))}, actor="li", source="a.csv", reason="first")
    assert_frame_equal(made.read("need"), TABLES["need"].empty())
    assert made.paths("need") == ()
    with pytest.raises(StoreError, match="did you mean need"):
        made.read("needs")


def test_a_snapshot_never_changes(store: Store, provinces: Provinces) -> None:
    first = store.commit({"province": provinces(("110000", "甲"), ("120000", "乙"))}, actor="li", source="a.csv", reason="first")
    before = {path: digest_of(path) for path in first.paths("province")}
    second = store.commit({"province": provinces(("120000", "丙"), ("130000", "丁"))}, actor="wu", source="b.csv", reason="mended")
    third = store.commit({}, removed={"province": pl.DataFrame({"province_code": ["110000"]})}, actor="wu", source="", reason="gone")
    assert codes(store.snapshot(first.id).read("province")) == {"110000": "甲", "120000": "乙"}
    assert codes(store.snapshot(second.id).read("province")) == {"110000": "甲", "120000": "丙", "130000": "丁"}
    assert codes(store.snapshot(third.id).read("province")) == {"120000": "丙", "130000": "丁"}
    assert {path: digest_of(path) for path in first.paths("province")} == before
    assert [one.number for one in store.snapshots()] == [3, 2, 1]
    assert [one.parent for one in store.snapshots()] == [second.id, first.id, None]


def test_a_removed_row_may_come_back(store: Store, provinces: Provinces) -> None:
    store.commit({"province": provinces(("110000", "甲"))}, actor="li", source="a", reason="first")
    store.commit({}, removed={"province": pl.DataFrame({"province_code": ["110000"]})}, actor="li", source="", reason="gone")
    last = store.commit({"province": provinces(("110000", "乙"))}, actor="li", source="b", reason="back")
    assert codes(last.read("province")) == {"110000": "乙"}


def test_lineage_says_from_which_import_file_and_row(store: Store, provinces: Provinces) -> None:
    store.commit({"province": provinces(("110000", "甲"), ("120000", "乙"))}, actor="li", source="a", reason="first")
    mended = provinces(("120000", "丙")).with_columns(_file=pl.lit("b.csv"), _row=pl.lit(7))
    made = store.commit({"province": mended}, actor="li", source="b.csv", reason="mended")
    lineage = made.read("province", lineage=True).select("province_code", "_version", "_file", "_row", "_removed")
    assert sorted(lineage.rows()) == [("110000", 1, "", 0, False), ("120000", 2, "b.csv", 7, False)]
    assert not {"_version", "_file", "_row", "_removed"} & set(made.read("province").columns)


def test_stored_files_carry_the_lineage_columns(store: Store, provinces: Provinces) -> None:
    made = store.commit({"province": provinces(("110000", "甲"))}, actor="li", source="a", reason="first")
    (path,) = made.paths("province")
    assert pl.read_parquet(path).columns[-4:] == ["_version", "_file", "_row", "_removed"]
    assert path.stem == digest_of(path) == made.files["province"][0].sha256


@pytest.mark.parametrize(
    "later, single",
    [((("130000", "丁"),), True), ((("120000", "丙"), ("130000", "丁")), False)],
    ids=["new_rows_only", "a_row_anew"],
)
def test_single_version_tells_whether_old_versions_are_about(
    store: Store, provinces: Provinces, later: tuple[tuple[str, str], ...], single: bool
) -> None:
    first = store.commit({"province": provinces(("110000", "甲"), ("120000", "乙"))}, actor="li", source="a", reason="first")
    second = store.commit({"province": provinces(*later)}, actor="li", source="b", reason="second")
    assert first.single_version("province")
    assert store.snapshot(first.id).single_version("province")
    assert second.single_version("province") is single
    assert second.single_version("need")


def test_a_removal_is_no_single_version(store: Store, provinces: Provinces) -> None:
    store.commit({"province": provinces(("110000", "甲"))}, actor="li", source="a", reason="first")
    gone = store.commit({}, removed={"province": pl.DataFrame({"province_code": ["110000"]})}, actor="li", source="", reason="gone")
    assert not gone.single_version("province")
    assert gone.read("province").is_empty()


def test_the_same_import_key_does_nothing_twice(store: Store, provinces: Provinces) -> None:
    rows = provinces(("110000", "甲"))
    first = store.commit({"province": rows}, actor="li", source="a", reason="first", import_key="k")
    store.commit({"province": provinces(("120000", "乙"))}, actor="li", source="b", reason="second", import_key="other")
    again = store.commit({"province": rows}, actor="wu", source="c", reason="again", import_key="k")
    assert again == first
    assert len(store.snapshots()) == len(store.audit()) == 2
    assert store.by_import_key("k") == first
    assert store.by_import_key("none") is None


def test_the_same_history_has_the_same_ids(tmp_path: Path, provinces: Provinces) -> None:
    ids = []
    for name in ("one", "two"):
        store = Store.open(tmp_path / name)
        store.commit({"province": provinces(("110000", "甲"))}, actor=name, source="a", reason="first", import_key="k")
        ids.append(store.commit({"province": provinces(("110000", "乙"))}, actor=name, source="b", reason="second").id)
    assert ids[0] == ids[1]


def test_a_unique_beginning_of_an_id_is_enough(store: Store, provinces: Provinces) -> None:
    made = [
        store.commit({"province": provinces((f"1{n:02}000", f"名{n}"))}, actor="li", source="a", reason="one of many") for n in range(17)
    ]
    for one in made:
        assert store.snapshot(one.id[:12].upper()) == one
    initials = [one.id[0] for one in made]  # 17 ids, 16 digits: two begin alike
    with pytest.raises(StoreError, match="more than one snapshot"):
        store.snapshot(max(initials, key=initials.count))
    with pytest.raises(StoreError, match="no snapshot begins with %"):
        store.snapshot("%")


def test_invented_records_stay_marked_under_real_ones(store: Store, provinces: Provinces) -> None:
    sample = store.commit({"province": provinces(("110000", "甲"))}, actor="li", source="sample", reason="sample", invented=True)
    later = store.commit({"province": provinces(("120000", "乙"))}, actor="li", source="b", reason="real")
    assert sample.invented
    assert later.invented


@pytest.mark.parametrize(
    "change, message",
    [
        (lambda f: f.drop("short_zh"), "short_zh"),
        (lambda f: f.with_columns(extra=1), "extra"),
        (lambda f: f.with_columns(tile_col=pl.lit("x")), "tile_col"),
        (lambda f: pl.concat([f, f]), "double a key"),
        (lambda f: f.with_columns(province_code=pl.lit(None, pl.String)), "have no key"),
        (lambda f: f.clear(), "no rows to store"),
    ],
    ids=["missing_column", "unknown_column", "wrong_type", "doubled_key", "null_key", "nothing"],
)
def test_a_frame_that_does_not_fit_is_refused_and_leaves_nothing(
    store: Store, provinces: Provinces, change: Callable[[pl.DataFrame], pl.DataFrame], message: str
) -> None:
    with pytest.raises(StoreError, match=message):
        store.commit({"province": change(provinces(("110000", "甲"), ("120000", "乙")))}, actor="li", source="a", reason="first")
    assert store.is_empty
    assert store.audit() == []
    assert store.orphans(0) == ()


@pytest.mark.parametrize(
    "added, message", [((), "not in the store"), ((("990000", "甲"),), "both to be written")], ids=["not_there", "both_ways"]
)
def test_a_removal_that_makes_no_sense_is_refused(
    store: Store, provinces: Provinces, added: tuple[tuple[str, str], ...], message: str
) -> None:
    store.commit({"province": provinces(("110000", "乙"))}, actor="li", source="a", reason="first")
    rows = {"province": provinces(*added)} if added else {}
    with pytest.raises(StoreError, match=message):
        store.commit(rows, removed={"province": pl.DataFrame({"province_code": ["990000"]})}, actor="li", source="", reason="gone")
    assert len(store.snapshots()) == 1


def test_the_history_of_a_row(store: Store, provinces: Provinces) -> None:
    store.commit({"province": provinces(("110000", "甲"), ("120000", "乙"))}, actor="li", source="a.csv", reason="first")
    mended = provinces(("120000", "丙")).with_columns(_file=pl.lit("b.csv"), _row=pl.lit(2))
    store.commit({"province": mended}, actor="wu", source="b.csv", reason="mended")
    store.commit({}, removed={"province": pl.DataFrame({"province_code": ["120000"]})}, actor="xu", source="", reason="gone")
    history = store.row_history("province", {"province_code": "120000"})
    assert [(v.version, v.actor, v.values["short_zh"], v.removed) for v in history] == [
        (3, "xu", "丙", True),
        (2, "wu", "丙", False),
        (1, "li", "乙", False),
    ]
    assert history[1].changed == ("name_zh", "short_zh")
    assert (history[1].file, history[1].row) == ("b.csv", 2)
    assert history[0].at >= history[1].at >= history[2].at
    assert store.row_history("province", {"province_code": "000000"}) == ()
    with pytest.raises(StoreError, match="not the key columns"):
        store.row_history("province", {"name_zh": "乙省"})


def test_a_column_that_older_files_do_not_know_reads_as_null(store: Store, provinces: Provinces) -> None:
    today = TABLES["province"]
    before = replace(today, columns={name: column for name, column in today.columns.items() if name != "name_en"})
    rows = provinces(("110000", "甲")).drop("name_en")
    Store.open(store.home, tables={"province": before}).commit({"province": rows}, actor="li", source="a", reason="first")
    (path,) = store.snapshot().paths("province")
    assert "name_en" not in pl.read_parquet_schema(path)
    assert store.snapshot().read("province")["name_en"].to_list() == [None]


def test_stores_and_snapshots_can_key_a_cache(store: Store, provinces: Provinces) -> None:
    made = store.commit({"province": provinces(("110000", "甲"))}, actor="li", source="a", reason="first")
    other = Store.open(store.home)
    assert {store: 1}[other] == 1
    assert {made: 1}[other.snapshot()] == 1


def test_the_home_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KCZ_HOME", str(tmp_path / "elsewhere"))
    assert Store.open().home == tmp_path / "elsewhere"
    assert (tmp_path / "elsewhere" / "ledger.sqlite").is_file()


def test_rows_of_the_sample_say_where_they_stand_in_it(sample_store: Store) -> None:
    stored = sample_store.snapshot().read("pilot_city", lineage=True)
    shipped = pl.read_parquet(Path(__file__).parents[2] / "data" / "sample" / "pilot_city.parquet")
    assert stored["_file"].unique().to_list() == ["sample/pilot_city.parquet"]
    assert stored["city_id"].to_list() == [shipped["city_id"][row - 1] for row in stored["_row"]]
