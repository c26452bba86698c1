"""The tier review and the replay, started through the app: reading, deciding, taking back, closing; another rule beside the own."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from drawn import CHINESE, address, by_id, components, opened, said, tables
from streamlit.testing.v1 import AppTest

from kcz_metrics.store import Docket, Ruling, Store, in_force, local_actor

ROUND = Docket("tier", "city_assessment", "2022")


@pytest.fixture
def home(decided_home: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(decided_home, tmp_path / "store"))


def lanes(at: AppTest) -> dict[str, list[dict[str, Any]]]:
    (found,) = components(at, "kcz_board")
    return {lane["name"]: lane["units"] for lane in found["lanes"]}


@pytest.mark.parametrize("page", ["tiers", "backtest"])
def test_an_empty_store_says_why_and_what_next(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened(page, tmp_path / "store", monkeypatch, lang="zh")
    assert not at.exception
    assert "还没有业务记录" in said(at)


@pytest.mark.parametrize("page", ["tiers", "backtest"])
@pytest.mark.parametrize("lang, told", [("zh", "起始期"), ("en", "starting period")])
def test_the_starting_period_has_no_round(page: str, lang: str, told: str, sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened(page, sample_home, monkeypatch, lang=lang, period="2020")
    assert not at.exception
    assert told in said(at)
    assert not tables(at)


@pytest.mark.long
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_review_shows_board_list_grounds_and_history(lang: str, decided_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("tiers", decided_home, monkeypatch, lang=lang, period="2022", unit="PC042")
    text = said(at)
    assert not at.exception
    assert "kcz-error" not in text
    assert [len(units) for units in lanes(at).values()] == [4, 15, 25, 20, 1]
    assert [unit["id"] for units in lanes(at).values() for unit in units if unit["chosen"]] == ["PC042"]
    listed = by_id(at, "sure")
    moving = [unit["id"] for units in lanes(at).values() for unit in units if unit["move"]]
    assert moving
    assert set(moving) <= set(listed)
    assert {"score", "seats", "pillars", "flags", "certainty"} <= set(by_id(at, "met"))
    assert list(by_id(at, "why")) == [f"PC042 {year}" for year in ("2020", "2021", "2022")]
    assert sum(row["p"]["parts"][0]["v"] for row in by_id(at, "p").values()) == pytest.approx(1.0, abs=0.01)
    if lang == "en":
        cells = [json.dumps(row, ensure_ascii=False) for t in tables(at) for row in t["rows"]]
        names = [unit["title"] for units in lanes(at).values() for unit in units]
        assert not [w for w in (re.sub("<[^>]+>", "", text), *cells, *names) if CHINESE.search(w)]


@pytest.mark.long
def test_deciding_on_the_page_is_kept_taken_back_and_closed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store.open(home)
    at = opened("tiers", home, monkeypatch, lang="en", period="2022", unit="PC001")
    at.button(key="tiers.defer").click().run()
    (one,) = in_force(store.decisions(ROUND))
    assert (one.unit, one.act, one.before, one.proposed, one.after) == ("PC001", "defer", "foster", "build", "foster")
    assert one.numbers["reason"] == "BIG_GAIN"
    assert "audit entry" in said(at)
    at.button(key="tiers.withdraw").click().run()
    assert "a reason" in said(at) or "reason" in said(at)
    assert in_force(store.decisions(ROUND)) == (one,)
    at.text_input(key="tiers.reason.PC001").set_value("read once more").run()
    at.button(key="tiers.withdraw").click().run()
    assert in_force(store.decisions(ROUND)) == ()
    votes = {"proposal": "P", "yes": ["a"], "no": ["b", "c"], "abstain": []}
    lost = Ruling("lost", "PC001", "foster", "build", "foster", numbers={"ballot": votes, "asked": "hub"})
    (voted,) = store.decide(ROUND, (lost,), actor=local_actor(), snapshot=store.snapshot().id, scheme="0" * 64)
    at.run()
    assert "Not carried: " in said(at)
    assert "Not carried" in str(by_id(at, "why")["PC001 2022"]["decided"])
    at.text_input(key="tiers.reason.PC001").set_value("typed wrongly").run()
    at.button(key=f"tiers.withdraw.{voted.number}").click().run()
    assert store.decisions(ROUND)[-1].withdraws == voted.number
    assert "Not carried: " not in said(at)
    assert by_id(at, "why")["PC001 2022"]["decided"] == []
    at.toggle(key="tiers.otherwise").set_value(True).run()
    at.selectbox(key="tiers.aim.PC001.en").set_value("lead").run()
    at.text_input(key="tiers.reason.PC001").set_value("two levels at once").run()
    at.button(key="tiers.override").click().run()
    assert "the tier Lead would hold 16" in said(at)
    assert "PC001" not in re.sub("<[^>]+>", "", said(at))
    assert in_force(store.decisions(ROUND)) == ()

    # both free seats go to others
    some = tuple(Ruling("override", unit, "foster", "foster", "build", "by somebody else, meanwhile") for unit in ("PC015", "PC046"))
    store.decide(ROUND, some, actor=local_actor(), snapshot=store.snapshot().id, scheme="0" * 64)
    at.button(key="tiers.all").click().run()
    assert "Pilot-city assessment 2022: others have decided since" in said(at)
    assert [one.unit for one in in_force(store.decisions(ROUND))] == ["PC015", "PC046"]
    assert "without a seat or a successor" in said(at)
    back = tuple(Ruling("withdraw", one.unit, reason="as before", withdraws=one.number) for one in in_force(store.decisions(ROUND)))
    store.decide(ROUND, back, actor=local_actor(), snapshot=store.snapshot().id, scheme="0" * 64)
    at.run()
    at.button(key="tiers.all").click().run()
    assert len(in_force(store.decisions(ROUND))) == 3
    at.toggle(key="tiers.closing").set_value(True).run()
    at.button(key="tiers.close").click().run()
    assert "closed" in said(at)
    assert store.decisions(ROUND)[-1].act == "close"
    assert len(store.decisions(ROUND)[-1].numbers["board"]) == 65
    assert store.verify_audit() == []


@pytest.mark.long
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_another_rule_stands_beside_the_one_in_force(lang: str, sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("backtest", sample_home, monkeypatch, lang=lang, period="2022", rounds_down="1", fall="2")
    assert not at.exception
    assert "kcz-error" not in said(at)
    counted = by_id(at, "flips_back")
    assert counted["current"]["moves"]["v"] < counted["against"]["moves"]["v"]
    assert {unit.split()[0] for unit in by_id(at, "why_other")}
    assert address(at)["fall"] == "2"
    if lang == "en":
        assert not CHINESE.search(re.sub("<[^>]+>", "", said(at)))
    at.button(key="backtest.reset").click().run()
    assert "fall" not in address(at)
    counted = by_id(at, "flips_back")
    assert counted["current"]["moves"]["v"] == counted["against"]["moves"]["v"]


@pytest.mark.long
def test_numbers_that_are_none_are_told(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("backtest", sample_home, monkeypatch, lang="zh", period="2022", rise="4", fall="99", rounds_up="x")
    assert not at.exception
    assert {code: address(at).get(code) for code in ("rise", "fall", "rounds_up")} == {"rise": "4", "fall": None, "rounds_up": None}
    assert "99" in said(at)
    assert " x" in said(at)


@pytest.mark.long
def test_a_changed_number_changes_nothing_else() -> None:
    from kcz_metrics.scheme import load_scheme
    from kcz_metrics.ui.backtesting import NUMBERS, changed, own_value

    policy = load_scheme(Path(__file__).parents[2] / "indicators.yaml").indices["city_assessment"].tiers
    assert policy is not None
    for number in NUMBERS:
        own = own_value(policy, number)
        assert own is not None
        other = changed(policy, {number.code: own + number.step})
        assert {n.code: own_value(other, n) for n in NUMBERS if own_value(other, n) != own_value(policy, n)} == {
            number.code: pytest.approx(own + number.step)
        }
