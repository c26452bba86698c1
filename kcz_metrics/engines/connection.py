"""A DuckDB that can read the snapshot's files and nothing else.

The tables are views over the Parquet files, so that a query reads only the columns and row groups it needs and large stores are streamed.
The files are named one by one in ``allowed_paths``; then access to anything else outside is closed and the configuration locked.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import duckdb
import polars as pl
from sqlglot import exp

from kcz_metrics.errors import EngineError, Issue
from kcz_metrics.facts import RECORD_FLAW
from kcz_metrics.locales import T

if TYPE_CHECKING:
    from kcz_metrics.store import Snapshot
    from kcz_metrics.store.snapshot import SnapshotFile
    from kcz_metrics.tables import Table

#: Views that are kept as text: reading the files' footers and writing the query takes longer than many a query. Files never change.
_KEPT: Final = 1024
_known: OrderedDict[tuple[str, tuple[SnapshotFile, ...], bool], tuple[Table, str]] = OrderedDict()
_VERSION, _REMOVED = "_version", "_removed"
_SQL_TYPES = {
    pl.Int64: "BIGINT",
    pl.Float64: "DOUBLE",
    pl.Boolean: "BOOLEAN",
    pl.Date: "DATE",
    pl.Datetime: "TIMESTAMP",
    pl.String: "VARCHAR",
}


@contextmanager
def opened(snapshot: Snapshot, tables: Iterable[str]) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with a view for each table: its current rows, and ``_flaw`` (null for a valid row, else ``duplicate`` or
    ``unverified``; reference tables have no invalid rows). Raises EngineError for what DuckDB refuses."""
    names = list(dict.fromkeys(tables))
    files = {name: [str(path) for path in snapshot.paths(name)] for name in names}
    with duckdb.connect(":memory:") as connection, as_engine_error():
        connection.execute("SET allowed_paths = ?", [[path for paths in files.values() for path in paths]])
        for setting in (
            "enable_external_access",
            "python_enable_replacements",
            "autoinstall_known_extensions",
            "autoload_known_extensions",
            "enable_progress_bar",  # it would stand among the rows on standard output
        ):
            connection.execute(f"SET {setting} = false")
        connection.execute("SET lock_configuration = true")
        for name in names:
            connection.execute(_view(connection, snapshot, name, files[name]))
        yield connection


def _view(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot, name: str, paths: list[str]) -> str:
    table, key = snapshot.tables[name], (name, tuple(snapshot.files.get(name, ())), snapshot.unverified)
    known = _known.get(key)
    if known is not None and known[0] is table:
        return known[1]
    single, alike = snapshot.single_version(name), _alike(connection, paths)
    query = current_rows(table, paths, _stored(connection, paths), single, snapshot.unverified, alike)
    text = exp.Create(this=exp.to_table(name), kind="VIEW", expression=query).sql(dialect="duckdb")
    _known[key] = table, text
    while len(_known) > _KEPT:
        _known.popitem(last=False)
    return text


@contextmanager
def as_engine_error() -> Iterator[None]:
    """What DuckDB refuses, in one line and without its own query text."""
    try:
        yield
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise EngineError(Issue("query_failed", T("查询未能完成：{reason}", reason=reason))) from error


def frame(connection: duckdb.DuckDBPyConnection, query: exp.Expr) -> pl.DataFrame:
    """The rows of a query as polars."""
    return rows(connection, query.sql(dialect="duckdb"))


def rows(connection: duckdb.DuckDBPyConnection, text: str) -> pl.DataFrame:
    """The rows of a query that is text already."""
    found = pl.from_arrow(connection.sql(text).to_arrow_table())
    assert isinstance(found, pl.DataFrame)
    return found


def current_rows(
    table: Table, files: list[str], stored: dict[str, str], single_version: bool, unverified: bool = False, alike: bool = False
) -> exp.Query:
    """Today's columns of the table's current rows, and ``_flaw``; no rows where there are no files. ``unverified``: see ``Snapshot``;
    ``alike``: all files have the same columns."""
    columns = [_column(name, _SQL_TYPES[type(column.dtype)], stored) for name, column in table.columns.items()]
    query = exp.select(*columns, exp.alias_(_flaw(table, unverified), RECORD_FLAW))
    if not files:
        return query.where(exp.false())
    query = query.from_(_newest(table, files, alike) if not single_version else _read(files, alike))
    # a file that holds a removal tells of further versions
    return query.where(exp.Not(this=exp.column(_REMOVED))) if _REMOVED in stored and not single_version else query


def _newest(table: Table, files: list[str], alike: bool) -> exp.Expression:
    """Of each key the row with the greatest version."""
    newest = exp.Window(
        this=exp.RowNumber(),
        partition_by=[exp.column(name, quoted=True) for name in table.key],
        order=exp.Order(expressions=[exp.Ordered(this=exp.column(_VERSION), desc=True)]),
    )
    query = exp.select("*").from_(_read(files, alike))
    query.set("qualify", exp.Qualify(this=exp.EQ(this=newest, expression=exp.Literal.number(1))))
    return query.subquery("versions")


def _read(files: list[str], alike: bool = False) -> exp.Expression:
    """The rows of all files. Where these are not ``alike``, the union of their columns is looked for whenever the query is planned."""
    paths = exp.Array(expressions=[exp.Literal.string(path) for path in files])
    by_name = [] if alike else [exp.EQ(this=exp.column("union_by_name"), expression=exp.true())]
    return exp.Table(this=exp.Anonymous(this="read_parquet", expressions=[paths, *by_name]))


def _alike(connection: duckdb.DuckDBPyConnection, files: list[str]) -> bool:
    """Whether all files have the same columns of the same types."""
    if len(files) < 2:
        return True
    told = connection.execute("SELECT file_name, name, type, converted_type, logical_type FROM parquet_schema(?)", [files]).fetchall()
    columns: dict[str, set[tuple[str, ...]]] = {}
    for file, *column in told:
        columns.setdefault(file, set()).add(tuple(map(str, column)))
    return len({frozenset(of) for of in columns.values()}) == 1


def _stored(connection: duckdb.DuckDBPyConnection, files: list[str]) -> dict[str, str]:
    """Column to type as the files have them."""
    if not files:
        return {}
    described = exp.select("*").from_(_read(files)).limit(0).sql(dialect="duckdb")
    return {name: str(kind) for name, kind, *_ in connection.execute(described).description or ()}


def _column(name: str, kind: str, stored: dict[str, str]) -> exp.Expr:
    """The column in its type of today; null where the files do not know it yet."""
    if name not in stored:
        return exp.alias_(exp.cast(exp.Null(), kind, dialect="duckdb"), name, quoted=True)
    column = exp.column(name, quoted=True)
    return column if stored[name] == kind else exp.alias_(exp.cast(column, kind, dialect="duckdb"), name, quoted=True)


def _flaw(table: Table, unverified: bool) -> exp.Expression:
    if not table.has_tail:
        return exp.cast(exp.Null(), "text")
    duplicate = exp.Not(this=exp.Is(this=exp.column("duplicate_of", quoted=True), expression=exp.Null()))
    status = exp.column("status", quoted=True)
    pending: exp.Expression = exp.NullSafeNEQ(this=status, expression=exp.Literal.string("verified"))
    if unverified:
        pending = exp.And(this=pending, expression=exp.NullSafeNEQ(this=status.copy(), expression=exp.Literal.string("submitted")))
    return exp.Case(
        ifs=[exp.If(this=duplicate, true=exp.Literal.string("duplicate")), exp.If(this=pending, true=exp.Literal.string("unverified"))]
    )
