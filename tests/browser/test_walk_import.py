"""In a real Chromium: a form with two wrong rows goes in, comes back, is mended, moves the ranking, and is taken back to the last digit."""

from __future__ import annotations

import hashlib
import io
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from openpyxl import load_workbook

from kcz_metrics.locales import Language, english, translate
from kcz_metrics.records.importing import import_content
from kcz_metrics.scheme.models import Scheme
from kcz_metrics.scoring import evaluate
from kcz_metrics.store import Store
from kcz_metrics.tables import TABLES

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


STATUS, NONE = TABLES["need"].columns["status"].values["submitted"], {"zh": "不详", "en": "not known"}


def filled(form: bytes, needs: list[dict[str, Any]], lang: Language) -> bytes:
    """The form with these needs, the first ones with a state that is none."""
    book = load_workbook(io.BytesIO(form))
    sheet = book.worksheets[0]
    headings = [str(cell.value) for cell in next(sheet.iter_rows())]
    assert len(headings) == len(needs[0])
    first = sheet.max_row + 1 if sheet.cell(2, 1).value else 2
    for i, need in enumerate(needs):
        for column, value in enumerate(need.values(), 1):
            sheet.cell(first + i, column).value = value
        sheet.cell(first + i, list(need).index("status") + 1).value = NONE[lang] if i < WRONG else STATUS.in_(lang)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def mended(book: bytes, lang: Language) -> bytes:
    loaded = load_workbook(io.BytesIO(book))
    faulty = [cell for row in loaded.worksheets[0].iter_rows(min_row=2) for cell in row if cell.comment is not None]
    assert [cell.value for cell in faulty] == [NONE[lang]] * WRONG
    for cell in faulty:
        cell.value = STATUS.in_(lang)
    out = io.BytesIO()
    loaded.save(out)
    return out.getvalue()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_form_goes_in_comes_back_is_mended_moves_the_ranking_and_is_taken_back(
    lang: Language, fresh_server: str, served_home: Path, page: Page, settled: Callable[[], None], shipped_scheme: Scheme
) -> None:
    store = Store.open(served_home)
    whole = store.snapshot().read("need").filter((pl.col("city_id") == CITY) & (pl.col("status") == "verified"))
    needs = whole.filter((pl.col("period_id") == "2022") & pl.col("duplicate_of").is_null()).head(40).rows(named=True)
    before, height = ranking(served_home, shipped_scheme), store.snapshot().read("need").height
    main = page.get_by_test_id("stMain")

    def tr(source: str, **values: object) -> str:
        return translate(source, lang, **values)

    def begins(source: str) -> str:
        """A sentence up to its first value."""
        return (source if lang == "zh" else english()[source]).split("{")[0].strip()

    def open_(address: str) -> None:
        page.goto(f"{fresh_server}/{address}&lang={lang}")
        settled()

    def wait_for(source: str) -> None:
        main.get_by_text(begins(source)).first.wait_for()
        settled()

    def give(name: str, content: bytes) -> None:
        main.locator("input[type=file]").set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": content})
        wait_for("会怎样入库？")

    def figures(*names: str) -> dict[str, str]:
        cells = main.locator(".kcz-numbers").last.locator("> div")
        found = {cell.locator("dt").inner_text(): cell.locator(".kcz-figure").inner_text() for cell in cells.all()}
        return {name: found[tr(name)] for name in names}

    def undone(button: str) -> None:
        reason = main.get_by_label(tr("撤销的理由"))
        reason.fill("填错了城市")
        reason.press("Enter")
        settled()
        main.get_by_role("button", name=tr(button)).click()

    open_("imports?table=need")
    words = "e => getComputedStyle(e, '::after').content"
    if lang == "zh":
        assert "选择文件" in main.get_by_test_id("stFileUploaderDropzone").locator("button p").evaluate(words)
    assert "150 MB" in main.get_by_test_id("stFileUploaderDropzoneInstructions").locator("span").evaluate(words)
    with page.expect_download() as form:
        main.get_by_role("button", name=tr("下载填报模板")).click()
    give("needs.xlsx", filled(form.value.path().read_bytes(), needs, lang))
    assert figures("新增", "更改", "退回") == {"新增": "0", "更改": "38", "退回": "2"}
    with page.expect_download() as rejected:
        main.get_by_role("button", name=tr("下载待改工作簿")).click()
    book = rejected.value.path().read_bytes()
    main.get_by_role("button", name=tr("入库 {n} 行", n=38)).click()
    wait_for("已入库，成为快照 {id}，记入审计。")
    first = store.snapshot()
    moved = ranking(served_home, shipped_scheme)
    assert moved != before

    main.get_by_role("button", name=tr("看退回待改的行")).click()
    wait_for("哪些行退回待改？")
    assert tr("退回待改 {n}", n=2) in main.inner_text()
    open_("imports?table=need")
    give("needs.rejected.xlsx", mended(book, lang))
    assert figures("文件里的行", "更改", "退回") == {"文件里的行": "2", "更改": "2", "退回": "0"}
    main.get_by_role("button", name=tr("入库 {n} 行", n=2)).click()
    wait_for("已入库，成为快照 {id}，记入审计。")
    second = ranking(served_home, shipped_scheme)
    assert second not in (before, moved)
    assert store.snapshot().read("need").height == height

    main.get_by_role("button", name=tr("看名次与记录的变化")).click()
    wait_for("谁变了")
    assert "✗" not in main.inner_text()
    page.go_back()
    settled()
    main.get_by_role("button", name=tr("撤销这次导入")).wait_for()
    undone("撤销这次导入")
    wait_for("已撤销，记录与导入前相同；新快照 {id}。")
    assert ranking(served_home, shipped_scheme) == moved

    open_(f"data?part=imports&import={first.id[:12]}")
    undone("撤销这次操作")
    wait_for("已撤销，新快照 {n}（{id}）。")
    assert ranking(served_home, shipped_scheme) == before
    assert store.verify_audit() == []
    (taken,) = [entry for entry in store.audit() if entry.act == "export"]
    assert (taken.subject, taken.detail["rows"], taken.detail["sha256"]) == ("needs.rejected.xlsx", WRONG, hashlib.sha256(book).hexdigest())
    open_(f"cities?snapshot={first.id[:12]}")
    assert begins("按快照 {number}（{day}）查看；之后又有 {n} 个快照，变动 {rows} 行。") + " 2" in main.inner_text()


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
