"""Several indices at once give what each gives by itself, to the last digit, and what they share is worked out once."""

from __future__ import annotations

from collections import Counter

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from kcz_metrics.compiling.together import together
from kcz_metrics.engines.duckdb import values, values_of_several
from kcz_metrics.engines.values import Values
from kcz_metrics.facts import FACTS
from kcz_metrics.scheme.models import Scheme
from kcz_metrics.store import Store

FRAMES = ("frame", "raw", "measures", "denominators", "units")


@pytest.fixture(scope="module")
def at_once(sample_store: Store, shipped_scheme: Scheme) -> dict[str, Values]:
    return values_of_several(sample_store.snapshot(), shipped_scheme, dict.fromkeys(shipped_scheme.indices, ("2021", "2022")))


@pytest.mark.parametrize("index", ["city_assessment", "team_score", "board_docking", "board_transfer"])
def test_each_index_is_the_same_alone(index: str, at_once: dict[str, Values], sample_store: Store, shipped_scheme: Scheme) -> None:
    alone = values(sample_store.snapshot(), shipped_scheme, index, ("2021", "2022"))
    for name in FRAMES:
        assert_frame_equal(getattr(at_once[index], name), getattr(alone, name), check_exact=True)


@pytest.mark.long
def test_periods_of_other_grains_and_lengths_keep_their_own(sample_store: Store, shipped_scheme: Scheme) -> None:
    asked = {"team_score": ("2022",), "board_drive": ("2021", "2022Q3")}
    found = values_of_several(sample_store.snapshot(), shipped_scheme, asked)
    assert {index: set(of.frame["period"]) for index, of in found.items()} == {index: set(of) for index, of in asked.items()}
    for index, periods in asked.items():
        alone = values(sample_store.snapshot(), shipped_scheme, index, periods)
        assert_frame_equal(found[index].frame, alone.frame, check_exact=True)
        assert_frame_equal(found[index].measures, alone.measures, check_exact=True)


def test_a_fact_and_a_key_are_worked_out_once_and_tables_go_after_their_last_reader(shipped_scheme: Scheme) -> None:
    steps = together(shipped_scheme, dict.fromkeys(shipped_scheme.indices, ("2022",))).shared
    made = Counter(step.name for step in steps)
    assert set(made.values()) == {1}
    there: set[str] = set()
    for step in steps:
        kept = [f"{fact}_fact" for fact in FACTS if f'"{fact}_fact"' in step.text and f"{fact}_fact" != step.name]
        assert all(name in there or f'"{name}" AS (' in step.text for name in kept), step.name
        there |= {str(step.name)}
        there -= set(step.done)
    assert not {name for name in there if name.endswith("_fact")}


def test_a_changed_scheme_is_compiled_anew(sample_store: Store, shipped_scheme: Scheme) -> None:
    doubled = shipped_scheme.indicators["BR01"].model_copy(update={"formula": "2 * (resource_weight / size * 1000)"})
    changed = shipped_scheme.model_copy(update={"indicators": {**shipped_scheme.indicators, "BR01": doubled}})
    raw = [
        values(sample_store.snapshot(), scheme, "board_resource", ("2022",)).raw.filter(pl.col("indicator") == "BR01")["raw"].sum()
        for scheme in (shipped_scheme, changed)
    ]
    assert raw[1] == pytest.approx(2 * raw[0])
