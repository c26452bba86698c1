from datetime import date, datetime

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from kcz_metrics.language import filters
from kcz_metrics.language.operators import OPERATORS

FRAME = pl.DataFrame(
    {
        "n": [1, 2, 3, None],
        "x": [0.5, -1.0, None, 2.0],
        "t": ["a", "b", None, "o'x"],
        "b": [True, False, None, True],
        "d": [date(2022, 1, 1), date(2022, 12, 31), None, date(2021, 5, 5)],
        "m": [datetime(2022, 1, 1, 8), datetime(2022, 12, 31, 23, 30), None, datetime(2021, 5, 5)],
    },
    schema={"n": pl.Int64, "x": pl.Float64, "t": pl.String, "b": pl.Boolean, "d": pl.Date, "m": pl.Datetime("us")},
)
TYPES = {"n": "int", "x": "float", "t": "text", "b": "bool", "d": "date", "m": "datetime"}


def rows_by_sql(where, columns=TYPES):
    relation = FRAME.with_row_index("row").to_arrow()
    with duckdb.connect() as connection:
        connection.register("frame", relation)
        query = exp.select(exp.column("row")).from_("frame").where(filters.compile(where, columns, table="frame"))
        return [row for (row,) in connection.execute(query.sql("duckdb")).fetchall()]


def rows_by_polars(where, columns=TYPES):
    return FRAME.with_row_index("row").filter(filters.polars(where, columns))["row"].to_list()


CASES = [
    ({}, [0, 1, 2, 3]),
    ({"n": 1}, [0]),
    ({"t": "o'x"}, [3]),
    ({"b": True}, [0, 3]),
    ({"t": {"in": ["a", "b"]}}, [0, 1]),
    ({"n": {"in": [3]}}, [2]),
    ({"t": {"not": "a"}}, [1, 3]),  # the null row is not "not a"
    ({"t": {"not": ["a", "b"]}}, [3]),
    ({"n": {"at_least": 2}}, [1, 2]),
    ({"n": {"at_most": 2}}, [0, 1]),
    ({"x": {"above": -1}}, [0, 3]),
    ({"x": {"below": 0.5}}, [1]),
    ({"n": {"above": 1, "below": 3}}, [1]),
    ({"n": {"between": [2, 3]}}, [1, 2]),
    ({"x": {"is_null": True}}, [2]),
    ({"x": {"is_null": False}}, [0, 1, 3]),
    ({"d": {"at_least": date(2022, 1, 1)}}, [0, 1]),
    ({"d": date(2022, 12, 31)}, [1]),
    ({"m": {"at_most": date(2022, 12, 31)}}, [0, 1, 3]),  # the whole last day counts
    ({"m": date(2022, 12, 31)}, [1]),
    ({"m": {"above": date(2022, 1, 1)}}, [1]),
    ({"m": {"below": datetime(2022, 1, 1, 9)}}, [0, 3]),
    ({"n": {"at_least": 1}, "t": {"not": "a"}}, [1]),
    ({"b": {"not": True}}, [1]),
    ({"x": -1}, [1]),
]


@pytest.mark.parametrize("where, expected", CASES, ids=[str(w) for w, _ in CASES])
def test_both_engines_pick_the_rows_counted_by_hand(where, expected):
    assert rows_by_sql(where) == expected
    assert rows_by_polars(where) == expected


@pytest.mark.parametrize("where, expected", CASES, ids=[str(w) for w, _ in CASES])
def test_types_are_not_needed(where, expected):
    assert rows_by_sql(where, None) == expected
    assert rows_by_polars(where, None) == expected


def test_the_polars_condition_is_never_null():
    found = FRAME.select(filters.polars({"t": {"not": "a"}, "n": {"at_least": 1}}).alias("met"))["met"]
    assert found.null_count() == 0


@pytest.mark.parametrize(
    "where, fragment",
    [
        ({"q": 1}, "no column “q”"),
        ({"n": {"at_leas": 1}}, "did you mean at_least"),
        ({"n": {}}, "no condition"),
        ({"n": None}, "is_null: true"),
        ({"n": [1, 2]}, "in: [ ]"),
        ({"n": {"in": 1}}, "a list belongs here"),
        ({"n": {"in": []}}, "1 to 1000 values"),
        ({"n": {"in": [1, "a"]}}, "expected: number"),
        ({"t": {"in": ["a", None]}}, "null cannot be compared"),
        ({"n": "1"}, "expected: number  found: text 1"),
        ({"n": True}, "expected: number"),
        ({"t": 1}, "expected: text"),
        ({"b": 1}, "expected: yes or no"),
        ({"d": "2022-01-01"}, "expected: date"),
        ({"t": {"at_least": "a"}}, "only numbers and dates"),
        ({"b": {"above": True}}, "only numbers and dates"),
        ({"n": {"between": [3, 1]}}, "above the upper"),
        ({"n": {"between": [1]}}, "two values"),
        ({"n": {"between": 1}}, "a list belongs here"),
        ({"x": float("nan")}, "must be finite"),
        ({"x": {"above": float("inf")}}, "must be finite"),
        ({"n": 2**70}, "too large"),
        ({"n": {"is_null": 1}}, "only true or false"),
        ({"t": "a\x00b"}, "cannot be used"),
        ({"t": "x" * 1001}, "too long"),
        ({"n": {"at_least": [1]}}, "one value belongs here"),
        ({"n": {"in": [[1]]}}, "a value is a text"),
        ({"n": {"in": list(range(1001))}}, "1 to 1000"),
        ("n = 1", "written by column"),
        ({f"c{i}": 1 for i in range(51)}, "too many conditions"),
    ],
)
def test_a_wrong_filter_says_what_is_wrong(where, fragment):
    issues = filters.check(where, TYPES)
    assert fragment in " ".join(i.render("en") for i in issues)
    with pytest.raises(filters.FilterError):
        filters.compile(where, TYPES)


def test_all_problems_come_at_once():
    assert len(filters.check({"q": 1, "n": {"at_leas": 1, "in": 3}, "t": 2}, TYPES)) == 4


def test_texts_and_names_are_quoted():
    where = {'a"; DROP TABLE x; --': "'; DROP TABLE x; --"}
    assert filters.compile(where).sql("duckdb") == "\"a\"\"; DROP TABLE x; --\" = '''; DROP TABLE x; --'"


@pytest.mark.parametrize(
    "where, zh, en",
    [
        ({"t": "a"}, "类型为“a”", "kind is “a”"),
        ({"t": {"not": ["a", "b"]}}, "类型不为“a”、“b”中任何一个", "kind is none of “a”, “b”"),
        ({"n": {"at_least": 30000}, "b": True}, "n不低于30,000，且b为是", "n is at least 30,000, and b is yes"),
        ({"n": {"between": [1, 2]}}, "n在1至2之间（含两端）", "n is between 1 and 2, both included"),
        ({"n": {"is_null": False}}, "n不为空", "n is not empty"),
        ({}, "", ""),
    ],
)
def test_sentences(where, zh, en):
    class Label:
        def in_(self, lang):
            return {"zh": "类型", "en": "kind"}[lang]

    assert filters.sentence(where, "zh", {"t": Label()}) == zh
    assert filters.sentence(where, "en", {"t": Label()}) == en


def test_every_operator_has_both_sentences():
    for operator in OPERATORS.values():
        assert "{column}" in operator.zh
        assert "{column}" in operator.en


def numbers(column):
    value = st.integers(-3, 4) if column == "n" else st.sampled_from([-1.0, -0.5, 0.0, 0.5, 2.0])
    ordered = st.sampled_from(["at_least", "at_most", "above", "below"]).flatmap(lambda key: st.fixed_dictionaries({key: value}))
    lists = st.sampled_from(["in", "not"]).flatmap(lambda key: st.fixed_dictionaries({key: st.lists(value, min_size=1, max_size=4)}))
    between = st.tuples(value, value).map(lambda pair: {"between": sorted(pair)})
    return st.one_of(value, ordered, lists, between, st.booleans().map(lambda flag: {"is_null": flag}))


@settings(max_examples=60, deadline=None)
@given(st.fixed_dictionaries({}, optional={"n": numbers("n"), "x": numbers("x")}))
def test_sql_and_polars_agree(where):
    assert rows_by_sql(where) == rows_by_polars(where)
