"""The import page through the app: understood, corrected, compared, brought in, taken back; broken files leave it alive."""

from __future__ import annotations

import csv
import io
import re
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from drawn import CHINESE, labelled, opened, said
from streamlit.testing.v1 import AppTest

from kcz_metrics.records import waiting
from kcz_metrics.store import Actor, Store


def given(at: AppTest, content: bytes, name: str = "file.csv") -> AppTest:
    at.main.file_uploader[0].set_value((name, content, "text/csv"))
    return at.run()


def selectbox(at: AppTest, label: str) -> Any:
    return next(box for box in at.main.selectbox if box.label == label)


def numbers(at: AppTest) -> dict[str, str]:
    return dict(re.findall(r'<dt>([^<]+)</dt><dd><div class="kcz-figure">([\d,]+)', said(at)))


@pytest.fixture
def home(sample_home: Path, tmp_path: Path) -> Path:
    shutil.copytree(sample_home, tmp_path / "store")
    return tmp_path / "store"


def contracts(store: Store, n: int = 6) -> list[dict[str, Any]]:
    return store.snapshot().read("contract").filter(pl.col("status") == "verified").head(n).rows(named=True)


def as_csv(rows: list[dict[str, Any]], headings: dict[str, str] | None = None) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    names = list(rows[0])
    writer.writerow([(headings or {}).get(name, name) for name in names])
    writer.writerows([["" if row[name] is None else row[name] for name in names] for row in rows])
    return out.getvalue().encode()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_empty_store_takes_its_first_file(lang: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("imports", tmp_path / "store", monkeypatch, lang=lang, table="province")
    assert not at.exception
    assert "kcz-error" not in said(at)
    given(at, b"province_code,name_zh,short_zh,name_en,tile_col,tile_row,has_association\n110000,A,A,A,1,1,yes\n120000,B,B,B,2,1,maybe\n")
    if lang == "en":
        labels = [w.label for kind in ("selectbox", "button", "multiselect") for w in at.main.get(kind)]
        assert not [x for x in [re.sub("<[^>]+>", "", said(at)), *labels] if CHINESE.search(x)]
    at.main.button(key="imports.confirm").click().run()
    assert not at.exception
    store = Store.open(tmp_path / "store")
    assert store.snapshot().read("province")["province_code"].to_list() == ["110000"]
    (one,) = waiting.all_of(store)
    assert one.rows == (3,)


def test_the_first_file_again_is_told_that_its_rows_came_in_mended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kcz_metrics.records.importing import import_content

    store = Store.open(tmp_path / "store")
    content = b"province_code,name_zh,short_zh,name_en,tile_col,tile_row,has_association\n110000,A,A,A,1,1,yes\n120000,B,B,B,2,1,maybe\n"
    import_content(store, "province", content, name="p.csv", actor="li")
    mended = waiting.csv_of(store, waiting.all_of(store)[0], "zh").replace(b"maybe", b"no")
    import_content(store, "province", mended, name="p.rejected.csv", actor="li")
    at = given(opened("imports", tmp_path / "store", monkeypatch, lang="zh", table="province"), content)
    assert not at.exception
    assert "其中 1 行此前已改好入库" in said(at)
    assert "不用再登记" in said(at)
    assert not [b for b in at.main.button if b.key == "imports.confirm"]


def test_a_file_is_corrected_compared_brought_in_and_taken_back(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store.open(home)
    rows = contracts(store)
    before = store.snapshot()
    for row in rows:
        row["amount_cny"] = row["amount_cny"] / 10_000
    rows[0]["evidence_uri"] = "scan.pdf"
    rows[1]["evidence_class"] = "Z"
    content = as_csv(rows, {"amount_cny": "成交额（万元）", "registration_no": "登记证号码"})
    at = given(opened("imports", home, monkeypatch, lang="zh", table="contract"), content)
    assert "还有 2 处要先定下来" in said(at)
    assert not [b for b in at.main.button if b.key == "imports.confirm"], "nothing can be brought in before that"
    selectbox(at, "登记证号码").set_value("registration_no").run()
    selectbox(at, "成交额（万元）的单位").set_value("万元").run()
    assert not at.exception
    assert {k: v for k, v in numbers(at).items() if k in ("新增", "更改", "相同", "退回")} == {
        "新增": "0",
        "更改": "1",
        "相同": "4",
        "退回": "1",
    }
    (rejected,) = labelled(at)["退回的行"]["rows"]
    assert (rejected["row"]["v"], rejected["column"]["sub"]) == (3, "Z")
    assert [row["flags"] for row in labelled(at)["列"]["rows"] if row["id"] == str(list(rows[0]).index("amount_cny"))] == [
        [{"t": "将乘以 10,000", "kind": "watch"}]
    ]
    assert store.snapshot().id == before.id, "nothing is written before confirming"
    at.main.button(key="imports.confirm").click().run()
    assert "已入库，成为快照" in said(at)
    made = store.snapshot()
    assert made.parent == before.id
    assert made.read("contract").filter(pl.col("contract_id") == rows[0]["contract_id"])["evidence_uri"].item() == "scan.pdf"
    assert [len(one.rows) for one in waiting.all_of(store)] == [1]
    at.main.button(key="imports.undo").click().run()
    assert "须写明理由" in said(at)
    at.main.text_input(key="imports.reason").set_value("传错了文件").run()
    at.main.button(key="imports.undo").click().run()
    assert "记录与导入前相同" in said(at)
    assert store.snapshot().read("contract").sort("contract_id").equals(before.read("contract").sort("contract_id"))
    at.main.button(key="imports.again").click().run()
    given(at, content)
    assert "按上次对同样表头的更正读入" in said(at), "what was said of the headings is remembered; the unit is asked again"
    assert "还有 1 处要先定下来" in said(at)


@pytest.mark.parametrize(
    "content, words",
    [
        (b"", "文件是空的"), (b"\x1f\x8b\x08" + b"\0" * 50, "gzip"), (b"PK\x03\x04" + b"x" * 200, "工作簿已损坏"),
        (b"a,b\n1,2\n", "还有"), (b"contract_id\n", "没有数据行"), (b"contract_id\n\x00\x01\x02\n", "控制字符"),
    ],
    ids=["empty", "gzip", "broken_workbook", "foreign", "heading_only", "binary"],
)  # fmt: skip
def test_a_broken_file_is_told_in_words_and_the_page_lives(content: bytes, words: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = Store.open(home).snapshot().id
    at = given(opened("imports", home, monkeypatch, lang="zh", table="contract"), content)
    assert not at.exception
    assert words in said(at)
    assert "程序出错" not in said(at)
    assert not [b for b in at.main.button if b.key == "imports.confirm"]
    assert Store.open(home).snapshot().id == before


def test_a_column_without_a_heading_and_units_in_cells_are_asked_for_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = ",contract_id,amount_cny\n1,CT1,35万元\n2,CT2,350000\n".encode()
    at = given(opened("imports", tmp_path / "store", monkeypatch, table="contract"), rows)
    assert "A 列没有表头，却有 2 行写了内容" in said(at)
    assert "其余的数是什么单位" in said(at)
    selectbox(at, "A 列（没有表头）").set_value("-")
    selectbox(at, "amount_cny的单位").set_value("元")
    at.run()
    assert "却有 2 行写了内容" not in said(at)
    assert "其余的数是什么单位" not in said(at)
    assert not at.exception


def test_two_sheets_alike_are_asked_for(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from openpyxl import Workbook

    rows = contracts(Store.open(home), 2)
    book = Workbook()
    for i, title in enumerate(("一季度", "二季度")):
        sheet = book.active if i == 0 else book.create_sheet()
        sheet.title = title
        sheet.append(list(rows[0]))
        sheet.append([str(v) if v is not None else None for v in rows[i].values()])
    out = io.BytesIO()
    book.save(out)
    at = given(opened("imports", home, monkeypatch, lang="zh", table="contract"), out.getvalue(), "q.xlsx")
    assert "不止一张工作表" in said(at)
    selectbox(at, "工作表").set_value("二季度").run()
    assert not at.exception
    assert "工作表“二季度”" in said(at)
    assert numbers(at)["文件里的行"] == "1"


def test_who_may_not_import_sees_why_and_the_store_refuses(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kcz_metrics.ui import frame

    monkeypatch.setattr(frame, "local_actor", lambda: Actor("leader", frozenset({"leader"})))
    rows = contracts(Store.open(home), 2)
    rows[0]["evidence_uri"] = "scan.pdf"
    at = given(opened("imports", home, monkeypatch, lang="zh", table="contract"), as_csv(rows))
    assert at.main.button(key="imports.confirm").disabled
    assert "导入由工作人员或数据管理员进行" in said(at)
    at.session_state["imports.state"].asked = True
    before = Store.open(home).snapshot().id
    at.run()
    assert "不能导入并修正记录" in said(at)
    assert Store.open(home).snapshot().id == before


def test_what_others_changed_meanwhile_is_named_and_compared_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kcz_metrics.records.importing import import_content

    store = Store.open(home)
    rows = contracts(store, 2)
    rows[0]["evidence_uri"] = "mine.pdf"
    at = given(opened("imports", home, monkeypatch, lang="zh", table="contract"), as_csv(rows))
    theirs = [{**rows[0], "evidence_uri": "theirs.pdf"}]
    other = import_content(store, "contract", as_csv(theirs), name="theirs.csv", actor="other")
    at.main.button(key="imports.confirm").click().run()
    text = said(at)
    assert "other在" in text
    assert "mine.pdf" in text
    assert "theirs.pdf" in text
    assert other.snapshot is not None
    assert store.snapshot().id == other.snapshot.id, "nothing was written over"
    at.main.button(key="imports.compare").click().run()
    assert numbers(at)["更改"] == "1"
    at.main.button(key="imports.confirm").click().run()
    assert "已入库" in said(at)
    history = store.row_history("contract", {"contract_id": rows[0]["contract_id"]})
    assert [version.values["evidence_uri"] for version in history][:2] == ["mine.pdf", "theirs.pdf"]
