"""Certainty, started through the app: every part in both languages, numbers that open to the runs, codes that name nothing, no records."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawn import CHINESE, address, components, opened, said, tables, texts
from recounting import offered, recounted

from kcz_metrics.analysis.doubts import doubts
from kcz_metrics.analysis.robustness import robustness
from kcz_metrics.scoring import evaluate
from kcz_metrics.ui.sources import same

#: Sources that need no records to be read again.
QUICK = "weights.leave_out"
PARTS = ("ranks", "unit", "sources", "weights")


@pytest.mark.parametrize("part", ["ranks", *(pytest.param(p, marks=pytest.mark.long) for p in PARTS[1:])])
def test_a_part_answers_in_both_languages(part: str, sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for lang in ("zh", "en"):
        at = opened("robustness", sample_home, monkeypatch, lang=lang, period="2022", part=part, sources=QUICK, unit="PC017", draws="200")
        text = said(at)
        assert not at.exception
        assert "kcz-error" not in text
        assert "kcz-answer" in text
        assert tables(at)
        assert address(at)["part"] == part
        if lang == "en":
            cells = [w for t in tables(at) for row in t["rows"] for w in texts(row)]
            assert not [w for w in (re.sub("<[^>]+>", "", text), *cells) if CHINESE.search(w)]


def test_intervals_are_those_of_the_command(
    sample_store: Any, sample_home: Path, shipped_scheme: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the page shows of a unit, against the runs counted here."""
    at = opened("robustness", sample_home, monkeypatch, period="2022", part="ranks", sources=QUICK, draws="200", seed="7")
    card = evaluate(shipped_scheme, "city_assessment", "2022", sample_store.snapshot())
    varied = doubts(card, Path(), 200, 7).among(("weights", "leave_out"))
    found = robustness(card, varied)
    expected = {row["unit"]: row for row in found.frame().iter_rows(named=True)}
    (shown,) = tables(at)
    assert {row["id"] for row in shown["rows"]} == set(expected)
    for row in shown["rows"]:
        own = expected[row["id"]]
        assert (row["low"]["v"], row["mid"]["v"], row["high"]["v"]) == (own["rank_p5"], own["rank_p50"], own["rank_p95"])
    names = card.units["unit"].to_list()
    order = [row["id"] for row in shown["rows"]]
    first, second = (found.ranks[:, names.index(unit)] for unit in order[:2])
    assert shown["rows"][0]["ahead"]["v"] == pytest.approx(np.where(first == second, 0.5, first < second).mean())
    apart = sum(p >= 0.9 for row in shown["rows"][:-1] if (p := row["ahead"]["v"]) is not None)
    assert f">{apart}</a>" in said(at)
    shares = [row["ahead"]["v"] for row in shown["rows"][:-1] if row["ahead"]["v"] is not None]
    assert ("另有" in said(at)) == any(p <= 0.1 for p in shares)
    marks = {"确在后一名之前": lambda p: p >= 0.9, "与后一名多半相反": lambda p: p <= 0.1, "与后一名难分": lambda p: 0.1 < p < 0.9}
    assert all(marks[row["flags"][0]["t"]](row["ahead"]["v"]) for row in shown["rows"][:-1])


@pytest.mark.long
def test_everything_declared_is_counted_and_each_source_alone(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("robustness", sample_home, monkeypatch, period="2022", part="sources")
    rows = {row["id"]: row for row in tables(at)[0]["rows"]}
    assert set(rows) == {"all", "weights", "treat", "normalise", "aggregate", "leave_out", "evidence", "unverified"}
    assert all(0 < rows[name]["shift"]["v"] < rows["all"]["shift"]["v"] for name in rows if name != "all")
    at.toggle(key="robustness.whole").set_value(True).run()
    split = tables(at)[1]["rows"]
    assert {row["id"] for row in split} == set(rows) - {"all"}
    assert "名次主要取决于" in said(at)


@pytest.mark.long
def test_numbers_open_to_the_runs(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recounted("robustness", {"sources": QUICK, "draws": "200"}, 300, sample_home, monkeypatch)
    recounted("robustness", {"sources": QUICK, "draws": "200", "part": "sources"}, 15, sample_home, monkeypatch)
    recounted("robustness", {"part": "unit", "unit": "PC017"}, 10, sample_home, monkeypatch)
    recounted("profile", {"unit": "PC017", "index": "city_assessment"}, 5, sample_home, monkeypatch)


@pytest.mark.long
@pytest.mark.parametrize(
    "codes, toggles, columns",
    [
        ({"part": "weights", "keeps": "tier"}, (), {"low", "high", "room"}),
        ({"part": "unit", "unit": "PC017"}, ("robustness.reach", "robustness.depends"), {"needed", "change", "total", "first"}),
        ({"part": "sources"}, ("robustness.whole",), {"total", "first"}),
    ],
    ids=["weights", "unit", "sources"],
)
def test_limits_reach_and_shares_of_variance_open_and_are_the_same_worked_out_plainly(
    codes: dict[str, str], toggles: tuple[str, ...], columns: set[str], sample_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = opened("robustness", sample_home, monkeypatch, lang="zh", period="2022", sources=f"{QUICK}.normalise", draws="200", **codes)
    for key in toggles:
        at.toggle(key=key).set_value(True).run()
    assert not at.exception
    found = [one for one in offered(at) if one[2] in columns or one[0] == "robustness.reached"]
    assert columns <= {column for _, _, column, _, _ in found}
    assert ("robustness.reach" in toggles) == any(key == "robustness.reached" for key, *_ in found)
    assert not [one[:4] for one in found if not same(one[3], one[4].recount(one[1]))]


@pytest.mark.long
def test_the_best_rank_is_found_where_it_is_asked_for(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("robustness", sample_home, monkeypatch, period="2022", part="unit", unit="PC017", sources=QUICK)
    at.toggle(key="robustness.reach").set_value(True).run()
    text = re.sub("<[^>]+>", "", said(at))
    found = re.search(r"最好第 (\d+) 名，最差第 (\d+) 名", text)
    assert found is not None
    best, worst = map(int, found.groups())
    assert 1 < best < worst
    assert f"没有任何一组权重能使它排第一（至多第 {best}）" in text


def test_codes_that_name_nothing_are_told(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened(
        "robustness",
        sample_home,
        monkeypatch,
        lang="zh",
        period="2022",
        part="unit",
        unit="PC999",
        sources="weights.wind",
        draws="7",
        seed="x",
    )
    text = said(at)
    assert not at.exception
    for code in ("PC999", "wind", "7", "x"):
        assert re.search(rf"kcz-notice[^>]*>[^<]*\b{code}\b", text), code
    assert address(at)["sources"] == "weights"
    assert "draws" not in address(at)


def test_a_board_is_shown_by_class(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("robustness", sample_home, monkeypatch, period="2022", index="board_drive", group="UN", sources="weights", draws="200")
    assert not at.exception
    (shown,) = tables(at)
    ranks = [row["rank"] for row in shown["rows"]]
    assert ranks == sorted(ranks)
    assert ranks[0] == 1
    assert address(at)["group"] == "UN"


def test_an_empty_store_says_why_and_what_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("robustness", tmp_path / "store", monkeypatch, lang="zh")
    assert not at.exception
    assert "kcz-panel" in said(at)


def test_a_profile_says_why_and_how_sure(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("profile", sample_home, monkeypatch, lang="zh", period="2022", unit="PC017", index="city_assessment")
    text = re.sub("<[^>]+>", "", said(at))
    assert not at.exception
    ends = re.search(r"十次抽样中有九次在第 (\d+)–(\d+) 名", text)
    assert ends is not None
    (headline,) = components(at, "kcz_numbers")
    assert "90% 区间 {}–{}".format(*ends.groups()) in [item["line"] for item in headline["items"]]
    assert "与前一名" in text
    assert not re.search(r"PC\d\d\d", text.split("为什么在这个位置")[1].split("指标明细")[0])
