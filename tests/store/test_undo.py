"""An import taken back: the rows stand as before it, everything stays readable, and nobody else's work is undone with it."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from kcz_metrics.errors import AccessError, StoreError
from kcz_metrics.store import Actor, Store

Provinces = Callable[..., pl.DataFrame]


def names(store: Store, id: str | None = None) -> dict[str, str]:
    return dict(store.snapshot(id).read("province").select("province_code", "short_zh").sort("province_code").iter_rows())


@pytest.fixture
def imported(store: Store, provinces: Provinces) -> Store:
    """One province; then an import that changes it and brings another."""
    first = provinces(("110000", "甲")).with_columns(_file=pl.lit("a.csv"), _row=pl.lit(2))
    store.commit({"province": first}, actor="li", source="a.csv", reason="first", import_key="a")
    second = provinces(("110000", "乙"), ("120000", "丙")).with_columns(_file=pl.lit("b.csv"), _row=pl.Series([2, 3]))
    store.commit({"province": second}, actor="li", source="b.csv", reason="second", import_key="b")
    return store


def test_changed_rows_are_restored_and_new_ones_end(imported: Store) -> None:
    taken = imported.snapshot()
    effect = imported.undo_effect(taken.id)
    assert (effect.rows, effect.obstacles) == (2, ())
    made = imported.undo(taken.id, actor="li", reason="the wrong file")
    assert names(imported) == {"110000": "甲"}
    assert names(imported, taken.id) == {"110000": "乙", "120000": "丙"}
    assert (made.rows_in, made.rows_out, made.source) == (1, 1, f"undo {taken.short}")
    lineage = made.read("province", lineage=True).select("_file", "_row", "_version")
    assert lineage.rows() == [("a.csv", 2, 3)]
    entry = imported.audit()[-1]
    assert (entry.act, entry.actor, entry.reason.render("en") if entry.reason else "") == ("undo", "li", "the wrong file")
    assert imported.verify_audit() == imported.verify_files() == []


def test_a_withdrawal_is_undone_too(imported: Store) -> None:
    gone = imported.commit({}, removed={"province": pl.DataFrame({"province_code": ["120000"]})}, actor="xu", source="", reason="gone")
    assert names(imported) == {"110000": "乙"}
    imported.undo(gone.id, actor="xu", reason="it is there after all")
    assert names(imported) == {"110000": "乙", "120000": "丙"}


def test_an_undoing_can_be_undone_and_the_file_comes_again(imported: Store, provinces: Provinces) -> None:
    taken = imported.snapshot()
    back = imported.undo(taken.id, actor="li", reason="wrong")
    assert imported.by_import_key("b") is None
    with pytest.raises(StoreError, match="undone before"):
        imported.undo(taken.id, actor="li", reason="wrong")
    again = imported.undo(back.id, actor="li", reason="right after all")
    assert names(imported) == {"110000": "乙", "120000": "丙"}
    assert imported.by_import_key("b") == taken
    imported.undo(again.id, actor="li", reason="wrong after all")
    assert imported.by_import_key("b") is None
    rows = provinces(("110000", "乙"), ("120000", "丙"))
    anew = imported.commit({"province": rows}, actor="li", source="b.csv", reason="again", import_key="b")
    assert names(imported) == {"110000": "乙", "120000": "丙"}
    assert imported.by_import_key("b") == anew
    assert imported.commit({"province": rows}, actor="li", source="b.csv", reason="again", import_key="b") == anew


def test_what_others_changed_since_stands_in_the_way_and_is_named(imported: Store, provinces: Provinces) -> None:
    taken = imported.snapshot()
    imported.commit({"province": provinces(("120000", "丁"))}, actor="wu", source="c.csv", reason="mended")
    before = imported.snapshots(), imported.audit()
    with pytest.raises(StoreError, match=r"province/120000: this row was changed again later.*by wu in snapshot \w{6}, from c.csv"):
        imported.undo(taken.id, actor="li", reason="wrong")
    assert [issue.code for issue in imported.undo_effect(taken.id).obstacles] == ["changed_since"]
    assert (imported.snapshots(), imported.audit()) == before


def test_other_rows_brought_later_do_not(imported: Store, provinces: Provinces) -> None:
    taken = imported.snapshot()
    imported.commit({"province": provinces(("130000", "丁"))}, actor="wu", source="c.csv", reason="more")
    imported.compact(actor="adm", most=1)
    imported.undo(taken.id, actor="li", reason="wrong")
    assert names(imported) == {"110000": "甲", "130000": "丁"}


def test_rows_that_others_refer_to_stay(store: Store, provinces: Provinces, sample_store: Store) -> None:
    sample = sample_store.snapshot()
    city = sample.read("pilot_city").head(1)
    code = city["province_code"].item()
    place = sample.read("province").filter(pl.col("province_code") == code)
    taken = store.commit({"province": place}, actor="li", source="a", reason="first")
    later = store.commit({"pilot_city": city}, actor="wu", source="b", reason="first")
    with pytest.raises(StoreError, match=rf"1 rows of .* still refer to rows that would go.*found: {code}"):
        store.undo(taken.id, actor="li", reason="wrong")
    store.undo(later.id, actor="wu", reason="wrong")
    assert store.undo(taken.id, actor="li", reason="wrong").read("province").is_empty()


@pytest.mark.parametrize(
    "table, column, kind",
    [
        ("complaint", "subject_id", "subject_type"),
        ("expert_score", "subject_id", "subject_type"),
        ("case_study", "owner_id", "owner_type"),
        ("submission_log", "subject_id", None),
    ],
)
def test_rows_that_others_have_as_their_subject_stay(store: Store, sample_store: Store, table: str, column: str, kind: str | None) -> None:
    sample = sample_store.snapshot()
    cities = sample.read("pilot_city").head(2)
    code = cities["city_id"][0]
    # Of two rows that name the city's id, where there is a kind only the first means a city.
    rows = sample.read(table).head(2).with_columns(pl.lit(code).alias(column))
    if kind:
        rows = rows.with_columns(pl.Series(kind, ["city", "team"], rows.schema[kind]))
    taken = store.commit({"pilot_city": cities}, actor="li", source="a", reason="first")
    later = store.commit({table: rows}, actor="wu", source="b", reason="first")
    said = rf"{table} {column}: {1 if kind else 2} rows of .* still refer to rows that would go  found: {code} "
    with pytest.raises(StoreError, match=said):
        store.undo(taken.id, actor="li", reason="wrong")
    store.undo(later.id, actor="wu", reason="wrong")
    assert store.undo(taken.id, actor="li", reason="wrong").read("pilot_city").is_empty()


def test_only_imports_are_undone(imported: Store) -> None:
    compacted = imported.compact(actor="adm", most=1)
    assert compacted is not None
    with pytest.raises(StoreError, match="not made by an import"):
        imported.undo(compacted.id, actor="li", reason="why not")
    with pytest.raises(StoreError, match="reason is needed"):
        imported.undo(imported.snapshots()[1].id, actor="li", reason=" ")


@pytest.mark.parametrize(
    "name, role, allowed",
    [("li", "staff", True), ("wu", "staff", False), ("wu", "steward", True), ("li", "leader", False), ("li", "admin", False)],
    ids=["own", "anothers", "steward", "leader", "admin"],
)
def test_who_may_undo(imported: Store, name: str, role: str, allowed: bool) -> None:
    actor = Actor(name, frozenset({role}))  # type: ignore[arg-type]
    if allowed:
        imported.undo(imported.snapshot().id, actor=actor, reason="wrong")
        assert names(imported) == {"110000": "甲"}
    else:
        with pytest.raises(AccessError):
            imported.undo(imported.snapshot().id, actor=actor, reason="wrong")
        assert len(imported.snapshots()) == 2
