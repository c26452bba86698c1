"""The split of a change: parts that add up for every unit, in no order, and that are nothing where their cause is absent."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import polars as pl
import pytest
from small_index import index, leaf, method, pillar, scheme, values

from kcz_metrics.analysis.change import Change, Game, Sides, _coalitions, bridge, change, marginal
from kcz_metrics.analysis.mixing import scored
from kcz_metrics.scheme.models import Index, Screen
from kcz_metrics.scheme.policies import Adjustment
from kcz_metrics.scoring import Scorecard, score

NAMES = [f"i{n}" for n in range(4)]
RULES = (Adjustment(id="d", kind="deduction", formula="2 * upheld"),)


def cells(seed: int, units: str) -> dict[str, dict[str, Any]]:
    rng = np.random.default_rng(seed)
    made: dict[str, dict[str, Any]] = {u: dict(zip(NAMES, rng.uniform(1, 10, 4).tolist(), strict=True)) for u in units}
    made[units[1]]["i2"] = None
    return made


def tree(first: float = 2.0, **settings: Any) -> Index:
    return index(pillar("p", leaf("i0", first), leaf("i1")), pillar("q", leaf("i2"), leaf("i3")), **settings)


BEFORE, REVISED, NOW = cells(1, "ABCDEFG"), cells(1, "ABCDEFG") | {"C": {"i0": 9.0, "i1": 2.0, "i2": 5.0, "i3": 1.0}}, cells(3, "ABCDEHI")


def sides(of: Index, same_records: bool = False, same_period: bool = False) -> Sides:
    def card(first: dict[str, Any], period: str) -> Scorecard:
        both = {"2021": first, "2022": NOW}
        kinds = ["a" if unit in "ACEH" else "b" for unit in dict.fromkeys([*first, *NOW])]
        measures = {"upheld": {unit: float(n % 3) for n, unit in enumerate("ABCDEFGHI")}}
        return score(values(both, columns={"kind": kinds}, measures=measures), of, period, scheme(of))

    old = card(BEFORE, "2021")
    revised = old if same_records else card(REVISED, "2021")
    return Sides(old, revised, revised if same_period else card(REVISED, "2022"))


def adds_up(found: Change) -> None:
    for totals in found.totals.iter_rows(named=True):
        own = found.parts.filter(pl.col("unit") == totals["unit"])
        assert own["score"].sum() == pytest.approx(totals["score_change"], abs=1e-9)
        assert own["rank"].sum() == pytest.approx(totals["rank_change"], abs=1e-9)


@pytest.mark.parametrize(
    "setting",
    [
        {}, {"group": "kind"}, {"adjust": RULES}, {"impute": method("median"), "screen": Screen(minimum_coverage=0.5)},
        {"normalise": method("minmax", over="base_period", base="2021")}, {"normalise": method("zscore", over="all_periods")},
        {"aggregate": method("geometric"), "normalise": method("goalposts", lower=0, upper=11)},
    ],
    ids=["plain", "groups", "adjusted", "imputed", "base_period", "all_periods", "geometric"],
)  # fmt: skip
def test_parts_of_everything_at_once_add_up(setting: dict[str, Any]) -> None:
    other = tree(3.0, **(setting | {"treat": method("winsorise", max_points=1)}))
    before, now = sides(tree(**setting)), sides(other)
    units = "AC" if setting else "ABCDE"
    found = change(before, now, units)
    assert found.totals["unit"].to_list() == list(units)
    assert found.parts["cause"].unique(maintain_order=True).to_list() == ["own", "others", "population", "revised", "weights", "method"]
    adds_up(found)
    for unit, row in zip(units, found.totals.iter_rows(named=True), strict=True):
        assert now.new.run.scores is not None
        assert before.old.run.scores is not None
        assert row["score"] == pytest.approx(now.new.run.scores[now.new.units["unit"].to_list().index(unit), 0], abs=1e-9)
        assert row["score_before"] == pytest.approx(before.old.run.scores["ABCDEFG".index(unit), 0], abs=1e-9)


def test_two_periods_alone_and_two_snapshots_alone() -> None:
    periods = change(sides(tree(), same_records=True))
    assert periods.parts["cause"].unique(maintain_order=True).to_list() == ["own", "others", "population"]
    adds_up(periods)
    assert not periods.totals["alarm"].any()
    snapshots = change(sides(tree(), same_period=True), units=["A", "C"])
    assert snapshots.parts["cause"].to_list() == ["revised"] * 2
    adds_up(snapshots)
    nothing = change(sides(tree(), same_records=True, same_period=True))
    assert nothing.parts.is_empty()
    assert (nothing.totals["score_change"] == 0).all()


def test_weights_alone_are_a_scoring_with_the_other_weights_and_raise_the_alarm() -> None:
    before, now = (sides(tree(w), same_records=True, same_period=True) for w in (2.0, 0.1))
    found = change(before, now)
    assert set(found.parts["cause"]) == {"weights"}
    assert now.new.run.ranks is not None
    assert before.old.run.ranks is not None
    moved = (before.old.run.ranks[:, 0] - now.new.run.ranks[:, 0]).tolist()
    assert found.totals["method_alone"].to_list() == moved
    assert found.totals["alarm"].to_list() == [m != 0 for m in moved]
    assert any(moved)


def test_a_part_is_the_mean_over_all_orders() -> None:
    """own and others by hand: each of the two orders, in a world where nobody comes or goes."""
    of = tree()
    one, two = cells(1, "ABCDE"), cells(3, "ABCDE")

    def top(given: dict[str, Any], unit: str) -> float:
        card = score(values({"2022": given}), of, "2022", scheme(of))
        assert card.run.scores is not None
        return float(card.run.scores["ABCDE".index(unit), 0])

    def card(period: str) -> Scorecard:
        return score(values({"2021": one, "2022": two}), of, period, scheme(of))

    first = card("2021")
    found = change(Sides(first, first, card("2022")))
    for unit in "ABCDE":
        parts = []
        for order in permutations(("own", "others")):
            given, steps = dict(one), {}
            for cause in order:
                after = {u: two[u] if (u == unit) == (cause == "own") else row for u, row in given.items()}
                steps[cause] = top(after, unit) - top(given, unit)
                given = after
            parts.append(steps["own"])
        own = found.parts.filter((pl.col("unit") == unit) & (pl.col("cause") == "own"))["score"][0]
        assert own == pytest.approx(np.mean(parts), abs=1e-9)


def test_another_tree_makes_weights_part_of_the_method() -> None:
    other = index(pillar("p", leaf("i0", 5), leaf("i1")), pillar("q", leaf("i2")))
    found = change(sides(tree(), same_records=True), sides(other, same_records=True))
    assert set(found.parts["cause"]) == {"own", "others", "population", "method"}
    adds_up(found)


def test_the_bridge_between_two_editions() -> None:
    old = sides(tree()).old
    of = index(pillar("p", leaf("i0", 2), leaf("i1")), pillar("q", leaf("i9")))
    renamed = {u: {k.replace("i2", "i9"): v for k, v in row.items()} for u, row in BEFORE.items()}
    new = score(values({"2021": renamed}), of, "2021", scheme(of, {"i1": {"direction": "down"}}))
    rows = bridge(old, new)
    assert rows.select("indicator", "state").rows() == [
        ("i0", "kept"), ("i1", "redefined"), ("i9", "new"), ("i2", "gone"), ("i3", "gone"),
    ]  # fmt: skip
    assert rows["weight"].sum() == pytest.approx(1.0)


@pytest.mark.parametrize("name", ["previous", "linear"])
def test_a_gap_is_filled_from_the_periods_beside_the_one_its_row_comes_from(name: str) -> None:
    """B lacks i2 in 2021 and 2022 and has it before, between (another snapshot) and after: each row keeps the neighbours it had."""
    of, years = tree(impute=method(name)), {str(year): cells(year, "ABCDE") for year in (2020, 2023)}
    for year in years.values():
        year["B"]["i2"] = 4.0

    def card(now: dict[str, Any], period: str) -> Scorecard:
        return score(values(years | {"2021": cells(1, "ABCDE"), "2022": now}), of, period, scheme(of))

    gone = cells(3, "ABCDE")
    old, new = card(gone, "2021"), card(gone, "2022")
    found = change(Sides(old, old, new))
    adds_up(found)
    game = Game(Sides(old, old, new), None)
    for coalition, one in ((frozenset[str](), old), (frozenset({"own", "others"}), new)):
        assert one.run.scores is not None
        np.testing.assert_allclose(game.worth(list("ABCDE"), coalition)[0], one.run.scores[:, 0], atol=1e-12)
    # by hand: everybody as in 2022 but B, which is as in 2021 with what fills it there
    filled = dict(old.imputed.filter(pl.col("unit") == "B").select("indicator", "value").iter_rows())
    alone = {u: row for u, row in gone.items() if u != "B"} | {"B": filled}
    by_hand = score(values({"2022": dict(sorted(alone.items()))}), tree(), "2022", scheme(tree()))
    assert by_hand.run.scores is not None
    worth = game.worth(["B"], frozenset({"others"}))[0]
    assert worth[0] == pytest.approx(by_hand.run.scores[1, 0], abs=1e-12)


@pytest.mark.parametrize(
    "setting",
    [
        {}, {"group": "kind"}, {"adjust": RULES}, {"impute": method("median"), "screen": Screen(minimum_coverage=0.8, minimum_group=3)},
        {"group": "kind", "screen": Screen(minimum_group=3), "normalise": method("zscore", over="all_periods")},
        {"aggregate": method("geometric"), "normalise": method("goalposts", lower=0, upper=11)},
        {"impute": method("linear"), "treat": method("winsorise", max_points=1)}, {"weights": method("entropy")},
        {"group": "kind", "weights": method("entropy")}, {"aggregate": method("topsis")},
    ],
    ids=["plain", "groups", "adjusted", "screened", "small_groups", "geometric", "filled", "entropy", "entropy_in_groups", "topsis"],
)  # fmt: skip
def test_many_units_at_once_score_as_one_by_one(setting: dict[str, Any]) -> None:
    game = Game(sides(tree(**setting)), sides(tree(3.0, **(setting | {"treat": method("winsorise", max_points=1)}))))
    every = [c for c in _coalitions(game.causes) if ("own" in c) != ("others" in c)]
    for coalition in every[::3]:
        mix = game._mix(coalition)
        units = [unit for unit in mix.at if unit in "ABCDE"]
        together = game.worth(units, coalition)
        for k, unit in enumerate(units):
            one = mix.put(unit, mix.row(unit, "own" in coalition))
            single = scored(one.run(), one.history)
            np.testing.assert_allclose([w[k] for w in together], [s[one.at[unit]] for s in single], atol=1e-12)


def test_the_marginal_parts_of_a_cause_add_up_to_its_part() -> None:
    game = Game(sides(tree()), sides(tree(3.0)))
    found = change(game, units=["A"])
    for cause, score_, rank in found.parts.select("cause", "score", "rank").iter_rows():
        rows = marginal(game, "A", cause)
        assert rows["times"].sum() == pytest.approx(1.0)
        assert rows["score_part"].sum() == pytest.approx(score_, abs=1e-9)
        assert rows["rank_part"].sum() == pytest.approx(rank, abs=1e-9)
        assert rows.height == 2 ** (len(game.causes) - 1)
