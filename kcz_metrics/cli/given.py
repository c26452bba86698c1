"""From the options of a command to a scheme, an index and a source of values."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from typer import echo

from kcz_metrics.cli import taking
from kcz_metrics.cli.places import scheme_file
from kcz_metrics.cli.speaking import tr
from kcz_metrics.errors import Issue, KczError, SchemeError, ValuesError, did_you_mean
from kcz_metrics.locales import T

if TYPE_CHECKING:
    from kcz_metrics.scheme.models import Index, Scheme
    from kcz_metrics.scoring import Scorecard
    from kcz_metrics.store import Snapshot


def scheme(config: Path | None, values: Path | None = None) -> Scheme:
    """The scheme. Where it is wrong, what can be said of the file of values without it stands in the same message."""
    from kcz_metrics.scheme import load_scheme

    try:
        return taking.by(load_scheme(scheme_file(config)))
    except SchemeError as error:
        raise SchemeError((*error.issues, *unreadable(values))) from error


def unreadable(values: Path | None) -> tuple[Issue, ...]:
    """What is wrong with a file of values whatever the scheme."""
    if values is None:
        return ()
    from kcz_metrics.engines.file_reading import read

    try:
        table = read(values)
    except ValuesError as error:
        return error.issues
    if "unit" in table.frame.columns:
        return ()
    return (
        Issue("column_missing", T("缺少列 {column}", column="unit"), place=table.place, hint=did_you_mean("unit", table.frame.columns)),
    )


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
        return values
    return taking.snapshot(snapshot)


def scorecard(
    config: Path | None, values: Path | None, snapshot: str | None, index_id: str, period: str | None
) -> tuple[Scheme, Scorecard, Snapshot | Path]:
    """The index scored, with the scheme and the source it rests on. Without a period the last one in which a unit is ranked, and which one
    that is stands on standard error."""
    from kcz_metrics.scoring import evaluate

    found = scheme(config, values)
    declared = index(found, index_id)
    records = source(values, snapshot)
    if period is None:
        from kcz_metrics.decisions.history import scorecards

        card = scorecards(found, declared, records)[-1]
        echo(tr("没有写 --period，取最近一期 {period}", period=card.period), err=True)
        return found, card, records
    return found, evaluate(found, index_id, period, records), records
