"""Rows that nobody counts stay out of a fact's table, and different values are counted in one going over the rows."""

from __future__ import annotations

from datetime import datetime

import duckdb
import polars as pl
import pytest
import sqlglot
from sqlglot import exp

from kcz_metrics.compiling import asked
from kcz_metrics.compiling.measures import ready
from kcz_metrics.compiling.scan import scan
from kcz_metrics.language.periods import period
from kcz_metrics.scheme.models import Scheme


def _query(text: str) -> exp.Query:
    query = sqlglot.parse_one(text, dialect="duckdb")
    assert isinstance(query, exp.Query)
    return query


@pytest.mark.parametrize(
    "texts, expected",
    [
        (["SELECT c.id FROM c WHERE c.good AND c.n > 1", "SELECT id FROM c WHERE good"], ["good"]),
        (["SELECT c.id FROM c WHERE c.good", "SELECT c.id FROM c"], []),
        (["SELECT a.id FROM a JOIN c ON c.id = a.id WHERE c.good AND a.x = c.x"], ["good"]),
        (["SELECT a.id FROM a JOIN c ON c.id = a.id WHERE good"], []),  # it may be a column of a
        (["SELECT a.id FROM a LEFT JOIN c ON c.id = a.id WHERE c.good"], []),
        (["SELECT c.id FROM c RIGHT JOIN a ON c.id = a.id WHERE c.good"], []),
        (["SELECT a.id FROM a WHERE NOT EXISTS (SELECT 1 FROM c WHERE c.id = a.id AND c.good)"], ["good"]),
        (["SELECT a.id FROM a ANTI JOIN (SELECT id FROM c WHERE good) AS d ON d.id = a.id"], ["good"]),
        (["SELECT c.id FROM c WHERE c.good OR c.n > 1"], ["good OR n > 1"]),
        (["SELECT c.id FROM c WHERE c.good AND c.n > (SELECT max(n) FROM c WHERE c.good)"], ["good"]),
        (["SELECT a.id FROM a"], []),
    ],
)
def test_what_every_reader_asks(texts: list[str], expected: list[str]) -> None:
    assert [condition.sql() for condition in asked.by_all("c", [_query(text) for text in texts])] == expected


def test_different_values_are_counted_in_one_going_over_the_rows() -> None:
    measures = {
        "firms": {"fact": "dockings", "agg": "distinct", "of": "enterprise_id", "time": "met_at"},
        "firms_served": {"fact": "dockings", "agg": "distinct", "of": "enterprise_id", "time": "met_at", "where": {"substantial": True}},
        "meetings": {"fact": "dockings", "agg": "count", "time": "met_at", "where": {"no_show": False}},
    }
    scheme = Scheme.model_validate(
        {"edition": "2022", "title": {"zh": "例", "en": "Example"}, "measures": measures, "indicators": {}, "indices": {}}
    )
    query = scan(ready(scheme, measures, "team"), [period("2022")]).sql(dialect="duckdb")
    rows = pl.DataFrame(
        {
            "team_id": ["T1", "T1", "T1", "T1", "T2", "T2", None],
            "enterprise_id": ["E1", "E1", "E2", None, "E1", "E2", "E1"],
            "substantial": [True, True, False, True, False, None, True],
            "no_show": [False, True, False, False, None, True, False],
            "met_at": [datetime(2022, 3, 1)] * 7,
            "flaw": pl.Series([None, None, None, None, None, None, None], dtype=pl.String),
        }
    )
    with duckdb.connect(":memory:") as connection:
        connection.register("dockings_fact", rows.to_arrow())
        found = {row[0]: row[1:] for row in connection.execute(query).fetchall()}
    # period; each measure and its records
    assert found == {"T1": (0, 2, 3, 1, 2, 3, 3), "T2": (0, 2, 2, 0, 0, 0, 0)}
    assert "DISTINCT" not in query
