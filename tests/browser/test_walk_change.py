"""In a real Chromium: from a profile to why its rank changed, a part of the change opened; on to what it would take, a value typed."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.long]


def main(page):
    return page.get_by_test_id("stMain")


def test_from_a_profile_to_the_causes_and_to_what_it_takes(page, server, settled):
    page.goto(f"{server}/profile?lang=zh&period=2022&index=city_assessment&unit=PC017")
    settled()
    main(page).get_by_role("button", name="名次为什么变了").click()
    expect(main(page).locator("h1.kcz-question")).to_have_text("得分与名次为什么变了？")
    chosen = main(page).locator("tr.chosen").first
    expect(chosen).to_be_visible()
    page.wait_for_url("**part=cause**")
    settled()
    page.goto(f"{server}/changes?lang=zh&period=2022&index=city_assessment&unit=PC017&part=cause&open=changes.causes.score~PC017~score:own")
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".kcz-sum.good")).to_be_visible()
    page.goto(f"{server}/whatif?lang=zh&period=2022&index=city_assessment&unit=PC017&to=20")
    settled()
    expect(main(page).locator(".kcz-sum.good")).to_be_visible()
    settled()
    main(page).get_by_role("button", name="逐项试改").click()
    expect(main(page).locator("h1.kcz-question")).to_contain_text("一个值若是另一个数")
    expect(main(page).locator(".kcz-answer strong").first).to_have_text("20")
    page.wait_for_function("() => location.search.includes('set=')")
    settled()
    typed = main(page).get_by_label(re.compile("新的值"))
    typed.fill("1")
    typed.press("Enter")
    expect(main(page).locator(".kcz-answer strong").first).not_to_have_text("20")
    settled()
    main(page).get_by_role("button", name="撤销").click()
    expect(main(page).locator(".kcz-answer strong").first).to_have_text("20")
    settled()
    main(page).get_by_role("button", name="还原").click()
    expect(main(page).locator(".kcz-little")).to_have_text(re.compile("还没有改动"))
