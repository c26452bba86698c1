"""In a real Chromium: from the overview's line to a target, a unit that misses it, its records, and back."""

from __future__ import annotations

import re

import pytest

pytestmark = pytest.mark.browser


def settled(page):
    page.wait_for_selector("h1.kcz-question")
    page.wait_for_selector("[data-test-script-state=notRunning]")


def main(page):
    return page.get_by_test_id("stMain")


def test_from_the_overview_to_the_records_of_a_unit_and_back(page, server):
    page.goto(f"{server}/?lang=zh&period=2022")
    settled(page)
    main(page).get_by_role("button", name="查看年度目标").click()
    page.wait_for_url(re.compile("/targets"))
    settled(page)
    rows = main(page).locator("tbody tr.row")
    rows.first.wait_for()
    assert rows.count() == 26
    rows.filter(has_text="服务“三件套”").click()
    page.wait_for_url(re.compile("target=T04"))
    settled(page)
    missing = rows.filter(has_text="没有达到").first
    missing.wait_for()
    unit = re.search(r"PC\d{3}", missing.inner_text()).group()
    missing.click()
    page.wait_for_url(re.compile(f"unit={unit}"))
    settled(page)
    said = main(page).locator(".kcz-sum").inner_text()
    assert re.search(r"相加 (\d+)，数值 \1 ✓", said), said
    main(page).get_by_role("button", name="返回全部目标").click()
    page.wait_for_function("() => !window.location.search.includes('target=')")
    settled(page)
    assert "26 项目标中" in main(page).locator(".kcz-answer").inner_text()


def test_a_link_to_a_target_at_a_month_opens_the_same(page, server):
    page.goto(f"{server}/targets?lang=en&period=2022&target=T13&at=2022-06")
    settled(page)
    text = main(page).inner_text()
    assert "By 2022-06-30 it stands at" in text
    assert "80% range" in text
    main(page).locator(".kcz-sum.good").wait_for()
