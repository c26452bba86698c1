"""What every family of methods is made of: a name, its parameters, its kernel, and what to call it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from kcz_metrics.errors import Issue, SchemeError, did_you_mean
from kcz_metrics.locales import T
from kcz_metrics.tables.labels import Label

#: Floats whose last two axes are (unit, indicator) unless said otherwise; NaN is missing; axes before them are runs.
Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Positions = NDArray[np.intp]


class Parameters(BaseModel):
    """Parameters of a method as written in the scheme. Unknown ones are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, populate_by_name=True)


@dataclass(frozen=True, slots=True)
class MethodEntry:
    """One method of a family.

    ``stacked`` names the numeric parameters that a kernel takes one of per indicator, so that indicators that differ in nothing else are
    computed in one call. ``own_unit`` names those given in the value's own unit, which pass through the indicator's transform.
    ``bounded`` says that the result belongs on the index's scale: the kernel gives 0 to 1, or scores on the scale itself where
    ``on_scale``.
    ``nonnegative`` says that negative scores have no place in it; ``comparing`` that it compares units, so that it runs group by group.
    ``absolute`` marks weights that are not shares. ``formula`` and ``source`` stand in the documentation.
    """

    name: str
    label: Label
    parameters: type[Parameters]
    kernel: Callable[..., Any]
    formula: str
    source: str
    bounded: bool = False
    stacked: tuple[str, ...] = ()
    own_unit: tuple[str, ...] = ()
    on_scale: bool = False
    nonnegative: bool = False
    comparing: bool = False
    absolute: bool = False


def family(*entries: MethodEntry) -> Mapping[str, MethodEntry]:
    from types import MappingProxyType

    return MappingProxyType({entry.name: entry for entry in entries})


def look_up(entries: Mapping[str, MethodEntry], name: str, subject: str = "") -> MethodEntry:
    """The entry called ``name``. Raises SchemeError with the nearest known names."""
    entry = entries.get(name)
    if entry is None:
        raise SchemeError(
            Issue("unknown_method", T("没有名为 {name} 的方法", name=name), subject=subject, hint=did_you_mean(name, list(entries)))
        )
    return entry
