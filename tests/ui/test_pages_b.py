"""Leaderboards, passport, weights, handbook, reports and records, started through the app: with the sample, empty, in both languages."""

from __future__ import annotations

import re
import shutil

import pytest
from drawn import CHINESE, components, opened, said
from streamlit.testing.v1 import AppTest

PAGES = ("boards", "passport", "weights", "indicators", "reports", "records")


def headline(at: AppTest) -> dict[str, tuple[str, str, str]]:
    """Label to figure, unit and the line under it, of the numbers of the headline that open."""
    told = [item for given in components(at, "kcz_numbers") for item in given["items"]]
    return {item["label"]: (item["figure"], item["unit"], item["line"]) for item in told}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_answers_with_the_sample(page, lang, sample_home, monkeypatch):
    at = opened(page, sample_home, monkeypatch, lang=lang)
    text = said(at)
    assert not at.exception
    assert "kcz-error" not in text
    question = re.search(r'<h1 class="kcz-question">(.+?)</h1>', text)
    assert question
    if lang == "en":
        labels = [w.label for kind in ("selectbox", "button", "slider", "text_input", "expander") for w in at.main.get(kind)]
        assert not [x for x in [re.sub("<[^>]+>", "", text), *labels] if CHINESE.search(x)]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_an_empty_store_says_why_and_what_next(page, lang, tmp_path, monkeypatch):
    at = opened(page, tmp_path / "store", monkeypatch, lang=lang)
    text = said(at)
    assert not at.exception
    assert "kcz-panel" in text
    assert "kcz-error" not in text
    assert at.main.get("button"), "the way on"


def test_the_handbook_needs_no_records(tmp_path, monkeypatch):
    at = opened("indicators", tmp_path / "store", monkeypatch, lang="en", indicator="CF01")
    text = said(at)
    assert "Share of needs with a real docking (CF01)" in text
    assert "Both sides confirm the meeting" in text
    assert any("SELECT" in code.value and "CF01" in code.value for code in at.main.code)
    assert not at.exception


@pytest.mark.parametrize("page", ["passport", "reports", "boards"])
def test_a_unit_that_is_not_there_is_said_and_not_an_error(page, sample_home, monkeypatch):
    at = opened(page, sample_home, monkeypatch, lang="zh", unit="<b>nobody</b>")
    text = said(at)
    assert not at.exception
    assert "kcz-error" not in text
    assert "<b>nobody" not in text


@pytest.mark.long
@pytest.mark.parametrize("index", ["city_assessment", "team_score", "board_docking"])
def test_every_node_of_an_index_adds_up(index, sample_home, monkeypatch, shipped_scheme):
    tree = shipped_scheme.indices[index].tree
    for node in tree.walk():
        at = opened("passport", sample_home, monkeypatch, lang="en", index=index, indicator=node.id)
        text = said(at)
        assert not at.exception, node.id
        assert "kcz-error" not in text, node.id
        assert "✗" not in text, f"{node.id}: {text}"
        assert "kcz-sum good" in text or "kcz-little" in text, node.id


def test_the_passport_shows_the_records_behind_a_measure(sample_home, monkeypatch):
    at = opened("passport", sample_home, monkeypatch, lang="zh", index="city_assessment", indicator="CF01")
    frame = at.main.dataframe[0].value
    counted = frame[frame["_counted"] == "计入"]
    number = int(re.search(r"变为 ([\d,]+) 条", said(at)).group(1).replace(",", ""))
    assert len(counted) == number == counted["_contribution"].sum()


def test_a_moved_weight_moves_the_ranking_and_reset_brings_it_back(sample_home, tmp_path, monkeypatch):
    home = shutil.copytree(sample_home, tmp_path / "store")  # what is tried is kept
    at = opened("weights", home, monkeypatch, lang="zh", index="city_assessment")
    before = said(at)
    assert "与现行方案一致" in before
    slider = at.main.slider[0]
    slider.set_value(slider.value + 60).run()
    moved = said(at)
    assert "试算 · 未提交，不得引用" in moved
    (tau,) = [float(figure) for figure, unit, _ in headline(at).values() if unit.startswith("τ")]
    assert tau < 1
    later = opened("weights", home, monkeypatch, lang="zh", index="city_assessment")
    assert "已载入您上次的试算" in said(later), "in another session"
    assert later.main.slider[0].value == at.main.slider[0].value
    at.main.button(key="weights.undo").click().run()
    assert "与现行方案一致" in said(at)
    at.main.slider[0].set_value(0.0).run()
    at.main.button(key="weights.reset").click().run()
    assert "与现行方案一致" in said(at)
    assert at.main.slider[0].value == slider.value - 60 or at.main.slider[0].value == 25.0


@pytest.mark.parametrize("lang, words", [("zh", "选择文件"), ("en", "Choose file")], ids=["zh", "en"])
def test_the_uploader_of_a_trial_speaks_the_readers_language(lang, words, sample_home, monkeypatch):
    at = opened("weights", sample_home, monkeypatch, lang=lang, index="city_assessment")
    styles = "".join(element.proto.body for element in at.get("html") if "<style" in element.proto.body)
    assert f'content:"{words}"' in styles


def test_weights_that_are_all_zero_are_refused_in_words(sample_home, tmp_path, monkeypatch):
    at = opened("weights", shutil.copytree(sample_home, tmp_path / "store"), monkeypatch, lang="zh", index="city_assessment")
    for i in range(len(at.main.slider)):
        at.main.slider[i].set_value(0.0).run()
    text = said(at)
    assert not at.exception
    assert "不能全为零" in text
    assert "已退回上一步" in text
    assert any(s.value > 0 for s in at.main.slider)


def test_the_handbook_is_searched_in_both_languages(sample_home, monkeypatch):
    at = opened("indicators", sample_home, monkeypatch, lang="zh")
    for wanted in ("对接率", "real docking", "CF01", "needs_docked docking"):
        at.main.text_input(key="indicators.q").set_value(wanted).run()
        assert "CF01" in said(at), wanted
    at.main.text_input(key="indicators.q").set_value("没有这样的指标").run()
    assert "没有符合条件的指标" in said(at)


def test_the_handbook_shows_the_query_of_the_indicator_alone(sample_home, monkeypatch):
    at = opened("indicators", sample_home, monkeypatch, lang="en", index="city_assessment", indicator="CF01")
    query = next(code.value for code in at.main.code if "SELECT" in code.value)
    assert "CF01" in query
    assert "CF02" not in query
    text = said(at)
    assert "Both sides confirm the meeting" in text  # the safeguard
    assert any(label.startswith("Correlation with Effectiveness") for label in headline(at))
    assert any(label.startswith("Coverage 2022") for label in headline(at))
    assert any("需求对接率" in code.value and "60天内真实对接的需求" in code.value for code in at.main.code)  # in the other language


@pytest.mark.parametrize("table", ["need", "org", "contract"])
def test_records_of_a_table_are_shown_with_labels(table, sample_home, sample_store, monkeypatch):
    at = opened("records", sample_home, monkeypatch, lang="zh", table=table)
    assert not at.exception
    assert len(at.main.dataframe[0].value) == min(2_000, sample_store.snapshot().read(table).height)


def test_a_record_shows_its_versions(sample_home, sample_store, monkeypatch):
    key = sample_store.snapshot().read("need")["need_id"][0]
    at = opened("records", sample_home, monkeypatch, lang="zh", table="need", record=key)
    assert key in said(at)
    assert "全部字段" in said(at)


@pytest.mark.long
def test_the_report_page_offers_the_workbook_of_a_class(sample_home, monkeypatch):
    at = opened("reports", sample_home, monkeypatch, lang="zh", index="board_docking")
    at.main.selectbox(key="reports.group").set_value("UN").run()
    assert not at.exception
    assert "kcz-error" not in said(at)
    assert "board_docking_UN_2022" in said(at)
    assert not at.main.get("download_button")[0].proto.disabled
