from __future__ import annotations

import csv
from pathlib import Path

import polars as pl
import pytest

from kcz_metrics.errors import AccessError, RecordsError
from kcz_metrics.records.importing import ImportOutcome, import_content, import_file
from kcz_metrics.store import Actor, Store

PROVINCES = """省级代码,名称,简称,瓦片列,瓦片行,有省级科协
330000,浙江省,浙江,6,5,是
650000,新疆维吾尔自治区,新疆,0,2,是
"""
CITY_HEADING = "city_id,name_zh,name_en,kind,province_code,parent_city_id,lon,lat,batch,area_flag,active_from,active_to,old_revolutionary"


def city(number: int, **changed: str) -> str:
    """A line of ``pilot_city``."""
    cells = {
        "city_id": f"PC{number:03}",
        "name_zh": f"虚城{number}",
        "name_en": f"City {number}",
        "kind": "城市",
        "province_code": "330000",
        "parent_city_id": "",
        "lon": "121.5",
        "lat": "29.8",
        "batch": "2020",
        "area_flag": "east",
        "active_from": "2020/1/5",
        "active_to": "",
        "old_revolutionary": "否",
    }
    return ",".join((cells | changed).values())


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store.open(tmp_path / "store")
    import_content(store, "province", PROVINCES.encode(), name="provinces.csv", actor="li")
    return store


def bring(store: Store, *lines: str, heading: str = CITY_HEADING, table: str = "pilot_city") -> ImportOutcome:
    return import_content(store, table, "\n".join([heading, *lines]).encode(), name="cities.csv", actor="li")


def counts(outcome: ImportOutcome) -> tuple[int, int, int, int]:
    return outcome.new, outcome.changed, outcome.same, outcome.rejected.height


def test_a_good_file_goes_in_whole(store: Store) -> None:
    outcome = bring(store, city(1), city(2, kind="Park", parent_city_id="PC001", active_from="2021年3月1日"))
    assert counts(outcome) == (2, 0, 0, 0)
    assert outcome.snapshot is not None
    rows = outcome.snapshot.read("pilot_city", lineage=True)
    assert rows.select("city_id", "kind", "active_from", "_version", "_file", "_row").rows() == [
        ("PC001", "city", pl.Series(["2020-01-05"]).str.to_date().item(), 2, "cities.csv", 2),
        ("PC002", "park", pl.Series(["2021-03-01"]).str.to_date().item(), 2, "cities.csv", 3),
    ]
    entry = store.audit()[-1]
    assert entry.reason is not None
    assert entry.reason.render("en") == "Import of pilot_city: 2 new, 0 changed, 0 unchanged, 0 rejected"


@pytest.mark.parametrize(
    "line, column, rule",
    [
        (city(2, batch="x"), "batch", "type"),
        (city(2, lon="nan"), "lon", "type"),
        (city(2, old_revolutionary="maybe"), "old_revolutionary", "type"),
        (city(2, active_from="2020-02-30"), "active_from", "type"),
        (city(2, name_zh=""), "name_zh", "nullability"),
        (city(2, city_id=""), "city_id", "nullability"),
        (city(2, city_id="X2"), "city_id", "check__pattern"),
        (city(2, lon="200"), "lon", "check__maximum"),
        (city(2, kind="village"), "kind", "check__values"),
        (city(2, active_to="2019-01-01"), "active_to, active_from", "active_to_after_active_from"),
        (city(2, province_code="110000"), "province_code", "reference"),
        (city(2, kind="park", parent_city_id="PC999"), "parent_city_id", "reference"),
        ("PC002,too,short", "", "shape"),
        (city(2) + ",too long", "", "shape"),
    ],
)
def test_a_bad_row_is_named_and_the_others_go_in(store: Store, line: str, column: str, rule: str) -> None:
    outcome = bring(store, city(1), line, "", city(3))
    assert counts(outcome) == (2, 0, 0, 1)
    assert outcome.problems.select("row", "column", "rule").rows() == [(3, column, rule)]
    assert outcome.accepted["_row"].to_list() == [2, 5]
    assert store.snapshot().read("pilot_city")["city_id"].to_list() == ["PC001", "PC003"]


def test_every_problem_of_a_row_is_named(store: Store) -> None:
    outcome = bring(store, city(1, lon="200", batch="x", province_code="110000", name_en=""))
    assert set(outcome.problems.select("column", "rule").rows()) == {
        ("lon", "check__maximum"),
        ("batch", "type"),
        ("province_code", "reference"),
        ("name_en", "nullability"),
    }
    assert outcome.problems["zh"].str.contains("必填|整数|大于|找不到").all()


def test_a_key_that_stands_twice_rejects_all_its_rows(store: Store) -> None:
    outcome = bring(store, city(1), city(2), city(1, name_zh="别名"))
    assert outcome.rejected["row"].to_list() == [2, 4]
    assert set(outcome.problems["rule"]) == {"primary_key"}


@pytest.mark.parametrize(
    "changed, zh, en",
    [
        ({"active_from": "2022年2月30日"}, "没有这一天", "no day of the calendar"),
        ({"active_from": "2022-13-01"}, "没有这一天", "no day of the calendar"),
        ({"active_from": "去年"}, "应为日期", "must be a date"),
        ({"kind": "村"}, "city（城市）", "city (City)"),
        ({"city_id": "PC002"}, "编号 不得重复", "must not repeat"),
    ],
)
def test_what_is_wrong_is_said_in_plain_words(store: Store, changed: dict[str, str], zh: str, en: str) -> None:
    content = "\n".join([CITY_HEADING, city(1, **changed), city(2)]).encode()
    done = import_content(store, "pilot_city", content, name="c.csv", actor="li")
    said = done.problems.filter(done.problems["row"] == 2)
    assert said.height == 1
    assert zh in said["zh"].item()
    assert en in said["en"].item()
    assert "together" not in said["en"].item()


def test_rows_without_a_key_are_not_called_doubles(store: Store) -> None:
    outcome = bring(store, city(1, city_id=""), city(2, city_id=""))
    assert outcome.problems.select("row", "column", "rule").rows() == [(2, "city_id", "nullability"), (3, "city_id", "nullability")]


def test_what_must_be_unique_is_so_among_the_records_too(store: Store) -> None:
    bring(store, city(1))
    outcome = bring(store, city(2, name_zh="虚城1"), city(3))
    assert outcome.problems.select("row", "column", "rule").rows() == [(2, "name_zh", "check__unique")]
    swapped = bring(store, city(1, name_zh="虚城9"), city(2, name_zh="虚城1"))
    assert counts(swapped) == (1, 1, 0, 0)


def test_a_row_that_refers_to_a_bad_row_is_bad_down_the_line(store: Store) -> None:
    outcome = bring(
        store,
        city(1, lon="999"),
        city(2, kind="park", parent_city_id="PC001"),
        city(3, kind="park", parent_city_id="PC002"),
        city(4),
        city(5, kind="park", parent_city_id="PC004"),
    )
    assert outcome.rejected["row"].to_list() == [2, 3, 4]
    assert outcome.accepted["city_id"].to_list() == ["PC004", "PC005"]


def test_the_same_file_twice_doubles_nothing(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "cities.csv"
    path.write_text("\n".join([CITY_HEADING, city(1), city(2, lon="999")]), encoding="utf-8")
    first = import_file(store, "pilot_city", path, actor="li")
    renamed = path.rename(tmp_path / "renamed.csv")
    again = import_file(store, "pilot_city", renamed, actor="wu")
    assert (first.known, again.known) == (False, True)
    assert counts(again) == (0, 0, 1, 1)
    assert again.snapshot == first.snapshot == store.snapshot()
    assert len(store.audit()) == 2


def test_rows_that_are_there_already_are_not_written_anew(store: Store) -> None:
    bring(store, city(1), city(2))
    outcome = bring(store, city(2), city(3), city(1, name_en="Renamed"))
    assert counts(outcome) == (1, 1, 1, 0)
    assert outcome.snapshot is not None
    versions = {c: outcome.snapshot.versions("pilot_city", {"city_id": c})["_version"].to_list() for c in ("PC001", "PC002", "PC003")}
    assert versions == {"PC001": [2, 3], "PC002": [2], "PC003": [3]}
    nothing = bring(store, city(3), city(2))
    assert counts(nothing) == (0, 0, 2, 0)
    assert nothing.snapshot == outcome.snapshot == store.snapshot()


def test_a_correction_is_a_new_version_and_the_old_snapshot_reads_the_old_value(store: Store) -> None:
    before = bring(store, city(1)).snapshot
    after = bring(store, city(1, name_en="Mended")).snapshot
    assert before is not None
    assert after is not None
    assert store.snapshot(before.id).read("pilot_city")["name_en"].item() == "City 1"
    assert store.snapshot(after.id).read("pilot_city")["name_en"].item() == "Mended"
    assert [v.values["name_en"] for v in store.row_history("pilot_city", {"city_id": "PC001"})] == ["Mended", "City 1"]


def test_a_column_the_file_does_not_have_keeps_what_is_there_and_an_empty_cell_does_not(store: Store) -> None:
    bring(store, city(1, active_to="2030-01-01"))
    at = CITY_HEADING.split(",").index("active_to")

    def without(line: str) -> str:
        return ",".join(cell for i, cell in enumerate(line.split(",")) if i != at)

    outcome = bring(store, without(city(1, name_en="Mended")), heading=without(CITY_HEADING))
    assert outcome.absent == ("active_to",)
    row = store.snapshot().read("pilot_city").row(0, named=True)
    assert (row["name_en"], str(row["active_to"])) == ("Mended", "2030-01-01")
    bring(store, city(1, name_en="Mended", active_to=""))
    assert store.snapshot().read("pilot_city")["active_to"].to_list() == [None]


def test_a_dry_run_tells_everything_and_does_nothing(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "cities.csv"
    path.write_text("\n".join([CITY_HEADING, city(1), city(2, lon="999")]), encoding="utf-8")
    before = store.snapshot()
    outcome = import_file(store, "pilot_city", path, actor=Actor("eva", frozenset({"evaluator"})), dry_run=True)
    assert (counts(outcome), outcome.rejected_path) == ((1, 0, 0, 1), None)
    assert store.snapshot() == before
    assert not list(tmp_path.glob("*.rejected.csv"))


def test_who_may_not_import_is_told_before_anything_is_written(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "cities.csv"
    path.write_text("\n".join([CITY_HEADING, city(1), city(2, lon="999")]), encoding="utf-8")
    with pytest.raises(AccessError):
        import_file(store, "pilot_city", path, actor=Actor("eva", frozenset({"evaluator"})))
    assert not list(tmp_path.glob("*.rejected.csv"))


def test_a_refused_file_leaves_no_trace(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "cities.csv"
    path.write_bytes(b"\x1f\x8b gzip")
    before = store.snapshots(), sorted(tmp_path.rglob("*"))
    with pytest.raises(RecordsError):
        import_file(store, "pilot_city", path, actor="li")
    assert (store.snapshots(), sorted(tmp_path.rglob("*"))) == before


# -- the rejected rows come back as a file ------------------------------------------------------------------------------------------------


def rejected_lines(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream))


def reject(store: Store, tmp_path: Path, *lines: str, lang: str = "zh") -> Path:
    path = tmp_path / "cities.csv"
    path.write_text("\n".join([CITY_HEADING, *lines]), encoding="utf-8")
    written = import_file(store, "pilot_city", path, actor="li", lang=lang).rejected_path  # type: ignore[arg-type]
    assert written == tmp_path / "cities.csv.rejected.csv"
    return written


@pytest.mark.parametrize("lang, rule", [("zh", "经度 不大于 136"), ("en", "Longitude")])
def test_rejected_rows_carry_row_column_rule_and_their_own_cells(store: Store, tmp_path: Path, lang: str, rule: str) -> None:
    written = reject(store, tmp_path, city(1), city(2, lon="999", lat="x"), city(3), lang=lang)
    heading, line = rejected_lines(written)
    assert heading == ["row", "column", "rule", *CITY_HEADING.split(",")]
    assert line[:2] == ["3", "lat; lon"]
    assert rule in line[2]
    assert line[3:] == city(2, lon="999", lat="x").split(",")


def test_mended_rows_go_in_without_doubling(store: Store, tmp_path: Path) -> None:
    written = reject(store, tmp_path, city(1), city(2, lon="999"), city(3, lat="x"))
    written.write_text(written.read_text(encoding="utf-8-sig").replace("999", "120"), encoding="utf-8")
    outcome = import_file(store, "pilot_city", written, actor="li")
    assert counts(outcome) == (1, 0, 0, 1)
    assert outcome.snapshot is not None
    assert outcome.snapshot.read("pilot_city")["city_id"].to_list() == ["PC001", "PC002"]
    assert counts(import_file(store, "pilot_city", written, actor="li")) == (0, 0, 1, 1)
    assert outcome.rejected_path is not None
    assert rejected_lines(outcome.rejected_path)[1][3:] == city(3, lat="x").split(",")


def test_rows_of_the_wrong_length_stay_wrong_until_mended(store: Store, tmp_path: Path) -> None:
    written = reject(store, tmp_path, city(1), "PC002,short", city(3) + ",surplus", city(4, lon="999"))
    outcome = import_file(store, "pilot_city", written, actor="li")
    assert outcome.accepted.height == 0
    assert outcome.rejected["row"].to_list() == [2, 3, 4]
    lines = rejected_lines(written)
    assert lines[1][3:] == ["PC002", "short"]
    assert lines[2][3:] == [*city(3).split(","), "surplus"]
    mended = [[cell for cell in line if cell != "surplus"] for line in lines]
    with written.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([line + [""] * (len(lines[0]) - len(line)) for line in mended if "short" not in line])
    assert import_file(store, "pilot_city", written, actor="li").accepted["city_id"].to_list() == ["PC003"]


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-1-1", "@x", "'=1", "''@x", "'plain", "-5", "+3.5", "plain"])
def test_text_like_a_formula_is_harmless_outside_and_itself_again_inside(store: Store, tmp_path: Path, text: str) -> None:
    written = reject(store, tmp_path, city(1, name_en=text, lon="999"))
    cell = rejected_lines(written)[1][3 + CITY_HEADING.split(",").index("name_en")]
    assert cell in ("-5", "+3.5") or cell[0] not in "=+-@"
    written.write_text(written.read_text(encoding="utf-8-sig").replace("999", "120"), encoding="utf-8")
    import_file(store, "pilot_city", written, actor="li")
    assert store.snapshot().read("pilot_city")["name_en"].to_list() == [text]


def test_bad_rows_that_cannot_be_handed_back_keep_the_good_ones_out(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "cities.csv"
    path.write_text("\n".join([CITY_HEADING, city(1), city(2, lon="999")]), encoding="utf-8")
    (tmp_path / "cities.csv.rejected.csv").mkdir()
    with pytest.raises(RecordsError, match="rejected rows cannot be written"):
        import_file(store, "pilot_city", path, actor="li")
    assert store.snapshot().read("pilot_city").is_empty()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["cities.csv", "cities.csv.rejected.csv", "store"]


def test_a_file_of_rejected_rows_mended_by_hand_is_not_written_over(store: Store, tmp_path: Path) -> None:
    written = reject(store, tmp_path, city(1), city(2, lon="999"))
    reject(store, tmp_path, city(1), city(2, lon="999"))
    assert [one.name for one in tmp_path.glob("*.earlier-*")] == []
    mended = written.read_text(encoding="utf-8-sig").replace("999", "110")
    written.write_text(mended, encoding="utf-8")
    reject(store, tmp_path, city(1), city(3, lon="999"))
    assert (tmp_path / "cities.csv.rejected.earlier-1.csv").read_text(encoding="utf-8") == mended
    assert "999" in written.read_text(encoding="utf-8-sig")
