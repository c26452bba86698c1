"""A trail of many entries, altered at random in every way: each is found, also a consistent rewriting with its own right hashes."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from kcz_metrics.store import Store, audit, local_actor
from kcz_metrics.store.ledger import writing

Rows = list[dict[str, Any]]


def edit(rows: Rows, chance: random.Random) -> Rows:
    row = chance.choice(rows)
    row[chance.choice(["actor", "subject", "at", "act", "detail", "roles"])] = '["x"]'
    return rows


def delete(rows: Rows, chance: random.Random) -> Rows:
    rows.pop(chance.randrange(len(rows) - 1))
    return rows


def swap(rows: Rows, chance: random.Random) -> Rows:
    one, other = chance.sample(rows, 2)
    one["number"], other["number"] = other["number"], one["number"]
    return rows


def insert(rows: Rows, chance: random.Random) -> Rows:
    place = chance.randrange(1, len(rows))
    for row in rows[place:]:
        row["number"] += 1
    return [*rows[:place], rows[place - 1] | {"number": place + 1, "hash": "ab" * 32}, *rows[place:]]


def cut_tail(rows: Rows, chance: random.Random) -> Rows:
    return rows[: chance.randrange(1, len(rows))]


def fork(rows: Rows, chance: random.Random) -> Rows:
    """Another history from some entry on, every hash of it counted anew."""
    place = chance.randrange(1, len(rows))
    previous = rows[place - 1]["hash"]
    for row in rows[place:]:
        row |= {"actor": "another", "previous": previous}
        said = {name: json.loads(value) if name in ("roles", "detail") else value for name, value in row.items() if name != "hash"}
        row["hash"] = previous = audit._digest(said)
    return rows


@pytest.mark.parametrize("entries, times", [(60, 3), pytest.param(1000, 30, marks=pytest.mark.long)])
@pytest.mark.parametrize("alter", [edit, delete, swap, insert, cut_tail, fork])
def test_every_alteration_is_found(tmp_path: Path, alter: Any, entries: int, times: int) -> None:
    store = Store.open(tmp_path / "store")
    for part in range(3):
        with store._writing() as connection:
            for n in range(entries // 3):
                audit.append(connection, local_actor("li"), "export", f"ranking {part} {n}", {"n": n})
    assert store.verify_audit() == []
    whole = tmp_path / "whole.sqlite"
    with closing(sqlite3.connect(store.home / "ledger.sqlite")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copyfile(store.home / "ledger.sqlite", whole)
    chance = random.Random(11)
    for _ in range(times):
        for path in store.home.glob("ledger.sqlite*"):
            path.unlink()
        shutil.copyfile(whole, store.home / "ledger.sqlite")
        with closing(sqlite3.connect(store.home / "ledger.sqlite")) as connection, connection:
            connection.row_factory = sqlite3.Row
            rows = alter([dict(row) for row in connection.execute("SELECT * FROM audit_entry ORDER BY number")], chance)
            for guard in ("update", "delete"):
                connection.execute(f"DROP TRIGGER audit_entry_no_{guard}")
            connection.execute("DELETE FROM audit_entry")
            connection.executemany(f"INSERT INTO audit_entry VALUES ({', '.join('?' * len(rows[0]))})", [tuple(r.values()) for r in rows])  # noqa: S608
            last = max(rows, key=lambda row: row["number"])
            connection.execute("UPDATE audit_head SET number = ?, hash = ?", [last["number"], last["hash"]])
        assert store.verify_audit()


def test_a_line_that_is_missing_outside_is_no_break(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "store")
    with writing(store.engine) as connection:
        audit.append(connection, local_actor("li"), "export", "ranking", {})
    # Without its line outside, which is what a process killed in between leaves, all is well.
    assert store.verify_audit() == []
