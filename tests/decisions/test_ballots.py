"""Ballots by hand: nine members, two thirds of them there, two thirds of the votes; and that a level that is voted on asks for them."""

from __future__ import annotations

from typing import Any

import pytest
from histories import levels, policy, rounds

from kcz_metrics.decisions import ballots, ruling
from kcz_metrics.decisions.ballots import Votes
from kcz_metrics.decisions.recorded import Recorded
from kcz_metrics.decisions.replay import replay
from kcz_metrics.decisions.ruling import Sitting
from kcz_metrics.scheme.policies import Ballot

#: 6 of 9 must be there; of 6 votes 4, of 7 votes 5, of 9 votes 6 must be for it.
RULE = Ballot(members=9, quorum=6, majority=2 / 3)
NAMES = tuple("abcdefghi")


def cast(yes: int, no: int = 0, abstain: int = 0, proposal: str = "P") -> Votes:
    return Votes(proposal, NAMES[:yes], NAMES[yes : yes + no], NAMES[yes + no : yes + no + abstain])


@pytest.mark.parametrize(
    "given, told",
    [
        (cast(4, 2), []),
        (cast(4, 1, 1), []),
        (cast(3, 2, 1), ["not_carried"]),
        (cast(4, 2, 1), ["not_carried"]),
        (cast(5), ["no_quorum"]),
        (cast(6, 3), []),
        (cast(6, proposal=""), ["proposal_missing"]),
        (Votes("P", ("a", "a", "b", "c", "d", "e")), ["voted_twice"]),
        (Votes("P", NAMES, ("a",)), ["voted_twice", "too_many_votes"]),
        (Votes("P"), ["ballot_missing"]),
        (None, ["ballot_missing"]),
    ],
    ids=str,
)
def test_a_proposal_is_carried_by_enough_of_enough(given: Votes | None, told: list[str]) -> None:
    assert [issue.code for issue in ballots.against(RULE, given, "U")] == told


def test_votes_are_read_as_typed_and_kept_as_they_were() -> None:
    given, issues = ballots.read(" P ", [("a", "yes"), ("b", "No"), ("c", "abstain"), ("d", "maybe")])
    assert given == Votes("P", ("a",), ("b",), ("c",))
    assert [issue.subject for issue in issues] == ["d"]
    assert ballots.votes({ballots.KEPT: given.plain()}) == given
    assert ballots.votes({}) is None


def sitting() -> Sitting:
    """A holds the one seat of the upper level, B and C are below."""
    hub: dict[str, Any] = {"rise": "decision", "fall": "decision", "ballot": RULE.model_dump()}
    of = policy(levels=levels(hub=1, rest=2), promote={"margin": 1.0}, demote={"margin": 1.0}, limits={"balanced": True}, hub=hub)
    looked = rounds({"A": [90, 60], "B": [50, 95], "C": [40, 40]})
    return Sitting(of, looked, replay(looked, of), Recorded())


def test_a_level_by_decision_is_entered_and_left_by_a_ballot() -> None:
    found = sitting()
    wanted = {"B": "hub", "A": "rest"}
    bare = ruling.asked(found, wanted, "so")
    assert [(i.code, i.subject) for i in ruling.against(found, bare)] == [("ballot_missing", "B"), ("ballot_missing", "A")]
    voted = ruling.asked(found, wanted, "so", cast(6, 2, 1))
    assert ruling.against(found, voted) == []
    assert [ballots.votes(one.numbers) for one in voted] == [cast(6, 2, 1)] * 2
    assert [i.code for i in ruling.against(found, ruling.asked(found, wanted, "so", cast(3, 3)))] == ["not_carried"] * 2


def test_a_vote_that_is_lost_is_kept_and_moves_nobody() -> None:
    found = sitting()
    wanted = {"B": "hub", "A": "rest", "C": "rest"}
    down = ruling.lost(found, ruling.asked(found, wanted, "so", cast(3, 3)))
    assert [(one.unit, one.act, one.before, one.after, one.numbers[ballots.ASKED]) for one in down] == [
        ("B", "lost", "rest", "rest", "hub"), ("A", "lost", "hub", "hub", "rest"),
    ]  # fmt: skip
    assert [ballots.votes(one.numbers) for one in down] == [cast(3, 3)] * 2
    # what is carried, what no meeting with its quorum voted on, and what is not voted on at all is no lost vote
    for given in (cast(6, 2, 1), cast(2, 3), cast(3, 3, proposal=""), None):
        assert ruling.lost(found, ruling.asked(found, wanted, "so", given)) == ()


def test_other_moves_and_stays_take_none() -> None:
    found = sitting()
    assert ballots.asked_for(found.policy, "rest", "rest") is None
    assert ballots.asked_for(found.policy, "rest", None) is None
    assert ballots.asked_for(found.policy, None, "rest") is None
    assert ballots.asked_for(found.policy, "hub", None) == RULE
    (stays,) = ruling.asked(found, {"B": "confirm"}, votes=cast(6))
    assert ballots.KEPT not in stays.numbers
    assert ruling.against(found, (stays,)) == []
