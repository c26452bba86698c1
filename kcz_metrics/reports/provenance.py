"""The sheet by which anyone can find the same data and scheme again and recompute the report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import polars as pl

from kcz_metrics import __version__
from kcz_metrics.locales import Language, translate
from kcz_metrics.reports.book import COLOUR, Area, Book, Column, Row
from kcz_metrics.reports.delimited import fingerprint
from kcz_metrics.reports.marks import status_words
from kcz_metrics.reports.standings import counts
from kcz_metrics.reports.subject import SHANGHAI, Subject

if TYPE_CHECKING:
    from kcz_metrics.scheme.models import Scheme
    from kcz_metrics.store import Snapshot


def provenance_sheet(book: Book, subject: Subject) -> None:
    """Name and content by row; below it the files of the snapshot with their SHA-256."""
    tr = subject.tr
    area = _sheet(book, subject.lang, facts(subject), main=False)
    sheet = area.sheet
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 78)
    sheet.set_column(2, 2, 12)
    if subject.snapshot is None:
        return
    row = area.top + area.rows + 1
    book.text(sheet, row, 0, tr("快照中的数据文件"), bold=True, font_size=12)
    files = [Row([table, file.sha256, file.rows]) for table, of in sorted(subject.snapshot.files.items()) for file in of]
    heads = [Column(tr("表"), strong=True), Column("SHA-256"), Column(tr("行数"), "integer")]
    book.table(sheet, row + 1, heads, files, main=False)
    last = row + 2 + len(files)
    book.text(sheet, last, 0, tr("指标只用到其中一部分表；全部列出，是因为快照是一个整体。"), font_size=9, font_color=COLOUR["muted"])


def sheet_of_snapshot(
    book: Book, scheme: Scheme, snapshot: Snapshot, lang: Language, asked: str, made: datetime, again: Sequence[tuple[str, str]]
) -> None:
    """The same sheet of a report that is not of one index; ``again``: the command that gives its numbers, and the hash of what it gives."""

    def tr(source: str) -> str:
        return translate(source, lang)

    title = "" if scheme.title is None else scheme.title.in_(lang)
    pairs = [
        (tr("评价期"), asked),
        (tr("方案"), f"{title} {scheme.edition}".strip()),
        (tr("方案摘要（SHA-256）"), scheme.digest),
        (tr("数据快照"), snapshot.id),
        (tr("快照时间"), snapshot.created_at.astimezone(SHANGHAI).isoformat(timespec="seconds")),
        (tr("记录性质"), tr("全部记录均为虚构") if snapshot.invented else tr("实际业务记录")),
        (tr("软件版本"), f"kcz-metrics {__version__}"),
        (tr("生成时间"), made.isoformat(timespec="seconds")),
        *again,
    ]
    _sheet(book, lang, pairs)


def _sheet(book: Book, lang: Language, pairs: Sequence[tuple[str, str]], main: bool = True) -> Area:
    """The sheet with a row a pair; returns the area that the rows take."""

    def tr(source: str) -> str:
        return translate(source, lang)

    sheet, top = book.sheet(tr("数据来历"), tr("数据来历"), caption=tr("凭下列编号和命令，可以用同样的数据和方案重新算出本表。"))
    columns = [Column(tr("项目"), width=26, strong=True), Column(tr("内容"), width=78, wrap=True)]
    return book.table(sheet, top, columns, [Row([name, content]) for name, content in pairs], main=main)


def facts(subject: Subject) -> list[tuple[str, str]]:
    tr, scheme, snapshot = subject.tr, subject.scheme, subject.snapshot
    ranked, others = counts(subject)
    found = [
        (tr("指数"), f"{subject.title}（{subject.index.id}）"),
        (tr("评价期"), subject.scorecard.period),
        (tr("方案"), f"{subject.say(scheme.title)} {scheme.edition}".strip()),
        (tr("方案摘要（SHA-256）"), scheme.digest),
    ]
    if snapshot is not None:
        found += [
            (tr("数据快照"), snapshot.id),
            (tr("快照次序与来源"), tr("第 {n} 个，{source}，{actor}", n=snapshot.number, source=snapshot.source, actor=snapshot.actor)),
            (tr("快照时间"), snapshot.created_at.astimezone(SHANGHAI).isoformat(timespec="seconds")),
            (tr("记录性质"), tr("全部记录均为虚构") if snapshot.invented else tr("实际业务记录")),
        ]
    else:
        found.append((tr("指标值文件（SHA-256）"), subject.scorecard.source))
    statuses = subject.scorecard.values.filter(pl.col("period") == subject.scorecard.period)["status"].value_counts(sort=True)
    by_status = tr("，").join(f"{status_words(subject, status)} {n:,}" for status, n in statuses.iter_rows())
    return [
        *found,
        (tr("参加排名"), f"{ranked:,}"),
        (tr("不参与排名"), f"{others:,}"),
        (tr("指标数"), f"{len(subject.leaves):,}"),
        (tr("指标值按状态"), by_status),
        (tr("软件版本"), f"kcz-metrics {__version__}"),
        (tr("生成时间"), subject.created_at.isoformat(timespec="seconds")),
        (tr("重新计算的命令"), subject.command),
        (tr("该命令输出的 SHA-256"), fingerprint(subject.scorecard)),
    ]
