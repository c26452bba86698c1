"""A small store: enough to lose, quick to back up."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from kcz_metrics.store import Store
from kcz_metrics.tables import TABLES


def provinces(*named: tuple[str, str]) -> pl.DataFrame:
    """Rows of the contract, told apart by code and short name."""
    return TABLES["province"].conform(
        pl.DataFrame(
            [
                {"province_code": code, "name_zh": f"{name}省", "short_zh": name, "tile_col": 1, "tile_row": 1, "has_association": True}
                for code, name in named
            ]
        )
    )


def fill(home: Path) -> Store:
    """Three snapshots, the second changing a row of the first, and a file of settings beside them."""
    store = Store.open(home)
    store.commit({"province": provinces(("110000", "甲"), ("120000", "乙"))}, actor="li", source="a.csv", reason="first")
    store.commit({"province": provinces(("120000", "丙"))}, actor="wu", source="b.csv", reason="second")
    store.commit({"team_skill": pl.DataFrame({"team_id": ["TM001"], "tag": ["光学"]})}, actor="xu", source="c.csv", reason="third")
    (home / "sources").mkdir()
    (home / "sources" / "columns.json").write_text('{"a": "b"}', encoding="utf-8")
    return store
