"""The sheet that says what every indicator means and how much it weighs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from kcz_metrics.language import formula
from kcz_metrics.methods import NORMALISE
from kcz_metrics.reports.book import Book, Cell, Column, Row
from kcz_metrics.reports.subject import Subject
from kcz_metrics.scheme.models import Method


def definitions_sheet(book: Book, subject: Subject) -> None:
    tr = subject.tr
    columns = [
        Column(tr("编号")),
        Column(tr("名称"), width=20, strong=True, wrap=True),
        Column(tr("统计口径"), width=34, wrap=True),
        Column(tr("公式"), width=24, wrap=True),
        Column(tr("公式的读法"), width=34, wrap=True),
        Column(tr("计量单位"), width=11, wrap=True),
        Column(tr("方向"), width=10, wrap=True),
        Column(tr("标准化"), width=26, wrap=True),
        Column(tr("权重"), "share", unit=tr("同级之内"), decimals=1, width=10),
        Column(tr("有效权重"), "share", unit=tr("占全部"), decimals=2, width=10),
    ]
    weights = shared_weights(subject)
    rows = [Row(_cells(subject, node.id, node.is_leaf, weights), indent=depth - 1) for node, depth in subject.nodes]
    caption = tr("按方案中的次序，维度之下是它的指标。有效权重是自上而下各级权重之积；有缺值的对象按实有项重新分配权重。")
    sheet, top = book.sheet(tr("指标说明"), tr("{index}：指标说明", index=subject.title), caption=caption)
    book.table(sheet, top, columns, rows, frozen=2, indented=1)


def shared_weights(subject: Subject) -> Mapping[str, tuple[float | None, float | None]]:
    """Node to weight and effective weight where all units share them; a set per unit has no single number to show."""
    shared = subject.scorecard.weights.filter(pl.col("unit").is_null())
    return {n: (w, e) for n, w, e in shared.select("node", "weight", "effective_weight").iter_rows()}


def _cells(subject: Subject, id: str, is_leaf: bool, weights: Mapping[str, tuple[float | None, float | None]]) -> list[Cell]:
    weight, effective = weights.get(id, (None, None))
    if not is_leaf:
        return [id, subject.node_name(id), "", "", "", "", "", "", weight, effective]
    indicator = subject.indicator(id)
    method = indicator.normalise or subject.index.normalise
    direction = subject.tr("越高越好") if indicator.direction == "up" else subject.tr("越低越好")
    return [
        id,
        subject.node_name(id),
        subject.say(indicator.definition),
        indicator.formula or subject.tr("文件的列 {column}", column=indicator.column or id),
        sentence(subject, id),
        subject.unit_of(id),
        direction,
        method_words(subject, method),
        weight,
        effective,
    ]


def sentence(subject: Subject, id: str) -> str:
    """An indicator's formula in words; empty where it is a column of a file."""
    text = subject.indicator(id).formula
    if text is None:
        return ""
    labels = {name: subject.say(measure.name, name) for name, measure in subject.scheme.measures.items()}
    return formula.parse(text).sentence(labels, subject.lang)


def method_words(subject: Subject, method: Method) -> str:
    """A method's name in the report's language, with its parameters as the scheme writes them."""
    entry = NORMALISE.get(method.method)
    name = f"{entry.label.in_(subject.lang)} {method.method}" if entry is not None and subject.lang == "zh" else method.method
    given = ", ".join(f"{key}={_plain(value)}" for key, value in method.parameters.items())
    return f"{name} ({given})" if given else name


def _plain(value: Any) -> str:
    """A number without its idle zeros, a list item by item."""
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_plain(v) for v in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)
