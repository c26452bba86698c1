"""Rows of a CSV taken by the block are the same as those of the library's reader, quotes or none, and under the same numbers."""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path

import pytest

from kcz_metrics.records.apart import blocks
from kcz_metrics.records.apart.cells import END, RAGGED, UNIT, WHOLE, Outlet

HEADINGS = ("a", "b", "c")
LINES = [
    "1,2,3", "1,2", "", " ,x,y", ",,", '"1","2,\n\n3",4', "1,2,3,,", "\u3000,b,c", 'x,"y\r\nz",w', "4,5,6", "7,8,9,10", 'q,in"ch,r',
    "中,文,字",
]  # fmt: skip


def slowly(text: str) -> tuple[list[str], list[str], int]:
    """The library's reader, row by row: whole rows, the others, blank ones."""
    whole, ragged, blank = [], [], 0
    for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), 1):
        if not any(cell.strip() for cell in cells):
            blank += 1
            continue
        if len(cells) > 3 and not any(cells[3:]):
            cells = cells[:3]
        (whole if len(cells) == 3 else ragged).append(UNIT.join([str(number), *cells]))
    return whole, ragged, blank


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("size", [1, 40, 1 << 20])
def test_the_same_rows(end: str, size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "_CHUNK", size)
    chance = random.Random(20221231)
    for _ in range(60):
        text = end.join(chance.choices(LINES, k=chance.randrange(1, 40))) + chance.choice(["", end, end * 3])
        with Outlet(tmp_path, HEADINGS, 1000, 1000, 10_000_000) as outlet:
            blocks.copy(io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8", newline=""), ",", outlet, 0, 1000)
        whole, ragged, blank = slowly(text)
        assert (tmp_path / WHOLE).read_bytes().decode().split(END)[:-1] == whole
        assert (tmp_path / RAGGED).read_bytes().decode().split(END)[:-1] == ragged
        assert (outlet.rows, outlet.bad, outlet.blank) == (len(whole), len(ragged), blank)
