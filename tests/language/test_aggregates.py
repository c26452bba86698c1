import math

import duckdb
import pytest
from sqlglot import exp

from kcz_metrics.language.aggregates import AGGREGATES

ROWS = "(VALUES ('a', 1, 1.0, 1), ('a', 2, 2.0, 1), ('b', 3, 4.0, 1), ('b', 4, NULL, 1), (NULL, 5, 9.0, 0)) AS rows(k, t, v, keep)"
KEEP = exp.EQ(this=exp.column("keep"), expression=exp.Literal.number("1"))
NONE = exp.EQ(this=exp.column("keep"), expression=exp.Literal.number("7"))
NULLS = exp.EQ(this=exp.column("t"), expression=exp.Literal.number("4"))


def answer(query):
    with duckdb.connect() as connection:
        return connection.execute(query.sql("duckdb")).fetchone()[0]


def run(key, column, condition, q=None):
    built = AGGREGATES[key].build(column, condition, q=q, order=exp.column("t"))
    return answer(exp.select(built).from_(ROWS))


@pytest.mark.parametrize(
    "key, column, q, kept, nothing, only_nulls",
    [
        ("count", None, None, 4, 0, 1),
        ("sum", "v", None, 7.0, None, None),
        ("mean", "v", None, 7 / 3, None, None),
        ("median", "v", None, 2.0, None, None),
        ("quantile", "v", 0.25, 1.5, None, None),
        ("min", "v", None, 1.0, None, None),
        ("max", "v", None, 4.0, None, None),
        ("distinct", "k", None, 2, 0, 1),
        ("diversity", "k", None, 2.0, None, 1.0),
        ("latest", "v", None, 4.0, None, None),  # the row of t = 4 has no value
    ],
)
def test_aggregates_by_hand(key, column, q, kept, nothing, only_nulls):
    of = exp.column(column) if column else None
    assert run(key, of, KEEP, q) == pytest.approx(kept)
    assert run(key, of, NONE, q) == nothing
    assert run(key, of, NULLS, q) == only_nulls


def test_every_aggregate_is_tested_and_said_in_both_languages():
    assert list(AGGREGATES) == ["count", "sum", "mean", "median", "quantile", "min", "max", "distinct", "diversity", "latest"]
    for row in AGGREGATES.values():
        assert row.label("zh") != row.label("en")
        assert (row.of == "none") or "{of}" in row.zh
    assert AGGREGATES["quantile"].sentence("zh", "天数", 0.95) == "天数的第 95 百分位数"
    assert AGGREGATES["quantile"].sentence("en", "days", 0.95) == "percentile 95 of days"


def test_groups_with_enough_records():
    """a 3, b 1 and c 2 records: with two or more, a and c are left; shares 3/5 and 2/5."""
    counts = "(VALUES (3), (1), (2)) AS counts(c)"
    kept = exp.GTE(this=exp.column("c"), expression=exp.Literal.number("2"))
    for key, expected in (("distinct", 2), ("diversity", math.exp(-(0.6 * math.log(0.6) + 0.4 * math.log(0.4))))):
        built = AGGREGATES[key].regroup(exp.column("c"), kept)
        assert answer(exp.select(built).from_(counts)) == pytest.approx(expected)
    empty = AGGREGATES["diversity"].regroup(exp.column("c"), exp.false())
    assert answer(exp.select(empty).from_(counts)) is None
    with pytest.raises(ValueError, match="sum"):
        AGGREGATES["sum"].regroup(exp.column("c"))


@pytest.mark.parametrize(
    "key, kind, fits", [("sum", "text", False), ("sum", "number", True), ("distinct", "text", True), ("mean", None, True)]
)
def test_which_columns_fit(key, kind, fits):
    assert AGGREGATES[key].fits(kind) is fits
