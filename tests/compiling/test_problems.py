from __future__ import annotations

from typing import Any

import pytest
from small_records import scheme

from kcz_metrics.compiling import plan, sql
from kcz_metrics.errors import CompileError

GOOD = {"fact": "needs", "agg": "count"}


@pytest.mark.parametrize(
    "measure, fragment",
    [
        ({"fact": "need"}, "did you mean needs"),
        ({"fact": "contracts", "agg": "sum", "of": "credited"}, "the fact contracts has no column “credited”"),
        ({"fact": "contracts", "agg": "sum", "of": "type"}, "found: text"),
        ({"fact": "contracts", "agg": "sum"}, "sum needs `of`"),
        ({"of": "difficulty"}, "count takes no `of`"),
        ({"fact": "needs", "agg": "quantile", "of": "difficulty"}, "quantile needs `q`"),
        ({"agg": "median", "of": "difficulty", "q": 0.5}, "quantile needs `q`"),
        ({"at_least": 2}, "`at_least` is for distinct and diversity only"),
        ({"agg": "distinct", "of": "city_id", "at_least_of": "city_id"}, "`at_least_of` goes with `at_least`"),
        ({"time": "first_reply_days"}, "expected: posted_at, matured_60d_at"),
        ({"window": "at_end"}, "has no dates of validity"),
        ({"fact": "team_cities"}, "has no time column"),
        ({"window": "trailing"}, "trailing needs `months`"),
        ({"months": 3}, "trailing needs `months`"),
        ({"where": {"docket": True}}, "docket"),
        ({"where": {"docked": {"about": True}}}, "about"),
        ({"fact": "experts", "window": "at_end"}, "holds no id of the unit “city”"),
        ({"unit_key": {"city": "station"}}, "unit_key.city"),
    ],
)
def test_a_wrong_measure_is_refused(measure: dict[str, Any], fragment: str) -> None:
    with pytest.raises(CompileError) as caught:
        plan(scheme({"m": GOOD | measure}, {"A": "m"}), "i", ["2022"])
    assert fragment in caught.value.render("en")
    assert caught.value.render("zh") != caught.value.render("en")


def test_all_problems_come_at_once() -> None:
    measures = {"m": GOOD | {"fact": "x"}, "n": GOOD | {"time": "y", "window": "at_end"}}
    with pytest.raises(CompileError) as caught:
        plan(scheme(measures, {"A": "m / n", "B": "o"}), "i", ["2022"])
    assert [issue.subject for issue in caught.value.issues] == ["measures.m.fact", "measures.n.time", "measures.n.window", "measures.o"]


def test_an_unknown_index_names_the_nearest() -> None:
    with pytest.raises(CompileError, match="did you mean i"):
        plan(scheme({"m": GOOD}, {"A": "m"}), "ii", ["2022"])


def test_units_that_records_do_not_have_need_a_file() -> None:
    with pytest.raises(CompileError, match="give the values in a file"):
        plan(scheme({"m": GOOD}, {"A": "m"}, unit="country"), "i", ["2022"])


def test_an_indicator_without_a_formula_is_refused() -> None:
    with pytest.raises(CompileError, match="has no formula"):
        plan(scheme({"m": GOOD}, {"A": {"column": "a"}}), "i", ["2022"])


def test_a_line_break_in_a_name_cannot_leave_the_comment() -> None:
    given = scheme({"m": GOOD}, {"A": {"name": "x\nSELECT 1;\r\u2028DROP TABLE need;", "formula": "m"}})
    lines = sql(plan(given, "i", ["2022"]), "en").splitlines()
    assert [line for line in lines if "DROP" in line] == ["-- A x SELECT 1; DROP TABLE need; = m"]


def test_text_in_a_filter_stays_a_literal() -> None:
    given = scheme({"m": GOOD | {"where": {"outcome": "x' OR TRUE --"}}}, {"A": "m"})
    assert "\"outcome\" = 'x'' OR TRUE --'" in sql(plan(given, "i", ["2022"]), "en")


def test_one_scan_a_fact_and_only_the_tables_it_needs() -> None:
    measures = {
        "due": GOOD | {"time": "matured_60d_at"},
        "met": GOOD | {"time": "matured_60d_at", "where": {"docked_within_60d": True}},
        "wait": {"fact": "needs", "agg": "median", "of": "waiting_days"},
    }
    planned = plan(scheme(measures, {"A": "met / due", "B": "wait"}), "i", ["2022"])
    names = ["units", "periods", "needs_measures", "measures", None]
    assert [statement.name for statement in planned.statements] == names
    assert sorted(planned.tables) == ["docking", "need", "need_answer", "need_offer", "org", "pilot_city"]
    assert sql(planned).count("FROM need\n") == 1
