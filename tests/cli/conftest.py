"""The command line run inside the test process: exit status, standard output, standard error."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Done:
    status: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture
def kcz(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """``kcz("score", ...)`` in English, in an empty folder, with a store of its own unless ``KCZ_HOME`` was set before."""
    monkeypatch.setenv("KCZ_LANG", "en")
    monkeypatch.setenv("KCZ_HOME", str(tmp_path / "store"))

    def run(*arguments: str | Path) -> Done:
        from kcz_metrics.cli import main

        capfd.readouterr()
        with pytest.raises(SystemExit) as end:
            main([str(a) for a in arguments])
        out, err = capfd.readouterr()
        assert "Traceback" not in out + err
        return Done(end.value.code if isinstance(end.value.code, int) else 0, out, err)

    return run


@pytest.fixture(scope="session")
def written_home(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sample's store, for commands that write a file."""
    return Path(shutil.copytree(sample_home, tmp_path_factory.mktemp("written") / "store"))


ANSWERED: dict[tuple[str, ...], Done] = {}


@pytest.fixture
def sample(kcz: Run, sample_home: Path, written_home: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The same over the store that holds the shipped sample; it must not be written to.

    A command that only prints is run once in a session: the same snapshot and scheme give the same answer. One that writes a file has a
    copy of the store, where the audit trail says so.
    """
    monkeypatch.setenv("KCZ_HOME", str(sample_home))
    monkeypatch.chdir(ROOT)

    def run(*arguments: str | Path) -> Done:
        words = tuple(map(str, arguments))
        if {"-o", "--output", "--report"} & set(words):
            with monkeypatch.context() as elsewhere:
                elsewhere.setenv("KCZ_HOME", str(written_home))
                return kcz(*words)
        if words not in ANSWERED:
            ANSWERED[words] = kcz(*words)
        return ANSWERED[words]

    return run
