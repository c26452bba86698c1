"""The sheets of one unit's profile: what it reached, what the score is made of, who stands near it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from kcz_metrics.analysis.explain import explain
from kcz_metrics.reports import drawing
from kcz_metrics.reports.book import COLOUR, Book, Cell, Column, Row, width
from kcz_metrics.reports.marks import marks, status_name, status_words
from kcz_metrics.reports.subject import Subject
from kcz_metrics.reports.summary import CHART_ROW, COLUMNS, FIRST_WIDTH, OTHER_WIDTH, ROOM, headline, place

if TYPE_CHECKING:
    from kcz_metrics.scoring.scorecard import Scorecard

#: units shown on either side of the one in question
NEIGHBOURS = 5
#: indicators named above and below the group's median
APART = 3
WIDEST = 62


def portrait_sheet(book: Book, subject: Subject, unit: str, earlier: Sequence[Scorecard]) -> None:
    """The answer, the figures, pillars beside the group's median, and the way the score went over the periods."""
    tr = subject.tr
    name = subject.names.get(unit, unit)
    sheet, row = book.sheet(tr("概况"), f"{name}　{subject.title}　{subject.period_label()}", landscape=False)
    sheet.set_column(0, 0, FIRST_WIDTH)
    sheet.set_column(1, COLUMNS - 1, OTHER_WIDTH)
    own = subject.scores[unit, subject.index.id]
    book.paragraph(sheet, row + 1, _answer(subject, unit), COLUMNS, ROOM, font_size=12)
    for text in _apart(subject, unit):
        row += 1
        book.paragraph(sheet, row + 1, text, COLUMNS, ROOM, font_color=COLOUR["muted"])
    row = headline(book, sheet, row + 3, _numbers(subject, own))
    remark = marks(subject).get(unit)
    if remark:
        book.text(sheet, row - 1, 0, remark, font_size=9, font_color=COLOUR["watch_text"])
        row += 1
    row = _pillars(book, subject, unit, sheet, row)
    _history(book, subject, unit, earlier, sheet, row)


def _answer(subject: Subject, unit: str) -> str:
    own = subject.scores[unit, subject.index.id]
    if own["rank"] is None:
        return subject.why_not_ranked(unit)
    among = _group(subject, unit).filter(pl.col("rank").is_not_null()).height
    score = f"{_shown(own):,.{subject.decimals}f}"
    return subject.tr("得分 {score}，在 {n} 个对象中排第 {rank} 名", score=score, n=among, rank=f"{own['rank']:g}")


def _apart(subject: Subject, unit: str) -> list[str]:
    """The indicators that stand furthest above and below the group's median, on the common scale."""
    medians = _medians(subject, unit)
    apart = []
    for id in subject.leaves:
        own, median = subject.score(unit, id), medians.get(id)
        if own is not None and median is not None:
            apart.append((own - median, subject.node_name(id)))
    apart.sort()
    above = [pair for pair in reversed(apart) if pair[0] > 0][:APART]
    below = [pair for pair in apart if pair[0] < 0][:APART]
    said = []
    if above:
        said.append(subject.tr("高于同类中位最多：{names}", names=_differences(subject, above)))
    if below:
        said.append(subject.tr("低于同类中位最多：{names}", names=_differences(subject, below)))
    return said


def _differences(subject: Subject, pairs: Sequence[tuple[float, str]]) -> str:
    shown = (subject.tr("{name}（{points}）", name=name, points=f"{d:+.1f}".replace("-", "−")) for d, name in pairs)
    return subject.tr("、").join(shown)


def _shown(row: Any) -> float:
    return float(row["published"] if row["published"] is not None else row["score"])


def _numbers(subject: Subject, own: Any) -> list[tuple[str, str]]:
    tr, unit = subject.tr, own["unit"]
    move = subject.moves.get(unit)
    found = [
        (tr("得分"), "—" if own["score"] is None else f"{_shown(own):,.{subject.decimals}f}"),
        (tr("名次"), "—" if own["rank"] is None else f"{own['rank']:g}"),
    ]
    if subject.previous is not None:
        moved = "—" if move is None else "–" if move == 0 else f"▲{move}" if move > 0 else f"▼{-move}"
        found.append((tr("较{period}", period=subject.period_label(subject.previous.period)), moved))
    if unit in subject.tiers:
        found.append((subject.tier_heading, subject.level_name(subject.tiers[unit])))
    coverage = own["coverage"]
    found.append((tr("覆盖率"), "—" if coverage is None else f"{coverage:.1%}"))
    return found


def _group(subject: Subject, unit: str) -> pl.DataFrame:
    """The index's rows of the unit's own group, in the order of the ranking."""
    own = subject.scores[unit, subject.index.id]["group"]
    return subject.root.filter(pl.col("group").eq_missing(pl.lit(own, dtype=pl.String)))


def _medians(subject: Subject, unit: str) -> dict[str, float]:
    """Node to the median score among the ranked units of the unit's group."""
    ranked = _group(subject, unit).filter(pl.col("rank").is_not_null())["unit"].implode()
    scores = subject.scorecard.scores.filter(pl.col("unit").is_in(ranked) & pl.col("score").is_not_null())
    return dict(scores.group_by("node").agg(pl.col("score").median()).iter_rows())


def _pillars(book: Book, subject: Subject, unit: str, sheet: Any, row: int) -> int:
    tr = subject.tr
    medians = _medians(subject, unit)
    columns = [
        Column(tr("维度"), strong=True),
        Column(tr("得分"), "number", unit=tr("分"), decimals=subject.decimals),
        Column(tr("同类中位"), "number", unit=tr("分"), decimals=subject.decimals),
        Column(tr("名次"), "integer"),
    ]
    rows = []
    for node in (subject.index.tree, *subject.index.tree.children):
        own = subject.scores.get((unit, node.id))
        if own is not None:
            label = tr("总分") if node is subject.index.tree else subject.node_name(node)
            rows.append(Row([label, own["score"], medians.get(node.id), own["rank"]]))
    area = book.table(sheet, row, columns, rows, main=False)
    row = area.top + area.rows + 1
    if not rows:
        return row
    both = [(1, subject.names.get(unit, unit), COLOUR["accent"]), (2, tr("同类中位"), COLOUR["interval"])]
    chart = drawing.paired(book, area, 0, both, title=tr("各维度与同类中位"), axis=tr("得分"), decimals=subject.decimals)
    return place(sheet, row, chart)


def _history(book: Book, subject: Subject, unit: str, earlier: Sequence[Scorecard], sheet: Any, row: int) -> None:
    tr, index = subject.tr, subject.index.id
    points: list[Row] = []
    for card in sorted((*earlier, subject.scorecard), key=lambda c: c.period):
        found = card.scores.filter((pl.col("unit") == unit) & (pl.col("node") == index)).select("score", "rank").rows()
        if found:
            points.append(Row([subject.period_label(card.period), *found[0]]))
    if len(points) < 2:
        return
    columns = [
        Column(tr("评价期"), strong=True),
        Column(tr("得分"), "number", unit=tr("分"), decimals=subject.decimals),
        Column(tr("名次"), "integer"),
    ]
    area = book.table(sheet, row, columns, points, main=False)
    chart = drawing.line(book, area, 0, 1, title=tr("历期得分"), axis=tr("得分"), decimals=subject.decimals)
    place(sheet, area.top + area.rows + 1, chart)


def composition_sheet(book: Book, subject: Subject, unit: str) -> None:
    """Every node with value, score, weight and contribution; leaves add up to the score, and a chart shows them."""
    tr = subject.tr
    name = subject.names.get(unit, unit)
    parts = {row["node"]: row for row in explain(subject.scorecard, unit).iter_rows(named=True)}
    medians = _medians(subject, unit)
    values = {
        row["indicator"]: row
        for row in subject.scorecard.values.filter((pl.col("unit") == unit) & (pl.col("period") == subject.scorecard.period)).iter_rows(
            named=True
        )
    }
    columns = [
        Column(tr("编号")),
        Column(tr("名称"), strong=True),
        Column(tr("指标值"), "number", decimals=2),
        Column(tr("计量单位")),
        Column(tr("得分"), "number", unit=tr("分"), decimals=subject.decimals),
        Column(tr("同类中位"), "number", unit=tr("分"), decimals=subject.decimals),
        Column(tr("有效权重"), "share", unit=tr("占全部"), decimals=2),
        Column(tr("贡献"), "number", unit=tr("分"), decimals=subject.decimals, strong=True),
        Column(tr("说明")),
    ]
    rows = []
    leaves: list[tuple[str, float]] = []
    for node, depth in subject.nodes:
        part, value = parts.get(node.id), values.get(node.id)
        contribution = None if part is None else part["contribution"]
        if node.is_leaf and contribution is not None:
            leaves.append((subject.node_name(node), contribution))
        shown: Cell = None if not node.is_leaf else _value(subject, value)
        rows.append(
            Row(
                [
                    node.id,
                    subject.node_name(node),
                    shown if node.is_leaf else "",
                    subject.unit_of(node.id) if node.is_leaf else "",
                    subject.score(unit, node.id),
                    medians.get(node.id),
                    None if part is None else part["weight"],
                    contribution,
                    status_words(subject, value["status"]) if value is not None and value["status"] not in ("ok", "zero") else "",
                ],
                indent=depth - 1,
                kinds={2: subject.shown_as(node.id)} if node.is_leaf else None,
            )
        )
    known = {node.id for node, _ in subject.nodes} | {subject.index.id}
    for id, part in parts.items():  # bonuses, deductions: parts of the score that are no place in the tree
        if id not in known:
            leaves.append((id, part["contribution"] or 0.0))
            rows.append(Row([id, id, "", "", part["score"], None, None, part["contribution"], ""]))
    caption = tr("指标的贡献相加等于得分，维度的贡献是它下面各项之和。")
    sheet, top = book.sheet(tr("得分构成"), tr("{name}：得分由哪些部分构成", name=name), caption=caption)
    book.table(sheet, top, columns, rows, frozen=2, indented=1)
    _contributions(book, subject, name, leaves)


def _contributions(book: Book, subject: Subject, name: str, leaves: list[tuple[str, float]]) -> None:
    """A sheet with the contributions in order of size, as a chart and as the table it draws from."""
    if not leaves:
        return
    tr = subject.tr
    leaves = sorted(leaves, key=lambda pair: -pair[1])
    sheet, free = book.sheet(tr("贡献"), tr("{name}：各指标的贡献", name=name), landscape=False)
    sheet.set_column(0, 0, min(max(width(text) for text, _ in leaves) + 4, WIDEST))
    sheet.set_column(1, 1, 14)
    columns = [Column(tr("指标，按贡献排列"), strong=True), Column(tr("贡献"), "number", unit=tr("分"), decimals=subject.decimals)]
    table_at = free + 2 + -(-drawing.height(len(leaves)) // CHART_ROW)
    area = book.table(sheet, table_at, columns, [Row([text, c]) for text, c in leaves], main=False)
    fills = [COLOUR["up"] if c >= 0 else COLOUR["down"] for _, c in leaves]
    floor = None if leaves[-1][1] < 0 else 0
    chart = drawing.bars(book, area, 0, 1, title=tr("各指标的贡献"), axis=tr("分"), decimals=subject.decimals, fills=fills, floor=floor)
    place(sheet, free + 1, chart)


def _value(subject: Subject, row: Any) -> Cell:
    if row is None:
        return None
    return row["value"] if row["value"] is not None else status_name(subject, row["status"])


def neighbours_sheet(book: Book, subject: Subject, unit: str) -> None:
    """The units ranked next to this one within its group."""
    tr = subject.tr
    ranked = _group(subject, unit).filter(pl.col("rank").is_not_null())
    units = ranked["unit"].to_list()
    if unit not in units:
        return
    at = units.index(unit)
    near = units[max(0, at - NEIGHBOURS) : at + NEIGHBOURS + 1]
    pillars = [n for n in subject.index.tree.children if not n.is_leaf]
    columns = [Column(tr("名次"), "integer", strong=True), Column(tr("名称"), strong=True), Column(tr("编号"))]
    columns.append(Column(tr("得分"), "number", unit=tr("分"), decimals=subject.decimals, strong=True))
    columns += [Column(subject.node_name(p), "number", unit=tr("分"), decimals=subject.decimals) for p in pillars]
    rows = []
    for other in near:
        own = subject.scores[other, subject.index.id]
        cells = [own["rank"], subject.names.get(other, other), other, _shown(own), *(subject.score(other, p.id) for p in pillars)]
        rows.append(Row(cells, picked=other == unit))
    name = subject.names.get(unit, unit)
    sheet, top = book.sheet(
        tr("名次相邻"), tr("{name}：名次相邻的对象", name=name), caption=tr("同类组内名次前后各 {n} 个。", n=NEIGHBOURS)
    )
    book.table(sheet, top, columns, rows, frozen=3)
