"""The first sheet of a ranking: the answer in a sentence, a row of numbers, two charts and the parts they are drawn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import polars as pl
from xlsxwriter.worksheet import Worksheet

from kcz_metrics.analysis.explain import explain
from kcz_metrics.reports import drawing
from kcz_metrics.reports.book import COLOUR, Area, Book, Column, Row
from kcz_metrics.reports.standings import NAME_AT, counts
from kcz_metrics.reports.subject import Subject

#: rows a chart shows; with several groups each gets fewer
SHOWN, SHOWN_OF_GROUP = 20, 5
#: units named among those that moved most
MOVED = 3
#: widths of the sheet's columns: an A4 page upright
FIRST_WIDTH, OTHER_WIDTH, COLUMNS = 22.0, 11.5, 7
ROOM = FIRST_WIDTH + OTHER_WIDTH * (COLUMNS - 1) - 4  # characters across
CHART_ROW = 20  # pixels of a default row, by which a chart's height is turned into rows
#: with several groups two charts stand side by side, the second at this column
HALF_WIDTH, HALF_COLUMN = 430, 4


class Cover:
    """The sheet is added first and filled last, since its charts draw from the ranking."""

    def __init__(self, book: Book, subject: Subject) -> None:
        self._book, self._subject = book, subject
        self.sheet, self._free = book.sheet(subject.tr("概要"), f"{subject.title}　{subject.period_label()}", landscape=False)
        _columns(self.sheet)

    def fill(self, ranking: Area, at: Mapping[str, int]) -> None:
        book, subject, sheet = self._book, self._subject, self.sheet
        groups = _groups(subject)
        row = self._free + 1
        book.paragraph(sheet, row, answer(subject, groups), COLUMNS, ROOM, font_size=12)
        for text in moved(subject):
            row += 1
            book.paragraph(sheet, row, text, COLUMNS, ROOM, font_color=COLOUR["muted"])
        row = headline(book, sheet, row + 2, _numbers(subject))
        if len(groups) > 1:
            row = _group_table(book, subject, sheet, row, groups)
        several = len(groups) > 1
        for number, group in enumerate(groups):
            count = min(group.size, SHOWN_OF_GROUP if several else SHOWN)
            title = subject.tr("得分前 {n} 名", n=count)
            if group.code is not None:
                title = subject.tr("{group}：得分前 {n} 名", group=subject.group_label(group.code), n=count)
            chart = drawing.bars(
                book,
                ranking,
                NAME_AT,
                at["score"],
                title=title,
                axis="" if several else subject.tr("得分"),
                decimals=subject.decimals,
                first=group.first,
                rows=count,
                width=HALF_WIDTH if several else drawing.WIDTH,
            )
            beside = several and number % 2 == 1
            below = place(sheet, row, chart, HALF_COLUMN if beside else 0)
            row = row if several and not beside else below


@dataclass(frozen=True, slots=True)
class Group:
    """Ranked units compared with one another: where they begin in the ranking, and how many they are."""

    code: str | None
    first: int
    size: int


def _groups(subject: Subject) -> list[Group]:
    ranked = subject.root.filter(pl.col("rank").is_not_null())
    found: list[Group] = []
    for code, rows in groupby(ranked["group"]):
        found.append(Group(code, found[-1].first + found[-1].size if found else 0, len(list(rows))))
    return found


def _group_table(book: Book, subject: Subject, sheet: Worksheet, row: int, groups: Sequence[Group]) -> int:
    """A row a group: how many are ranked, the median, the best score and whose it is. Returns the first free row."""
    tr = subject.tr
    ranked = subject.root.filter(pl.col("rank").is_not_null())
    columns = [Column(tr("同类组"), strong=True), Column(tr("参加排名"), "integer")]
    columns += [Column(title, "number", decimals=subject.decimals) for title in (tr("中位分"), tr("最高分"))]
    rows = []
    for group in groups:
        part = ranked.slice(group.first, group.size)
        median, best = part["score"].median(), part["score"].max()
        firsts = _names(subject, part.filter(pl.col("rank") == part["rank"].min())["unit"].to_list())
        rows.append(Row([subject.group_label(group.code), group.size, _number(median), _number(best), firsts]))
    area = book.table(sheet, row, [*columns, Column(tr("第 1 名"))], rows, main=False)
    return area.top + area.rows + 1


def _number(value: object) -> float | None:
    return value if isinstance(value, float) else None


def _names(subject: Subject, units: Sequence[str]) -> str:
    """At most three names."""
    return subject.tr("、").join(subject.names.get(u, u) for u in units[:3]) + ("…" if len(units) > 3 else "")


def moved(subject: Subject) -> list[str]:
    """Who rose and who fell most since the period before."""
    if subject.previous is None:
        return []
    since = subject.period_label(subject.previous.period)
    moves = sorted(subject.moves.items(), key=lambda pair: (-pair[1], pair[0]))
    up = [f"{subject.names.get(u, u)} ▲{m}" for u, m in moves[:MOVED] if m > 0]
    down = [f"{subject.names.get(u, u)} ▼{-m}" for u, m in reversed(moves[-MOVED:]) if m < 0]
    said = []
    if up:
        said.append(subject.tr("较{period}上升最多：{names}", period=since, names=subject.tr("、").join(up)))
    if down:
        said.append(subject.tr("较{period}下降最多：{names}", period=since, names=subject.tr("、").join(down)))
    return said


def parts_sheet(book: Book, subject: Subject) -> None:
    """What the leading scores are made of. Only where the parts of the index add up to its score."""
    tr = subject.tr
    pillars = subject.index.tree.children
    aggregate = subject.index.tree.aggregate or subject.index.aggregate
    groups = _groups(subject)
    most = SHOWN if len(groups) == 1 else SHOWN_OF_GROUP
    ranked = subject.root.filter(pl.col("rank").is_not_null())["unit"].to_list()
    leading = [unit for g in groups for unit in ranked[g.first : g.first + min(g.size, most)]]
    if aggregate.method != "arithmetic" or subject.index.adjust or not 2 <= len(pillars) <= COLUMNS - 2 or not leading:
        return
    columns = [Column(tr("名称"), strong=True)]
    columns += [Column(subject.node_name(p), "number", unit=tr("分"), decimals=subject.decimals) for p in pillars]
    columns.append(Column(tr("得分"), "number", unit=tr("分"), decimals=subject.decimals, strong=True))
    rows = []
    for unit in leading:
        of = dict(explain(subject.scorecard, unit).select("node", "contribution").iter_rows())
        rows.append(Row([subject.names.get(unit, unit), *(of.get(p.id) for p in pillars), subject.score(unit, subject.index.id)]))
    title = tr("得分由哪些维度构成（前 {n} 名）", n=len(rows)) if len(groups) == 1 else tr("得分由哪些维度构成（各组前 {n} 名）", n=most)
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


def place(sheet: Worksheet, row: int, chart: drawing.Any, column: int = 0) -> int:
    """Put a chart at ``row`` and return the first free row below it."""
    sheet.insert_chart(row, column, chart, {"object_position": 2, "x_offset": 10 if column else 0})
    return row + -(-chart.height // CHART_ROW) + 1


def headline(book: Book, sheet: Worksheet, row: int, numbers: Sequence[tuple[str, str]]) -> int:
    """A ruled row of figures, each under its label; returns the first free row."""
    sheet.set_row(row, 18)
    sheet.set_row(row + 1, 30)
    for column, (label, figure) in enumerate(numbers):
        book.text(sheet, row, column, label, font_size=9, font_color=COLOUR["muted"], top=1, top_color=COLOUR["line"])
        book.text(sheet, row + 1, column, figure, font_size=18, bold=True, bottom=1, bottom_color=COLOUR["line"])
    return row + 3


def answer(subject: Subject, groups: Sequence[Group]) -> str:
    """Who comes first; with several groups the table below says it of each."""
    if not groups:
        return subject.tr("没有可以排名的对象。原因见“排名”表的说明列。")
    if len(groups) > 1:
        return subject.tr("{n} 个同类组分别排名", n=len(groups))
    first = subject.root.filter(pl.col("rank") == pl.col("rank").min())
    row = first.row(0, named=True)
    shown = row["published"] if row["published"] is not None else row["score"]
    score = f"{shown:,.{subject.decimals}f}"
    return subject.tr("第 1 名：{names}，{score} 分", names=_names(subject, first["unit"].to_list()), score=score)


def _numbers(subject: Subject) -> list[tuple[str, str]]:
    tr = subject.tr
    ranked, others = counts(subject)
    scores = subject.root.filter(pl.col("rank").is_not_null())["score"]
    found = [(tr("参加排名"), f"{ranked:,}"), (tr("不参与排名"), f"{others:,}")]
    for label, value in ((tr("最高分"), scores.max()), (tr("中位分"), scores.median()), (tr("最低分"), scores.min())):
        found.append((label, f"{value:,.{subject.decimals}f}" if isinstance(value, float) else "—"))
    return found
