"""Other packages doing the same, each on its own fast path, without checks. Nothing else uses them; what is not installed is left out."""

from __future__ import annotations

import importlib
import importlib.util
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any, Final

import numpy as np

from kcz_metrics.bench.plain import Call, minmax, places
from kcz_metrics.methods import Array


def peers() -> dict[str, dict[str, Call]]:
    """Package to method to call, of the packages that are installed."""
    found = {}
    for name, make in PACKAGES.items():
        try:
            found[name] = make()
        except ModuleNotFoundError:
            continue
    return found


def _pymcdm() -> dict[str, Call]:
    weights, methods, helpers = (importlib.import_module(f"pymcdm.{part}") for part in ("weights", "methods", "helpers"))

    def ranked(x: Array) -> Any:
        m = x.shape[1]
        return helpers.rrankdata(methods.TOPSIS()(x, np.full(m, 1 / m), np.ones(m), validation=False))

    return {"entropy": weights.entropy_weights, "CRITIC": weights.critic_weights, "TOPSIS with ranks": ranked}


def _skcriteria() -> dict[str, Call]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        weighters = importlib.import_module("skcriteria.preprocessing.weighters")
        package = importlib.import_module("skcriteria.agg.topsis")

    def ranked(x: Array) -> Any:
        m = x.shape[1]
        return package.topsis(minmax(x), np.ones(m), np.full(m, 1 / m))[0]

    def critic(x: Array) -> Any:
        return weighters.critic_weights(x, np.ones(x.shape[1]))

    return {"entropy": weighters.entropy_weights, "CRITIC": critic, "TOPSIS with ranks": ranked}


def _pydecision() -> dict[str, Call]:
    """Three of its files by themselves: the package as a whole imports clients of language services and a web server."""
    spec = importlib.util.find_spec("pyDecision")  # finds it without running it
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("pyDecision")
    folder = Path(spec.submodule_search_locations[0]) / "algorithm"
    entropy, critic, topsis = (_alone(folder / f"{name}.py") for name in ("entropy", "critic", "topsis"))

    def up(x: Array) -> list[str]:
        return ["max"] * x.shape[1]

    def ranked(x: Array) -> Any:
        y = minmax(x)
        # it divides columns by their length, which the weights give back; it has no ranks, so plain numpy's are added
        length = np.sqrt(np.einsum("ij,ij->j", y, y))
        return places(topsis.topsis_method(y, length / x.shape[1], up(x), graph=False, verbose=False))

    return {
        "entropy": lambda x: entropy.entropy_method(x, up(x)),
        "CRITIC": lambda x: critic.critic_method(x, up(x)),
        "TOPSIS with ranks": ranked,
    }


def _alone(path: Path) -> ModuleType:
    """A module from its file, without the package that it lies in."""
    spec = importlib.util.spec_from_file_location(f"pydecision_{path.stem}", path)
    if spec is None or spec.loader is None or not path.exists():
        raise ModuleNotFoundError(str(path))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


#: Package → what makes its calls.
PACKAGES: Final[Mapping[str, Callable[[], dict[str, Call]]]] = MappingProxyType(
    {"pymcdm": _pymcdm, "scikit-criteria": _skcriteria, "pyDecision": _pydecision}
)
