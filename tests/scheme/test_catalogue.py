"""The shipped catalogue is complete: what an auditor asks of an indicator is answered for all 82."""

from __future__ import annotations

from pathlib import Path

import pytest

from kcz_metrics.facts import FACTS
from kcz_metrics.language.formula import parse
from kcz_metrics.language.nodes import Binary
from kcz_metrics.scheme import load_scheme
from kcz_metrics.scheme.models import Name, Scheme

SCHEME = load_scheme(Path(__file__).parents[2] / "indicators.yaml")


@pytest.mark.parametrize("id", SCHEME.indicators)
def test_an_indicator_is_described_whole(id: str) -> None:
    one = SCHEME.indicators[id]
    for text in (one.name, one.definition, one.safeguard, one.owner):
        assert isinstance(text, Name)
        assert text.zh
        assert text.en
        assert text.zh != text.en or text.en == "0-1"
    assert one.unit == "ratio" or isinstance(one.unit, Name)
    assert one.direction in ("up", "down")
    assert one.formula
    assert one.normalise is not None
    assert not any(letter in one.safeguard.zh for letter in ",;:") if one.safeguard else False


@pytest.mark.parametrize("id", SCHEME.indicators)
def test_a_ratio_has_a_denominator_and_a_small_one_is_marked(id: str) -> None:
    one = SCHEME.indicators[id]
    assert one.formula
    divides = isinstance(root := parse(one.formula).root, Binary) and root.operator in "/*"
    if one.unit == "ratio" and id not in WITHOUT_MINIMUM:
        assert divides
        assert one.minimum_n is not None
    if one.shrink is not None:
        assert one.minimum_n is not None
        assert one.minimum_n.of == one.shrink.n


#: Ratios the catalogue has without shrinking: fixed goalposts over all of a duty, of a value or of a list.
WITHOUT_MINIMUM = {"CE02", "CE08", "CE09", "CF05", "CF06", "CR09", "TM03", "TX02", "TP02", "TP04", "TK02", "BR04"}


def test_the_whole_catalogue_is_there() -> None:
    leaves = [leaf for index in SCHEME.indices.values() for leaf in index.leaves]
    assert len(leaves) == len(set(leaves)) == 82
    assert set(leaves) == set(SCHEME.indicators)


def test_what_falls_is_better_only_where_less_is_more() -> None:
    assert {id for id, one in SCHEME.indicators.items() if one.direction == "down"} == {"CE05", "BD03", "BD09", "BT07"}


def test_every_measure_reads_a_fact(shipped_scheme: Scheme) -> None:
    assert {measure.fact for measure in shipped_scheme.measures.values()} <= set(FACTS)


def test_what_stands_beside_is_counted_and_not_scored(shipped_scheme: Scheme) -> None:
    from kcz_metrics.compiling import plan

    beside = SCHEME.indicators["CE08"].beside
    assert beside == ("park_associations", "enterprises_above_scale")
    assert set(beside) <= {measure.id for measure in plan(shipped_scheme, "city_assessment").measures}
    assert not set(beside) & set(parse(SCHEME.indicators["CE08"].formula or "").names)
