"""Ends of ranges, places by a total, differences to the middle of a group, sums of provinces, scores of matching: each by another way."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from drawn import by_id, opened, said, started
from recounting import differing, offered

from kcz_metrics.ui import survey
from kcz_metrics.ui.sources import Change, Part, Source

ROWS = pl.DataFrame({"tier": ["a", "a", "b"], "score": [61.5, 48.25, 30.0]})


@pytest.mark.parametrize("tier, ends", [("a", (48.25, 61.5)), ("b", (30.0, 30.0)), ("c", (None, None))])
def test_the_ends_of_a_range_are_the_least_and_the_largest(tier: str, ends: tuple[float | None, float | None]) -> None:
    source = Source("", lambda: ROWS, "tier")
    assert (source.min("score").recount(tier), source.max("score").recount(tier)) == ends


def test_a_range_is_written_once_whole_and_once_by_its_ends() -> None:
    assert survey.span(33.808, 75.341) == {"v": 33.808, "t": "33.81–75.34", "ends": ["33.81", "75.34"]}


@pytest.mark.long
@pytest.mark.parametrize("column, end", [("levels", "high"), ("indices", "low")])
def test_each_end_opens_to_what_lies_in_the_range(column: str, end: str, sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = {"levels": "lead", "indices": "board_docking"}[column]
    page = opened("overview", sample_home, monkeypatch, lang="zh", period="2022", open=f"overview.{column}~{row}~{end}")
    assert not page.exception
    assert "<b>✓" in said(page)
    listed = page.dataframe[-1].value[{"levels": "published", "indices": "score"}[column]].to_list()
    assert listed == sorted(listed, reverse=end == "high")
    ends = next(s for key, r, c, s, _ in offered(page) if (key, r, c) == (f"overview.{column}", row, end))
    assert listed[0] == ends


@pytest.mark.long
def test_a_place_by_total_is_one_more_than_those_with_a_larger_total(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = started("boards", sample_home, monkeypatch, lang="zh", period="2022", index="board_docking")
    at.session_state["boards.everything"] = True
    at.run()
    totals = {unit: row["total"]["v"] for unit, row in by_id(at, "total_rank").items()}
    found = [one for one in offered(at) if one[2] == "total_rank"]
    assert len(found) == len([v for v in totals.values() if v is not None]) > 30
    assert not differing(found)
    assert {unit: place for _, unit, _, place, _ in found} == {
        unit: 1 + sum(other is not None and other > own for other in totals.values()) for unit, own in totals.items() if own is not None
    }
    largest = next(one for one in offered(at) if one[2] == "largest")
    assert not differing([largest])


@pytest.mark.long
def test_differences_to_the_middle_open_to_both_sides_and_add_up(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("profile", sample_home, monkeypatch, lang="zh", period="2022", unit="PC017", open="profile.indicators~CF03~difference")
    text = said(at)
    assert "现在" not in [label for control in at.get("button_group") for label in control.options]
    found = {(key, row, column): (shown, made) for key, row, column, shown, made in offered(at)}
    parts = [made for (_, _, column), (_, made) in found.items() if column == "difference"]
    assert len(parts) == 28
    apart, sides = found["answer", "all", "apart"]
    assert isinstance(sides, Change)
    assert abs(sum(part.recount("") for part in parts)) == pytest.approx(apart)
    names = ("CE06.gap", "CE06.rank", "CE06.of", "rank.before", "rank.now", "over_time", "why.weakness.gap")
    assert not differing([("answer", "all", name, *found["answer", "all", name]) for name in names])
    assert re.search(r"0\.\d+ − 4\.\d+ = −4\.23；页面上的数是 −4\.23 <b>✓", text)


@pytest.mark.long
def test_provinces_add_up_to_records_and_say_what_belongs_to_none(
    sample_home: Path, sample_store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = opened("provinces", sample_home, monkeypatch, lang="zh", period="2022")
    found = {column: (shown, made) for key, _, column, shown, made in offered(at) if key == "answer"}
    rows = by_id(at, "median")
    for name, column in (("province_cities", "cities"), ("province_teams", "teams"), ("path_needs", "needs"), ("duties_due", "due")):
        shown, made = found[f"sum.{name}"]
        assert isinstance(made, Part)
        assert shown == made.recount("all") == sum(row[column]["v"] for row in rows.values())
    valid = (pl.col("status") == "verified") & pl.col("duplicate_of").is_null()
    needs = sample_store.snapshot().read("need").filter(valid & (pl.col("posted_at").dt.year() == 2022))
    assert set(found["sum.path_needs"][1].rows("all")["need_id"]) == set(needs["need_id"])
    apart = found["apart.duties_due"][1].rows("all")
    assert set(apart["level"]) == {"national"}
    ranks = [one for one in offered(at) if one[2] in ("best", "last")]
    assert len(ranks) > 40
    assert not differing(ranks)


@pytest.mark.long
def test_a_score_of_matching_opens_to_its_parts_and_the_rate_to_its_command(
    sample_home: Path, sample_store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kcz_metrics.matching import load_weights, read
    from kcz_metrics.matching.evaluating import evaluate_until

    at = opened("needs", sample_home, monkeypatch, lang="en", period="2022", need="ND23002", open="headline~all~u3")
    text = re.sub("<[^>]+>", "", said(at))
    command = re.search(r"kcz matching --evaluate --until (\S+) --snapshot (\w+)", text)
    assert command
    snapshot = sample_store.snapshot(command[2])
    own = evaluate_until(read(snapshot), load_weights(), date.fromisoformat(command[1])).row(0, named=True)
    assert f"{own['needs']:,} rows, {own['hits_at_5']} of them have their team among the first 5" in text
    assert "the number on the page is" in text
    found = [one for one in offered(at) if one[2] in ("u3", "again", "hits", "score", "why") or one[1] == "sum"]
    assert len(found) == 3 + 10 + 2
    assert not differing(found)
