"""The selection page, started through the app: the list, other quotas, quotas that cannot be met, the yearly check, confirming."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from drawn import CHINESE, address, by_id, figures, opened, said, tables
from streamlit.testing.v1 import AppTest

from kcz_metrics.store import Docket, Store, in_force

ROUND = Docket("selection", "stable_support", "2022")


@pytest.fixture
def home(sample_home: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sample_home, tmp_path / "store"))


def chosen(at: AppTest) -> set[str]:
    """Units whose line in the list says that they are in."""
    return {unit for unit, row in by_id(at, "why").items() if row["state"][0]["t"] == "In"}


def test_an_empty_store_says_why_and_what_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("selection", tmp_path / "store", monkeypatch, lang="zh")
    assert not at.exception
    assert "还没有业务记录" in said(at)


@pytest.mark.long
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_shows_answer_cut_comparison_and_every_reason(lang: str, sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("selection", sample_home, monkeypatch, lang=lang, period="2022")
    text = said(at)
    assert not at.exception
    assert "kcz-error" not in text
    assert figures(at)[0] == "30"
    rows = by_id(at, "why")
    assert len(rows) == 240
    assert all(row["why"] for row in rows.values())
    came, went = (
        [unit for unit, row in by_id(at, "way").items() if row["way"][0]["t"].startswith(sign)] for sign in ("▲", "▼")
    )  # fmt: skip
    assert len(came) == len(went) > 0
    at.button(key="selection.prices").click().run()
    prices = by_id(at, "price")
    assert max(row["price"]["v"] for row in prices.values()) > 0
    if lang == "en":
        cells = [json.dumps(row, ensure_ascii=False) for t in tables(at) for row in t["rows"]]
        labels = [w.label + (w.help or "") for w in at.number_input]
        assert not [w for w in (re.sub("<[^>]+>", "", said(at)), *cells, *labels) if CHINESE.search(w)]


@pytest.mark.long
def test_a_quota_changed_is_answered_marked_and_reset(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("selection", sample_home, monkeypatch, lang="en", period="2022")
    before = chosen(at)
    at.number_input(key="selection.set.at_most.1").set_value(9).run()
    assert address(at)["set"] == "at_most.1:9"
    assert at.number_input(key="selection.set.at_most.1").label.startswith("●")
    assert chosen(at) != before
    assert len(chosen(at)) == 30
    at.button(key="selection.reset").click().run()
    assert "set" not in address(at)
    assert chosen(at) == before


@pytest.mark.long
def test_what_the_address_names_that_is_not_there_is_told(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened(
        "selection", sample_home, monkeypatch, lang="en", period="2022", set="at_most.9:1,seats.target:28,at_least.0:x", relax="maybe",
        state="nobody",
    )  # fmt: skip
    assert not at.exception
    assert address(at)["set"] == "seats.target:28"
    assert len(chosen(at)) == 28
    for words in ("at_most.9:1", "at_least.0:x", "maybe", "nobody"):
        assert words in said(at)


@pytest.mark.long
def test_quotas_that_cannot_be_met_are_named_and_give_way_by_a_button(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("selection", sample_home, monkeypatch, lang="en", period="2021")
    assert not at.exception
    gives_way = by_id(at, "possible")
    assert gives_way["seats.minimum:"]["asked"]["v"] == 27
    assert not chosen(at)
    at.button(key="selection.relax").click().run()
    assert address(at)["relax"] == "yes"
    assert len(chosen(at)) == by_id(at, "possible")["seats.minimum:"]["possible"]["v"]
    at.button(key="selection.strict").click().run()
    assert not chosen(at)


@pytest.mark.long
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_yearly_check_warns_ends_and_says_who_moves_up(lang: str, decided_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("selection", decided_home, monkeypatch, lang=lang, period="2022", part="yearly")
    assert not at.exception
    years = by_id(at, "low_years")
    ended = {name.split()[0] for name, row in years.items() if name.endswith(" 2022") and row["low_years"]["v"] >= 2}
    assert ended
    moved = by_id(at, "moves_up")
    assert set(moved) == ended
    # of the two that end one has a seat on the confirmed list, and the ninth reserve takes it since quotas pass over those before
    assert [row["reserve"]["v"] for row in moved.values() if row["reserve"]["v"]] == [9]
    if lang == "en":
        cells = [json.dumps(row, ensure_ascii=False) for t in tables(at) for row in t["rows"]]
        assert not [w for w in (re.sub("<[^>]+>", "", said(at)), *cells) if CHINESE.search(w)]


@pytest.mark.long
def test_the_list_is_confirmed_and_taken_back(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store.open(home)
    at = opened("selection", home, monkeypatch, lang="en", period="2022")
    units = chosen(at)
    at.button(key="selection.confirm").click().run()
    (one,) = in_force(store.decisions(ROUND))
    assert one.act == "confirm"
    assert set(one.numbers["units"]) == units
    assert len(one.numbers["reserves"]) >= 10
    assert "audit entry" in said(at)
    at.button(key="selection.withdraw").click().run()
    assert in_force(store.decisions(ROUND)) == (one,)  # not without a reason
    at.text_input(key="selection.reason").set_value("read once more").run()
    at.button(key="selection.withdraw").click().run()
    assert in_force(store.decisions(ROUND)) == ()
    at.number_input(key="selection.set.seats.target").set_value(28).run()
    at.button(key="selection.confirm").click().run()
    assert in_force(store.decisions(ROUND)) == ()  # other numbers need a reason
    at.text_input(key="selection.reason").set_value("the money is for 28").run()
    at.button(key="selection.confirm").click().run()
    (one,) = in_force(store.decisions(ROUND))
    assert (one.act, one.numbers["changed"], len(one.numbers["units"])) == ("override", {"seats.target": 28.0}, 28)
    assert store.verify_audit() == []


@pytest.mark.long
def test_the_demonstration_has_a_confirmed_list_and_one_language_at_a_time(decided_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("selection", decided_home, monkeypatch, lang="en", period="2020")
    assert not at.exception
    (one,) = by_id(at, "entry").values()
    assert "invented" in json.dumps(one)
    assert not CHINESE.search(json.dumps(one, ensure_ascii=False))
    assert "33" in re.sub("<[^>]+>", "", said(at))
