"""In a real Chromium: from a finding to its part, to a trial with other weights, to the rows behind a cell; self-tests beside a ranking."""

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


def test_from_a_finding_to_a_trial_of_other_weights(server: str, page: Page, settled: Settled) -> None:
    page.goto(f"{server}/audit?lang=zh&period=2022&index=city_assessment")
    settled()
    page.get_by_text("实际影响超过权重的两倍").last.click()
    page.wait_for_url(re.compile("part=influence"))
    settled()
    page.get_by_role("button", name="用这组权重试算").click()
    page.wait_for_url(re.compile("/weights"))
    expect(page.locator(".kcz-answer")).to_have_text(re.compile(r"试算改动 \d+ 项权重"))
    settled()
    page.get_by_role("button", name="还原").click()  # what is tried is kept for the next window
    page.get_by_text("现在与现行方案一致").wait_for()


def test_a_cell_of_the_heat_map_opens_to_its_scores(server: str, page: Page, settled: Settled) -> None:
    page.goto(f"{server}/audit?lang=en&period=2022&index=city_assessment&part=correlation&open=audit.heat~CE01~CE02")
    box = page.get_by_role("dialog")
    box.locator(".kcz-sum").wait_for()
    settled()
    expect(box.locator(".kcz-sum")).to_contain_text("✓")
    expect(box.locator(".kcz-sum")).to_contain_text("Pearson")


def test_self_tests_beside_a_ranking_open_with_their_counterexample(server: str, page: Page, settled: Settled) -> None:
    page.goto(f"{server}/cities?lang=zh&period=2022")
    settled()
    page.get_by_role("button", name="看自检").click()
    box = page.get_by_role("dialog")
    box.get_by_text("规模大的得分更高").wait_for()
    settled()
    page.keyboard.press("Escape")
    page.get_by_text("1 项有反例").wait_for()
    expect(page.locator(".kcz-checks")).not_to_contain_text("打开时再算")


def test_the_report_is_one_page_with_every_part(server: str, page: Page, settled: Settled) -> None:
    page.goto(f"{server}/audit?lang=zh&period=2022&index=city_assessment")
    settled()
    with page.expect_download() as download:
        page.get_by_role("button", name="下载审计报告").click()
    text = download.value.path().read_text(encoding="utf-8")
    for heading in ("需要留意", "自检", "数据覆盖", "相关", "权重与实际影响", "分组与区域"):
        assert f"<h2>{heading}</h2>" in text
    assert "均为虚构" in text
