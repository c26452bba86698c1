"""A fact's query without some of its columns gives the same rows, and leaves out only what cannot change them."""

from __future__ import annotations

import pytest

from kcz_metrics.compiling.scans import fact_query
from kcz_metrics.engines.connection import opened
from kcz_metrics.facts import FACTS
from kcz_metrics.facts.pruning import columns_read, pruned
from kcz_metrics.facts.query import parse
from kcz_metrics.records.sample import fill, invent
from kcz_metrics.scheme.models import Scheme
from kcz_metrics.store import Snapshot, Store


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return fill(Store.open(tmp_path_factory.mktemp("pruning")), invent(3, 0.02).tables)


def in_order() -> list[str]:
    ordered: dict[str, None] = {}

    def visit(name: str) -> None:
        for base in FACTS[name].builds_on:
            visit(base)
        ordered[name] = None

    for name in FACTS:
        visit(name)
    return list(ordered)


@pytest.mark.long
def test_columns_alone_have_the_rows_that_they_have_among_all(snapshot: Snapshot, shipped_scheme: Scheme) -> None:
    wrong = []
    with opened(snapshot, {table for fact in FACTS.values() for table in fact.tables}) as connection:
        for name in in_order():
            connection.execute(f'CREATE TEMP TABLE "{name}_fact" AS {fact_query(shipped_scheme, name).sql(dialect="duckdb")}')
            columns = [*FACTS[name].columns, *([] if FACTS[name].derived else ["flaw"])]
            for part in (columns[::2], columns[1::2]):
                listed = ", ".join(f'"{column}"' for column in part)
                alone = fact_query(shipped_scheme, name, frozenset(part)).sql(dialect="duckdb")
                connection.execute(f"CREATE OR REPLACE TEMP TABLE alone AS {alone}")
                whole, apart = f'SELECT {listed} FROM "{name}_fact"', f"SELECT {listed} FROM alone"  # noqa: S608
                differing = f"({whole} EXCEPT ALL {apart}) UNION ALL ({apart} EXCEPT ALL {whole})"
                if part and connection.execute(differing).fetchone():
                    wrong.append((name, part))
    assert wrong == []


def left(name: str, *columns: str) -> str:
    return pruned(name, frozenset(columns)).sql(dialect="duckdb")


def test_joins_go_where_they_meet_once_and_are_not_read() -> None:
    assert left("offers", "org_id", "accepted_at") == (
        "SELECT offer.org_id, offer.accepted_at FROM need_offer AS offer JOIN need ON need.need_id = offer.need_id"
    )
    kept = left("contracts", "credited_cny")
    assert "caps" in kept
    assert "enterprise" not in kept
    assert "tech_manager" not in kept


def test_a_join_told_by_a_day_goes_where_its_rows_share_no_day() -> None:
    # whom a body was merged into is told by dates, not by a key
    assert "LEFT JOIN successors" in left("dockings", "enterprise_id")
    assert "successors" not in left("dockings", "docking_id", "city_id", "difficulty")


def test_a_record_table_of_its_own_does_not_keep_a_column() -> None:
    # need.enterprise_id is read to find the successor, the docking's enterprise_id is not
    assert "AS enterprise_id" not in left("dockings", "docking_id")
    assert "AS enterprise_id" in left("dockings", "outside_station_city")


def test_windows_and_parts_go_with_what_they_served() -> None:
    assert "meetings" in left("dockings", "substantial")
    assert "meetings" not in left("dockings", "stage")
    assert "COUNT(*)" not in left("dockings", "stage")


@pytest.mark.parametrize(
    "query, expected",
    [
        ("SELECT count(*) FILTER (WHERE met) FROM dockings", {"met"}),
        ("SELECT docking.team_id FROM dockings AS docking", {"team_id"}),
        ("SELECT 1 FROM need", set()),
    ],
)
def test_what_a_query_reads_goes_by_name(query: str, expected: set[str]) -> None:
    assert columns_read("dockings", parse(query)) == expected


def test_a_star_reads_everything() -> None:
    assert columns_read("dockings", parse("SELECT dockings.* FROM dockings")) == {*FACTS["dockings"].columns, "flaw"}
