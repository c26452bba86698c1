"""In a real Chromium: a number inside a sentence opens without leaving the page; the framework's own words are Chinese on Chinese pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

    Settled = Callable[[], None]

pytestmark = [pytest.mark.browser, pytest.mark.long]


def test_a_number_of_a_sentence_opens_in_place_and_its_grid_speaks_chinese(server: str, page: Page, settled: Settled) -> None:
    page.goto(f"{server}/cases?lang=zh&period=2022")
    settled()
    page.evaluate("window.kept = 1")
    link = page.locator("a.kcz-opens").first
    words = link.inner_text()
    link.click()
    box = page.get_by_role("dialog")
    box.locator(".kcz-sum").wait_for()
    expect(box).to_contain_text(f"页面上的数是 {words} ✓")
    page.wait_for_url("**open=answer**")
    assert page.evaluate("window.kept") == 1
    settled()
    box.get_by_test_id("stDataFrame").first.hover()
    buttons = page.locator("[data-testid=stElementToolbar] button")
    for i, word in enumerate(("显示或隐藏列", "下载为 CSV", "在表中查找")):
        expect(buttons.nth(i)).to_have_attribute("aria-label", re.compile(f"^{word}(：|$)"))


def test_the_line_under_a_headline_number_opens(server: str, page: Page, settled: Settled) -> None:
    page.goto(f"{server}/cases?lang=en&period=2022")
    settled()
    page.locator(".kcz-line button").first.click()
    box = page.get_by_role("dialog")
    box.locator(".kcz-sum").wait_for()
    expect(box).to_contain_text("✓")


def test_an_empty_choice_and_a_field_speak_chinese(server: str, page: Page, settled: Settled) -> None:
    page.goto(f"{server}/cities?lang=zh&period=2022")
    settled()
    main = page.get_by_test_id("stMain")
    main.locator("[data-testid=stSelectbox] input").first.fill("zzzz")
    page.get_by_text("没有匹配项").wait_for()
    page.keyboard.press("Escape")
    main.locator("[data-testid=stTextInput] input").first.fill("x")
    page.get_by_text("按回车键应用").wait_for()
