"""Kill a process in the midst of importing, compacting, deciding, migrating or restoring, again and again, and see what is left.

``python tests/store/killing.py --times 100`` kills each so many times and prints what was lost; the account of what the store had
acknowledged is kept in this process, which is never killed.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import children
import older_versions
import polars as pl

from kcz_metrics.operations.backup import back_up
from kcz_metrics.store import Decision, Store, in_force
from kcz_metrics.store.ledger import FILE_NAME, look

#: Seconds in which a store must open again.
PATIENCE = 10


@dataclass
class Account:
    """What the kills of one kind came to. The first five must be 0."""

    work: str
    kills: int = 0
    lost: int = 0
    half_visible: int = 0
    failed_opens: int = 0
    unsound: int = 0
    slow_opens: int = 0
    acknowledged: int = 0
    unacknowledged: int = 0
    swept: int = 0
    untouched: int = 0
    slowest: float = 0.0
    told: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not (self.lost or self.half_visible or self.failed_opens or self.unsound or self.slow_opens)


def killed(target: Callable[..., None], home: Path, first: int, seconds: float) -> list[object]:
    """Run ``target`` as a process, kill it so many seconds after it is ready, and return what it said before."""
    here, there = children.context().Pipe()
    process = children.context().Process(target=target, args=(home, first, there))
    process.start()
    there.close()
    try:
        assert here.recv() == "ready"
        time.sleep(seconds)
    except EOFError:
        pass
    process.kill()  # SIGKILL; no matter if it has ended
    process.join()
    return _said(here)


def _said(line: Connection) -> list[object]:
    said = []
    try:
        while line.poll():
            said.append(line.recv())
    except (EOFError, OSError):
        pass
    return said


def in_imports(work: str, target: Callable[..., None], folder: Path, times: int, chance: random.Random) -> Account:
    """Kill importing or compacting ``times`` times; every eighth kill begins with an empty store."""
    account, home, acknowledged = Account(work), folder, set[int]()
    for kill in range(times):
        if kill % 8 == 0:
            home, acknowledged = folder / f"{work}{kill}", set()
            Store.open(home).commit(children.batch(0), actor="parent", source="0.csv", reason="first", import_key="0")
            acknowledged.add(0)
        said = killed(target, home, max(acknowledged) + 2, chance.uniform(0, 0.8))
        acknowledged |= {int(str(number)) for number in said}
        account.kills += 1
        account.acknowledged += len(said)
        store = _opened(home, account)
        if store is None:
            return account
        present = _batches(store, account)
        account.lost += len(acknowledged - present)
        account.unacknowledged += len(present - acknowledged)
        account.half_visible += len(present - acknowledged) > 1
        acknowledged |= present
        account.swept += len(store.sweep(actor="parent"))
        _sound(store, account)
    return account


def _opened(home: Path, account: Account) -> Store | None:
    began = time.monotonic()
    try:
        store = Store.open(home)
        store.snapshot().read("team_skill")
    except Exception as error:
        account.failed_opens += 1
        account.told.append(repr(error))
        return None
    seconds = time.monotonic() - began
    account.slowest = max(account.slowest, seconds)
    account.slow_opens += seconds > PATIENCE
    return store


def _batches(store: Store, account: Account) -> set[int]:
    """Numbers of the imports that are there; what is there of one in part is counted."""
    snapshot, found = store.snapshot(), {}
    for table, key in (("team_skill", "team_id"), ("org_field", "org_id")):
        own = snapshot.read(table).filter(pl.col(key).str.starts_with("B"))
        numbers = own.select(number=pl.col(key).str.slice(1, 5).cast(pl.Int64)).group_by("number").len()
        account.half_visible += numbers.filter(pl.col("len") != children.BATCH).height
        found[table] = set(numbers["number"])
    account.half_visible += len(found["team_skill"] ^ found["org_field"])
    return found["team_skill"] | found["org_field"]


def _sound(store: Store, account: Account) -> None:
    broken = [*store.verify_audit(), *store.verify_files()]
    account.unsound += bool(broken)
    account.told += [issue.render("en") for issue in broken]


def in_decisions(folder: Path, times: int, chance: random.Random) -> Account:
    """Kill deciding: of a round's pair both decisions or none, what was acknowledged is there, and a closed round holds its pair."""
    account, home, first = Account("decide"), folder / "decide", 1
    Store.open(home).commit(children.batch(0), actor="parent", source="0.csv", reason="first")
    acknowledged = set[object]()
    for _ in range(times):
        said = killed(children.deciding, home, first, chance.uniform(0, 0.5))
        acknowledged |= set(said)
        account.kills += 1
        account.acknowledged += len(said)
        store = _opened(home, account)
        if store is None:
            return account
        rounds: dict[str, list[Decision]] = {}
        for one in store.decisions():
            rounds.setdefault(one.period, []).append(one)
        present = set[object]()
        for period, decisions in rounds.items():
            units = [one.unit for one in in_force(decisions) if one.act == "confirm"]
            shut = any(one.act == "close" for one in decisions)
            account.half_visible += units not in ([], ["A", "B"]) or (shut and not units)
            present |= {(int(period[1:]), "pair")} | ({(int(period[1:]), "close")} if shut else set())
        account.lost += len(acknowledged - present)
        account.unacknowledged += len(present - acknowledged)
        acknowledged |= present
        first = max((int(period[1:]) for period in rounds), default=0) + 1
        _sound(store, account)
    return account


def in_migrations(folder: Path, times: int, chance: random.Random) -> Account:
    """Kill the opening of stores of each older version: the ledger is byte for byte the old one, or whole and new."""
    account = Account("migration")
    old = {version: older_versions.store_of(folder / version, version) for version in older_versions.OLDER}
    before = {version: hashlib.sha256((home / FILE_NAME).read_bytes()).hexdigest() for version, home in old.items()}
    took = 0.0
    for kill in range(times):
        version = older_versions.OLDER[kill % len(old)]
        home = folder / f"migration{kill}"
        shutil.copytree(old[version], home)
        if kill < len(old):  # how long it takes when nobody interferes
            shutil.copytree(home, folder / f"whole{kill}")
            took = max(took, float(str(_whole(folder / f"whole{kill}"))))
        killed(children.migrating, home, 0, chance.uniform(0, took * 1.1))
        account.kills += 1
        looked = look(home / FILE_NAME)
        if looked.version == version:
            account.untouched += 1
            account.unsound += hashlib.sha256((home / FILE_NAME).read_bytes()).hexdigest() != before[version]
        store = _opened(home, account)
        if store is None:
            return account
        account.lost += store.snapshot().read("province")["short_zh"].to_list() != ["丙"] or len(store.snapshots()) != 3
        _sound(store, account)
        shutil.rmtree(home)
    return account


def in_restores(folder: Path, times: int, chance: random.Random) -> Account:
    """Kill restoring over another store: what is there is all of the old store or all of the backup, and what is kept aside is sound."""
    account, took = Account("restore"), 0.0
    store = Store.open(folder / "backed_up")
    for number in range(6):
        store.commit(children.batch(number), actor="parent", source=f"{number}.csv", reason="first")
    back_up(store, folder / "one.kczbackup", actor="parent")
    store.commit(children.batch(6), actor="parent", source="6.csv", reason="later")
    held = {number: set(range(number)) for number in (6, 7)}
    for kill in range(times):
        home = folder / f"restore{kill}"
        shutil.copytree(store.home, home)
        shutil.copyfile(folder / "one.kczbackup", home.with_suffix(".kczbackup"))
        if not kill:
            took = float(str(_whole(home, children.restoring)))
        else:
            killed(children.restoring, home, 0, chance.uniform(0, took * 1.1))
        account.kills += 1
        again = _opened(home, account)
        if again is None:
            return account
        present = _batches(again, account)
        account.untouched += present == held[7]
        account.half_visible += present not in held.values()
        _sound(again, account)
        again.sweep(actor="parent")
        for aside in (home / "before").glob("*/ledger.sqlite"):
            # Killed while it was being set aside, it is no store yet, and the store itself was not touched.
            if present == held[6]:
                account.lost += _batches(Store.open(aside.parent), account) != held[7]
        shutil.rmtree(home)
    return account


def _whole(home: Path, target: Callable[..., None] = children.migrating) -> object:
    here, there = children.context().Pipe()
    process = children.context().Process(target=target, args=(home, 0, there))
    process.start()
    there.close()
    here.recv()
    took = here.recv()
    process.join()
    return took


def accounts(times: int, seed: int, folder: Path, only: str | None = None) -> list[Account]:
    chance = random.Random(seed)
    works: dict[str, Callable[[], Account]] = {
        "import": lambda: in_imports("import", children.importing, folder, times, chance),
        "compaction": lambda: in_imports("compaction", children.compacting, folder, times, chance),
        "decide": lambda: in_decisions(folder, times, chance),
        "migration": lambda: in_migrations(folder, times, chance),
        "restore": lambda: in_restores(folder, times, chance),
    }
    return [work() for name, work in works.items() if only in (None, name)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=["import", "compaction", "decide", "migration", "restore"])
    given = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="kcz-killing-") as folder:
        found = accounts(given.times, given.seed, Path(folder), given.only)
    for account in found:
        print(
            f"{account.work}: {account.kills} kills; lost acknowledged {account.lost}, half visible {account.half_visible}, failed opens "
            f"{account.failed_opens}, slow opens {account.slow_opens}, unsound {account.unsound} | acknowledged {account.acknowledged}, "
            f"committed but not acknowledged {account.unacknowledged}, orphans swept {account.swept}, old ledger untouched "
            f"{account.untouched}, slowest open {account.slowest:.2f} s"
        )
        for text in account.told[:5]:
            print("  ", text)
    print(f"{time.monotonic() - began:.0f} s")
    sys.exit(not all(account.clean for account in found))


if __name__ == "__main__":
    main()
