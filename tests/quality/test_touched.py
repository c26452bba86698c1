"""What leaving records out would do, worked out from what reads them alone, is what working out everything gives."""

from __future__ import annotations

from typing import Any

import pytest

from kcz_metrics.compiling.plan import plan
from kcz_metrics.facts import UNITS
from kcz_metrics.quality.effects import effect, proposal, readers
from kcz_metrics.quality.parameters import thresholds
from kcz_metrics.quality.scan import scan
from kcz_metrics.quality.touched import merged, narrowed
from kcz_metrics.scheme.models import Scheme
from kcz_metrics.scoring import score
from kcz_metrics.scoring.periods import values_for, values_for_several
from kcz_metrics.store import Store

RULES = (
    "near_duplicates", "wrong_dates", "split_contracts", "circular_value", "one_buyer", "two_cities", "flat_satisfaction", "last_week",
    "round_amounts", "mutual_praise", "service_days",
)  # fmt: skip


def source_tables(scheme: Scheme, unit: str, leaf: str) -> set[str]:
    """The tables behind an indicator, as the plan of an index with this leaf alone reads them."""
    only = next(index for index in scheme.indices.values() if index.unit == unit and leaf in index.leaves)
    found = next(node for node in only.tree.walk() if node.id == leaf)
    alone = only.model_copy(update={"tree": only.tree.model_copy(update={"children": (found,)}), "adjust": ()})
    small = scheme.model_copy(update={"indices": {only.id: alone}})
    return set(plan(small, only.id, ["2022"]).tables)


def test_only_what_reads_a_table_is_left(shipped_scheme: Scheme) -> None:
    index = shipped_scheme.indices["city_assessment"]
    small = narrowed(shipped_scheme, index, {"case_adoption"})
    assert set(small.leaves) < set(index.leaves)
    assert small.leaves
    left = [leaf for leaf in index.leaves if leaf not in small.leaves]
    assert not [leaf for leaf in left if "case_adoption" in source_tables(shipped_scheme, index.unit, leaf)]
    assert not [leaf for leaf in small.leaves if "case_adoption" not in source_tables(shipped_scheme, index.unit, leaf)]


@pytest.mark.parametrize("index_id", ["city_assessment", "team_score", "board_docking"])
def test_a_table_of_the_population_leaves_all(index_id: str, shipped_scheme: Scheme) -> None:
    index = shipped_scheme.indices[index_id]
    assert narrowed(shipped_scheme, index, {UNITS[index.unit].tables[0]}) is index


def test_an_index_without_readers_stays_whole(shipped_scheme: Scheme) -> None:
    index = shipped_scheme.indices["board_drive"]
    assert "board_drive" not in readers(shipped_scheme, "2022", {"training_event"})
    assert narrowed(shipped_scheme, index, {"training_event"}) is index


def test_a_part_put_back_is_the_whole(shipped_scheme: Scheme, sample_store: Store) -> None:
    snapshot, index = sample_store.snapshot(), shipped_scheme.indices["board_drive"]
    whole = values_for(shipped_scheme, index, ["2022"], snapshot)
    small = narrowed(shipped_scheme, index, {"case_adoption"})
    assert 0 < len(small.leaves) < len(index.leaves)
    scheme = shipped_scheme.model_copy(update={"indices": {index.id: small}})
    back = merged(whole, values_for(scheme, small, ["2022"], snapshot))
    assert back is not None
    for name in ("frame", "raw", "measures", "denominators"):
        one, other = (getattr(values, name) for values in (whole, back))
        assert other.sort(other.columns[:3]).equals(one.sort(one.columns[:3])), name


@pytest.fixture(scope="module")
def known(shipped_scheme: Scheme, sample_store: Store) -> tuple[Any, ...]:
    snapshot = sample_store.snapshot()
    flags = [flag for flag in scan(snapshot, thresholds=thresholds(shipped_scheme)) if flag.records]
    return snapshot, flags, values_for_several(shipped_scheme, list(shipped_scheme.indices.values()), ["2020", "2021", "2022"], snapshot)


@pytest.mark.long
@pytest.mark.parametrize("wilful", [False, True], ids=["plain", "wilful"])
@pytest.mark.parametrize("rule", RULES)
def test_the_effect_is_the_same_as_worked_out_whole(rule: str, wilful: bool, known: tuple[Any, ...], shipped_scheme: Scheme) -> None:
    snapshot, flags, values = known
    flag = next(flag for flag in flags if flag.rule == rule)
    period = str(flag.last.year)

    def card(index_id: str) -> Any:
        return score(values[index_id], shipped_scheme.indices[index_id], period, shipped_scheme)

    quick = effect(
        snapshot, shipped_scheme, flag, proposal(flag), period, wilful=wilful, values_of=values.__getitem__, card_of=card
    )  # fmt: skip
    whole = effect(snapshot, shipped_scheme, flag, proposal(flag), period, wilful=wilful)
    assert quick.moved.equals(whole.moved)
    assert (quick.zeroed, quick.looked_at) == (whole.zeroed, whole.looked_at)
