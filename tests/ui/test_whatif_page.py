"""What would it take, and what if a value were another: started through the app; targets, proof, corrections in the address, undo."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from drawn import CHINESE, address, labelled, opened, said
from recounting import differing, offered
from streamlit.testing.v1 import AppTest

from kcz_metrics.ui import scenario

CITY = "PC017"


def asked(home: Path, monkeypatch: pytest.MonkeyPatch, **codes: str) -> AppTest:
    return opened("whatif", home, monkeypatch, **{"lang": "zh", "period": "2022", "index": "city_assessment", "unit": CITY, **codes})


def recounted(at: AppTest) -> int:
    """How many numbers open; each that does not lead elsewhere makes the same once more."""
    found = offered(at)
    assert not differing(found)
    return len(found)


def test_a_target_is_reached_with_proof_and_every_number_opens(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = asked(sample_home, monkeypatch, to="20")
    assert not at.exception
    text = said(at)
    assert "kcz-error" not in text
    assert "kcz-sum good" in text
    shown = labelled(at)
    steps, proof = shown["改进"]["rows"], shown["重新计分核对"]["rows"]
    assert [row["met"] for row in proof] == [True] + [False] * len(steps)
    assert proof[0]["rank"] <= 20 < min(row["rank"] for row in proof[1:])
    assert all(re.search(r"[+−]\d", row["more"]["t"] if isinstance(row["more"], dict) else row["more"]) for row in steps)
    assert recounted(at) > 30
    opens = {(key, row, column): (shown, made) for key, row, column, shown, made in offered(at)}
    gained, road = opens["headline", "all", "u3"]
    rows = road.rows("all")
    assert rows["so_far"][-1] == pytest.approx(proof[0]["score"]["v"])
    assert rows["change"].to_list() == pytest.approx([opens["whatif.steps", name, "adds"][0] for name in rows["node"]])
    assert sum(row["adds"]["v"] for row in steps) == pytest.approx(gained)
    for row in steps:
        tried = opens["whatif.steps", row["id"], "after"][1].rows(row["id"])
        assert tried["there"].to_list() == [False, False, False, True]
        assert tried["rank"][-1] <= 20 < min(tried["rank"][:-1])
        assert opens["whatif.steps", row["id"], "more"][1].rows(row["id"])["there"].to_list() == [False, False, True]
    fewer = opens["answer", "all", "tried"][1].rows("all")
    assert fewer["indicators"].n_unique() == fewer.height == opens["answer", "all", "tried"][0]
    assert not fewer["met"].any()
    before = {row["id"]: row["after"]["v"] for row in steps}
    at.main.button(key="whatif.take").click().run()
    assert scenario.read(address(at).get("set", "")) == before
    assert next(row for row in labelled(at)["因此变动的"]["rows"] if row["id"] == CITY)["rank"] == proof[0]["rank"]


def test_a_corrected_value_moves_every_rank_it_touches_at_once(
    sample_home: Path, sample_store: Any, shipped_scheme: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = asked(sample_home, monkeypatch, part="correct", set="CF03:30000.0~XX9:1", indicator="CE01")
    assert not at.exception
    assert "XX9" in said(at)
    assert address(at).get("set", "") == "CF03:30000.0"
    at.main.number_input(key="whatif.value.CE01").set_value(80.0).run()
    assert scenario.read(address(at).get("set", "")) == {"CF03": 30000.0, "CE01": 0.8}
    rows = {row["id"]: row for row in labelled(at)["因此变动的"]["rows"]}
    from kcz_metrics.analysis.corrected import corrected
    from kcz_metrics.scoring import evaluate

    card = evaluate(shipped_scheme, "city_assessment", "2022", sample_store.snapshot())
    expected = corrected(card, {(CITY, "CF03"): 30000.0, (CITY, "CE01"): 0.8})
    assert {unit: row["rank"] for unit, row in rows.items()} == dict(expected.select("unit", "rank").iter_rows())
    assert recounted(at) > 20
    started = time.thread_time()
    corrected(card, {(CITY, "CF03"): 30001.0})
    assert time.thread_time() - started < 1.0  # some 5 ms; what other threads do is not counted
    at.main.button(key="whatif.undo").click().run()
    assert address(at).get("set", "") == "CF03:30000.0"
    at.main.button(key="whatif.reset").click().run()
    assert address(at).get("set", "") == ""
    assert "还没有改动任何值" in said(at)
    at.main.button(key="whatif.missing").click().run()
    assert scenario.read(address(at).get("set", "")) == {"CE01": None}


@pytest.mark.parametrize("codes", [{}, {"goal": "tier"}, {"part": "correct", "set": "CF03:30000.0"}], ids=["rank", "tier", "correct"])
def test_english_is_complete(codes: dict[str, str], sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = asked(sample_home, monkeypatch, lang="en", **codes)
    assert not at.exception
    text = said(at)
    assert "kcz-error" not in text
    assert "kcz-sum bad" not in text
    labels = [w.label for kind in ("selectbox", "button", "number_input", "segmented_control") for w in at.main.get(kind)]
    shown = json.dumps(list(labelled(at).values()), ensure_ascii=False)
    assert not [x for x in [re.sub("<[^>]+>", "", text), *labels, shown] if CHINESE.search(x)]


@pytest.mark.long
@pytest.mark.parametrize(
    "cell, told",
    [
        ("whatif.steps~CR02~after", ["one fewer", "scored again", "number on the page is 20 ✓"]),
        ("whatif.steps~CR02~more", ["by the formula", "number on the page is 18 ✓"]),
        ("whatif.steps~CR02~adds", [" − "]),
        ("answer~all~gained", ["adds up to"]),
        ("answer~all~tried", ["378"]),
    ],
)
def test_a_step_opens_to_what_was_tried(cell: str, told: list[str], sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = asked(sample_home, monkeypatch, lang="en", to="20", open=cell)
    assert not at.exception
    text = re.sub("<[^>]+>", "", said(at)) + at.dataframe[-1].value.to_string()
    assert "✓" in text
    assert "kcz-sum bad" not in said(at)
    assert not [words for words in told if words not in text]
    assert not CHINESE.search(text)


@pytest.mark.parametrize("codes, told", [({"to": "abc"}, "abc"), ({"to": "900"}, "900"), ({"unit": "ZZ999"}, "ZZ999")])
def test_what_names_nothing_is_told(codes: dict[str, str], told: str, sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = asked(sample_home, monkeypatch, **codes)
    assert not at.exception
    assert told in said(at)
    assert "kcz-error" not in said(at)


def test_an_empty_store_says_what_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = asked(tmp_path / "store", monkeypatch)
    assert not at.exception
    assert "kcz-panel" in said(at)


def test_corrections_go_through_the_address_digit_by_digit() -> None:
    given = {"CF03": 1 / 3, "CE01": None, "CR01": 1e-17}
    assert scenario.read(scenario.written(given)) == given
    assert scenario.read("CF03:x~CE01~:3~CR01:inf~CR02:2") == {"": 3.0, "CR02": 2.0}
    assert scenario.read(None) == {}


@pytest.mark.long
@pytest.mark.parametrize("index", ["team_score", "board_resource", "board_docking", "board_transfer", "board_drive"])
def test_other_indices_reach_targets_too(index: str, sample_home: Path, sample_store: Any, shipped_scheme: Any, monkeypatch: Any) -> None:
    from kcz_metrics.scoring import evaluate

    card = evaluate(shipped_scheme, index, "2022", sample_store.snapshot())
    ranked = card.scores.filter((pl.col("node") == index) & (pl.col("rank") > 12))["unit"].to_list()
    at = asked(sample_home, monkeypatch, index=index, unit=ranked[len(ranked) // 2])
    assert not at.exception
    assert "kcz-sum good" in said(at)
    assert recounted(at) > 6


@pytest.mark.parametrize("page", ["profile", "cities"])
def test_rankings_and_profiles_offer_the_ways_here_and_to_why(page: str, sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened(page, sample_home, monkeypatch, lang="zh")
    disabled = {button.key: button.disabled for button in at.main.button}
    assert disabled[f"{page}.why"] is False
    assert disabled[f"{page}.whatif"] is False


def test_the_page_opens_with_the_unit_just_below_a_border_or_the_one_chosen_before(
    sample_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = opened("whatif", sample_home, monkeypatch, lang="zh", period="2022", index="city_assessment", goal="tier")
    assert not at.exception
    assert "从第 5 名到第" in re.sub("<[^>]*>", "", said(at)).replace("  ", " ")
    assert [one.label for one in at.main.selectbox if "席位" in one.label] == ["要进入的席位（按本期得分）"]
    before = address(at)["unit"]
    again = opened("whatif", sample_home, monkeypatch, lang="zh", period="2022", index="city_assessment", unit=CITY)
    assert address(again)["unit"] == CITY != before
