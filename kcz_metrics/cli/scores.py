"""``kcz values`` and ``kcz score``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Option

from kcz_metrics.cli import given
from kcz_metrics.cli.choices import one_of
from kcz_metrics.cli.options import Config, Form, IndexId, PeriodId, SnapshotId, Stage, Target, ValuesFile
from kcz_metrics.cli.speaking import tr

if TYPE_CHECKING:
    import polars as pl

    from kcz_metrics.scoring import Scorecard

VALUES = ("unit", "period", "indicator", "value", "n", "status")
SCORES = ("unit", "period", "group", "node", "score", "published", "rank", "coverage", "status", "reason")
STAGE = ("unit", "period", "indicator", "value", "status")
WEIGHTS = ("unit", "node", "parent", "weight", "effective_weight")


def values(
    index: IndexId,
    period: PeriodId,
    config: Config = None,
    values_file: ValuesFile = None,
    snapshot: SnapshotId = None,
    form: Form = None,
    output: Target = None,
) -> None:
    from kcz_metrics.cli.output import give

    scheme = given.scheme(config, values_file)
    given.index(scheme, index)
    source = given.source(values_file, snapshot)
    if isinstance(source, Path):
        from kcz_metrics.engines import file

        found = file.values(source, scheme, index, period)
    else:
        from kcz_metrics.engines import duckdb

        found = duckdb.values(source, scheme, index, [period])
    import polars as pl

    # a file may hold other periods, which the scoring needs and this command was not asked for
    give(found.frame.filter(pl.col("period") == period).select(VALUES), form, output)


def score(
    index: IndexId,
    period: PeriodId,
    stage: Annotated[Stage | None, Option("--stage", **one_of(Stage), help=tr("只给出这一步的结果"))] = None,
    config: Config = None,
    values_file: ValuesFile = None,
    snapshot: SnapshotId = None,
    form: Form = None,
    output: Target = None,
) -> None:
    from kcz_metrics.cli.output import give

    _, scorecard, _ = given.scorecard(config, values_file, snapshot, index, period)
    give(frame(scorecard, stage), form, output)


def frame(scorecard: Scorecard, stage: Stage | None) -> pl.DataFrame:
    """The columns of the command line, in their order."""
    if stage is None:
        return scorecard.scores.select(SCORES)
    found = scorecard.stage(stage.value)
    if stage in (Stage.imputations, Stage.treatments, Stage.adjustments):
        return found
    return found.select(WEIGHTS if stage is Stage.weights else STAGE)
