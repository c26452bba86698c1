"""Drafts of weights in the ledger: the last state of each person and index, for its owner alone, and no entry in the trail."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from kcz_metrics.errors import AccessError, StoreError
from kcz_metrics.store import Actor, Store
from kcz_metrics.store.access import as_actor
from kcz_metrics.store.ledger import writing

SCHEME, OTHER = "5" * 64, "7" * 64


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(tmp_path / "store")


def kept(store: Store, matter: str, owner: str) -> tuple[object, ...] | None:
    found = store.draft(matter, actor=owner)
    return None if found is None else (found.scheme, dict(found.weights), found.weighting, found.aggregate)


def test_the_last_state_of_each_person_and_index_is_kept(store: Store) -> None:
    store.keep_draft("cities", SCHEME, {"a": 1, "b": 2.5}, None, "geometric", actor="li")
    store.keep_draft("cities", SCHEME, {"a": 9, "b": 0}, "equal", None, actor="wu")
    store.keep_draft("teams", SCHEME, {"c": 1}, None, None, actor="li")
    store.keep_draft("cities", OTHER, {"a": 3, "b": 2.5}, None, None, actor="li")
    assert kept(store, "cities", "li") == (OTHER, {"a": 3.0, "b": 2.5}, None, None)
    assert kept(store, "cities", "wu") == (SCHEME, {"a": 9.0, "b": 0.0}, "equal", None)
    assert kept(store, "teams", "li") == (SCHEME, {"c": 1.0}, None, None)
    assert kept(store, "teams", "wu") is None
    store.drop_draft("cities", actor="li")
    assert kept(store, "cities", "li") is None
    assert kept(store, "cities", "wu") is not None
    assert store.drafts_kept() == ({SCHEME: 2}, [])
    assert store.audit() == store.verify_audit() == []
    assert not (store.home / "audit.heads").exists()


def test_only_who_may_see_drafts_has_any(store: Store) -> None:
    leader = Actor("chief", frozenset({"leader"}))
    with pytest.raises(AccessError, match="chief may not see drafts"):
        store.keep_draft("cities", SCHEME, {"a": 1}, None, None, actor=leader)
    with pytest.raises(AccessError):
        store.draft("cities", actor=leader)
    with pytest.raises(AccessError):
        store.drop_draft("cities", actor=leader)


def test_a_damaged_draft_is_told_alone(store: Store) -> None:
    store.keep_draft("cities", SCHEME, {"a": 1}, None, None, actor="li")
    store.keep_draft("teams", SCHEME, {"a": 1}, None, None, actor="li")
    huge, deep = f'{{"a": 1{"0" * 400}}}', "[" * 100_000
    for weights in ("{", "[]", "{}", '{"a": -1}', '{"a": null}', '{"a": NaN}', '{"a": "x"}', huge, deep):
        with closing(sqlite3.connect(store.home / "ledger.sqlite")) as connection, connection:
            connection.execute("UPDATE draft SET weights = ? WHERE matter = 'cities'", [weights])
        with pytest.raises(StoreError, match=r"cities.*cannot be read"):
            store.draft("cities", actor="li")
        counts, issues = store.drafts_kept()
        assert (counts, [issue.subject for issue in issues]) == ({SCHEME: 1}, ["cities"]), weights[:40]
    store.keep_draft("cities", SCHEME, {"a": 2}, None, None, actor="li")
    assert kept(store, "cities", "li") == (SCHEME, {"a": 2.0}, None, None)


def test_a_draft_is_read_while_another_writes(store: Store) -> None:
    store.keep_draft("cities", SCHEME, {"a": 1}, None, None, actor="li")
    with writing(store.engine):
        assert kept(store, "cities", "li") == (SCHEME, {"a": 1.0}, None, None)


def test_a_backup_brings_drafts_back(store: Store, tmp_path: Path) -> None:
    from kcz_metrics.operations.backup import back_up
    from kcz_metrics.operations.restore import restore

    store.keep_draft("cities", SCHEME, {"a": 1, "b": 2.5}, None, "geometric", actor="li")
    made = back_up(store, tmp_path / "one.kczbackup", actor=as_actor("adm"))
    store.keep_draft("cities", SCHEME, {"a": 7, "b": 7}, None, None, actor="li")
    assert kept(restore(made.path, store.home, actor="adm", replace=True).store, "cities", "li") == (
        SCHEME, {"a": 1.0, "b": 2.5}, None, "geometric",
    )  # fmt: skip
    shutil.rmtree(store.home)
    assert kept(restore(made.path, store.home, actor="adm").store, "cities", "li") == (SCHEME, {"a": 1.0, "b": 2.5}, None, "geometric")
