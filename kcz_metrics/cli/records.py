"""``kcz demo``, ``kcz import`` and ``kcz template``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Exit, Option, echo

from kcz_metrics.cli.choices import one_of
from kcz_metrics.cli.options import Lang, Target
from kcz_metrics.cli.places import home
from kcz_metrics.cli.progress import step
from kcz_metrics.cli.speaking import language, tr
from kcz_metrics.errors import Issue, StoreError
from kcz_metrics.locales import T

if TYPE_CHECKING:
    from kcz_metrics.records.importing import ImportOutcome

#: what the shipped sample was made with
SEED, SCALE = 2022, 1.0
REJECTED = 3
#: broken rules told on standard error; the file of rejected rows has them all
SHOWN = 20

TableName = Annotated[str, Argument(metavar="TABLE", help=tr("记录表的名称"), show_default=False)]
Source = Annotated[Path, Argument(metavar="FILE", help=tr("CSV 文件"), show_default=False)]


def demo(
    scale: Annotated[float, Option("--scale", min=0.01, max=1000, help=tr("规模，1 为 15 万条以上"))] = SCALE,
    seed: Annotated[int, Option("--seed", min=0, help=tr("随机数种子，同一种子得到同样的记录"))] = SEED,
    truth: Annotated[
        Path | None, Option("--truth", metavar="FILE", help=tr("真值文件；不写则为数据库目录下的 truth/sample_truth.json"))
    ] = None,
    if_empty: Annotated[bool, Option("--if-empty", help=tr("数据库里已有记录时什么也不做"))] = False,
) -> None:
    from kcz_metrics.store import Store

    store = Store.open()
    if if_empty and not store.is_empty:
        return
    from kcz_metrics.records import sample

    if not store.is_empty:
        raise StoreError(
            Issue("store_not_empty", T("数据库里已有记录，没有填入虚构记录"), place=str(store.home), hint=T("用 KCZ_HOME 指明一个空目录"))
        )
    target = truth or home() / "truth" / "sample_truth.json"
    rows, id = 0, ""
    step(tr("正在生成虚构记录"))
    for part, invented in enumerate(sample.invent_parts(seed, scale)):
        step(tr("正在入库"))
        snapshot = sample.fill(store, invented.tables)
        rows, id = rows + snapshot.rows_in, snapshot.id
        if part == 0:
            _write_truth(invented.truth, target)
    echo(tr("已填入 {rows} 条虚构记录，快照 {id}；真值写在 {truth}", rows=f"{rows:,}", id=id[:6], truth=target))


def _write_truth(truth: object, target: Path) -> None:
    from kcz_metrics.cli.output import send

    target.parent.mkdir(parents=True, exist_ok=True)
    send(json.dumps(truth, ensure_ascii=False, default=str, indent=1).encode(), target)


def import_(
    table: TableName,
    file: Source,
    dry_run: Annotated[bool, Option("--dry-run", help=tr("只检查，不入库"))] = False,
) -> None:
    from kcz_metrics.records.importing import import_file
    from kcz_metrics.store import Store, local_actor

    done = import_file(Store.open(), table, file, actor=local_actor(), dry_run=dry_run, lang=language())
    echo(_told(done))
    if done.absent:
        echo(tr("文件里没有这些列，已有的行保留原值，新行为空：{columns}", columns=", ".join(done.absent)), err=True)
    if done.rejected.height:
        for row, column, text in done.problems.select("row", "column", language()).head(SHOWN).iter_rows():
            echo(tr("第 {row} 行 {column}：{text}", row=row, column=column, text=text), err=True)
        if done.problems.height > SHOWN:
            echo(tr("另有 {n} 处", n=f"{done.problems.height - SHOWN:,}"), err=True)
        if done.rejected_path is not None:
            echo(tr("退回的行写在 {file}，改好后可以再导入", file=done.rejected_path), err=True)
        raise Exit(REJECTED)


def _told(done: ImportOutcome) -> str:
    """One line on what became of the file."""
    counts = tr(
        "新增 {new} 行，更改 {changed} 行，相同 {same} 行，退回 {rejected} 行",
        new=f"{done.new:,}",
        changed=f"{done.changed:,}",
        same=f"{done.same:,}",
        rejected=f"{done.rejected.height:,}",
    )
    if done.known:
        return tr("这个文件已导入过，没有改变什么：{counts}", counts=counts)
    if done.dry_run:
        return tr("试运行，没有入库：{counts}", counts=counts)
    if done.snapshot is None:
        return counts
    return tr("{counts}；快照 {id}", counts=counts, id=done.snapshot.short)


def template(
    table: TableName,
    lang: Annotated[Lang | None, Option("--lang", **one_of(Lang), help=tr("表头用这种语言的名称；不写则用列的编号"))] = None,
    output: Target = None,
) -> None:
    from kcz_metrics.cli.output import send
    from kcz_metrics.records.forms import template as form

    send(form(table, lang.value if lang is not None else None), output)
