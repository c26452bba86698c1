"""``kcz bench``: how fast the engine is, beside others, on this machine."""

from __future__ import annotations

from typing import Annotated

from typer import Option

from kcz_metrics.cli.choices import unknown
from kcz_metrics.cli.options import Form, Target
from kcz_metrics.cli.places import roots
from kcz_metrics.cli.speaking import tr

WORK = ("index", "aggregate", "draws", "draws_large", "draws_asem", "million", "events")
#: records for ``events``
EVENTS = 50_000


def _known(name: str | None) -> str | None:
    if name is not None and name not in WORK:
        raise unknown(name, WORK)
    return name


_ONLY = tr("只运行这一项：{names}；不写则运行 events 以外的全部，约一分钟", names=", ".join(WORK))
_RECORDS = tr("events 一项所用虚构记录的条数；10000000 条要几分钟")


def bench(
    only: Annotated[str | None, Option("--only", metavar="W", callback=_known, help=_ONLY)] = None,
    records: Annotated[int, Option("--events", min=1000, metavar="N", help=_RECORDS)] = EVENTS,
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
