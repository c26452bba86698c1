"""The page of data checks through the app: the list in both languages, a flag with its records, a decision and taking it back."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from drawn import CHINESE, opened, said
from recounting import differing, offered

from kcz_metrics.quality.scan import scan
from kcz_metrics.store import Store


@pytest.fixture(scope="module")
def own_home(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("flags") / "store"
    shutil.copytree(sample_home, home)
    return home


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_list_answers_with_the_sample(sample_home: Path, monkeypatch: pytest.MonkeyPatch, lang: str) -> None:
    at = opened("flags", sample_home, monkeypatch, lang=lang)
    text = said(at)
    assert not at.exception
    assert "kcz-error" not in text
    found = scan(Store.open(sample_home).snapshot())
    assert re.search(rf"(?<![\d,]){len(found)}(?![\d,])", re.sub("<[^>]+>", "", text))
    if lang == "en":
        labels = [w.label for kind in ("selectbox", "button", "text_input") for w in at.main.get(kind)]
        assert not [x for x in [re.sub("<[^>]+>", "", text), *labels] if CHINESE.search(x)]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_empty_store_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lang: str) -> None:
    at = opened("flags", tmp_path / "store", monkeypatch, lang=lang)
    assert not at.exception
    assert "kcz-panel" in said(at)


def test_a_flag_that_is_not_there_is_said(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = said(opened("flags", sample_home, monkeypatch, lang="en", flag="<b>no</b>"))
    assert "There is no flag" in text
    assert "<b>no" not in text


def test_records_are_left_out_only_after_the_effect_was_shown(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flag = next(f for f in scan(Store.open(sample_home).snapshot()) if f.rule == "mutual_praise")
    at = opened("flags", sample_home, monkeypatch, lang="en", flag=flag.id)
    assert not at.exception
    assert at.button(key=f"flags.confirm.{flag.id}").disabled
    assert not at.button(key=f"flags.clear.{flag.id}").disabled


def test_a_hint_is_confirmed_and_opened_again(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store.open(own_home)
    flag = next(f for f in scan(store.snapshot()) if f.rule == "first_digits")
    at = opened("flags", own_home, monkeypatch, lang="en", flag=flag.id)
    at.button(key=f"flags.confirm.{flag.id}").click().run()
    assert "kcz-error" in said(at), "a reason is needed"
    at.text_area(key=f"flags.reason.{flag.id}").set_value("looked at with the registry")
    at.button(key=f"flags.confirm.{flag.id}").click().run()
    assert not at.exception
    assert "Confirmed, audit entry 2." in said(at)
    assert "looked at with the registry" in said(at)
    at.text_area(key=f"flags.reason.{flag.id}").set_value("new papers")
    at.button(key=f"flags.reopen.{flag.id}").click().run()
    assert "Open again, audit entry 3." in said(at)
    assert [(d.state, d.reason) for d in store.flag_decisions()] == [
        ("confirmed", "looked at with the registry"), ("open", "new papers"),
    ]  # fmt: skip
    assert len(store.snapshots()) == 1
    assert store.verify_audit() == []


@pytest.mark.long
def test_the_effect_is_shown_then_the_records_are_left_out(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store.open(own_home)
    flag = next(f for f in scan(store.snapshot()) if f.rule == "mutual_praise")
    at = opened("flags", own_home, monkeypatch, lang="en", flag=flag.id)
    at.button(key=f"flags.ask.{flag.id}").click().run()
    assert "Scored again" in said(at)
    at.text_area(key=f"flags.reason.{flag.id}").set_value("arranged")
    at.button(key=f"flags.confirm.{flag.id}").click().run()
    assert not at.exception
    assert "Confirmed" in said(at)
    left = set(flag.records) - {f"case_adoption/{a}|{b}" for a, b in _verified(store)}
    assert left == set(flag.records)
    found = offered(opened("flags", own_home, monkeypatch, lang="en"))
    assert {column: shown for key, _, column, shown, _ in found if key == "headline"}["n1"] == 1
    assert not differing(found), "states and records left out are read once more from the ledger"


def _verified(store: Store) -> list[tuple[str, str]]:
    rows = store.snapshot().read("case_adoption", columns=["case_id", "adopter_id", "status"])
    return [(case, who) for case, who, status in rows.iter_rows() if status == "verified"]
