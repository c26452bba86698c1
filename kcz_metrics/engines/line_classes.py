"""Evidence of facts whose rows are no records: each counted row has the classes of the records that it is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl
from sqlglot import exp

from kcz_metrics.compiling import successors
from kcz_metrics.compiling.measures import ReadyMeasure
from kcz_metrics.compiling.scan import row_unit
from kcz_metrics.compiling.statement import table
from kcz_metrics.compiling.windows import day
from kcz_metrics.facts import makings
from kcz_metrics.language.periods import Period

if TYPE_CHECKING:
    from kcz_metrics.facts import Fact
    from kcz_metrics.store import Snapshot

CLASS: Final = "evidence_class"
UNIT, AMOUNT = "_unit", "_amount"


def made_of(snapshot: Snapshot, fact: Fact) -> bool:
    """Whether rows of the fact lead back to records that say on what evidence they stand."""
    tables = [making.table for making in makings.MAKINGS.get(fact.id, ())]
    own = [fact.record] if makings.has_own_record(fact.id) else []
    return any(name in snapshot.tables and CLASS in snapshot.tables[name].columns for name in [*own, *tables])


def lines_query(measure: ReadyMeasure, span: Period, conditions: list[exp.Expression]) -> exp.Query:
    """The fact's rows that count, with their unit and how much each brings to a sum, else 1."""
    amount: exp.Expression = exp.Literal.number(1)
    if measure.measure.agg == "sum":
        amount = exp.Abs(this=exp.column(str(measure.measure.of), quoted=True))
    columns = [exp.column(name, table=f"{measure.fact.id}_fact", quoted=True) for name in measure.fact.columns]
    rows = exp.select(
        exp.alias_(row_unit(measure), UNIT, quoted=True), exp.alias_(exp.cast(amount, "double"), AMOUNT, quoted=True), *columns
    ).from_(table(f"{measure.fact.id}_fact"))
    return successors.joined(rows, measure, day(span.end)).where(*conditions)


def shares(snapshot: Snapshot, fact: Fact, lines: pl.DataFrame) -> pl.DataFrame:
    """``unit, evidence_class, share`` of the rows that ``lines_query`` gave: a row's amount is split equally among its records, and records
    without a class do not count. Shares of a unit add up to 1."""
    counted = lines.filter(pl.col(UNIT).is_not_null() & (pl.col(AMOUNT) > 0)).rename({UNIT: "unit"})
    found = [
        rows.join(_classes(snapshot, name), on=list(snapshot.tables[name].key), how="inner").select(makings.LINE, CLASS)
        for name, rows in makings.behind(fact.id, counted, snapshot.read)
        if CLASS in snapshot.tables[name].columns
    ]
    numbered = counted.with_row_index(makings.LINE)
    own = snapshot.tables.get(fact.record)
    if own is not None and CLASS in own.columns and makings.has_own_record(fact.id):
        found.append(numbered.join(_classes(snapshot, fact.record), on=list(own.key), how="inner").select(makings.LINE, CLASS))
    if not found:
        return pl.DataFrame(schema={"unit": pl.String, CLASS: pl.String, "share": pl.Float64})
    records = pl.concat(found).with_columns(part=1.0 / pl.len().over(makings.LINE))
    amounts = records.join(numbered.select(makings.LINE, "unit", AMOUNT), on=makings.LINE, how="inner")
    by_class = amounts.group_by("unit", CLASS).agg((pl.col("part") * pl.col(AMOUNT)).sum().alias("share"))
    return by_class.with_columns(pl.col("share") / pl.col("share").sum().over("unit")).sort("unit", CLASS)


def _classes(snapshot: Snapshot, name: str) -> pl.DataFrame:
    return snapshot.read(name).select(*snapshot.tables[name].key, CLASS).filter(pl.col(CLASS).is_not_null())
