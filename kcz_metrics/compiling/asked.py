"""What every fact that reads another asks of its rows, so that the one that is read gives no others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlglot import exp


def by_all(name: str, queries: Iterable[exp.Query]) -> list[exp.Expression]:
    """The conditions that stand in every place where one of the queries reads the table ``name``, on its columns alone."""
    places = [{condition.sql(): condition for condition in _of_place(read)} for query in queries for read in _reads(query, name)]
    first, *others = places or [{}]
    return [condition for text, condition in first.items() if all(text in place for place in others)]


def _reads(query: exp.Query, name: str) -> Iterator[exp.Table]:
    return (read for read in query.find_all(exp.Table) if read.name == name)


def _of_place(read: exp.Table) -> Iterator[exp.Expression]:
    """The conditions of the WHERE that a row of this table must meet to be seen there; none where a join may do without it."""
    select = read.parent_select
    if not isinstance(select, exp.Select) or not _is_needed(read, select):
        return
    where = select.args.get("where")
    alone = not select.args.get("joins")
    for part in _parts(where.this) if where is not None else ():
        columns = list(part.find_all(exp.Column))
        own = columns and all(column.table == read.alias_or_name or (alone and not column.table) for column in columns)
        if own and part.find(exp.Query, exp.AggFunc, exp.Window, exp.Anonymous) is None:
            yield part.transform(lambda node: exp.column(node.name) if isinstance(node, exp.Column) else node)


def _is_needed(read: exp.Table, select: exp.Select) -> bool:
    """Whether a row of the select always has a row of the table in it."""
    joins = select.args.get("joins") or []
    if any(join.side in ("RIGHT", "FULL") for join in joins):
        return False
    if isinstance(read.parent, exp.From):
        return read.parent.parent is select
    return isinstance(read.parent, exp.Join) and not read.parent.side and read.parent.kind in ("", "INNER")


def _parts(condition: exp.Expr) -> Iterator[exp.Expr]:
    return condition.flatten() if isinstance(condition, exp.And) else iter([condition])
