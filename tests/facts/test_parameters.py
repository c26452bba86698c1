from __future__ import annotations

from typing import Any

import pytest

from kcz_metrics.errors import CompileError
from kcz_metrics.facts import FACTS
from kcz_metrics.facts.library import default_parameters
from kcz_metrics.scheme import Scheme

GOOD = {"difficulty_weight": {"1": 1.0, "2": 1.5}, "unanswered_days": 999, "needs_per_enterprise_quarter": 5}


def test_values_are_written_into_the_tree() -> None:
    text = FACTS["needs"].query(GOOD).sql(dialect="duckdb")
    assert "CASE need.difficulty WHEN '1' THEN 1.0e0 WHEN '2' THEN 1.5e0 END AS difficulty_weight" in text
    assert "$" not in text


def test_the_shared_tree_is_left_as_it_was() -> None:
    first = FACTS["needs"].query(GOOD).sql()
    FACTS["needs"].query(GOOD | {"unanswered_days": 1})
    assert FACTS["needs"].query(GOOD).sql() == first


@pytest.mark.parametrize(
    "change, fragment",
    [
        ({"unanswered_days": None}, "parameters.unanswered_days"),
        ({"unanswered_days": True}, "expected: one number"),
        ({"unanswered_days": float("nan")}, "expected: one number"),
        ({"unanswered_days": "1; DROP TABLE need"}, "found: 1; DROP TABLE need"),
        ({"difficulty_weight": 3}, "keys with a number each"),
        ({"difficulty_weight": {}}, "keys with a number each"),
        ({"difficulty_weight": {"1": "x"}}, "keys with a number each"),
    ],
)
def test_unfit_values_are_refused(change: dict[str, Any], fragment: str) -> None:
    with pytest.raises(CompileError, match="needs") as caught:
        FACTS["needs"].query(GOOD | change)
    assert fragment in caught.value.render("en")


def test_all_unfit_values_are_named_at_once() -> None:
    with pytest.raises(CompileError) as caught:
        FACTS["needs"].query(dict.fromkeys(GOOD, "x"))
    assert len(caught.value.issues) == 3


@pytest.mark.parametrize("fact", FACTS)
def test_every_parameter_has_a_default(fact: str) -> None:
    assert set(FACTS[fact].parameters) <= set(default_parameters())
    assert FACTS[fact].query({}).sql() == FACTS[fact].query(default_parameters()).sql()


def test_a_scheme_overrules_the_default() -> None:
    assert FACTS["needs"].query({"unanswered_days": 7}).sql() != FACTS["needs"].query({}).sql()


def test_the_shipped_scheme_leaves_nothing_to_a_default(shipped_scheme: Scheme) -> None:
    assert set(shipped_scheme.parameters) == set(default_parameters())


def test_a_quote_in_a_key_stays_inside_its_literal() -> None:
    weights = {"x' THEN 1 END, (SELECT 1) --": 1.0}
    text = FACTS["needs"].query(GOOD | {"difficulty_weight": weights}).sql(dialect="duckdb")
    assert "WHEN 'x'' THEN 1 END, (SELECT 1) --' THEN 1.0e0" in text
