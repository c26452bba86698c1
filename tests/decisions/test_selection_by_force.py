"""The integer programme against every subset tried: totals, choices, reasons, prices, what cannot be met."""

from __future__ import annotations

import polars as pl
import pytest
from plain_selection import Plain, best_total, broken, counts, least_missed, random_case, reason_of, solve

from kcz_metrics.decisions.selection import select
from kcz_metrics.scheme.selections import Selection as Policy

SHORT, LONG = range(60), range(60, 560)


def agrees(seed: int) -> None:
    frame, policy = random_case(seed)
    plain, found = solve(frame, policy), select(frame, policy)
    assert found.feasible == (plain is not None)
    if plain is None:
        assert (found.relaxation["asked"] - found.relaxation["possible"]).abs().sum() == least_missed(frame, policy)
        assert set(found.units["reason"]) == {"infeasible"}
        assert not found.units["selected"].any()
        again = select(frame, policy, relax=True)
        assert again.feasible
        return
    names = frame["unit"]
    always = frozenset.intersection(*plain.best)
    ever = frozenset.union(*plain.best)
    units = {row["unit"]: row for row in found.units.iter_rows(named=True)}
    assert (found.seats, found.total, found.open_seats) == (plain.seats, plain.total / 100, plain.seats - len(always))
    assert {u for u, row in units.items() if row["selected"]} == {names[i] for i in always}
    assert {u for u, row in units.items() if row["reason"] == "panel"} == {names[i] for i in ever - always}
    prices_agree(frame, policy, plain, found.prices)
    if len(plain.best) == 1:
        for row, unit in enumerate(names):
            reason, other, ahead = reason_of(frame, policy, plain, row)
            told = units[unit]
            assert (told["reason"], told["by_points"]) == (reason, ahead), unit
            if other is not None:
                (chosen,) = plain.best
                swapped = chosen - {names.to_list().index(other)} | {row}
                assert told["displaced_by"] == other, unit
                assert told["quota"] == ("; ".join(broken(swapped, counts(frame, policy))) or None), unit


def prices_agree(frame: pl.DataFrame, policy: Policy, plain: Plain, prices: pl.DataFrame) -> None:
    quotas = counts(frame, policy)
    for line, value, price in prices.select("line", "value", "price").iter_rows():
        key = line if value is None else f"{line}:{value}"
        left = [q for q in quotas if q[0] != key and not (value is None and q[0].startswith(f"{line}:"))]
        assert round(100 * price) == best_total(frame, left, plain.seats) - plain.total, key


@pytest.mark.parametrize("seed", SHORT)
def test_equal_to_every_subset_tried(seed: int) -> None:
    agrees(seed)


@pytest.mark.long
@pytest.mark.parametrize("seed", LONG)
def test_equal_to_every_subset_tried_at_length(seed: int) -> None:
    agrees(seed)


def test_the_random_cases_are_of_all_kinds() -> None:
    """Else the comparison would prove little."""
    found = [select(*random_case(seed)) for seed in SHORT]
    reasons = {reason for one in found for reason in one.units["reason"]}
    assert reasons == {"score", "quota", "prefer", "tie", "panel", "infeasible"}
    assert 5 < sum(not one.feasible for one in found) < 30
    assert any((one.prices["price"] > 0).any() for one in found if one.feasible)
    assert any(one.decided_by is not None and not one.open_seats for one in found)


@pytest.mark.parametrize("seed", range(8))
def test_neither_names_nor_the_order_of_rows_decide(seed: int) -> None:
    frame, policy = random_case(seed)
    policy = policy.model_copy(update={"conflicts": ()})  # they are given by name
    renamed = frame.with_columns(unit=pl.lit("Z") + (99 - pl.int_range(pl.len())).cast(pl.String), old="unit").reverse()
    one, other = select(frame, policy), select(renamed.drop("old"), policy)
    back = other.units.join(renamed.select("unit", "old"), on="unit").select(pl.col("old").alias("unit"), "selected", "reason", "reserve")
    assert back.sort("unit").equals(one.units.select("unit", "selected", "reason", "reserve").sort("unit"))
