"""``kcz sql`` and ``kcz explain``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Option

from kcz_metrics.cli import given
from kcz_metrics.cli.options import Config, Form, IndexId, PeriodId, SnapshotId, Target, UnitId, ValuesFile
from kcz_metrics.cli.speaking import language, tr

if TYPE_CHECKING:
    import polars as pl

    from kcz_metrics.scoring import Scorecard
    from kcz_metrics.store import Snapshot

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
    peers: Annotated[int, Option("--peers", min=0, metavar="K", help=tr("与最相近的 K 个评价对象的平均相比"))] = 0,
    words: Annotated[bool, Option("--words", help=tr("改为几句话，每句附上它的数字；没有把握的不说"))] = False,
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

    scheme, scorecard, source = given.scorecard(config, values_file, snapshot, index, period)
    # a unit that is called like a period is the unit
    units = scorecard.units["unit"]
    other: str | Scorecard | tuple[str, ...] | None
    other = evaluate(scheme, index, against, source) if against and against not in units and is_period(against) else against
    if words:
        give(_words(scorecard, unit, other, source), form, output)
        return
    if peers:
        from kcz_metrics.analysis.standing import peers as nearest

        other = tuple(nearest(scorecard, unit, peers)["unit"].to_list())
    give(parts(scorecard, unit, other).select(COLUMNS), form, output)


def _words(card: Scorecard, unit: str, other: object, source: Snapshot | Path) -> pl.DataFrame:
    """``statement, text, numbers``."""
    import polars as pl

    from kcz_metrics.analysis.doubts import doubts
    from kcz_metrics.analysis.robustness import DRAWS, SEED, robustness
    from kcz_metrics.analysis.statements import statements
    from kcz_metrics.scoring import Scorecard

    found = robustness(card, doubts(card, source, DRAWS, SEED))
    said = statements(card, unit, found, other if isinstance(other, Scorecard) else None)
    numbers = ["; ".join(f"{name}={value:.6g}" for name, value in one.numbers.items()) for one in said]
    columns = {"statement": [one.id for one in said], "text": [one.text.render(language()) for one in said], "numbers": numbers}
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
