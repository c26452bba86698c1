"""A trial of weights outlives the session of its owner; the page is started through the app over a store of its own."""

from __future__ import annotations

import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from drawn import ROOT, opened, said
from streamlit.testing.v1 import AppTest

from kcz_metrics.store import Store, local_actor
from kcz_metrics.ui import keeping

INDEX = "city_assessment"
LOADED, OFFICIAL, CHANGED = "已载入您上次的试算", "与现行方案一致", "方案已经改动"


@pytest.fixture
def home(sample_home: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sample_home, tmp_path / "store"))


def settled() -> None:
    end = time.monotonic() + 60
    while not keeping.idle():
        assert time.monotonic() < end
        time.sleep(0.02)


def weighed(home: Path) -> dict[str, float] | None:
    settled()
    found = Store.open(home).draft(INDEX, actor=local_actor())
    return None if found is None else dict(found.weights)


def window(home: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    at = opened("weights", home, monkeypatch, lang="zh", index=INDEX)
    assert not at.exception
    return at


def moved(at: AppTest, slider: int, weight: float) -> str:
    """Sets the weight of a pillar; its id."""
    found = at.main.slider[slider]
    found.set_value(weight).run()
    return str(found.key).rsplit(".", 1)[1]


@pytest.mark.long
def test_a_trial_is_there_in_the_next_session_until_it_is_reset(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = window(home, monkeypatch)
    assert LOADED not in said(first)
    assert weighed(home) is None, "looking writes nothing"
    pillar = moved(first, 0, 61.0)
    assert (weighed(home) or {})[pillar] == 61.0
    second = window(home, monkeypatch)
    assert LOADED in said(second)
    assert second.main.slider[0].value == 61.0
    second.main.button(key="weights.undo").click().run()
    assert OFFICIAL in said(second)
    assert LOADED not in said(second)
    assert weighed(home) is None


@pytest.mark.long
def test_of_two_windows_the_last_change_is_kept_and_neither_is_written_over(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = window(home, monkeypatch), window(home, monkeypatch)
    pillar = moved(first, 0, 61.0)
    settled()
    assert OFFICIAL in said(second.run()), "the other window keeps what it shows"
    other = moved(second, 1, 7.0)
    found = weighed(home) or {}
    assert (found[pillar] == 61.0, found[other]) == (False, 7.0)
    assert first.run().main.slider[0].value == 61.0
    third = window(home, monkeypatch)
    assert (third.main.slider[0].value == 61.0, third.main.slider[1].value) == (False, 7.0)
    third.main.button(key="weights.back").click().run()
    assert OFFICIAL in said(third)
    assert weighed(home) is None


@pytest.mark.long
@pytest.mark.parametrize("choice, left", [("weights.take", 61.0), ("weights.drop", None)], ids=["taken up", "dropped"])
def test_a_trial_under_another_scheme_is_told_and_not_taken_up(
    home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, choice: str, left: float | None
) -> None:
    scheme = tmp_path / "indicators.yaml"
    text = (ROOT / "indicators.yaml").read_text(encoding="utf-8")
    scheme.write_text(text, encoding="utf-8")
    monkeypatch.setenv("KCZ_SCHEME", str(scheme))
    open_before = window(home, monkeypatch)
    pillar = moved(open_before, 0, 61.0)
    assert (weighed(home) or {})[pillar] == 61.0
    scheme.write_text(text.replace("evidence_credit: {A: 1.0, B: 0.6", "evidence_credit: {A: 1.0, B: 0.5", 1), encoding="utf-8")
    assert scheme.read_text(encoding="utf-8") != text
    for at in (open_before.run(), window(home, monkeypatch)):
        assert CHANGED in said(at)
        assert OFFICIAL in said(at)
        assert at.main.slider[0].value != 61.0
    assert (weighed(home) or {})[pillar] == 61.0, "kept until the reader says"
    at.main.button(key=choice).click().run()
    assert CHANGED not in said(at)
    assert (weighed(home) or {}).get(pillar) == left
    assert (at.main.slider[0].value == 61.0) == (left is not None)


@pytest.mark.long
def test_a_trial_that_cannot_be_kept_stays_in_the_session_and_says_so(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = window(home, monkeypatch)
    with closing(sqlite3.connect(home / "ledger.sqlite")) as connection, connection:
        connection.execute("CREATE TRIGGER full BEFORE INSERT ON draft BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END")
    moved(at, 0, 61.0)
    settled()
    at.run()
    assert at.main.slider[0].value == 61.0
    assert "database or disk is full" in said(at)
    assert "database or disk is full" not in said(at.run()), "told once"
    assert weighed(home) is None


def test_of_quick_changes_the_last_alone_is_written() -> None:
    desk, written = keeping.Desk(), list[int]()
    for number in range(5):
        desk.put(("home", "li", "cities"), keeping.Change(None, lambda number=number: written.append(number)))  # type: ignore[misc]
    end = time.monotonic() + 60
    while not desk.idle():
        assert time.monotonic() < end
        time.sleep(0.02)
    assert written == [4]
