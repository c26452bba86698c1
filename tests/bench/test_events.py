"""The handwritten queries that facts are timed against give the same numbers, and their rows say what they should."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from kcz_metrics.bench import events, facts
from kcz_metrics.bench.work import EVENTS
from kcz_metrics.cli import benchmarks
from kcz_metrics.engines.connection import opened
from kcz_metrics.scheme.models import Scheme
from kcz_metrics.store import Store

ROOT = Path(__file__).parents[2]


AT_ONCE = {"dockings_city", "contracts_city", "impacts_team"}


@pytest.mark.parametrize("name", [pytest.param(name, marks=[] if name in AT_ONCE else pytest.mark.long) for name in facts.HANDWRITTEN])
def test_a_handwritten_query_gives_the_same_numbers(name: str, sample_store: Store, shipped_scheme: Scheme) -> None:
    snapshot = sample_store.snapshot()
    part = facts.alone(shipped_scheme, name)
    ours, theirs = facts.ours(snapshot, part), facts.by_hand(snapshot, shipped_scheme, name)
    measures = [measure.id for measure in part.planned.measures]
    assert set(ours.columns) == {"unit", "year", *measures}
    assert ours.height > 20
    assert all(ours[measure].fill_null(0).sum() > 0 for measure in measures)
    assert facts.agree(ours, theirs) == []


def test_every_handwritten_query_is_compared() -> None:
    folder = Path(facts.__file__).parent / "handwritten"
    assert {path.stem for path in folder.glob("*.sql")} == set(facts.HANDWRITTEN)


@pytest.mark.parametrize(
    "theirs, expected",
    [
        ({"n": [1.0, 2.0], "x": [0.5, None]}, []),
        ({"n": [1.0, 2.0], "x": [0.5, 0.0]}, []),
        ({"n": [1.0, 3.0], "x": [0.5 + 1e-6, None]}, ["n", "x"]),
        ({"n": [1.0, 2.0]}, ["x"]),
    ],
)
def test_what_differs_is_named(theirs: dict[str, list[float | None]], expected: list[str]) -> None:
    ours = pl.DataFrame({"unit": ["A", "B"], "year": [2022, 2022], "n": [1, 2], "x": [0.5, None]})
    assert facts.agree(ours, pl.DataFrame({"unit": ["A", "B"], "year": [2022, 2022], **theirs})) == expected


def test_the_command_takes_as_many_records() -> None:
    assert benchmarks.EVENTS == EVENTS


def test_no_progress_bar_comes_among_the_rows(sample_store: Store) -> None:
    with opened(sample_store.snapshot(), ["need"]) as connection:
        assert connection.execute("SELECT current_setting('enable_progress_bar')").fetchone() == (False,)


@pytest.mark.long
def test_rows_of_the_work_on_events() -> None:
    rows = list(events.measured(ROOT, 3_000, tuple(AT_ONCE)))
    assert [row.work.split(",")[0] for row in rows[:2]] == ["all 82 indicators"] * 2
    together = rows[-2]
    assert together.target is None
    assert together.ratio == pytest.approx(sum(r.reference_seconds or 0 for r in rows[2:-2]) / sum(r.seconds or 0 for r in rows[2:-2]))
    assert rows[-1].ratio is not None
    assert rows[-1].reference == events.HAND
