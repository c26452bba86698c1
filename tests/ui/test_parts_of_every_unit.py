"""Parts add up to their whole on the pages that show parts, for every unit that they show them of."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import drawn
import polars as pl
import pytest
from drawn import started
from streamlit.testing.v1 import AppTest

BOARDS = ("board_docking", "board_transfer", "board_resource", "board_drive")


def opened(page: str, home: Path, monkeypatch: pytest.MonkeyPatch, **codes: str) -> AppTest:
    at = started(page, home, monkeypatch, **{"lang": "zh", "period": "2022", **codes})
    at.session_state["boards.everything"] = True
    at.run()
    assert not at.exception
    return at


def said(at: AppTest) -> str:
    text = drawn.said(at)
    assert "kcz-error" not in text
    return text


def tables(at: AppTest) -> dict[str, list[dict[str, Any]]]:
    """The rows of every table, by the keys of its columns joined: a page's titles name numbers."""
    return {",".join(c["key"] for c in one["columns"]): one["rows"] for one in drawn.tables(at)}


def with_columns(at: AppTest, *keys: str) -> list[dict[str, Any]]:
    return next((rows for columns, rows in tables(at).items() if set(keys) <= set(columns.split(","))), [])


def codes_of(at: AppTest) -> set[str]:
    return {row["id"] for rows in tables(at).values() for row in rows}


@pytest.mark.long
@pytest.mark.parametrize(
    "page, index", [("cities", "city_assessment"), ("teams", "team_score"), *(("boards", board) for board in BOARDS)], ids=lambda name: name
)
def test_every_bar_of_a_ranking_is_the_score(
    page: str, index: str, sample_home: Path, sample_store: Any, shipped_scheme: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kcz_metrics.scoring import evaluate

    card = evaluate(shipped_scheme, index, "2022", sample_store.snapshot())
    exact = dict(card.scores.filter((pl.col("node") == index) & pl.col("rank").is_not_null()).select("unit", "score").iter_rows())
    groups = card.units["group"].unique().to_list() if page == "boards" else [None]
    seen: dict[str, float] = {}
    for group in groups:
        at = opened(page, sample_home, monkeypatch, index=index, **({"org_class": group} if group else {}))
        for row in with_columns(at, "rank", "parts"):
            if row["id"] in exact:
                seen[row["id"]] = math.fsum(part["v"] for part in row["parts"]["parts"])
    # A bar has no length below nothing: parts that are negative stand beside it.
    assert seen == pytest.approx({unit: exact[unit] for unit in seen})
    assert len(seen) == len(exact)


@pytest.mark.long
@pytest.mark.parametrize("index, every", [("city_assessment", 1), ("team_score", 8), *((board, 40) for board in BOARDS)])
def test_every_profile_adds_up_and_says_so(index: str, every: int, sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every city, and teams and bodies across their rankings; the passport's tests take every one of those."""
    at = opened("profile", sample_home, monkeypatch, index=index)
    units = at.selectbox(key="profile.unit").options
    keys = list(range(0, len(units), every))
    proved = 0
    for place in keys:
        at.selectbox(key="profile.unit").select_index(place).run()
        text = said(at)
        assert "✗" not in text
        assert "不符" not in text
        proved += text.count("✓")
    assert proved >= len(keys)


@pytest.mark.long
def test_every_target_that_counts_records_says_that_they_add_up(
    sample_home: Path, shipped_scheme: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    proved = []
    for target in shipped_scheme.targets:
        text = said(opened("targets", sample_home, monkeypatch, target=target))
        assert "✗" not in text, target
        proved += [target] * ("kcz-sum good" in text)
    assert len(proved) >= 12


@pytest.mark.long
def test_every_province_is_the_sum_of_its_own(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cities and what is due are those that the nation's table has of the province; the provinces make the nation."""
    nation = opened("provinces", sample_home, monkeypatch)
    whole = {row["id"]: row for row in with_columns(nation, "cities", "due", "on_time")}
    assert len(whole) >= 31
    cities: list[str] = []
    for code, row in whole.items():
        at = opened("provinces", sample_home, monkeypatch, province=code)
        assert "✗" not in said(at)
        mine = [one["id"] for one in with_columns(at, "rank", "node:engagement")]
        assert len(mine) == (row["cities"]["v"] or 0), code
        cities += mine
        levels = with_columns(at, "level", "kind", "due", "done")
        assert math.fsum(one["due"]["v"] for one in levels) == (row["due"]["v"] or 0), code
        assert math.fsum(one["overdue"]["v"] for one in levels) == (row["overdue"]["v"] or 0), code
    assert len(set(cities)) == len(cities) == 65


@pytest.mark.long
@pytest.mark.parametrize(
    "side, by, path",
    [
        ("need", "city", "need"),
        ("need", "org_class", "handling"),
        ("need", "team", "handling"),
        ("resource", "city", "resource"),
        ("resource", "org_class", "resource"),
    ],
)
def test_the_funnels_of_all_parts_make_the_whole(
    side: str, by: str, path: str, sample_home: Path, sample_store: Any, shipped_scheme: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Step by step: what the page shows that every part has left makes what the nation has left."""
    import streamlit as st

    from kcz_metrics.analysis import paths
    from kcz_metrics.ui import loading, pathways
    from kcz_metrics.ui.context import Context
    from kcz_metrics.ui.places import place

    at = opened("platform", sample_home, monkeypatch, side=side, by=by)
    assert "✗" not in said(at)
    rows, steps = with_columns(at, "first", "leak"), paths.PATHS[path].steps
    left = dict.fromkeys(steps, 0.0)
    for row in rows:
        shares = [1.0, *(row[step]["v"] or 0.0 for step in steps[1:])]
        counts = [row["first"]["v"] * math.prod(shares[: n + 1]) for n in range(len(steps))]
        left = {step: left[step] + count for step, count in zip(steps, counts, strict=True)}
    snapshot = sample_store.snapshot()
    ctx = Context(
        lang="zh", place=place("platform"), store=sample_store, snapshot=snapshot, scheme=shipped_scheme, digest=shipped_scheme.digest,
        trouble=None, periods=loading.periods(snapshot, snapshot.id), period="2022", index_id="city_assessment",
        indices=("city_assessment",), unit=None, actor=None, mode="light", meeting=False, slot=st.sidebar,  # type: ignore[arg-type]
        snapshots=sample_store.snapshots(),
    )  # fmt: skip
    whole = paths.stages(pathways.cohort(ctx, path), paths.PATHS[path])
    assert left == pytest.approx(dict(whole.select("stage", "count").iter_rows()), abs=1e-6)
