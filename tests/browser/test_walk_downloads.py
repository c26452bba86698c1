"""In a real Chromium: every kind of file that pages hand over, each with one entry in the trail that knows its bytes."""

from __future__ import annotations

import hashlib
import io
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook

from kcz_metrics.locales import Language, translate
from kcz_metrics.store import Store

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.long]

CITY = "index=city_assessment&period=2022&unit=PC017"
#: Address, whether the buttons are folded away, the workbook's button, what stands in the entry, whether there is a CSV beside it.
FILES = (
    ("records?table=province", True, "下载工作簿", "records.book", True),
    ("targets?period=2022", False, "导出各项目标", "targets.book", True),
    ("selection?period=2022", False, "导出遴选名单", "selection.export", False),
    (f"whatif?{CITY}&part=correct&set=CF03:30000", False, "导出", "whatif.export_touched.book", True),
    (f"changes?{CITY}&part=cause", False, "导出拆分表", "changes.export.book", True),
    (f"reports?{CITY}", False, "下载工作簿", "reports.download", False),
)  # fmt: skip


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_each_file_has_its_entry(lang: Language, own: tuple[str, Store], page: Page, settled: Callable[[], None]) -> None:
    address, store = own

    def tr(source: str, **values: object) -> str:
        return translate(source, lang, **values)

    def taken(button: str, what: str) -> bytes:
        before = store.audit_head()[0]
        with page.expect_download() as download:
            page.get_by_role("button", name=tr(button), exact=True).last.click()
        content = download.value.path().read_bytes()
        (entry,) = store.audit()[before:]
        assert (entry.act, entry.subject, entry.detail["what"]) == ("export", download.value.suggested_filename, what)
        assert entry.detail["sha256"] == hashlib.sha256(content).hexdigest()
        assert (entry.detail["snapshots"], entry.detail["rows"] > 0) == ([store.snapshot().id], True)
        return content

    for path, folded, button, what, csv in FILES:
        before = store.audit_head()
        page.goto(f"{address}/{path}&lang={lang}")
        settled()
        wanted = page.get_by_role("button", name=tr(button), exact=True).last
        if folded:
            page.get_by_role("button", name=re.compile(f"^{tr('导出 {n} 行', n='[0-9,]+')}")).first.click()
        wanted.wait_for()
        assert store.audit_head() == before, path
        book = load_workbook(io.BytesIO(taken(button, what)))
        assert sum(sheet.max_row for sheet in book) > 3, path
        if csv:
            assert taken("下载 CSV", f"{what.removesuffix('.book')}.csv").startswith(b"\xef\xbb\xbf")
    page.goto(f"{address}/cases?lang={lang}&period=2022&open=")
    settled()
    page.locator("button.kcz-opens").first.click()
    page.get_by_role("dialog").locator(".kcz-sum").wait_for()
    settled()
    assert len(load_workbook(io.BytesIO(taken("下载工作簿", "opening.book"))).worksheets) == 2
    assert taken("下载 CSV", "opening.csv")
    grid = page.get_by_role("dialog").get_by_test_id("stDataFrame").first
    grid.hover()
    assert not [one for one in page.get_by_test_id("stElementToolbarButton").all() if one.is_visible() and "CSV" in one.inner_html()]
    assert store.verify_audit() == []
    # Where the entry cannot be written, the page says so at once, in its own words and with the reason.
    page.goto(f"{address}/reports?{CITY}&lang={lang}")
    settled()
    with closing(sqlite3.connect(store.home / "ledger.sqlite")) as connection, connection:
        connection.execute("CREATE TRIGGER full BEFORE INSERT ON audit_entry BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END")
    page.get_by_test_id("stDownloadButton").get_by_role("button").first.click()
    page.get_by_text(tr("没有交出文件")).wait_for()
    assert page.get_by_text("Failed to generate").count() == 0
    page.locator(".kcz-error").get_by_text("database or disk is full").wait_for()
