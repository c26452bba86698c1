"""Records: bringing them in, reading them back, and inventing them.

The way in, step by step: ``understand`` reads a file apart and says how its columns were understood, ``corrected`` takes what a person says
of them, ``prepare`` checks and compares, ``commit`` brings in, ``undo`` takes back. All of them give plain frozen values.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kcz_metrics.records.staging import Staged as Staged
    from kcz_metrics.records.staging import prepare as prepare
    from kcz_metrics.records.taking import Receipt as Receipt
    from kcz_metrics.records.taking import commit as commit
    from kcz_metrics.records.taking import undo as undo
    from kcz_metrics.records.understanding import Corrections as Corrections
    from kcz_metrics.records.understanding import Understanding as Understanding
    from kcz_metrics.records.understanding import corrected as corrected
    from kcz_metrics.records.understanding import understand as understand

_HOMES = {
    "Corrections": "understanding",
    "Receipt": "taking",
    "Staged": "staging",
    "Understanding": "understanding",
    "commit": "taking",
    "corrected": "understanding",
    "prepare": "staging",
    "understand": "understanding",
    "undo": "taking",
}
__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    # Loaded when first used: limits and the reader of files are asked for by who needs none of the rest.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
