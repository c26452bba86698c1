"""``kcz demo``, ``kcz import`` and ``kcz template``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, BadParameter, Exit, Option, echo

from kcz_metrics.cli.choices import one_of
from kcz_metrics.cli.options import Lang, Target
from kcz_metrics.cli.places import home
from kcz_metrics.cli.progress import step
from kcz_metrics.cli.speaking import language, tr
from kcz_metrics.errors import Issue, StoreError
from kcz_metrics.locales import T

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from kcz_metrics.records.importing import ImportOutcome
    from kcz_metrics.store import Store
    from kcz_metrics.store.deciding import Kind

#: what the shipped sample was made with
SEED, SCALE = 2022, 1.0
REJECTED = 3
#: broken rules told on standard error; the file of rejected rows has them all
SHOWN = 20

TableName = Annotated[str, Argument(metavar="TABLE", help=tr("记录表的名称"), show_default=False)]
Source = Annotated[Path, Argument(metavar="FILE", help=tr("CSV 文件或 Excel 工作簿（.xlsx）"), show_default=False)]


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
    _decide(store)


def _decide(store: Store) -> None:
    """The decided past, where a scheme is at hand to decide by."""
    from kcz_metrics.cli.places import scheme_file, shipped
    from kcz_metrics.operations.decided_past import decide_past
    from kcz_metrics.scheme import load_scheme

    if shipped("indicators.yaml") is None:
        return
    step(tr("正在补上一轮的决定"))
    made = decide_past(store, load_scheme(scheme_file(None)))
    if made:
        echo(past([one.kind for one in store.decisions()]))


def past(kinds: Sequence[Kind]) -> str:
    """What the decisions of these kinds have settled: other records than the shipped ones may give no list to confirm."""
    said = [text for kind, text in (("tier", tr("上一轮层级已办结")), ("selection", tr("首次遴选的名单已确认"))) if kind in kinds]
    return tr("{done}：{n} 项虚构的决定，记入审计", done=tr("，").join(said), n=len(kinds))


def _write_truth(truth: object, target: Path) -> None:
    from kcz_metrics.cli.output import send

    target.parent.mkdir(parents=True, exist_ok=True)
    send(json.dumps(truth, ensure_ascii=False, default=str, indent=1).encode(), target)


def import_(
    table: TableName,
    file: Source,
    dry_run: Annotated[bool, Option("--dry-run", help=tr("只检查，不入库"))] = False,
    unit: Annotated[
        list[str] | None, Option("--unit", metavar="COLUMN=UNIT", help=tr("这一列的数用的单位，如 amount_cny=万元；可写几次"))
    ] = None,
    column: Annotated[
        list[str] | None,
        Option("--column", metavar="HEADING=COLUMN", help=tr("这个表头指哪一列；= 之后不写则不读这一列；下次记得；可写几次")),
    ] = None,
    epoch: Annotated[int | None, Option("--epoch", metavar="1900|1904", help=tr("日期写成序号时从哪一年起算"))] = None,
    sheet: Annotated[str | None, Option("--sheet", metavar="NAME", help=tr("读工作簿的哪一张工作表"))] = None,
    heading_row: Annotated[int | None, Option("--heading-row", metavar="ROW", min=1, help=tr("表头在第几行"))] = None,
    encoding: Annotated[str | None, Option("--encoding", metavar="NAME", help=tr("CSV 的编码：utf-8、gb18030 或 utf-16"))] = None,
    strict: Annotated[bool, Option("--strict", help=tr("违反表间规则的行也退回，而不只是提醒"))] = False,
) -> None:
    from kcz_metrics.records import Corrections
    from kcz_metrics.records.importing import import_file
    from kcz_metrics.store import Store, local_actor

    columns = {heading: name or None for heading, name in pairs(column)}
    done = import_file(
        Store.open(),
        table,
        file,
        actor=local_actor(),
        dry_run=dry_run,
        lang=language(),
        corrections=Corrections(columns, dict(pairs(unit)), epoch),
        strict=strict,
        sheet=sheet,
        heading_row=heading_row,
        encoding=encoding,
    )
    echo(_told(done))
    _remarks(done)
    if done.rejected.height:
        _list(done.problems)
        if done.rejected_path is not None:
            echo(tr("退回的行写在 {file}，改好后可以再导入", file=done.rejected_path), err=True)
        if done.rejected_book is not None:
            echo(tr("同样的行在 {file} 里标出了有问题的单元格", file=done.rejected_book), err=True)
        raise Exit(REJECTED)


def pairs(given: list[str] | None) -> list[tuple[str, str]]:
    """``A=B`` as two words; the last ``=`` parts them, for headings may hold one."""

    found = []
    for text in given or []:
        before, mark, after = text.rpartition("=")
        if not mark or not before.strip():
            raise BadParameter(tr("“{text}”应写作 名称=值", text=text))
        found.append((before.strip(), after.strip()))
    return found


def _remarks(done: ImportOutcome) -> None:
    """What the reader of the counts should know of how the file was read."""
    for reading in done.understanding.readings:
        if reading.by is not None and reading.by != 1:
            echo(tr("{column} 从“{unit}”换算，乘以 {by}", column=reading.column, unit=reading.unit, by=f"{reading.by:,f}"), err=True)
        if reading.how in ("remembered", "left_out"):
            what = reading.column or tr("不读")
            echo(tr("表头“{heading}”按以前所说：{what}", heading=reading.heading, what=what), err=True)
    for issue in done.warnings:
        echo(f"{tr('警告')} {issue.render(language())}", err=True)
    if done.doubts.height:
        echo(tr("警告 {n} 行已入库，但违反表间规则", n=f"{done.doubts['row'].n_unique():,}"), err=True)
        _list(done.doubts)
    if done.absent:
        echo(tr("文件里没有这些列，已有的行保留原值，新行为空：{columns}", columns=", ".join(done.absent)), err=True)
    if done.examples:
        echo(tr("{n} 行示例没有导入", n=done.examples), err=True)


def _list(problems: pl.DataFrame) -> None:
    for row, column, text in problems.select("row", "column", language()).head(SHOWN).iter_rows():
        echo(tr("第 {row} 行 {column}：{text}", row=row, column=column, text=text), err=True)
    if problems.height > SHOWN:
        echo(tr("另有 {n} 处", n=f"{problems.height - SHOWN:,}"), err=True)


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
        return tr("这个文件（{hash}）已导入过，没有改变什么：{counts}", counts=counts, hash=done.sha256[:12])
    if done.dry_run:
        return tr("试运行，没有入库：{counts}", counts=counts)
    if done.snapshot is None:
        return counts
    return tr("{counts}；快照 {id}", counts=counts, id=done.snapshot.short)


def template(
    table: TableName,
    lang: Annotated[
        Lang | None, Option("--lang", **one_of(Lang), help=tr("表头用这种语言的名称；不写则 CSV 用列的编号，工作簿用界面的语言"))
    ] = None,
    output: Target = None,
) -> None:
    from kcz_metrics.cli.output import send

    if output is not None and output.suffix.lower() not in (".xlsx", ".csv"):
        raise BadParameter(tr("模板是 Excel 工作簿或 CSV，文件名要以 .xlsx 或 .csv 结尾"), param_hint="-o")
    if output is not None and output.suffix.lower() == ".xlsx":
        from kcz_metrics.records.form_book import form_book

        send(form_book(table, lang.value if lang is not None else language()), output)
    else:
        from kcz_metrics.records.forms import template as form

        send(form(table, lang.value if lang is not None else None), output)
