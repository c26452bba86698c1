"""``kcz handbook``: every indicator of the scheme with what it means, where it comes from and, for a period, how its values lie."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from typer import Option

from kcz_metrics.cli import given
from kcz_metrics.cli.options import Config, SnapshotId
from kcz_metrics.cli.progress import step
from kcz_metrics.cli.speaking import tr

Page = Annotated[Path | None, Option("-o", "--output", metavar="FILE", help=tr("要写的 Markdown 文件；不写则输出到屏幕"))]
When = Annotated[str | None, Option("--period", "-p", metavar="P", help=tr("另给出该评价期的覆盖、分布与相关；不写则只有方案本身"))]


def handbook(period: When = None, output: Page = None, config: Config = None, snapshot: SnapshotId = None) -> None:
    from kcz_metrics.cli.output import send
    from kcz_metrics.reports import handbook as book

    scheme = given.scheme(config)
    text = book.document(scheme)
    if period is not None:
        from kcz_metrics.analysis.figures import figures
        from kcz_metrics.facts import UNITS
        from kcz_metrics.scoring import evaluate

        source = given.source(None, snapshot)
        step(tr("正在计算"))
        found = {index: figures(evaluate(scheme, index, period, source)) for index, of in scheme.indices.items() if of.unit in UNITS}
        text += book.figures(scheme, period, found)
    send(text.encode(), output)
