"""What is wrong with tiers is found before anything is replayed."""

from __future__ import annotations

from typing import Any

import pytest

from kcz_metrics.scheme import read_scheme

SCHEME = """
edition: "2022"
title: {zh: 例, en: Example}
indicators: {S: {column: s, direction: up, normalise: none}}
indices:
  places:
    name: {zh: 例, en: Example}
    unit: place
    tree: {inner: {name: {zh: 例, en: Example}, weight: 1, children: {S: 1}}}
    tiers: TIERS
"""
TWO = "levels: [{id: a, seats: 1}, {id: b, seats: 1}]"


def issues(tiers: str) -> list[Any]:
    return list(read_scheme(SCHEME.replace("TIERS", tiers), "f.yaml")[1])


def test_the_forms_that_are_right() -> None:
    for tiers in (
        f"{{{TWO}}}",
        "{levels: [{id: a, share: 0.1}, {id: b}]}",
        "{reference: EU, levels: [{id: a, of_mean: 1.25}, {id: b, of_mean: 0.7}, {id: c}]}",
        "{breaks: natural, levels: [{id: a}, {id: b}]}",
        "{levels: [{id: a, at_least: 70}, {id: b}], promote: {margin: 1}, demote: {margin: 1}}",
        "{levels: [{id: a, seats: 0}, {id: b, seats: 1}], promote: {margin: 1}, demote: {margin: 1}}",
    ):
        assert [i.render("en") for i in issues(tiers) if "tiers" in i.subject] == []


@pytest.mark.parametrize(
    "tiers, said",
    [
        ("{levels: [{id: a, seats: 1}, {id: b, of_mean: 0.7}]}", "all levels go by the same thing  found: seats, of_mean"),
        ("{levels: [{id: a, of_mean: 0.7}, {id: b, of_mean: 1.0}]}", "with of_mean falling  found: 0.7, 1.0"),
        ("{levels: [{id: a, share: 0.7}, {id: b, share: 0.7}]}", "the shares of the levels add up to no more than 1"),
        ("{levels: [{id: a}, {id: b, share: 0.7}, {id: c}]}", "every level but the last needs share"),
        ("{breaks: natural, levels: [{id: a, seats: 1}, {id: b, seats: 2}]}", "with breaks, levels have no numbers"),
        ("{levels: [{id: a, share: 0.7}, {id: b}], promote: {}}", "promote and demote need levels by seats or by at_least"),
        (f"{{{TWO}, reference: EU}}", "reference goes with levels by of_mean"),
        (f"{{{TWO}, start: {{by: score, file: x.csv}}}}", "start has either by or file"),
        (f"{{{TWO}, smooth: {{now: 0, before: 1}}}}", "now of smooth must be above 0"),
        (f"{{{TWO}, entry: {{a: 60, b: 70}}}}", "entry scores are written best first and fall  found: 60.0, 70.0"),
        ("{levels: [{id: a, at_least: 5}, {id: b}], limits: {balanced: true}}", "limits.balanced needs seats at every level"),
        (f"{{{TWO}, balance: {{by: area, minimum: {{x: 2, y: 1}}}}}}", "add up to more than the seats  found: 2"),
        (f"{{{TWO}, grades: [{{id: g}}], exit: {{grade_below: g, rectify_months: [12, 3]}}}}", "the least and then the most"),
        (f"{{{TWO}, bottom: {{last: 5, times: 3, within: 2}}}}", "bottom needs times ≤ within"),
        (f"{{{TWO}, grades: [{{id: g, at_least: 60}}, {{id: h, at_least: 70}}]}}", "grades are written best first"),
        (f"{{{TWO}, a: {{candidate: {{pillar: inner, top: 3}}}}}}", "candidate goes with rise: decision"),
        (
            "{levels: [{id: a, seats: 1}, {id: b, seats: 0}, {id: c, seats: 1}], promote: {margin: 1}}",
            "the tier b has no seats: nobody can move between the tiers above and below it",
        ),
        (f"{{{TWO}, a: {{ballot: {{members: 3}}}}}}", "ballot goes with rise: decision or fall: decision"),
        (f"{{{TWO}, a: {{rise: decision, ballot: {{members: 3, quorum: 4}}}}}}", "quorum of a ballot is no more than members"),
        (f"{{{TWO}, promote: {{}}, demote: {{}}}}", "tiers will go to and fro  hint: give promote.margin or demote.margin"),
    ],
    ids=lambda text: text[:40],
)
def test_what_is_wrong_is_told(tiers: str, said: str) -> None:
    assert said in "\n".join(i.render("en") for i in issues(tiers))
