"""The statistical audit and the self-tests beside rankings: every figure recounts, findings lead on, drafts, the report, odd codes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from drawn import address, chinese, opened, said, tables
from recounting import recounted
from scipy import stats

from kcz_metrics.ui.behind import plain_statistics as plain

PARTS = ("findings", "coverage", "distribution", "correlation", "structure", "influence", "ranking", "fairness", "advice", "selftests")
INDICES = ("city_assessment", "team_score", "board_resource", "board_docking", "board_transfer", "board_drive")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("part", ["findings", *(pytest.param(part, marks=pytest.mark.long) for part in PARTS[1:])])
def test_a_part_answers_in_both_languages(part: str, lang: str, sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("audit", sample_home, monkeypatch, lang=lang, period="2022", part=part)
    text = said(at)
    assert not at.exception
    assert "kcz-error" not in text
    assert "kcz-answer" in text
    assert "kcz-notice" not in text
    assert address(at)["part"] == part
    assert ("kcz-checks" in text) == (part != "selftests")
    if lang == "en":
        assert not chinese(at)


@pytest.mark.parametrize("part", ["influence"])
def test_figures_are_made_by_the_rows_behind_them(part: str, sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recounted("audit", {"part": part}, 15, sample_home, monkeypatch)


@pytest.mark.long
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("index", INDICES)
def test_every_figure_of_every_index_is_made_by_the_rows_behind_it(
    index: str, part: str, sample_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recounted("audit", {"part": part, "index": index}, 6, sample_home, monkeypatch)


@pytest.mark.long
def test_findings_are_those_of_the_command(
    sample_home: Path, monkeypatch: pytest.MonkeyPatch, sample_store: Any, shipped_scheme: Any
) -> None:
    from kcz_metrics.analysis.diagnose import diagnose, left_out
    from kcz_metrics.analysis.findings import findings
    from kcz_metrics.scoring import evaluate

    card, before = (evaluate(shipped_scheme, "city_assessment", p, sample_store.snapshot()) for p in ("2022", "2021"))
    found = findings(diagnose(card, before), left_out(card))
    at = opened("audit", sample_home, monkeypatch, lang="zh", period="2022")
    (shown,) = tables(at)
    assert [row["id"] for row in shown["rows"]] == [f"{r['kind']}|{r['subject']}|{r['other'] or ''}" for r in found.iter_rows(named=True)]
    assert f"<strong>{found.height}</strong>" in said(at)
    assert f"<strong>{found.filter('matters').height}</strong>" in said(at)


def test_self_tests_stand_beside_the_ranking(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Quick ones with the page; all of them once a reader has asked, for every session."""
    at = opened("cities", sample_home, monkeypatch, lang="zh", period="2022")
    assert re.search(r"自检：\d 项通过", said(at))
    assert len(re.findall(r'<i class="kcz-(?:up|down|still|waiting)"', said(at))) == 5
    at = opened("audit", sample_home, monkeypatch, lang="zh", period="2022", part="selftests")
    (table,) = tables(at)
    assert [row["checked"]["v"] > 0 or "不适用" in row["state"][0]["t"] for row in table["rows"]] == [True] * 5
    at = opened("cities", sample_home, monkeypatch, lang="en", period="2022")
    assert "Self-tests: 3 passed, 1 with a counterexample, 1 with nothing to test" in said(at)
    assert "kcz-waiting" not in said(at)


def test_an_empty_store_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("audit", tmp_path / "store", monkeypatch, lang="zh")
    assert not at.exception
    assert "kcz-panel" in said(at)


@pytest.mark.parametrize(
    "codes, word",
    [({"part": "<x>"}, "全部发现"), ({"part": "fairness", "column": "zz"}, "zz"), ({"part": "structure", "node": "zz"}, "zz")],
)
def test_codes_that_name_nothing_are_told(codes: dict[str, str], word: str, sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("audit", sample_home, monkeypatch, lang="zh", period="2022", **codes)
    assert not at.exception
    assert "<x>" not in said(at)
    (notice,) = re.findall(r'<p class="kcz-notice"[^>]*>([^<]+)', said(at))
    assert word in notice


def test_plain_statistics_are_those_of_scipy() -> None:
    rng = np.random.default_rng(5)
    x = rng.gamma(2.0, 3.0, (40, 3)) + rng.normal(0, 2, (40, 1))
    rows = pl.DataFrame(dict(zip("abc", x.T, strict=True)))
    a, b = x[:, 0], np.round(x[:, 1])
    assert plain.skewness(a) == pytest.approx(stats.skew(a, bias=False))
    assert plain.kurtosis(a) == pytest.approx(stats.kurtosis(a, bias=False))
    assert plain.pearson(a, b) == pytest.approx(stats.pearsonr(a, b).statistic)
    assert plain.spearman(a, b) == pytest.approx(stats.spearmanr(a, b).statistic)
    assert plain.kendall(a, b) == pytest.approx(stats.kendalltau(a, b).statistic)
    np.testing.assert_allclose(plain.covariances(rows, "abc"), np.cov(x.T))
    np.testing.assert_allclose(plain.eigenvalues(rows, "abc"), np.linalg.eigvalsh(np.corrcoef(x.T))[::-1])
    holed = rows.with_columns(a=pl.when(pl.int_range(pl.len()) % 7 == 0).then(None).otherwise("a"))
    assert len(plain.eigenvalues(holed, "abc")) == 3
    assert sum(plain.influence(rows, "abc", [3, 2, 1], name) or 0.0 for name in "abc") == pytest.approx(1.0)
    needed = [plain.needed_weight(rows, "abc", [3, 2, 1], name) or 0.0 for name in "abc"]
    assert [plain.influence(rows, "abc", needed, name) for name in "abc"] == pytest.approx([1 / 2, 1 / 3, 1 / 6])
    constant = np.ones(5)
    assert plain.skewness(constant) is plain.kurtosis(constant) is plain.pearson(constant, constant) is None
