"""Indicator sheets: a row a unit, a column an indicator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from kcz_metrics.reports.book import Book, Cell, Column, Row
from kcz_metrics.reports.marks import status_name
from kcz_metrics.reports.subject import Subject


def values_sheet(book: Book, subject: Subject) -> None:
    """The indicator values as measured."""
    tr = subject.tr
    columns = [
        Column(
            subject.node_name(i),
            subject.shown_as(i)[0],
            unit=f"{i} · {subject.unit_of(i)}" if subject.unit_of(i) else i,
            decimals=subject.decimals_of(i),
            width=13,
        )
        for i in subject.leaves
    ]
    caption = tr("— 为缺值；“不适用”的指标不参与该对象的计算。比率显示为百分数，单元格里是 0 到 1 的数。")
    sheet, top = book.sheet(tr("指标值"), tr("{index}：指标值", index=subject.title), caption=caption)
    book.table(sheet, top, [*_heads(subject), *columns], _rows(subject, subject.scorecard.values), frozen=2)


def normalised_sheet(book: Book, subject: Subject) -> None:
    """The values on the index's common scale, direction applied."""
    tr = subject.tr
    scale = subject.index.scale
    columns = [Column(subject.node_name(i), "number", unit=i, decimals=subject.decimals, width=13) for i in subject.leaves]
    caption = tr("统一到 {lower} 至 {upper} 的标准化值，数值越大越好。", lower=f"{scale.lower:g}", upper=f"{scale.upper:g}")
    sheet, top = book.sheet(tr("标准化值"), tr("{index}：标准化值", index=subject.title), caption=caption)
    book.table(sheet, top, [*_heads(subject), *columns], _rows(subject, subject.scorecard.normalised), frozen=2)


def _heads(subject: Subject) -> list[Column]:
    return [Column(subject.tr("名称"), strong=True), Column(subject.tr("编号"))]


def _rows(subject: Subject, stage: pl.DataFrame) -> list[Row]:
    cells = matrix(subject, stage)
    return [
        Row([subject.names.get(u, u), u, *(cells.get((u, i)) for i in subject.leaves)], faint=rank is None)
        for u, rank in subject.root.select("unit", "rank").iter_rows()
    ]


def matrix(subject: Subject, stage: pl.DataFrame) -> Mapping[tuple[str, str], Cell]:
    """Unit and indicator to the value of the report's period, or to the word that stands in its place."""
    rows: Any = stage.filter(pl.col("period") == subject.scorecard.period).select("unit", "indicator", "value", "status").iter_rows()
    return {(u, i): v if v is not None else status_name(subject, status) for u, i, v, status in rows}
