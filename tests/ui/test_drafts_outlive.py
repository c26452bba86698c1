"""A trial of weights outlives the session of its owner; the page is started through the app over a store of its own."""

from __future__ import annotations

import shutil
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

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


def done(desk: keeping.Desk) -> None:
    end = time.monotonic() + 60
    while not desk.idle():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_of_quick_changes_the_last_alone_is_written() -> None:
    desk, written = keeping.Desk(), list[int]()
    for number in range(5):
        desk.put(("home", "li", "cities"), keeping.Change(None, lambda number=number: written.append(number)))  # type: ignore[misc]
    done(desk)
    assert written == [4]


def test_what_could_not_be_written_is_told_and_then_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "PAUSE", 0.02)
    desk, key, written, full = keeping.Desk(), ("home", "li", "cities"), list[str](), [True]

    def write() -> None:
        if full:
            raise OSError("disk is full")
        written.append("last")

    change = keeping.Change(None, write)
    desk.put(key, change)
    done(desk)
    full.clear()
    desk.again(key)
    assert desk.idle(), "not before it is told"
    assert (desk.waiting(key), str(desk.wrong(key))) == (change, "disk is full")
    desk.again(key)
    done(desk)
    assert (desk.waiting(key), desk.wrong(key), written) == (None, None, ["last"])
    desk.again(key)
    assert desk.idle(), "once"


def test_a_thread_that_cannot_start_is_started_with_the_next_change(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "PAUSE", 0.02)
    desk, key, written = keeping.Desk(), ("home", "li", "cities"), list[int]()
    before = threading.stack_size(2**47)  # more than there are addresses
    try:
        with pytest.raises(RuntimeError, match="start new thread"):
            desk.put(key, keeping.Change(None, lambda: written.append(1)))
    finally:
        threading.stack_size(before)
    desk.put(key, keeping.Change(None, lambda: written.append(2)))
    done(desk)
    assert written == [2]


def recalled(home: str, turns: list[tuple[str, str, bool]]) -> None:
    """One drawing of the page, without its page: the scheme's digest, its nodes, and whether the draft can be scored under it."""
    from types import SimpleNamespace

    import streamlit as st

    from kcz_metrics.store import Store, local_actor
    from kcz_metrics.ui import drafts, trial

    digest, nodes, scored = turns[0]
    ctx: Any = SimpleNamespace(store=Store.open(home), actor=local_actor(), index_id="cities", digest=digest)
    base = trial.Draft(dict.fromkeys(nodes, 1.0))
    draft = drafts.current(ctx, base)
    if not scored and draft != base:
        draft = drafts.fall_back("cities", base)
    drafts.keep(ctx, draft, base)
    found = drafts.earlier(ctx, draft)
    st.session_state["told"] = (dict(draft.weights), None if found is None else (found.applied, found.draft and dict(found.draft.weights)))


def drawings(store: Store, first: tuple[str, str, bool]) -> tuple[AppTest, list[tuple[str, str, bool]]]:
    store.keep_draft("cities", "one", {"a": 1, "b": 5}, None, None, actor=local_actor())
    turns = [first]
    return AppTest.from_function(recalled, args=(str(store.home), turns), default_timeout=60), turns


@pytest.mark.long
def test_a_kept_trial_that_cannot_be_scored_here_stays_kept(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "store")
    at, _turns = drawings(store, ("one", "ab", False))
    for _ in range(2):
        at.run()
        assert not at.exception
        assert at.session_state["told"] == ({"a": 1.0, "b": 1.0}, None)
        settled()
    found = store.draft("cities", actor=local_actor())
    assert found is not None
    assert dict(found.weights) == {"a": 1.0, "b": 5.0}


@pytest.mark.long
def test_after_a_second_change_of_the_scheme_a_trial_of_other_nodes_is_not_offered(tmp_path: Path) -> None:
    at, turns = drawings(Store.open(tmp_path / "store"), ("two", "ab", True))
    offered = []
    for turn in (turns[0], ("three", "ab", True), ("four", "ac", True)):
        turns[:] = [turn]
        at.run()
        assert not at.exception
        offered.append(at.session_state["told"][1])
    assert offered == [(False, {"a": 1.0, "b": 5.0})] * 2 + [(False, None)]
