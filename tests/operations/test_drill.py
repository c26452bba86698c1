"""Backup, destroy, restore: every ranking comes out the same, also of a backup made while others write."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from kcz_metrics.operations.backup import back_up
from kcz_metrics.operations.drill import drill
from kcz_metrics.operations.rankings import rankings
from kcz_metrics.operations.restore import restore
from kcz_metrics.scheme import Scheme
from kcz_metrics.store import Store

WRITER = """
import sys
import polars as pl
from kcz_metrics.store import Store
store = Store.open(sys.argv[1])
print("ready", flush=True)
n = 0
while True:
    n += 1
    store.commit({"team_skill": pl.DataFrame({"team_id": [f"T{n:05}"], "tag": ["a"]})}, actor="w", source=f"{n}.csv", reason="more")
    if n % 20 == 0:
        store.compact(actor="w")
"""


@pytest.mark.long
@pytest.mark.parametrize("backups", [20])
def test_backups_while_somebody_writes_are_whole(tmp_path: Path, backups: int) -> None:
    store = Store.open(tmp_path / "store")
    with subprocess.Popen([sys.executable, "-c", WRITER, str(store.home)], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"ready\n"
        try:
            made = [back_up(store, tmp_path / f"{n}.kczbackup", actor="adm") for n in range(backups)]
        finally:
            writer.kill()
    for n, backup in enumerate(made):
        done = restore(backup.path, tmp_path / f"restored{n}", actor="adm")
        assert done.store.verify_audit() == done.store.verify_files() == []
        if done.snapshot is None:
            continue
        # The snapshot is the one of its moment: as many rows as imports it holds.
        imports = [entry for entry in done.store.audit() if entry.act == "import"]
        assert done.snapshot.read("team_skill").height == len(imports)
        assert done.snapshot.id == store.snapshot(done.snapshot.id).id


@pytest.mark.long
def test_the_sample_destroyed_and_restored_ranks_the_same(sample_home: Path, shipped_scheme: Scheme, tmp_path: Path) -> None:
    home = tmp_path / "store"
    shutil.copytree(sample_home, home)
    store = Store.open(home)
    mended = store.snapshot().read("need").head(50).with_columns(budget_cny=pl.lit(1, pl.Int64))
    store.commit({"need": mended}, actor="li", source="mended.csv", reason="mended")
    before = rankings(store.snapshot(), shipped_scheme)
    assert before["index"].n_unique() == len(shipped_scheme.indices)
    backup = back_up(store, tmp_path / "one.kczbackup", actor="adm")
    shutil.rmtree(home)
    done = restore(backup.path, home, actor="adm")
    assert done.snapshot is not None
    assert rankings(done.snapshot, shipped_scheme).equals(before)
    done.store.compact(actor="adm", most=1)
    assert rankings(done.store.snapshot(), shipped_scheme).equals(before)


@pytest.mark.long
def test_the_drill_itself(sample_home: Path, tmp_path: Path) -> None:
    home = tmp_path / "store"
    shutil.copytree(sample_home, home)
    done = drill(Store.open(home), Path(__file__).parents[2] / "indicators.yaml", actor="adm", folder=tmp_path)
    assert done.passed
    assert done.rankings.height >= 18
    assert Store.open(home).audit()[-1].act == "drill"
    assert list(tmp_path.glob("kcz-drill-*")) == []
