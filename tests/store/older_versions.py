"""Stores of the versions that have landed, as those versions left them: made by their migrations, with entries as they wrote them."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import polars as pl

from kcz_metrics.store import Store
from kcz_metrics.store.migrations import VERSIONS
from kcz_metrics.tables import TABLES

OLDER = VERSIONS[:-1]


def province(code: str, name: str) -> dict[str, object]:
    return {"province_code": code, "name_zh": f"{name}省", "short_zh": name, "tile_col": 1, "tile_row": 1, "has_association": True}


def provinces(*named: tuple[str, str]) -> pl.DataFrame:
    return TABLES["province"].conform(pl.DataFrame([province(code, name) for code, name in named]))


def migrated_to(path: Path, version: str) -> None:
    """An empty ledger as the migrations up to this version make it."""
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine

    import kcz_metrics.store.migrations as migrations

    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version)
    engine.dispose()


def store_of(home: Path, version: str) -> Path:
    """A store of this version with three snapshots, the second changing a row of the first, and its entries as that version wrote them."""
    today = Store.open(home / "today")
    today.commit({"province": provinces(("110000", "甲"), ("120000", "乙"))}, actor="li", source="a.csv", reason="first")
    today.commit({"province": provinces(("120000", "丙"))}, actor="wu", source="b.csv", reason="second")
    today.commit({}, removed={"province": pl.DataFrame({"province_code": ["110000"]})}, actor="xu", source="", reason="third")
    today.engine.dispose()
    old = home / "old"
    old.mkdir()
    (today.home / "files").rename(old / "files")
    path = old / "ledger.sqlite"
    migrated_to(path, version)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")  # as every store has had it
    with closing(sqlite3.connect(today.home / "ledger.sqlite")) as source, closing(sqlite3.connect(path)) as target, target:
        head = "0" * 64
        columns = [name for _, name, *_ in source.execute("PRAGMA table_info(audit_entry)")]
        for row in source.execute("SELECT * FROM audit_entry ORDER BY number"):
            entry = dict(zip(columns, row, strict=True))
            detail = json.loads(entry["detail"])
            if version < "0003":
                detail = {name: value for name, value in detail.items() if name not in ("file_rows", "dropped")}
            said = {name: value for name, value in entry.items() if name != "hash"}
            said |= {"roles": json.loads(entry["roles"]), "detail": detail, "previous": head}
            spelled = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            head = hashlib.sha256(spelled.encode()).hexdigest()
            stored = entry | {"detail": json.dumps(detail, ensure_ascii=False), "previous": said["previous"], "hash": head}
            target.execute(f"INSERT INTO audit_entry VALUES ({', '.join('?' * len(columns))})", list(stored.values()))  # noqa: S608
        target.execute("INSERT INTO audit_head VALUES (1, 3, ?)", [head])
        for table in ("snapshot", "file"):
            rows = source.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608
            target.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)  # noqa: S608
    return old
