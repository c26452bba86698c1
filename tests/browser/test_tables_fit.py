"""Tables beside each other stay within their columns on a screen of 1440 × 900, in both languages: no number is cut at the edge."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

#: Names of the tables that are wider than their place; a table may draw in a shadow root.
WIDER = """() => {
  const found = [];
  const visit = root => root.querySelectorAll("*").forEach(one => {
    if (one.shadowRoot) visit(one.shadowRoot);
    const table = one.matches(".root") && one.querySelector("table");
    if (table && one.scrollWidth > one.clientWidth + 1)
      found.push(`${table.getAttribute("aria-label")} ${one.scrollWidth} > ${one.clientWidth}`);
  });
  visit(document);
  return found;
}"""


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("address", ["portrait?unit=PC017", "portrait?unit=PC044", "needs?", "records?"])
def test_no_table_is_wider_than_its_column(server: str, page: Page, settled: Callable[[], None], address: str, lang: str) -> None:
    page.goto(f"{server}/{address}&lang={lang}")
    settled()
    page.get_by_test_id("stMain").locator("tr.row").first.wait_for()
    assert page.evaluate(WIDER) == []
