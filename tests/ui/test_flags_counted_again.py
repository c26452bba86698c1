"""What the rules call doubtful, found a second time record by record: the same flags, of the same subjects, by the same evidence."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from kcz_metrics.quality.flag import flag_id
from kcz_metrics.quality.parameters import with_changes
from kcz_metrics.quality.rules import RULES
from kcz_metrics.quality.scan import scan
from kcz_metrics.ui.behind import gathered_doubts, gathered_flags

#: Limits so wide that every rule finds many; the signatures that find near texts are made for a similarity of some 0.8 and more.
WIDE: Mapping[str, Mapping[str, Any]] = {
    "near_duplicates": {"similarity": 0.8},
    "split_contracts": {"below": 0.3, "within_days": 60, "minimum_contracts": 2},
    "circular_value": {"within_days": 500, "least_return": 0.2},
    "one_buyer": {"share": 0.2, "minimum_contracts": 4, "minimum_from_buyer": 2, "minimum_value_cny": 1000},
    "last_week": {"days": 30, "share": 0.1, "minimum_records": 4, "false_discovery": 0.5},
    "round_amounts": {"minimum_records": 4, "above_peers": 0.05, "false_discovery": 0.3},
    "first_digits": {"minimum_records": 30, "mean_deviation": 0.01, "false_discovery": 0.5},
    "service_days": {"days_a_year": 40},
    "two_cities": {},
    "wrong_dates": {"reported_ahead_days": 0},
    "flat_satisfaction": {"minimum_records": 4, "deviation": 6.0},
    "mutual_praise": {"adoptions_each_way": 1, "feedback_each_way": 1, "feedback_score": 80, "within_days": 200},
}


@pytest.mark.long
def test_flags_found_a_second_time_are_the_same(sample_store: Any) -> None:
    given, ctx = with_changes(WIDE), SimpleNamespace(snapshot=sample_store.snapshot())
    found = {flag.id: (flag.rule, {*flag.subjects}, {*flag.records, *flag.beside}) for flag in scan(ctx.snapshot, thresholds=given)}
    doubts = [*gathered_flags.contracts(ctx, given), *gathered_doubts.records(ctx, given)]  # type: ignore[arg-type]
    again = {flag_id(one.rule, one.anchor): (one.rule, {*one.subjects}, {*one.records}) for one in doubts}
    assert len(again) == len(doubts)
    assert {rule for rule, _, _ in found.values()} == set(RULES)
    assert again == found
