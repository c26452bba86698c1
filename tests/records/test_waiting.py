"""Rejected rows wait beside the records until they come back mended or are put aside with a reason."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from kcz_metrics.errors import AccessError, RecordsError
from kcz_metrics.records import commit, prepare, understand, undo, waiting
from kcz_metrics.store import Actor, Store, local_actor

HEADINGS = "province_code,name_zh,short_zh,name_en,tile_col,tile_row,has_association"


def provinces(*associations: str) -> bytes:
    """A file of provinces; what is neither true nor false is rejected."""
    rows = [f"{11 + i}0000,甲{i}省,甲{i},A{i},{i + 1},1,{given}" for i, given in enumerate(associations)]
    return "\n".join([HEADINGS, *rows]).encode()


def brought(store: Store, content: bytes, name: str = "p.csv") -> waiting.Waiting | None:
    staged = prepare(understand(content, "province", name=name, home=store.home), store)
    commit(staged, store, "somebody")
    return waiting.keep(store, staged, local_actor("somebody"))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(tmp_path / "store")


def mended(store: Store, one: waiting.Waiting, was: str, now: str) -> bytes:
    return waiting.csv_of(store, one, "zh").decode("utf-8-sig").replace(was, now).encode()


def test_rows_wait_until_they_come_back_mended(store: Store) -> None:
    one = brought(store, provinces("true", "nowhere", "false", "elsewhere"))
    assert one is not None
    assert (one.rows, one.of, one.source) == ((3, 5), 2, "p.csv")
    assert [cells[1] for cells in waiting.rows_of(store, one, "en")["cells"]] == ["甲1省", "甲3省"]
    assert brought(store, mended(store, one, "nowhere", "true"), "p.rejected.csv") is None
    (still,) = waiting.all_of(store)
    assert (still.id, still.rows, still.of) == (one.id, (5,), 2)
    brought(store, mended(store, still, "elsewhere", "true"), "anything.csv")
    assert waiting.all_of(store) == ()
    assert store.snapshot().read("province").height == 4


def test_the_first_file_again_does_not_bring_back_what_was_mended(store: Store) -> None:
    content = provinces("true", "nowhere", "elsewhere")
    one = brought(store, content)
    assert one is not None
    back = prepare(understand(mended(store, one, "nowhere", "true"), "province", name="r.csv"), store)
    receipt = commit(back, store, "somebody")
    waiting.keep(store, back, local_actor("somebody"))
    again = prepare(understand(content, "province", name="p.csv"), store)
    assert (again.rejected, waiting.put_right(store, again)) == (2, {3})
    kept = waiting.keep(store, again, local_actor("somebody"))
    assert kept is not None
    assert [one.rows for one in waiting.all_of(store)] == [(4,)]
    brought(store, mended(store, kept, "elsewhere", "false"), "s.csv")
    assert (waiting.put_right(store, again), brought(store, content), waiting.all_of(store)) == ({3, 4}, None, ())
    # what was mended is taken back: the row waits again when the file comes again
    undo(receipt, store, local_actor("somebody"), "错了")
    assert waiting.put_right(store, again) == {4}
    brought(store, content)
    assert [one.rows for one in waiting.all_of(store)] == [(3,)]
    assert waiting.damaged(store.home) == []


def workbook(**sheets: bytes) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for name, content in sheets.items():
        sheet = book.create_sheet(name)
        for line in content.decode().splitlines():
            sheet.append(line.split(","))
    book.save(whole := io.BytesIO())
    return whole.getvalue()


def test_rows_of_one_sheet_are_not_those_of_another(store: Store) -> None:
    content = workbook(A=provinces("true", "nowhere", "elsewhere"), B=provinces("one", "two", "three"))
    one, other = (prepare(understand(content, "province", name="p.xlsx", sheet=sheet), store) for sheet in "AB")
    kept = waiting.keep(store, one, local_actor("somebody"))
    assert kept is not None
    brought(store, mended(store, kept, "nowhere", "true"), "r.csv")
    assert (waiting.put_right(store, one), waiting.put_right(store, other)) == ({3}, frozenset())
    waiting.keep(store, other, local_actor("somebody"))
    assert [(still.sheet, still.rows) for still in waiting.all_of(store)] == [("B", (2, 3, 4)), ("A", (4,))]
    assert waiting.damaged(store.home) == []


@pytest.mark.long
def test_what_was_kept_without_its_sheet_is_that_of_a_workbook_of_one(store: Store) -> None:
    content = workbook(A=provinces("true", "nowhere"))
    one = brought(store, content, "p.xlsx")
    assert one is not None
    about = store.home / waiting.FOLDER / one.id / "about.json"
    said = json.loads(about.read_text("utf-8"))
    about.write_text(json.dumps({name: value for name, value in said.items() if name not in ("sheet", "seal")}), "utf-8")
    brought(store, content, "p.xlsx")
    assert [(still.sheet, still.rows) for still in waiting.all_of(store)] == [("A", (3,))]


def test_the_workbook_marks_the_cell_and_goes_in_again(store: Store) -> None:
    from openpyxl import load_workbook

    one = brought(store, provinces("true", "nowhere"))
    assert one is not None
    book = waiting.book_of(store, one, "zh")
    assert book is not None
    sheet = load_workbook(io.BytesIO(book)).active
    faulty = [c for c in sheet[2] if c.comment is not None]
    assert [c.value for c in faulty] == ["nowhere"]


def test_the_same_file_twice_waits_once(store: Store) -> None:
    content = provinces("true", "nowhere")
    brought(store, content)
    brought(store, content)
    assert [one.rows for one in waiting.all_of(store)] == [(3,)]


def test_putting_aside_takes_a_reason_and_the_right_to_import_and_is_in_the_trail(store: Store) -> None:
    one = brought(store, provinces("true", "nowhere"))
    assert one is not None
    with pytest.raises(RecordsError, match="reason"):
        waiting.put_aside(store, one.id, actor=local_actor("a"), reason=" ")
    with pytest.raises(AccessError):
        waiting.put_aside(store, one.id, actor=Actor("b", frozenset({"leader"})), reason="x")
    waiting.put_aside(store, one.id, actor=local_actor("a"), reason="不再报送")
    assert waiting.all_of(store) == ()
    assert (store.audit()[-1].act, store.audit()[-1].detail["reason"]) == ("put_aside", "不再报送")
    assert store.verify_audit() == []


@pytest.mark.parametrize("id", ["", "..", "../../etc", "0" * 12, "zzzzzzzzzzzz"])
def test_what_does_not_wait_is_said(store: Store, id: str) -> None:
    with pytest.raises(RecordsError, match="Nothing waits"):
        waiting.found(store, id)


def test_what_cannot_be_read_is_left_out(store: Store) -> None:
    one = brought(store, provinces("true", "nowhere"))
    assert one is not None
    (store.home / waiting.FOLDER / one.id / "about.json").write_text("{", encoding="utf-8")
    assert waiting.all_of(store) == ()


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    "name, plant, said",
    [
        ("rows.parquet", flip, "differ"),
        ("problems.parquet", flip, "differ"),
        ("rows.parquet", Path.unlink, "are missing"),
        ("about.json", lambda path: path.write_text(path.read_text("utf-8").replace("p.csv", "q.csv"), "utf-8"), "differs"),
        ("about.json", lambda path: path.write_text(path.read_text("utf-8")[:-9], "utf-8"), "cannot be read"),
        ("about.json", Path.unlink, "cannot be read"),
    ],
)
def test_damage_to_what_waits_is_found(store: Store, name: str, plant: Callable[[Path], object], said: str) -> None:
    one = brought(store, provinces("true", "nowhere", "elsewhere"))
    assert one is not None
    brought(store, mended(store, one, "nowhere", "true"), "p.rejected.csv")
    assert waiting.damaged(store.home) == []
    plant(store.home / waiting.FOLDER / one.id / name)
    (found,) = waiting.damaged(store.home)
    assert said in found.message.render("en")
    assert found.hint is not None


def test_what_an_earlier_version_kept_is_no_damage(store: Store) -> None:
    one = brought(store, provinces("nowhere"))
    assert one is not None
    about = store.home / waiting.FOLDER / one.id / "about.json"
    said = json.loads(about.read_text("utf-8"))
    about.write_text(json.dumps({name: value for name, value in said.items() if name not in ("hashes", "seal")}), "utf-8")
    assert waiting.damaged(store.home) == []
    assert [again.id for again in waiting.all_of(store)] == [one.id]
