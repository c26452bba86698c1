"""The selection in a real browser: a quota changed and put back, a number opened, prices, the list confirmed and taken back, the check."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from kcz_metrics.store import Docket, Store, in_force

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.long
ROUND = Docket("selection", "stable_support", "2022")
#: The first look scans the records for flags.
FIRST = 180_000


def test_a_list_is_tried_opened_priced_confirmed_and_taken_back(own: tuple[str, Store], page: Page, settled: Callable[[], None]) -> None:
    server, store = own
    page.set_default_timeout(FIRST)
    page.goto(f"{server}/selection?lang=en&period=2022")
    page.get_by_text("Which teams get stable support?").wait_for()
    settled()

    field = page.get_by_role("spinbutton", name="Province: at most")
    field.fill("9")
    field.press("Enter")
    page.wait_for_url("**set=at_most.1*")
    settled()
    page.get_by_text("Solved again at each change; ● marks the 1 changed").wait_for()
    page.get_by_role("button", name="Reset").click()
    page.get_by_text("the scheme stays as it is").wait_for()
    settled()

    page.locator("a.kcz-opens").first.click()
    page.get_by_role("dialog").wait_for()
    settled()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    settled()

    page.get_by_role("button", name="Work out the prices").click()
    page.get_by_text("Price").first.wait_for()
    settled()

    page.get_by_role("button", name="Confirm the list of 30").click()
    page.get_by_text("List confirmed, audit entry").wait_for()
    settled()
    (one,) = in_force(store.decisions(ROUND))
    assert len(one.numbers["units"]) == 30
    page.get_by_label("Opinion of the meeting").fill("read once more")
    page.keyboard.press("Enter")
    settled()
    page.get_by_role("button", name="Withdraw").click()
    page.get_by_text("Withdrawn, audit entry").wait_for()
    assert in_force(store.decisions(ROUND)) == ()

    page.goto(f"{server}/selection?lang=en&period=2022&part=yearly")
    page.get_by_role("heading", name="Who moves up", exact=True).wait_for()
    settled()
    assert page.locator("tr.row").count() > 30
    assert store.verify_audit() == []
