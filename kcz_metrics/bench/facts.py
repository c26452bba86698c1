"""Single facts with all measures of one index over them, as the engine compiles them and as one query written by hand.

The handwritten ones (``handwritten/``) read the same Parquet files and are what somebody would write who knows the records and wants these
numbers and no others: only the columns needed, the flaws in the WHERE, each date aggregated by itself. What several of them need stands in
``handwritten/shared/``. They are for stores as ``kcz demo`` fills them: one version of each row, none withdrawn.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

import duckdb
import polars as pl

from kcz_metrics.compiling.assembly import MEASURES_TABLE, UNITS_TABLE
from kcz_metrics.compiling.plan import Plan, plan
from kcz_metrics.compiling.statement import PERIOD, UNIT
from kcz_metrics.engines.connection import opened

if TYPE_CHECKING:
    from kcz_metrics.scheme.models import Scheme
    from kcz_metrics.store import Snapshot

PERIODS: Final = ("2020", "2021", "2022")
#: Handwritten query → the index and the fact whose measures it works out.
HANDWRITTEN: Final[Mapping[str, tuple[str, str]]] = {
    "contracts_organisation": ("board_transfer", "contracts"),
    "dockings_organisation": ("board_docking", "dockings"),
    "enterprise_activities_city": ("city_assessment", "enterprise_activities"),
    "field_needs_organisation": ("board_docking", "field_needs"),
    "impacts_city": ("city_assessment", "impacts"),
    "needs_city": ("city_assessment", "needs"),
    "offers_organisation": ("board_docking", "offers"),
    "offers_team": ("team_score", "offers"),
    "resource_uses_organisation": ("board_resource", "resource_uses"),
}
_FOLDER = resources.files(__package__) / "handwritten"
_SHARED = ("successors", "related")


@dataclass(frozen=True)
class Alone:
    """The part of an index's plan that one fact needs."""

    planned: Plan

    def run(self, snapshot: Snapshot) -> list[pl.DataFrame]:
        """A frame for each scan: ``_unit, _period`` and measures."""
        frames = []
        with opened(snapshot, self.planned.tables) as connection:
            for statement in self.planned.statements:
                if statement.name in (UNITS_TABLE, MEASURES_TABLE, None):
                    continue
                connection.execute(statement.tree().sql(dialect="duckdb"))
                if statement.name.endswith("_measures"):
                    frames.append(_frame(connection.table(statement.name)))
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
