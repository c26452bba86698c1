"""Short forms of the scripts beside this file (processes killed, rows raced for, bytes flipped); the long ones run with the long tests."""

from __future__ import annotations

import random
from pathlib import Path

import flipping
import killing
import pytest
import races
from killing import children

SAMPLE = Path(__file__).parents[2] / "data" / "sample"


@pytest.mark.long
def test_killed_in_the_midst_of_importing(tmp_path: Path) -> None:
    account = killing.in_imports("import", children.importing, tmp_path, 2, random.Random(5))
    assert account.clean, account


def test_two_at_the_same_row(tmp_path: Path) -> None:
    outcome = races.race(tmp_path / "store", 10, compact_every=4)
    assert (outcome.acknowledged, outcome.lost, outcome.unsound, outcome.versions) == (10, 0, 0, 11)


def test_a_flipped_byte_is_told_or_makes_no_difference(tmp_path: Path) -> None:
    flipping.filled(tmp_path / "store", SAMPLE).engine.dispose()
    found = flipping.flips(tmp_path / "store", flipping.SCHEME, 10, seed=3)
    assert set(found) <= {"detected", "harmless"}
    assert found["detected"] > 0


@pytest.mark.long
@pytest.mark.parametrize("work", ["importing", "compacting"])
def test_killed_thirty_times(tmp_path: Path, work: str) -> None:
    account = killing.in_imports(work, getattr(children, work), tmp_path, 30, random.Random(7))
    assert account.clean, account


@pytest.mark.long
def test_killed_thirty_times_in_deciding(tmp_path: Path) -> None:
    account = killing.in_decisions(tmp_path, 30, random.Random(7))
    assert account.clean, account
    assert account.acknowledged


@pytest.mark.long
def test_killed_thirty_times_in_migrations(tmp_path: Path) -> None:
    account = killing.in_migrations(tmp_path, 30, random.Random(7))
    assert account.clean, account


@pytest.mark.long
def test_killed_thirty_times_in_restoring(tmp_path: Path) -> None:
    account = killing.in_restores(tmp_path, 30, random.Random(7))
    assert account.clean, account


@pytest.mark.long
def test_two_hundred_races(tmp_path: Path) -> None:
    outcome = races.race(tmp_path / "store", 200)
    assert (outcome.acknowledged, outcome.lost, outcome.unsound) == (200, 0, 0)


@pytest.mark.long
def test_two_hundred_flipped_bytes(tmp_path: Path) -> None:
    flipping.filled(tmp_path / "store", SAMPLE).engine.dispose()
    found = flipping.flips(tmp_path / "store", flipping.SCHEME, 200, seed=9)
    assert set(found) <= {"detected", "harmless"}
