"""Filling holes, with a mark on every filled cell; and what looks at other periods."""

from __future__ import annotations

from typing import Any

import pytest
from small_index import cells, column, index, leaf, method, pillar, scheme, scored, values

from kcz_metrics.errors import ScoringError
from kcz_metrics.scheme.models import Index
from kcz_metrics.scoring import score

CITIES = {
    "A": {"a": 0.0, "b": 10.0, "c": 1.0},
    "B": {"a": 10.0, "b": 30.0, "c": 2.0},
    "C": {"a": None, "b": 20.0, "c": 3.0},
    "D": {"a": 8.0, "b": 10.0, "c": None},
}
TREE = (pillar("p", leaf("a"), leaf("b")), leaf("c"))
KIND = {"kind": ["x", "y", "y", None]}


@pytest.mark.parametrize(
    "chosen, filled",
    [
        (method("none"), None),
        (method("zero"), 0.0),
        (method("mean"), 6.0),
        (method("median"), 8.0),
        (method("group_mean", by="kind"), 10.0),
        (method("group_median", by="kind"), 10.0),
        # C has 0.5 on b within the pillar: 0.5 of the range of a; with c (1.0) the mean is 0.75
        (method("row_mean"), 5.0),
        (method("row_mean", within="all"), 7.5),
        (method("row_median", within="all"), 7.5),
    ],
    ids=str,
)
def test_filling(chosen: Any, filled: float | None) -> None:
    card = scored(CITIES, index(*TREE, impute=chosen), columns=KIND)
    assert cells(card, "imputed", "a")["C"] == (pytest.approx(filled) if filled is not None else None)
    assert cells(card, "imputed", "a", "status")["C"] == ("imputed" if filled is not None else "missing")
    assert cells(card, "imputed", "b", "status")["C"] == "ok"
    assert cells(card, "values", "a")["C"] is None


def test_a_unit_without_a_kind_is_not_filled_by_kind() -> None:
    card = scored(CITIES, index(*TREE, impute=method("group_mean", by="kind")), columns=KIND)
    assert cells(card, "imputed", "c")["D"] is None


def test_filling_stays_within_the_group() -> None:
    card = scored(CITIES, index(*TREE, impute=method("mean"), group="kind"), columns={"kind": ["x", "x", "y", "y"]})
    assert cells(card, "imputed", "a")["C"] == 8.0


def test_what_does_not_apply_is_no_hole() -> None:
    given = {**CITIES, "E": {"a": "not_applicable", "b": 1.0, "c": 1.0}}
    card = scored(given, index(*TREE, impute=method("mean")))
    assert cells(card, "imputed", "a", "status")["E"] == "not_applicable"


def test_an_unknown_column_to_fill_by_is_said() -> None:
    with pytest.raises(ScoringError, match="nowhere"):
        scored(CITIES, index(*TREE, impute=method("group_mean", by="nowhere")))


def over(of: Index, series: list[float | None], now: int, indicators: Any = None) -> Any:
    """One unit "A" through 2018, 2019, ... and two that fix the scale."""
    periods = {str(2018 + n): {"A": {"a": value}, "lo": {"a": 0.0}, "hi": {"a": 10.0}} for n, value in enumerate(series)}
    return score(values(periods), of, str(2018 + now), scheme(of, indicators))


@pytest.mark.parametrize(
    "chosen, series, now, filled",
    [
        (method("previous"), [3.0, None], 1, 3.0),
        (method("previous"), [3.0, None, None], 2, None),
        (method("previous", max_gap=2), [3.0, None, None], 2, 3.0),
        (method("previous"), [None, 3.0], 0, None),
        (method("linear"), [2.0, None, 6.0], 1, 4.0),
        (method("linear"), [2.0, None, None, 8.0], 1, None),
        (method("linear", max_gap=2), [2.0, None, None, 8.0], 1, 4.0),
        (method("linear", max_gap=2), [2.0, None, None, 8.0], 2, 6.0),
        (method("linear", max_gap=2), [2.0, None, None], 1, None),
    ],
    ids=str,
)
def test_filling_over_periods(chosen: Any, series: list[float | None], now: int, filled: float | None) -> None:
    assert cells(over(index(leaf("a"), impute=chosen), series, now), "imputed", "a")["A"] == filled


def test_the_base_period_sets_the_scale() -> None:
    periods = {
        "2020": {"A": {"a": 0.0}, "B": {"a": 10.0}},
        "2022": {"A": {"a": 5.0}, "B": {"a": 12.0}, "C": {"a": -2.0}},
    }
    for truncate, expected in ((False, [50, 120, -20]), (True, [50, 100, 0])):
        of = index(leaf("a"), normalise=method("minmax", over="base_period", base="2020", truncate=truncate))
        assert list(column(score(values(periods), of, "2022", scheme(of)), "score").values()) == pytest.approx(expected)
        assert list(column(score(values(periods), of, "2020", scheme(of)), "score").values()) == [0, 100]


def test_all_periods_set_one_scale() -> None:
    periods = {"2020": {"A": {"a": 0.0}, "B": {"a": 8.0}}, "2021": {"A": {"a": 4.0}, "B": {"a": 10.0}}}
    of = index(leaf("a"), normalise=method("minmax", over="all_periods"))
    assert column(score(values(periods), of, "2020", scheme(of)), "score") == {"A": 0, "B": 80}
    assert column(score(values(periods), of, "2021", scheme(of)), "score") == {"A": 40, "B": 100}


def test_the_base_period_is_compared_within_the_group() -> None:
    periods = {"2020": {"A": {"a": 0.0}, "B": {"a": 10.0}, "C": {"a": 0.0}, "D": {"a": 100.0}}}
    periods["2022"] = {"A": {"a": 5.0}, "D": {"a": 50.0}}
    of = index(leaf("a"), group="kind", normalise=method("minmax", over="base_period", base="2020"))
    card = score(values(periods, columns={"kind": ["x", "x", "y", "y"]}), of, "2022", scheme(of))
    assert column(card, "score") == {"A": 50, "D": 50}


def test_clip_at_the_quantiles_of_the_base_period() -> None:
    periods = {
        "2020": {f"U{n}": {"a": float(n)} for n in range(11)},
        "2022": {"U0": {"a": -50.0}, "U1": {"a": 5.0}, "U2": {"a": 99.0}},
    }
    clip = method("clip", lower_quantile=0.1, upper_quantile=0.9, over="base_period", base="2020")
    of = index(leaf("a"), treat=clip)
    for period, expected in (("2022", {"U0": 1, "U1": 5, "U2": 9}), ("2020", {"U0": 1, "U1": 1, "U2": 2, "U10": 9})):
        treated = cells(score(values(periods), of, period, scheme(of)), "treated", "a")
        assert {u: treated[u] for u in expected} == pytest.approx(expected)
    both = index(leaf("a"), treat=clip, normalise=method("minmax", over="base_period", base="2020"))
    assert column(score(values(periods), both, "2022", scheme(both)), "score") == {"U0": 0, "U1": 50, "U2": 100}


def test_a_base_period_without_values_is_said() -> None:
    of = index(leaf("a"), normalise=method("minmax", over="base_period", base="2019"))
    with pytest.raises(ScoringError, match="2019"):
        score(values({"2022": {"A": {"a": 1.0}}}), of, "2022", scheme(of))
