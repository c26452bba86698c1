"""``kcz diagnose`` and ``kcz selftest``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Exit, Option, echo

from kcz_metrics.cli import given
from kcz_metrics.cli.options import Config, Form, IndexId, LatePeriod, PeriodId, SnapshotId, Target, ValuesFile
from kcz_metrics.cli.progress import step
from kcz_metrics.cli.speaking import language, tr
from kcz_metrics.errors import LanguageError, ScoringError

if TYPE_CHECKING:
    import polars as pl

    from kcz_metrics.scoring import Scorecard
    from kcz_metrics.store import Snapshot


def diagnose(
    index: IndexId,
    report: Annotated[
        Path | None, Option("--report", metavar="FILE", help=tr("另写成一份报告：.md 为 Markdown，.html 可打印为 A4"))
    ] = None,
    flagged: Annotated[bool, Option("--flagged", help=tr("只给出需要留意的"))] = False,
    period: LatePeriod = None,
    config: Config = None,
    values_file: ValuesFile = None,
    snapshot: SnapshotId = None,
    form: Form = None,
    output: Target = None,
) -> None:
    from kcz_metrics.analysis.diagnose import diagnose as diagnosed
    from kcz_metrics.cli.output import give, send

    _, card, source = given.scorecard(config, values_file, snapshot, index, period)
    step(tr("统计检查"))
    found = diagnosed(card, _before(card, source))
    if report is not None:
        send(_written(report, card, found, invented=not isinstance(source, Path) and source.invented).encode(), report)
    give(found.filter("flag") if flagged else found, form, output)


def selftest(
    index: IndexId,
    period: PeriodId,
    strict: Annotated[bool, Option("--strict", help=tr("有红色时退出码为 1"))] = False,
    config: Config = None,
    values_file: ValuesFile = None,
    snapshot: SnapshotId = None,
    form: Form = None,
    output: Target = None,
) -> None:
    from kcz_metrics.analysis.selftests import self_tests
    from kcz_metrics.cli.output import give

    _, card, _ = given.scorecard(config, values_file, snapshot, index, period)
    found = self_tests(card)
    give(found, form, output)
    red = found.filter(found["state"] == "red")["test"].to_list()
    if red:
        echo(tr("有反例：{tests}", tests=", ".join(red)), err=True)
    if red and strict:
        raise Exit(1)


def _written(report: Path, card: Scorecard, found: pl.DataFrame, *, invented: bool) -> str:
    """The report by the file's ending."""
    if report.suffix.lower() not in (".html", ".htm"):
        from kcz_metrics.reports.diagnosis import markdown

        return markdown(found, card, language(), invented=invented)
    from kcz_metrics.analysis.diagnose import left_out
    from kcz_metrics.analysis.diagnosis_structure import correlations
    from kcz_metrics.analysis.findings import findings
    from kcz_metrics.analysis.selftests import self_tests
    from kcz_metrics.reports.diagnosis_page import page

    step(tr("自检"))
    names = dict(card.units.select("unit", "name_zh" if language() == "zh" else "name_en").drop_nulls().iter_rows())
    faults = findings(found, left_out(card))
    return page(card, found, faults, correlations(card), self_tests(card), language(), invented=invented, names=names)


def _before(card: Scorecard, source: Snapshot | Path) -> Scorecard | None:
    """The period before, where there is one."""
    from kcz_metrics.language.periods import period as parse
    from kcz_metrics.scoring import evaluate

    try:
        return evaluate(card.scheme, card.index.id, parse(card.period).previous(1).id, source)
    except (LanguageError, ScoringError):
        return None
