"""The statistical audit: each figure by hand on small data, faults planted and found, advice with its effect; the report."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from small_index import index, leaf, method, pillar, scored

from kcz_metrics.analysis.association import components, correlation, covariance, cronbach, influence, ranked, weights_for
from kcz_metrics.analysis.diagnose import SECTIONS, diagnose
from kcz_metrics.analysis.diagnosis_ranking import turned_pairs
from kcz_metrics.errors import ScoringError
from kcz_metrics.reports.diagnosis import FIGURES, markdown
from kcz_metrics.reports.diagnosis import SECTIONS as HEADINGS
from kcz_metrics.scoring import Scorecard


def test_covariances_and_alpha_by_hand() -> None:
    x = np.array([[1.0, 2.0], [2.0, 1.0], [3.0, 3.0], [4.0, np.nan]])
    np.testing.assert_allclose(covariance(x), [[5 / 3, 0.5], [0.5, 1.0]])
    full = np.array([[1.0, 2.0, 1.0], [2.0, 4.0, 3.0], [3.0, 5.0, 2.0], [4.0, 9.0, 4.0]])
    c = np.cov(full.T)
    assert cronbach(full) == pytest.approx(3 / 2 * (1 - np.trace(c) / c.sum()))
    np.testing.assert_allclose(correlation(full), np.corrcoef(full.T))
    np.testing.assert_allclose(components(full), np.linalg.eigvalsh(np.corrcoef(full.T))[::-1])
    assert ranked(np.array([3.0, 1.0, 3.0, np.nan]))[:3].tolist() == [2.5, 1.0, 2.5]


def test_weights_bring_the_influence_that_is_intended() -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(0, [1.0, 3.0, 10.0], (200, 3)) + rng.normal(0, 1, (200, 1))
    plain = influence(x, np.full(3, 1 / 3))
    assert plain.sum() == pytest.approx(1.0)
    assert plain[2] > 0.8
    found = weights_for(x, np.array([0.5, 0.3, 0.2]))
    assert found is not None
    assert found.sum() == pytest.approx(1.0)
    np.testing.assert_allclose(influence(x, found), [0.5, 0.3, 0.2], atol=1e-6)
    assert weights_for(x, np.array([0.5, 0.5, 0.0])) is None
    assert weights_for(np.full((9, 2), 1.0), np.array([0.5, 0.5])) is None


def card(**settings: Any) -> Scorecard:
    """30 units: a2 is a1 again, b2 works against everything, b3 is known of few and nearly all zero, a3 has one outlier."""
    rng = np.random.default_rng(6)
    base = rng.normal(50, 10, 30)
    size = np.exp(base / 20)
    cells: dict[str, dict[str, Any]] = {}
    for u in range(30):
        cells[f"U{u:02d}"] = {
            "a1": base[u] + rng.normal(0, 2),
            "a3": 500.0 if u == 0 else 20.0 + rng.normal(0, 3),
            "b1": base[u] + rng.normal(0, 6),
            "b2": -base[u] + rng.normal(0, 6),
            "b3": None if u > 10 else 0.0 if u < 9 else 3.0,
        }
        cells[f"U{u:02d}"]["a2"] = cells[f"U{u:02d}"]["a1"] + rng.normal(0, 0.5)
    of = index(
        pillar("a", leaf("a1", 3), leaf("a2", 2), leaf("a3")), pillar("b", leaf("b1", 2), leaf("b2", 0.5), leaf("b3", 0.2)), **settings
    )
    columns = {"region": ["east" if b > 50 else "west" for b in base], "people": size.tolist()}
    return scored(cells, of, columns=columns)


def test_planted_faults_are_found() -> None:
    found = diagnose(card())
    assert found.columns == ["section", "subject", "other", "figure", "value", "flag"]
    assert set(found["section"]) <= set(SECTIONS)
    flagged = {(r["subject"], r["figure"]) for r in found.filter("flag").iter_rows(named=True)}
    assert {
        ("b3", "share_known"), ("b3", "share_zero"), ("a3", "skewness_before"), ("a1", "with_sibling"), ("b2", "with_index"),
        ("index", "spearman"), ("region", "share_between_groups"), ("b", "cronbach_alpha"),
    } <= flagged  # fmt: skip
    advice = {(r["subject"], r["figure"], r["other"]) for r in found.filter(pl.col("section") == "advice").iter_rows(named=True)}
    assert advice == {("b2", "drop", None), ("b3", "drop", None), ("a2", "merge", "a1")}
    effect = found.filter((pl.col("section") == "advice") & (pl.col("subject") == "b2"))["value"][0]
    assert effect > 0


def test_treatment_shows_before_and_after() -> None:
    found = diagnose(card(treat=method("winsorise", max_points=2)))
    rows = dict(found.filter((pl.col("section") == "distribution") & (pl.col("subject") == "a3")).select("figure", "value").iter_rows())
    assert rows["skewness_before"] > 2 > abs(rows["skewness_after"])
    assert rows["treated_points"] == 1


def test_influence_adds_up_and_the_needed_weights_are_told() -> None:
    found = diagnose(card(impute=method("median"))).filter((pl.col("section") == "weights") & (pl.col("other") == "a"))
    by = {figure: rows["value"].to_list() for (figure,), rows in found.group_by("figure", maintain_order=True)}
    assert sum(by["influence"]) == pytest.approx(1.0)
    assert sum(by["weight"]) == pytest.approx(1.0)
    assert sum(by["weight_for_equal_influence"]) == pytest.approx(1.0)


def test_a_period_before_tells_of_stability() -> None:
    same = diagnose(card(), card()).filter(pl.col("section") == "stability")
    assert dict(same.select("figure", "value").iter_rows()) == {"spearman": 1.0, "kendall": 1.0, "mean_shift": 0.0}


def test_a_unit_of_every_group_goes_at_once_and_turns_what_it_turns_alone() -> None:
    rng = np.random.default_rng(4)
    rows = {f"U{n:02d}": {"a": float(rng.uniform(0, 10)), "b": float(rng.lognormal(0, 2))} for n in range(21)}
    groups = ["x" if n % 3 else "y" for n in range(21)]
    of = scored(rows, index(leaf("a"), leaf("b"), group="kind"), columns={"kind": groups})
    found = dict(turned_pairs(of).iter_rows())
    alone = {}
    for kind in ("x", "y"):
        mine = {unit: row for unit, row, own in zip(rows, rows.values(), groups, strict=True) if own == kind}
        alone |= dict(turned_pairs(scored(mine, index(leaf("a"), leaf("b")))).iter_rows())
    assert found == alone
    assert sum(found.values()) > 0
    weighed = scored(rows, index(leaf("a"), leaf("b"), group="kind", weights=method("entropy")), columns={"kind": groups})
    assert turned_pairs(weighed).height == 21  # one after another: the weights are found from the scores of all


def test_leaving_out_a_unit_turns_the_order_where_scores_hang_on_it() -> None:
    """Without U0, the only high value of b, the range of b is a tenth and its differences count ten times."""
    rows = {"U0": {"a": 5.0, "b": 100.0}, "U1": {"a": 10.0, "b": 1.0}, "U2": {"a": 8.0, "b": 10.0}, "U3": {"a": 0.0, "b": 0.0}}
    of = scored(rows, index(leaf("a"), leaf("b")))
    found = dict(diagnose(of).filter(pl.col("section") == "reversal").select("figure", "value").iter_rows())
    assert found["units_that_change_the_order_of_others"] == 0.25
    assert found["most_pairs_turned"] == 1
    fixed = scored(rows, index(leaf("a"), leaf("b"), normalise=method("goalposts", lower=0, upper=100)))
    still = dict(diagnose(fixed).filter(pl.col("section") == "reversal").select("figure", "value").iter_rows())
    assert still["most_pairs_turned"] == 0


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_report_has_every_section_and_its_marks(lang: Any) -> None:
    of = card()
    found = diagnose(of, card())
    text = markdown(found, of, lang, invented=True)
    for section in set(found["section"]):
        assert f"## {HEADINGS[section].in_(lang)}" in text
    assert text.count("●") == 2 * int(found["flag"].sum())
    assert set(found["figure"]) <= set(FIGURES)
    assert set(HEADINGS) == set(SECTIONS)
    assert ("虚构" if lang == "zh" else "invented") in text


def test_names_in_the_report_are_no_markup() -> None:
    of = scored({"<b>|x": {"a": 1.0}, "V": {"a": 2.0}, "W": {"a": 4.0}}, index(leaf("a")))
    rows = markdown(diagnose(of), of, "en").splitlines()
    assert not any("<b>" in row.replace("\\<", "") for row in rows)


def test_an_index_that_ranks_nobody_has_no_audit() -> None:
    with pytest.raises(ScoringError):
        diagnose(scored({"A": {"a": None}, "B": {"a": None}}, index(leaf("a"))))
