"""From the board of open needs to why a team fits and to its profile; from a city's portrait to the records behind a number."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

Settled = Callable[[], None]


@pytest.mark.long
def test_from_a_need_to_why_a_team_and_to_its_profile(server: str, page: Page, settled: Settled) -> None:
    page.goto(f"{server}/needs?lang=en&need=ND23002")
    settled()
    teams = page.locator("table[aria-label='Best-fitting teams'] tr.row")
    expect(teams).to_have_count(5)
    second = teams.nth(1)
    name = second.locator(".name").evaluate("node => node.firstChild.textContent")
    score = second.locator("td .strong").inner_text()
    unit = second.get_attribute("data-id")
    second.click()
    expect(page.locator("h2", has_text="Why ")).to_have_text(f"Why {name}")
    page.wait_for_url(f"**candidate={unit}**")
    expect(page.get_by_test_id("stMain")).to_contain_text(f"Score {score} out of 100")
    settled()
    expect(page.get_by_text("the parts add up to the score ✓")).to_be_visible()
    page.get_by_role("button", name="Profile of the team").click()
    page.wait_for_url(f"**/profile?**unit={unit}**")


def test_from_a_portrait_to_the_records_behind_a_number(server: str, page: Page, settled: Settled) -> None:
    page.goto(f"{server}/portrait?lang=en&unit=PC017")
    settled()
    row = page.locator("table[aria-label='Needs by industry'] tr.row").first
    count = row.locator("td").nth(1).inner_text()
    row.click()
    expect(page.get_by_text(f"Need: the {count} rows that count")).to_be_visible()
    page.wait_for_url("**part=needs.industry_code.**")
    settled()
    page.reload()
    expect(page.get_by_text(f"Need: the {count} rows that count")).to_be_visible()
