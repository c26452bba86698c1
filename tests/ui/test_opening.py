"""Numbers that open: on every page the records behind each make the number once more; the dialog, the address, a value of zero."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from drawn import CHINESE, ROOT, components, opened, said
from recounting import offered, recounted

from kcz_metrics.tables import TABLES
from kcz_metrics.ui import browsing
from kcz_metrics.ui.sources import Change, Leads, Ratio, Source, openable, parts_of

#: A page with the codes of its address, and how many of its numbers open at the least in the sample.
FAST = [
    ("events", {"part": "contests"}, 60),
    ("cases", {}, 200),
    ("joining", {}, 150),
    ("institutions", {"part": "agreements"}, 150),
    ("jobs", {"part": "startups"}, 200),
    ("platform", {"part": "offers"}, 40),
    ("portrait", {"unit": "PC017"}, 100),
    ("data", {}, 7),
    ("indicators", {"indicator": "CF03"}, 270),
    ("weights", {}, 4),
]
WHOLE = [
    ("events", {}, 80),
    ("events", {"part": "releases"}, 80),
    ("events", {"part": "alliances"}, 80),
    ("events", {"by": "activity_type", "period": "2020"}, 20),
    ("cases", {"part": "network"}, 200),
    ("cases", {"part": "uses"}, 100),
    ("joining", {"part": "support"}, 40),
    ("joining", {"part": "teams"}, 150),
    ("joining", {"period": "2021"}, 100),
    ("institutions", {}, 300),
    ("institutions", {"part": "managers"}, 150),
    ("institutions", {"part": "recommended"}, 300),
    ("institutions", {"part": "sites"}, 40),
    ("institutions", {"part": "running"}, 60),
    ("jobs", {}, 300),
    ("jobs", {"part": "hiring"}, 30),
    ("jobs", {"part": "zone"}, 40),
    ("jobs", {"period": "2021"}, 200),
    ("platform", {}, 250),
    ("platform", {"side": "resource"}, 200),
    ("platform", {"by": "team"}, 500),
    ("platform", {"part": "libraries"}, 190),
    ("platform", {"part": "users"}, 170),
    ("portrait", {"unit": "PC030", "period": "2021"}, 80),
    ("provinces", {}, 350),
    ("provinces", {"province": "330000"}, 150),
    ("provinces", {"level": "province.task", "period": "2022"}, 350),
    ("selection", {}, 400),
    ("selection", {"set": "at_most.1:5", "state": "out"}, 80),
    ("selection", {"period": "2021"}, 300),
    ("selection", {"part": "yearly"}, 100),
    ("overview", {}, 50),
    ("cities", {}, 200),
    ("teams", {}, 800),
    ("boards", {}, 150),
    ("tiers", {"unit": "PC042", "period": "2022"}, 30),
    ("tiers", {"unit": "PC001", "period": "2022"}, 30),
    ("tiers", {"unit": "PC017", "period": "2022"}, 60),
    ("backtest", {"period": "2022", "rounds_down": "1"}, 10),
    ("targets", {}, 60),
    ("profile", {"unit": "PC017"}, 140),
    ("robustness", {}, 500),
    ("robustness", {"part": "unit", "unit": "PC017"}, 38),
    ("flags", {}, 10),
    ("indicators", {"indicator": "BR01", "period": "2021"}, 1100),
    ("weights", {"index": "board_drive"}, 3),
    ("changes", {"part": "cause", "unit": "PC017"}, 600),
    ("changes", {"part": "cause", "by": "rank", "before": "2020", "unit": "PC030"}, 300),
    ("needs", {}, 10),
    ("needs", {"period": "2021", "need": "ND23002"}, 5),
]


@pytest.mark.parametrize("page, codes, least", FAST, ids=[page for page, *_ in FAST])
def test_every_number_is_made_by_its_records(
    page: str, codes: dict[str, str], least: int, sample_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recounted(page, codes, least, sample_home, monkeypatch)


@pytest.mark.long
@pytest.mark.parametrize("page, codes, least", WHOLE, ids=[f"{page}-{'-'.join(codes.values())}" for page, codes, _ in WHOLE])
def test_every_number_of_the_other_parts_is_made_by_its_records(
    page: str, codes: dict[str, str], least: int, sample_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recounted(page, codes, least, sample_home, monkeypatch)


def test_an_address_opens_a_number_to_as_many_records(sample_home: Path, sample_store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("events", sample_home, monkeypatch, lang="en", period="2022", part="contests", open="events.contests~all~sent")
    assert not at.exception
    entries = sample_store.snapshot().read("contest_entry")
    meant = entries.filter(
        pl.col("status") == "verified", pl.col("duplicate_of").is_null(), pl.col("entered_on").dt.year() == 2022, pl.col("sent_to_week")
    )
    text = re.sub("<[^>]+>", "", said(at))
    assert f"{meant.height}, counted {meant.height}; the number on the page is {meant.height} ✓" in text
    shown = at.dataframe[-1].value
    assert len(shown) == meant.height
    assert set(shown["entry_id"]) == set(meant["entry_id"])
    assert not CHINESE.search(" ".join(b.label for b in at.button))


@pytest.mark.long
def test_the_sum_of_all_kinds_of_outcomes_lists_each_once(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("events", sample_home, monkeypatch, lang="en", period="2022", open="events.kinds~all~total")
    shown = next(s for key, row, column, s, _ in offered(at) if (key, row, column) == ("events.kinds", "all", "total"))
    listed = at.dataframe[-1].value
    assert f"the number on the page is {int(shown):,} ✓" in re.sub("<[^>]+>", "", said(at))
    assert len(listed) == min(shown, browsing.SHOWN)
    assert not listed.duplicated(["kind", "record"]).any()


def test_a_share_opens_to_both_its_parts(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("cases", sample_home, monkeypatch, lang="zh", period="2022", open="headline~all~n1")
    shown = next(s for key, _, column, s, _ in offered(at) if (key, column) == ("headline", "n1"))
    above, below = (int(x.replace(",", "")) for x in re.search(r"([\d,]+) ÷ ([\d,]+) =", said(at)).groups())  # type: ignore[union-attr]
    assert above / below == pytest.approx(shown)
    assert len(at.dataframe[-1].value) == above


@pytest.mark.long
def test_a_correlation_opens_to_its_pairs_and_says_who_is_left_out(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("indicators", sample_home, monkeypatch, lang="zh", period="2022", indicator="TF01", open="indicators.standing~all~n3")
    assert not at.exception
    made = {(key, column): (shown, made) for key, _, column, shown, made in offered(at)}
    shown, found = made["indicators.standing", "n3"]
    rows = found.rows("all")
    pairs = rows.filter(pl.col("left_out").is_null())
    assert 3 < pairs.height < rows.height
    assert pairs.select(pl.corr("score", "of_pillar")).item() == pytest.approx(shown)  # one group: its mean takes nothing away
    without = rows.filter(pl.col("left_out").is_not_null()).select(pl.any_horizontal(pl.col("score", "of_pillar").is_null()))
    assert without.to_series().all()
    assert f"{pairs.height} 对计入，{rows.height - pairs.height} 个未计入" in said(at)
    (numbers,) = [one for one in components(at, "kcz_numbers") if "相关" in one["items"][-1]["label"]]
    assert numbers["items"][-1]["label"] == "与绩效显著的相关"  # of an index that is not the sidebar's


@pytest.mark.parametrize("asked", ["events.contests~nowhere~sent", "events.contests~all~nothing", "x", "~~", "headline~all~n9"])
def test_an_odd_opening_is_no_error(asked: str, sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("events", sample_home, monkeypatch, lang="zh", part="contests", open=asked)
    assert not at.exception
    assert "页面上的数是" not in said(at)
    assert f"地址要打开的数（{asked}）本页没有" in said(at)
    assert "open" not in at.query_params


def test_the_records_page_lists_the_keys_of_its_address(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = ["CS0013", "CS0016", "CS1379"]
    at = opened("records", sample_home, monkeypatch, lang="zh", table="case_study", keys=browsing.joined(keys))
    assert set(at.dataframe[0].value["case_id"]) == set(keys)
    (button,) = [b for b in at.button if b.key == "records.keys"]
    assert "3" in button.label
    button.click().run()
    assert len(at.dataframe[0].value) > 3


@pytest.mark.parametrize(
    "keys", [["A1"], ["CS0013", "CS0016", "CS1379"], ["A|1", "A|12", "B|1"], ["9", "10", "11"], ["x-1", "x-1-2"]], ids=lambda k: k[-1]
)
def test_keys_survive_the_address(keys: list[str]) -> None:
    code = browsing.joined(keys)
    assert sorted(browsing.parted(code)) == sorted(keys)


def test_keys_that_follow_one_another_take_little_room() -> None:
    keys = [f"ND{n:05d}" for n in range(2000)]
    code = browsing.joined(keys)
    assert browsing.parted(code) == keys
    assert len(code) < 2.5 * len(keys)
    frame = pl.DataFrame({"need_id": [*keys, "ND99999"]})
    assert browsing.keyed(frame, TABLES["need"], code).height == 2000


ROWS = pl.DataFrame(
    {"kind": ["a", "a", "b", None], "city": ["x", "y", "x", "x"], "yuan": [10.0, 20.0, None, 5.0], "good": [True, False, True, True]}
)


@pytest.mark.parametrize(
    "row, expected",
    [("a", (2, 30.0, 0.5, 2, 15.0)), ("b", (1, 0.0, 1.0, 1, None)), ("none", (1, 5.0, 1.0, 1, 5.0)), ("all", (4, 35.0, 0.75, 2, 10.0))],
)
def test_a_row_stands_for_its_records(row: str, expected: tuple[float | None, ...]) -> None:
    source = Source("", lambda: ROWS, "kind")
    share = source.share(pl.col("good"))
    parts = (source.count(), source.sum("yuan"), share, source.distinct("city"), source.median("yuan"))
    assert tuple(part.recount(row) for part in parts) == expected


def test_a_row_may_stand_for_several_columns_behind_a_prefix() -> None:
    source = Source("", lambda: ROWS, ("kind", "city"), separator=".", prefixes=("days.", "work."))
    assert [source.count().recount(row) for row in ("days.a.x", "work.none.x", "a.z", "all")] == [1, 1, 0, 4]


def test_sums_are_shown_in_their_unit_and_ratios_in_theirs() -> None:
    source = Source("", lambda: ROWS, "kind")
    assert source.sum("yuan", scale=10).recount("a") == 3.0
    assert Ratio(source.sum("yuan"), source.count(), 100.0).recount("all") == 100 * 35 / 4
    assert Ratio(source.count(), source.count(pl.lit(False))).recount("a") is None


def test_a_zero_opens_and_what_is_missing_does_not() -> None:
    source = Source("", lambda: ROWS)
    behind = {"n": source.count(), "share": {"r1": source.count()}}
    assert openable({"id": "r1", "n": 3, "share": {"v": 0.5, "t": "50%"}}, behind) == ["n", "share"]
    assert openable({"id": "r2", "n": 0, "share": {"v": 0.5}}, behind) == ["n"]
    assert openable({"id": "r1", "n": None, "share": {"v": None}}, behind) == []
    assert openable({"id": "r1", "n": {"at": 4, "low": 2, "high": 9}}, behind) == ["n"]


@pytest.mark.parametrize("relative, expected", [(False, 1.0), (True, 0.5)])
def test_a_change_opens_to_what_is_and_what_was(relative: bool, expected: float) -> None:
    before, now = Source("", lambda: ROWS.head(2)), Source("", lambda: ROWS.head(3))
    change = Change(now.count(), before.count(), relative)
    assert change.recount("all") == expected
    assert [at for at, _ in parts_of(change).items()] == [("now",), ("before",)]
    nothing = before.count(pl.lit(False))
    assert Change(now.count(), nothing, True).recount("all") is None
    share = before.share(pl.col("good"))
    assert list(parts_of(Change(share, share))) == [("now", "above"), ("now", "below"), ("before", "above"), ("before", "below")]


def test_a_rank_is_one_more_than_those_before() -> None:
    ahead = Source("", lambda: ROWS)
    assert ahead.place().recount("all") == ROWS.height + 1
    assert ahead.place(pl.lit(False)).recount("all") == 1


@pytest.mark.parametrize(
    "column, seen",
    [
        ("rank", r"排在前面的有 (\d+) 个，所以列第 \d+；页面上的数是 \d+ <b>✓"),
        ("move", r"\d+ − \d+ = −?\d+；页面上的数是 −?\d+ <b>✓"),
    ],
)
def test_a_rank_and_its_move_open_to_the_units_before(column: str, seen: str, sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("cities", sample_home, monkeypatch, lang="zh", period="2022", open=f"cities.table~PC017~{column}")
    assert not at.exception
    found = re.search(seen, said(at))
    assert found
    if column == "rank":
        assert len(at.dataframe[-1].value) == int(found.group(1))


def test_a_zero_lists_what_was_looked_through(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("institutions", sample_home, monkeypatch, lang="zh", period="2022")
    key, row, column, opening = next(
        (key, row, column, opening)
        for key, row, column, shown, opening in offered(at)
        if shown == 0 and key.startswith("institutions.") and not isinstance(opening, Leads | Ratio) and opening.where is not None
        and opening.source.of_row(row).height
    )  # fmt: skip
    at = opened("institutions", sample_home, monkeypatch, lang="zh", period="2022", open=f"{key}~{row}~{column}")
    assert "页面上的数是 0 <b>✓" in said(at)
    assert "没有一条符合；它们是" in said(at)
    assert len(at.dataframe[-1].value) == min(opening.source.of_row(row).height, browsing.SHOWN)


def test_the_line_under_a_headline_number_opens(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("cases", sample_home, monkeypatch, lang="zh", period="2022", open="headline~all~u0")
    before = next(s for key, _, column, s, _ in offered(at) if (key, column) == ("headline", "u0"))
    assert f"页面上的数是 {int(before)} <b>✓" in said(at).replace(",", "")
    assert set(at.dataframe[-1].value["selected_on"].astype(str).str[:4]) == {"2021"}


def test_a_value_of_zero_says_why(shipped_scheme: Any, sample_home: Path, sample_store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from kcz_metrics.scoring import evaluate

    card = evaluate(shipped_scheme, "city_assessment", "2022", sample_store.snapshot())
    zero = card.values.filter(pl.col("period") == "2022", pl.col("status") == "zero").sort("indicator", "unit").row(-1, named=True)
    codes = {"index": "city_assessment", "unit": zero["unit"], "indicator": zero["indicator"]}
    at = opened("passport", sample_home, monkeypatch, lang="zh", period="2022", **codes)
    assert not at.exception
    assert re.search("为什么是 0：.*(都不计入|没有一条相关记录|相加为 0)", said(at))


@pytest.mark.long
def test_a_duty_without_an_answer_names_the_rule(tmp_path: Path, sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "indicators.yaml").read_text(encoding="utf-8")
    wanted = "formula: roadmap_on_time / roadmap_due\n"
    assert text.count(wanted) == 1
    changed = text.replace(wanted, "formula: roadmap_on_time / (roadmap_due - roadmap_due)\n")
    (tmp_path / "indicators.yaml").write_text(changed, encoding="utf-8")
    monkeypatch.setenv("KCZ_SCHEME", str(tmp_path / "indicators.yaml"))
    at = opened("passport", sample_home, monkeypatch, lang="zh", period="2022", index="city_assessment", unit="PC001", indicator="CE01")
    assert "CE01 的 duty: true" in said(at)


def test_a_value_that_counts_does_not_ask_why(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("passport", sample_home, monkeypatch, lang="zh", period="2022", index="city_assessment", unit="PC001", indicator="CE01")
    assert "为什么是 0" not in said(at)


def test_a_need_that_is_none_is_said_and_others_are_offered(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("needs", sample_home, monkeypatch, lang="en", period="2022", need="ND99999")
    assert not at.exception
    assert "has no need ND99999" in said(at)
    keys = [n.proto.json for n in at.get("bidi_component") if n.proto.component_name == "kcz_table"]
    assert any('"ND' in data for data in keys)


def test_a_need_of_a_later_day_says_when_it_came(sample_home: Path, sample_store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    later = sample_store.snapshot().read("need").filter(pl.col("posted_at").dt.year() == 2022, pl.col("duplicate_of").is_null())
    at = opened("needs", sample_home, monkeypatch, lang="zh", period="2020", need=later["need_id"][0])
    assert f"到 {str(later['posted_at'][0])[:10]} 才发布" in said(at)
    assert [b for b in at.button if b.key == "needs.record"]
