"""One step of a plan: a query, the table it makes, and the sentences that explain it."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlglot import exp

from kcz_metrics.locales import Text

#: Columns that are no measure: ids cannot begin with an underscore.
UNIT, PERIOD = "_unit", "_period"


def records_column(measure: str) -> str:
    """The column that counts the records behind a measure."""
    return f"_n_{measure}"


def table(name: str, alias: str | None = None) -> exp.Table:
    """A table by its name alone, quoted."""
    known = exp.TableAlias(this=exp.to_identifier(alias, quoted=True)) if alias else None
    return exp.Table(this=exp.to_identifier(name, quoted=True), alias=known)


@dataclass(frozen=True)
class Statement:
    """``name`` is the temporary table that is made of ``query``; None for the last one, whose rows are the answer."""

    name: str | None
    query: exp.Query = field(repr=False)
    sentences: tuple[Text, ...] = ()

    def tree(self) -> exp.Expr:
        if self.name is None:
            return self.query.copy()
        properties = exp.Properties(expressions=[exp.TemporaryProperty()])
        return exp.Create(this=table(self.name), kind="TABLE", expression=self.query.copy(), properties=properties)
