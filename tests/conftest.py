"""What many tests stand on: a store filled with the shipped sample, made once a worker and never written to."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parents[1]

# The same cases on every machine however slow it is; ``make fuzz`` looks for new ones.
settings.register_profile(
    "same", derandomize="KCZ_FUZZ" not in os.environ, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("same")


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store that holds the sample; read only. Copy it to write."""
    from kcz_metrics.records.sample import fill, read_sample
    from kcz_metrics.store import Store

    home = tmp_path_factory.mktemp("sample") / "store"
    fill(Store.open(home), read_sample(ROOT / "data" / "sample"))
    return home


@pytest.fixture(scope="session")
def decided_home(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with the round of tiers of 2021 decided and closed, as ``kcz demo`` leaves it; read only too."""
    import shutil

    from kcz_metrics.operations.decided_past import decide_past
    from kcz_metrics.scheme import load_scheme
    from kcz_metrics.store import Store

    home = Path(shutil.copytree(sample_home, tmp_path_factory.mktemp("decided") / "store"))
    assert decide_past(Store.open(home), load_scheme(ROOT / "indicators.yaml"))
    return home


@pytest.fixture(scope="session")
def sample_store(sample_home: Path) -> object:
    from kcz_metrics.store import Store

    return Store.open(sample_home)


@pytest.fixture(scope="session")
def shipped_scheme() -> object:
    from kcz_metrics.scheme import load_scheme

    return load_scheme(ROOT / "indicators.yaml")
