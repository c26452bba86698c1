"""``kcz check``: every problem of the scheme, and of the values or records against it, in one answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from typer import Exit, echo

from kcz_metrics.cli import given
from kcz_metrics.cli.options import Config, SnapshotId, ValuesFile
from kcz_metrics.cli.places import home, scheme_file
from kcz_metrics.cli.progress import step
from kcz_metrics.cli.speaking import language, tr
from kcz_metrics.errors import Issue, KczError

if TYPE_CHECKING:
    from kcz_metrics.scheme.models import Scheme
    from kcz_metrics.store import Snapshot


#: a period that stands for whichever the file holds
ANY = "2000"


def check(config: Config = None, values_file: ValuesFile = None, snapshot: SnapshotId = None) -> None:
    from kcz_metrics.scheme.reading import file_text, read_scheme

    path = scheme_file(config)
    scheme, issues = read_scheme(file_text(path), str(path))
    if values_file is not None:
        issues = [*issues, *of_values(scheme, values_file)]
    elif scheme is not None:
        issues = [*issues, *of_records(scheme, snapshot)]
    _tell(issues)
    errors = sum(issue.level == "error" for issue in issues)
    if errors:
        raise Exit(1)
    assert scheme is not None
    echo(tr("ok：方案 {edition}，{n} 个指数，{m} 个指标", edition=scheme.edition, n=len(scheme.indices), m=len(scheme.indicators)))


def _tell(issues: Sequence[Issue]) -> None:
    for issue in issues:
        mark = tr("错误") if issue.level == "error" else tr("警告")
        echo(f"{mark} {issue.render(language())}", err=True)
    if issues:
        errors = sum(issue.level == "error" for issue in issues)
        echo(tr("{n} 个错误，{m} 个警告", n=errors, m=len(issues) - errors), err=True)


def of_values(scheme: Scheme | None, path: Path) -> list[Issue]:
    """What is wrong with a file of values: for every index of the scheme, or by itself where the scheme cannot be read."""
    if scheme is None:
        return list(given.unreadable(path))
    from kcz_metrics.analysis.denominators import biased
    from kcz_metrics.engines import file
    from kcz_metrics.scoring.references import missing_references

    found: list[Issue] = []
    period = _last_period(path)
    for index_id, index in scheme.indices.items():
        try:
            values = file.values(path, scheme, index_id, period)
        except KczError as error:
            # which periods the file holds is no matter until one is asked for
            found += [issue for issue in error.issues if issue.code != "period_missing" and issue not in found]
        else:
            told = (*missing_references(values, index, scheme, period), *biased(values, index, scheme, period))
            found += [issue for issue in told if issue not in found]
    return found


def _last_period(path: Path) -> str:
    """The last period that a file holds values of."""
    from kcz_metrics.engines.file_reading import read
    from kcz_metrics.language.periods import is_period, period

    try:
        frame = read(path).frame
    except KczError:
        return ANY
    named = frame["period"].drop_nulls().unique().to_list() if "period" in frame.columns else []
    return max((period(str(p).strip()) for p in named if is_period(str(p).strip())), default=period(ANY)).id


def of_records(scheme: Scheme, id: str | None = None) -> list[Issue]:
    """What is wrong with the records of the store, if it holds any, for the indices that rest on them; ``id``: of an older snapshot."""
    from kcz_metrics.store import Store

    if not home().is_dir():
        return []
    store = Store.open()
    if store.is_empty and id is None:
        return []
    step(tr("正在检查业务记录"))
    return list(_against(scheme, store.snapshot(id)))


def _against(scheme: Scheme, snapshot: Snapshot) -> Iterator[Issue]:
    """Run every index over the records once, for the last period that was over when they came in."""
    from kcz_metrics.analysis.denominators import biased
    from kcz_metrics.engines import duckdb
    from kcz_metrics.language.periods import period_of
    from kcz_metrics.scoring.references import missing_references

    for index_id, index in scheme.indices.items():
        if any(scheme.indicators[id].formula is None for id in index.leaves):
            continue  # its values come from a file
        last = period_of(snapshot.created_at.date(), index.periods.grain).previous()
        try:
            values = duckdb.values(snapshot, scheme, index_id, [last.id])
        except KczError as error:
            yield from error.issues
        else:
            yield from missing_references(values, index, scheme, last.id)
            yield from biased(values, index, scheme, last.id)
