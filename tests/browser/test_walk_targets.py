"""In a real Chromium: from the overview's line to a target, a unit that misses it, its records, and back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def main(page):
    return page.get_by_test_id("stMain")


def test_from_the_overview_to_the_records_of_a_unit_and_back(page, server, settled):
    page.goto(f"{server}/?lang=zh&period=2022")
    settled()
    main(page).get_by_role("button", name="查看年度目标").click()
    page.wait_for_url(re.compile("/targets"))
    settled()
    rows = main(page).locator("tbody tr.row")
    expect(rows).to_have_count(26)
    rows.filter(has_text="服务“三件套”").click()
    page.wait_for_url(re.compile("target=T04"))
    settled()
    missing = rows.filter(has_text="没有达到").first
    missing.wait_for()
    unit = re.search(r"PC\d{3}", missing.inner_text()).group()
    missing.click()
    page.wait_for_url(re.compile(f"unit={unit}"))
    settled()
    expect(main(page).locator(".kcz-sum")).to_have_text(re.compile(r"相加 (\d+)，数值 \1 ✓"))
    main(page).get_by_role("button", name="返回全部目标").click()
    page.wait_for_function("() => !window.location.search.includes('target=')")
    expect(main(page).locator(".kcz-answer")).to_contain_text("26 项目标中")


def test_a_link_to_a_target_at_a_month_opens_the_same(page, server, settled):
    page.goto(f"{server}/targets?lang=en&period=2022&target=T13&at=2022-06")
    settled()
    expect(main(page)).to_contain_text("By 2022-06-30 it stands at")
    expect(main(page)).to_contain_text("80% range")
    main(page).locator(".kcz-sum.good").wait_for()
