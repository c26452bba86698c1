"""The first sheet of a ranking: the answer in a sentence, a row of numbers, two charts and the parts they are drawn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

import polars as pl
from xlsxwriter.worksheet import Worksheet

from kcz_metrics.analysis.explain import explain
from kcz_metrics.reports import drawing
from kcz_metrics.reports.book import COLOUR, Area, Book, Cell, Column, Row
from kcz_metrics.reports.standings import NAME_AT, counts
from kcz_metrics.reports.subject import Subject

#: rows a chart shows; with several groups each gets fewer
SHOWN, SHOWN_OF_GROUP = 20, 10
#: widths of the sheet's columns: an A4 page upright
FIRST_WIDTH, OTHER_WIDTH, COLUMNS = 22.0, 11.5, 7
CHART_ROW = 20  # pixels of a default row, by which a chart's height is turned into rows


class Cover:
    """The sheet is added first and filled last, since its charts draw from the ranking."""

    def __init__(self, book: Book, subject: Subject) -> None:
        self._book, self._subject = book, subject
        self.sheet, self._free = book.sheet(subject.tr("概要"), f"{subject.title}　{subject.period_label()}", landscape=False)
        _columns(self.sheet)

    def fill(self, ranking: Area, at: Mapping[str, int]) -> None:
        book, subject = self._book, self._subject
        row = self._free + 1
        book.text(self.sheet, row, 0, answer(subject), font_size=12)
        self.sheet.set_row(row, 24)
        row = headline(book, self.sheet, row + 2, _numbers(subject))
        for title, first, count in _charts(subject):
            axis = subject.tr("得分")
            chart = drawing.bars(
                book, ranking, NAME_AT, at["score"], title=title, axis=axis, decimals=subject.decimals, first=first, rows=count
            )
            row = place(self.sheet, row, chart)


def parts_sheet(book: Book, subject: Subject) -> None:
    """What the leading scores are made of. Only where the parts of the index add up to its score."""
    tr = subject.tr
    pillars = subject.index.tree.children
    aggregate = subject.index.tree.aggregate or subject.index.aggregate
    leading = subject.root.filter(pl.col("rank").is_not_null()).head(SHOWN)["unit"].to_list()
    if aggregate.method != "arithmetic" or subject.index.adjust or not 2 <= len(pillars) <= COLUMNS - 2 or not leading:
        return
    columns = [Column(tr("名称"), strong=True)]
    columns += [Column(subject.node_name(p), "number", unit=tr("分"), decimals=subject.decimals) for p in pillars]
    columns.append(Column(tr("得分"), "number", unit=tr("分"), decimals=subject.decimals, strong=True))
    rows = []
    for unit in leading:
        of = dict(explain(subject.scorecard, unit).select("node", "contribution").iter_rows())
        rows.append(Row([subject.names.get(unit, unit), *(of.get(p.id) for p in pillars), subject.score(unit, subject.index.id)]))
    title = tr("得分由哪些维度构成（前 {n} 名）", n=len(rows))
    caption = tr("各维度的分 = 权重 × 维度得分，相加等于得分。")
    sheet, free = book.sheet(tr("维度构成"), tr("{index}：维度构成", index=subject.title), caption=caption, landscape=False)
    _columns(sheet)
    table_at = free + 2 + -(-drawing.height(len(rows)) // CHART_ROW)
    area = book.table(sheet, table_at, columns, rows, main=False)
    parts = [(i, subject.node_name(p)) for i, p in enumerate(pillars, 1)]
    place(sheet, free + 1, drawing.stacked(book, area, 0, parts, title=title, axis=tr("分")))


def _columns(sheet: Worksheet) -> None:
    sheet.set_column(0, 0, FIRST_WIDTH)
    sheet.set_column(1, COLUMNS - 1, OTHER_WIDTH)


def place(sheet: Worksheet, row: int, chart: drawing.Any) -> int:
    """Put a chart at ``row`` and return the first free row below it."""
    sheet.insert_chart(row, 0, chart, {"object_position": 2})
    return row + -(-chart.height // CHART_ROW) + 1


def headline(book: Book, sheet: Worksheet, row: int, numbers: Sequence[tuple[str, str]]) -> int:
    """A ruled row of figures, each under its label; returns the first free row."""
    sheet.set_row(row, 18)
    sheet.set_row(row + 1, 30)
    for column, (label, figure) in enumerate(numbers):
        book.text(sheet, row, column, label, font_size=9, font_color=COLOUR["muted"], top=1, top_color=COLOUR["line"])
        book.text(sheet, row + 1, column, figure, font_size=18, bold=True, bottom=1, bottom_color=COLOUR["line"])
    return row + 3


def answer(subject: Subject) -> str:
    """Who comes first, said only of what is certain: with several groups, of each."""
    ranked = subject.root.filter(pl.col("rank") == 1)
    if ranked.is_empty():
        return subject.tr("没有可以排名的对象。原因见“排名”表的说明列。")
    parts = []
    for group, rows in groupby(ranked.select("group", "unit", "published", "score").iter_rows(), key=lambda r: r[0]):
        firsts = list(rows)
        names = subject.tr("、").join(subject.names.get(r[1], r[1]) for r in firsts[:3]) + ("…" if len(firsts) > 3 else "")
        shown = firsts[0][2] if firsts[0][2] is not None else firsts[0][3]
        score = f"{shown:,.{subject.decimals}f}"
        if group is None:
            parts.append(subject.tr("第 1 名：{names}，{score} 分", names=names, score=score))
        else:
            parts.append(subject.tr("{group}第 1 名：{names}，{score} 分", group=subject.group_label(group), names=names, score=score))
    return subject.tr("；").join(parts)


def _numbers(subject: Subject) -> list[tuple[str, str]]:
    tr = subject.tr
    ranked, others = counts(subject)
    scores = subject.root.filter(pl.col("rank").is_not_null())["score"]
    found = [(tr("参加排名"), f"{ranked:,}"), (tr("不参与排名"), f"{others:,}")]
    for label, value in ((tr("最高分"), scores.max()), (tr("中位分"), scores.median()), (tr("最低分"), scores.min())):
        found.append((label, f"{value:,.{subject.decimals}f}" if isinstance(value, float) else "—"))
    return found


def _charts(subject: Subject) -> list[tuple[str, int, int]]:
    """Title, first row and number of rows of each group's chart; rows as they stand in the ranking."""
    ranked = subject.root.filter(pl.col("rank").is_not_null())
    runs: list[tuple[Cell, int, int]] = []
    first = 0
    for group, rows in groupby(ranked["group"]):
        size = len(list(rows))
        runs.append((group, first, size))
        first += size
    most = SHOWN if len(runs) == 1 else SHOWN_OF_GROUP
    found = []
    for group, start, size in runs:
        n = min(size, most)
        if group is None:
            found.append((subject.tr("得分前 {n} 名", n=n), start, n))
        else:
            found.append((subject.tr("{group}：得分前 {n} 名", group=subject.group_label(str(group)), n=n), start, n))
    return found
