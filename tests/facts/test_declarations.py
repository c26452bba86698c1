from __future__ import annotations

import re
from pathlib import Path

import pytest
from small_records import snapshot
from sqlglot import exp

from kcz_metrics.compiling.scans import fact_query
from kcz_metrics.compiling.statement import Statement
from kcz_metrics.engines.connection import opened
from kcz_metrics.facts import FACTS, FLAW, UNITS
from kcz_metrics.scheme.models import Scheme
from kcz_metrics.store import Store
from kcz_metrics.tables import TABLES

SQL_TYPES = {
    "VARCHAR": "text",
    "BIGINT": "int",
    "INTEGER": "int",
    "DOUBLE": "float",
    "BOOLEAN": "bool",
    "DATE": "date",
    "TIMESTAMP": "datetime",
}
FIXED = {"unit": "text", "name_zh": "text", "name_en": "text", "active_from": "date", "active_to": "date"}


def chain(name: str) -> list[str]:
    """The fact after all that it builds on."""
    before = [base for parent in FACTS[name].builds_on for base in chain(parent)]
    return [*dict.fromkeys(before), name]


def read_tables(name: str) -> set[str]:
    tree = FACTS[name].query(dict.fromkeys(FACTS[name].parameters, 1) | {p: {"A": 1.0} for p in looked_up(name)})
    local = {cte.alias for cte in tree.find_all(exp.CTE)}
    return {table.name for table in tree.find_all(exp.Table)} - local


def looked_up(name: str) -> set[str]:
    from kcz_metrics.facts.query import looked_up as of
    from kcz_metrics.facts.query import parse

    return of(parse(FACTS[name].text))


@pytest.mark.parametrize("name", FACTS)
def test_sql_gives_the_declared_columns_and_types_on_an_empty_store(name: str, tmp_path: Path, shipped_scheme: Scheme) -> None:
    fact = FACTS[name]
    tables = {table for base in chain(name) for table in FACTS[base].tables}
    with opened(snapshot(tmp_path, {}), tables) as connection:
        for base in chain(name):
            connection.execute(Statement(f"{base}_fact", fact_query(shipped_scheme, base)).tree().sql(dialect="duckdb"))
        described = connection.execute(f'DESCRIBE "{name}_fact"').fetchall()
    given = {column: SQL_TYPES.get(kind, kind) for column, kind, *_ in described}
    declared = {column: declared.type for column, declared in fact.columns.items()}
    assert given == declared | ({} if fact.derived else {FLAW: "text"})


@pytest.mark.parametrize("name", FACTS)
def test_key_tells_rows_apart_on_the_sample(name: str, sample_store: Store, shipped_scheme: Scheme) -> None:
    fact = FACTS[name]
    tables = {table for base in chain(name) for table in FACTS[base].tables}
    with opened(sample_store.snapshot(), tables) as connection:
        for base in chain(name):
            connection.execute(Statement(f"{base}_fact", fact_query(shipped_scheme, base)).tree().sql(dialect="duckdb"))
        key = ", ".join(fact.key)
        rows, kinds = connection.execute(f"SELECT count(*), count(DISTINCT ({key})) FROM {name}_fact").fetchall()[0]  # noqa: S608
    assert rows > 0
    assert rows == kinds


@pytest.mark.parametrize("name", FACTS)
def test_declaration_names_what_the_sql_reads(name: str) -> None:
    fact = FACTS[name]
    assert read_tables(name) == set(fact.tables) | set(fact.builds_on)
    assert set(fact.tables) | {fact.record} <= set(TABLES)
    assert set(fact.parameters) == set(re.findall(r"\$(\w+)", fact.text))
    named = {*fact.key, *fact.times, *fact.units.values(), *fact.keys, *(c for c in (fact.valid_from, fact.valid_to) if c)}
    assert named <= set(fact.columns)
    assert fact.times or fact.has_validity
    assert all(label.zh and label.en for label in (fact.label, fact.about, *(c.label for c in fact.columns.values())))


def test_names_of_facts_and_steps_do_not_meet_those_of_tables() -> None:
    steps = {"units", "periods", "measures", *(f"{name}_fact" for name in FACTS), *(f"{name}_measures" for name in FACTS)}
    assert not steps & set(TABLES)


@pytest.mark.parametrize("name", UNITS)
def test_units_give_the_declared_columns(name: str, tmp_path: Path) -> None:
    dimension = UNITS[name]
    with opened(snapshot(tmp_path, {}), dimension.tables) as connection:
        described = connection.execute(f"DESCRIBE {dimension.query().sql(dialect='duckdb')}").fetchall()
    given = {column: SQL_TYPES.get(kind, kind) for column, kind, *_ in described}
    assert given == FIXED | {column: declared.type for column, declared in dimension.columns.items()}
