"""``kcz bench``: how fast the engine is, beside others, on this machine."""

from __future__ import annotations

from typing import Annotated

from typer import BadParameter, Option

from kcz_metrics.cli.options import Form, Target
from kcz_metrics.cli.places import roots
from kcz_metrics.cli.speaking import tr

WORK = ("index", "aggregate", "draws", "draws_large", "draws_asem", "million", "events")
#: records for ``events``; 10,000,000 take some minutes
EVENTS = 50_000


def _known(name: str | None) -> str | None:
    if name is not None and name not in WORK:
        raise BadParameter(tr("没有名为 {name} 的测试；有 {names}", name=name, names=", ".join(WORK)))
    return name


def bench(
    only: Annotated[str | None, Option("--only", metavar="W", callback=_known, help=tr("只运行这一项"))] = None,
    records: Annotated[int, Option("--events", min=1000, metavar="N", help=tr("events 一项所用虚构记录的条数"))] = EVENTS,
    form: Form = None,
    output: Target = None,
) -> None:
    from kcz_metrics.bench import measure, table
    from kcz_metrics.cli.output import give
    from kcz_metrics.cli.progress import step

    done = []
    for row in measure(roots()[-1], only, records):
        step(row.work)
        done.append(row)
    give(table(done), form, output)
