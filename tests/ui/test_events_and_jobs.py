"""Events and jobs, started through the app: with the sample and empty, both languages, numbers as the records have them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from drawn import address, by_id, chinese, opened, said, tables

PAGES: tuple[tuple[str, dict[str, str]], ...] = (
    ("events", {}),
    ("events", {"by": "activity_type", "who": "conference"}),
    ("events", {"part": "releases"}),
    ("events", {"part": "alliances"}),
    ("events", {"part": "contests"}),
    ("jobs", {}),
    ("jobs", {"part": "hiring"}),
    ("jobs", {"part": "zone"}),
    ("jobs", {"part": "startups"}),
)


@pytest.fixture(scope="module")
def rows_of(sample_store: Any) -> Any:
    """A table's valid rows of 2022, by a day, moment, month or quarter."""
    snapshot = sample_store.snapshot()

    def read(table: str, when: str) -> pl.DataFrame:
        rows = snapshot.read(table).filter((pl.col("status") == "verified") & pl.col("duplicate_of").is_null())
        return rows.filter(pl.col(when).cast(pl.String).str.starts_with("2022"))

    return read


@pytest.mark.parametrize("page, codes", PAGES, ids=[f"{page}-{'-'.join(codes.values())}" for page, codes in PAGES])
def test_a_page_answers_in_both_languages(
    page: str, codes: dict[str, str], sample_store: Any, sample_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = set(sample_store.snapshot().read("award_list")["list_type"])  # names of lists are data without English
    for lang in ("zh", "en"):
        at = opened(page, sample_home, monkeypatch, lang=lang, period="2022", **codes)
        text = said(at)
        assert not at.exception
        assert "kcz-error" not in text
        assert "kcz-answer" in text
        assert "✗" not in text
        assert tables(at)
        assert {code: address(at).get(code) for code in codes} == codes
        if lang == "en":
            assert not chinese(at, own)


@pytest.mark.parametrize("page", ["events", "jobs"])
def test_an_empty_store_says_why_and_what_next(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened(page, tmp_path / "store", monkeypatch, lang="zh")
    assert not at.exception
    assert "kcz-panel" in said(at)
    assert [button.key for button in at.main.button] == ["states.ask", "states.import"]


def test_a_total_is_the_sum_of_its_rows(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checked = 0
    for page, codes in PAGES:
        for shown in tables(opened(page, sample_home, monkeypatch, lang="zh", period="2022", **codes)):
            whole = next((row for row in shown["rows"] if row["id"] == "all"), None)
            if whole is None:
                continue
            for column in shown["columns"]:
                key = column["key"]
                counts = column["type"] == "number" and column["decimals"] == 0 and key not in {"first", "pay", "per"}
                if counts and whole[key]["v"] is not None:
                    parts = [row[key]["v"] or 0 for row in shown["rows"] if row["id"] != "all"]
                    assert whole[key]["v"] == pytest.approx(sum(parts)), (page, codes, key)
                    checked += 1
    assert checked > 40


def test_events_are_those_of_the_records(rows_of: Any, sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = rows_of("activity", "start_at")
    merged = held.group_by("organiser_org_id", "venue", pl.col("start_at").dt.date()).len().height
    rows = by_id(opened("events", sample_home, monkeypatch, lang="zh", period="2022"), "o90")
    assert rows["all"]["events"]["v"] == merged
    ended = held.filter(pl.col("end_at").dt.date() <= pl.date(2022, 7, 4), pl.col("series") == "overseas_week")
    assert rows["overseas_week"]["n180"]["v"] == ended.height


def test_an_event_opens_to_all_its_outcomes(rows_of: Any, sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    contracts = rows_of("contract", "signed_at").drop_nulls("source_activity_id")
    conferences = rows_of("activity", "start_at").filter(pl.col("activity_type") == "conference")["activity_id"]
    event = contracts.filter(pl.col("source_activity_id").is_in(conferences.to_list()))["source_activity_id"][0]
    rows = by_id(opened("events", sample_home, monkeypatch, lang="zh", period="2022", event=event), "after")
    expected = set(contracts.filter(pl.col("source_activity_id") == event)["contract_id"])
    assert {row.removeprefix("contract|") for row in rows if row.startswith("contract|")} == expected
    assert f"activity|{event}" in rows


def test_an_event_that_is_not_there_is_said(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("events", sample_home, monkeypatch, lang="zh", event="<img src=x>", who="nobody", by="nothing")
    assert not at.exception
    assert "kcz-notice" in said(at)
    assert "<img src=x>" not in said(at)


def test_seekers_and_openings_are_those_of_the_records(rows_of: Any, sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = tables(opened("jobs", sample_home, monkeypatch, lang="zh", period="2022"))
    rows = {row["id"]: row for row in next(t for t in shown if "DIGI" in {r["id"] for r in t["rows"]})["rows"]}
    for column, table, when in (("seekers", "job_supply", "quarter"), ("openings", "recruit_post", "posted_on")):
        known = dict(rows_of(table, when).group_by("tech_field").agg(pl.col(column).sum()).iter_rows())
        assert {field: rows[field][column]["v"] for field in known} == known


@pytest.mark.parametrize("page", ["events", "jobs"])
def test_a_period_with_little_is_no_error(page: str, sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for period in ("2022Q4", "2020-01"):
        at = opened(page, sample_home, monkeypatch, lang="zh", period=period)
        assert not at.exception
        assert "kcz-error" not in said(at)
