"""The process in which a file is read: what it may use, that it ends, and that it starts with next to nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from pathlib import Path

import polars as pl
import pytest
from corpus.case import HEAD, content, row
from corpus.workbook import contract, letters, line, packed, parts, sheet

from kcz_metrics.errors import RecordsError
from kcz_metrics.records import containing, scratch, understand
from kcz_metrics.records.apart import main as reader
from kcz_metrics.records.apart.asked import Asked
from kcz_metrics.records.apart.main import answer
from kcz_metrics.records.containing import read_apart
from kcz_metrics.records.limits import LIMITS, MAX_PARTS, MAX_ROWS

RECORDS = Path(containing.__file__).parent


def test_the_reader_needs_nothing_but_the_standard_library() -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import apart.main, apart.delimited, apart.workbook;"
        "print([m for m in sys.modules if m.split('.')[0] not in {*sys.stdlib_module_names, 'apart', '__main__'}])"
    )
    out = subprocess.run([sys.executable, "-I", "-S", "-c", code, str(RECORDS)], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "[]"


def test_the_reader_starts_in_less_than_half_a_second(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_bytes(content(row(1)))

    def seconds() -> float:
        """Of computing, so that others on the machine do not count."""
        began = os.times()
        read_apart(path, "c.csv", HEAD)
        ended = os.times()
        return ended.children_user + ended.children_system - began.children_user - began.children_system

    assert 0 < min(seconds() for _ in range(3)) < 0.5


def test_the_reader_sees_nothing_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A module of this name on PYTHONPATH would be run instead of the library's.
    (tmp_path / "zipfile.py").write_text("raise SystemExit(7)")
    (tmp_path / "json.py").write_text("raise SystemExit(7)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PYTHONSTARTUP", str(tmp_path / "json.py"))
    assert understand(content(row(1)), "contract").rows == 1


@pytest.mark.skipif(sys.platform == "win32", reason="no such limits there")
def test_a_file_that_needs_more_memory_than_allowed_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "line.csv"
    path.write_bytes(b"contract_id," + "字".encode() * 30_000_000)  # one line, held whole
    with pytest.raises(RecordsError, match="memory") as caught:
        read_apart(path, "line.csv", HEAD, limits={**LIMITS, "memory": 90 * 1024**2})
    assert caught.value.issues[0].code == "memory"


@pytest.mark.skipif(sys.platform == "win32", reason="no such limits there")
def test_a_file_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    with path.open("wb") as stream:
        stream.write(",".join(HEAD).encode() + b"\n")
        for _ in range(40):
            stream.write(content(row(1)).splitlines()[1] * 1 + b"\n" + b"\n".join([content(row(1)).splitlines()[1]] * 10_000) + b"\n")
    began = time.perf_counter()
    with pytest.raises(RecordsError) as caught:
        read_apart(path, "long.csv", HEAD, limits={**LIMITS, "seconds": 0})
    assert caught.value.issues[0].code == "memory"
    assert time.perf_counter() - began < 60


def test_a_reader_killed_from_outside_is_an_answer_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containing, "_START", "import os; os.kill(os.getpid(), 9)")
    path = tmp_path / "c.csv"
    path.write_bytes(content(row(1)))
    with pytest.raises(RecordsError, match="stopped"):
        read_apart(path, "c.csv", HEAD)


def test_many_at_once_all_get_their_answer_and_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    got: list[int] = []

    def one(number: int) -> None:
        got.append(understand(content(*(row(n) for n in range(1, number + 2))), "contract").rows)

    threads = [threading.Thread(target=one, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [1, 2, 3, 4, 5, 6]
    assert list(tmp_path.iterdir()) == []


def test_a_path_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    if os.name == "nt" or os.geteuid() == 0:
        pytest.skip("everything can be read here")
    path = tmp_path / "c.csv"
    path.write_bytes(content(row(1)))
    path.chmod(0)
    with pytest.raises(RecordsError, match="cannot be read"):
        understand(path, "contract")


def test_what_the_reader_says_is_plain(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_bytes(content(row(1), ["short"]))
    told = answer(Asked(path, tmp_path, dict(LIMITS), frozenset(HEAD)))
    assert json.loads(json.dumps(told)) == told
    assert (told["rows"], told["ragged"], told["headings"]) == (1, 1, list(HEAD))
    path.unlink()
    assert answer(Asked(path, tmp_path, dict(LIMITS), frozenset(HEAD)))["refused"] == "file_unreadable"
    assert reader.TOLD == "told.json"


def tags(rows: int) -> bytes:
    """A workbook of skills of teams."""
    made = "".join(
        f'<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="B{n}" t="inlineStr"><is><t>a{n}</t></is></c></row>' for n in range(2, rows + 2)
    )
    return packed(parts(sheet(line(1, ["team_id", "tag"]), made)))


def test_a_workbook_of_as_many_rows_as_allowed_and_no_more(tmp_path: Path) -> None:
    """Below, one of as many as are really allowed is read."""
    path, limits = tmp_path / "book.xlsx", {**LIMITS, "rows": 500}
    path.write_bytes(tags(500))
    assert read_apart(path, "book.xlsx", ("team_id", "tag"), limits=limits)[1].height == 500
    path.write_bytes(tags(501))
    with pytest.raises(RecordsError, match="too many rows"):
        read_apart(path, "book.xlsx", ("team_id", "tag"), limits=limits)


def test_a_workbook_of_as_many_parts_as_allowed_and_no_more() -> None:
    made = parts(sheet(line(1, HEAD), contract(2)))
    more = {f"xl/media/{n}.bin": "x" for n in range(MAX_PARTS - len(made))}
    assert understand(packed({**made, **more}), "contract").rows == 1
    with pytest.raises(RecordsError, match="too many parts"):
        understand(packed({**made, **more, "xl/media/x.bin": "x"}), "contract")


@pytest.mark.long
def test_a_workbook_that_unpacks_to_as_much_as_allowed_and_no_more(tmp_path: Path) -> None:
    limits = {**LIMITS, "unpacked": 300 * 1024**2}
    made = parts(sheet(line(1, HEAD), contract(2)))
    room = limits["unpacked"] - sum(len(part.encode() if isinstance(part, str) else part) for part in made.values())
    # An eighth of it noise, so that it does not look like a bomb.
    noise = os.urandom(1024**2) * 2
    filler = (noise + bytes(14 * 1024**2)) * (room // (16 * 1024**2) + 1)
    path = tmp_path / "book.xlsx"
    path.write_bytes(packed({**made, "xl/media/a.bin": filler[:room]}))
    assert read_apart(path, "book.xlsx", HEAD, limits=limits)[1].height == 1
    path.write_bytes(packed({**made, "xl/media/a.bin": filler[: room + 1]}))
    with pytest.raises(RecordsError, match="unpacks to too much"):
        read_apart(path, "book.xlsx", HEAD, limits=limits)


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="no such limits there")
def test_a_workbook_of_a_million_rows_and_25_columns_is_read_in_little_memory(tmp_path: Path) -> None:
    """Run where few other programs are: half a minute of computing."""
    path = tmp_path / "book.xlsx"
    cells = "".join(f'<c r="{letters(place)}{{}}"><v>{{}}</v></c>' for place in range(25))
    row = pl.format(f'<row r="{{}}">{cells}</row>', "n", *["n", pl.col("n") * 7919] * 25)
    # Packed lightly: what counts is what it unpacks to.
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, part in parts("").items():
            if "sheet1" not in name:
                archive.writestr(name, part)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as stream:
            stream.write(sheet(line(1, [*HEAD, *(f"c{n}" for n in range(7))])).removesuffix("</sheetData></worksheet>").encode())
            for first in range(2, MAX_ROWS + 2, 20_000):
                numbers = pl.int_range(first, min(first + 20_000, MAX_ROWS + 2), eager=True).alias("n").to_frame()
                stream.write(numbers.select(row.str.join("")).item().encode())
            stream.write(b"</sheetData></worksheet>")
    told, rows, ragged = read_apart(path, "book.xlsx", HEAD, limits={**LIMITS, "memory": 400 * 1024**2})
    assert (rows.height, rows.width, len(ragged), told["rows"]) == (MAX_ROWS, 26, 0, MAX_ROWS)


def test_what_killed_importers_left_is_taken_away_a_day_later_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    kept = {name: tmp_path / name for name in ("kcz-import-now", "another", "linked", "kcz-import-file", "kcz-import-link")}
    for name in ("kcz-import-now", "another", "linked", "kcz-import-left"):
        (tmp_path / name / "inside").mkdir(parents=True)
        (tmp_path / name / "file").write_text("rows")
    kept["kcz-import-file"].write_text("rows")
    kept["kcz-import-link"].symlink_to(kept["linked"])
    past = time.time() - scratch.AGE - 60
    for path in tmp_path.iterdir():
        if path.name != "kcz-import-now":
            os.utime(path, (past, past), follow_symlinks=False)
    assert understand(content(row(1)), "contract").rows == 1
    assert sorted(tmp_path.iterdir()) == sorted(kept.values())
    assert (kept["linked"] / "file").read_text() == "rows"


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only an administrator can give a folder to somebody else")
def test_what_another_users_importer_left_is_not_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left = tmp_path / "kcz-import-left"
    left.mkdir()
    os.utime(left, (0, 0))
    os.chown(left, 12345, 12345)
    scratch.sweep()
    assert left.is_dir()
    os.chown(left, os.geteuid(), 12345)
    scratch.sweep()
    assert not left.exists()
