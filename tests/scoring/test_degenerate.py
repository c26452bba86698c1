"""Values that leave a method nothing to work with: each method of each family gives scores, nothing, or a clear error; never NaN, infinity
or a warning, which are errors here."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from every_method import choices, label
from hypothesis import given, settings
from hypothesis import strategies as st
from small_index import index, leaf, method, pillar, scheme, values

from kcz_metrics.analysis.explain import explain
from kcz_metrics.errors import KczError, ScoringError, ValuesError
from kcz_metrics.methods import FAMILIES
from kcz_metrics.scheme import load_scheme
from kcz_metrics.scheme.models import Index, Method, Rank, Screen
from kcz_metrics.scoring import Scorecard, evaluate, score
from kcz_metrics.scoring.scorecard import STAGE_FRAMES

NAN = float("nan")
#: Cases by name; rows are units, columns a, b, c.
CASES: dict[str, list[list[Any]]] = {
    "one unit": [[1, 2, 3]],
    "one unit at zero": [[0, 0, 0]],
    "two units": [[1, 2, 3], [3, 1, 2]],
    "a constant column": [[1, 5, 1], [1, 3, 4], [1, 4, 2], [1, 1, 7]],
    "all tied": [[2, 2, 2]] * 5,
    "all zero": [[0, 0, 0]] * 4,
    "all missing": [[None, None, None]] * 3,
    "a column missing": [[1, None, 2], [2, None, 1], [3, None, 5]],
    "one value in a column": [[1, None, 2], [2, 7, 1], [3, None, 5]],
    "nothing of one unit": [[1, 2, 2], [None, None, None], [3, 1, 5], [2, 2, 2]],
    "nothing applies to one unit": [[1, 2, 2], ["not_applicable"] * 3, [3, 1, 5], [2, 2, 2]],
    "zeros": [[0, 1, 2], [3, 0, 1], [2, 4, 0], [1, 1, 1]],
    "negative": [[-1, -2, 3], [2, -5, 1], [-3, 4, -2], [-2, -2, -2]],
    "opposed": [[1, 3, 2], [2, 2, 2], [3, 1, 2]],
    "huge": [[1e308, -1e308, 1e300], [-1e308, 1e308, 3.0], [0, 1, 2], [1e307, 5, 1e308]],
    "tiny": [[5e-324, 1e-310, 2e-320], [1e-308, 0, 5e-324], [0, 5e-324, 0], [2e-308, 1e-310, 1e-320]],
    "next to one another": [[1.0, 0.1, 3], [np.nextafter(1.0, 2), 0.30000000000000004 - 0.2, 3], [1.0, 0.1, np.nextafter(3.0, 4)]],
}  # fmt: skip
CHOSEN = [(family, chosen) for family in FAMILIES for chosen in choices(family)]


def settings_of(family: str, chosen: Method) -> dict[str, Any]:
    if family == "rank":
        return {"rank": Rank(ties=chosen.method, tie_break=("a",) if chosen.method == "ordinal" else ())}
    return {family: chosen}


def build(rows: list[list[Any]], of: Index, before: list[list[Any]] | None = None) -> Scorecard:
    periods = {"2021": before, "2022": rows} if before is not None else {"2022": rows}
    cells = {
        p: {
            f"U{n}": dict(zip(of.leaves, (float(v) if isinstance(v, int) else v for v in row), strict=False))
            for n, row in enumerate(given_)
        }
        for p, given_ in periods.items()
    }
    units = max(len(given_) for given_ in periods.values())
    kinds = [("x", "y", None)[n % 3] for n in range(units)]
    given_values = values(cells, columns={"kind": kinds, "place": [("p", "q")[n % 2] for n in range(units)]})
    return score(given_values, of, "2022", scheme(of, {"b": {"direction": "down"}} if "b" in of.leaves else {}))


def answered(rows: list[list[Any]], of: Index, before: list[list[Any]] | None) -> Scorecard | None:
    """The scorecard; None where an error says in both languages why there is none."""
    try:
        return build(rows, of, before)
    except KczError as error:
        said = [issue.render(lang) for issue in error.issues for lang in ("zh", "en")]
    return None if said and all(said) else pytest.fail("an error that says nothing")


def sound(card: Scorecard, frames: bool = True) -> None:
    """Numbers are finite or null; what has a score has a rank among those that passed; parts add up to the whole."""
    for stage in STAGE_FRAMES if frames else ("scores", "weights"):
        for column in card.stage(stage).select(pl.col(pl.Float64)):
            assert not column.is_nan().any(), (stage, column.name)
            assert not column.is_infinite().any(), (stage, column.name)
    assert not any(np.isinf(matrix).any() for matrix in card.run.kept.values())
    held = card.scores.filter(status="not_ranked")
    ranked = card.scores.filter(pl.col("score").is_not_null() & ~pl.col("unit").is_in(held["unit"].implode()))
    assert ranked["rank"].null_count() == 0
    assert card.scores.filter(pl.col("score").is_null())["rank"].null_count() == card.scores["score"].null_count()


def adds_up(card: Scorecard) -> None:
    top = card.scores.filter(node=card.index.id).drop_nulls("score")
    for unit, whole in top.select("unit", "score").head(2).iter_rows():
        parts = explain(card, unit)
        assert parts.filter("is_leaf")["contribution"].sum() == pytest.approx(whole, rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("family, chosen", CHOSEN, ids=[f"{family}-{label(chosen)}" for family, chosen in CHOSEN])
def test_every_method_has_an_answer_to_every_case(family: str, chosen: Method) -> None:
    of = index(leaf("a", 3), leaf("b", 1), leaf("c", 2), **settings_of(family, chosen))
    for name, rows in CASES.items():
        card = answered(rows, of, [[4, 4, 4], [None, 1, 2]] if family == "impute" else None)
        if card is None:
            continue
        sound(card, frames=family in ("impute", "treat"))
        if family in ("aggregate", "weights") and name not in ("huge", "tiny"):
            adds_up(card)


@pytest.mark.parametrize("name", [name for name, entry in FAMILIES["weights"].items() if entry.nonnegative])
def test_weights_that_take_no_negative_scores_name_the_unit(name: str) -> None:
    of = index(leaf("a"), leaf("b"), leaf("c"), weights=method(name), normalise=method("none"))
    with pytest.raises(ScoringError, match="negative") as caught:
        build(CASES["negative"], of)
    assert "a of U0 is -1" in caught.value.render("en")


@pytest.mark.parametrize("chosen", choices("aggregate"), ids=label)
@pytest.mark.parametrize("normalise", ["none", "zscore"])
def test_negative_scores_are_refused_by_name_or_have_a_value(chosen: Method, normalise: str) -> None:
    of = index(leaf("a"), leaf("b"), leaf("c"), aggregate=chosen, normalise=method(normalise))
    entry = FAMILIES["aggregate"][chosen.method]
    if entry.nonnegative and chosen.parameters.get("p") != 1:
        with pytest.raises(ScoringError, match="negative") as caught:
            build(CASES["negative"], of)
        assert entry.label.zh in caught.value.render("zh")
        assert "of U" in caught.value.render("en")
    else:
        card = build(CASES["negative"], of)
        sound(card)
        assert card.scores.filter(node="index")["score"].null_count() < 4


@pytest.mark.parametrize("chosen", choices("aggregate"), ids=label)
def test_zeros_have_a_value(chosen: Method) -> None:
    """A geometric or harmonic mean is 0 where a child with weight is, and a single zero keeps no one from a score but in none it may."""
    of = index(leaf("a"), leaf("b"), leaf("c"), aggregate=chosen, normalise=method("goalposts", lower=0, upper=4))
    card = build([[0, 1, 2], [3, 2, 1]], of)
    sound(card)
    scores = card.scores.filter(node="index")["score"].to_list()
    assert None not in scores
    if chosen.method in ("geometric", "harmonic") or chosen.parameters.get("p", 1) <= 0:
        assert scores[0] == 0


@pytest.mark.parametrize(
    "family, chosen", [c for c in CHOSEN if c[0] not in ("weights",)], ids=lambda v: label(v) if isinstance(v, Method) else v
)
def test_a_single_indicator(family: str, chosen: Method) -> None:
    of = index(leaf("a"), **settings_of(family, chosen))
    for rows in ([[1.0]], [[1.0], [2.0], [4.0]], [[None], [1.0]], [[2.0], [2.0]]):
        sound(build(rows, of))


@pytest.mark.parametrize("family, chosen", CHOSEN, ids=[f"{family}-{label(chosen)}" for family, chosen in CHOSEN])
def test_an_index_without_values_is_said(family: str, chosen: Method) -> None:
    of = index(leaf("a"), leaf("b"), leaf("c"), **settings_of(family, chosen))
    with pytest.raises(ScoringError, match="no values"):
        build([], of, [[1, 2, 3]])


@pytest.mark.parametrize("cell", ["inf", "-Infinity", "nan", "1e400", "１e5", "0x10", "1,5", "=1+1"])
def test_what_is_no_finite_number_in_a_file_is_told_with_its_line(tmp_path: Path, cell: str) -> None:
    (tmp_path / "s.yaml").write_text("edition: '1'\nindicators: {a: {}}\nindices: {i: {unit: u, tree: {a: 1}}}\n", encoding="utf-8")
    (tmp_path / "v.csv").write_text(f'unit,a\nA,1\nB,"{cell}"\n', encoding="utf-8")
    with pytest.raises(ValuesError, match=r"v\.csv:3"):
        evaluate(load_scheme(tmp_path / "s.yaml"), "i", "2022", tmp_path / "v.csv")


@pytest.mark.parametrize("cell", [float("inf"), float("-inf"), NAN])
def test_so_it_is_in_parquet(tmp_path: Path, cell: float) -> None:
    (tmp_path / "s.yaml").write_text("edition: '1'\nindicators: {a: {}}\nindices: {i: {unit: u, tree: {a: 1}}}\n", encoding="utf-8")
    pl.DataFrame({"unit": ["A", "B"], "a": [1.0, cell]}).write_parquet(tmp_path / "v.parquet")
    with pytest.raises(ValuesError, match="finite"):
        evaluate(load_scheme(tmp_path / "s.yaml"), "i", "2022", tmp_path / "v.parquet")


# ---- any methods together, over any values -----------------------------------------------------------------------------------------------

SCREENS = (
    None,
    Screen(minimum_coverage=0.3),
    Screen(minimum_group=2, coverage_by="count", pillar_coverage=0.2),
    Screen(minimum_nonzero=0.3),
)
NUMBERS = st.one_of(
    st.none(), st.just("not_applicable"), st.integers(-3, 3).map(float), st.sampled_from([0.0, 1e-9, 1e9, -1e9, 1e200, 0.1 + 0.2, 0.3])
)


@st.composite
def hostile(draw: st.DrawFn) -> tuple[Index, list[list[Any]], list[list[Any]]]:
    def any_of(family: str) -> Method:
        return draw(st.sampled_from(choices(family)))

    names = ["a", "b", "c", "d", "e", "f"]
    rows, before = (draw(st.lists(st.lists(NUMBERS, min_size=6, max_size=6), min_size=least, max_size=7)) for least in (1, 0))
    weights = draw(st.lists(st.sampled_from([0.0, 1.0, 2.5, 1e-12, 1e12]), min_size=8, max_size=8))
    if sum(weights[:3]) == 0 or sum(weights[3:6]) == 0 or sum(weights[6:]) == 0:
        weights = [w or 1.0 for w in weights]
    covered = draw(st.sampled_from([0, 0.5, 1]))
    leaves = [leaf(name, w) for name, w in zip(names, weights[:6], strict=True)]
    of = index(
        pillar("p", *leaves[:3], weight=weights[6], aggregate=any_of("aggregate"), weights=any_of("weights"), children_coverage=covered),
        pillar("q", *leaves[3:], weight=weights[7]),
        group=draw(st.sampled_from([None, "place"])),
        impute=any_of("impute"),
        treat=any_of("treat"),
        normalise=any_of("normalise"),
        aggregate=any_of("aggregate"),
        weights=draw(st.sampled_from([m for m in choices("weights") if m.method != "ahp"])),
        screen=draw(st.sampled_from(SCREENS)),
        rank=Rank(ties=draw(st.sampled_from(["competition", "dense", "average"])), decimals=draw(st.sampled_from([None, 2]))),
        scale=draw(st.sampled_from([{"lower": 0, "upper": 100}, {"lower": 1, "upper": 10}])),
    )  # fmt: skip
    return of, rows, before


#: How many new cases to draw (``make fuzz``); without it the same ones are drawn every time, so that a change is what fails.
SEARCH = int(os.environ.get("KCZ_FUZZ", "0"))


@given(hostile())
@settings(derandomize=True, max_examples=60, deadline=None)
def test_any_methods_over_any_values(case: tuple[Index, list[list[Any]], list[list[Any]]]) -> None:
    of, rows, before = case
    card = answered(rows, of, before or None)
    if card is not None:
        sound(card)


@pytest.mark.long
@given(hostile())
@settings(derandomize=not SEARCH, max_examples=SEARCH or 6000, deadline=None)
def test_any_methods_over_any_values_many_times(case: tuple[Index, list[list[Any]], list[list[Any]]]) -> None:
    of, rows, before = case
    card = answered(rows, of, before or None)
    for unit in card.units["unit"].head(2) if card is not None else ():
        sound(card)
        assert not explain(card, unit)["contribution"].is_nan().any()
