"""From the board of open needs to why a team fits and to its profile; from a city's portrait to the records behind a number."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

expect.set_options(timeout=60_000)
Settled = Callable[[], None]


def codes(page: Page) -> dict[str, str]:
    return {code: values[0] for code, values in parse_qs(urlsplit(page.url).query).items()}


@pytest.mark.long
def test_from_a_need_to_why_a_team_and_to_its_profile(server: str, page: Page, settled: Settled) -> None:
    page.goto(f"{server}/needs?lang=en&need=ND23002")
    settled()
    teams = page.locator("table[aria-label='Best-fitting teams'] tr.row")
    expect(teams).to_have_count(5)
    second = teams.nth(1)
    name = second.locator(".name").evaluate("node => node.firstChild.textContent")
    score = second.locator("td .strong").inner_text()
    second.click()
    expect(page.locator("h2", has_text="Why ")).to_have_text(f"Why {name}")
    settled()
    assert codes(page)["candidate"] == teams.nth(1).get_attribute("data-id")
    assert f"Score {score} out of 100" in page.get_by_test_id("stMain").inner_text()
    expect(page.get_by_text("the parts add up to the score ✓")).to_be_visible()
    unit = codes(page)["candidate"]
    page.get_by_role("button", name="Profile of the team").click()
    page.wait_for_url("**/profile?**")
    settled()
    assert codes(page)["unit"] == unit


def test_from_a_portrait_to_the_records_behind_a_number(server: str, page: Page, settled: Settled) -> None:
    page.goto(f"{server}/portrait?lang=en&unit=PC017")
    settled()
    row = page.locator("table[aria-label='Needs by industry'] tr.row").first
    count = row.locator("td").nth(1).inner_text()
    row.click()
    expect(page.get_by_text(f"Need: the {count} rows that count")).to_be_visible()
    settled()
    assert codes(page)["part"].startswith("needs.industry_code.")
    page.reload()
    settled()
    expect(page.get_by_text(f"Need: the {count} rows that count")).to_be_visible()
