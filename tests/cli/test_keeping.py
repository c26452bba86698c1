"""The commands that keep the store: backup, restore, doctor, audit, snapshots, history, changes, undo, compact."""

from __future__ import annotations

import csv
import io
import sqlite3
from contextlib import closing
from pathlib import Path

import polars as pl
import pytest

from kcz_metrics.store import Store

PROVINCES = "province_code,name_zh,short_zh,tile_col,tile_row,has_association\n"


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def bring(kcz, folder: Path, *lines: str) -> None:
    """Import provinces, each ``code name``, as one file."""
    path = folder / f"provinces{len(list(folder.glob('provinces*')))}.csv"
    named = (line.split() for line in lines)
    rows = "".join(f"{code},{name}省,{name},{code[1]},{int(code[5]) + 1},true\n" for code, name in named)
    path.write_text(PROVINCES + rows, encoding="utf-8")
    done = kcz("import", "province", path)
    assert done.status == 0, done.err


@pytest.fixture
def filled(kcz, tmp_path):
    """Two imports: one province, then its correction and another one."""
    bring(kcz, tmp_path, "110000 甲")
    bring(kcz, tmp_path, "110000 乙", "120000 丙")
    return kcz


def test_from_an_import_to_its_undoing(filled):
    second, first = table(filled("snapshots").out)
    assert (second["number"], second["act"], second["rows_in"], second["source"]) == ("2", "import", "2", "provinces1.csv")
    steps = table(filled("history", "province", "110000").out)
    changed = {(row["column"], row["before"], row["after"], row["file"], row["row"]) for row in steps if row["version"] == "2"}
    assert changed == {("name_zh", "甲省", "乙省", "provinces1.csv", "2"), ("short_zh", "甲", "乙", "provinces1.csv", "2")}
    assert {row["version"] for row in table(filled("history", "province", "110000", "--snapshot", first["snapshot"][:8]).out)} == {"1"}
    dry = filled("undo", second["snapshot"], "--reason", "the wrong file", "--dry-run")
    assert "1 rows restored, 1 withdrawn" in dry.out
    assert len(table(filled("snapshots").out)) == 2
    assert "1 rows restored, 1 withdrawn; snapshot" in filled("undo", second["snapshot"], "--reason", "the wrong file").out
    newest = table(filled("snapshots").out)[0]
    assert (newest["act"], newest["rows_in"], newest["rows_out"]) == ("undo", "1", "1")
    again = filled("undo", second["snapshot"], "--reason", "once more")
    assert (again.status, "undone before" in again.err) == (1, True)
    log = table(filled("audit", "log").out)
    assert [(row["act"], row["reason"]) for row in log][-1] == ("undo", "the wrong file")


@pytest.mark.parametrize(
    "words, said",
    [
        (("history", "province", "a|b"), "not a key of this table"),
        (("history", "provinces", "a"), "did you mean province"),
        (("history", "team_city", "T1|C1|last"), "not a key of this table"),
        (("history", "province", "990000"), "there never was a row"),
        (("undo", "abc", "--reason", "x"), "no snapshot begins with abc"),
        (("undo", "", "--reason", "x"), 'no snapshot begins with ""'),
        (("changes", "city", "-p", "2022"), "city_assessment"),
        (("check", "--snapshot", "abc"), "no snapshot begins with abc"),
    ],
    ids=["key", "table", "year", "row", "snapshot", "unnamed", "index", "check"],
)
def test_what_cannot_be_is_said(filled, words, said):
    done = filled(*words)
    assert done.status == 1
    assert said in done.err


def test_backup_restore_and_the_doctor(filled, tmp_path, monkeypatch):
    home = tmp_path / "store"
    made = filled("backup", tmp_path / "one.kczbackup")
    assert made.status == 0
    assert "backed up to" in made.out
    assert filled("backup", tmp_path / "one.kczbackup").status == 1
    assert filled("restore", tmp_path / "one.kczbackup").status == 1
    bring(filled, tmp_path, "130000 丁")
    done = filled("restore", tmp_path / "one.kczbackup", "--replace")
    assert (done.status, "kept in" in done.out) == (0, True)
    assert Store.open(home).snapshot().read("province")["short_zh"].sort().to_list() == ["丙", "乙"]
    well = filled("doctor", "--config", Path(__file__).parents[2] / "indicators.yaml", "--mend")
    assert well.status == 0, well.out
    assert {row["check"]: row["state"] for row in table(well.out)}["audit chain"] == "ok"
    path = next((home / "files" / "province").iterdir())
    path.write_bytes(path.read_bytes()[:-9] + b"x" + path.read_bytes()[-8:])
    ill = filled("doctor", "--config", Path(__file__).parents[2] / "indicators.yaml")
    assert ill.status == 1
    (wrong,) = [row for row in table(ill.out) if row["state"] == "wrong"]
    assert (wrong["check"], wrong["todo"], path.name in wrong["found"]) == ("data files", "restore from a backup", True)
    assert filled("backup", tmp_path / "two.kczbackup").status == 1
    monkeypatch.setenv("KCZ_HOME", str(tmp_path / "elsewhere"))
    assert filled("restore", tmp_path / "one.kczbackup").status == 0
    assert Store.open(tmp_path / "elsewhere").verify_files() == []


def test_the_audit_trail(filled, tmp_path):
    said = filled("audit", "verify").out
    assert said.startswith("ok: 2 audit entries")
    printed = said.split()[-1]
    assert filled("audit", "verify", "--head", printed).status == 0
    assert filled("audit", "verify", "--head", "ab" * 32).status == 1
    with closing(sqlite3.connect(tmp_path / "store" / "ledger.sqlite")) as connection:
        connection.executescript("DROP TRIGGER audit_entry_no_update; UPDATE audit_entry SET actor = 'x' WHERE number = 1")
    done = filled("audit", "verify")
    assert done.status == 1
    assert "audit entry 1" in done.err.splitlines()[0]


def test_compaction(kcz, tmp_path):
    store = Store.open(tmp_path / "store")
    for n in range(9):
        rows = pl.DataFrame({"team_id": [f"TM00{n}"], "tag": ["光学"]})
        store.commit({"team_skill": rows}, actor="li", source=f"{n}.csv", reason="one of many")
    assert "the rows are the same; snapshot" in kcz("compact").out
    assert len(store.snapshot().files["team_skill"]) == 1
    assert "no table has many" in kcz("compact").out


#: Commands that read no records of the store, or write to it.
ASIDE = {"demo", "import", "template", "sql", "backtest", "bench", "app", "snapshots", "changes", "undo"} | {
    "backup", "restore", "drill", "compact", "doctor", "decide",
}  # fmt: skip


def test_every_command_that_reads_records_reads_them_as_of_any_snapshot():
    import inspect

    from kcz_metrics.cli.commands import COMMANDS

    without = {name for name, (command, _) in COMMANDS.items() if "snapshot" not in inspect.signature(command).parameters}
    assert without - ASIDE == set()


def test_a_store_whose_ledger_is_gone_is_not_begun_anew_but_restored(kcz, tmp_path):
    bring(kcz, tmp_path, "110000 甲")
    backup = tmp_path / "one.kczbackup"
    assert kcz("backup", backup).status == 0
    for path in (tmp_path / "store").glob("ledger.sqlite*"):
        path.unlink()
    for words in (("import", "province", tmp_path / "provinces0.csv"), ("score", "city_assessment", "-p", "2022"), ("doctor",)):
        told = kcz(*words)
        assert told.status == 1
        assert "the ledger is gone" in told.out + told.err
        assert "kcz restore FILE" in told.out + told.err
    assert not (tmp_path / "store" / "ledger.sqlite").exists()
    assert kcz("restore", backup).status == 0
    assert table(kcz("snapshots").out)[0]["source"] == "provinces0.csv"
