"""A store of one's own, and provinces to put into it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest

from kcz_metrics.store import Store
from kcz_metrics.tables import TABLES

Provinces = Callable[..., pl.DataFrame]


@pytest.fixture(autouse=True)
def no_page_in_children(monkeypatch: pytest.MonkeyPatch) -> None:
    """A child process reads its parent's main module again; after a page has been opened in this process, that is the page."""
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(tmp_path / "store")


@pytest.fixture
def provinces() -> Provinces:
    """``provinces(("110000", "Bei"), ...)``: rows of the contract, told apart by code and short name."""

    def rows(*named: tuple[str, str]) -> pl.DataFrame:
        return TABLES["province"].conform(
            pl.DataFrame(
                [
                    {"province_code": code, "name_zh": f"{name}省", "short_zh": name, "tile_col": 1, "tile_row": 1, "has_association": True}
                    for code, name in named
                ]
            )
        )

    return rows
