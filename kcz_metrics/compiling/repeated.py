"""Rows of a fact that differ in nothing that is read: one stands for all of them, with their number.

A number that is opened is recounted from the fact's own query, in which each has its row.
"""

from __future__ import annotations

from typing import cast

from sqlglot import exp

from kcz_metrics.facts import FACTS

#: How many rows one stands for.
TIMES = "_times"


def once(name: str, fact: exp.Query, query: exp.Query) -> tuple[exp.Query, exp.Query]:
    """A fact's query and the scan that reads it as ``<name>_fact``: where the fact's rows come from pairs without doubles of which only the
    first is read on, each first of a pair once, and sums and counts that take it so often; both as they are where that is not certain."""
    select = _scanning(query, f"{name}_fact")
    pairs = _pairs(fact)
    if select is None or pairs is None or not isinstance(fact, exp.Select):
        return fact, query
    source = fact.args["from_"].this.alias_or_name
    if not _joined_once(name, fact) or not _counts_pairs(fact, source, pairs):
        return fact, query
    return _of_firsts(fact, source, pairs), _taken_often(query, select)


def _scanning(query: exp.Query, read: str) -> exp.Select | None:
    """The scan, where it adds up and counts rows of this one table, and does no more."""
    source = query.args.get("from_")
    if not isinstance(query, exp.Select) or source is None or source.this.name != read or query.args.get("joins") or query.ctes:
        return None
    if sum(table.name == read for table in query.find_all(exp.Table)) != 1:
        return None
    aggregates = list(query.find_all(exp.AggFunc))
    known = all(isinstance(of, exp.Sum | exp.Max) or (isinstance(of, exp.Count) and isinstance(of.this, exp.Star)) for of in aggregates)
    dated = all(call.name in ("YEAR", "MONTH") for call in query.find_all(exp.Anonymous))  # and no quantile
    return query if aggregates and known and dated and not query.find(exp.Filter, exp.Window, exp.Distinct) else None


def _pairs(fact: exp.Query) -> exp.Select | None:
    """The part that the fact reads first: pairs without doubles, whose second is there and is named nowhere else."""
    source = fact.args.get("from_")
    part = next((part for part in fact.ctes if source is not None and part.alias == source.this.name), None)
    made = part.this if part is not None else None
    if not isinstance(made, exp.Select) or {key for key, of in made.args.items() if of} != {"expressions", "from_", "distinct", "where"}:
        return None
    if (
        len(made.expressions) != 2
        or not all(isinstance(item, exp.Column) for item in made.expressions)
        or made.args["distinct"].args.get("on")
    ):
        return None
    second = made.expressions[1]
    there = exp.Not(this=exp.Is(this=second.copy(), expression=exp.Null()))
    where = made.args["where"].this
    named = sum(column.name == second.name for column in fact.find_all(exp.Column))
    inside = sum(column.name == second.name for column in made.find_all(exp.Column))
    return made if there in (list(where.flatten()) if isinstance(where, exp.And) else [where]) and named == inside else None


def _joined_once(name: str, fact: exp.Select) -> bool:
    """Whether what is joined meets a row once at most: facts by their whole key; and nothing else makes more of the rows or fewer."""
    if any(fact.args.get(key) for key in ("group", "distinct", "qualify", "having", "limit")):
        return False
    for join in fact.args.get("joins") or ():
        base, on = join.this.name.removesuffix("_fact"), join.args.get("on")
        plain = not join.side and join.kind in ("", "INNER") and isinstance(on, exp.EQ)
        if not plain or base not in FACTS[name].builds_on:
            return False
        if {side.name for side in (on.this, on.expression) if side.table == join.alias_or_name} != set(FACTS[base].key):
            return False
    return True


def _counts_pairs(fact: exp.Select, source: str, pairs: exp.Select) -> bool:
    """Whether the one window over the fact's rows, if any, counts those of a first."""
    windows = [window for item in fact.expressions for window in item.find_all(exp.Window)]
    return all(window == _number_of(source, pairs) for window in windows)


def _number_of(source: str, pairs: exp.Select) -> exp.Window:
    counted = exp.Count(this=exp.Star(), big_int=True)
    return exp.Window(this=counted, partition_by=[exp.column(pairs.expressions[0].name, table=source)], over="OVER")


def _of_firsts(fact: exp.Select, source: str, pairs: exp.Select) -> exp.Query:
    times = exp.column(TIMES, table=source)
    number = _number_of(source, pairs)
    changed = cast("exp.Select", fact.copy().transform(lambda node: times.copy() if node == number else node))
    made = _pairs(changed)
    assert made is not None
    first, second = made.expressions
    made.set("distinct", None)
    made.set("expressions", [first, exp.alias_(exp.Count(this=exp.Distinct(expressions=[second])), TIMES)])
    made.group_by(first.copy(), copy=False)
    return changed.select(times, copy=False)


def _taken_often(query: exp.Query, select: exp.Select) -> exp.Query:
    assert query is select
    times = exp.column(TIMES, quoted=True)

    def often(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Count):
            return exp.cast(exp.Sum(this=times.copy()), "bigint")
        return exp.Sum(this=exp.Mul(this=node.this, expression=times.copy())) if isinstance(node, exp.Sum) else node

    return cast("exp.Query", query.copy().transform(often))
