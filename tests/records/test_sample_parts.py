"""A large sample in parts is one sound sample: keys, references and contracts hold over all of it."""

from __future__ import annotations

import polars as pl
import pytest

from kcz_metrics.records.sample import Sample, invent, invent_parts
from kcz_metrics.tables import TABLES

pytestmark = pytest.mark.long

SCALE, LARGEST = 0.3, 0.1


@pytest.fixture(scope="module")
def parts() -> list[Sample]:
    return list(invent_parts(7, SCALE, LARGEST))


@pytest.fixture(scope="module")
def whole(parts: list[Sample]) -> dict[str, pl.DataFrame]:
    return {name: pl.concat([part.tables[name] for part in parts if name in part.tables]) for name in TABLES}


def test_a_small_scale_is_one_part() -> None:
    (only,) = invent_parts(7, 0.1)
    same = invent(7, 0.1)
    assert all(only.tables[name].equals(same.tables[name]) for name in TABLES)


def test_the_parts_are_as_many_as_their_size_asks_for(parts: list[Sample]) -> None:
    assert len(parts) == 3
    assert set(parts[0].tables) == set(TABLES)
    needs = [part.tables["need"].height for part in parts]
    assert max(needs) < 1.2 * min(needs)
    assert len({part.tables["need"]["text"].head(50).str.join().item() for part in parts}) == 3


@pytest.mark.parametrize("name", TABLES)
def test_keys_references_and_unique_columns_hold_over_all_parts(name: str, whole: dict[str, pl.DataFrame]) -> None:
    table, frame = TABLES[name], whole[name]
    assert frame.select(table.key).is_duplicated().sum() == 0
    for column in (c for c, declared in table.columns.items() if declared.unique):
        assert frame[column].drop_nulls().is_duplicated().sum() == 0, column
    for reference in table.references:
        known = whole[reference.table][reference.to].unique()
        strange = frame[reference.column].drop_nulls().is_in(known.implode()).not_().sum()
        assert strange == 0, reference


def test_every_part_keeps_the_contracts(parts: list[Sample]) -> None:
    for part in parts[1:]:
        for name, frame in part.tables.items():
            assert TABLES[name].broken(frame).is_empty(), name
