"""``kcz report societies``: both files, and what it does not take."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.mark.long
def test_the_export_holds_every_board(sample, tmp_path: Path) -> None:
    target = tmp_path / "societies.csv"
    assert sample("report", "societies", "--period", "2022", "-o", target).status == 0
    lines = target.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("society_id,uscc,name_zh,name_en,board,")
    assert {line.split(",")[4] for line in lines[1:]} == {"board_resource", "board_docking", "board_transfer", "board_drive"}


@pytest.mark.parametrize("words", [("-o", "s.pdf"), ("-o", "s.csv", "--index", "board_drive"), ("-o", "s.csv", "--unit", "OR00001")])
def test_what_it_does_not_take(sample, words: tuple[str, ...], tmp_path: Path) -> None:
    asked = [str(tmp_path / word) if word.startswith("s.") else word for word in words]
    done = sample("report", "societies", "--period", "2022", *asked)
    assert done.status == 2
    assert not list(tmp_path.glob("s.*"))
