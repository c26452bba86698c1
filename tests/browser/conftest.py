"""A server over the sample and a Chromium beside it. ``server`` is shared and warm; ``fresh_server`` has never answered anyone.

The browser is the system's, or the one that ``KCZ_CHROMIUM`` names; where there is none, these tests are skipped.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kcz_metrics.store import Store

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[2]
#: Seconds for a page to settle on a busy machine.
PATIENCE = 120
#: Servers begun, each on another port, before it is given up: somebody else may take a free port before the server does.
TRIES = 3
#: Whether a question has stood, and nothing has run, for a quarter of a second on end: between two runs of one act nothing runs either.
QUIET = """token => {
  const quiet = ["[data-testid=stApp][data-test-script-state=notRunning]", "h1.kcz-question"].every(one => document.querySelector(one));
  if (!quiet || window.kczQuiet?.token !== token) window.kczQuiet = {token, since: performance.now()};
  return quiet && performance.now() - window.kczQuiet.since > 250;
}"""
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(home: Path, log: Path) -> Iterator[str]:
    """The app over ``home``, as a process of its own; yields its address."""
    with log.open("wb") as out:
        for _ in range(TRIES):
            port = _free_port()
            command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.address", "127.0.0.1", "--server.port", str(port)]
            environment = {**os.environ, "KCZ_HOME": str(home), "STREAMLIT_SERVER_HEADLESS": "true"}
            address = f"http://127.0.0.1:{port}"
            with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT) as process:
                try:
                    if _answers(address, process):
                        yield address
                        return
                finally:
                    process.terminate()
    raise AssertionError(log.read_text(encoding="utf-8"))


def _answers(address: str, process: subprocess.Popen[bytes]) -> bool:
    """Whether the server is there; False once its process has ended, or too late."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                return process.poll() is None
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    return False


@pytest.fixture(scope="session")
def served_home(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of its own for the servers, filled with the sample."""
    home = tmp_path_factory.mktemp("served") / "store"
    shutil.copytree(sample_home, home)
    return home


@pytest.fixture(scope="session")
def server(served_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server that all browser tests share."""
    with serving(served_home, tmp_path_factory.mktemp("server") / "log") as address:
        yield address


@pytest.fixture
def fresh_server(served_home: Path, tmp_path: Path) -> Iterator[str]:
    """Address of a server that has not yet been asked for any page."""
    with serving(served_home, tmp_path / "log") as address:
        yield address


@pytest.fixture
def own(decided_home: Path, tmp_path: Path) -> Iterator[tuple[str, Store]]:
    """Address of a server over a store that this test alone writes to, and the store."""
    home = Path(shutil.copytree(decided_home, tmp_path / "store"))
    with serving(home, tmp_path / "log") as address:
        yield address, Store.open(home)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE * 1000)
    path = os.environ.get("KCZ_CHROMIUM") or next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A new window, 1440 × 900, that fails the test where a script of the page fails."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN", accept_downloads=True)
    opened = context.new_page()
    opened.set_default_timeout(PATIENCE * 1000)
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    yield opened
    context.close()
    assert not wrong


@pytest.fixture
def settled(page: Page) -> Callable[[], None]:
    """Wait until the page has been drawn: a question stands and nothing is running. After an act, wait for its effect first."""
    turns = count()

    def wait() -> None:
        page.locator("h1.kcz-question").first.wait_for()
        page.wait_for_function(QUIET, arg=next(turns))

    return wait
