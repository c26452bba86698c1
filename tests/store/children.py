"""Processes that work on a store until they are killed, started from one that has loaded everything, so that a kill costs little.

Each says on its connection what it has done once the store has said so; whoever holds the other end keeps the account.
"""

from __future__ import annotations

import multiprocessing as mp
import time
from multiprocessing.connection import Connection
from pathlib import Path

import polars as pl

from kcz_metrics.store import ConflictError, Store

#: Rows that each import brings to either of its two tables.
BATCH = 40


def context() -> mp.context.ForkServerContext:
    """Where children come from: nothing has been computed there, so that no thread is lost at the fork."""
    found = mp.get_context("forkserver")
    found.set_forkserver_preload(["children", "alembic.command", "alembic.config", "kcz_metrics.tables", "kcz_metrics.operations.restore"])
    return found


def batch(number: int) -> dict[str, pl.DataFrame]:
    """The rows of one import, in two tables; one row of the first is in every import."""
    skills = pl.DataFrame({"team_id": [f"B{number:05}-{n:02}" for n in range(BATCH)] + ["shared"], "tag": ["a"] * BATCH + ["b"]})
    fields = pl.DataFrame({"org_id": [f"B{number:05}-{n:02}" for n in range(BATCH)], "tech_field": ["NEW"] * BATCH, "industry_code": "IND"})
    return {"team_skill": skills, "org_field": fields}


def importing(home: Path, first: int, line: Connection) -> None:
    """Import batch after batch from ``first`` on."""
    store = Store.open(home)
    line.send("ready")
    for number in range(first, first + 10_000):
        store.commit(batch(number), actor="child", source=f"{number}.csv", reason="import", import_key=str(number))
        line.send(number)


def compacting(home: Path, first: int, line: Connection) -> None:
    """Compact, then import one batch, in turn; nearly all the time goes into compacting."""
    store = Store.open(home)
    line.send("ready")
    for number in range(first, first + 10_000):
        store.compact(actor="child", most=1)
        store.commit(batch(number), actor="child", source=f"{number}.csv", reason="import", import_key=str(number))
        line.send(number)


def deciding(home: Path, first: int, line: Connection) -> None:
    """Decide on two units of a round at a time, round after round; every third is taken back and decided again, then the round closed."""
    from kcz_metrics.store import Actor, Docket, Ruling

    store, leader = Store.open(home), Actor("child", frozenset({"leader"}))
    line.send("ready")
    for number in range(first, first + 10_000):
        docket, seen = Docket("tier", "city_assessment", f"R{number:05}"), 0
        pair = (Ruling("confirm", "A", "build", "lead", "lead"), Ruling("confirm", "B", "lead", "build", "build"))
        made = store.decide(docket, pair, actor=leader, snapshot=store.snapshot().id, scheme="d", seen=seen)
        line.send((number, "pair"))
        if number % 3 == 0:
            back = tuple(Ruling("withdraw", one.unit, reason="again", withdraws=one.number) for one in made)
            made = store.decide(docket, back, actor=leader, snapshot=store.snapshot().id, scheme="d", seen=made[-1].number)
            made = store.decide(docket, pair, actor=leader, snapshot=store.snapshot().id, scheme="d", seen=made[-1].number)
        shut = Ruling("close", numbers={"board": {"A": "lead", "B": "build"}})
        store.decide(docket, (shut,), actor=leader, snapshot=store.snapshot().id, scheme="d", seen=made[-1].number)
        line.send((number, "close"))


def migrating(home: Path, first: int, line: Connection) -> None:
    """Open a store of an older version."""
    line.send("ready")
    began = time.monotonic()
    Store.open(home)
    line.send(time.monotonic() - began)


def restoring(home: Path, first: int, line: Connection) -> None:
    """Put the backup beside the store in its place."""
    from kcz_metrics.operations.restore import restore

    line.send("ready")
    began = time.monotonic()
    restore(home.with_suffix(".kczbackup"), home, actor="child", replace=True)
    line.send(time.monotonic() - began)


def counting(home: Path, name: str, wins: int, compact_every: int, line: Connection) -> None:
    """Add one to the count in the store ``wins`` times, each time on top of what was read; told that another was first, read again."""
    store = Store.open(home)
    line.send("ready")
    line.recv()  # both start together
    won = conflicts = 0
    while won < wins:
        seen = store.snapshot()
        row = seen.read("province")
        count = row["tile_col"].item()
        mine = row.with_columns(tile_col=count + 1, name_zh=pl.lit(f"{name} {count + 1}"))
        try:
            store.commit({"province": mine}, actor=name, source="count", reason="one more", seen=seen.id)
        except ConflictError as error:
            (conflict,) = error.conflicts
            assert conflict.ours["name_zh"] == f"{name} {count + 1}"
            assert conflict.theirs["name_zh"] != conflict.ours["name_zh"]
            conflicts += 1
            continue
        won += 1
        if won % compact_every == 0:
            store.compact(actor="child")
    line.send((won, conflicts))
