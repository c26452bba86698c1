"""On the shipped records: the change of every unit of every index adds up, and what-if reaches its target with no step to spare.

The figures are printed: ``pytest -m long -s tests/analysis/test_change_and_whatif_on_sample.py``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from kcz_metrics.analysis.alternatives import Alternatives
from kcz_metrics.analysis.change import CAUSES, Change, Game, Sides, change
from kcz_metrics.analysis.corrected import begun, corrected, with_values
from kcz_metrics.analysis.explain import explain, row_of
from kcz_metrics.analysis.revisions import by_indicator
from kcz_metrics.analysis.whatif import WhatIf, whatif
from kcz_metrics.scheme.models import Method
from kcz_metrics.scoring import Scorecard, score
from kcz_metrics.scoring.periods import values_for

pytestmark = pytest.mark.long
INDICES = ["city_assessment", "team_score", "board_resource", "board_docking", "board_transfer", "board_drive"]
PERIODS = [("2020", "2021"), ("2021", "2022"), ("2020", "2022")]
#: At most so many teams and organisations are asked what it would take; cities all.
TRIED = 25


_CARDS: dict[tuple[str, str, str], Scorecard] = {}


def card(store: Any, scheme: Any, index: str, period: str) -> Scorecard:
    """Scored once by each scheme."""
    key = (scheme.digest, index, period)
    if key not in _CARDS:
        values = values_for(scheme, scheme.indices[index], ("2020", "2021", "2022"), store.snapshot())
        _CARDS.update({(key[0], index, p): score(values, scheme.indices[index], p, scheme) for p in ("2020", "2021", "2022")})
    return _CARDS[key]


def furthest(found: Change) -> tuple[float, int]:
    """How far the parts are from the whole, of score or rank, in the unit where they are furthest; and how many units cannot be split, as
    some coalition of causes leaves them without a rank."""
    lost = set(found.parts.filter(pl.col("score").is_null() | pl.col("rank").is_null())["unit"])
    sums = found.parts.group_by("unit").agg(pl.col("score").sum(), pl.col("rank").sum())
    both = found.totals.filter(~pl.col("unit").is_in(lost)).join(sums, on="unit", suffix="_parts")
    assert both.height == found.totals.height - len(lost)
    gaps = [(both[f"{what}_parts"] - both[f"{what}_change"]).abs().max() for what in ("score", "rank")]
    return max(float(gap) for gap in gaps), len(lost)  # type: ignore[arg-type]


@pytest.mark.parametrize("periods", PERIODS, ids="-".join)
@pytest.mark.parametrize("index", INDICES)
def test_the_change_of_every_unit_adds_up(sample_store: Any, shipped_scheme: Any, index: str, periods: tuple[str, str]) -> None:
    old, new = (card(sample_store, shipped_scheme, index, period) for period in periods)
    game = Game(Sides(old, old, new), None)
    found = change(game)
    gap, lost = furthest(found)
    print(f"\n{index} {periods[0]}-{periods[1]}: {found.totals.height} units, {', '.join(game.causes)}; furthest from the whole {gap:.1e}")
    assert found.totals.height > 40
    assert lost == 0
    assert gap < 1e-9
    for name, of in (("score_before", old), ("score", new)):
        scores = of.scores.filter(pl.col("node") == index).select("unit", expected="score")
        same = found.totals.join(scores, on="unit")
        np.testing.assert_allclose(same[name], same["expected"], atol=1e-9)
    for unit in found.totals["unit"].to_list()[::7]:
        parts = by_indicator(explain(old, unit), explain(new, unit))
        whole = found.totals.filter(pl.col("unit") == unit)["score_change"][0]
        assert parts["change"].sum() == pytest.approx(whole, abs=1e-8)  # indicators that move by less than 1e-9 are left out


@pytest.mark.parametrize("index", INDICES)
def test_the_change_of_every_unit_adds_up_with_another_scheme_too(sample_store: Any, shipped_scheme: Any, index: str) -> None:
    """Another year, other weights of the pillars, outliers treated, gaps filled from the year before: every cause but revised records."""
    of = shipped_scheme.indices[index]
    tree = of.tree.model_copy(
        update={"children": tuple(n.model_copy(update={"weight": n.weight * (1 + k / 10)}) for k, n in enumerate(of.tree.children))}
    )
    other = of.model_copy(update={"tree": tree, "impute": Method(method="previous"), "treat": Method(method="winsorise")})
    scheme = shipped_scheme.model_copy(update={"indices": {**shipped_scheme.indices, index: other}})
    before, now = (
        Sides(old, old, new) for old, new in ([card(sample_store, s, index, p) for p in ("2021", "2022")] for s in (shipped_scheme, scheme))
    )
    game = Game(before, now)
    found = change(game)
    gap, lost = furthest(found)
    alarms = int(found.totals["alarm"].sum())
    print(
        f"\n{index}: {found.totals.height} units, {', '.join(game.causes)}; furthest {gap:.1e}, {lost} that some coalition does not rank; "
        f"{alarms} ranks moved by the scheme alone"
    )
    assert set(game.causes) >= {"own", "others", "method"}
    assert set(game.causes) <= set(CAUSES)
    assert lost < 0.05 * found.totals.height
    assert gap < 1e-9


def asked(of: Scorecard) -> list[tuple[str, int]]:
    """Ranked units, all or some spread over the ranking, and their ranks."""
    rows = of.scores.filter((pl.col("node") == of.index.id) & pl.col("rank").is_not_null()).sort("rank", "unit")
    step = 1 if of.index.unit == "city" else max(1, rows.height // TRIED)
    return [(unit, int(rank)) for unit, rank in rows.gather_every(step).select("unit", "rank").iter_rows()]


def missed(of: Scorecard, found: WhatIf, goal: int) -> bool:
    """Whether the target is missed without any one step; scored unit by unit, not as the search scores."""
    steps = {row["indicator"]: row["value_after"] for row in found.steps.iter_rows(named=True)}
    ids, first, row = of.run.structure.indicator_ids, begun(of), row_of(of, found.unit)
    for left_out in steps:
        x = first.x.copy()
        for name, value in steps.items():
            if name != left_out:
                x[row, ids.index(name)] = value
        run = with_values(of, first, x)
        assert run.ranks is not None
        if run.ranks[row, 0] <= goal:
            return False
    return True


@pytest.mark.parametrize("index", INDICES)
def test_what_if_reaches_its_target_and_no_step_is_idle(sample_store: Any, shipped_scheme: Any, index: str) -> None:
    of = card(sample_store, shipped_scheme, index, "2022")
    tried = reached = out_of_reach = proved = steps = 0
    for unit, rank in asked(of):
        for goal in sorted({max(1, rank - 5), max(1, rank // 2)} - {rank}):
            tried += 1
            found = whatif(of, unit, rank=goal)
            if not found.reached:
                out_of_reach += 1
                assert found.rank is None or found.rank > goal
                continue
            reached, steps, proved = reached + 1, steps + found.steps.height, proved + (found.tried > 0)
            put = {(unit, row["indicator"]): row["value_after"] for row in found.steps.iter_rows(named=True)}
            after = corrected(of, put).filter(pl.col("unit") == unit)
            assert after["rank"][0] == found.rank
            assert after["rank"][0] <= goal
            assert after["score"][0] == pytest.approx(found.score, abs=1e-9)
            assert missed(of, found, goal), (unit, goal)
            inside = found.steps.join(
                pl.DataFrame({"indicator": of.run.structure.indicator_ids, "up": of.run.structure.up}), on="indicator"
            )
            better = pl.when("up").then(pl.col("value_after") <= pl.col("bound")).otherwise(pl.col("value_after") >= pl.col("bound"))
            assert inside.select(better.all()).item()
    print(
        f"\n{index}: {tried} targets of {len(asked(of))} units, {reached} reached with {steps / max(reached, 1):.2f} steps each, "
        f"{proved} proved smallest, {out_of_reach} beyond what anybody has; none reached with a step left out"
    )
    assert reached > 20


def test_alternatives_are_what_scoring_gives_in_every_index(sample_store: Any, shipped_scheme: Any) -> None:
    rng = np.random.default_rng(7)
    for index in INDICES:
        of = card(sample_store, shipped_scheme, index, "2022")
        for unit, _ in asked(of)[::12]:
            alternatives = Alternatives.of(of, row_of(of, unit))
            others = alternatives.first.x[rng.integers(0, len(of.units), 6)]
            found = np.array(alternatives.scored(others)).T
            np.testing.assert_allclose(found, [alternatives._one(values) for values in others], atol=1e-10)


def test_a_scorecard_is_not_touched(sample_store: Any, shipped_scheme: Any) -> None:
    of = card(sample_store, shipped_scheme, "city_assessment", "2022")
    before = replace(of).scores
    whatif(of, "PC017", rank=1)
    assert before.equals(score(of.history.sheet.values, of.index, "2022", of.scheme).scores)
