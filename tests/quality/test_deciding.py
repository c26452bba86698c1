"""A decision on a flag: what it does to the records, that it is on record, and that it can be taken back."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from sqlalchemy import text

sys.path.insert(0, str(Path(__file__).parents[1]))
from small_records import frame, scheme

from kcz_metrics.errors import AccessError, StoreError
from kcz_metrics.quality.effects import effect, proposal
from kcz_metrics.quality.flag import Flag
from kcz_metrics.quality.parameters import with_changes
from kcz_metrics.quality.scan import scan
from kcz_metrics.quality.standing import as_case, open_by_unit, standings
from kcz_metrics.scoring import evaluate
from kcz_metrics.store import Actor, Store, Verdict, Zeroed
from kcz_metrics.store.rows import LINEAGE

STEWARD, STAFF = Actor("gao", frozenset({"steward"})), Actor("li", frozenset({"staff"}))
ORGS = ("OR1", "OR2", "OR3")


def deal(id: int, seller: str, day: int, amount: int = 290_000) -> dict[str, Any]:
    return {
        "contract_id": f"CT{id}", "registration_no": f"R{id}", "seller_org_id": seller, "buyer_org_id": "OR9", "amount_cny": amount,
        "tech_amount_cny": amount, "signed_at": dt.date(2022, 5, day), "registered_at": dt.date(2022, 5, day),
        "submitted_at": dt.datetime(2022, 5, day),
    }  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Three sellers; the first has split a contract in three and has two more."""
    rows = [deal(1, "OR1", 1), deal(2, "OR1", 2), deal(3, "OR1", 3), deal(4, "OR1", 9, 900_000), deal(5, "OR1", 9, 910_000)]
    rows += [deal(6, "OR2", 9, 800_000), *(deal(10 + i, "OR3", 9 + i, 700_000) for i in range(8))]
    orgs = [{"org_id": id, "name_zh": id, "org_class": "SO"} for id in (*ORGS, "OR9")]
    opened = Store.open(tmp_path / "store")
    tables = {"contract": frame("contract", rows).drop(*LINEAGE), "org": frame("org", orgs).drop(*LINEAGE)}
    opened.commit(tables, actor="demo", source="test", reason="rows")
    return opened


@pytest.fixture
def counted() -> Any:
    """An index of organisations by the number of their contracts."""
    return scheme({"deals": {"fact": "contracts", "agg": "count"}}, {"A": "deals"}, unit="organisation", periods={"grain": "year"})


def split(store: Store) -> Flag:
    (flag,) = [flag for flag in scan(store.snapshot()) if flag.rule == "split_contracts"]
    return flag


def verdict(flag: Flag, state: Any, reason: str = "核对合同原件", **more: Any) -> Verdict:
    return Verdict(flag.id, flag.rule, state, reason, as_case(flag), **more)


def confirm(store: Store, flag: Flag, **more: Any) -> None:
    store.decide_flag(verdict(flag, "confirmed", left_out=proposal(flag), **more), actor=STEWARD)


def scores(store: Store, counted: Any, snapshot: str | None = None) -> Mapping[str, tuple[float, int]]:
    card = evaluate(counted, "i", "2022", store.snapshot(snapshot))
    rows = card.scores.filter(pl.col("node") == "i").select("unit", "score", "rank")
    return {unit: (score, rank) for unit, score, rank in rows.iter_rows() if unit in ORGS}


def test_a_flag_by_itself_changes_nothing(store: Store, counted: Any) -> None:
    before = scores(store, counted)
    flag = split(store)
    store.decide_flag(verdict(flag, "cleared"), actor=STEWARD)
    assert len(store.snapshots()) == 1
    assert scores(store, counted) == before
    (row,) = [row for row in standings(scan(store.snapshot()), store.flag_decisions()) if row.flag.id == flag.id]
    assert (row.state, row.found, row.decision.actor) == ("cleared", True, "gao")  # type: ignore[union-attr]


def test_confirming_withdraws_the_records_as_a_snapshot_of_its_own(store: Store, counted: Any) -> None:
    first, flag, before = store.snapshot(), split(store), scores(store, counted)
    foreseen = effect(first, counted, flag, proposal(flag), "2022")
    confirm(store, flag)
    after = store.snapshot()
    states = dict(after.read("contract").select("contract_id", "status").iter_rows())
    assert [states[f"CT{i}"] for i in (1, 2, 3, 4)] == ["withdrawn"] * 3 + ["verified"]
    assert (after.number, after.parent) == (2, first.id)
    now = scores(store, counted)
    assert scores(store, counted, first.id) == before  # the same snapshot gives the same score for ever
    assert now["OR1"][0] < before["OR1"][0]
    moved = {r["unit"]: (r["score_before"], r["score"], r["rank"]) for r in foreseen.moved.iter_rows(named=True)}
    assert moved["OR1"][:2] == (pytest.approx(before["OR1"][0], abs=0.006), pytest.approx(now["OR1"][0], abs=0.006))
    assert all(now[unit][1] == rank for unit, (_, _, rank) in moved.items() if unit in ORGS)
    (row,) = [row for row in standings(scan(after), store.flag_decisions()) if row.flag.id == flag.id]
    assert (row.state, row.found) == ("confirmed", False)
    assert row.flag == flag  # shown as it was seen, though the rule no longer finds it


def test_decision_snapshot_and_audit_are_one(store: Store) -> None:
    flag = split(store)
    confirm(store, flag)
    acts = [(entry.act, entry.subject) for entry in store.audit()]
    assert acts == [("import", "test"), ("confirm_flag", f"flag {flag.id}"), ("confirm_flag", flag.id)]
    assert store.verify_audit() == []
    assert store.snapshot().import_key.startswith("flag:")  # type: ignore[union-attr]
    with store.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER flag_decision_no_update"))
        connection.execute(text("UPDATE flag_decision SET reason = 'other'"))
    assert [issue.code for issue in store.verify_audit()] == ["flag_decision_differs"]


def test_opening_again_puts_back_what_still_stands(store: Store, counted: Any) -> None:
    before, flag = scores(store, counted), split(store)
    confirm(store, flag)
    mended = store.snapshot().read("contract").filter(pl.col("contract_id") == "CT3").with_columns(status=pl.lit("rejected"))
    store.commit({"contract": mended}, actor=STAFF, source="mend", reason="rejected by its registry")
    store.decide_flag(verdict(flag, "open"), actor=STEWARD)
    states = dict(store.snapshot().read("contract").select("contract_id", "status").iter_rows())
    assert [states[f"CT{i}"] for i in (1, 2, 3)] == ["verified", "verified", "rejected"]
    assert scores(store, counted)["OR3"] == before["OR3"]
    assert store.verify_audit() == []
    confirm(store, flag_of_two(store, flag))
    assert [d.state for d in store.flag_decisions()] == ["confirmed", "open", "confirmed"]


def flag_of_two(store: Store, flag: Flag) -> Flag:
    """The flag, with the records that are still verified."""
    there = set(store.snapshot().read("contract").filter(pl.col("status") == "verified")["contract_id"])
    return replace(flag, records=tuple(name for name in flag.records if name.split("/")[1] in there))


def test_a_wilful_deed_sets_the_scores_to_zero_until_it_is_opened_again(store: Store, counted: Any) -> None:
    flag, first = split(store), store.snapshot()
    foreseen = effect(first, counted, flag, proposal(flag), "2022", wilful=True)
    assert foreseen.zeroed == (Zeroed("OR1", "A", "2022"),)
    confirm(store, flag, zeroed=foreseen.zeroed)
    confirmed = store.snapshot()
    assert confirmed.zeroed == foreseen.zeroed
    now = scores(store, counted)
    assert now["OR1"][0] == 0.0  # two contracts still count: without the zero OR2 with its one would be the last
    assert now["OR1"] == next((r["score"], r["rank"]) for r in foreseen.moved.iter_rows(named=True) if r["unit"] == "OR1")
    store.decide_flag(verdict(flag, "open"), actor=STEWARD)
    assert store.snapshot().zeroed == ()
    assert scores(store, counted, confirmed.id) == now
    assert scores(store, counted) == scores(store, counted, first.id)


def test_a_second_report_becomes_a_duplicate_of_the_first(store: Store) -> None:
    flag = Flag("x" * 12, "near_duplicates", ("OR1",), ("contract/CT2",), ("contract/CT1",), dt.date(2022, 5, 1), dt.date(2022, 5, 2), {})
    confirm(store, flag)
    row = store.snapshot().read("contract").filter(pl.col("contract_id") == "CT2").row(0, named=True)
    assert (row["duplicate_of"], row["status"]) == ("CT1", "verified")


def test_new_records_open_a_confirmed_flag(store: Store) -> None:
    flag = split(store)
    store.decide_flag(verdict(flag, "confirmed"), actor=STEWARD)  # nothing left out: the rule still finds it
    assert [r.state for r in standings(scan(store.snapshot()), store.flag_decisions()) if r.flag.id == flag.id] == ["confirmed"]
    late = frame("contract", [deal(30, "OR1", 4)]).drop(*LINEAGE)
    store.commit({"contract": late}, actor=STAFF, source="late", reason="late")
    assert [r.state for r in standings(scan(store.snapshot()), store.flag_decisions()) if r.flag.id == flag.id] == ["open"]


def test_only_a_steward_decides_with_a_reason_and_in_order(store: Store) -> None:
    flag = split(store)
    with pytest.raises(AccessError, match="li may not"):
        store.decide_flag(verdict(flag, "confirmed", left_out=proposal(flag)), actor=STAFF)
    with pytest.raises(StoreError, match="reason"):
        store.decide_flag(verdict(flag, "cleared", reason="  "), actor=STEWARD)
    with pytest.raises(StoreError, match="does not allow"):
        store.decide_flag(verdict(flag, "open"), actor=STEWARD)
    with pytest.raises(StoreError, match="not in the store"):
        store.decide_flag(verdict(flag, "confirmed", left_out={"contract/CT99": None}), actor=STEWARD)
    with pytest.raises(StoreError, match="only confirming"):
        store.decide_flag(verdict(flag, "cleared", left_out=proposal(flag)), actor=STEWARD)
    assert store.flag_decisions() == ()
    assert (len(store.snapshots()), len(store.audit())) == (1, 1)
    store.decide_flag(verdict(flag, "cleared"), actor=STEWARD)
    with pytest.raises(StoreError, match="does not allow"):
        store.decide_flag(verdict(flag, "confirmed", left_out=proposal(flag)), actor=STEWARD)


def test_a_decision_needs_the_snapshot_whose_effect_was_seen(store: Store) -> None:
    flag, seen = split(store), store.snapshot().id
    store.commit({"contract": frame("contract", [deal(40, "OR2", 20)]).drop(*LINEAGE)}, actor=STAFF, source="late", reason="late")
    with pytest.raises(StoreError, match="newer snapshot"):
        store.decide_flag(verdict(flag, "confirmed", left_out=proposal(flag)), actor=STEWARD, seen=seen)
    assert store.decide_flag(verdict(flag, "confirmed", left_out=proposal(flag)), actor=STEWARD, seen=store.snapshot().id).snapshot == 3


def test_rankings_can_mark_units_with_open_flags(store: Store) -> None:
    flag = split(store)
    assert open_by_unit(standings(scan(store.snapshot()), ()))["OR1"] >= 1
    confirm(store, flag)
    rows = standings(scan(store.snapshot(), ["split_contracts"], with_changes({})), store.flag_decisions())
    assert open_by_unit(rows).get("OR1", 0) == 0


def test_an_older_snapshot_knows_only_the_decisions_of_its_time(store: Store) -> None:
    first, flag = store.snapshot(), split(store)
    confirm(store, flag)
    assert store.flag_decisions(first) == ()
    assert [one.flag for one in store.flag_decisions(store.snapshot())] == [flag.id]
