"""The periods in which anything happened that an index counts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import polars as pl
from sqlglot import exp

from kcz_metrics.compiling import assembly
from kcz_metrics.compiling.measures import ReadyMeasure
from kcz_metrics.compiling.plan import plan, tables_of
from kcz_metrics.compiling.scan import unit_of
from kcz_metrics.compiling.scans import fact_query, kept_in_tables, needed_facts
from kcz_metrics.compiling.statement import Statement, table
from kcz_metrics.engines.connection import as_engine_error, frame, opened
from kcz_metrics.facts import FLAW
from kcz_metrics.language.periods import Grain, period_of

if TYPE_CHECKING:
    from kcz_metrics.scheme.models import Index, Scheme
    from kcz_metrics.store import Snapshot


def eventful(snapshot: Snapshot, scheme: Scheme, index_id: str, grain: Grain) -> tuple[str, ...]:
    """Periods of ``grain`` in which a valid row of a fact behind the index is dated that is about a unit of its
    population, first to last.

    A row is dated by its fact's own time, not by the date on which it is ripe to be measured, nor by what the record says of the period it
    was reported for. Only where no fact has a time do rows count from the day they are valid.
    """
    measures = plan(scheme, index_id).measures
    facts = [measure.fact.id for measure in measures]
    with opened(snapshot, tables_of(scheme.indices[index_id].unit, facts)) as connection, as_engine_error():
        kept = kept_in_tables(measures)
        for name in needed_facts(measures):
            if name in kept:
                connection.execute(Statement(f"{name}_fact", fact_query(scheme, name)).tree().sql(dialect="duckdb"))
        months = [frame(connection, query) for query in _months(scheme, scheme.indices[index_id], measures, kept)]
    days = pl.concat(months)["month"].drop_nulls().unique().to_list() if months else []
    return tuple(p.id for p in sorted({period_of(day, grain) for day in days}))


def _months(scheme: Scheme, index: Index, measures: tuple[ReadyMeasure, ...], kept: set[str]) -> Iterator[exp.Query]:
    """For each fact and key the months in which its rows are dated, as their first days."""
    timed = any(measure.fact.time is not None for measure in measures)
    for fact, key in {(m.fact.id, m.key): (m.fact, m.key) for m in measures}.values():
        dated = fact.time if timed else fact.valid_from
        if dated is None:
            continue
        source = table(f"{fact.id}_fact") if fact.id in kept else fact_query(scheme, fact.id).subquery(f"{fact.id}_fact")
        first = exp.cast(exp.func("date_trunc", exp.Literal.string("month"), exp.column(dated, quoted=True)), "date")
        query = exp.select(exp.alias_(first, "month")).distinct().from_(source)
        if key is not None:
            query = query.where(
                exp.In(this=unit_of(key), query=exp.select("unit").from_(assembly.units(index).subquery("population")).subquery())
            )
        if fact.valid is not None:
            query = query.where(exp.Is(this=exp.column(FLAW, quoted=True), expression=exp.Null()))
        yield query
