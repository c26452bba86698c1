"""Data, changes and the view of an earlier snapshot, started through the app over a store with a correction and rejected rows."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from drawn import CHINESE, labelled, opened, said
from recounting import recounted

from kcz_metrics.records import commit, prepare, understand, waiting
from kcz_metrics.store import Store, local_actor
from kcz_metrics.ui.places import PLACES

CITY = "PC017"


@pytest.fixture(scope="module")
def corrected_home(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Needs of one city corrected to submitted, two rows of the file rejected."""
    home = tmp_path_factory.mktemp("corrected") / "store"
    shutil.copytree(sample_home, home)
    store = Store.open(home)
    needs = store.snapshot().read("need").filter((pl.col("city_id") == CITY) & (pl.col("period_id") == "2022")).head(60)
    text = needs.with_columns(status=pl.lit("submitted")).write_csv().replace(",submitted,", ",nonsense,", 2)
    staged = prepare(understand(text.encode(), "need", name="needs.csv", home=home), store)
    commit(staged, store, "somebody")
    waiting.keep(store, staged, local_actor("somebody"))
    return home


@pytest.mark.parametrize(
    "page, codes",
    [
        ("changes", {"unit": CITY}),
        ("data", {}),
        ("data", {"part": "units", "unit": CITY}),
        ("data", {"part": "imports", "import": "newest"}),
        ("data", {"part": "waiting"}),
    ],
    ids=["changes", "tables", "units", "imports", "waiting"],
)
def test_a_page_is_english_through_and_through_and_adds_up(
    page: str, codes: dict[str, str], corrected_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if codes.get("import"):
        codes = {**codes, "import": Store.open(corrected_home).snapshot().id[:12]}
    at = opened(page, corrected_home, monkeypatch, lang="en", **codes)
    assert not at.exception
    text = said(at)
    assert "kcz-error" not in text
    assert "✗" not in text
    labels = [w.label for kind in ("selectbox", "button", "text_input") for w in at.main.get(kind)]
    heads = [c["label"] + c["title"] for t in labelled(at).values() for c in t["columns"]]
    assert not [x for x in [re.sub("<[^>]+>", "", text), *labels, *heads] if CHINESE.search(x)]


@pytest.mark.parametrize("page", ["changes", "data"])
def test_an_empty_store_says_why_and_what_next(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened(page, tmp_path / "store", monkeypatch, lang="zh")
    assert not at.exception
    assert "kcz-panel" in said(at)


def test_one_snapshot_has_nothing_to_be_compared_with(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("changes", sample_home, monkeypatch, lang="zh")
    assert "只有一个快照" in said(at)
    assert "frame.snapshot" not in [box.key for box in at.sidebar.selectbox]


@pytest.mark.long
def test_who_moved_is_what_two_scorecards_say_and_opens_down_to_the_records(
    corrected_home: Path, monkeypatch: pytest.MonkeyPatch, shipped_scheme: Any
) -> None:
    from kcz_metrics.analysis.movement import movement
    from kcz_metrics.scoring import evaluate

    store = Store.open(corrected_home)
    now, was = (evaluate(shipped_scheme, "city_assessment", "2022", store.snapshot(one.id)) for one in store.snapshots())
    expected = movement(now, was).filter(pl.col("score").ne_missing(pl.col("score_before")))
    at = opened("changes", corrected_home, monkeypatch, lang="zh", unit=CITY, indicator="CE03", measure="needs_counted")
    shown = labelled(at)
    changes = {row["id"]: row["change"]["v"] for row in shown["谁变了"]["rows"]}
    assert changes == pytest.approx(dict(expected.select("unit", "score_change").iter_rows()), abs=1e-4)  # four decimals are shown
    (measure,) = [row for row in shown["基础量"]["rows"] if row["id"] == "needs_counted"]
    listed = at.main.dataframe[0].value
    assert measure["now"]["v"] - measure["was"]["v"] == listed["brought"].sum() - listed["brought_before"].sum() < 0
    assert said(at).count("kcz-sum good") == 2, "the indicators add up to the score, the records to the measure"


def test_an_earlier_snapshot_is_said_and_its_numbers_are_shown_on_every_page(
    corrected_home: Path, sample_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Store.open(corrected_home).snapshots()[-1]
    at = opened("cities", corrected_home, monkeypatch, lang="zh", snapshot=first.id[:12])
    assert "按快照 1" in said(at)
    before = {row["id"]: row["score"]["v"] for t in labelled(at).values() for row in t["rows"]}
    assert at.query_params["snapshot"] in ([first.id[:12]], first.id[:12])
    at.main.button(key="asof.newest").click().run()
    assert "按快照 1" not in said(at)
    assert "snapshot" not in at.query_params
    now = {row["id"]: row["score"]["v"] for t in labelled(at).values() for row in t["rows"]}
    assert before != now
    sample = opened("cities", sample_home, monkeypatch, lang="zh")
    assert before == {row["id"]: row["score"]["v"] for t in labelled(sample).values() for row in t["rows"]}


@pytest.mark.long
@pytest.mark.parametrize("page", [place.id for place in PLACES if not place.default])
def test_every_page_says_that_it_looks_back(page: str, corrected_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Store.open(corrected_home).snapshots()[-1]
    at = opened(page, corrected_home, monkeypatch, lang="zh", snapshot=first.id[:12])
    assert not at.exception
    assert "按快照 1" in said(at)
    assert "kcz-error" not in said(at)


def test_a_snapshot_that_is_none_is_said(corrected_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = said(opened("records", corrected_home, monkeypatch, lang="zh", snapshot="zzzz"))
    assert "没有编号以 zzzz 开头的快照" in text
    assert "kcz-error" not in text


def test_an_import_is_undone_with_a_reason_and_the_ranking_is_as_before(corrected_home: Path, tmp_path: Path, monkeypatch: Any) -> None:
    home = tmp_path / "store"
    shutil.copytree(corrected_home, home)
    store = Store.open(home)
    taken = store.snapshot()
    at = opened("data", home, monkeypatch, lang="zh", part="imports", **{"import": taken.id[:12]})
    undo = f"data.undo.{taken.short}"
    at.main.button(key=undo).click().run()
    assert "须写明理由" in said(at)
    assert store.snapshot().id == taken.id
    at.main.text_input(key=f"data.reason.{taken.short}").set_value("报错了城市").run()
    at.main.button(key=undo).click().run()
    assert "已撤销，新快照 3" in said(at)
    newest = store.snapshot()
    assert newest.parent == taken.id
    assert newest.read("need").sort("need_id").equals(store.snapshot(taken.parent).read("need").sort("need_id"))
    assert "不能" not in said(at)
    assert store.audit()[-1].act == "undo"


def test_rejected_rows_wait_with_their_rule_and_are_put_aside_with_a_reason(corrected_home: Path, tmp_path: Path, monkeypatch: Any) -> None:
    home = tmp_path / "store"
    shutil.copytree(corrected_home, home)
    at = opened("data", home, monkeypatch, lang="zh", part="waiting")
    rejected = labelled(at)["退回的行"]["rows"]
    assert [row["row"]["v"] for row in rejected] == [2, 3]
    assert {(row["column"]["t"], row["column"]["sub"]) for row in rejected} == {("状态", "nonsense")}
    (one,) = waiting.all_of(Store.open(home))
    at.main.text_input(key=f"data.aside.{one.id}").set_value("不再报送").run()
    at.main.button(key=f"data.put_aside.{one.id}").click().run()
    assert "没有退回待改的行" in said(at)


def test_a_changed_record_shows_what_each_column_was_and_became(corrected_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store.open(corrected_home)
    from kcz_metrics.store.differences import between

    newest, first = (store.snapshot(one.id) for one in store.snapshots())
    changed = between(first, newest, store.snapshots(), ["need"])
    key = changed["record"][0].split("/")[1]
    versions = labelled(opened("records", corrected_home, monkeypatch, lang="zh", table="need", record=key))["版本"]["rows"]
    assert [row["file"]["t"] for row in versions] == ["needs.csv", "sample/need.parquet"]
    assert "状态：已核验 → 已提交" in versions[0]["changed"]
    assert versions[0]["row"]["v"] == changed["row"][0]


@pytest.mark.parametrize("unit", [None, CITY])
def test_the_numbers_between_two_snapshots_open_and_are_counted_again_from_both(
    unit: str | None, corrected_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = {} if unit is None else {"unit": unit}
    recounted("changes", {"lang": "zh", "period": "2022", **codes}, 400, corrected_home, monkeypatch)


def test_a_score_of_an_earlier_snapshot_leads_to_the_passport_as_of_it(corrected_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Store.open(corrected_home).snapshots()[-1].id[:12]
    at = opened("changes", corrected_home, monkeypatch, lang="zh", period="2022", open=f"changes.movers~{CITY}~before")
    assert dict(at.query_params) | {"snapshot": first, "unit": CITY, "period": "2022"} == dict(at.query_params)
    assert "按快照 1" in said(at)
    assert any("数据来历" in e.proto.body for e in at.get("html") if "kcz-crumbs" in e.proto.body)
