"""In a real Chromium: a weight moved and the ranking follows, the passport adds up, the workbook holds what the page shows."""

from __future__ import annotations

import io
import re

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def main(page):
    return page.get_by_test_id("stMain")


@pytest.fixture
def at(page, server, settled):
    def go(path):
        page.goto(f"{server}/{path}")
        settled()

    return go


def test_a_moved_weight_moves_the_ranking_and_reset_brings_it_back(page, at, settled):
    at("weights?lang=zh&index=city_assessment")
    answer = main(page).locator(".kcz-answer")
    expect(answer).to_contain_text("与现行方案一致")
    names = main(page).locator("tbody tr.row")
    names.first.wait_for()
    before = names.all_inner_texts()
    slider = main(page).get_by_role("slider").nth(2)
    slider.focus()
    for _ in range(25):
        page.keyboard.press("ArrowRight")
    expect(answer).to_contain_text("55")
    expect(main(page).locator(".kcz-basis")).to_contain_text("试算")
    expect(names.first).not_to_have_text(re.compile(re.escape(before[0].split("\t")[3])))
    settled()
    assert names.all_inner_texts() != before
    main(page).get_by_role("button", name="还原").click()
    expect(answer).to_contain_text("与现行方案一致")
    expect(names.first).to_have_text(re.compile(re.escape(before[0].split("\t")[3])))
    settled()
    assert names.all_inner_texts() == before


@pytest.mark.long
def test_a_saved_draft_is_loaded_again(page, at, settled):
    at("weights?lang=zh&index=city_assessment")
    slider = main(page).get_by_role("slider").first
    slider.focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.querySelector('.kcz-answer').innerText.includes('35')")
    settled()
    moved = main(page).locator(".kcz-answer").inner_text()
    with page.expect_download() as download:
        main(page).get_by_role("button", name="另存试算").click()
    saved = download.value.path().read_bytes()
    main(page).get_by_role("button", name="还原").click()
    page.wait_for_function("() => document.querySelector('.kcz-answer').innerText.includes('与现行方案一致')")
    settled()
    main(page).get_by_text("载入试算文件").click()
    chooser = main(page).locator("input[type=file]")
    chooser.set_input_files({"name": "bad.yaml", "mimeType": "application/yaml", "buffer": b"edition: 1\nindices: {x: {}}\nwrong: 2\n"})
    main(page).get_by_text("没有载入，当前试算不受影响").wait_for()
    settled()
    assert "与现行方案一致" in main(page).locator(".kcz-answer").inner_text(), "a bad file replaces nothing"
    chooser.set_input_files({"name": "draft.yaml", "mimeType": "application/yaml", "buffer": saved})
    main(page).get_by_role("button", name="载入", exact=True).click()
    page.wait_for_function("() => document.querySelector('.kcz-answer').innerText.includes('35')")
    settled()
    assert main(page).locator(".kcz-answer").inner_text() == moved
    main(page).get_by_role("button", name="还原").click()  # what is tried is kept for the next window
    page.wait_for_function("() => document.querySelector('.kcz-answer').innerText.includes('与现行方案一致')")


def test_from_a_score_down_to_the_records_by_clicking(page, at, settled):
    at("passport?lang=zh&index=city_assessment")
    for name in ("建设效果", "需求对接率"):
        main(page).locator("tbody tr.row", has_text=name).first.locator(".name").click()
        page.wait_for_function("n => document.querySelector('.kcz-crumbs').innerText.includes(n)", arg=name)
        settled()
        page.locator(".kcz-sum").first.wait_for()
        assert "✗" not in main(page).inner_text()
    expect(page.locator(".kcz-sum.good")).to_have_count(3)  # formula, records, contribution
    page.wait_for_url("**indicator=CF01**")
    main(page).get_by_test_id("stDataFrame").wait_for()
    main(page).get_by_role("button", name="建设效果").click()
    page.wait_for_function("() => !document.querySelector('.kcz-crumbs').innerText.includes('需求对接率')")


@pytest.mark.parametrize("lang, sheet", [("zh", "排名"), pytest.param("en", "Ranking", marks=pytest.mark.long)])
def test_the_workbook_holds_the_numbers_of_the_page(page, at, lang, sheet):
    at(f"reports?lang={lang}&index=city_assessment")
    rows = main(page).locator("tbody tr.row")
    expect(rows).to_have_count(10)
    shown = [row.locator("td").all_inner_texts() for row in rows.all()]
    with page.expect_download() as download:
        main(page).get_by_test_id("stDownloadButton").get_by_role("button").click()
    book = load_workbook(io.BytesIO(download.value.path().read_bytes()), data_only=True)
    cells = [[cell.value for cell in row] for row in book[sheet].iter_rows()]
    for cells_shown in shown:
        rank, name = int(cells_shown[0]), cells_shown[1].strip()
        score = next(c for c in cells_shown if re.fullmatch(r"\d+\.\d\d", c.strip()))
        row = next(r for r in cells if name in r)
        assert rank in row, name
        assert any(isinstance(v, int | float) and f"{v:.2f}" == score.strip() for v in row), (name, score, row)


def test_the_boards_show_one_class_and_open_a_profile(page, at, settled):
    at("boards?lang=zh&index=board_docking")
    rows = main(page).locator("tbody tr.row")
    rows.first.wait_for()
    first = rows.first.locator(".name").inner_text()
    main(page).get_by_text(re.compile(r"^高校 \d+$")).click()
    page.wait_for_function("() => document.querySelector('h1.kcz-question').innerText.includes('高校')")
    expect(rows.first.locator(".name")).not_to_have_text(first)
    settled()
    name = rows.first.locator(".name").inner_text()
    rows.first.locator(".name").click()
    page.wait_for_url(re.compile("profile"))
    page.wait_for_function("n => document.querySelector('h1.kcz-question')?.innerText.includes(n)", arg=name)


def test_a_draft_outlives_a_change_of_language_and_its_window(page, at, settled):
    at("weights?lang=zh&index=city_assessment")
    slider = main(page).get_by_role("slider").nth(2)
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.querySelector('.kcz-answer').innerText.includes('31')")
    settled()
    drawn = slider.element_handle()
    page.get_by_test_id("stSidebar").get_by_text("English", exact=True).click()
    page.wait_for_function("() => document.querySelector('.kcz-answer').innerText.includes('from 30 to 31')")
    expect(main(page).get_by_test_id("stSlider").nth(2)).to_contain_text("Radiation")
    settled()
    assert drawn.evaluate("one => one.isConnected"), "the slider stays where it is: a key pressed meanwhile would be lost with it"
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.querySelector('.kcz-answer').innerText.includes('from 30 to 32')")
    expect(slider).to_have_value("32")
    assert main(page).locator(".kcz-error").count() == 0
    settled()
    page.reload()
    main(page).get_by_text("Your last trial").wait_for()
    page.wait_for_function("() => document.querySelector('.kcz-answer').innerText.includes('from 30 to 32')")
    settled()
    main(page).get_by_role("button", name="Back to the scheme in force").click()
    main(page).get_by_text("Your last trial").wait_for(state="detached")
    page.wait_for_function("() => !document.querySelector('.kcz-answer').innerText.includes('from 30')")
    settled()
    page.reload()
    settled()
    assert main(page).get_by_text("Your last trial").count() == 0
