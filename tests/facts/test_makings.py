"""The records behind a line of several are those that its own columns count: over every line of the sample."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from kcz_metrics.compiling.scans import fact_query
from kcz_metrics.compiling.statement import Statement
from kcz_metrics.engines.connection import opened
from kcz_metrics.facts import FACTS, makings
from kcz_metrics.store import Store
from kcz_metrics.tables import TABLES


def chain(name: str) -> list[str]:
    return [*dict.fromkeys(base for parent in FACTS[name].builds_on for base in chain(parent)), name]


@pytest.fixture(scope="module")
def made(sample_store: Store, shipped_scheme: Any) -> Callable[[str], tuple[pl.DataFrame, dict[str, pl.DataFrame]]]:
    """A fact's name to all its lines, and table to the records behind them."""
    snapshot = sample_store.snapshot()

    def of(name: str) -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
        with opened(snapshot, {table for base in chain(name) for table in FACTS[base].tables}) as connection:
            for base in chain(name):
                connection.execute(Statement(f"{base}_fact", fact_query(shipped_scheme, base)).tree().sql(dialect="duckdb"))
            lines = pl.DataFrame(pl.from_arrow(connection.sql(f'FROM "{name}_fact"').to_arrow_table()))
        return lines.with_row_index(makings.LINE), dict(makings.behind(name, lines, snapshot.read))

    return of


@pytest.mark.parametrize("name", [name for name in FACTS if not makings.has_own_record(name)])
def test_every_fact_of_several_records_says_which(name: str) -> None:
    """But those that only others build on: relations and mergers, which no measure reads."""
    assert name in makings.MAKINGS or name in {"related_orgs", "successors"}


@pytest.mark.parametrize("name", makings.MAKINGS)
def test_tables_and_columns_are_there(name: str) -> None:
    fact = FACTS[name]
    for one in makings.MAKINGS[name]:
        known = {*TABLES[one.table].columns, *(TABLES[one.beside[0]].columns if one.beside else ())}
        assert set(one.on) <= known
        assert set(one.on.values()) <= set(fact.columns)
        assert one.year_of is None or (one.year_of in known and "year" in fact.columns)
        assert not one.kind or "kind" in fact.columns


@pytest.mark.parametrize(
    "name, table, column",
    [
        ("city_profiles", "city_industry", "industries"),
        ("city_roadmaps", "roadmap_item", "items"),
        ("list_types", "award_list", "lists"),
        ("member_years", "service_day", "service_days"),
        ("stations", "activity", "activities"),
        ("stations", "docking", "outcomes"),
        ("team_city_runs", "service_day", "service_days"),
        ("team_years", "service_day", "service_days"),
        ("team_years", "team_city", None),
    ],
)
def test_as_many_records_as_the_line_counts(name: str, table: str, column: str | None, made: Any) -> None:
    lines, records = made(name)
    counted = records[table].group_by(makings.LINE).len("found")
    joined = lines.join(counted, on=makings.LINE, how="left").with_columns(pl.col("found").fill_null(0))
    if column is not None:
        assert joined.filter(pl.col("found") != pl.col(column)).is_empty()
    assert joined["found"].sum() > 0


@pytest.mark.parametrize(
    "name",
    ["baselines", "chain_outcomes", "duties", "enterprise_activities", "expert_acts", "outcomes", "province_members", "team_targets"],
)
def test_a_line_of_one_of_several_kinds_is_one_record(name: str, made: Any) -> None:
    lines, records = made(name)
    found = pl.concat([frame.select(makings.LINE) for frame in records.values()])
    assert found.height == lines.height == found.n_unique()


def test_the_first_meeting_with_a_firm_is_among_its_dockings(made: Any, sample_store: Store) -> None:
    lines, records = made("served_firms")
    met = sample_store.snapshot().read("docking").select("docking_id", "stage2_at")
    first = records["docking"].join(met, on="docking_id").group_by(makings.LINE).agg(pl.col("stage2_at").min().cast(pl.Date))
    joined = lines.join(first, on=makings.LINE, how="left")
    assert joined.filter(pl.col("stage2_at").ne_missing(pl.col("first_served_at").cast(pl.Date))).is_empty()


def test_a_use_of_a_resource_is_logged_or_a_docking(made: Any, sample_store: Store) -> None:
    lines, records = made("resource_uses")
    logged = lines.join(sample_store.snapshot().read("resource_use"), on="use_id", how="semi")
    assert 0 < records["docking"].height == lines.height - logged.height
    assert lines.filter(pl.col("use_kind") == "docking").height == records["docking"].height
