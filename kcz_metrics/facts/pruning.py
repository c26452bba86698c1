"""A fact's query without what nobody reads: columns that are not asked for, then the joins, windows and parts that served only them.

Only what is certain goes. A column goes from a part where its name stands nowhere else in the fact but as a record table's own. A left join
goes where nothing of it is read and it can meet a row once at most: its ON names the whole key of a record table or fact, all that a part
is grouped by or has no doubles of, or a fact's ``once_a_day`` and the two ends of its validity.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from sqlglot import exp

from kcz_metrics.facts.declaration import FLAW
from kcz_metrics.facts.library import FACTS
from kcz_metrics.tables import TABLES


@lru_cache(maxsize=512)
def pruned(name: str, wanted: frozenset[str]) -> exp.Query:
    """The parsed query of a fact with the ``wanted`` columns alone, in the fact's order; not to be changed by who gets it."""
    query = FACTS[name].parsed.copy()
    if not isinstance(query, exp.Select) or query.args.get("distinct") or _has_star(query):
        return query
    query.set("expressions", [item for item in query.expressions if item.alias_or_name in wanted] or query.expressions[:1])
    while _without_joins(name, query) or _without_columns(query) or _without_places(query) or _without_parts(query):
        pass
    return query


def columns_read(name: str, query: exp.Query) -> frozenset[str]:
    """The columns of a fact that ``query`` may read: those whose names stand in it, but as those of another table or fact; all where it
    takes them by a star."""
    known = frozenset(FACTS[name].columns) | {FLAW}
    starred = any(_has_star(select) and name in {source.name for source in _sources(select)} for select in query.find_all(exp.Select))
    return known if starred else known & {i.name for i in query.find_all(exp.Identifier) if _table_of(i) in {None, name}}


def _has_star(select: exp.Select) -> bool:
    return any(
        isinstance(item, exp.Star) or (isinstance(item, exp.Column) and isinstance(item.this, exp.Star)) for item in select.expressions
    )


def _sources(select: exp.Select) -> list[exp.Expr]:
    first = select.args.get("from_")
    return ([first.this] if first is not None else []) + [join.this for join in _joins(select)]


def _joins(select: exp.Select) -> list[exp.Join]:
    return list(select.args.get("joins") or ())


def _without_columns(query: exp.Query) -> bool:
    """Takes away columns of parts and joined subqueries whose names nothing reads, unless a column fewer would change the rows."""
    gone = False
    joined = [join.this.this for select in query.find_all(exp.Select) for join in _joins(select) if isinstance(join.this, exp.Subquery)]
    for select in (*(part.this for part in query.ctes), *joined):
        if not isinstance(select, exp.Select) or select.args.get("distinct") or not _grouped_by_names(select):
            continue
        for item in list(select.expressions):
            if isinstance(item, exp.Alias) and len(select.expressions) > 1 and _times(query, item.alias) == _times(item, item.alias):
                item.pop()
                gone = True
    return gone


def _without_places(query: exp.Query) -> bool:
    """Takes away columns of parts that put selects one below the other, in all of these."""
    gone = False
    for part in query.ctes:
        branches = list(_branches(part.this)) if isinstance(part.this, exp.Union) else []
        plain = [isinstance(b, exp.Select) and not b.args.get("distinct") and not _has_star(b) and _grouped_by_names(b) for b in branches]
        if not branches or not all(plain) or len({len(b.expressions) for b in branches}) > 1:
            continue
        for place, name in reversed(list(enumerate(part.this.named_selects))):
            items = [branch.expressions[place] for branch in branches]
            if len(branches[0].expressions) > 1 and _times(query, name) == sum(_times(item, name) for item in items):
                for item in items:
                    item.pop()
                gone = True
    return gone


def _branches(query: exp.Expr) -> Iterator[exp.Expr]:
    """The selects of a union that keeps doubles; of another, the union itself."""
    if isinstance(query, exp.Union) and not query.args.get("distinct"):
        yield from _branches(query.this)
        yield from _branches(query.expression)
    else:
        yield query


def _grouped_by_names(select: exp.Select) -> bool:
    """Whether what a select is grouped by does not hang on its list of columns."""
    grouped = select.args.get("group")
    return grouped is None or not (grouped.args.get("all") or any(isinstance(item, exp.Literal) for item in grouped.expressions))


def _times(tree: exp.Expr, name: str) -> int:
    """How often a name stands in a tree, not counting columns that are told to be of a record table or of another fact."""
    return sum(1 for identifier in tree.find_all(exp.Identifier) if identifier.name == name and _table_of(identifier) is None)


def _table_of(identifier: exp.Identifier) -> str | None:
    """The record table or fact that a column is told to be of; None for any other name."""
    column = identifier.parent
    if not isinstance(column, exp.Column) or column.this is not identifier or not column.table:
        return None
    select = column.parent_select
    while select is not None:
        for source in _sources(select) if isinstance(select, exp.Select) else ():
            if source.alias_or_name == column.table:
                return source.name if isinstance(source, exp.Table) and (source.name in TABLES or source.name in FACTS) else None
        select = select.parent_select
    return None


def _without_joins(name: str, query: exp.Query) -> bool:
    gone = False
    for select in list(query.find_all(exp.Select)):
        if any(isinstance(item, exp.Star) for item in select.expressions):
            continue
        for join in _joins(select):
            on, columns = join.args.get("on"), list(_own_columns(select))
            if join.side != "LEFT" or on is None or not all(column.table for column in columns):
                continue
            alias = join.alias_or_name
            once = _equated(on, alias) >= (_key(name, query, join) or {""}) or _at_a_day(name, join, on)
            if once and _of(alias, columns) == _of(alias, on.find_all(exp.Column)):
                join.pop()
                gone = True
    return gone


def _own_columns(select: exp.Select) -> Iterator[exp.Column]:
    """What a select reads, its subqueries included; the parts before it and what it joins not."""
    joined = [join.this for join in _joins(select) if isinstance(join.this, exp.Subquery)]
    before = {id(column) for part in (*select.ctes, *joined) for column in part.find_all(exp.Column)}
    return (column for column in select.find_all(exp.Column) if id(column) not in before)


def _of(alias: str, columns: Iterable[exp.Column]) -> int:
    return sum(1 for column in columns if column.table == alias)


def _equated(on: exp.Expr, alias: str) -> set[str]:
    equal = [part for part in (on.flatten() if isinstance(on, exp.And) else [on]) if isinstance(part, exp.EQ)]
    return {side.name for part in equal for side in (part.this, part.expression) if isinstance(side, exp.Column) and side.table == alias}


def _at_a_day(name: str, join: exp.Join, on: exp.Expr) -> bool:
    """Whether ON tells whose row of a fact and bounds its validity at both ends, where the fact has one of them at any day."""
    source = join.this
    if not (isinstance(source, exp.Table) and source.name in FACTS[name].builds_on and FACTS[source.name].once_a_day):
        return False
    fact, alias = FACTS[source.name], join.alias_or_name
    named = {column.name for column in on.find_all(exp.Column) if column.table == alias}
    return _equated(on, alias) >= set(fact.once_a_day) and named >= {fact.valid_from, fact.valid_to}


def _key(name: str, query: exp.Query, join: exp.Join) -> set[str] | None:
    """What tells the rows of the joined apart; None where that is not known."""
    source = join.this
    parts = {part.alias: part.this for part in query.ctes}
    if isinstance(source, exp.Table) and source.name in parts:
        return _grouping(parts[source.name])
    if isinstance(source, exp.Table):
        return set(FACTS[source.name].key if source.name in FACTS[name].builds_on else TABLES[source.name].key)
    return _grouping(source.this)


def _grouping(select: exp.Expr) -> set[str] | None:
    """The names that a grouped select, or a union without doubles, gives to what it is grouped by; None where it does not give all."""
    if isinstance(select, exp.Union) and select.args.get("distinct"):
        return set(select.named_selects)
    grouped = select.args.get("group")
    if not isinstance(select, exp.Select) or grouped is None or not grouped.expressions:
        return None
    given = {item.unalias().sql(): item.alias_or_name for item in select.expressions}
    names = {given.get(item.sql(), "") for item in grouped.expressions}
    return None if "" in names else names


def _without_parts(query: exp.Query) -> bool:
    read = {table.name for table in query.find_all(exp.Table)}
    gone = [part for part in query.ctes if part.alias not in read]
    for part in gone:
        part.pop()
    if gone and not query.ctes:
        query.set("with_", None)
    return bool(gone)
