"""The decided past of the demonstration: through the ledger and its trail, once, by two people, in invented words; and its list."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from kcz_metrics.decisions.ballots import votes
from kcz_metrics.decisions.confirming import lists
from kcz_metrics.locales import english
from kcz_metrics.operations.confirmed_past import FIRST
from kcz_metrics.operations.decided_past import VOTES, decide_past
from kcz_metrics.store import Docket, Store, in_force

ROUND = Docket("tier", "city_assessment", "2021")


def test_nothing_is_decided_about_records_that_are_not_invented(tmp_path: Path, shipped_scheme: Any) -> None:
    store = Store.open(tmp_path)
    table = store.tables["province"]
    blank = {name: pl.Series([None], dtype=column.dtype) for name, column in table.columns.items()}
    known = {"province_code": ["330000"], "name_zh": ["浙江省"], "short_zh": ["浙江"], "tile_col": [9], "tile_row": [5]}
    store.commit({"province": table.conform(pl.DataFrame(blank | known))}, actor="li", source="test", reason="rows")
    assert decide_past(store, shipped_scheme) == 0
    assert store.decisions() == ()


@pytest.mark.long
def test_the_round_before_the_last_is_decided_once_and_closed(decided_home: Path, shipped_scheme: Any, tmp_path: Path) -> None:
    store = Store.open(Path(shutil.copytree(decided_home, tmp_path / "store")))
    made = store.decisions(ROUND)
    assert made == in_force(made)
    assert Counter(one.act for one in made) == {"confirm": 16, "override": 4, "defer": 1, "close": 1}
    assert all("虚构" in one.reason and "invented" in english()[one.reason] for one in made if one.act != "confirm")
    assert [one.unit for one in made if votes(one.numbers) == VOTES] == ["PC010", "PC045"]
    assert {one.actor for one in made[:-1]} == {"demo"}
    assert made[-1].actor == "demo-chair"
    assert Counter(made[-1].numbers["board"].values()) == {"hub": 4, "lead": 15, "build": 24, "foster": 19}
    assert store.verify_audit() == []
    confirmed = lists(store.decisions(), "stable_support", "2022")
    assert list(confirmed) == ["2020"]
    given = confirmed["2020"]
    assert (given.decision.act, given.changed, given.relaxed, len(given.units)) == ("override", FIRST, False, 33)
    assert "invented" in english()[given.decision.reason]
    assert decide_past(store, shipped_scheme) == 0
    assert store.decisions(ROUND) == made
