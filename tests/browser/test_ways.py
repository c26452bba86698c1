"""The main ways through the app in a real Chromium: down from a rank to a number, back by a link, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from kcz_metrics.ui.builtin import WORDS

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

Settled = Callable[[], None]


def codes(page: Page) -> dict[str, str]:
    return {code: values[0] for code, values in parse_qs(urlsplit(page.url).query).items()}


def main(page: Page) -> Locator:
    return page.get_by_test_id("stMain")


def rows(page: Page) -> Locator:
    return main(page).locator("tr.row")


def test_a_deep_link_opens_on_a_server_nobody_has_asked_before(fresh_server: str, page: Page, settled: Settled) -> None:
    page.goto(f"{fresh_server}/cities?lang=en&period=2021")
    settled()
    expect(main(page).locator("h1")).to_have_text("Who comes first, and how sure is it?")
    expect(page.get_by_test_id("stSidebarNav").get_by_text("Leaderboards")).to_be_visible()
    expect(page).to_have_title("City ranking · KCZ Metrics")
    assert codes(page) == {"lang": "en", "period": "2021", "index": "city_assessment"}


def test_from_the_ranking_down_to_the_records(server: str, page: Page, settled: Settled) -> None:
    page.goto(f"{server}/cities?lang=zh&period=2022")
    settled()
    first = rows(page).first
    first.wait_for()
    name = first.locator(".name").evaluate("node => node.firstChild.textContent")
    score = first.locator("td .strong").inner_text()
    unit = first.get_attribute("data-id")
    first.click()
    page.wait_for_url(f"**/profile?**unit={unit}**")
    expect(main(page).locator("h1")).to_contain_text(name)
    expect(main(page).locator(".kcz-figure").first).to_have_text(re.compile(rf"^\s*{re.escape(score)}"))
    settled()
    detail = main(page).locator("tr.row", has_text="CF01").first
    value = detail.locator("td").nth(2).inner_text()
    detail.click()
    page.wait_for_url(re.compile("/passport[?].*indicator=CF01"))
    expect(main(page)).to_contain_text(value)
    assert codes(page)["unit"] == unit
    settled()
    page.go_back()
    page.wait_for_url("**/profile?**")
    expect(main(page).locator("h1")).to_contain_text(name)


def test_language_switched_and_the_link_kept(server: str, page: Page, settled: Settled) -> None:
    page.goto(f"{server}/profile?lang=zh&period=2021&index=city_assessment&unit=PC007")
    settled()
    expect(page.locator("[aria-label='收起侧栏']")).not_to_have_count(0)
    page.get_by_test_id("stSidebar").get_by_text("English", exact=True).click()
    page.wait_for_url("**lang=en**")
    expect(main(page).locator("h1")).to_have_text(re.compile(r"where does the score come from[?]\s*$"))
    page.wait_for_function("() => document.documentElement.lang === 'en'")
    settled()
    assert codes(page) == {"lang": "en", "period": "2021", "index": "city_assessment", "unit": "PC007"}
    named = ", ".join(f"[{name}='{word.render('zh')}']" for word in WORDS for name in ("title", "aria-label", "placeholder"))
    expect(page.locator(named)).to_have_count(0)  # what the framework says by itself speaks English again
    question = main(page).locator("h1").inner_text()
    link = page.url
    page.goto("about:blank")
    page.goto(link)
    expect(main(page).locator("h1")).to_have_text(question)


def test_period_chosen_in_the_sidebar_stands_in_the_address(server: str, page: Page, settled: Settled) -> None:
    page.goto(f"{server}/cities?lang=zh&period=2022")
    settled()
    page.get_by_test_id("stSidebar").get_by_test_id("stSelectbox").first.click()
    page.get_by_role("option", name="2021年").click()
    page.wait_for_url("**period=2021**")
    expect(main(page).locator(".kcz-basis")).to_have_text(re.compile(r"评价期\s*2021年"))


def test_a_row_opens_by_keyboard_and_a_header_sorts(server: str, page: Page, settled: Settled) -> None:
    page.goto(f"{server}/cities?lang=zh&period=2022")
    settled()
    rows(page).first.wait_for()
    header = main(page).locator("th", has_text="覆盖率").first
    header.locator("button").focus()
    page.keyboard.press("Enter")
    expect(header).to_have_attribute("aria-sort", "descending")
    page.keyboard.press("Enter")
    expect(header).to_have_attribute("aria-sort", "ascending")
    shown = [float(text.rstrip("%")) for text in main(page).locator("tr.row td:nth-last-child(2)").all_inner_texts()]
    assert shown == sorted(shown)
    page.keyboard.press("Enter")
    expect(header).to_have_attribute("aria-sort", "none")
    unit = rows(page).nth(2).get_attribute("data-id")
    rows(page).nth(2).focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/profile?**unit={unit}**")


def test_a_filter_stands_in_the_address_and_leaves_it_again(server: str, page: Page, settled: Settled) -> None:
    page.goto(f"{server}/cities?lang=zh&period=2022&tier=hub")
    settled()
    expect(rows(page)).to_have_count(4)
    box = main(page).get_by_role("textbox", name="查找")
    box.fill(rows(page).nth(1).locator(".name").evaluate("node => node.firstChild.textContent"))
    box.press("Enter")
    page.wait_for_url("**q=**")
    expect(rows(page)).to_have_count(1)
    assert codes(page)["tier"] == "hub"


def test_the_overview_opens_what_it_shows(server: str, page: Page, settled: Settled) -> None:
    page.goto(f"{server}/?lang=zh&period=2022")
    settled()
    main(page).get_by_text("一共评价什么").wait_for()
    main(page).locator("tr.row[data-id=lead] td").first.click()
    page.wait_for_url("**/cities?**tier=lead**")
    expect(rows(page)).to_have_count(15)
    settled()
    page.go_back()
    expect(main(page).get_by_text("一共评价什么")).to_be_visible()
    settled()
    main(page).locator("tr.row[data-id=team_score] td").first.click()
    page.wait_for_url(re.compile("/teams[?].*index=team_score"))


def test_the_ranking_exports_through_the_reports_page(server: str, page: Page, settled: Settled) -> None:
    page.goto(f"{server}/cities?lang=zh&period=2021")
    settled()
    main(page).get_by_role("button", name="导出排名报告").click()
    page.wait_for_url(re.compile("/reports[?].*period=2021"))


def test_the_internals_of_streamlit_that_we_touch_are_there(server: str, page: Page, settled: Settled) -> None:
    page.goto(f"{server}/cities?lang=zh")
    settled()
    touched = "stMain stMainBlockContainer stSidebar stSidebarNav stSidebarContent stSidebarUserContent stSidebarLogo stHeader"
    for test_id in touched.split():
        expect(page.get_by_test_id(test_id)).to_have_count(1)
    current = page.get_by_test_id("stSidebarNav").locator("a[aria-current=page]")
    expect(current).to_have_text("城市排名")
    assert "inset" in current.evaluate("node => getComputedStyle(node).boxShadow")
    assert page.get_by_test_id("stSidebar").get_attribute("data-collapsed") == "false"
    assert page.get_by_test_id("stSidebarLogo").bounding_box()["height"] == 42
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")


def test_the_table_writes_text_and_never_markup(server: str, page: Page, settled: Settled) -> None:
    page.goto(f"{server}/cities?lang=zh&period=2022&q=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E")
    settled()
    expect(main(page).get_by_text("没有符合条件的城市，可清除筛选。")).to_be_visible()
    assert main(page).locator("img[src=x]").count() == 0


def test_nothing_is_fetched_from_elsewhere(server: str, page: Page, settled: Settled) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in ("", "cities", "profile?unit=PC007"):
        page.goto(f"{server}/{path}")
        settled()
    assert asked
    assert not [url for url in asked if not re.match(rf"({re.escape(server)}|data:|blob:|about:)", url.replace("ws://", "http://"))]


def test_choices_after_a_change_of_language_stay(server: str, page: Page, settled: Settled) -> None:
    page.goto(f"{server}/cities?lang=zh&period=2021")
    settled()
    page.get_by_test_id("stSidebar").get_by_text("English", exact=True).click()
    page.wait_for_url("**lang=en**")
    settled()
    main(page).get_by_test_id("stSelectbox").first.click()
    page.get_by_role("option").nth(1).click()
    page.wait_for_url("**kind=**")
    settled()
    assert codes(page)["period"] == "2021"


def test_another_index_is_chosen_in_the_profile_and_its_first_unit_shown(server: str, page: Page, settled: Settled) -> None:
    page.goto(f"{server}/profile?lang=zh&period=2022&index=city_assessment&unit=PC007")
    settled()
    page.get_by_test_id("stSidebar").get_by_test_id("stSelectbox").nth(1).click()
    page.get_by_role("option", name="科技服务团评价").click()
    page.wait_for_url("**index=team_score**")
    expect(main(page).locator(".kcz-crumbs")).to_contain_text("科技服务团评价")
    settled()
    assert codes(page)["unit"] != "PC007"
    assert main(page).locator(".kcz-notice").count() == 0


@pytest.mark.long
def test_boxes_of_choice_follow_the_period_and_the_language(server: str, page: Page, settled: Settled) -> None:
    def shown() -> list[str]:
        return [box.input_value() for box in page.get_by_test_id("stSidebar").get_by_role("combobox").all()]

    page.goto(f"{server}/profile?lang=zh&period=2022&unit=PC017")
    settled()
    period, _, unit = shown()
    assert period == "2022年"
    page.get_by_test_id("stSidebar").get_by_role("combobox").first.click()
    page.get_by_role("option").filter(has_text="2021").click()
    page.wait_for_url("**period=2021**")
    expect(page.get_by_test_id("stSidebar").get_by_role("combobox").first).to_have_value("2021年")
    expect(page.get_by_test_id("stSidebar").get_by_role("combobox").last).not_to_have_value(unit)
    settled()
    _, _, before = shown()
    assert before != unit  # its rank stands in front of its name
    assert before.split()[1] == unit.split()[1]
    page.get_by_text("English", exact=True).click()
    page.wait_for_url("**lang=en**")
    for box in page.get_by_test_id("stSidebar").get_by_role("combobox").all():
        expect(box).not_to_have_value(re.compile(r"[\u4e00-\u9fff]"))
