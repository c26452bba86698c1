"""The rules others use, as configuration, by hand: EIS thresholds, the development zones of 2016 and 2021, quotas, natural breaks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from histories import History, levels, path, policy, replayed, rounds
from small_index import index, leaf, method, scored

from kcz_metrics.decisions.bands import natural_breaks, unofficial
from kcz_metrics.decisions.replay import replay
from kcz_metrics.decisions.tiers import assign

EIS = [{"id": "leader", "of_mean": 1.25}, {"id": "strong", "of_mean": 1.0}, {"id": "moderate", "of_mean": 0.7}, {"id": "emerging"}]


def now(history: History, of: Any, **given: Any) -> dict[str, str | None]:
    return dict(replayed(history, of, **given).frame.select("unit", "tier_after").iter_rows())


def test_shares_of_a_reference_as_the_innovation_scoreboard_has_them() -> None:
    # the EU at 104: 130, 104 and 72.8
    history = {"EU": [104.0], "A": [130.0], "B": [129.9], "C": [104.0], "D": [103.9], "E": [72.8], "F": [72.7], "G": [None]}
    found = now(history, policy(levels=EIS, reference="EU"))
    assert found == {
        "A": "leader", "B": "strong", "C": "strong", "D": "moderate", "E": "moderate", "F": "emerging", "EU": None, "G": None,
    }  # fmt: skip


def test_shares_of_the_mean() -> None:
    # the mean of 125, 100, 105, 70 is 100
    assert now({"A": [125.0], "B": [100.0], "C": [105.0], "D": [70.0]}, policy(levels=EIS)) == {
        "A": "leader", "B": "strong", "C": "strong", "D": "moderate",
    }  # fmt: skip


def test_tiers_without_a_memory_change_at_once_and_say_by_what() -> None:
    found = replayed({"EU": [100.0, 100.0, 100.0], "A": [126.0, 126.0, 124.0]}, policy(levels=EIS, reference="EU"))
    assert path(found, "A", "tier_before", "tier_after", "reason") == [
        (None, "leader", "START"), ("leader", "leader", "STAY"), ("leader", "strong", "MEAN"),
    ]  # fmt: skip
    assert found.frame["p_leader"].null_count() == found.frame.height


#: Six zones, of which the last two stand for the last five.
ZONES = {
    "A": [90, 90, 90, 90], "B": [80, 80, 80, 80], "C": [70, 40, 70, 40],
    "D": [60, 60, 30, 60], "E": [50, 50, 60, 50], "F": [40, 70, 50, 70],
}  # fmt: skip


def test_development_zones_2016_last_in_two_years_running() -> None:
    of = policy(levels=levels(zone=6), promote={}, bottom={"last": 2, "times": 2, "within": 2})
    found = replayed(ZONES, of)
    # last two by year: E F, C E, D F, and without E: C D
    assert path(found, "E") == ["START", "BOTTOM", "BANNED", "BANNED"]
    assert path(found, "F") == ["START", "STAY", "WATCH", "STAY"]
    assert path(found, "C") == ["START", "WATCH", "STAY", "WATCH"]
    assert path(found, "D") == ["START", "STAY", "WATCH", "BOTTOM"]
    assert path(found, "A") == ["START", "STAY", "STAY", "STAY"]


def test_development_zones_2021_two_of_three_years_in_its_region_by_the_mean_of_those() -> None:
    rule = {"by": "area_flag", "last": 1, "times": 2, "within": 3, "at_most": 1}
    history = {
        "A": [90, 90, 90, 90],
        "B": [50, 80, 50, 80],
        "C": [60, 60, 60, 60],
        "P": [95, 95, 95, 95],
        "Q": [40, 99, 45, 99],
        "R": [96, 96, 96, 96],
    }
    area = {"A": "east", "B": "east", "C": "east", "P": "west", "Q": "west", "R": "west"}
    found = replayed(history, policy(levels=levels(zone=6), promote={}, bottom=rule), area=area)
    # last: B and Q, C and P, B and Q again: means 50 and 42.5, and one leaves a year: Q. Then C and P: means 60 and 95
    assert path(found, "Q") == ["START", "STAY", "BOTTOM", "BANNED"]
    assert path(found, "B") == ["START", "STAY", "WATCH", "STAY"]
    assert (path(found, "C")[3], path(found, "P")[3]) == ("BOTTOM", "WATCH")


def test_quotas_by_share_round_down() -> None:
    of = policy(levels=[{"id": "good", "share": 0.1}, {"id": "fair", "share": 0.25}, {"id": "rest"}])
    found = list(now({f"U{i:02}": [100.0 - i] for i in range(19)}, of).values())
    # of 19: 1.9 and 6.65 places
    assert (found.count("good"), found.count("fair"), found.count("rest")) == (1, 5, 13)


def test_natural_breaks_have_the_least_squares_of_all_divisions() -> None:
    from itertools import combinations

    values = np.array([1.0, 2.0, 2.5, 7.0, 7.2, 8.0, 15.0, 15.0, 16.0, 30.0])[::-1]

    def squares(cuts: tuple[int, ...]) -> float:
        return sum(float(((part - part.mean()) ** 2).sum()) for part in np.split(values, cuts))

    best = min(combinations(range(1, len(values)), 3), key=squares)
    assert natural_breaks(values, 4) == [values[cut - 1] for cut in best]
    assert natural_breaks(np.array([5.0, 5.0]), 3) == []


def test_natural_breaks_are_unofficial() -> None:
    of = policy(levels=[{"id": "high"}, {"id": "low"}], breaks="natural")
    assert now({"A": [90.0], "B": [88.0], "C": [20.0]}, of) == {"A": "high", "B": "high", "C": "low"}
    assert unofficial(of)


@pytest.mark.parametrize(
    "tiers",
    [{"levels": EIS}, {"levels": [{"id": "a", "share": 0.5}, {"id": "b"}]}, {"levels": [{"id": "a"}, {"id": "b"}], "breaks": "natural"}],
    ids=["mean", "share", "breaks"],
)
def test_the_pages_and_the_replay_divide_alike(tiers: Any) -> None:
    scores = {"A": 90.0, "B": 80.0, "C": 30.0, "D": 20.0}
    card = scored({u: {"a": v} for u, v in scores.items()}, index(leaf("a"), normalise=method("none"), tiers=policy(**tiers)))
    assert dict(assign(card).select("unit", "tier").iter_rows()) == now({u: [v] for u, v in scores.items()}, policy(**tiers))


def test_probabilities_of_tiers_without_a_memory_are_shares_of_draws() -> None:
    of = policy(levels=[{"id": "high", "at_least": 50}, {"id": "low"}])
    found = replay(rounds({"A": [60.0, 60.0]}), of, draws={"2021": np.array([[60.0], [50.0], [49.0], [10.0]])})
    assert path(found, "A", "p_high") == [None, 0.5]
    assert found.computed == ("2021",)
