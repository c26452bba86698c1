"""The program as a whole: version, help, speed of start, pipes, unexpected errors, the command that serves the pages."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kcz_metrics import __all__ as public
from kcz_metrics import __version__
from kcz_metrics.cli.serving import arguments

ROOT = Path(__file__).parents[2]
HEAVY = ("polars", "duckdb", "streamlit", "pandas", "sqlalchemy", "numpy", "plotly")


def started(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kcz_metrics", *words], capture_output=True, text=True, cwd=ROOT, env=os.environ | environment, check=False
    )


def test_version(kcz):
    assert kcz("--version").out == f"kcz {__version__}\n"


def test_help_lists_the_commands_in_both_languages():
    for lang, word in (("zh", "计算得分与名次"), ("en", "Compute scores and ranks")):
        done = started("--help", KCZ_LANG=lang)
        assert done.returncode == 0
        assert word in done.stdout
        for command in ("check", "demo", "import", "template", "values", "sql", "score", "explain", "report", "app"):
            assert f"  {command} " in done.stdout


def test_help_loads_nothing_heavy():
    code = f"import sys\nfrom kcz_metrics.cli.commands import app\nprint([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"


def test_help_costs_little_more_than_the_library_it_is_written_with():
    def seconds(*arguments: str) -> float:
        """Of computing, so that others on the machine do not count."""
        began = os.times()
        subprocess.run([sys.executable, *arguments], capture_output=True, cwd=ROOT, check=True)
        ended = os.times()
        return ended.children_user + ended.children_system - began.children_user - began.children_system

    turns = [(seconds("-m", "kcz_metrics", "--help"), seconds("-c", "import typer.main, rich.console, rich.table")) for _ in range(3)]
    assert min(ours for ours, _ in turns) < 4 * min(library for _, library in turns)


def test_a_reader_that_goes_away_is_no_error(tmp_path):
    scheme = tmp_path / "s.yaml"
    scheme.write_text("edition: '1'\nindicators: {a: {}}\nindices: {i: {unit: x, tree: {a: 1}}}\n", encoding="utf-8")
    values = tmp_path / "v.csv"
    values.write_text("unit,a\n" + "".join(f"U{k},{k}.5\n" for k in range(20_000)), encoding="utf-8")
    words = [sys.executable, "-m", "kcz_metrics", "score", "i", "--period", "2022", "--config", str(scheme), "--values", str(values)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, env=os.environ | {"KCZ_LANG": "en"}) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        first = process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read().decode()
        process.wait(120)
    assert first.startswith(b"unit,period")
    assert said == ""


@pytest.mark.parametrize("home_exists", [True, False])
def test_an_unexpected_error_is_a_reference_and_a_log(kcz, tmp_path, monkeypatch, home_exists):
    def broken(**_: object) -> None:
        raise RuntimeError("the cause of it all")

    monkeypatch.setattr("kcz_metrics.cli.commands.app", broken)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    if home_exists:
        (tmp_path / "store").mkdir()
    done = kcz("check")
    assert done.status == 1
    assert "the cause of it all" not in done.err
    log = tmp_path / ("store/logs" if home_exists else "kcz-logs") / "kcz.log"
    reference = next(word for word in done.err.replace(",", " ").split() if word.startswith("E-"))
    written = log.read_text(encoding="utf-8")
    assert reference in written
    assert "the cause of it all" in written


def test_a_standard_output_that_cannot_take_it_is_no_traceback(tmp_path):
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full here")
    with full.open("w", encoding="utf-8") as stream:
        done = subprocess.run(
            [sys.executable, "-m", "kcz_metrics", "template", "province"], stdout=stream, stderr=subprocess.PIPE, cwd=ROOT, text=True
        )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()


def test_the_pages_are_served_on_this_machine_only():
    words = arguments("app.py", 8600, browser=False)
    assert words[1:5] == ["-m", "streamlit", "run", "app.py"]
    assert "--server.address=127.0.0.1" in words
    assert "--server.port=8600" in words
    assert "--server.headless=true" in words
    assert "--client.showErrorDetails=none" in words


def test_the_package_names_what_it_offers():
    import kcz_metrics

    assert len(public) == 12
    for name in public:
        assert getattr(kcz_metrics, name) is not None
    with pytest.raises(AttributeError, match="nothing_like_it"):
        kcz_metrics.nothing_like_it  # noqa: B018
