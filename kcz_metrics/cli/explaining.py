"""``kcz sql`` and ``kcz explain``."""

from __future__ import annotations

from typing import Annotated

from typer import Option

from kcz_metrics.cli import given
from kcz_metrics.cli.options import Config, Form, IndexId, PeriodId, SnapshotId, Target, UnitId, ValuesFile
from kcz_metrics.cli.speaking import language, tr

COLUMNS = ("node", "parent", "is_leaf", "value", "score", "weight", "contribution")


def sql(index: IndexId, config: Config = None, output: Target = None) -> None:
    from kcz_metrics.cli.output import send
    from kcz_metrics.compiling import plan
    from kcz_metrics.compiling import sql as written

    scheme = given.scheme(config)
    given.index(scheme, index)
    text = written(plan(scheme, index), lang=language())
    send((text.rstrip("\n") + "\n").encode(), output)


def explain(
    index: IndexId,
    unit: UnitId,
    period: PeriodId,
    against: Annotated[str | None, Option("--against", metavar="U|P", help=tr("与另一个评价对象或另一个评价期相比"))] = None,
    config: Config = None,
    values_file: ValuesFile = None,
    snapshot: SnapshotId = None,
    form: Form = None,
    output: Target = None,
) -> None:
    from kcz_metrics.analysis.explain import explain as parts
    from kcz_metrics.cli.output import give
    from kcz_metrics.language.periods import is_period
    from kcz_metrics.scoring import evaluate

    scheme = given.scheme(config, values_file)
    given.index(scheme, index)
    source = given.source(values_file, snapshot)
    scorecard = evaluate(scheme, index, period, source)
    # a unit that is called like a period is the unit
    units = scorecard.units["unit"]
    other = evaluate(scheme, index, against, source) if against and against not in units and is_period(against) else against
    give(parts(scorecard, unit, other).select(COLUMNS), form, output)
