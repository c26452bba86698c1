"""The years after a selection: warnings, the end of a support, who moves up."""

from __future__ import annotations

import polars as pl
import pytest

from kcz_metrics.decisions.selection import select
from kcz_metrics.decisions.support import moving_up, yearly
from kcz_metrics.scheme.selections import Selection as Policy
from kcz_metrics.scheme.selections import Yearly

RULE = Yearly(score_below=60, attainment_below=0.5, stop_after=2)


@pytest.mark.parametrize(
    "years, states",
    [
        ([(60.0, 0.5)], [("kept", None, 0)]),
        ([(59.9, 0.9)], [("warned", "score", 1)]),
        ([(59.9, 0.4)], [("warned", "score attainment", 1)]),
        ([(59.9, 0.9), (75.0, 0.9), (80.0, 0.49)], [("warned", "score", 1), ("kept", None, 1), ("stopped", "attainment", 2)]),
        ([(50.0, 0.9), (50.0, 0.9), (80.0, 0.9)], [("warned", "score", 1), ("stopped", "score", 2), ("stopped", None, 2)]),
        ([(None, 0.9)], [("unknown", None, 0)]),
        ([(None, 0.4)], [("warned", "attainment", 1)]),
    ],
)
def test_yearly_check(years: list[tuple[float | None, float]], states: list[tuple[str, str | None, int]]) -> None:
    rows = [("T", str(2022 + n), score, attainment) for n, (score, attainment) in enumerate(years)]
    schema = {"unit": pl.String, "period": pl.String, "score": pl.Float64, "attainment": pl.Float64}
    found = yearly(pl.DataFrame(rows, schema=schema, orient="row"), RULE)
    assert found.select("state", "why", "low_years").rows() == states


def chosen() -> pl.DataFrame:
    return pl.DataFrame(
        {"unit": list("ABCDEF"), "score": [90.0, 85.0, 84.0, 80.0, 79.0, 79.0], "org": ["o", "o", "o", "p", "q", "q"]}
    )  # fmt: skip


POLICY = Policy.model_validate({"index": "i", "seats": {"target": 3}, "at_most": [{"by": "org", "seats": 2}], "reserves": 3})


def test_the_first_reserve_with_whom_the_quotas_hold_moves_up() -> None:
    found = select(chosen(), POLICY)  # A, B, D; reserves C, then E and F together
    assert moving_up(found, ["A"]).rows() == [("A", "C", 1, None, None)]
    # C would be the third of its body; of E and F neither comes first
    assert moving_up(found, ["D"]).rows() == [("D", "E F", 2, "C", "at_most.0:o")]


def test_seats_are_filled_in_turn_and_a_reserve_once() -> None:
    found = select(chosen().filter(pl.col("unit") != "F"), POLICY)
    assert moving_up(found, ["B", "D", "A"]).select("leaves", "moves_up").rows() == [("B", "C"), ("D", "E"), ("A", None)]


def test_who_had_no_seat_leaves_none() -> None:
    assert moving_up(select(chosen(), POLICY), ["E", "Z"]).is_empty()
