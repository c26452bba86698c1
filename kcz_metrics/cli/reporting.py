"""``kcz report``: a ranking or a unit's profile as a workbook."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, BadParameter, Option

from kcz_metrics.cli import given, taking
from kcz_metrics.cli.choices import one_of
from kcz_metrics.cli.options import Config, Lang, PeriodId, SnapshotId, ValuesFile
from kcz_metrics.cli.speaking import language, tr

if TYPE_CHECKING:
    from kcz_metrics.locales import Language
    from kcz_metrics.scheme.models import Scheme
    from kcz_metrics.scoring import Scorecard
    from kcz_metrics.store import Snapshot

KINDS = ("ranking", "profile", "targets", "societies")

Kind = Annotated[
    str,
    Argument(
        metavar="KIND",
        help=tr("ranking 为排名，profile 为一个评价对象的情况，targets 为年度目标，societies 为学会评价导出；也可直接写指数的编号"),
        show_default=False,
    ),
]
Of = Annotated[str | None, Option("--index", "-i", metavar="INDEX", help=tr("指数的编号；方案里只有一个指数时可不写"))]
Unit = Annotated[str | None, Option("--unit", "-u", metavar="UNIT", help=tr("评价对象的编号，profile 必须写"))]
Book = Annotated[
    Path,
    Option("-o", "--output", metavar="FILE", help=tr("要写的文件，以 .xlsx 结尾；societies 也可以是 .csv"), show_default=False),
]
Speech = Annotated[Lang | None, Option("--lang", **one_of(Lang), help=tr("报告的语言；不写则与命令行相同"))]


def report(
    kind: Kind,
    period: PeriodId,
    output: Book,
    index: Of = None,
    unit: Unit = None,
    lang: Speech = None,
    config: Config = None,
    values_file: ValuesFile = None,
    snapshot: SnapshotId = None,
) -> None:
    endings = (".xlsx", ".csv") if kind == "societies" else (".xlsx",)
    if output.suffix.lower() not in endings:
        raise BadParameter(tr("报告目前只有 Excel 工作簿，文件名要以 .xlsx 结尾"), param_hint="-o")
    from kcz_metrics.cli.output import send
    from kcz_metrics.cli.progress import step
    from kcz_metrics.reports import workbook
    from kcz_metrics.scoring import evaluate

    scheme = given.scheme(config, values_file)
    if kind == "targets":
        if index is not None or unit is not None or values_file is not None:
            raise BadParameter(tr("targets 不用 --index、--unit 和 --values"), param_hint="KIND")
        content, rows = of_targets(scheme, period, snapshot, lang.value if lang is not None else language())
        send(content, output, rows)
        return
    if kind == "societies":
        if index is not None or unit is not None or values_file is not None:
            raise BadParameter(tr("societies 不用 --index、--unit 和 --values"), param_hint="KIND")
        content, rows = of_societies(scheme, period, snapshot, lang.value if lang is not None else language(), output.suffix.lower())
        send(content, output, rows)
        return
    chosen, unit_wanted = _subject(scheme, kind, index, unit)
    given.index(scheme, chosen)
    source = given.source(values_file, snapshot)
    step(tr("正在计算"))
    scorecard = evaluate(scheme, chosen, period, source)
    before = earlier(scheme, scorecard, source)
    previous = before[-1] if before else None
    taken = None if isinstance(source, Path) else source
    command = recompute(chosen, period, config, values_file, taken)
    step(tr("正在写工作簿"))
    speech = lang.value if lang is not None else language()
    if unit_wanted is None:
        content = workbook.ranking(scorecard, scheme=scheme, snapshot=taken, lang=speech, previous=previous, command=command)
    else:
        content = workbook.profile(
            scorecard, unit_wanted, scheme=scheme, snapshot=taken, lang=speech, previous=previous, earlier=before, command=command
        )
    send(content, output, scorecard.units.height if unit_wanted is None else 1)


def of_targets(scheme: Scheme, period: str, snapshot: str | None, speech: Language) -> tuple[bytes, int]:
    """The workbook of the year's targets, and how many they are."""
    from kcz_metrics.cli.progress import step
    from kcz_metrics.cli.targets import counted
    from kcz_metrics.reports.targets import targets

    source = taking.snapshot(snapshot)
    step(tr("正在计算"))
    found, course = counted(scheme, source, period)
    return targets(found, course, scheme=scheme, snapshot=source, lang=speech, asked=period), found.rows.height


def of_societies(scheme: Scheme, period: str, snapshot: str | None, speech: Language, ending: str) -> tuple[bytes, int]:
    """The export for the evaluation of national societies, as a workbook or as CSV, and its rows."""
    from kcz_metrics.cli.progress import step
    from kcz_metrics.reports import societies
    from kcz_metrics.scoring import evaluate

    source = taking.snapshot(snapshot)
    step(tr("正在计算"))
    boards = [index for index, declared in scheme.indices.items() if declared.unit == "organisation"]
    found = societies.standing([evaluate(scheme, board, period, source) for board in boards], source.read("org"))
    if ending == ".csv":
        return societies.csv(found, scheme=scheme, snapshot=source, asked=period), found.height
    return societies.workbook(found, scheme=scheme, snapshot=source, lang=speech, asked=period), found.height


def _subject(scheme: Scheme, kind: str, index: str | None, unit: str | None) -> tuple[str, str | None]:
    """Index and unit that a kind asks for; the unit is None for a ranking. A kind may be an index's id."""
    if kind not in KINDS:
        if index is None and kind in scheme.indices:
            return kind, unit
        raise BadParameter(tr("没有这种报告；有 {kinds}，或一个指数的编号", kinds=", ".join(KINDS)), param_hint="KIND")
    if index is None:
        if len(scheme.indices) != 1:
            raise BadParameter(tr("要用 --index 指明指数：{names}", names=", ".join(scheme.indices)), param_hint="--index")
        index = next(iter(scheme.indices))
    if kind == "profile" and unit is None:
        raise BadParameter(tr("profile 要用 --unit 指明评价对象"), param_hint="--unit")
    if kind == "ranking" and unit is not None:
        raise BadParameter(tr("ranking 不用 --unit；要看一个评价对象请用 profile"), param_hint="--unit")
    return index, unit


def earlier(scheme: Scheme, scorecard: Scorecard, source: Snapshot | Path) -> list[Scorecard]:
    """Scorecards of the two periods before, oldest first, without those that cannot be computed or rank nobody."""
    import polars as pl

    from kcz_metrics.errors import KczError
    from kcz_metrics.language.periods import is_period
    from kcz_metrics.language.periods import period as parsed
    from kcz_metrics.scoring import evaluate

    index, period = scorecard.index.id, scorecard.period
    found = []
    for back in (2, 1) if is_period(period) else ():
        try:
            card = evaluate(scheme, index, parsed(period).previous(back).id, source)
        except KczError:  # data that do not reach back so far: the report does without the comparison
            continue
        ranked = card.scores.filter((pl.col("node") == index) & pl.col("rank").is_not_null()).height
        # a file without a column of periods gives the same values for every period asked for
        timeless = isinstance(source, Path) and card.values.drop("period").equals(scorecard.values.drop("period"))
        if ranked and not timeless:
            found.append(card)
    return found


def recompute(index: str, period: str, config: Path | None, values: Path | None, snapshot: Snapshot | None) -> str:
    """The command that prints the scores of the report again."""
    words = ["kcz", "score", index, "--period", period, "--format", "csv"]
    if config is not None:
        words += ["--config", str(config)]
    if values is not None:
        words += ["--values", str(values)]
    if snapshot is not None:
        words += ["--snapshot", snapshot.id]
    return shlex.join(words)
