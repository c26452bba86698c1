"""What a scorecard keeps of every step: which cells were filled from where, which points moved, what was added or taken off, and the four
statuses of a value to the last table."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from small_index import index, leaf, method, pillar, scheme, scored, values

from kcz_metrics.scheme import load_scheme
from kcz_metrics.scheme.models import Denominate, Screen
from kcz_metrics.scheme.policies import Adjustment
from kcz_metrics.scoring import evaluate, score

# ---- filled cells -----------------------------------------------------------------------------------------------------------------------

CITIES = {
    "A": {"a": 0.0, "b": 10.0, "c": 1.0},
    "B": {"a": 10.0, "b": 30.0, "c": 2.0},
    "C": {"a": None, "b": 20.0, "c": "not_applicable"},
    "D": {"a": 8.0, "b": 10.0, "c": None},
}
TREE = (pillar("p", leaf("a"), leaf("b")), leaf("c"))
KIND = {"kind": ["x", "y", "y", "x"]}


@pytest.mark.parametrize(
    "chosen, expected",
    [
        (method("none"), []),
        (method("zero"), [("C", "a", 0.0, "zero", ""), ("D", "c", 0.0, "zero", "")]),
        (method("mean"), [("C", "a", 6.0, "mean", ""), ("D", "c", 1.5, "mean", "")]),
        (method("group_mean", by="kind"), [("C", "a", 10.0, "group_mean", "kind=y"), ("D", "c", 1.0, "group_mean", "kind=x")]),
        (method("row_mean"), [("C", "a", 5.0, "row_mean", "pillar")]),
        (method("row_mean", within="all"), [("C", "a", 5.0, "row_mean", "all"), ("D", "c", 1.4, "row_mean", "all")]),
    ],
    ids=str,
)
def test_every_filled_cell_has_its_provenance(chosen: Any, expected: list[tuple[Any, ...]]) -> None:
    # D is at 0.8 on a and at 0 on b: 0.4 of the way from 1 to 2 on c
    card = scored(CITIES, index(*TREE, impute=chosen), columns=KIND)
    rows = card.imputations.select("unit", "indicator", "value", "method", "basis").rows()
    assert [(u, i, m, b) for u, i, _, m, b in rows] == [(u, i, m, b) for u, i, _, m, b in expected]
    assert [v for _, _, v, _, _ in rows] == pytest.approx([v for _, _, v, _, _ in expected])
    marked = card.imputed.filter(status="imputed").select("unit", "indicator").rows()
    assert marked == [(u, i) for u, i, *_ in rows]


def test_an_indicator_has_a_filling_of_its_own() -> None:
    of = index(*TREE, impute=method("mean"), group="kind")
    card = scored(CITIES, of, {"a": {"impute": method("zero")}}, columns=KIND)
    assert card.imputations.select("unit", "indicator", "value", "method", "basis").rows() == [
        ("C", "a", 0.0, "zero", ""),
        ("D", "c", 1.0, "mean", "kind=x"),
    ]


@pytest.mark.parametrize(
    "chosen, series, basis",
    [
        (method("previous", max_gap=2), [3.0, None, None], "2018"),
        (method("previous", max_gap=2), [1.0, 3.0, None], "2019"),
        (method("linear", max_gap=2), [None, 3.0, None, 5.0], "2019, 2021"),
    ],
    ids=str,
)
def test_the_periods_a_value_was_taken_from(chosen: Any, series: list[float | None], basis: str) -> None:
    periods = {str(2018 + n): {"A": {"a": value}, "B": {"a": 9.0}} for n, value in enumerate(series)}
    of = index(leaf("a"), impute=chosen)
    assert score(values(periods), of, "2020", scheme(of)).imputations["basis"].to_list() == [basis]


def test_only_denominated_values_are_carried_over() -> None:
    periods = {"2021": {"A": {"a": 8.0}, "B": {"a": 9.0}}, "2022": {"A": {"a": None}, "B": {"a": 9.0}}}
    of = index(leaf("a"), impute=method("previous"))
    per_head = scheme(of, {"a": {"denominate": Denominate(by="people")}})
    card = score(values(periods, denominators={"people": {"A": 4.0, "B": 1.0}}), of, "2022", per_head)
    assert card.imputations.row(0, named=True) == {
        "unit": "A", "period": "2022", "indicator": "a", "value": 2.0, "method": "previous", "basis": "2021",
    }  # fmt: skip


# ---- moved points -----------------------------------------------------------------------------------------------------------------------

SKEWED = {f"U{n:02d}": {"a": float(n), "b": float(n)} for n in range(1, 11)} | {"U11": {"a": 100.0, "b": 1.0}}


def test_from_what_to_what_and_by_which_step() -> None:
    card = scored(SKEWED, index(leaf("a"), leaf("b"), treat=method("winsorise")), {"b": {"transform": "log1p", "treat": method("none")}})
    rows = card.treatments.rows(named=True)
    assert [r for r in rows if r["indicator"] == "a"] == [
        {"unit": "U11", "period": "2022", "indicator": "a", "step": "winsorise", "move": "lowered", "before": 100.0, "after": 10.0}
    ]
    transformed = [r for r in rows if r["indicator"] == "b"]
    assert {(r["step"], r["move"]) for r in transformed} == {("log1p", "transformed")}
    assert next((r["before"], r["after"]) for r in transformed) == (1.0, pytest.approx(0.6931471805599453))
    assert len(transformed) == 11


@pytest.mark.parametrize("combine, step", [(False, "log_ct"), (True, "winsorise, log_ct")])
def test_a_fallback_is_named(combine: bool, step: str) -> None:
    cells = {f"U{n:02d}": {"a": float(2.718281828 ** (12 * n / 19))} for n in range(20)}
    card = scored(cells, index(leaf("a"), treat=method("winsorise", max_points=1, otherwise="log_ct", combine=combine)))
    assert card.treatments["step"].unique().to_list() == [step]
    assert card.treatments["before"].to_list() == card.imputed["value"].to_list()
    assert card.treatments["after"].to_list() == card.treated["value"].to_list()


def test_points_clipped_at_quantiles() -> None:
    card = scored(SKEWED, index(leaf("a"), treat=method("clip", lower_quantile=0.1, upper_quantile=0.9)))
    assert card.treatments.select("unit", "step", "move", "before", "after").rows() == [
        ("U11", "clip", "lowered", 100.0, 10.0),
        ("U01", "clip", "raised", 1.0, 2.0),
    ]


def test_nothing_moved_gives_no_rows() -> None:
    card = scored({"A": {"a": 1.0}, "B": {"a": 1.0}}, index(leaf("a"), treat=method("winsorise")))
    assert card.treatments.is_empty()
    assert set(card.treated["status"]) == {"undefined"}


# ---- adjustments ------------------------------------------------------------------------------------------------------------------------

RULES = (
    Adjustment(id="fraud", kind="veto", when={"measure": "fraud", "at_least": 1}, effect="not_ranked"),
    Adjustment(id="late", kind="veto", when={"measure": "late", "above": 2}),
    Adjustment(id="upheld", kind="deduction", formula="2 * complaints", cap=5),
    Adjustment(id="adopted", kind="bonus", formula="cases", cap=3, when={"measure": "late", "at_most": 0}),
)
MEASURES = {
    "fraud": {"A": 0.0, "B": 1.0, "C": 2.0},
    "late": {"A": 0.0, "B": 3.0, "C": None},
    "complaints": {"A": 4.0, "B": 1.0, "C": 0.0},
    "cases": {"A": 9.0, "B": 9.0, "C": 9.0},
}


def test_each_rule_says_whether_it_took_hold() -> None:
    card = scored({u: {"a": v} for u, v in zip("ABC", (0.0, 5.0, 10.0), strict=True)}, index(leaf("a"), adjust=RULES), measures=MEASURES)
    rows = {
        (u, a): (applied, points) for u, a, applied, points in card.adjustments.select("unit", "adjustment", "applied", "points").rows()
    }
    assert {key: value for key, value in rows.items() if key[0] == "A"} == {
        ("A", "fraud"): (False, None), ("A", "late"): (False, None), ("A", "upheld"): (True, -5.0), ("A", "adopted"): (True, 3.0),
    }  # fmt: skip
    assert rows["B", "fraud"] == rows["B", "late"] == (True, None)
    assert rows["B", "adopted"] == (False, 0.0)
    assert rows["C", "late"] == (False, None)  # nothing known is no reason
    assert [t.render("en") for t in card.reasons["B"]] == ["vetoed: fraud, late"]


def test_without_rules_there_are_no_rows() -> None:
    assert scored({"A": {"a": 1.0}}, index(leaf("a"))).adjustments.is_empty()


# ---- the four statuses ------------------------------------------------------------------------------------------------------------------

SCHEME = """
edition: "2022"
indicators:
  plain: {}
  few: {minimum_n: {of: n, at_least: 5, else: ELSE}SHRINK}
  city_only: {applies_to: {kind: city}}
  filled: {impute: mean}
indices:
  ix:
    unit: thing
    normalise: {method: goalposts, lower: 0, upper: 10}
    screen: {minimum_coverage: 0.1, exclude: [{unit: Z, reason: moved away}]}
    adjust:
      - {id: adopted, kind: bonus, formula: cases, cap: 3}
      - {id: fraud, kind: veto, when: {measure: fraud, at_least: 1}, effect: not_ranked}
    tree: {p: {weight: 30, children: {plain: {share: 20, multiplier: 1.2}, few: 6}}, q: {weight: 10, children: {city_only: 1, filled: 1}}}
"""
VALUES = """unit,kind,n,plain,few,city_only,filled,cases,fraud
A,city,10,0,4,8,2,2,0
B,city,2,5,6,,4,9,0
C,park,30,,2,9,,0,0
D,park,8,10,10,1,6,,1
Z,city,8,10,10,10,10,0,0
"""


def files(folder: Path, otherwise: str = "mark") -> tuple[Path, Path]:
    shrink = ", shrink: {n: n, strength: 6}" if otherwise == "shrink" else ""
    (folder / "s.yaml").write_text(SCHEME.replace("ELSE", otherwise).replace("SHRINK", shrink), encoding="utf-8")
    (folder / "v.csv").write_text(VALUES, encoding="utf-8")
    return folder / "s.yaml", folder / "v.csv"


@pytest.mark.parametrize("stage", ["values", "denominated", "screened", "imputed", "treated", "normalised"])
def test_statuses_stay_apart_in_every_stage(tmp_path: Path, stage: str) -> None:
    scheme_, values_ = files(tmp_path)
    rows = evaluate(load_scheme(scheme_), "ix", "2022", values_).stage(stage)
    status = {(u, i): s for u, i, s in rows.select("unit", "indicator", "status").iter_rows()}
    later = stage in ("imputed", "treated", "normalised")
    assert (status["A", "plain"], status["B", "few"], status["C", "city_only"]) == ("zero", "insufficient", "not_applicable")
    assert (status["B", "city_only"], status["C", "filled"]) == ("missing", "imputed" if later else "missing")


def test_statuses_stay_apart_in_the_last_table(tmp_path: Path) -> None:
    scheme_, values_ = files(tmp_path)
    card = evaluate(load_scheme(scheme_), "ix", "2022", values_)
    status = {(u, n): s for u, n, s in card.scores.select("unit", "node", "status").iter_rows()}
    assert status["A", "plain"] == "zero"
    assert status["B", "few"] == "insufficient"
    assert status["B", "city_only"] == "missing"
    assert status["C", "city_only"] == "not_applicable"
    assert (status["A", "ix"], status["D", "ix"], status["Z", "ix"]) == ("ranked", "not_ranked", "not_ranked")


@pytest.mark.parametrize(
    "otherwise, few, index_score",
    [
        # plain weighs 24 of 30 under p: 0.8; p is 3/4 of the whole, q 1/4; B has no value of city_only, and filled alone is q
        ("mark", 6.0, 0.75 * (0.8 * 50 + 0.2 * 60) + 0.25 * 40 + 3),
        ("missing", None, 0.75 * 50 + 0.25 * 40 + 3),
        # the mean by n: (40 + 12 + 60 + 80 + 80)/58 = 272/58; (2·6 + 6·272/58)/8
        ("shrink", (12 + 6 * 272 / 58) / 8, 0.75 * (0.8 * 50 + 2 * (12 + 6 * 272 / 58) / 8) + 0.25 * 40 + 3),
    ],
)
def test_too_few_to_go_by_in_three_ways(tmp_path: Path, otherwise: str, few: float | None, index_score: float) -> None:
    scheme_, values_ = files(tmp_path, otherwise)
    card = evaluate(load_scheme(scheme_), "ix", "2022", values_)
    row = card.values.filter(unit="B", indicator="few").row(0, named=True)
    assert row["status"] == "insufficient"
    assert row["value"] == (None if few is None else pytest.approx(few))
    assert card.scores.filter(unit="B", node="ix")["score"].item() == pytest.approx(index_score)


def test_a_multiplier_moves_weight_inside_the_pillar_alone(tmp_path: Path) -> None:
    scheme_, values_ = files(tmp_path)
    weights = dict(evaluate(load_scheme(scheme_), "ix", "2022", values_).weights.select("node", "effective_weight").head(7).iter_rows())
    assert weights == pytest.approx({"ix": 1, "p": 0.75, "plain": 0.6, "few": 0.15, "q": 0.25, "city_only": 0.125, "filled": 0.125})


# ---- the same by the command line -------------------------------------------------------------------------------------------------------


@pytest.fixture
def kcz(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., list[dict[str, str]]]:
    from kcz_metrics.cli import main

    monkeypatch.setenv("KCZ_LANG", "en")
    scheme_, values_ = files(tmp_path)

    def run(*words: str) -> list[dict[str, str]]:
        with pytest.raises(SystemExit) as end:
            main(["score", "ix", "--config", str(scheme_), "--values", str(values_), "--period", "2022", *words])
        assert end.value.code in (0, None)
        return list(csv.DictReader(io.StringIO(capfd.readouterr().out)))

    return run


def test_the_command_line_gives_all_of_it(kcz: Callable[..., list[dict[str, str]]]) -> None:
    top = {row["unit"]: row for row in kcz() if row["node"] == "ix"}
    assert (top["Z"]["status"], top["Z"]["reason"], top["Z"]["rank"], top["Z"]["score"]) == ("not_ranked", "excluded:moved away", "", "")
    assert (top["D"]["status"], top["D"]["reason"], top["D"]["rank"]) == ("not_ranked", "veto:fraud", "")
    # A: 3/4·(0.8·0 + 0.2·40) + 1/4·(80 + 20)/2 + 2; C: few alone 20; filled is the mean of 2, 4 and 6
    assert [float(top[u]["score"]) for u in "ABC"] == pytest.approx([20.5, 52.0, 0.75 * 20 + 0.25 * 40])
    assert [top[u]["rank"] for u in "ABC"] == ["3", "1", "2"]
    adjusted = {(r["unit"], r["adjustment"]): (r["applied"], r["points"]) for r in kcz("--stage", "adjustments")}
    assert adjusted["A", "adopted"] == ("true", "2.0")
    assert adjusted["B", "adopted"] == ("true", "3.0")
    assert adjusted["D", "fraud"] == ("true", "")
    assert [(r["unit"], r["indicator"], r["value"], r["method"]) for r in kcz("--stage", "imputations")] == [("C", "filled", "4.0", "mean")]
    assert kcz("--stage", "treatments") == []
    assert "Z" not in {r["unit"] for r in kcz("--stage", "screened")}


def test_a_column_that_a_rule_needs_is_asked_for(tmp_path: Path) -> None:
    from kcz_metrics.errors import ValuesError

    scheme_, values_ = files(tmp_path)
    values_.write_text(VALUES.replace(",fraud", ",frauds"), encoding="utf-8")
    with pytest.raises(ValuesError, match=r"fraud.*did you mean frauds"):
        evaluate(load_scheme(scheme_), "ix", "2022", values_)


def test_screened_with_reasons_in_words(tmp_path: Path) -> None:
    scheme_, values_ = files(tmp_path)
    card = evaluate(load_scheme(scheme_), "ix", "2022", values_)
    assert {u: [t.render("en") for t in reasons] for u, reasons in card.reasons.items()} == {
        "Z": ["left out by decision: moved away"],
        "D": ["vetoed: fraud"],
    }
    low = card.index.model_copy(update={"screen": Screen(minimum_coverage=0.5)})
    made = load_scheme(scheme_).model_copy(update={"indices": {"ix": low}})
    assert [t.render("en") for t in evaluate(made, "ix", "2022", values_).reasons["C"]] == ["coverage 15%, below 50%"]
