"""All 82 indicators of the sample worked out a second time, in plain polars from the files (``independent/``), for all units of two years.

``python tests/engines/independent_table.py`` gives values, coverage and the largest difference of each indicator as a table.
"""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from independent import SECOND
from independent.docking_board import copies
from independent.ground import Year, every, summed, valid
from independent_table import difference, same

from kcz_metrics.engines.duckdb import values
from kcz_metrics.scheme.models import Scheme
from kcz_metrics.store import Store

YEARS = (2021, 2022)


@pytest.fixture(scope="module")
def frames(sample_store: Store, shipped_scheme: Scheme) -> dict[str, pl.DataFrame]:
    stored = sample_store.snapshot()
    return {
        index: values(stored, shipped_scheme, index, [str(y) for y in YEARS]).frame for index in {index for index, _ in SECOND.values()}
    }


def test_every_indicator_of_the_scheme_has_a_second_computation(shipped_scheme: Scheme) -> None:
    assert set(SECOND) == set(shipped_scheme.indicators)
    assert all(indicator in shipped_scheme.indices[index].leaves for indicator, (index, _) in SECOND.items())


@pytest.mark.parametrize("indicator", SECOND)
def test_a_second_computation_agrees(indicator: str, frames: dict[str, pl.DataFrame]) -> None:
    index, compute = SECOND[indicator]
    for year in YEARS:
        found = dict(frames[index].filter(indicator=indicator, period=str(year)).select("unit", "value").iter_rows())
        second = compute(Year(year), list(found))
        # what waits two years for an end has none in 2021: the records begin in 2020
        assert sum(value is not None for value in found.values()) >= 30 or (year == 2021 and indicator in {"BT09", "BI04"})
        wrong = {u: (v, second.get(u)) for u, v in found.items() if not same(v, second.get(u))}
        assert wrong == {}


def test_the_second_look_for_copies_is_not_the_first() -> None:
    said = ["我们可以提供成熟的涂层方案与样件试制", "我们可以提供成熟的涂层方案与样件试做", "请联系本所装备中心"]
    given = pl.DataFrame({"answer_id": ["A", "B", "C"], "org_id": "S", "answered_at": [date(2022, 1, d) for d in (1, 2, 3)], "text": said})
    assert copies(given) == {"B"}


@pytest.mark.parametrize("a, b, expected", [(None, None, 0.0), (None, 1.0, float("inf")), (2.0, 1.0, 0.5), (0.0, 1e-12, 0.0)])
def test_a_difference_is_relative_to_the_larger(a: float | None, b: float | None, expected: float) -> None:
    assert difference(a, b) == expected
    assert same(a, b) == (expected <= 1e-9)


def test_growth_over_the_year_before_agrees(sample_store: Store, shipped_scheme: Scheme) -> None:
    index = shipped_scheme.indices["city_assessment"]
    tree = index.tree.model_copy(update={"children": (index.tree.children[0].children[2],)})
    changed = shipped_scheme.model_copy(
        update={
            "indicators": {
                **shipped_scheme.indicators,
                "CE03": shipped_scheme.indicators["CE03"].model_copy(update={"formula": "growth(own_funding)"}),
            },
            "indices": {"city_assessment": index.model_copy(update={"tree": tree})},
        }
    )
    found = values(sample_store.snapshot(), changed, "city_assessment", ["2022"]).frame
    sums = {year: summed(valid("city_input").filter(Year(year).has("occurred_on")), "city_id", "amount_cny") for year in (2021, 2022)}
    since = dict(every("pilot_city").select("city_id", "active_from").iter_rows())
    for unit, value in found.select("unit", "value").iter_rows():
        base = sums[2021].get(unit, 0) if since[unit] < date(2022, 1, 1) else 0
        assert same(value, sums[2022].get(unit, 0) / base - 1 if base > 0 else None), unit
    assert found["value"].drop_nulls().len() > 50
