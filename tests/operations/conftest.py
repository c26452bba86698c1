"""A small store: enough to lose, quick to back up."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_store import fill

from kcz_metrics.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return fill(tmp_path / "store")


@pytest.fixture
def names() -> object:
    """``names(store)``: code to short name, as the newest snapshot has them."""
    return lambda store: dict(store.snapshot().read("province").select("province_code", "short_zh").sort("province_code").iter_rows())
