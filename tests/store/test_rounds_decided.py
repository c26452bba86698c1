"""Decisions of a round in the ledger: who may, what may follow on what, withdrawing, closing, and a death in the middle."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from kcz_metrics.errors import AccessError, StoreError
from kcz_metrics.store import Actor, Decision, Docket, Ruling, Store, in_force, votes_lost
from kcz_metrics.store import audit as trail

Provinces = Callable[..., pl.DataFrame]
ROUND = Docket("tier", "city_assessment", "2022")
UP = Ruling("confirm", "A", "build", "lead", "lead", numbers={"smoothed": 74.9})
DOWN = Ruling("confirm", "B", "lead", "build", "build")
LEADER = Actor("li", frozenset({"leader"}))


@pytest.fixture
def held(store: Store, provinces: Provinces) -> Store:
    store.commit({"province": provinces(("110000", "甲"))}, actor="staff", source="a.csv", reason="first")
    return store


def decide(store: Store, *rulings: Ruling, actor: Actor | str = LEADER, docket: Docket = ROUND, **given: Any) -> tuple[Decision, ...]:
    return store.decide(docket, rulings, actor=actor, snapshot=store.snapshot().id, scheme="d1", **given)


def test_a_decision_keeps_what_it_was_made_on(held: Store) -> None:
    up, down = decide(held, UP, DOWN, seen=0)
    assert (up.unit, up.before, up.proposed, up.after, up.actor, up.scheme, up.snapshot) == ("A", "build", "lead", "lead", "li", "d1", 1)
    assert up.numbers == {"smoothed": 74.9}
    entries = held.audit()[-2:]
    assert [(one.act, one.subject) for one in entries] == [
        ("confirm_tier", "city_assessment 2022 A"),
        ("confirm_tier", "city_assessment 2022 B"),
    ]
    assert [one.number for one in entries] == [up.audit_entry, down.audit_entry]
    assert held.decisions(ROUND) == (up, down)
    assert held.decisions(replace(ROUND, period="2021")) == ()
    assert held.verify_audit() == []


def test_a_lost_vote_stays_on_record_and_decides_nothing(held: Store) -> None:
    lost = Ruling("lost", "A", "build", "build", "build", numbers={"ballot": {"yes": ["a"]}, "asked": "lead"})
    decide(held, lost, seen=0)
    (one,) = held.decisions(ROUND)
    assert (one.act, one.before, one.after, one.numbers) == ("lost", "build", "build", lost.numbers)
    assert in_force(held.decisions(ROUND)) == ()
    assert held.audit()[-1].act == "lost_tier"
    listed = replace(ROUND, kind="selection")
    for wrong, docket in ((replace(lost, after="lead"), ROUND), (replace(lost, unit=None), ROUND), (lost, listed)):
        with pytest.raises(StoreError):
            decide(held, wrong, docket=docket)
    decide(held, UP)  # the same unit may be voted on again, or decided on otherwise
    assert [found.act for found in in_force(held.decisions(ROUND))] == ["confirm"]
    assert held.verify_audit() == []


def test_a_ballot_typed_wrongly_is_taken_back_once_and_stays_in_the_trail(held: Store) -> None:
    lost, again = (Ruling("lost", unit, "build", "build", "build", numbers={"asked": "lead"}) for unit in ("A", "B"))
    one, other = decide(held, lost, again)
    back = Ruling("withdraw", "A", reason="a vote was typed wrongly", withdraws=one.number)
    for wrong in (replace(back, reason=""), replace(back, unit="B")):
        with pytest.raises(StoreError):
            decide(held, wrong)
    decide(held, UP)  # a decision made since stands, whatever becomes of the vote
    decide(held, back)
    found = held.decisions(ROUND)
    assert votes_lost(found) == (other,)
    assert [row.act for row in in_force(found)] == ["confirm"]
    assert [row.act for row in found] == ["lost", "lost", "confirm", "withdraw"]
    with pytest.raises(StoreError, match="could be withdrawn"):
        decide(held, back)
    decide(held, Ruling("close"))
    with pytest.raises(StoreError, match="closed by li"):
        decide(held, replace(back, unit="B", withdraws=other.number))
    assert held.verify_audit() == []


@pytest.mark.parametrize("role", ["evaluator", "staff", "steward", "admin"])
def test_only_leaders_decide(held: Store, role: Any) -> None:
    with pytest.raises(AccessError, match="leader"):
        decide(held, UP, actor=Actor("wu", frozenset({role})))
    assert held.decisions() == ()


def test_a_decision_is_taken_back_until_the_round_is_closed(held: Store) -> None:
    (up,) = decide(held, UP)
    decide(held, Ruling("withdraw", "A", reason="read wrongly", withdraws=up.number))
    assert in_force(held.decisions(ROUND)) == ()
    decide(held, replace(UP, act="defer", after="build"))
    decide(held, Ruling("close", numbers={"board": {"A": "build"}}))
    (deferred, shut) = in_force(held.decisions(ROUND))
    assert (deferred.act, shut.act) == ("defer", "close")
    for ruling in (DOWN, Ruling("withdraw", "A", reason="again", withdraws=deferred.number), Ruling("close")):
        with pytest.raises(StoreError, match="closed by li"):
            decide(held, ruling)
    assert held.verify_audit() == []


@pytest.mark.parametrize(
    "ruling, message",
    [
        (replace(UP, act="override", after="hub"), "reason"),
        (replace(UP, act="override", reason="so"), "does not fit the tier"),
        (replace(UP, after="build"), "does not fit the tier"),
        (replace(UP, act="defer"), "does not fit the tier"),
        (replace(UP, unit=None), "does not fit the tier"),
        (Ruling("withdraw", "A", reason="so", withdraws=7), "no such decision stands"),
        (Ruling("withdraw", "A", withdraws=1), "reason"),
        (replace(UP, act="applaud"), "there is no decision"),  # type: ignore[arg-type]
        (replace(UP, reason="x" * 2001), "2000"),
    ],
)
def test_what_is_not_in_order_is_refused_with_all_that_came_with_it(held: Store, ruling: Ruling, message: str) -> None:
    with pytest.raises(StoreError, match=message):
        decide(held, DOWN, ruling)
    assert held.decisions() == ()
    assert [one.act for one in held.audit()] == ["import"]


def test_a_unit_is_decided_once(held: Store) -> None:
    decide(held, UP)
    with pytest.raises(StoreError, match=r"li has decided already.*withdraw decision 1"):
        decide(held, replace(UP, act="defer", after="build"), actor="xu")
    with pytest.raises(StoreError, match="two decisions at once"):
        decide(held, DOWN, DOWN)
    for rulings in ([Ruling("close"), DOWN], [Ruling("close"), Ruling("close")], [Ruling("withdraw", "A", reason="so", withdraws=1)] * 2):
        with pytest.raises(StoreError, match="two decisions at once"):
            decide(held, *rulings)
    with pytest.raises(StoreError, match="no such decision stands"):
        decide(held, Ruling("withdraw", "B", reason="another's", withdraws=1))
    assert [one.act for one in held.decisions()] == ["confirm"]


def test_nobody_decides_on_what_others_have_changed(held: Store, provinces: Provinces) -> None:
    decide(held, UP, seen=0)
    with pytest.raises(StoreError, match="others have decided"):
        decide(held, DOWN, seen=0)
    before = held.snapshot().id
    held.commit({"province": provinces(("120000", "乙"))}, actor="staff", source="b.csv", reason="second")
    with pytest.raises(StoreError, match="newer snapshot"):
        held.decide(ROUND, [DOWN], actor=LEADER, snapshot=before, scheme="d1")
    assert len(held.decisions(snapshot=held.snapshot(before))) == 1


def test_where_it_is_asked_another_closes(held: Store) -> None:
    decide(held, UP)
    with pytest.raises(StoreError, match="two people"):
        decide(held, Ruling("close"), apart=True)
    (shut,) = decide(held, Ruling("close"), actor="xu", apart=True)
    assert shut.actor == "xu"


def test_the_list_of_a_selection_is_decided_as_a_whole(held: Store) -> None:
    docket = Docket("selection", "stable_support", "2022")
    (made,) = decide(held, Ruling("confirm", numbers={"chosen": ["T1", "T2"]}), docket=docket)
    assert held.audit()[-1].act == "confirm_selection"
    with pytest.raises(StoreError, match="decided already"):
        decide(held, Ruling("confirm"), docket=docket)
    decide(held, Ruling("withdraw", reason="a quota was read wrongly", withdraws=made.number), docket=docket)
    assert in_force(held.decisions(docket)) == ()


def test_an_empty_store_has_nothing_to_decide_on(store: Store) -> None:
    with pytest.raises(StoreError, match="no records"):
        store.decide(ROUND, [UP], actor=LEADER, snapshot="", scheme="d1")


def test_a_death_between_two_decisions_leaves_neither(held: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[int] = []
    true = trail.append

    def dies(*given: Any) -> int:
        if written:
            raise KeyboardInterrupt
        written.append(true(*given))
        return written[-1]

    monkeypatch.setattr(trail, "append", dies)
    with pytest.raises(KeyboardInterrupt):
        decide(held, UP, DOWN)
    monkeypatch.undo()
    again = Store.open(held.home)
    assert again.decisions() == ()
    assert again.verify_audit() == []
    assert len(decide(again, UP, DOWN)) == 2


def test_a_decision_changed_in_the_ledger_is_found(held: Store) -> None:
    decide(held, UP, DOWN)
    with closing(sqlite3.connect(held.home / "ledger.sqlite")) as connection, connection:
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute("UPDATE decision SET after = 'hub' WHERE number = 1")
        connection.execute("DROP TRIGGER decision_no_update")
        connection.execute("DROP TRIGGER decision_no_delete")
        connection.execute("UPDATE decision SET after = 'hub' WHERE number = 1")
        connection.execute("DELETE FROM decision WHERE number = 2")
    assert [issue.code for issue in held.verify_audit()] == ["decision_differs", "entry_without_decision"]
