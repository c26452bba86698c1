"""The part of the page of changes that says why: two periods, a draft, an uploaded scheme; sums said, strangers told, English complete."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from types import MappingProxyType
from typing import Any

import polars as pl
import pytest
from drawn import CHINESE, ROOT, labelled, said, started
from streamlit.testing.v1 import AppTest

from kcz_metrics.ui import causes, trial
from kcz_metrics.ui.context import Context

CITY = "PC017"
OTHER = b"edition: '1'\nindicators: {A: {column: a}}\nindices: {other: {unit: city, tree: {A: 1}}}\n"


def asked(home: Path, monkeypatch: pytest.MonkeyPatch, **codes: str) -> AppTest:
    return started("changes", home, monkeypatch, **{"part": "cause", "period": "2022", "index": "city_assessment", **codes})


def drafted(at: AppTest, scheme: Any, first: float) -> None:
    """A draft of the weights page in the session: the first pillar weighs ``first``."""
    index = scheme.indices["city_assessment"]
    base = trial.official(index)
    draft = base.weigh(index.tree.children[0].id, first)
    at.session_state["weights.steps"] = {index.id: [base, trial.Draft(MappingProxyType(dict(draft.weights)))]}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_parts_of_every_unit_add_up_on_the_page(lang: str, sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = asked(sample_home, monkeypatch, lang=lang, unit=CITY).run()
    assert not at.exception
    text = said(at)
    assert "kcz-error" not in text
    assert text.count("kcz-sum good") == 2, "all parts, and the indicators of the unit"
    assert "kcz-sum bad" not in text
    first = next(iter(labelled(at).values()))
    assert [row["id"] for row in first["rows"] if row["_chosen"]] == [CITY]
    for row in first["rows"]:
        parts = [cell["v"] for key, cell in row.items() if key.startswith("score:")]
        assert sum(parts) == pytest.approx(row["change"]["v"], abs=1e-9)
    if lang == "en":
        labels = [w.label for kind in ("selectbox", "button", "segmented_control") for w in at.main.get(kind)]
        heads = [c["label"] + c["title"] for t in labelled(at).values() for c in t["columns"]]
        assert not [x for x in [re.sub("<[^>]+>", "", text), *labels, *heads] if CHINESE.search(x)]


def test_what_names_nothing_is_told_and_the_same_twice_has_no_change(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = said(asked(sample_home, monkeypatch, lang="zh", unit="ZZ999", before="1999").run())
    assert "ZZ999" in text
    assert "1999" in text
    assert "kcz-sum good" in text
    text = said(asked(sample_home, monkeypatch, lang="zh", before="2022").run())
    assert "两端相同" in text
    text = said(asked(sample_home, monkeypatch, lang="zh", scheme="to_file").run())
    assert "还没有要比较的方案" in text


def test_an_empty_store_says_what_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = asked(tmp_path / "store", monkeypatch, lang="zh").run()
    assert not at.exception
    assert "kcz-panel" in said(at)


@pytest.mark.long
def test_a_draft_moves_ranks_and_the_alarm_says_which(sample_home: Path, shipped_scheme: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    at = asked(sample_home, monkeypatch, lang="zh", scheme="draft")
    drafted(at, shipped_scheme, 60.0)
    text = said(at.run())
    assert not at.exception
    assert "仅方案的改变就使" in text
    shown = labelled(at)
    rows = shown["变动与原因"]["rows"]
    moved = [row for row in rows if row["move"]]
    assert moved
    assert all(row["alone"] == row["move"] for row in rows), "with the same data on both sides the scheme alone moves"
    assert all(row["score:weights"]["v"] == pytest.approx(row["change"]["v"], abs=1e-9) for row in rows)
    bridged = next(table for label, table in shown.items() if "指标对照" in label)
    assert sum(row["change"]["v"] for row in bridged["rows"]) == pytest.approx(0.0, abs=1e-9)
    assert text.count("kcz-sum good") == 2


@pytest.mark.long
def test_a_period_and_a_draft_at_once(sample_home: Path, shipped_scheme: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    at = asked(sample_home, monkeypatch, lang="zh", scheme="draft", before="2020", by="rank")
    drafted(at, shipped_scheme, 40.0)
    text = said(at.run())
    assert not at.exception
    keys = [column["key"] for column in labelled(at)["变动与原因"]["columns"]]
    assert [key for key in keys if key.startswith("rank:")] == [f"rank:{c}" for c in ("own", "others", "population", "weights")]
    assert "kcz-sum bad" not in text


@pytest.mark.long
def test_two_snapshots_are_split_into_what_was_revised(sample_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kcz_metrics.records import commit, prepare, understand
    from kcz_metrics.store import Store

    home = tmp_path / "store"
    shutil.copytree(sample_home, home)
    store = Store.open(home)
    first = store.snapshot().id
    needs = store.snapshot().read("need").filter((pl.col("city_id") == CITY) & (pl.col("period_id") == "2022")).head(40)
    text = needs.with_columns(status=pl.lit("submitted")).write_csv()
    commit(prepare(understand(text.encode(), "need", name="needs.csv", home=home), store), store, "somebody")
    at = asked(home, monkeypatch, lang="zh", against=first[:12], unit=CITY).run()
    assert not at.exception
    rows = {row["id"]: row for row in labelled(at)["变动与原因"]["rows"]}
    assert rows[CITY]["score:revised"]["v"] == pytest.approx(rows[CITY]["change"]["v"], abs=1e-9)
    assert rows[CITY]["change"]["v"] < 0
    assert "kcz-sum bad" not in said(at)


@pytest.mark.parametrize(
    "raw, fragment",
    [(b"\xff\xfe", "UTF-8"), (OTHER, "city_assessment"), (b"edition: [", "")],
    ids=["no_text", "another_index", "no_yaml"],
)
def test_a_file_that_is_no_such_scheme_is_told(raw: bytes, fragment: str, shipped_scheme: Any) -> None:
    from dataclasses import fields

    given: dict[str, Any] = dict.fromkeys(f.name for f in fields(Context))
    ctx = Context(**given | {"lang": "zh", "scheme": shipped_scheme, "index_id": "city_assessment"})
    scheme, issues = causes.read(ctx, raw, "other.yaml")
    assert scheme is None
    assert issues
    assert fragment in " ".join(issue.render("zh") for issue in issues)
    whole, none = causes.read(ctx, (ROOT / "indicators.yaml").read_bytes(), "same.yaml")
    assert none == []
    assert whole is not None
    assert whole.digest == shipped_scheme.digest
