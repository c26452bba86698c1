"""What a command writes into a file stands in the audit trail: who, what, of which snapshot and scheme, how many rows, and its hash."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Run

from kcz_metrics.store import Store

HDI = ("score", "hdi", "--config", "data/published/hdi_2021/indicators.yaml", "--values", "data/published/hdi_2021/values.csv")
FEW = ("score", "city_assessment", "--period", "2022")


@pytest.mark.parametrize(
    "words, file, rows, scheme, asked",
    [
        pytest.param(
            FEW, "ranking.csv", 2080, True, {"index": "city_assessment", "period": "2022"}, marks=pytest.mark.long, id="ranking"
        ),
        pytest.param(
            ("records", "province", "--search", "江"), "some.xlsx", 4, False, {"table": "province", "search": "江"}, id="records"
        ),
        pytest.param(
            ("report", "societies", "--period", "2022"), "societies.csv", None, True, {"kind": "societies", "period": "2022"},
            marks=pytest.mark.long, id="report",
        ),
        pytest.param(
            ("targets", "--period", "2022-07", "--wide"), "targets.json", 26, True, {"period": "2022-07", "wide": "True"},
            marks=pytest.mark.long, id="targets",
        ),
        pytest.param(("snapshots",), "snapshots.csv", 1, False, {}, id="snapshots"),
        pytest.param(("audit", "log"), "trail.csv", None, False, {}, id="trail"),
    ],
)  # fmt: skip
def test_a_file_leaves_one_entry(
    words: tuple[str, ...],
    file: str,
    rows: int | None,
    scheme: bool,
    asked: dict[str, str],
    sample: Run,
    written_home: Path,
    tmp_path: Path,
) -> None:
    store = Store.open(written_home)
    before = store.audit_head()[0]
    assert sample(*words, "-o", tmp_path / file).status == 0
    (entry,) = store.audit()[before:]
    detail = entry.detail
    assert (entry.act, entry.subject, bool(entry.actor), bool(entry.roles)) == ("export", file, True, True)
    assert detail["what"] == f"kcz {words[0]}" + (" log" if words[0] == "audit" else "")
    assert detail["asked"] == asked
    assert detail["sha256"] == hashlib.sha256((tmp_path / file).read_bytes()).hexdigest()
    assert detail["size"] == (tmp_path / file).stat().st_size
    assert bool(detail["scheme"]) == scheme
    assert detail["snapshots"] == ([] if words[0] in ("snapshots", "audit") else [store.snapshot().id])
    assert rows in (None, detail["rows"])
    assert store.verify_audit() == []


def test_what_is_printed_or_not_of_the_store_is_no_export(sample: Run, written_home: Path, kcz: Run, tmp_path: Path) -> None:
    before = Store.open(written_home).audit_head()
    assert sample(*HDI, "--period", "2021", "-o", tmp_path / "hdi.csv").status == 0
    assert sample("template", "need", "-o", tmp_path / "need.xlsx").status == 0
    assert sample("records", "province", "-o", tmp_path / "nowhere" / "x.csv").status == 1
    assert Store.open(written_home).audit_head() == before


@pytest.fixture
def closed(written_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store whose trail takes no further entry."""
    home = Path(shutil.copytree(written_home, tmp_path / "closed"))
    with sqlite3.connect(home / "ledger.sqlite") as connection:
        connection.execute("CREATE TRIGGER full BEFORE INSERT ON audit_entry BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END")
    connection.close()
    monkeypatch.setenv("KCZ_HOME", str(home))
    return home


def test_without_its_entry_nothing_is_written(kcz: Run, closed: Path, tmp_path: Path) -> None:
    done = kcz("records", "province", "-o", tmp_path / "p.csv")
    assert done.status == 1
    assert "disk is full" in done.err
    assert [path.name for path in tmp_path.iterdir()] == ["closed"]


@pytest.fixture
def reading_only(sample: Run, written_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A store that this process may read and not write, as an administrator's process could all the same."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        home = Path(shutil.copytree(written_home, Path(folder) / "store"))
        for path in [home, *home.rglob("*")]:
            path.chmod(0o555 if path.is_dir() else 0o444)
        monkeypatch.setenv("KCZ_HOME", str(home))
        # What the command loads is loaded before: the other user may not read it.
        assert sample("records", "province", "-o", Path(folder) / "before.csv").status == 0
        mine = os.geteuid()
        os.seteuid(mine or 65534)
        yield home
        os.seteuid(mine)
        for path in [home, *home.rglob("*")]:
            path.chmod(0o700 if path.is_dir() else 0o600)


@pytest.mark.skipif(os.name == "nt", reason="no such permissions there")
def test_a_store_that_can_only_be_read_is_read_and_the_missing_entry_told(kcz: Run, reading_only: Path) -> None:
    head = Store.open(reading_only).audit_head()
    done = kcz("records", "province", "-o", reading_only.parent / "p.csv")
    assert (done.status, done.err.strip()) == (0, "the store can only be read here; this export has no entry in the audit trail")
    assert len((reading_only.parent / "p.csv").read_text(encoding="utf-8").splitlines()) == 36
    store = Store.open(reading_only)
    assert (store.audit_head(), store.verify_audit()) == (head, [])
    assert kcz("compact").status == 1
