"""In a real Chromium: a form with two wrong rows goes in, comes back, is mended, moves the ranking, and is taken back to the last digit."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from openpyxl import load_workbook

from kcz_metrics.records.importing import import_content
from kcz_metrics.scheme.models import Scheme
from kcz_metrics.scoring import evaluate
from kcz_metrics.store import Store

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.long]
CITY, WRONG = "PC017", 2


@pytest.fixture
def served_home(sample_home: Path, tmp_path: Path) -> Path:
    """A store that the test may write to; ``fresh_server`` serves it."""
    shutil.copytree(sample_home, tmp_path / "store")
    return tmp_path / "store"


def ranking(home: Path, scheme: Scheme) -> str:
    """Every score, rank and coverage of the cities as text."""
    card = evaluate(scheme, "city_assessment", "2022", Store.open(home).snapshot())
    return card.scores.select("unit", "node", "score", "published", "rank", "coverage").sort("unit", "node").write_csv()


def filled(form: bytes, needs: list[dict[str, Any]]) -> bytes:
    """The form with these needs, the first ones with a state that is none."""
    book = load_workbook(io.BytesIO(form))
    sheet = book.worksheets[0]
    headings = [str(cell.value) for cell in next(sheet.iter_rows())]
    assert len(headings) == len(needs[0])
    first = sheet.max_row + 1 if sheet.cell(2, 1).value else 2
    for i, need in enumerate(needs):
        for column, value in enumerate(need.values(), 1):
            sheet.cell(first + i, column).value = value
        sheet.cell(first + i, list(need).index("status") + 1).value = "不详" if i < WRONG else "已提交"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def mended(book: bytes) -> bytes:
    loaded = load_workbook(io.BytesIO(book))
    faulty = [cell for row in loaded.worksheets[0].iter_rows(min_row=2) for cell in row if cell.comment is not None]
    assert [cell.value for cell in faulty] == ["不详"] * WRONG
    for cell in faulty:
        cell.value = "已提交"
    out = io.BytesIO()
    loaded.save(out)
    return out.getvalue()


def test_a_form_goes_in_comes_back_is_mended_moves_the_ranking_and_is_taken_back(
    fresh_server: str, served_home: Path, page: Page, settled: Callable[[], None], shipped_scheme: Scheme
) -> None:
    store = Store.open(served_home)
    whole = store.snapshot().read("need").filter((pl.col("city_id") == CITY) & (pl.col("status") == "verified"))
    needs = whole.filter((pl.col("period_id") == "2022") & pl.col("duplicate_of").is_null()).head(40).rows(named=True)
    before = ranking(served_home, shipped_scheme)
    main = page.get_by_test_id("stMain")

    def give(name: str, content: bytes) -> None:
        main.locator("input[type=file]").set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": content})
        main.get_by_text("会怎样入库？").wait_for()
        settled()

    def figures() -> dict[str, str]:
        cells = main.locator(".kcz-numbers").last.locator("> div")
        return {cell.locator("dt").inner_text(): cell.locator(".kcz-figure").inner_text() for cell in cells.all()}

    def undone(reason: str, button: str) -> None:
        main.get_by_label("撤销的理由").fill(reason)
        main.get_by_label("撤销的理由").press("Enter")
        settled()
        main.get_by_role("button", name=button).click()

    page.goto(f"{fresh_server}/imports?lang=zh&table=need")
    settled()
    words = "e => getComputedStyle(e, '::after').content"
    assert "选择文件" in main.get_by_test_id("stFileUploaderDropzone").locator("button p").evaluate(words)
    assert "150 MB" in main.get_by_test_id("stFileUploaderDropzoneInstructions").locator("span").evaluate(words)
    with page.expect_download() as form:
        main.get_by_role("button", name="下载填报模板").click()
    give("需求.xlsx", filled(form.value.path().read_bytes(), needs))
    assert {k: v for k, v in figures().items() if k in ("新增", "更改", "退回")} == {"新增": "0", "更改": "38", "退回": "2"}
    with page.expect_download() as rejected:
        main.get_by_role("button", name="下载待改工作簿").click()
    main.get_by_role("button", name="入库 38 行").click()
    main.get_by_text("已入库，成为快照").wait_for()
    settled()
    first = store.snapshot()
    moved = ranking(served_home, shipped_scheme)
    assert moved != before

    main.get_by_role("button", name="看退回待改的行").click()
    main.get_by_text("哪些行退回待改？").wait_for()
    settled()
    assert "退回待改 2" in main.inner_text()
    page.goto(f"{fresh_server}/imports?lang=zh&table=need")
    settled()
    give("需求.rejected.xlsx", mended(rejected.value.path().read_bytes()))
    assert {k: v for k, v in figures().items() if k in ("文件里的行", "更改", "退回")} == {"文件里的行": "2", "更改": "2", "退回": "0"}
    main.get_by_role("button", name="入库 2 行").click()
    main.get_by_text("已入库，成为快照").wait_for()
    settled()
    second = ranking(served_home, shipped_scheme)
    assert second not in (before, moved)

    main.get_by_role("button", name="看名次与记录的变化").click()
    main.get_by_text("谁变了").wait_for()
    settled()
    assert "✗" not in main.inner_text()
    assert "更改 2 行" in main.locator(".kcz-answer").inner_text()
    page.go_back()
    settled()
    main.get_by_role("button", name="撤销这次导入").wait_for()
    undone("填错了城市", "撤销这次导入")
    main.get_by_text("记录与导入前相同").wait_for()
    settled()
    assert ranking(served_home, shipped_scheme) == moved

    page.goto(f"{fresh_server}/data?lang=zh&part=imports&import={first.id[:12]}")
    settled()
    undone("填错了城市", "撤销这次操作")
    main.get_by_text("已撤销，新快照 5").wait_for()
    settled()
    assert ranking(served_home, shipped_scheme) == before
    assert store.verify_audit() == []
    page.goto(f"{fresh_server}/cities?lang=zh&snapshot={first.id[:12]}")
    settled()
    assert "按快照 2" in main.inner_text()


HOSTILE = {
    "far_cell.xlsx": "far",
    "gzip.csv": b"\x1f\x8b\x08" + b"\0" * 200,
    "broken.xlsx": b"PK\x03\x04" + b"\0" * 500,
    "script.csv": b"need_id,title\n<script>alert(1)</script>,<img src=x onerror=alert(1)>\n",
}


def far_cell() -> bytes:
    """A small workbook with one cell at the far end: it ends readers that make room for all between."""
    from openpyxl import Workbook

    book = Workbook()
    assert book.active is not None
    book.active["A1"] = "need_id"
    book.active["XFD1048576"] = "x"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_hostile_files_are_answered_in_words_while_others_work_on(
    fresh_server: str, served_home: Path, page: Page, settled: Callable[[], None]
) -> None:
    before = Store.open(served_home).snapshot().id
    main = page.get_by_test_id("stMain")
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    for name, content in HOSTILE.items():
        page.goto(f"{fresh_server}/imports?lang=zh&table=need")
        settled()
        given = far_cell() if isinstance(content, str) else content
        main.locator("input[type=file]").set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": given})
        main.locator(".kcz-error, .kcz-notice").first.wait_for()
        settled()
        text = main.inner_text()
        assert "程序出错" not in text, name
        assert "Traceback" not in text, name
        assert not main.get_by_role("button", name="入库").count(), name
        assert main.locator("script, img[onerror]").count() == 0, name
    page.goto(f"{fresh_server}/cities?lang=zh")
    settled()
    main.locator("tbody tr.row").first.wait_for()
    assert Store.open(served_home).snapshot().id == before


#: Names of the tables that are wider than their place; a table draws in a shadow root.
WIDER = """() => {
  const shadows = [...document.querySelectorAll("*")].filter(one => one.shadowRoot);
  const roots = shadows.flatMap(one => [...one.shadowRoot.querySelectorAll(".root")]);
  return roots.filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.querySelector("table")?.getAttribute("aria-label"));
}"""


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_table_of_these_pages_is_wider_than_its_column(
    lang: str, fresh_server: str, served_home: Path, page: Page, settled: Callable[[], None]
) -> None:
    store = Store.open(served_home)
    needs = store.snapshot().read("need").filter(pl.col("status") == "verified").head(300).with_columns(status=pl.lit("submitted"))
    import_content(store, "need", needs.write_csv().encode(), name="needs_of_the_third_quarter_corrected.csv", actor="somebody")
    taken = store.snapshot().id[:12]
    addresses = (
        "changes?index=team_score", "changes?index=city_assessment&unit=PC017", "changes?index=board_docking", "data?",
        "data?part=units&index=board_docking", "data?part=units&index=city_assessment&unit=PC017", f"data?part=imports&import={taken}",
        f"records?table=need&record={needs['need_id'][0]}", "passport?index=city_assessment&unit=PC017&indicator=effectiveness",
    )  # fmt: skip
    wider = {}
    for address in addresses:
        page.goto(f"{fresh_server}/{address}&lang={lang}")
        settled()
        page.get_by_test_id("stMain").locator("tr.row").first.wait_for()
        if found := page.evaluate(WIDER):
            wider[address] = found
    assert not wider
