from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from kcz_metrics.store import Store

Provinces = Callable[..., pl.DataFrame]

WRITER = """
import sys
from pathlib import Path
import polars as pl
from kcz_metrics.store import Store
home, name, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
store = Store.open(home)
sys.stdin.readline()  # both start together
for n in range(count):
    rows = pl.DataFrame({"team_id": [f"TM{name}{n}", "TMshared"], "tag": ["a", "b"]})
    store.commit({"team_skill": rows}, actor=name, source=f"{name}{n}", reason="race", import_key=f"{name}{n}")
"""


def start(home: Path, name: str, count: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", WRITER, str(home), name, str(count)], stdin=subprocess.PIPE, stderr=subprocess.PIPE)


@pytest.mark.long
def test_two_processes_commit_at_once_and_both_are_there(tmp_path: Path) -> None:
    home, count = tmp_path / "store", 15
    writers = [start(home, name, count) for name in ("A", "B")]  # the store itself is made in the race too
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write(b"\n")
        writer.stdin.flush()
    errors = [writer.communicate()[1].decode() for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0], errors
    store = Store.open(home)
    infos = store.snapshots()
    assert [one.number for one in infos] == list(range(2 * count, 0, -1))
    assert [one.parent for one in infos] == [one.id for one in infos[1:]] + [None]
    assert {one.actor for one in infos} == {"A", "B"}
    assert set(store.snapshot().read("team_skill")["team_id"]) == {f"TM{name}{n}" for name in "AB" for n in range(count)} | {"TMshared"}
    assert len(store.row_history("team_skill", {"team_id": "TMshared", "tag": "b"})) == 2 * count
    assert store.verify_audit() == store.verify_files() == []
    assert store.orphans(0) == ()
