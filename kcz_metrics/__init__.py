"""Indicators, scores, ranks and tiers of the 科创中国 programme, each of which opens down to the records behind it.

The names below are the public ones; each is loaded when it is first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kcz_metrics.analysis.explain import explain as explain
    from kcz_metrics.engines.values import Values as Values
    from kcz_metrics.errors import Issue as Issue
    from kcz_metrics.errors import KczError as KczError
    from kcz_metrics.scheme import Scheme as Scheme
    from kcz_metrics.scheme import check as check
    from kcz_metrics.scheme import load_scheme as load_scheme
    from kcz_metrics.scoring import Scorecard as Scorecard
    from kcz_metrics.scoring import evaluate as evaluate
    from kcz_metrics.scoring import score as score
    from kcz_metrics.store import Snapshot as Snapshot
    from kcz_metrics.store import Store as Store

try:
    __version__ = version("kcz-metrics")
except PackageNotFoundError:  # run from a source tree that was never installed
    __version__ = "0"

_HOMES = {
    "Issue": "errors",
    "KczError": "errors",
    "Scheme": "scheme",
    "Scorecard": "scoring",
    "Snapshot": "store",
    "Store": "store",
    "Values": "engines.values",
    "check": "scheme",
    "evaluate": "scoring",
    "explain": "analysis.explain",
    "load_scheme": "scheme",
    "score": "scoring",
}

__all__ = [
    "Issue",
    "KczError",
    "Scheme",
    "Scorecard",
    "Snapshot",
    "Store",
    "Values",
    "check",
    "evaluate",
    "explain",
    "load_scheme",
    "score",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
