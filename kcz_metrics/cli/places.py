"""Where things lie: the scheme, the shipped data and the store's home."""

from __future__ import annotations

import os
from pathlib import Path

from kcz_metrics.errors import Issue, SchemeError
from kcz_metrics.locales import T


def home() -> Path:
    """The store's folder: ``KCZ_HOME``, else ``data/store`` under the current directory."""
    return Path(os.environ.get("KCZ_HOME") or Path("data") / "store")


def roots() -> tuple[Path, ...]:
    """Where the project's own files are looked for, in this order: the current directory, then beside the package."""
    beside = Path(__file__).resolve().parents[2]
    here = Path.cwd()
    return (here,) if here == beside else (here, beside)


def shipped(relative: str) -> Path | None:
    """A file or folder of the project, or None where no root has it."""
    return next((path for root in roots() if (path := root / relative).exists()), None)


def scheme_file(config: Path | None) -> Path:
    """The scheme to use: ``--config`` where it was given, else the project's ``indicators.yaml``."""
    if config is not None:
        return config
    found = shipped("indicators.yaml")
    if found is None:
        raise SchemeError(
            Issue(
                "scheme_not_found",
                T("找不到 indicators.yaml，找过 {places}", places=", ".join(str(r) for r in roots())),
                hint=T("用 --config 指明方案文件"),
            )
        )
    return found
