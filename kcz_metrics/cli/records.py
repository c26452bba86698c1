"""``kcz demo``, ``kcz import`` and ``kcz template``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

from typer import Argument, Exit, Option, echo

from kcz_metrics.cli.options import Target
from kcz_metrics.cli.places import home, shipped
from kcz_metrics.cli.progress import step
from kcz_metrics.cli.speaking import tr
from kcz_metrics.errors import Issue, StoreError
from kcz_metrics.locales import T

#: what the shipped sample was made with
SEED, SCALE = 2022, 1.0
REJECTED = 3

TableName = Annotated[str, Argument(metavar="TABLE", help=tr("记录表的名称"), show_default=False)]
Source = Annotated[Path, Argument(metavar="FILE", help=tr("CSV 文件"), show_default=False)]


def demo(
    scale: Annotated[float, Option("--scale", min=0.01, max=1000, help=tr("规模，1 为 15 万条以上"))] = SCALE,
    seed: Annotated[int, Option("--seed", min=0, help=tr("随机数种子，同一种子得到同样的记录"))] = SEED,
    truth: Annotated[Path | None, Option("--truth", metavar="FILE", help=tr("真值文件；不写则为数据库目录下的 truth/sample_truth.json"))] = None,
) -> None:
    from kcz_metrics.records import sample
    from kcz_metrics.store import Store

    store = Store.open()
    if not store.is_empty:
        raise StoreError(
            Issue("store_not_empty", T("数据库里已有记录，没有填入虚构记录"), place=str(store.home), hint=T("用 KCZ_HOME 指明一个空目录"))
        )
    step(tr("正在生成虚构记录"))
    invented = sample.invent(seed, scale)
    step(tr("正在入库"))
    snapshot = sample.fill(store, invented.tables)
    target = truth or home() / "truth" / "sample_truth.json"
    _write_truth(invented.truth, target)
    echo(tr("已填入 {rows} 条虚构记录，快照 {id}；真值写在 {truth}", rows=f"{snapshot.rows_in:,}", id=snapshot.id[:6], truth=target))


def _write_truth(truth: object, target: Path) -> None:
    from kcz_metrics.cli.output import send

    target.parent.mkdir(parents=True, exist_ok=True)
    send(json.dumps(truth, ensure_ascii=False, default=str, indent=1).encode(), target)


def import_(
    table: TableName,
    file: Source,
    dry_run: Annotated[bool, Option("--dry-run", help=tr("只检查，不入库"))] = False,
) -> None:
    from kcz_metrics.records import importing

    _ = importing, table, file, dry_run, shipped
    raise Exit(REJECTED)


def template(table: TableName, output: Target = None) -> None:
    from kcz_metrics.cli.output import send
    from kcz_metrics.records import importing

    send(importing.template(table), output)
