"""Where a scan reads valid rows alone, a fact's windows are laid over these alone, and need not tell them from the others."""

from __future__ import annotations

from sqlglot import exp

from kcz_metrics.compiling.conditions import absent
from kcz_metrics.facts import FLAW, RECORD_FLAW


def alone(fact: exp.Query, query: exp.Query, read: str) -> exp.Query:
    """A fact's query, of which ``query`` reads the rows as ``read``: without invalid rows below its windows, where nobody reads these and
    every window keeps them apart; else as it is."""
    if not isinstance(fact, exp.Select) or not _asks_for_valid(query, read) or any(fact.args.get(key) for key in ("group", "distinct")):
        return fact
    source = fact.args.get("from_")
    if source is None or not isinstance(source.this, exp.Table):
        return fact
    named = source.this.name
    part = next((part for part in fact.ctes if part.alias == named), None)
    if part is None or not _keeps_apart(part.this) or not _is_read_once(fact, named, source.this.alias_or_name):
        return fact
    changed = fact.copy()
    made = next(part.this for part in changed.ctes if part.alias == named)
    for window in made.find_all(exp.Window):
        window.set("partition_by", [item for item in window.args["partition_by"] if not _is_flaw(item)])
    made.where(absent(exp.column(RECORD_FLAW)), copy=False)
    return changed


def _asks_for_valid(query: exp.Query, read: str) -> bool:
    """Whether every select that reads the table asks for rows without a flaw."""
    selects = [table.parent_select for table in query.find_all(exp.Table) if table.name == read]
    asked = absent(exp.column(FLAW, quoted=True))
    wheres = [select.args.get("where") if isinstance(select, exp.Select) else None for select in selects]
    return bool(wheres) and all(where is not None and asked in _parts(where.this) for where in wheres)


def _parts(condition: exp.Expr) -> list[exp.Expr]:
    return list(condition.flatten()) if isinstance(condition, exp.And) else [condition]


def _keeps_apart(made: exp.Expr) -> bool:
    """Whether a part gives the rows of one table, none left out, with windows that all part them by their flaw and by more."""
    if not isinstance(made, exp.Select) or {key for key, of in made.args.items() if of} != {"expressions", "from_"}:
        return False
    windows = list(made.find_all(exp.Window))
    parted = [window.args.get("partition_by") or [] for window in windows]
    named = any(window.args.get("alias") for window in windows)
    starred = isinstance(made.expressions[0], exp.Star)
    return starred and bool(windows) and not named and all(len(by) > 1 and any(map(_is_flaw, by)) for by in parted)


def _is_flaw(tree: exp.Expr) -> bool:
    return isinstance(tree, exp.Column) and tree.name == RECORD_FLAW


def _is_read_once(fact: exp.Select, named: str, alias: str) -> bool:
    """Whether the fact's rows are those of the part, one by one or left out, no window is laid over them, and their flaw is the fact's."""
    once = sum(table.name == named for table in fact.find_all(exp.Table)) == 1
    left = all(join.side == "LEFT" for join in fact.args.get("joins") or ())
    plain = not any(item.find(exp.Window, exp.AggFunc) for item in fact.expressions) and not fact.args.get("qualify")
    flaw = next((item.unalias() for item in fact.expressions if item.alias_or_name == FLAW), None)
    return once and left and plain and isinstance(flaw, exp.Column) and flaw.name == RECORD_FLAW and flaw.table == alias
