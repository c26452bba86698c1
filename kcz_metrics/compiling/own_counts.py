"""Where a scan groups by what a fact numbers its rows by, the group counts its rows itself, and no window is laid over them.

A number that is opened is recounted from the fact's own query, in which every row says what the window told of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

from sqlglot import exp

#: What is told of a row whose group does not meet the condition on its number; the column's own name tells of those that do.
BELOW = "_below"
_COMPARISONS = (exp.GTE, exp.GT, exp.LTE, exp.LT, exp.EQ, exp.NEQ)


def counted(fact: exp.Query, query: exp.Query, read: str) -> tuple[exp.Query, exp.Query]:
    """A fact's query and the scan that reads it as ``read``, both without the fact's window where that is a plain count of rows, compared
    with a number, and its partitions are the groups of the scan; both as they are where that is not certain."""
    select = next((s for s in query.find_all(exp.Select) if s.args.get("group") and _only_source(s) == read), None)
    part = _counting_part(fact)
    if select is None or part is None or select.args.get("having") or sum(table.name == read for table in query.find_all(exp.Table)) != 1:
        return fact, query
    window = part.this.expressions[1]
    outputs = {item.alias_or_name: _bare(item.unalias()) for item in fact.expressions}
    compared = _comparison(fact, window.alias)
    partition = {_bare(item).sql() for item in window.this.args["partition_by"]}
    if compared is None or not _is_grouping(select, outputs, partition):
        return fact, query
    told = [name for name, tree in outputs.items() if window.alias in {column.name for column in tree.find_all(exp.Column)}]
    return _without_window(fact, window.alias, told), _by_group(query, select, compared, told)


def _only_source(select: exp.Select) -> str | None:
    """The table that a select reads, where it reads but one."""
    source = select.args.get("from_")
    alone = source is not None and isinstance(source.this, exp.Table) and not select.args.get("joins")
    return source.this.name if source is not None and alone else None


def _counting_part(fact: exp.Query) -> exp.CTE | None:
    """The part that the fact's rows come from one by one, where it does no more than to number the rows of another."""
    if not isinstance(fact, exp.Select) or any(fact.args.get(key) for key in ("joins", "where", "group", "distinct", "qualify")):
        return None
    part = next((part for part in fact.ctes if part.alias == _only_source(fact)), None)
    made = part.this if part is not None else None
    if not isinstance(made, exp.Select) or _only_source(made) is None or set(_given(made)) != {"expressions", "from_"}:
        return None
    star, *numbers = made.expressions
    window = numbers[0].unalias() if len(numbers) == 1 else None
    if not isinstance(star, exp.Star) or not isinstance(window, exp.Window) or not isinstance(window.this, exp.Count):
        return None
    ordered = any(window.args.get(key) for key in ("order", "spec", "alias"))
    return part if isinstance(window.this.this, exp.Star) and not ordered and window.args.get("partition_by") else None


def _given(select: exp.Select) -> Iterator[str]:
    return (key for key, of in select.args.items() if of)


def _comparison(fact: exp.Query, number: str) -> exp.Expression | None:
    """The one comparison with a constant in which a fact names the number; None where it names it otherwise."""
    named = [column for column in fact.find_all(exp.Column) if column.name == number]
    compared = [
        column.parent
        for column in named
        if isinstance(column.parent, _COMPARISONS) and column.arg_key == "this" and isinstance(column.parent.expression, exp.Literal)
    ]
    once = len(compared) == len(named) and len({comparison.sql() for comparison in compared}) == 1
    return cast("exp.Expression", compared[0]) if once else None


def _is_grouping(select: exp.Select, outputs: Mapping[str, exp.Expr], partition: set[str]) -> bool:
    """Whether the groups of a select are the partitions: each tells the other, and a condition takes a partition whole or leaves it."""
    keys = [_told(item.unalias(), outputs) for item in select.expressions[: len(select.args["group"].expressions)]]
    where = select.args.get("where")
    conditions = [_told(condition, outputs) for condition in (_conditions(where.this) if where is not None else ())]
    one = {key.this.sql() if isinstance(key, exp.Sub) and isinstance(key.expression, exp.Literal) else key.sql() for key in keys}
    one |= {condition.sql() for condition in conditions}
    one |= {
        condition.this.sql() for condition in conditions if isinstance(condition, exp.Is) and isinstance(condition.expression, exp.Null)
    }
    return partition <= one and all(_hangs_on(partition, tree) for tree in (*keys, *conditions))


def _conditions(where: exp.Expr) -> Iterator[exp.Expr]:
    for condition in where.flatten() if isinstance(where, exp.And) else [where]:
        if isinstance(condition.unnest(), exp.And):
            yield from _conditions(condition.unnest())
        else:
            yield condition.unnest()


def _hangs_on(partition: set[str], tree: exp.Expr) -> bool:
    """Whether a tree is one of these expressions or made of them and of constants, a year's first day beside the year among these."""
    if tree.sql() in partition or _is_first_of_year(partition, tree):
        return True
    return not isinstance(tree, exp.Column | exp.Query | exp.AggFunc) and all(
        _hangs_on(partition, part) for part in tree.iter_expressions()
    )


def _is_first_of_year(partition: set[str], tree: exp.Expr) -> bool:
    if not isinstance(tree, exp.GTE | exp.LT) or not isinstance(tree.expression, exp.Cast):
        return False
    day = tree.expression.this
    year = exp.Anonymous(this="YEAR", expressions=[tree.this.copy()])
    return isinstance(day, exp.Literal) and day.name.endswith("-01-01") and year.sql() in partition


def _told(tree: exp.Expr, outputs: Mapping[str, exp.Expr]) -> exp.Expr:
    """What a scan says of a fact's columns, said of those that the fact makes them of."""
    return _bare(tree.transform(lambda node: outputs[node.name].copy() if isinstance(node, exp.Column) and node.name in outputs else node))


def _bare(tree: exp.Expr) -> exp.Expr:
    """Columns by their names alone, so that the same thing has the same text."""
    return tree.transform(lambda node: exp.column(node.name) if isinstance(node, exp.Column) else node)


def _without_window(fact: exp.Query, number: str, told: list[str]) -> exp.Query:
    """The fact's query that says, of what hangs on the number, both what holds where the comparison does and what holds where not."""
    changed = fact.copy()
    for item in [item for item in changed.expressions if item.alias_or_name in told]:
        for name, holds in ((item.alias_or_name, True), (item.alias_or_name + BELOW, False)):
            changed.select(exp.alias_(_where(item.unalias(), number, holds), name), copy=False)
        item.pop()
    part = _counting_part(changed)
    if part is not None:
        part.this.expressions[1].pop()
    return changed


def _where(tree: exp.Expr, number: str, holds: bool) -> exp.Expression:
    def said(node: exp.Expr) -> exp.Expr:
        is_it = isinstance(node, _COMPARISONS) and isinstance(node.this, exp.Column) and node.this.name == number
        return exp.Boolean(this=holds) if is_it else node

    return cast("exp.Expression", tree.copy().transform(said))


def _by_group(query: exp.Query, select: exp.Select, compared: exp.Expression, told: list[str]) -> exp.Query:
    """The scan that takes of each group what its own number of rows tells; the scan given is not changed."""
    place = list(query.find_all(exp.Select)).index(select)
    changed = query.copy()
    of_group = list(changed.find_all(exp.Select))[place]
    enough = compared.copy()
    enough.set("this", exp.Count(this=exp.Star()))
    for item in list(of_group.expressions):
        if told_of := {column.name for column in item.find_all(exp.Column)}.intersection(told):
            value = item.this
            otherwise = value.transform(lambda node, names=told_of: _renamed(node, names))
            item.set("this", exp.Case(ifs=[exp.If(this=enough.copy(), true=value)], default=otherwise))
    return changed


def _renamed(node: exp.Expr, names: set[str]) -> exp.Expr:
    return exp.column(node.name + BELOW, quoted=True) if isinstance(node, exp.Column) and node.name in names else node
