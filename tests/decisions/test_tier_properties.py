"""What holds of tiers in any history: seats, the band, one answer, no harm from a better score; probabilities against a plain loop."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import polars as pl
import pytest
from histories import policy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_index import index, leaf, method, scheme, values

from kcz_metrics.analysis.robustness import Doubts, robustness
from kcz_metrics.decisions.history import drawn
from kcz_metrics.decisions.replay import Replay, replay
from kcz_metrics.decisions.rounds import Rounds, gathered, rounds_of
from kcz_metrics.scheme.policies import Start, Tiers
from kcz_metrics.scoring import score
from kcz_metrics.scoring.block import block
from kcz_metrics.scoring.variants import declared

SEATS = {"hub": 2, "lead": 3, "build": 4, "foster": 3}
ORDER = {name: place for place, name in enumerate(SEATS)}
N = sum(SEATS.values())


def rule(seed: int) -> Tiers:
    """A rule with a memory, its numbers by seed."""
    g = np.random.default_rng(seed)
    return policy(
        levels=[{"id": name, "seats": n} for name, n in SEATS.items()],
        smooth=[None, {"now": 0.6, "before": 0.4}][int(g.integers(2))],
        promote={"margin": float(g.integers(0, 4)), "rounds": int(g.integers(1, 4)), "within_seats": bool(g.integers(2))},
        demote={"margin": float(g.integers(1, 4)), "rounds": int(g.integers(1, 4)), "buffer": 0.1, "buffer_minimum": int(g.integers(0, 3))},
        limits={
            "levels_a_round": [1, 2, None][int(g.integers(3))], "share_a_round": [None, 0.2, 0.5][int(g.integers(3))], "balanced": True,
            "minimum_stay": [None, 2][int(g.integers(2))], "waiting_rounds": int(g.integers(0, 2)),
        },
    )  # fmt: skip


@lru_cache(maxsize=1)
def history(seed: int, periods: int = 6) -> Rounds:
    """Twelve units; scores are whole numbers, so that many are equal and many lie on a bar."""
    g = np.random.default_rng(seed)
    level = g.normal(60, 12, N)
    scores = np.rint(level + g.normal(0, 6, (periods, N)).cumsum(axis=0) * 0.5)
    rows = [(f"U{u:02}", str(2015 + t), float(scores[t, u])) for t in range(periods) for u in range(N)]
    return rounds_of(pl.DataFrame(rows, schema=["unit", "period", "score"], orient="row"))


@lru_cache(maxsize=1)
def replayed(seed: int) -> Replay:
    return replay(history(seed), rule(seed))


SEED = st.integers(0, 2**32 - 1)


def seats_are_conserved(seed: int) -> None:
    found = replayed(seed).frame
    counts = found.group_by("period", "tier_after").len()
    assert {(t, n) for _, t, n in counts.iter_rows()} == set(SEATS.items())
    assert counts.height == 6 * len(SEATS)


def no_level_is_overfull_whoever_leaves_or_comes(seed: int) -> None:
    """With units that are vetoed, fail, are not ranked for a while, and three more than there are seats."""
    g = np.random.default_rng(seed)
    names = [f"U{u:02}" for u in range(N + 3)]
    rows = [
        (name, str(2015 + t), None if g.random() < 0.1 else float(np.rint(g.normal(62, 15))), bool(g.random() < 0.05))
        for t in range(6)
        for name in names
    ]
    given = rounds_of(pl.DataFrame(rows, schema=["unit", "period", "score", "vetoed"], orient="row", infer_schema_length=None))
    leave = policy(
        grades=[{"id": "pass", "at_least": 50}, {"id": "fail"}],
        exit={
            "grade_below": "pass",
            "rounds": int(g.integers(1, 3)),
            "rectify_months": [None, [3, 12]][int(g.integers(2))],
            "ban_rounds": 2,
        },
    )
    found = replay(given, rule(seed).model_copy(update={"grades": leave.grades, "exit": leave.exit})).frame
    counts = found.drop_nulls("tier_after").group_by("period", "tier_after").len()
    assert all(n <= SEATS[tier] for _, tier, n in counts.iter_rows())
    out = found.filter(pl.col("tier_after").is_null() & pl.col("tier_before").is_not_null())
    assert set(out["reason"].unique()) <= {"VETO", "EXIT"}
    back = found.filter(pl.col("reason").is_in(["ENTRY", "BALANCE"]))
    assert set(back["tier_after"].unique()) <= {"foster"}


def the_band_holds(seed: int) -> None:
    of = rule(seed)
    assert of.limits is not None
    one = of.model_copy(update={"limits": of.limits.model_copy(update={"waiting_rounds": 0, "levels_a_round": 1})})
    found = replay(history(seed), one).frame.filter(pl.col("tier_before").is_not_null())
    inside = (pl.col("smoothed") < pl.col("promotion_bar") - 1e-9).fill_null(True) & (
        pl.col("smoothed") > pl.col("exit_bar") + 1e-9
    ).fill_null(True)
    assert found.filter(inside & (pl.col("tier_after") != pl.col("tier_before"))).is_empty()


def the_order_of_rows_decides_nothing(seed: int) -> None:
    g, given = np.random.default_rng(seed), history(seed)
    rows = [(u, p, float(given.score[t, i])) for t, p in enumerate(given.periods) for i, u in enumerate(given.units)]
    mixed = rounds_of(pl.DataFrame([rows[i] for i in g.permutation(len(rows))], schema=["unit", "period", "score"], orient="row"))
    assert replay(mixed, rule(seed)).frame.equals(replayed(seed).frame)


def a_better_score_never_lowers(seed: int) -> None:
    """In the round it is reached, the others as they were."""
    g, given = np.random.default_rng(seed), history(seed)
    unit, more = int(g.integers(N)), float(g.integers(1, 20))
    better = given.score.copy()
    better[-1, unit] += more
    before, after = replayed(seed).frame, replay(replace(given, score=better), rule(seed)).frame
    last = (pl.col("unit") == given.units[unit]) & (pl.col("period") == given.periods[-1])
    assert ORDER[after.filter(last)["tier_after"][0]] <= ORDER[before.filter(last)["tier_after"][0]]


def who_only_improves_is_never_demoted(seed: int) -> None:
    """While the others stand still."""
    g, given = np.random.default_rng(seed), history(seed)
    unit = int(g.integers(N))
    scores = np.tile(given.score[0], (len(given.periods), 1))
    scores[:, unit] += np.rint(g.exponential(4, len(scores))).cumsum()
    found = replay(replace(given, score=scores), rule(seed)).frame.filter(pl.col("unit") == given.units[unit])
    places = [ORDER[tier] for tier in found.sort("period")["tier_after"]]
    assert places == sorted(places, reverse=True)


PROPERTIES = [
    seats_are_conserved,
    no_level_is_overfull_whoever_leaves_or_comes,
    the_band_holds,
    the_order_of_rows_decides_nothing,
    a_better_score_never_lowers,
    who_only_improves_is_never_demoted,
]
MODEST = settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
MANY = settings(MODEST, max_examples=1000)


@pytest.mark.parametrize("holds", PROPERTIES, ids=lambda f: f.__name__)
def test_in_any_history(holds: Any) -> None:
    MODEST(given(SEED)(holds))()


@pytest.mark.long
def test_in_a_thousand_histories() -> None:
    """All of them of each history, which is replayed once for those that ask the same of it."""

    def all_hold(seed: int) -> None:
        for holds in PROPERTIES:
            holds(seed)

    MANY(given(SEED)(all_hold))()


CLOSE = policy(
    levels=[{"id": name, "seats": n} for name, n in SEATS.items()],
    promote={"margin": 0.5, "rounds": 1},
    demote={"margin": 0.5, "rounds": 1},
    limits={"levels_a_round": 1, "balanced": True},
)


@pytest.mark.parametrize("runs", ["own", "given"])
def test_probabilities_are_those_of_scoring_and_seating_draw_by_draw(runs: str) -> None:
    """With runs of its own, and with those that the intervals of the last ranks are of."""
    g, draws = np.random.default_rng(7), 25
    names = [f"U{u:02}" for u in range(N)]
    of = index(leaf("a"), leaf("b"), leaf("c"), normalise=method("none"), tiers=CLOSE)
    assert of.tiers is not None
    cells = {str(2020 + t): {u: dict(zip("abc", g.normal(60, 15, 3).tolist(), strict=True)) for u in names} for t in range(3)}
    made, whole = values(cells), scheme(of)
    cards = [score(made, of, period, whole) for period in cells]
    rounds = gathered(cards)
    there = {"2022": robustness(cards[-1], Doubts(declared(of, draws, 11)))} if runs == "given" else {}
    found = replay(rounds, of.tiers, draws=drawn(cards, rounds, draws, 11, made=there)).frame.filter(pl.col("period") == "2022")

    plain = np.zeros((N, len(SEATS)))
    several = block(cards[-1], declared(of, draws, 11))
    # the round begins where the one before left everybody; its bars are those of the draw
    stood = dict(replay(rounds, of.tiers).frame.filter(pl.col("period") == "2021").select("unit", "tier_after").iter_rows())
    begun = CLOSE.model_copy(update={"start": Start(period="2021", file="as_decided.csv")})
    for run in range(draws):
        again = [score(made, of, period, whole, weights=several.weights(run)) for period in ("2021", "2022")]
        scores = [card.scores.filter(pl.col("node") == of.id).sort("unit")["score"].to_numpy() for card in again]
        history = replace(rounds, score=np.vstack([rounds.score[:1], *scores]))
        seated = replay(history, begun, decided=stood).frame.filter(pl.col("period") == "2022")
        plain[np.arange(N), [ORDER[tier] for tier in seated["tier_after"]]] += 1
    assert found.select(f"p_{name}" for name in SEATS).to_numpy() == pytest.approx(plain / draws)
    assert ((plain > 0) & (plain < draws)).any()


def test_runs_that_are_given_are_those_that_count() -> None:
    of = index(leaf("a"), normalise=method("none"), tiers=CLOSE)
    made = values({p: {f"U{u}": {"a": float(u)} for u in range(N)} for p in ("2020", "2021")})
    cards = [score(made, of, period, scheme(of)) for period in ("2020", "2021")]
    runs = robustness(cards[-1], Doubts(declared(of, 3, 11)))
    moved = replace(runs, scores=runs.scores + 5.0)
    found = drawn(cards, gathered(cards), 3, 11, made={"2021": moved})
    assert list(found) == ["2020", "2021"]
    np.testing.assert_array_equal(found["2021"], found["2020"] + 5.0)
