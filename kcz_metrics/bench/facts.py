"""Single facts with all measures of one index over them, as the engine compiles them and as one query written by hand.

The handwritten ones (``handwritten/``) read the same Parquet files and are what somebody would write who knows the records and wants these
numbers and no others: only the columns needed, the flaws in the WHERE, each date aggregated by itself. What several of them need stands in
``handwritten/shared/``. They are for stores as ``kcz demo`` fills them: one version of each row, none withdrawn.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

import duckdb
import polars as pl
from sqlglot import exp

from kcz_metrics.compiling.assembly import MEASURES_TABLE, UNITS_TABLE
from kcz_metrics.compiling.plan import Plan, plan
from kcz_metrics.compiling.scan import PERIODS as PERIODS_TABLE
from kcz_metrics.compiling.scans import Scans
from kcz_metrics.compiling.statement import PERIOD, UNIT
from kcz_metrics.engines.connection import opened

if TYPE_CHECKING:
    from kcz_metrics.scheme.models import Scheme
    from kcz_metrics.store import Snapshot

PERIODS: Final = ("2020", "2021", "2022")
#: Handwritten query → the index and the fact whose measures it works out.
HANDWRITTEN: Final[Mapping[str, tuple[str, str]]] = {
    "activities_city": ("city_assessment", "activities"),
    "activities_organisation": ("board_docking", "activities"),
    "advice_organisation": ("board_drive", "advice"),
    "brokered_contracts_team": ("team_score", "brokered_contracts"),
    "chain_outcomes_city": ("city_assessment", "chain_outcomes"),
    "connections_organisation": ("board_resource", "connections"),
    "contracts_city": ("city_assessment", "contracts"),
    "contracts_organisation": ("board_transfer", "contracts"),
    "dockings_city": ("city_assessment", "dockings"),
    "dockings_organisation": ("board_docking", "dockings"),
    "dockings_team": ("team_score", "dockings"),
    "enterprise_activities_city": ("city_assessment", "enterprise_activities"),
    "expert_acts_organisation": ("board_resource", "expert_acts"),
    "expert_scores_team": ("team_score", "expert_scores"),
    "feedback_city": ("city_assessment", "feedback"),
    "feedback_organisation": ("board_docking", "feedback"),
    "feedback_team": ("team_score", "feedback"),
    "field_needs_organisation": ("board_docking", "field_needs"),
    "fresh_resources_organisation": ("board_resource", "fresh_resources"),
    "impacts_city": ("city_assessment", "impacts"),
    "impacts_organisation": ("board_drive", "impacts"),
    "impacts_team": ("team_score", "impacts"),
    "incubations_organisation": ("board_drive", "incubations"),
    "member_years_team": ("team_score", "member_years"),
    "needs_city": ("city_assessment", "needs"),
    "offers_organisation": ("board_docking", "offers"),
    "offers_team": ("team_score", "offers"),
    "org_context_organisation": ("board_resource", "org_context"),
    "outcomes_city": ("city_assessment", "outcomes"),
    "outcomes_organisation": ("board_drive", "outcomes"),
    "overseas_landings_city": ("city_assessment", "overseas_landings"),
    "payments_city": ("city_assessment", "payments"),
    "payments_organisation": ("board_transfer", "payments"),
    "programme_items_organisation": ("board_resource", "programme_items"),
    "residencies_organisation": ("board_resource", "residencies"),
    "resource_uses_city": ("city_assessment", "resource_uses"),
    "resource_uses_organisation": ("board_resource", "resource_uses"),
    "resources_city": ("city_assessment", "resources"),
    "resources_organisation": ("board_resource", "resources"),
    "served_firms_organisation": ("board_drive", "served_firms"),
    "service_days_city": ("city_assessment", "service_days"),
    "service_days_team": ("team_score", "service_days"),
    "standards_organisation": ("board_drive", "standards"),
    "stations_city": ("city_assessment", "stations"),
    "talents_organisation": ("board_drive", "talents"),
    "team_city_runs_team": ("team_score", "team_city_runs"),
    "team_solutions_city": ("city_assessment", "team_solutions"),
    "team_solutions_team": ("team_score", "team_solutions"),
    "team_targets_team": ("team_score", "team_targets"),
}
_FOLDER = resources.files(__package__) / "handwritten"
_SHARED = ("successors", "related", "creditable", "ends")


@dataclass(frozen=True)
class Alone:
    """The part of an index's plan that one fact needs, compiled once, as the engine keeps its passes."""

    planned: Plan

    @cached_property
    def steps(self) -> Mapping[str, exp.Expr]:
        """The table that each statement makes, and the statement; that of the periods only where another reads it."""
        around = (UNITS_TABLE, MEASURES_TABLE, None)
        steps = {s.name: s.tree() for s in self.planned.statements if s.name is not None and s.name not in around}
        read = {table.name for tree in steps.values() for table in tree.expression.find_all(exp.Table)}
        return {name: tree for name, tree in steps.items() if name != PERIODS_TABLE or name in read}

    @cached_property
    def texts(self) -> Mapping[str, str]:
        return {name: tree.sql(dialect="duckdb") for name, tree in self.steps.items()}

    @cached_property
    def tables(self) -> Sequence[str]:
        """The record tables that these statements read."""
        read = {table.name for tree in self.steps.values() for table in tree.find_all(exp.Table)}
        return [name for name in self.planned.tables if name in read]

    @cached_property
    def passes(self) -> frozenset[str]:
        """The tables that are made for these measures where all indices are worked out at once."""
        read = {table.name for tree in self.steps.values() for table in tree.find_all(exp.Table)}
        scans = Scans(self.planned.scheme, self.planned.measures, self.planned.periods, None)
        return frozenset({*read, *(statement.name for statement in scans.statements if statement.name is not None)})

    def run(self, snapshot: Snapshot) -> list[pl.DataFrame]:
        """A frame for each scan: ``_unit, _period`` and measures."""
        frames = []
        with opened(snapshot, self.tables) as connection:
            for name, text in self.texts.items():
                connection.execute(text)
                if name.endswith("_measures"):
                    frames.append(_frame(connection.table(name)))
        return frames


def alone(scheme: Scheme, name: str) -> Alone:
    index, fact = HANDWRITTEN[name]
    whole = plan(scheme, index, PERIODS)
    return Alone(replace(whole, measures=tuple(m for m in whole.measures if m.fact.id == fact)))


def ours(snapshot: Snapshot, part: Alone) -> pl.DataFrame:
    """``unit, year`` and each measure."""
    together: pl.DataFrame | None = None
    for found in part.run(snapshot):
        shown = found.select(
            pl.col(UNIT).alias("unit"),
            (pl.col(PERIOD) + int(PERIODS[0])).cast(pl.Int64).alias("year"),
            *(name for name in found.columns if not name.startswith("_")),
        )
        together = shown if together is None else together.join(shown, on=["unit", "year"], how="full", coalesce=True)
    assert together is not None
    return together


def text_of(name: str) -> str:
    query = (_FOLDER / f"{name}.sql").read_text(encoding="utf-8")
    for part in _SHARED:
        query = query.replace(f"{{{part}}}", (_FOLDER / "shared" / f"{part}.sql").read_text(encoding="utf-8").strip())
    return query


def by_hand(snapshot: Snapshot, scheme: Scheme, name: str) -> pl.DataFrame:
    """``unit, year`` and each measure, by the handwritten query in a database of its own."""
    query = text_of(name)
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET enable_progress_bar = false")
        for table in _tables(snapshot, query):
            paths = ", ".join(f"'{path}'" for path in snapshot.paths(table))
            connection.execute(f'CREATE VIEW "{table}" AS FROM read_parquet([{paths}])')
        return _frame(connection.sql(query, params=_bound(scheme, query)))


def _frame(relation: duckdb.DuckDBPyRelation) -> pl.DataFrame:
    found = pl.from_arrow(relation.to_arrow_table())
    assert isinstance(found, pl.DataFrame)
    return found


def _tables(snapshot: Snapshot, query: str) -> Sequence[str]:
    words = set(re.findall(r"\w+", query))
    return [name for name in snapshot.tables if name in words and snapshot.paths(name)]


def _bound(scheme: Scheme, query: str) -> dict[str, Any]:
    given = dict(scheme.parameters)
    given |= {f"credit_{level}": credit for level, credit in given["match_difficulty_credit"].items()}
    given |= {f"evidence_{grade.lower()}": credit for grade, credit in given["evidence_credit"].items()}
    given |= {f"grade_{grade.lower()}": weight for grade, weight in given["grade_weight"].items()}
    given |= {f"weight_{level}": weight for level, weight in given["difficulty_weight"].items()}
    given |= {f"standard_{level}": weight for level, weight in given["standard_weight"].items()}
    given |= {f"activity_{kind}": weight for kind, weight in given["activity_weight"].items()}
    return {name: given[name] for name in set(re.findall(r"\$(\w+)", query))}


def agree(a: pl.DataFrame, b: pl.DataFrame) -> list[str]:
    """Measures in which two frames differ by more than 1e-9; where one has no row or nothing, the other has nothing or zero."""
    keys = ["unit", "year"]
    names = [name for name in a.columns if name not in keys]
    if missing := [name for name in names if name not in b.columns]:
        return missing
    numbers = [pl.col("unit"), pl.col("year").cast(pl.Int64), pl.col(names).cast(pl.Float64)]
    beside = a.select(numbers).join(b.select(numbers), on=keys, how="full", coalesce=True, suffix=" by hand")
    beside = beside.with_columns(pl.exclude(keys).fill_null(0.0))
    off = [(pl.col(name) - pl.col(f"{name} by hand")).abs() > 1e-12 + 1e-9 * pl.col(name).abs() for name in names]
    return [name for name, wrong in zip(names, off, strict=True) if not beside.filter(wrong).is_empty()]
