"""Every page as of an earlier snapshot shows what it showed when that was the newest, and something else as of the newest."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import polars as pl
import pytest
from drawn import inside, opened, said

from kcz_metrics.store import Store
from kcz_metrics.ui.places import PLACES

#: Parts of pages that are asked for by a code of the address, besides the page as it opens.
PARTS: dict[str, list[dict[str, str]]] = {
    "data": [{}, {"part": "units"}],
    "passport": [{"unit": "PC017"}, {"unit": "PC017", "indicator": "CF01"}],
    "profile": [{"unit": "PC017"}],
    "records": [{"table": "need"}],
    "platform": [{}, {"part": "use"}],
    "targets": [{}, {"target": "T17"}],
}
#: Pages that show no number of the records: the handbook's text, what is imported now, what is compared is chosen there itself.
STILL = {"imports", "changes"}


@pytest.fixture(scope="module")
def thinned(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, then a snapshot in which every third record of every table waits for verification again, so that no page is as before."""
    home = tmp_path_factory.mktemp("thinned") / "store"
    shutil.copytree(sample_home, home)
    store = Store.open(home)
    snapshot = store.snapshot()
    rows = {name: snapshot.read(name) for name, table in store.tables.items() if table.has_tail and snapshot.files.get(name)}
    third = {name: frame.gather_every(3).with_columns(status=pl.lit("submitted")) for name, frame in rows.items()}
    store.commit(third, actor="somebody", source="again.csv", reason="verified again")
    return home


def shown(page: str, home: Path, monkeypatch: pytest.MonkeyPatch, codes: dict[str, str]) -> list[str]:
    """All that the page draws with numbers of the records in it: tables, grids, figures, sentences that do not speak of snapshots."""
    at = opened(page, home, monkeypatch, **codes)
    assert not at.exception
    assert "kcz-error" not in said(at)
    found = []
    for node in inside(at.main):
        if node.type == "bidi_component":
            given = json.loads(node.proto.json)
            found += [json.dumps(row, sort_keys=True) for row in given.get("rows", [])] if isinstance(given, dict) else [node.proto.json]
        elif node.type in ("arrow_data_frame", "dataframe"):
            found.append(node.value.to_csv())
        elif node.type == "html" and "快照" not in node.proto.body and "<style" not in node.proto.body:
            found.append(node.proto.body)
    # A link keeps the snapshot that the page looks at.
    return [re.sub(r"(&amp;|&)snapshot=[0-9a-f]+", "", one) for one in found]


@pytest.mark.long
@pytest.mark.parametrize(
    "page, codes",
    [(place.id, codes) for place in PLACES if not place.default for codes in PARTS.get(place.id, [{}])],
    ids=lambda given: given if isinstance(given, str) else ",".join(map("=".join, given.items())) or "-",
)
def test_a_page_as_of_a_snapshot_is_the_page_of_that_day(
    page: str, codes: dict[str, str], thinned: Path, sample_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Store.open(thinned).snapshots()[-1]
    then = shown(page, sample_home, monkeypatch, codes)
    back = shown(page, thinned, monkeypatch, codes | {"snapshot": first.id[:12]})
    if page in STILL:
        return
    assert back == then
    assert shown(page, thinned, monkeypatch, codes) != then
