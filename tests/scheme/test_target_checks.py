"""What is wrong with a target is told with its place."""

from __future__ import annotations

from typing import Any

import pytest

from kcz_metrics.facts import FACTS, UNITS
from kcz_metrics.scheme.checking import Context
from kcz_metrics.scheme.checks import targets
from kcz_metrics.scheme.models import Scheme

MEASURES = {
    "landings": {"fact": "overseas_landings", "agg": "count"},
    "score": {"fact": "feedback", "agg": "mean", "of": "score"},
    "live": {"fact": "resources", "agg": "count", "window": "at_end"},
    "scenarios": {"fact": "scenarios", "agg": "count"},
}
INDEX = {
    "id": "i", "unit": "city", "tree": {"id": "i", "children": [{"id": "X"}]},
    "tiers": {"levels": [{"id": "hub", "seats": 4}, {"id": "rest", "seats": 61}]},
}  # fmt: skip
GOOD: dict[str, Any] = {"measure": "landings", "comparator": "at_least", "value": 1}


def problems(**given: Any) -> list[str]:
    target = {k: v for k, v in (GOOD | given).items() if v is not None}
    scheme = Scheme.model_validate(
        {
            "edition": "2022",
            "measures": MEASURES,
            "indicators": {"X": {"formula": "landings"}},
            "indices": {"i": INDEX},
            "targets": {"T": target},
        }
    )
    context = Context.of(scheme, facts=FACTS, units=UNITS, strict=bool(given.get("name")))
    return [issue.render("en") for rule in (targets.sources, targets.goals, targets.told) for issue in rule(context)]


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"measure": "live"},
        {"measure": None, "formula": "landings / live"},
        {"unit": "city", "where": {"kind": "park"}},
        {"comparator": "range", "upper": 3},
        {"value": None, "times_baseline": 2.0, "baseline": {"date": "2021-12-31"}},
        {"measure": None, "counts": {"index": "i", "level": "hub"}},
        {"measure": None, "counts": {"unit": "city"}},
    ],
    ids=str,
)
def test_a_good_target_has_no_problem(given: dict[str, Any]) -> None:
    assert problems(**given) == []


@pytest.mark.parametrize(
    "given, said",
    [
        ({"measure": None}, "exactly one of measure, formula and counts"),
        ({"counts": {"unit": "city"}}, "exactly one of measure, formula and counts"),
        ({"measure": "score"}, "mean does not add up over months"),
        ({"measure": None, "formula": "previous(landings)"}, "previous and growth cannot be used"),
        ({"measure": "scenarios", "unit": "city"}, "has no key to the city"),
        ({"unit": "town"}, "“town”"),
        ({"unit": "city", "where": {"kindd": "park"}}, "kindd"),
        ({"upper": 3}, "only range uses upper"),
        ({"times_baseline": 2.0, "value": None}, "times_baseline and baseline go together"),
        ({"baseline": {"date": "2021-12-31"}}, "times_baseline and baseline go together"),
        ({"value": None, "times_baseline": 2.0, "baseline": {}}, "value, measure, date or period"),
        ({"value": None, "times_baseline": 2.0, "baseline": {"measure": "lives"}}, "there is no measure “lives”"),
        ({"measure": None, "counts": {"index": "j", "level": "hub"}}, "there is no index “j”"),
        ({"measure": None, "counts": {"index": "i", "level": "hubs"}}, "there is no level “hubs”"),
        ({"measure": None, "counts": {"index": "i"}}, "index and level, or unit alone"),
        ({"measure": None, "counts": {"unit": "team"}}, "no index is over “team”"),
        ({"name": {"zh": "甲", "en": "甲"}}, "name in Chinese and English"),
    ],
    ids=lambda v: str(v)[:60],
)
def test_what_is_wrong_is_told(given: dict[str, Any], said: str) -> None:
    found = problems(**given)
    assert any(said in line and "targets.T" in line for line in found), found


def test_around_is_basically_met_from_nine_tenths_unless_said_otherwise() -> None:
    def nearly(**given: Any) -> float:
        return Scheme.model_validate({"edition": "2022", "targets": {"T": GOOD | given}}).targets["T"].nearly

    assert nearly(comparator="around") == pytest.approx(0.9)
    assert nearly(comparator="around", tolerance=0.2) == pytest.approx(0.8)
    assert nearly() == 1.0
