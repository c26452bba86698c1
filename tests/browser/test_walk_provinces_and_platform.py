"""In a real Chromium: from the nation to a province and a city's profile, from a funnel's bar to its record."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

    Settled = Callable[[], None]

pytestmark = pytest.mark.browser


def test_from_the_nation_to_a_province_and_a_profile(server: str, page: Page, settled: Settled) -> None:
    page.goto(f"{server}/provinces?lang=zh&period=2022")
    settled()
    main = page.get_by_test_id("stMain")
    row = main.locator("tr.row[data-id='430000']").first
    row.wait_for()
    mean = row.locator("td").nth(3).inner_text()
    row.locator(".name").click()
    page.wait_for_url("**province=430000**")
    expect(main.locator("h1")).to_contain_text("湖南")
    expect(main.locator(".kcz-figure").nth(1)).to_have_text(re.compile(r"^\s*" + re.escape(f"{float(mean):.1f}"[:2])))
    settled()
    city = main.locator("tr.row[data-id^=PC]").first
    name = city.locator(".name").inner_text()
    city.click()
    page.wait_for_url("**/profile**unit=PC**")
    expect(main.locator("h1")).to_contain_text(name)


def test_a_bar_of_the_funnel_shows_its_records(server: str, page: Page, settled: Settled) -> None:
    page.goto(f"{server}/platform?lang=zh&period=2022")
    settled()
    main = page.get_by_test_id("stMain")
    bars = main.locator(".barlayer .point path")
    bars.nth(2).wait_for()
    bars.nth(2).element_handle().wait_for_element_state("stable")
    box = bars.nth(2).bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url("**stage=contracted**")
    expect(main).to_contain_text("“签订合同”一步的记录")
    settled()
    assert "✗" not in main.inner_text()
