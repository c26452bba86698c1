"""The rules of tiers with a memory, by hand: the worked example of the domain, borders, seats, limits, hubs, exits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from histories import levels, path, policy, replayed, rounds

from kcz_metrics.decisions.reasons import REASONS
from kcz_metrics.decisions.replay import replay
from kcz_metrics.errors import ScoringError

#: Five cities between the bars keep the rank conditions as the example takes them; entry score of lead 72.0.
CROWD = {f"B{i}": [71.9] * 4 for i in range(5)}
EXAMPLE = {
    "levels": levels(hub=1, lead=1, build=6, foster=1),
    "start": {"period": "2019", "file": "decided.csv"},
    "entry": {"lead": 72.0},
    "promote": {"margin": 2.0, "rounds": 2},
    "demote": {"margin": 3.0, "rounds": 2, "buffer": 0.10, "buffer_minimum": 2},
}
DECIDED = {"H": "hub", "Y": "lead", "X": "build", "F": "foster", **dict.fromkeys(CROWD, "build")}
CITIES = {"H": [95.0] * 4, "X": [73.1, 74.3, 74.5, 74.5], "Y": [68.5, 69.5, 68.9, 68.7], "F": [10.0] * 4, **CROWD}


def test_the_worked_example_of_the_domain() -> None:
    found = replayed(CITIES, policy(**EXAMPLE), decided=DECIDED)
    assert path(found, "X") == ["START", "STAY", "STAY", "TWO_ROUNDS", "STAY"]
    assert path(found, "X", "high_rounds") == [0, 0, 1, 2, 0]
    assert path(found, "X", "tier_after") == ["build", "build", "build", "lead", "lead"]
    assert path(found, "Y") == ["START", "WATCH", "STAY", "WATCH", "TWO_ROUNDS"]
    assert path(found, "Y", "tier_after") == ["lead", "lead", "lead", "lead", "build"]
    assert path(found, "X", "promotion_bar")[1] == 74.0
    assert path(found, "Y", "exit_bar")[1] == 69.0


@pytest.mark.parametrize("tier", ["lead", "build"])
def test_a_city_between_70_and_73_never_moves_whichever_tier_it_starts_in(tier: str) -> None:
    swinging = {**CITIES, "Z": [70.0, 73.0, 70.0, 73.0]}
    del swinging["X" if tier == "build" else "Y"]
    decided = {unit: level for unit, level in DECIDED.items() if unit in swinging} | {"Z": tier}
    found = replayed(swinging, policy(**EXAMPLE), decided=decided)
    assert path(found, "Z", "tier_after") == [tier] * 5


def test_who_rises_waits_for_the_seat_of_who_falls() -> None:
    found = replayed(CITIES, policy(**EXAMPLE, limits={"balanced": True}), decided=DECIDED)
    assert path(found, "X") == ["START", "STAY", "STAY", "WAIT", "TWO_ROUNDS"]
    assert path(found, "Y") == ["START", "WATCH", "STAY", "WATCH", "TWO_ROUNDS"]


def test_who_falls_waits_for_somebody_to_take_the_seat() -> None:
    alone = {**CITIES, "X": [71.0] * 4, "Y": [68.0] * 4}
    found = replayed(alone, policy(**EXAMPLE, limits={"balanced": True}), decided=DECIDED)
    assert path(found, "Y") == ["START", "WATCH", "WAIT", "WAIT", "WAIT"]
    assert path(found, "Y", "tier_after") == ["lead"] * 5


@pytest.mark.parametrize(
    "x, y, reasons",
    [
        (74.0, 69.0, ("QUOTA", "BUFFER")),
        (0.1 + 73.9, 68.9 + 0.1, ("QUOTA", "BUFFER")),
        (73.999999999, 69.000000001, ("STAY", "STAY")),
        (74.00000000000001, 68.99999999999999, ("QUOTA", "BUFFER")),
        (73.99999999999999, 69.00000000000001, ("QUOTA", "BUFFER")),
    ],
    ids=["at", "added_up", "short", "over", "equal_at_12_digits"],
)
def test_at_the_bar_counts(x: float, y: float, reasons: tuple[str, str]) -> None:
    one_round = {**EXAMPLE, "promote": {"margin": 2.0}, "demote": {"margin": 3.0, "buffer_minimum": 2}}
    found = replayed(
        {**CITIES, "X": [x], "Y": [y], **{u: [71.9] for u in CROWD}, "H": [95.0], "F": [1.0]}, policy(**one_round), decided=DECIDED
    )
    assert (path(found, "X")[1], path(found, "Y")[1]) == reasons


SIX = levels(hub=1, lead=2, build=3)
MEMORY: dict[str, Any] = {"promote": {"margin": 1.0}, "demote": {"margin": 1.0}, "limits": {"balanced": True}}


def test_the_entry_score_is_the_last_seat_of_the_round_before() -> None:
    history = {"A": [90, 91], "B": [80, 81], "C": [70, 60], "D": [60, 72], "E": [50, 50], "F": [40, 40]}
    found = replayed(history, policy(levels=SIX, **MEMORY))
    # seats of hub and lead: three; the third of 2020 is 70, so the bars of 2021 are 71 and 69, whatever C did to itself
    assert path(found, "D", "promotion_bar", "tier_after", "reason")[1] == (71.0, "lead", "QUOTA")
    assert path(found, "C", "exit_bar", "tier_after", "reason")[1] == (69.0, "build", "BUFFER")


def test_the_score_is_smoothed_with_the_unsmoothed_one_before() -> None:
    history = {"A": [90, 80, 90], "B": [10, 10, None]}
    found = replayed(history, policy(levels=levels(hub=1, lead=1), smooth={"now": 0.6, "before": 0.4}, **MEMORY))
    assert path(found, "A", "smoothed") == pytest.approx([90, 84, 86])
    assert path(found, "B") == ["START", "STAY", "NOT_RANKED"]


def test_equal_scores_at_the_start_go_by_id_and_no_seat_is_given_twice() -> None:
    found = replayed({u: [50.0] for u in "FEDCBA"}, policy(levels=SIX, **MEMORY))
    assert found.frame["tier_after"].to_list() == ["hub", "lead", "lead", "build", "build", "build"]


def test_a_low_pillar_or_an_open_flag_keeps_a_unit_from_rising() -> None:
    rule = policy(levels=SIX, **{**MEMORY, "promote": {"margin": 1.0, "pillar_minimum": 60}})
    history = {"A": [90, 91], "B": [80, 81], "C": [70, 60], "D": [60, 72], "E": [50, 50], "F": [40, 40]}
    for lowest, tier in ((60.0, "lead"), (59.9, "build"), (None, "build")):
        pillars = {"effect": {**{u: [80.0, 80.0] for u in history}, "D": [80.0, lowest]}}
        assert path(replayed(history, rule, pillars=pillars), "D", "tier_after")[1] == tier
    assert path(replayed(history, rule, marks={"flagged": {"D": [False, True]}}), "D", "tier_after")[1] == "build"


def test_the_limit_of_moves_keeps_the_pairs_with_the_best_risers() -> None:
    history = {u: [100.0 - i, 100.0 - i] for i, u in enumerate("ABCDEFGHIJ")}
    history |= {"A": [100, 80], "B": [99, 81], "E": [96, 110], "F": [95, 109]}
    rule = {"levels": levels(hub=2, lead=8), "promote": {}, "demote": {}}
    free = replayed(history, policy(**rule, limits={"balanced": True}))
    assert [path(free, u, "tier_after")[1] for u in "ABEF"] == ["lead", "lead", "hub", "hub"]
    # a fifth of ten are two moves: one pair
    kept = replayed(history, policy(**rule, limits={"balanced": True, "share_a_round": 0.2}))
    assert [path(kept, u)[1] for u in "AEBF"] == ["BUFFER", "QUOTA", "LIMIT", "LIMIT"]


def test_several_levels_in_a_round_only_where_the_limit_allows() -> None:
    history = {"A": [90, 90], "B": [80, 80], "C": [70, 99], "D": [60, 60]}
    rule = {
        "levels": [{"id": n, "at_least": x} for n, x in (("hub", 85), ("lead", 75), ("build", 65))] + [{"id": "foster"}],
        "promote": {},
    }
    assert path(replayed(history, policy(**rule, limits={"levels_a_round": 1})), "C", "tier_after") == ["build", "lead"]
    assert path(replayed(history, policy(**rule)), "C", "tier_after") == ["build", "hub"]


def test_a_unit_that_moved_stays_for_the_minimum() -> None:
    history = {"A": [90, 60, 97, 99, 99], "B": [50, 95, 50, 50, 50]}
    rule = {"levels": levels(hub=1, lead=1), "promote": {"margin": 1.0}, "demote": {"margin": 1.0}}
    found = replayed(history, policy(**rule, limits={"balanced": True, "minimum_stay": 2}))
    assert path(found, "A") == ["START", "BUFFER", "LIMIT", "QUOTA", "STAY"]


def test_the_waiting_list_holds_as_long_as_it_says() -> None:
    # B is high in 2021 but A falls only in 2022, when B is no longer high
    history = {"A": [90, 90, 60], "B": [50, 92, 88]}
    rule = {"levels": levels(hub=1, lead=1), "promote": {"margin": 1.0}, "demote": {"margin": 1.0}}
    assert path(replayed(history, policy(**rule, limits={"balanced": True})), "B") == ["START", "WAIT", "STAY"]
    listed = replayed(history, policy(**rule, limits={"balanced": True, "waiting_rounds": 1}))
    assert path(listed, "B") == ["START", "WAIT", "QUOTA"]
    assert path(listed, "A", "tier_after") == ["hub", "hub", "lead"]


def test_a_hub_rises_and_falls_only_by_decision() -> None:
    hub = {"rise": "decision", "fall": "decision", "candidate": {"pillar": "radiation", "top": 1, "minimum": {"effect": 75}, "rounds": 2}}
    history = {"A": [90, 50, 50, 50], "B": [80, 95, 95, 95], "C": [40, 40, 40, 40]}
    pillars = {
        "radiation": {"A": [50] * 4, "B": [50, 90, 90, 90], "C": [10] * 4},
        "effect": {"A": [80] * 4, "B": [80, 75, 75, 74.9], "C": [80] * 4},
    }
    found = replayed(history, policy(levels=levels(hub=1, lead=2), hub=hub, **MEMORY), pillars=pillars)
    assert path(found, "A") == ["START", "WATCH", "WATCH", "WATCH"]
    assert path(found, "B") == ["START", "STAY", "CANDIDATE", "STAY"]
    assert set(path(found, "A", "tier_after")) == {"hub"}


def test_big_gain_needs_a_gain_above_and_a_probability() -> None:
    history = {"A": [90, 60], "B": [50, 92], "C": [49, 49]}
    rule = {"levels": levels(hub=1, lead=2), "demote": {"margin": 1.0}, "limits": {"balanced": True}}

    def reason(gain: float, sure: float | None) -> str:
        of = policy(**rule, promote={"rounds": 2, "fast": {"gain": gain, "probability": 0.9}})
        drawn = None
        if sure is not None:
            scores = np.tile([60.0, 92.0, 49.0], (10, 1))
            scores[round(10 * sure) :, 1] = 55.0
            drawn = {"2020": np.tile([90.0, 50.0, 49.0], (10, 1)), "2021": scores}
        return path(replay(rounds(history), of, draws=drawn), "B")[1]

    assert (reason(41.9, 0.9), reason(42.0, 0.9), reason(41.9, 0.8), reason(41.9, None)) == ("BIG_GAIN", "STAY", "STAY", "STAY")


def test_a_move_that_is_not_sure_waits_for_a_person_and_its_partner_with_it() -> None:
    history = {"A": [90, 60], "B": [50, 92], "C": [49, 49]}
    rule = {"levels": levels(hub=1, lead=2), "limits": {"balanced": True}, "promote": {}, "demote": {}, "hold": {"probability_below": 0.8}}

    def found(sure: int) -> Any:
        scores = np.tile([60.0, 92.0, 49.0], (10, 1))
        scores[sure:, 1] = 55.0
        return replay(rounds(history), policy(**rule), draws={"2021": scores})

    assert [path(found(8), u)[1] for u in "AB"] == ["BUFFER", "QUOTA"]
    held = found(7)
    assert [path(held, u)[1] for u in "AB"] == ["HOLD", "HOLD"]
    assert path(held, "B", "p_hub", "tier_after")[1] == (0.7, "lead")


GRADES = [{"id": "good", "at_least": 75, "share_at_most": 0.34}, {"id": "pass", "at_least": 60}, {"id": "fail"}]


def test_rectify_recheck_exit_and_ban() -> None:
    history = {
        "A": [90] * 6,
        "B": [70, 50, 50, 50, 90, 90],
        "C": [65, 50, 50, 65, 65, 65],
        "D": [None, None, None, 61, 61, 61],
    }
    leave = {"grade_below": "pass", "rounds": 2, "rectify_months": [3, 12], "ban_rounds": 2}
    found = replayed(history, policy(levels=levels(hub=1, lead=2), grades=GRADES, exit=leave, **MEMORY))
    assert path(found, "B") == ["START", "WATCH", "RECTIFY", "EXIT", "BANNED", "BANNED"]
    assert path(found, "C") == ["START", "WATCH", "RECTIFY", "RECTIFIED", "STAY", "STAY"]
    assert path(found, "D") == ["NOT_RANKED", "NOT_RANKED", "NOT_RANKED", "ENTRY", "STAY", "STAY"]
    assert path(found, "B", "tier_after") == ["lead", "lead", "lead", None, None, None]
    assert path(found, "A", "grade")[0] == "good"


def test_the_seat_of_one_that_left_goes_to_the_best_below_and_a_new_one_comes_in() -> None:
    history = {"A": [90, 90], "B": [80, 80], "C": [70, 70], "D": [60, 60], "E": [None, 55]}
    leave = {"grade_below": "pass"}
    found = replayed(
        history, policy(levels=levels(hub=1, lead=1, build=2), grades=GRADES, exit=leave, **MEMORY), marks={"vetoed": {"A": [False, True]}}
    )
    assert [path(found, u)[1] for u in "ABCDE"] == ["VETO", "QUOTA", "QUOTA", "STAY", "ENTRY"]
    assert [path(found, u, "tier_after")[1] for u in "ABCDE"] == [None, "hub", "lead", "build", "build"]


def test_the_minimum_of_an_area_comes_first_and_is_marked() -> None:
    area = {"A": "east", "B": "east", "C": "east", "D": "west"}
    rule = policy(levels=levels(hub=1, lead=1), balance={"by": "area_flag", "minimum": {"west": 1}}, **MEMORY)
    found = replayed({"A": [90], "B": [80], "C": [70], "D": [10]}, rule, area=area)
    assert [path(found, u, "tier_after", "reason")[0] for u in "ABCD"] == [
        ("hub", "START"),
        (None, "WAIT"),
        (None, "WAIT"),
        ("lead", "BALANCE"),
    ]


@pytest.mark.parametrize(
    "given, decided, said",
    [
        ({"start": {"period": "2018"}}, None, "no scores of the starting period 2018"),
        ({"start": {"file": "d.csv"}}, None, "which were not given"),
        ({"start": {"file": "d.csv"}}, {"A": "hob"}, "no level of the scheme  hint: did you mean hub"),
        ({"start": {"file": "d.csv"}}, {"Q": "hub"}, "Q has a decided tier but no scores"),
        ({"bottom": {"by": "area", "last": 1}}, None, "the units have no column area"),
    ],
    ids=["period", "file", "level", "unit", "column"],
)
def test_what_is_wrong_is_told(given: Any, decided: Any, said: str) -> None:
    with pytest.raises(ScoringError, match=said.split("  ")[0]) as raised:
        replayed({"A": [90, 80], "B": [80, 70]}, policy(levels=levels(hub=1, lead=1), **MEMORY, **given), decided=decided)
    assert said in raised.value.render("en")


def test_every_reason_has_a_meaning_in_the_documents() -> None:
    from pathlib import Path

    told = (Path(__file__).parents[2] / "docs" / "tiers.md").read_text(encoding="utf-8")
    assert [code for code, label in REASONS.items() if f"| `{code}` | {label.zh} | {label.en} |" not in told] == []
