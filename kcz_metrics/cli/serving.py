"""``kcz app``: the pages, served on this machine only."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Annotated

from typer import Exit, Option

from kcz_metrics.cli.places import home, roots, shipped
from kcz_metrics.cli.speaking import tr
from kcz_metrics.errors import Issue, KczError
from kcz_metrics.locales import T


def serve(
    port: Annotated[int, Option("--port", min=1, max=65535, help=tr("端口"))] = 8501,
    browser: Annotated[bool, Option("--browser/--no-browser", help=tr("打开浏览器"))] = True,
) -> None:
    page = shipped("app.py")
    if page is None:
        raise KczError(Issue("app_not_found", T("找不到 app.py，找过 {places}", places=", ".join(str(r) for r in roots()))))
    # the pages' theme is read from the folder they run in, and the store stays the one of the folder the command was given in
    surroundings = os.environ | {"KCZ_HOME": str(home().absolute())}
    done = subprocess.run(arguments(str(page), port, browser), check=False, cwd=page.parent, env=surroundings)
    raise Exit(done.returncode)


def arguments(page: str, port: int, browser: bool) -> list[str]:
    """The command that serves ``page``. The address is fixed: whoever can reach it has every role."""
    settings = {
        "server.address": "127.0.0.1",
        "server.port": str(port),
        "server.headless": "false" if browser and _has_screen() else "true",
        "server.showEmailPrompt": "false",
        "browser.gatherUsageStats": "false",
        "client.showErrorDetails": "none",
    }
    return [sys.executable, "-m", "streamlit", "run", page, *(f"--{key}={value}" for key, value in settings.items())]


def _has_screen() -> bool:
    """Whether a browser could be opened here at all; on Linux a desktop says so in the environment."""
    return not sys.platform.startswith("linux") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
