"""The interval of a rank is the same wherever it stands; a page that comes before its runs are made is drawn without, then with them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
from drawn import PATIENCE, by_id, components, opened, said
from streamlit.testing.v1 import AppTest

from kcz_metrics.decisions.rounds import gathered
from kcz_metrics.errors import Issue, ScoringError
from kcz_metrics.locales import T
from kcz_metrics.ui import later


@pytest.mark.parametrize(
    "page, codes",
    [
        ("cities", {"index": "city_assessment"}),
        pytest.param("boards", {"index": "board_drive", "group": "UN", "org_class": "UN"}, marks=pytest.mark.long),
    ],
    ids=["cities", "boards"],
)
def test_a_ranking_has_the_intervals_of_the_page_on_certainty(
    page: str, codes: dict[str, str], sample_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = {"lang": "zh", "period": "2022", **codes}
    shown = by_id(opened(page, sample_home, monkeypatch, **codes), "interval")
    sure = by_id(opened("robustness", sample_home, monkeypatch, part="ranks", **codes), "interval")
    ranked = [unit for unit, row in shown.items() if row.get("interval")]
    assert len(ranked) > 10
    ends = ("at", "low", "high")
    one, other = ({u: [rows[u]["interval"][end] for end in ends] for u in ranked} for rows in (shown, sure))
    assert one == other


@pytest.mark.long
def test_a_page_of_which_the_runs_are_not_made_says_so_and_comes_again(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """2021, for which no other test has asked: the run that says it is followed by one that has them."""
    at = opened("cities", sample_home, monkeypatch, lang="en", period="2021")
    assert not at.exception
    assert "unverified records" in said(at)
    assert "follow in a moment" not in said(at)
    assert all(row["interval"] for row in by_id(at, "interval").values() if row["rank"])
    assert components(at, "kcz_table")


@pytest.mark.long
def test_probabilities_of_tiers_rest_on_the_runs_that_the_intervals_are_of(sample_store: Any, shipped_scheme: Any) -> None:
    import streamlit as st

    from kcz_metrics.ui import certainty_drawn, loading, reviewing
    from kcz_metrics.ui.context import Context
    from kcz_metrics.ui.places import place

    snapshot = sample_store.snapshot()
    ctx = Context(
        lang="zh", place=place("tiers"), store=sample_store, snapshot=snapshot, scheme=shipped_scheme, digest=shipped_scheme.digest,
        trouble=None, periods=loading.periods(snapshot, snapshot.id), period="2022", index_id="city_assessment",
        indices=("city_assessment",), unit=None, actor=None, mode="light", meeting=False, slot=st.sidebar,  # type: ignore[arg-type]
        snapshots=sample_store.snapshots(),
    )  # fmt: skip
    made, runs = reviewing.draws(ctx), certainty_drawn.at_once(ctx)
    assert list(made) == ["2020", "2021", "2022"]
    at = dict(zip(runs.card.units["unit"], runs.scores.T, strict=True))
    units = gathered(reviewing.cards(ctx)).units
    ranked = [place for place, unit in enumerate(units) if unit in at and not np.isnan(made["2022"][:, place]).any()]
    assert len(ranked) > 50
    for column in ranked:
        np.testing.assert_array_equal(made["2022"][:, column], at[units[column]])


def test_work_is_begun_once_and_kept_whoever_asks() -> None:
    desk, began, go_on = later._Desk(), [], Event()

    def work() -> int:
        began.append(1)
        assert go_on.wait(120)
        return 7

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: desk.of("key", work), range(8)))
    assert not found[0].done()
    go_on.set()
    assert {one.result() for one in found} == {7}
    assert len(began) == 1


def drawing(fails: Callable[[int], bool], *asks: str) -> tuple[AppTest, list[str]]:
    """A page that asks for pieces of work one after another, and what came of it run by run."""
    told: list[str] = []

    def work(key: str) -> str:
        told.append(f"began {key}")
        if fails(told.count(f"began {key}")):
            raise ScoringError(Issue("share", T("权重幅度须在0与1之间")))
        return key

    def draw() -> None:
        told.append("drawn")
        later.begin()
        for key in asks:
            try:
                given = later.there((key, id(told)), partial(work, key))
            except ScoringError:
                told.append(f"failed {key}")
                continue
            if given is None:
                break
            told.append(given)
        if later.waits():
            later.settle()

    def page(draw) -> None:  # type: ignore[no-untyped-def]  # read by itself, without this file's imports
        draw()

    return AppTest.from_function(page, args=(draw,), default_timeout=PATIENCE).run(), told


def test_what_failed_is_told_and_tried_again_by_the_next_drawing() -> None:
    at, told = drawing(lambda times: times == 1, "one")
    assert told == ["drawn", "began one", "drawn", "failed one"]
    at.run()
    assert told[4:] == ["drawn", "began one", "drawn", "one"]
    at.run()
    assert told[8:] == ["drawn", "one"]


def test_what_always_fails_is_tried_once_a_drawing_however_often_the_page_comes_again() -> None:
    at, told = drawing(lambda _: True, "one", "two")
    once = ["drawn", "began one", "drawn", "failed one", "began two", "drawn", "failed one", "failed two"]
    assert told == once
    at.run()
    assert told[len(once) :] == once


def test_no_more_is_kept_than_that() -> None:
    desk = later._Desk()
    for number in range(later.KEPT + 5):
        desk.of(number, lambda: None).result()
    assert len(desk._made) <= later.KEPT + 1
    assert later.KEPT + 4 in desk._made
