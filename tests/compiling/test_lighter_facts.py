"""Facts as one scan needs them: windows over valid rows alone, and rows that differ in nothing read together; both give the same."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
import sqlglot
from small_records import at, scheme, snapshot
from sqlglot import exp

from kcz_metrics.compiling import plan, repeated, valid_rows
from kcz_metrics.engines.duckdb import values

IMPACTS = """
    WITH shared AS (SELECT *, sum(share) OVER (PARTITION BY firm, _flaw) AS shares FROM impact)
    SELECT shared.firm, shared.share / shared.shares AS part, caps.cap, shared._flaw AS flaw
    FROM shared LEFT JOIN caps ON caps.firm = shared.firm
"""
SCAN = 'SELECT "firm", sum("part") AS parts, sum("cap") AS caps, count(*) AS n FROM "f" WHERE "flaw" IS NULL GROUP BY 1'


def _query(text: str) -> exp.Query:
    query = sqlglot.parse_one(text, dialect="duckdb")
    assert isinstance(query, exp.Query)
    return query


def _rows(fact: exp.Query, scan: exp.Query) -> list[tuple[object, ...]]:
    with duckdb.connect(":memory:") as connection:
        connection.execute("CREATE TABLE impact AS FROM (VALUES ('E1', 1, NULL), ('E1', 3, NULL), ('E1', 4, 'duplicate'), ('E2', 5, NULL),"
                           " ('E3', 7, 'unverified')) AS t(firm, share, _flaw)")  # fmt: skip
        connection.execute("CREATE TABLE caps AS FROM (VALUES ('E1', 2), ('E1', 3)) AS t(firm, cap)")
        return sorted(connection.execute(scan.with_("f", as_=fact, copy=True).sql(dialect="duckdb")).fetchall())


def test_windows_over_valid_rows_alone_say_the_same_of_these() -> None:
    fact = valid_rows.alone(_query(IMPACTS), _query(SCAN), "f")
    assert "PARTITION BY firm)" in fact.sql(dialect="duckdb")
    # E1: two rows with two caps each; their parts 1/4 and 3/4
    assert _rows(fact, _query(SCAN)) == _rows(_query(IMPACTS), _query(SCAN)) == [("E1", 2.0, 10, 4), ("E2", 1.0, None, 1)]


@pytest.mark.parametrize(
    "fact, scan",
    [
        (IMPACTS, SCAN.replace('"flaw" IS NULL', '"flaw" IS NULL OR "part" > 0')),
        (IMPACTS, SCAN.replace('WHERE "flaw" IS NULL', "")),
        (IMPACTS.replace("PARTITION BY firm, _flaw", "PARTITION BY firm"), SCAN),
        (IMPACTS.replace("PARTITION BY firm, _flaw", "PARTITION BY _flaw"), SCAN),
        (IMPACTS.replace("shared._flaw AS flaw", "upper(shared._flaw) AS flaw"), SCAN),
        (IMPACTS.replace("caps.cap", "count(*) OVER (PARTITION BY caps.cap) AS cap"), SCAN),
        (IMPACTS.replace("LEFT JOIN caps ON caps.firm", "LEFT JOIN shared AS caps ON caps.firm").replace("caps.cap", "caps.shares"), SCAN),
        (IMPACTS.replace("FROM impact)", "FROM impact WHERE share > 1)"), SCAN),
    ],
)
def test_windows_stay_where_invalid_rows_may_be_read(fact: str, scan: str) -> None:
    assert (fact, scan) != (IMPACTS, SCAN)
    assert valid_rows.alone(_query(fact), _query(scan), "f") == _query(fact)


CITIES = [{"city_id": "PC1", "kind": "city"}, {"city_id": "PC2", "kind": "park"}]
NEEDS = [
    {"need_id": id, "city_id": city, "enterprise_id": "E1", "difficulty": difficulty, "posted_at": at("2022-01-05"),
     "closed_at": at("2022-03-01"), "outcome": "solved", "confirmed_by_enterprise": confirmed}
    for id, city, difficulty, confirmed in [("N1", "PC1", 4, True), ("N2", "PC1", 2, True), ("N3", "PC2", 3, False), ("N4", "PC2", 1, True)]
]  # fmt: skip
DOCKINGS = [
    {"docking_id": f"D{i}", "need_id": need, "team_id": team, "stage": stage} | more
    for i, (need, team, stage, more) in enumerate(
        [
            ("N1", "T1", 4, {}), ("N1", "T2", 5, {}), ("N1", "T2", 4, {}), ("N1", "T3", 4, {}), ("N1", "T4", 3, {}), ("N1", None, 4, {}),
            ("N2", "T1", 4, {}), ("N2", "T5", 4, {"status": "rejected"}), ("N3", "T1", 4, {}), ("N4", None, 4, {}),
        ]
    )
]  # fmt: skip
WEIGHT = {"fact": "team_solutions", "agg": "sum", "of": "solved_weight"}


@pytest.mark.parametrize(
    "beside, expected, together",
    [
        ({"fact": "team_solutions", "agg": "count"}, 4, True),
        (WEIGHT | {"agg": "mean"}, 1.375, False),
        (WEIGHT | {"agg": "quantile", "q": 0.75}, 1.375, False),  # of 4/3 three times and 1.5
        (WEIGHT | {"where": {"difficulty": 4}}, 4, False),
        ({"fact": "team_solutions", "agg": "distinct", "of": "team_id"}, 3, False),
    ],
)
def test_equal_shares_are_taken_together_where_no_row_is_read_for_itself(
    tmp_path: Path, beside: dict[str, object], expected: float, together: bool
) -> None:
    given = scheme({"weight": WEIGHT, "beside": beside}, {"A": "weight", "B": "beside"}, periods={"grain": "year"})
    text = " ".join(statement.tree().sql(dialect="duckdb") for statement in plan(given, "i", ["2022"]).statements)
    assert (repeated.TIMES in text) == together
    records = snapshot(tmp_path, {"pilot_city": CITIES, "need": NEEDS, "docking": DOCKINGS})
    found = {(unit, indicator): value for unit, _, indicator, value, *_ in values(records, given, "i", ["2022"]).frame.iter_rows()}
    # 4 among three teams, 1.5 for one; in the other city nothing that a team solved and the enterprise confirmed
    assert found["PC1", "A"] == pytest.approx(5.5, abs=1e-12)
    assert found["PC1", "B"] == pytest.approx(expected, abs=1e-12)
    assert found["PC2", "A"] == 0
