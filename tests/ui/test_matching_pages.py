"""Open needs with their suggestions, and the industrial portrait of a city, started through the app."""

from __future__ import annotations

import re

import polars as pl
import pytest
from drawn import CHINESE, labelled, opened, said


@pytest.mark.parametrize(
    "page, codes", [("needs", {}), ("portrait", {"unit": "PC017", "part": "needs.tech_field.SEI"})], ids=["needs", "portrait"]
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_page_answers_with_the_sample(page, codes, lang, sample_home, monkeypatch):
    at = opened(page, sample_home, monkeypatch, lang=lang, **codes)
    text = said(at)
    assert not at.exception
    assert "kcz-error" not in text
    head = re.search(r'<h1 class="kcz-question">(.+?)</h1>.*?<p class="kcz-answer">(.+?)</p>', text, re.S)
    assert head
    if lang == "en":
        assert not CHINESE.search(head[1] + head[2])
        titles = re.findall(r"<h2>(.+?)</h2>", text)
        assert not [t for t in titles if CHINESE.search(t) and "需求" not in t]  # a need's own title stays as it was given


@pytest.mark.parametrize("page", ["needs", "portrait"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_empty_store_says_why(page, lang, tmp_path, monkeypatch):
    at = opened(page, tmp_path / "store", monkeypatch, lang=lang)
    assert not at.exception
    assert "kcz-panel" in said(at)


def test_a_need_opens_to_parts_that_add_up(sample_home, monkeypatch):
    at = opened("needs", sample_home, monkeypatch, need="ND23002", lang="en")
    assert "the parts add up to the score ✓" in said(at)
    tables = labelled(at)
    why = tables["Part"]["rows"]
    assert sum(row["points"]["v"] for row in why[:-1]) == pytest.approx(why[-1]["points"]["v"])
    assert sum(row["weight"]["v"] for row in why[:-1]) == pytest.approx(100)
    teams = tables["Best-fitting teams"]["rows"]
    assert [row["rank"] for row in teams] == [1, 2, 3, 4, 5]
    assert teams[0]["score"]["v"] == pytest.approx(why[-1]["points"]["v"])
    assert sum(part["v"] for part in teams[0]["parts"]["parts"]) == pytest.approx(teams[0]["score"]["v"])


def test_a_link_opens_the_same_candidate(sample_home, monkeypatch):
    first = labelled(opened("needs", sample_home, monkeypatch, need="ND23002", lang="en"))
    third = first["Best-fitting teams"]["rows"][2]
    at = opened("needs", sample_home, monkeypatch, need="ND23002", candidate=third["id"], lang="en")
    assert labelled(at)["Part"]["rows"][-1]["points"]["v"] == pytest.approx(third["score"]["v"])
    resource = first["Best-fitting resources"]["rows"][0]
    at = opened("needs", sample_home, monkeypatch, need="ND23002", candidate=resource["id"], lang="en")
    assert labelled(at)["Part"]["rows"][-1]["points"]["v"] == pytest.approx(resource["score"]["v"])
    assert not [row for row in labelled(at)["Best-fitting teams"]["rows"] if row.get("_chosen")]


def test_the_board_is_filtered_by_its_address(sample_home, sample_store, monkeypatch):
    name = sample_store.snapshot().read("pilot_city").filter(city_id="PC017")["name_en"][0]
    frame = opened("needs", sample_home, monkeypatch, lang="en", city="PC017", age="180").dataframe[0].value
    assert set(frame["city"]) == {name}
    assert frame["days"].between(60, 179).all()


@pytest.mark.parametrize("codes", [{"need": "ND<script>"}, {"city": "PC999"}, {"candidate": "ST9999"}, {"age": "never"}], ids=str)
def test_an_odd_address_is_no_error(codes, sample_home, monkeypatch):
    at = opened("needs", sample_home, monkeypatch, **codes)
    assert not at.exception
    assert "<script>" not in said(at)


def test_a_past_period_stands_on_what_was_known_then(sample_home, monkeypatch):
    text = said(opened("needs", sample_home, monkeypatch, period="2020", lang="en"))
    assert "from what was known by 2020-12-31" in text


def test_the_portrait_counts_what_the_records_hold(sample_home, sample_store, monkeypatch):
    at = opened("portrait", sample_home, monkeypatch, unit="PC017", lang="en")
    valid = (pl.col("status") == "verified") & pl.col("duplicate_of").is_null()
    needs = sample_store.snapshot().read("need").filter(valid & (pl.col("city_id") == "PC017") & (pl.col("posted_at").dt.year() == 2022))
    tables = labelled(at)
    industries, fields = (tables[label]["rows"] for label in ("Needs by industry", "Needs by technology field"))
    assert sum(row["posted"]["v"] for row in industries) == needs.height == sum(row["posted"]["v"] for row in fields)
    days = sample_store.snapshot().read("service_day").filter(valid & (pl.col("city_id") == "PC017") & (pl.col("date").dt.year() == 2022))
    assert sum(row["days"]["v"] for row in tables["Teams at work here"]["rows"]) == days.height


@pytest.mark.parametrize("part", ["needs.industry_code.IND-SYNBIO", "plan.2022Q2", "needs"])
def test_a_number_opens_to_as_many_records(part, sample_home, monkeypatch):
    at = opened("portrait", sample_home, monkeypatch, unit="PC017", lang="en", part=part)
    tables = labelled(at)
    rows = [row for table in tables.values() for row in table["rows"] if row["id"] == part]
    shown = len(at.dataframe[-1].value)
    if rows:
        assert shown == (rows[0].get("posted") or rows[0].get("due"))["v"]
    assert f"the {shown} rows that count" in said(at)


@pytest.mark.parametrize("part", ["nothing", "needs.<b>.x", "days.ST9999", "roadmap.RM0"])
def test_an_odd_part_is_no_error(part, sample_home, monkeypatch):
    at = opened("portrait", sample_home, monkeypatch, unit="PC017", part=part)
    assert not at.exception
    assert "<b>.x" not in said(at)


def test_parts_and_hit_rates_open_to_their_records(sample_home, monkeypatch):
    from kcz_metrics.ui.opening import OFFERED
    from kcz_metrics.ui.sources import openable

    at = opened("needs", sample_home, monkeypatch, need="ND23002", lang="en", open="needs.why~success~points")
    text = re.sub("<[^>]+>", "", said(at))
    assert re.search("Adds, points.* adds up to .*; the number on the page is .* ✓", text)
    assert set(at.dataframe[-1].value.columns) == {"kind", "record", "day", "about", "what", "adds"}
    offered = at.session_state[OFFERED]
    (rates, behind), (rows, parts) = offered["headline"], offered["needs.why"]
    assert {"n0", "n1", "n2", "n3", "n4"} <= set(openable(rates[0], behind))
    assert sum(len(openable(row, parts)) for row in rows) >= 4
