"""A backup is enough: in an empty folder of another machine it gives the same rankings, decisions, remembered columns and waiting rows.

And compaction stands in the way of none of it: undoing, older snapshots, restoring.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from kcz_metrics.operations.backup import SCHEME, back_up
from kcz_metrics.operations.rankings import rankings
from kcz_metrics.operations.restore import restore
from kcz_metrics.records import commit, prepare, remembered, understand, waiting
from kcz_metrics.scheme import load_scheme
from kcz_metrics.store import Actor, Docket, Ruling, Store, Verdict, Zeroed, local_actor

ROOT = Path(__file__).parents[2]
STEWARD, LEADER = Actor("gao", frozenset({"steward"})), Actor("qian", frozenset({"leader"}))
SCHEME_TEXT = "edition: '1'\nindicators: {a: {}}\nindices: {i: {unit: x, tree: {a: 1}}}\n"


def decided(store: Store) -> Store:
    """The same with a confirmed flag, a decision of a round, columns remembered and a row that waits to be mended."""
    key, *_ = store.snapshot().read("team_skill").rows(named=True)
    verdict = Verdict("F1", "rule", "confirmed", "核对原件", {"rule": "rule"}, zeroed=(Zeroed("TM001", "CF01", "2022"),))
    store.decide_flag(verdict, actor=STEWARD)
    ruling = Ruling("confirm", "A", "build", "lead", "lead", numbers={"smoothed": 74.9})
    store.decide(Docket("tier", "i", "2022"), [ruling], actor=LEADER, snapshot=store.snapshot().id, scheme="d1")
    remembered.remember(store.home, "team_skill", ["队", "长处"], {"长处": "tag"})
    text = f"team_id,tag\n{key['team_id']},声学\n,无主\n"
    staged = prepare(understand(text.encode(), "team_skill", name="skills.csv", home=store.home), store)
    commit(staged, store, "somebody")
    waiting.keep(store, staged, local_actor("somebody"))
    return store


def test_nothing_is_left_behind(store: Store, tmp_path: Path) -> None:
    decided(store)
    scheme = tmp_path / "indicators.yaml"
    scheme.write_text(SCHEME_TEXT, encoding="utf-8")
    made = back_up(store, tmp_path / "one.kczbackup", actor="adm", scheme=scheme)
    held = (store.snapshots(), store.flag_decisions(), store.decisions(), store.snapshot().zeroed, waiting.all_of(store))
    rows = {name: store.snapshot().read(name, lineage=True) for name in store.snapshot().files}
    shutil.rmtree(store.home)
    scheme.unlink()
    done = restore(made.path, tmp_path / "machine" / "elsewhere", actor="adm")
    again = done.store
    assert (again.snapshots(), again.flag_decisions(), again.decisions(), again.snapshot().zeroed, waiting.all_of(again)) == held
    for name, frame in rows.items():
        assert_frame_equal(again.snapshot().read(name, lineage=True), frame)
    assert remembered.recall(again.home, "team_skill", ["队", "长处"]) == {"长处": "tag"}
    assert done.scheme == again.home / SCHEME
    assert done.scheme.read_text(encoding="utf-8") == SCHEME_TEXT
    assert again.verify_audit() == again.verify_files() == []


def test_a_scheme_of_an_earlier_restoring_is_not_taken_for_this_ones(store: Store, tmp_path: Path) -> None:
    scheme = tmp_path / "indicators.yaml"
    scheme.write_text(SCHEME_TEXT, encoding="utf-8")
    with_it = back_up(store, tmp_path / "one.kczbackup", actor="adm", scheme=scheme)
    without = back_up(store, tmp_path / "two.kczbackup", actor="adm")
    assert restore(with_it.path, store.home, actor="adm", replace=True).scheme is not None
    # A backup of the restored store has the scheme that it is given, and no stale copy.
    assert SCHEME not in _parts(back_up(store, tmp_path / "three.kczbackup", actor="adm").path)
    done = restore(without.path, store.home, actor="adm", replace=True)
    assert done.scheme is None
    assert not (store.home / SCHEME).exists()
    assert done.aside is not None
    assert (done.aside / SCHEME).read_text(encoding="utf-8") == SCHEME_TEXT


def _parts(path: Path) -> list[str]:
    from kcz_metrics.operations.archive import read_manifest

    return [part.name for part in read_manifest(path).parts]


@pytest.mark.parametrize("then", ["undo", "as_of", "restore"])
def test_after_compaction(store: Store, tmp_path: Path, then: str) -> None:
    imported = store.snapshots()[1]  # changed one row of the first
    rows = {one.id: store.snapshot(one.id).read("province", lineage=True) for one in store.snapshots()}
    backup = back_up(store, tmp_path / "one.kczbackup", actor="adm")
    made = store.compact(actor="adm", most=1)
    assert made is not None
    if then == "restore":
        # A backup of the compacted store has both the old files and the new one; one from before it can still be put back.
        both = back_up(store, tmp_path / "two.kczbackup", actor="adm")
        again = restore(both.path, tmp_path / "other", actor="adm").store
        assert again.snapshot().id == made.id
        restore(backup.path, store.home, actor="adm", replace=True)
        assert store.snapshot().id != made.id
        compacted = store.compact(actor="adm", most=1)
        assert compacted is not None
        # The same rows are given the same file, and the same history the same id.
        assert (compacted.id, compacted.paths("province")[0].name) == (made.id, made.paths("province")[0].name)
    else:
        again = store
    if then == "undo":
        undone = store.undo(imported.id, actor="wu", reason="the wrong file")
        first = rows[store.snapshots()[-1].id]
        assert_frame_equal(
            undone.read("province").sort("province_code"), first.select(undone.read("province").columns).sort("province_code")
        )
        taken_back = store.undo(undone.id, actor="wu", reason="it was right")
        assert_frame_equal(taken_back.read("province").sort("province_code"), made.read("province").sort("province_code"))
    for id, frame in rows.items():
        assert_frame_equal(again.snapshot(id).read("province", lineage=True), frame)
    assert again.verify_audit() == again.verify_files() == store.verify_files() == []


@pytest.mark.long
def test_the_sample_gives_the_same_rankings_in_an_empty_folder(sample_home: Path, tmp_path: Path) -> None:
    """With a scheme that is not the shipped one, a confirmed flag that sets a score to zero, after compaction; nothing old is left."""
    home = tmp_path / "old" / "store"
    shutil.copytree(sample_home, home)
    store = Store.open(home)
    scheme = tmp_path / "old" / "indicators.yaml"
    shipped = (ROOT / "indicators.yaml").read_text(encoding="utf-8")
    scheme.write_text(shipped.replace('edition: "2022"', 'edition: "2022b"', 1), encoding="utf-8")
    verdict = Verdict("F1", "rule", "confirmed", "故意", {"rule": "rule"}, zeroed=(Zeroed("PC017", "CF02", "2022"),))
    store.decide_flag(verdict, actor=STEWARD)
    needs = store.snapshot().read("need").head(500)
    store.commit({"need": needs.with_columns(status=pl.lit("submitted"))}, actor="li", source="b.csv", reason="second")
    store.compact(actor="adm", most=1)
    before = rankings(store.snapshot(), load_scheme(scheme))
    first = rankings(store.snapshot(store.snapshots()[-1].id), load_scheme(scheme))
    made = back_up(store, tmp_path / "one.kczbackup", actor="adm", scheme=scheme)
    shutil.rmtree(tmp_path / "old")
    done: Any = restore(made.path, tmp_path / "new", actor="adm")
    assert rankings(done.snapshot, load_scheme(done.scheme)).equals(before)
    assert rankings(done.store.snapshot(done.store.snapshots()[-1].id), load_scheme(done.scheme)).equals(first)
    assert not before.equals(first)
