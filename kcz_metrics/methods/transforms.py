"""Element-wise transforms of an indicator, applied to its values and to the goalposts given in its unit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from kcz_metrics.methods.entry import Array


def _guarded(kernel: Callable[..., Array], lowest: float, include: bool) -> Callable[[Array], Array]:
    """``kernel`` where it is defined, NaN elsewhere."""

    def transform(x: Array) -> Array:
        x = np.asarray(x, float)
        inside = x >= lowest if include else x > lowest
        return kernel(x, out=np.full(x.shape, np.nan), where=inside)

    return transform


#: name → transform; a value outside its domain (the logarithm of 0) becomes missing.
TRANSFORMS: Mapping[str, Callable[[Array], Array]] = MappingProxyType(
    {
        "log": _guarded(np.log, 0.0, False),
        "log10": _guarded(np.log10, 0.0, False),
        "log1p": _guarded(np.log1p, -1.0, False),
        "sqrt": _guarded(np.sqrt, 0.0, True),
    }
)
