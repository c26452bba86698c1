"""From the options of a command to a scheme, an index and a source of values."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kcz_metrics.cli.places import scheme_file
from kcz_metrics.errors import Issue, KczError, SchemeError, ValuesError, did_you_mean
from kcz_metrics.locales import T

if TYPE_CHECKING:
    from kcz_metrics.scheme.models import Index, Scheme
    from kcz_metrics.store import Snapshot


def scheme(config: Path | None, values: Path | None = None) -> Scheme:
    """The scheme. Where it is wrong, what can be said of the file of values without it is said in the same message."""
    from kcz_metrics.scheme import load_scheme

    try:
        return load_scheme(scheme_file(config))
    except SchemeError as error:
        raise SchemeError((*error.issues, *_unreadable(values))) from error


def _unreadable(values: Path | None) -> tuple[Issue, ...]:
    if values is None:
        return ()
    try:
        values_exist(values)
    except ValuesError as error:
        return error.issues
    return ()


def values_exist(values: Path) -> None:
    if not values.is_file():
        raise ValuesError(Issue("values_not_found", T("没有这个指标值文件"), place=str(values)))


def index(scheme: Scheme, index_id: str) -> Index:
    if index_id not in scheme.indices:
        raise SchemeError(
            Issue(
                "unknown_index",
                T("方案里没有指数 {index}", index=index_id),
                expected=T("{names}", names=", ".join(scheme.indices)),
                hint=did_you_mean(index_id, list(scheme.indices)),
            )
        )
    return scheme.indices[index_id]


def source(values: Path | None, snapshot: str | None) -> Snapshot | Path:
    """Where values come from: the file where one was given, else the chosen or the latest snapshot of the store."""
    if values is not None:
        if snapshot is not None:
            raise KczError(Issue("two_sources", T("--values 与 --snapshot 只能写一个")))
        values_exist(values)
        return values
    from kcz_metrics.store import Store

    return Store.open().snapshot(snapshot)
