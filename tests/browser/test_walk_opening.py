"""In a real Chromium: a number is clicked, its records are counted again, one is opened to its versions, all go on to the records page."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    Settled = Callable[[], None]

pytestmark = [pytest.mark.browser, pytest.mark.long]


def dialog(page: Page, settled: Settled) -> Locator:
    box = page.get_by_role("dialog")
    box.locator(".kcz-sum").wait_for()
    settled()
    return box


def first_row(page: Page, box: Locator) -> None:
    """Choose the first row of the grid in a dialog."""
    grid = box.get_by_test_id("stDataFrame").first
    grid.wait_for()
    grid.element_handle().wait_for_element_state("stable")
    place = grid.bounding_box()
    assert place is not None
    page.mouse.click(place["x"] + 18, place["y"] + 52)


@pytest.mark.parametrize(
    "path",
    [
        "events?lang=zh&part=contests", "cases?lang=en&part=network", "joining?lang=zh", "institutions?lang=en&part=sites",
        "jobs?lang=zh&part=hiring", "platform?lang=zh&part=libraries", "portrait?lang=en&unit=PC017", "provinces?lang=zh", "flags?lang=zh",
    ],
)  # fmt: skip
def test_a_number_of_a_table_opens(path: str, server: str, page: Page, settled: Settled) -> None:
    page.goto(f"{server}/{path}&period=2022")
    settled()
    number = page.locator("button.number").first
    shown = number.inner_text()
    number.click()
    box = dialog(page, settled)
    assert "open=" in page.url
    assert "✓" in box.inner_text()
    assert shown in box.locator(".kcz-sum").inner_text()
    page.keyboard.press("Escape")
    page.wait_for_url(re.compile("^(?!.*open=)"))
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_headline_number_opens_to_a_record_and_to_the_records_page(server: str, page: Page, settled: Settled) -> None:
    page.goto(f"{server}/cases?lang=zh&period=2022")
    settled()
    main = page.get_by_test_id("stMain")
    figure = main.locator(".kcz-figure button.kcz-opens").nth(1)
    share = figure.inner_text()
    figure.click()
    box = dialog(page, settled)
    said = box.locator(".kcz-sum").inner_text()
    assert share in said
    above, below = (int(n.replace(",", "")) for n in re.findall(r"([\d,]+) ÷ ([\d,]+)", said)[0])
    assert f"{100 * above / below:.1f}%" == share
    first_row(page, box)
    box.get_by_text("下面是它的来路").wait_for()
    assert "案例编号" in box.inner_text()
    box.get_by_role("button", name="在业务记录页查看这些记录").click()
    page.wait_for_url("**/records**keys=**")
    settled()
    assert f"只看所列 {above} 条" in main.inner_text()
    main.get_by_role("button", name="只看所列").click()
    page.wait_for_url(re.compile("^(?!.*keys=)"))


def test_a_link_opens_the_same_number_for_someone_else(server: str, page: Page, settled: Settled) -> None:
    page.goto(f"{server}/jobs?lang=en&period=2022&part=hiring&open=jobs.positions~research~stay")
    settled()
    box = dialog(page, settled)
    assert "÷" in box.inner_text()
    assert "✓" in box.inner_text()


def test_a_score_leads_to_the_passport(server: str, page: Page, settled: Settled) -> None:
    page.goto(f"{server}/cities?lang=zh&period=2022")
    settled()
    row = page.locator("tr.row").first
    number = row.locator("button.number").filter(has_text=re.compile(r"^\d+\.\d\d$")).first
    score = number.inner_text()
    number.click()
    page.wait_for_url("**/passport**")
    expect(page.get_by_test_id("stMain").locator("h1")).to_contain_text(f"{score} 分")
    settled()
    assert "open=" not in page.url


def test_both_ends_of_a_range_open_and_a_score_leads_to_its_parts(server: str, page: Page, settled: Settled) -> None:
    page.goto(f"{server}/?lang=zh&period=2022")
    settled()
    ends = page.locator(".range").first.locator("button.number")
    expect(ends).to_have_count(2)
    high = ends.nth(1).inner_text()
    ends.nth(1).click()
    expect(dialog(page, settled).locator(".kcz-sum")).to_contain_text(f"最大 {high}；页面上的数是 {high} ✓")
    page.goto(f"{server}/needs?lang=zh&period=2022&need=ND23002")
    settled()
    number = page.locator("tr.row", has=page.locator(".plot")).locator("button.number").first
    score = number.inner_text()
    number.click()
    box = dialog(page, settled)
    expect(box.locator(".kcz-sum")).to_contain_text(re.compile(rf"合计 {score[:-2]}\.\d+；.*✓"))
    first_row(page, box)
    page.wait_for_url("**open=needs.why~industry~points**")
    expect(box.locator(".kcz-sum")).to_contain_text(re.compile("“加分”合计.*✓"))
