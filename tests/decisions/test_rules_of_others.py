"""The rules that lie in ``data/tier_rules`` as files, each case worked out by hand."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from kcz_metrics.decisions.history import scorecards
from kcz_metrics.decisions.replay import replay
from kcz_metrics.decisions.rounds import gathered
from kcz_metrics.scheme import load_scheme, read_scheme

RULES = Path(__file__).parents[2] / "data" / "tier_rules"


def found(index_id: str, values: str) -> pl.DataFrame:
    scheme = load_scheme(RULES / "scheme.yaml")
    index = scheme.indices[index_id]
    assert index.tiers is not None
    return replay(gathered(scorecards(scheme, index, RULES / values)), index.tiers).frame


def by_reason(frame: pl.DataFrame, period: str, reason: str) -> list[str]:
    return frame.filter(pl.col("period") == period, pl.col("reason") == reason)["unit"].sort().to_list()


def named(letter: str, *numbers: int) -> list[str]:
    return [f"{letter}{number:02}" for number in numbers]


def test_the_scheme_is_without_fault() -> None:
    text = (RULES / "scheme.yaml").read_text(encoding="utf-8")
    assert [issue.render("en") for issue in read_scheme(text, "scheme.yaml")[1] if not issue.warning] == []


def test_the_scoreboard_by_shares_of_the_reference() -> None:
    """The reference has 104: 130, 104 and 72.8 are the thresholds, and who is at one is above it."""
    levels = dict(found("scoreboard", "scoreboard.csv").select("unit", "tier_after").iter_rows())
    assert levels == {"EU": None, "A": "leader", "B": "strong", "C": "strong", "D": "moderate", "E": "moderate", "F": "emerging"}


def test_zones_of_2016() -> None:
    """The last five of all are B08 to B12 in 2018 and 2019: out. Of the 19 left they are B03 to B07 in 2020, for the first time."""
    frame = found("zones_2016", "zones.csv")
    assert by_reason(frame, "2019", "BOTTOM") == named("B", 8, 9, 10, 11, 12)
    assert by_reason(frame, "2020", "BOTTOM") == []
    assert by_reason(frame, "2020", "WATCH") == named("B", 3, 4, 5, 6, 7)


def test_zones_of_2021() -> None:
    """East: the last five are A08 to A12, then A06, A07, A10, A11 and A12: the last three of these are out. Of the nine left the last five
    of 2020 are A04, A05, A07, A08 and A09: A07 for the second year running, A08 and A09 for the second time in three. West: B08 to B12 are
    out in 2019, and B03 to B07 are last for the first time in 2020."""
    frame = found("zones_2021", "zones.csv")
    assert by_reason(frame, "2019", "BOTTOM") == [*named("A", 10, 11, 12), *named("B", 8, 9, 10, 11, 12)]
    assert by_reason(frame, "2019", "WATCH") == named("A", 6, 7)
    assert by_reason(frame, "2020", "BOTTOM") == named("A", 7, 8, 9)
    assert by_reason(frame, "2020", "WATCH") == [*named("A", 4, 5), *named("B", 3, 4, 5, 6, 7)]


@pytest.mark.parametrize("index_id", ["zones_2016", "zones_2021"])
def test_nobody_comes_back_by_the_rule(index_id: str) -> None:
    frame = found(index_id, "zones.csv")
    out = frame.filter(pl.col("reason") == "BOTTOM")["unit"].to_list()
    later = frame.filter(pl.col("unit").is_in(out), pl.col("tier_before").is_null(), pl.col("reason") != "START")
    assert set(later["reason"]) <= {"BANNED"}
