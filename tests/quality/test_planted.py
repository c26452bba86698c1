"""Flags against what is planted, on seeds that the rules were not built on; and on samples where nobody cheats.

The figures by seed: ``python tests/quality/report.py 101 102 103``.
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from planted import agreement, flags

from kcz_metrics.quality.rules import RULES
from kcz_metrics.records.sample import Sample, invent, read_sample

#: Least precision and recall over the three seeds together, and most flags on three clean samples.
LEAST = {
    "near_duplicates": (0.98, 0.98, 6),
    "split_contracts": (0.95, 0.95, 1),
    "circular_value": (0.85, 0.95, 8),
    "one_buyer": (0.80, 0.90, 6),
    "last_week": (0.90, 0.90, 2),
    "round_amounts": (0.90, 0.90, 1),
    "first_digits": (0.90, 0.90, 1),
    "service_days": (0.95, 0.95, 0),
    "two_cities": (0.95, 0.95, 0),
    "wrong_dates": (0.95, 0.95, 1),
    "flat_satisfaction": (0.90, 0.90, 1),
    "mutual_praise": (0.90, 0.80, 2),
}


def test_every_rule_has_its_bar() -> None:
    assert list(LEAST) == list(RULES)


@pytest.mark.long
def test_unseen_seeds() -> None:
    totals = {rule: [0, 0, 0, 0, 0] for rule in RULES}
    for seed in (101, 102, 103):
        clean = flags(invent(seed, planted=False))
        for rule, one in agreement(invent(seed)).items():
            counts = (one.flags, one.right, one.cases, one.found, len(clean[rule]))
            totals[rule] = [a + b for a, b in zip(totals[rule], counts, strict=True)]
    short = {
        rule: counts
        for rule, counts in totals.items()
        if counts[1] < LEAST[rule][0] * counts[0] or counts[3] < LEAST[rule][1] * counts[2] or counts[4] > LEAST[rule][2]
    }
    assert all(counts[2] > 0 for counts in totals.values())
    assert not short, f"flags, right, cases, found, clean: {short}"


def test_the_shipped_sample_has_its_cases_found() -> None:
    root = Path(__file__).parents[2]
    truth = json.loads(gzip.decompress((root / "tests" / "truth" / "sample_truth.json.gz").read_bytes()))
    found = agreement(Sample(read_sample(root / "data" / "sample"), truth))
    missed = {rule: one for rule, one in found.items() if one.found < LEAST[rule][1] * one.cases}
    assert not missed
    assert sum(one.cases for one in found.values()) > 300


def test_a_small_sample_agrees_too() -> None:
    found = agreement(invent(7, 0.3))
    for rule in ("split_contracts", "circular_value", "service_days", "near_duplicates"):
        assert found[rule].recall == 1.0, rule
