"""The tier review in a real browser: by keyboard to a unit, defer, take back, decide otherwise with its exchange, and the replay."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from kcz_metrics.store import Docket, Store, in_force

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.long
ROUND = Docket("tier", "city_assessment", "2022")
#: The first look at a round draws its certainty.
FIRST = 180_000


def test_a_round_is_reviewed_and_decided(own: tuple[str, Store], page: Page, settled: Callable[[], None]) -> None:
    server, store = own
    page.set_default_timeout(FIRST)
    page.goto(f"{server}/tiers?lang=en&period=2022")
    page.locator("button.chip").first.wait_for()
    settled()
    expect(page.locator("button.chip")).to_have_count(65)
    expect(page.locator(".lane")).to_have_count(5)  # four tiers, and the one that waits outside

    chip = page.locator("button.chip", has_text="Zhiling")
    chip.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**unit=PC042**")
    expect(page.locator("button.chip.chosen")).to_have_text(re.compile(r"^\s*Zhiling"))
    settled()

    page.locator("button.chip.moved-up").first.click()
    expect(page.locator("button.chip.chosen.moved-up")).to_have_count(1)
    settled()
    page.get_by_role("button", name="Defer").click()
    page.get_by_text("decisions recorded, audit entry").wait_for()
    settled()
    (one,) = in_force(store.decisions(ROUND))
    assert one.act == "defer"
    expect(page.locator("button.chip.chosen.moved-up")).to_have_count(0)

    page.get_by_role("button", name="Withdraw").click()
    page.get_by_text("a reason").first.wait_for()
    page.get_by_label("Opinion of the meeting").fill("read once more")
    page.keyboard.press("Enter")
    settled()
    page.get_by_role("button", name="Withdraw").click()
    page.get_by_text("Withdrawn, audit entry").wait_for()
    assert in_force(store.decisions(ROUND)) == ()

    page.goto(f"{server}/backtest?lang=en&period=2022&fall=2&rounds_down=1")
    page.get_by_text("What would another rule do?").wait_for()
    page.get_by_text("Who differs, and since when").wait_for()
    settled()
    assert page.locator("tr.row.opens").count() > 0
    assert store.verify_audit() == []
