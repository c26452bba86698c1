"""What a check says of selections."""

from __future__ import annotations

import pytest
from schemes import CITY, FACTS, UNITS

from kcz_metrics.scheme.reading import read_scheme

CASES = [
    ("at_most: [{by: kid, seats: 2}]", "at_most[0]: there is no “kid”"),
    ("at_least: [{where: {kidn: city}, seats: 2}]", "at_least[0]: there is no “kidn”"),
    ("eligible: {where: {knid: city}}", "eligible.where: there is no “knid”"),
    ("ties: [efect]", "ties: there is no “efect”"),
    ("prefer: {kidn: 1}", "did you mean kind"),
    ("conflicts: [[A, A]]", "a conflict names two or more different units"),
    ("at_least: [{where: {kind: city}, values: [a], seats: 1}]", "values are those of by, and need it"),
    ("at_least: [{by: kind, values: [city, park], seats: 2}]", "expected: 3 at most  found: 4"),
    ("eligible: {evidence_share: {classes: [D], at_least: 0.6}}", "there is no “D”  expected: A, B, C"),
    ("reserves: -1", "reserves"),
    ("yearly: {stop_after: 0}", "stop_after"),
]


def issues(more: str) -> str:
    text = CITY.replace("title: {zh", f"selections: {{s: {{index: city, seats: {{target: 3}}, {more}}}}}\ntitle: {{zh")
    assert text != CITY
    _, found = read_scheme(text, "f.yaml", facts=FACTS, units=UNITS)
    return "\n".join(issue.render("en") for issue in found if issue.level == "error")


@pytest.mark.parametrize("more, fragment", CASES, ids=[more[:40] for more, _ in CASES])
def test_what_is_wrong_with_a_selection_is_told(more: str, fragment: str) -> None:
    assert fragment in issues(more)


@pytest.mark.parametrize(
    "more", ["ties: [effect, previous_rank]", "at_least: [{by: kind, values: [city, park], seats: 1}]", "conflicts: [[A, B]]"]
)
def test_what_is_right_is_let_be(more: str) -> None:
    assert issues(more) == ""
