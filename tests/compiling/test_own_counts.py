"""A scan whose groups count themselves gives what the window gives, and is left alone where the groups are not the window's partitions."""

from __future__ import annotations

import duckdb
import numpy as np
import polars as pl
import pytest
import sqlglot
from sqlglot import exp

from kcz_metrics.compiling.own_counts import counted

FACT = """
    WITH joined AS (SELECT * FROM visit),
    numbered AS (SELECT *, count(*) OVER (PARTITION BY team, firm, year(day), flaw, met) AS meetings FROM joined)
    SELECT numbered.team, numbered.firm, numbered.day AS met_on, numbered.met, numbered.far, numbered.flaw,
        numbered.deep OR (numbered.met AND numbered.meetings >= 2) AS substantial
    FROM numbered
"""
SCAN = """
    SELECT "team" AS "_unit", year("met_on") - 2020 AS "_period", "firm" AS "_value",
        count("firm") FILTER (WHERE "substantial") AS "deep",
        count(*) FILTER (WHERE "substantial" AND "far") AS "deep_far", count(*) AS "met"
    FROM "f"
    WHERE ("met_on" >= DATE '2020-01-01' AND "met_on" < DATE '2022-01-01') AND "flaw" IS NULL AND NOT "team" IS NULL AND "met"
    GROUP BY 1, 2, 3
"""


def _query(text: str) -> exp.Query:
    query = sqlglot.parse_one(text, dialect="duckdb")
    assert isinstance(query, exp.Query)
    return query


def _visits() -> pl.DataFrame:
    rng = np.random.default_rng(4)
    drawn = {
        "team": ["T1", "T2", None], "firm": ["E1", "E2", "E3", None], "flaw": [None, None, "duplicate"],
        "met": [True, True, False, None], "deep": [True, False, False, None], "far": [True, False, None],
    }  # fmt: skip
    columns = {name: [of[i] for i in rng.integers(0, len(of), 300)] for name, of in drawn.items()}
    days = np.datetime64("2019-06-01") + rng.integers(0, 1100, 300)
    return pl.DataFrame(columns).with_columns(day=pl.Series(days).cast(pl.Date))


def _rows(fact: exp.Query, scan: exp.Query) -> list[tuple[object, ...]]:
    with duckdb.connect(":memory:") as connection:
        connection.register("visit", _visits().to_arrow())
        text = scan.with_("f", as_=fact, copy=True).sql(dialect="duckdb")
        return sorted(connection.execute(text).fetchall(), key=str)


def test_groups_that_count_themselves_give_what_the_window_gives() -> None:
    fact, scan = counted(_query(FACT), _query(SCAN), "f")
    assert fact.find(exp.Window) is None
    before = _rows(_query(FACT), _query(SCAN))
    assert _rows(fact, scan) == before
    assert len(before) > 10
    assert {row[3] != row[5] for row in before} == {True, False}  # some meetings are too few


@pytest.mark.parametrize(
    "kind, was, becomes",
    [
        ("scan", 'AND "met"\n', 'AND "met" AND "far"\n'),  # rows of a partition are left out
        ("scan", 'AND "met"\n', "\n"),  # partitions that differ in what was met fall into one group
        ("scan", 'AND "flaw" IS NULL', ""),
        ("scan", "'2020-01-01'", "'2020-03-01'"),  # a part of a year
        ("scan", 'year("met_on") - 2020', 'quarter("met_on")'),
        ("scan", '"firm" AS "_value"', '"far" AS "_value"'),
        ("scan", 'AND "met"\n', 'AND "met" AND "substantial"\n'),
        ("scan", 'FROM "f"', 'FROM "f" JOIN "visit" AS v ON v.team = "f".team'),
        ("scan", 'count(*) AS "met"', '(SELECT count(*) FROM "f" WHERE "substantial") AS "met"'),  # read by another too
        ("scan", "GROUP BY 1, 2, 3", 'GROUP BY 1, 2, 3 HAVING bool_or("substantial")'),
        ("fact", "numbered.meetings >= 2)", "coalesce(numbered.meetings, 0) >= 2)"),
        ("fact", "numbered.meetings >= 2)", "numbered.meetings >= 2 AND numbered.meetings < 9)"),
        ("fact", "count(*) OVER", "count(deep) OVER"),
        ("fact", "count(*) OVER (PARTITION BY team, firm, year(day), flaw, met)", "row_number() OVER (PARTITION BY team ORDER BY day)"),
        ("fact", "FROM joined)", "FROM joined WHERE deep)"),
        ("fact", "FROM numbered\n", "FROM numbered LEFT JOIN visit ON visit.team = numbered.team\n"),
    ],
)
def test_where_it_is_not_certain_nothing_changes(kind: str, was: str, becomes: str) -> None:
    texts = {"fact": FACT, "scan": SCAN}
    texts[kind] = texts[kind].replace(was, becomes)
    fact, scan = _query(texts["fact"]), _query(texts["scan"])
    assert (texts["fact"], texts["scan"]) != (FACT, SCAN)
    assert counted(fact, scan, "f") == (fact, scan)
