"""What a page hands over stands in the audit trail, once it is asked for; a button that is only shown writes nothing."""

from __future__ import annotations

import hashlib
import re
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from kcz_metrics.errors import StoreError
from kcz_metrics.ui import downloads
from kcz_metrics.ui.context import CONTEXT, Context

ROOT = Path(__file__).parents[2]


@pytest.fixture
def shown(sample_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Context:
    """What the page of records stands on, over a store of its own, once its buttons have been drawn."""
    home = shutil.copytree(sample_home, tmp_path / "store")
    monkeypatch.setenv("KCZ_HOME", str(home))
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    at.query_params["table"] = "province"
    at.switch_page("pages/records.py").run()
    assert not at.exception
    assert {one.proto.label for one in at.main.get("download_button")} == {"下载工作簿", "下载 CSV"}
    ctx: Any = at.session_state[CONTEXT]
    assert isinstance(ctx, Context)
    return ctx


def test_one_entry_a_download_and_none_before(shown: Context) -> None:
    before = shown.store.audit_head()[0]
    wrong: dict[str, Exception] = {}
    make = downloads.taken(shown, lambda: b"some rows", "province.csv", "records.csv", 34, {"table": "province"}, wrong)
    assert shown.store.audit_head()[0] == before
    assert (make(), make(), wrong) == (b"some rows", b"some rows", {})
    first, second = shown.store.audit()[before:]
    assert (first.act, first.subject, first.actor, first.roles) == (
        "export",
        "province.csv",
        shown.actor.name,
        tuple(sorted(shown.actor.roles)),
    )
    assert first.detail == second.detail
    assert shown.snapshot is not None
    assert first.detail == {
        "what": "records.csv", "rows": 34, "snapshots": [shown.snapshot.id], "scheme": shown.digest, "size": 9,
        "asked": {"index": shown.index_id, "period": shown.period, "table": "province"}, "sha256": hashlib.sha256(b"some rows").hexdigest(),
    }  # fmt: skip
    assert shown.store.verify_audit() == []


def test_without_its_entry_nothing_is_handed_over(shown: Context) -> None:
    with sqlite3.connect(shown.store.home / "ledger.sqlite") as connection:
        connection.execute("CREATE TRIGGER full BEFORE INSERT ON audit_entry BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END")
    connection.close()
    wrong: dict[str, Exception] = {}
    make = downloads.taken(shown, lambda: b"some rows", "province.csv", "records.csv", 34, {}, wrong)
    with pytest.raises(StoreError, match="disk is full"):
        make()
    assert [type(one) for one in wrong.values()] == [StoreError]


def test_every_button_of_a_page_goes_this_way() -> None:
    """But for the empty form, which holds nothing of the store."""
    sources = [*(ROOT / "pages").glob("*.py"), *(ROOT / "kcz_metrics" / "ui").rglob("*.py")]
    own = {path.name for path in sources if re.search(r"\bst\.download_button\(", path.read_text(encoding="utf-8"))}
    assert own == {"downloads.py", "import_source.py"}
