"""``docs/notice.md`` has the 14 items, and names only what is there: pages, targets, indicators, tables, commands, files."""

from __future__ import annotations

import re
from pathlib import Path

from kcz_metrics.scheme.models import Scheme
from kcz_metrics.tables import TABLES

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "notice.md").read_text(encoding="utf-8")
ROWS = {
    int(found.group(1)): [cell.strip() for cell in line.strip("|").split("|")]
    for line in TEXT.splitlines()
    if (found := re.match(r"\| (\d+) ", line))
}


def test_every_item_has_its_row() -> None:
    assert list(ROWS) == list(range(1, 15))
    assert all(len(row) == 4 and all(row) for row in ROWS.values())


def test_every_target_and_indicator_stands_in_the_table(shipped_scheme: Scheme) -> None:
    named = set(re.findall(r"\b(?:T\d\d|[CTB][A-Z]\d\d)\b", " ".join(row[3] for row in ROWS.values())))
    assert named == set(shipped_scheme.targets) | set(shipped_scheme.indicators)


def test_a_target_stands_in_the_row_of_its_item(shipped_scheme: Scheme) -> None:
    wrong = {id: one.item for id, one in shipped_scheme.targets.items() if one.item and id not in ROWS[one.item][3]}
    assert not wrong


def test_only_pages_and_tables_there_are_are_named() -> None:
    pages = {path.stem for path in (ROOT / "pages").glob("*.py")}
    named = {word for row in ROWS.values() for word in re.findall(r"`(\w+)`", row[3])}
    assert named - set(TABLES) <= pages
    assert pages <= named


def test_commands_and_files_that_are_named_are_there() -> None:
    from kcz_metrics.cli.commands import COMMANDS

    assert set(re.findall(r"`kcz (\w+)", TEXT)) <= set(COMMANDS)
    assert all((ROOT / "docs" / target).is_file() for target in re.findall(r"\]\(([^)]+)\)", TEXT))
    assert all((ROOT / script).is_file() for script in re.findall(r"`python (\S+)`", TEXT))
