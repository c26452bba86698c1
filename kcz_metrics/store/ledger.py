"""Open the ledger database: durable, one writer at a time, readers never wait; migrate it only where it is older than the code."""

from __future__ import annotations

import errno
import json
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from polars.exceptions import PolarsError
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from kcz_metrics.errors import Issue, StoreError
from kcz_metrics.locales import T, Text
from kcz_metrics.store import files, heads
from kcz_metrics.store.migrations import HEAD, VERSIONS

FILE_NAME = "ledger.sqlite"
BUSY_SECONDS = 60
_SPACE = T("检查磁盘空间和目录权限；已有的记录没有改变")


def open_ledger(path: Path) -> Engine:
    """The engine of the ledger at ``path``, created or migrated where needed. Errors: StoreError where it is no ledger of ours,
    is newer than this program, cannot be opened, or is gone while what it kept account of is there."""
    # Looked at before anything is written: a ledger that is not for this program stays as it is, byte for byte.
    looked = look(path)
    _for_us(looked, path)
    if looked.state == "none":
        _refuse_gone(path)
    engine = create_engine(f"sqlite+pysqlite:///{path}", poolclass=NullPool)
    event.listen(engine, "do_connect", lambda *_: _connection(path))
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    with explained(path):
        with reading(engine) as connection:
            version = _version(connection)
        if version != HEAD:
            _migrate(engine, path)
    return engine


@dataclass(frozen=True, slots=True)
class Looked:
    """A ledger as found. ``state``: none (no file, or an empty one), current, older, newer, foreign (another database), unclear (it could
    not be read without writing: a crash is to be recovered from, or it is damaged)."""

    state: Literal["none", "current", "older", "newer", "foreign", "unclear"]
    version: str | None = None


def look(path: Path) -> Looked:
    """What stands at ``path``, without writing to it."""
    if not path.is_file() or not path.stat().st_size:
        return Looked("none")
    try:
        opened = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS) if writable(path) else _read_only(path)
        with closing(opened) as connection:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if "alembic_version" not in tables:
                return Looked("foreign" if tables else "none")
            found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except (sqlite3.Error, UnicodeDecodeError):  # the driver decodes even what it quotes of a damaged page
        return Looked("unclear")
    version = str(found[0]) if found else ""
    if version == HEAD:
        return Looked("current", version)
    return Looked("older" if version in VERSIONS else "newer", version)


def writable(path: Path) -> bool:
    """Whether this process may write the ledger at ``path``, or make one there."""
    return _may_write(path.parent) and (not path.exists() or _may_write(path))


def _may_write(path: Path) -> bool:
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def _connection(path: Path) -> sqlite3.Connection:
    """A connection to read and write; only to read where this process may do no more, or where a full disk allows no more."""
    if not path.exists():  # taken away while this process had the store open: the database would make an empty one
        _refuse_gone(path)
    if not writable(path):
        return _read_only(path)
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, check_same_thread=False)
    try:
        connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
    except sqlite3.OperationalError as error:
        connection.close()
        # The file that readers and writers share could not be made. Whoever has the ledger open now has made it before.
        if "disk I/O" not in str(error) or _has_log(path):
            raise
        return _read_only(path)
    return connection


def _has_log(path: Path) -> bool:
    """Whether there is a write-ahead log that says something."""
    log = path.with_name(f"{path.name}-wal")
    return log.exists() and log.stat().st_size > 0


def _read_only(path: Path) -> sqlite3.Connection:
    """A connection that only reads: a copy on a medium that takes no writing, somebody else's store, a disk that is full."""
    # Beside a write-ahead log that is there it can be read as ever; without one the database would make one, and cannot.
    how = "mode=ro" if _has_log(path) else "immutable=1"
    connection = sqlite3.connect(f"{path.as_uri()}?{how}", uri=True, timeout=BUSY_SECONDS, check_same_thread=False)
    connection.execute("PRAGMA query_only = ON")
    return connection


def _for_us(looked: Looked, path: Path) -> None:
    if looked.state == "foreign":
        raise StoreError(Issue("not_a_ledger", T("这个数据库不是本系统的台账"), place=str(path)))
    if looked.state == "newer":
        raise StoreError(
            Issue(
                "ledger_newer",
                T("台账由更新的程序写成，原样保留"),
                place=str(path),
                expected=T("不高于版本 {version}", version=HEAD),
                found=T("版本 {version}", version=looked.version),
                hint=T("更新本程序"),
            )
        )


def gone(home: Path, names: list[str]) -> Issue:
    """What is said where ``home`` has no ledger but these ``names`` that only a store with a ledger leaves."""
    return Issue(
        "ledger_gone",
        T("台账不见了：{path} 里的 {file} 没有了或是空的，却有 {names}", path=home, file=FILE_NAME, names=", ".join(names)),
        hint=T("运行 kcz restore FILE，从备份恢复；确实要从头开始时，先把这个目录整个移走"),
    )


def left_behind(home: Path) -> list[str]:
    """What lies there that only a store with a ledger leaves: data files, noted ends of the trail. A ledger that was never filled leaves
    neither; to be looked at before the ledger, since who makes a store has its ledger before its first file."""
    there = [files.FOLDER] if any((home / files.FOLDER).rglob("*.parquet")) else []
    return [*there, heads.FILE_NAME] if sum(heads.readable(home)) else there


def _refuse_gone(path: Path) -> None:
    """Errors: StoreError where data files or noted ends of the trail lie beside a ledger that is not there: an empty one in its place would
    make a store without records of them."""
    there = left_behind(path.parent)
    if there and look(path).state == "none":
        raise StoreError(gone(path.parent, there))


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one state throughout and holds nobody up."""
    with engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that is the only writer from its first statement: what it reads is still so when it commits."""
    with engine.connect().execution_options(kcz_writing=True) as connection, connection.begin():
        yield connection


@contextmanager
def explained(place: Path) -> Iterator[None]:
    """Turn what the database or the file system says into one StoreError in plain words."""
    try:
        yield
    except OSError as error:
        raise StoreError(
            Issue(
                "store_not_writable",
                T("数据库文件无法读写：{reason}", reason=error.strerror or str(error)),
                place=str(error.filename or place),
                hint=_SPACE if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES) else None,
            )
        ) from error
    except PolarsError as error:
        raise StoreError(
            Issue(
                "file_unreadable",
                T("数据文件无法读取：{reason}", reason=str(error).splitlines()[0]),
                place=str(place),
                hint=T("从备份恢复"),
            )
        ) from error
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise StoreError(Issue("ledger_damaged", T("台账的内容已损坏"), place=str(place), hint=T("从备份恢复"))) from error
    except (DBAPIError, sqlite3.Error) as error:
        reason = str(error.orig if isinstance(error, DBAPIError) else error)
        raise StoreError(
            Issue("ledger_failed", T("台账数据库出错：{reason}", reason=reason), place=str(place), hint=_hint(reason))
        ) from error


def _hint(reason: str) -> Text | None:
    if "locked" in reason or "busy" in reason:
        return T("另一个进程正在写入，请稍后再试")
    if "not a database" in reason or "malformed" in reason:
        return T("从备份恢复")
    if "disk I/O" in reason or "full" in reason:
        return _SPACE
    if "readonly" in reason or "unable to open" in reason:
        return T("检查目录权限")
    return None


def _set_up(connection: sqlite3.Connection, _record: object) -> None:
    # Transactions are begun by _begin alone; the driver's own beginnings would come too late and as deferred ones.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    if connection.execute("PRAGMA query_only").fetchone()[0]:
        return
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
    if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        _to_wal(connection)


def _to_wal(connection: sqlite3.Connection) -> None:
    # Two processes that create the ledger at once may each be told "locked" without the busy timeout being waited for.
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _begin(connection: Connection) -> None:
    path = Path(str(connection.engine.url.database))
    if connection.get_execution_options().get("kcz_writing") and connection.exec_driver_sql("PRAGMA query_only").scalar():
        reason = errno.ENOSPC if writable(path) else errno.EACCES
        raise OSError(reason, os.strerror(reason), str(path))
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("kcz_writing") else "BEGIN")


def _version(connection: Connection) -> str | None:
    """The ledger's version, or None for an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _migrate(engine: Engine, path: Path) -> None:
    import logging

    from alembic import command
    from alembic.config import Config

    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    with writing(engine) as connection:
        version = _version(connection)
        # Asked again as the only writer: what could not be looked at before, or came meanwhile.
        if version is None and inspect(connection).get_table_names():
            _for_us(Looked("foreign"), path)
        if version is not None and version not in VERSIONS:
            _for_us(Looked("newer", version), path)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
