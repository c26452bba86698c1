"""What a scheme asks of a stage that the index leaves out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kcz_metrics.errors import Issue
from kcz_metrics.locales import T
from kcz_metrics.scheme.checking import Context

#: Key of an indicator → the stage that carries it out. Without it the value is another one than the marks of normalise are written for.
_OF_INDICATORS: Final = {"denominate": "denominate", "transform": "treat"}
#: Key of an index → the stage that carries it out.
_OF_INDICES: Final = {"screen": "screen", "impute": "impute", "treat": "treat", "adjust": "adjust"}


def asked_of_a_stage_left_out(context: Context) -> Iterator[Issue]:
    """A stage left out is not done: an error where values would be other ones, a warning where the index itself asks for it."""
    for id_, index in context.scheme.indices.items():
        for key, stage in _OF_INDICATORS.items():
            leaves = [leaf for leaf in index.leaves if getattr(context.scheme.indicators.get(leaf), key, None) is not None]
            if leaves and stage not in index.stages:
                yield context.issue(
                    "left_out",
                    T("{names} 写了 {key}，而 stages 里没有 {stage}，不会执行", names=", ".join(leaves), key=key, stage=stage),
                    "indices",
                    id_,
                    "stages",
                    hint=T("在 stages 里加上 {stage}", stage=stage),
                )
        for key, stage in _OF_INDICES.items():
            given = getattr(index, key)
            if stage in index.stages or not given or getattr(given, "method", "") == "none":
                continue
            yield context.issue(
                "left_out",
                T("写了 {key}，而 stages 里没有 {stage}，不会执行", key=key, stage=stage),
                "indices",
                id_,
                key,
                hint=T("在 stages 里加上 {stage}，或去掉 {key}", stage=stage, key=key),
                warning=True,
            )
