"""Decisions in the replay: what they replace, what is proposed around them, what stands against them, and what a closed round seals."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest
from histories import History, levels, policy, rounds

from kcz_metrics.decisions import landings, ruling
from kcz_metrics.decisions.recorded import Recorded, recorded
from kcz_metrics.decisions.replay import replay
from kcz_metrics.decisions.rulebook import checks, score_back, score_lost, score_needed
from kcz_metrics.decisions.ruling import Sitting
from kcz_metrics.errors import DecisionError, ScoringError
from kcz_metrics.scheme.policies import Tiers
from kcz_metrics.store import Decision

#: Two seats above, three below. In the second round C is due to rise and B to fall; D waits for a seat with a lower score than C.
SCORES: History = {"A": [90, 90], "B": [80, 40], "C": [70, 88], "D": [60, 84], "E": [50, 50]}
AREA = {"A": "east", "B": "west", "C": "east", "D": "east", "E": "east"}
RULE = policy(
    levels=levels(top=2, rest=3),
    promote={"margin": 1.0, "rounds": 1, "within_seats": False},
    demote={"margin": 1.0, "rounds": 1},
    limits={"levels_a_round": 1, "share_a_round": 0.5, "balanced": True},
)


def sat(of: Tiers = RULE, known: Recorded | None = None, scores: History = SCORES, **given: Any) -> Sitting:
    known = known or Recorded()
    looked = rounds(scores, **given)
    return Sitting(of, looked, replay(looked, of, recorded=known), known)


def after(sitting: Sitting) -> dict[str, str]:
    return dict(sitting.rows.select("unit", "tier_after").iter_rows())


def ruled(**wanted: str) -> Recorded:
    """Levels decided on in 2021; ``defer`` keeps the one before."""
    stood = after(Sitting(RULE, rounds(SCORES), replay(rounds(SCORES), RULE), Recorded()))
    before = {"A": "top", "B": "top", "C": "rest", "D": "rest", "E": "rest"}
    acts = {u: ("defer", before[u]) if w == "defer" else ("confirm" if stood[u] == w else "override", w) for u, w in wanted.items()}
    return Recorded({"2021": acts})


def decision(number: int, act: Any, unit: str | None = None, **given: Any) -> Decision:
    none: dict[str, Any] = dict.fromkeys(("before", "proposed", "after", "withdraws"))
    whole = none | {"reason": "", "numbers": {}, "snapshot": 1, "scheme": "d", "actor": "li", "audit_entry": number} | given
    return Decision(number=number, kind="tier", matter="m", period="2021", act=act, unit=unit, at=datetime(2022, 1, 1, tzinfo=UTC), **whole)


def test_what_the_rule_proposes_without_decisions() -> None:
    sitting = sat()
    assert after(sitting) == {"A": "top", "B": "rest", "C": "top", "D": "rest", "E": "rest"}
    found = ruling.matters(sitting)
    assert dict(found.select("unit", "kind").iter_rows()) == {"B": "down", "C": "up", "D": "wait"}
    assert dict(found.select("unit", "aim").iter_rows()) == {"B": "rest", "C": "top", "D": "top"}
    assert ruling.undecided(sitting) == ["B", "C"]


@pytest.mark.parametrize(
    "wanted, moved, reasons",
    [
        ({"C": "top", "B": "rest"}, {"B": "rest", "C": "top"}, {"B": "BUFFER", "C": "QUOTA"}),
        ({"C": "defer"}, {"B": "rest", "D": "top"}, {"C": "DEFERRED", "D": "QUOTA"}),
        ({"B": "defer"}, {}, {"B": "DEFERRED", "C": "WAIT", "D": "WAIT"}),
        ({"C": "defer", "D": "defer"}, {}, {"B": "WAIT", "C": "DEFERRED", "D": "DEFERRED"}),
        ({"D": "top"}, {"B": "rest", "D": "top"}, {"C": "WAIT", "D": "DECIDED"}),
        ({"A": "rest", "D": "top"}, {"A": "rest", "B": "rest", "C": "top", "D": "top"}, {"A": "DECIDED", "C": "QUOTA", "D": "DECIDED"}),
    ],
    ids=["as_proposed", "riser_deferred", "faller_deferred", "both_risers_deferred", "another_rises", "a_swap_beside"],
)
def test_the_others_are_proposed_around_what_is_decided(wanted: dict[str, str], moved: dict[str, str], reasons: dict[str, str]) -> None:
    sitting = sat(replace_share(1.0), ruled(**wanted))
    stood = {"A": "top", "B": "top", "C": "rest", "D": "rest", "E": "rest"}
    assert after(sitting) == stood | moved
    told = dict(sitting.rows.select("unit", "reason").iter_rows())
    assert {unit: told[unit] for unit in reasons} == reasons
    proposed = dict(sitting.rows.select("unit", "proposed").iter_rows())
    assert proposed == {"A": "top", "B": "rest", "C": "top", "D": "rest", "E": "rest"}


def replace_share(share: float) -> Tiers:
    assert RULE.limits is not None
    return RULE.model_copy(update={"limits": RULE.limits.model_copy(update={"share_a_round": share})})


def test_a_decided_tier_is_where_the_next_round_begins() -> None:
    scores = {unit: [*own, own[-1]] for unit, own in SCORES.items()}
    began = [
        replay(rounds(scores), RULE, recorded=known).frame.filter((pl.col("unit") == "B") & (pl.col("period") == "2022"))["tier_before"][0]
        for known in (ruled(B="defer"), Recorded())
    ]
    assert began == ["top", "rest"]


@pytest.mark.parametrize(
    "wanted, told, hint",
    [
        ({"E": "top"}, [], ""),
        ({"E": "top", "D": "top"}, ["the tier top would hold 3"], "that of A"),
        ({"C": "confirm", "B": "defer"}, ["the tier top would hold 3"], "that of A"),
        ({"B": "out"}, ["the area west would have 0, and 1 are the minimum"], "take one in"),
        ({"A": "rest", "C": "confirm", "D": "top", "B": "confirm"}, ["there would be 4 moves this round, and 2 are the limit"], "defer"),
    ],
    ids=["one_for_one", "two_for_one", "a_seat_kept", "an_area", "the_limit"],
)
def test_what_stands_against_decisions_is_told_with_what_to_do(wanted: dict[str, str], told: list[str], hint: str) -> None:
    of = RULE.model_copy(update={"balance": policy(balance={"by": "area_flag", "minimum": {"east": 1, "west": 1}}).balance})
    sitting = sat(of, area=AREA)
    issues = ruling.against(sitting, ruling.asked(sitting, wanted, "so"))
    assert [issue.message.render("en") for issue in issues if any(text in issue.message.render("en") for text in told)] == [
        next(i.message.render("en") for i in issues if text in i.message.render("en")) for text in told
    ]
    assert bool(issues) == bool(told)
    assert all(hint in issue.render("en") for issue in issues[:1])


def test_a_ruling_carries_what_it_rests_on() -> None:
    (one, two, three) = ruling.asked(sat(), {"C": "top", "B": "defer", "E": "out"}, "so")
    assert (one.act, one.before, one.proposed, one.after) == ("confirm", "rest", "top", "top")
    assert (two.act, two.after, three.act, three.after) == ("defer", "top", "override", None)
    assert one.numbers["smoothed"] == 88
    assert one.numbers["promotion_bar"] == 81
    assert one.numbers["reason"] == "QUOTA"


@pytest.mark.parametrize("wanted, told", [({"X": "confirm"}, "no unit X"), ({"A": "hub"}, "no tier hub")])
def test_what_is_not_there_cannot_be_decided(wanted: dict[str, str], told: str) -> None:
    with pytest.raises(DecisionError, match=told):
        ruling.asked(sat(), wanted)


def test_a_round_is_closed_when_every_move_is_decided_and_then_stands() -> None:
    with pytest.raises(DecisionError, match="1 moves are not decided"):
        ruling.closing(sat(known=ruled(C="top")))
    whole = ruled(C="top", B="rest")
    shut = ruling.closing(sat(known=whole))
    assert shut.numbers["board"] == {"A": "top", "B": "rest", "C": "top", "D": "rest", "E": "rest"}
    known = recorded([decision(1, "close", numbers=shut.numbers)], "m")
    assert known.closed == {"2021"}
    other: History = {"A": [90, 10], "B": [80, 99], "C": [70, 10], "D": [60, 99], "E": [50, 99]}
    assert after(sat(known=known, scores=other)) == shut.numbers["board"]
    assert sat(known=known, scores=other).is_closed


def test_withdrawn_decisions_and_those_of_others_are_left_out() -> None:
    made = [
        decision(1, "confirm", "B", before="top", proposed="rest", after="rest"),
        decision(2, "withdraw", "B", withdraws=1),
        decision(3, "defer", "C", before="rest", proposed="top", after="rest"),
        replace(decision(4, "confirm", "A", after="rest"), matter="other"),
    ]
    assert recorded(made, "m").rulings == {"2021": {"C": ("defer", "rest")}}


def test_a_level_that_the_scheme_no_longer_has_is_said() -> None:
    with pytest.raises(ScoringError, match="name the tier hub"):
        sat(known=Recorded({"2021": {"A": ("override", "hub")}}))


def test_there_is_nothing_to_decide_in_the_starting_period() -> None:
    with pytest.raises(DecisionError, match="no round"):
        ruling.matters(sat(scores={unit: own[:1] for unit, own in SCORES.items()}))


def test_rules_of_a_move_stand_beside_their_numbers() -> None:
    way, found = checks(sat(), "C")
    assert way == "up"
    assert {one.name: (one.met, one.value, one.bar) for one in found} == {
        "score": (True, 88, 81), "rounds": (True, 1, 1), "flags": (True, None, None), "room": (True, None, None),
    }  # fmt: skip
    assert all(type(one.met) is bool for one in found)  # plain values: the pages hand them on as JSON
    way, found = checks(sat(), "B")
    assert all(type(one.met) is bool for one in found)
    assert (way, [(one.name, one.met) for one in found]) == ("down", [("score", True), ("buffer", True), ("rounds", True), ("room", True)])


def test_the_score_that_reaches_the_bar_is_that_of_the_smoothed_one() -> None:
    of = RULE.model_copy(update={"smooth": policy(smooth={"now": 0.6, "before": 0.4}).smooth})
    sitting = sat(of)
    row = sitting.rows.row(by_predicate=pl.col("unit") == "E", named=True)
    needed = score_needed(sitting, "E")
    assert needed is not None
    assert 0.6 * needed + 0.4 * 50 == pytest.approx(row["promotion_bar"])
    assert score_needed(sitting, "A") is None


def test_the_score_that_drops_a_unit_is_at_the_exit_bar_and_out_of_the_buffer() -> None:
    """A at 90 in the upper level: its exit bar is 79, and with a place of buffer three others have to stand before it, the third at 84."""
    of = RULE.model_copy(update={"demote": policy(demote={"margin": 1.0, "buffer_minimum": 1}).demote})
    assert score_lost(sat(), "A") == pytest.approx(79)
    high = {**SCORES, "E": [50, 78]}
    lost = score_lost(sat(of, scores=high), "A")
    assert lost == pytest.approx(78)
    dropped = sat(of, scores={**high, "A": [90, lost]})
    kept = sat(of, scores={**high, "A": [90, 78]})
    assert [dict(one.rows.select("unit", "low_rounds").iter_rows())["A"] for one in (dropped, kept)] == [1, 0]
    assert score_lost(sat(), "B") is None  # low already
    assert score_back(sat(), "B") == pytest.approx(79)
    assert dict(sat(scores={**SCORES, "B": [80, score_back(sat(), "B")]}).rows.select("unit", "low_rounds").iter_rows())["B"] == 0
    assert score_back(sat(), "A") is None
    assert score_lost(sat(), "E") is None  # no exit bar


def test_a_probability_is_counted_from_where_the_draws_leave_the_unit() -> None:
    """C rises where it is drawn as it is scored, in three draws of four; in the other it is as low as E, and D takes the seat of B."""
    looked = rounds(SCORES)
    drawn = {p: np.repeat(looked.score[t][None], 4, axis=0) for t, p in enumerate(looked.periods)}
    drawn["2021"][3, looked.units.index("C")] = 50.0
    sitting = Sitting(RULE, looked, replay(looked, RULE, draws=drawn), Recorded(), drawn)
    levels = landings.every(sitting)
    rows = {unit: landings.landings(sitting, unit, levels) for unit in looked.units}
    assert rows["C"].rows() == [(1, 88.0, "top"), (2, 88.0, "top"), (3, 88.0, "top"), (4, 50.0, "rest")]
    assert rows["D"]["tier"].to_list() == ["rest", "rest", "rest", "top"]
    for row in sitting.rows.iter_rows(named=True):
        assert row["p_top"] == (rows[row["unit"]]["tier"] == "top").mean()
    assert landings.every(sat()) is None
    assert landings.landings(sat(), "C", None).is_empty()
