"""``kcz targets``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from typer import Option, echo

from kcz_metrics.cli import given, taking
from kcz_metrics.cli.options import Config, Form, PeriodId, SnapshotId, Target
from kcz_metrics.cli.speaking import language, tr

if TYPE_CHECKING:
    import polars as pl

    from kcz_metrics.decisions.targets import Standing
    from kcz_metrics.engines.targets import Course
    from kcz_metrics.scheme.models import Scheme
    from kcz_metrics.store import Snapshot

#: What ``--wide`` adds, in this order.
WIDE = (
    "name",
    "owner",
    "time_gone",
    "forecast",
    "forecast_low",
    "forecast_high",
    "item",
    "reason",
    "as_of",
    "baseline",
    "units",
    "units_met",
)


def targets(
    period: PeriodId,
    wide: Annotated[bool, Option("--wide", help=tr("再给出名称、归口、时间进度、预测及其区间等列"))] = False,
    config: Config = None,
    snapshot: SnapshotId = None,
    form: Form = None,
    output: Target = None,
) -> None:
    from kcz_metrics.cli.output import give
    from kcz_metrics.decisions.targets import ANSWER

    scheme = given.scheme(config)
    found, course = counted(scheme, taking.snapshot(snapshot), period)
    if found.rows.height and (found.rows["state"] == "no_data").all():
        last = course.reported_on.isoformat() if course.reported_on else "—"
        said = tr("{period} 没有一项目标有数：记录报到 {last} 为止。可换一个较早的评价期，或先导入记录。", period=period, last=last)
        echo(said, err=True)
    give(widened(scheme, found) if wide else found.rows.select(ANSWER), form, output)


def counted(scheme: Scheme, source: Snapshot, period: str) -> tuple[Standing, Course]:
    """All targets at a period, and the course they were read from."""
    from kcz_metrics.decisions.targets import standing
    from kcz_metrics.engines.targets import course
    from kcz_metrics.language.periods import period as parsed
    from kcz_metrics.scoring import evaluate

    year = parsed(period).year
    through = course(source, scheme, year)
    return standing(scheme, through, period, lambda index: evaluate(scheme, index, str(year), source)), through


def widened(scheme: Scheme, found: Standing) -> pl.DataFrame:
    """The columns of the command line and those of ``--wide``."""
    import polars as pl

    from kcz_metrics.decisions.targets import ANSWER

    speech = language()

    def said(text: object) -> str:
        return text.in_(speech) if hasattr(text, "in_") else str(text or "")

    told = [scheme.targets[id_] for id_ in found.rows["target"]]
    return found.rows.with_columns(
        pl.Series("name", [said(target.name) for target in told], pl.String),
        pl.Series("owner", [said(target.owner) for target in told], pl.String),
        pl.lit(found.day.as_of).alias("as_of"),
    ).select(*ANSWER, *WIDE)
