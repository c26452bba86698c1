"""The sheets of scores: the ranking itself, and the score of every inner node."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from kcz_metrics.reports.book import COLOUR, Area, Book, Cell, Column, Row
from kcz_metrics.reports.marks import marks
from kcz_metrics.reports.subject import Subject

#: where the columns of the ranking lie that charts draw from
NAME_AT = 1
#: nodes below the index that stand beside its score
MOST_CHILDREN = 8


def ranking_sheet(book: Book, subject: Subject) -> tuple[Area, Mapping[str, int]]:
    """Ranked units by group and rank, below them those not ranked with the reason. Returns the table and its columns by key."""
    keyed = _columns(subject)
    columns = [column for _, column in keyed]
    at = {key: i for i, (key, _) in enumerate(keyed)}
    flags = marks(subject)
    rows = [_row(subject, row, [key for key, _ in keyed], flags.get(row["unit"], ""), at) for row in subject.root.iter_rows(named=True)]
    caption = subject.tr("得分按公布的位数显示；维度得分保留全部位数，只是显示时四舍五入。名次并列时取相同名次。")
    sheet, top = book.sheet(subject.tr("排名"), subject.tr("{index}：排名", index=subject.title), caption=caption)
    area = book.table(sheet, top, columns, rows, frozen=2)
    return area, at


def _columns(subject: Subject) -> list[tuple[str, Column]]:
    tr = subject.tr
    keyed = [("rank", Column(tr("名次"), "integer", strong=True)), ("name", Column(tr("名称"), strong=True)), ("unit", Column(tr("编号")))]
    if subject.index.group:
        keyed.append(("group", Column(tr("同类组"))))
    if subject.tiers:
        keyed.append(("tier", Column(subject.tier_heading, width=10)))
    if subject.previous is not None:
        keyed.append(("move", Column(tr("较{period}", period=subject.period_label(subject.previous.period)), "move", unit=tr("名次升降"))))
    keyed.append(("score", Column(tr("得分"), "number", unit=tr("分"), decimals=subject.decimals, strong=True)))
    children = subject.index.tree.children
    # a flat index of many indicators has them on their own sheet
    shown = children if len(children) <= MOST_CHILDREN else [c for c in children if not c.is_leaf]
    keyed += [(f"node:{c.id}", Column(subject.node_name(c), "number", unit=tr("分"), decimals=subject.decimals)) for c in shown]
    if subject.totals is not None:
        name = subject.scheme.measures[subject.totals[0]].name
        keyed.append(("total", Column(subject.say(name, subject.totals[0]), "number", unit=tr("总量"), decimals=0)))
        keyed.append(("total_rank", Column(tr("总量名次"), "integer", unit=tr("同类组之内"))))
    return [*keyed, ("coverage", Column(tr("覆盖率"), "share", decimals=1)), ("flags", Column(tr("说明"), wrap=False))]


def _row(subject: Subject, row: Mapping[str, Any], keys: Sequence[str], flags: str, at: Mapping[str, int]) -> Row:
    unit = row["unit"]
    ranked = row["rank"] is not None
    level = subject.tiers.get(unit)
    cells: dict[str, Cell] = {
        "rank": row["rank"],
        "name": subject.names.get(unit, unit),
        "unit": unit,
        "group": subject.group_label(row["group"]),
        "tier": "" if level is None else subject.level_name(level),
        "move": subject.moves.get(unit),
        "score": row["published"] if row["published"] is not None else row["score"],
        "coverage": row["coverage"],
        "total": subject.total_of.get(unit, (None, None))[0],
        "total_rank": subject.total_of.get(unit, (None, None))[1],
        "flags": flags if ranked else subject.why_not_ranked(unit) + (f"{subject.tr('；')}{flags}" if flags else ""),
    }
    chips = None
    if level is not None:
        shade = min(level, len(COLOUR["tier"]) - 1)
        chips = {at["tier"]: (COLOUR["tier"][shade], COLOUR["tier_text"][shade], COLOUR["tier_line"][shade])}
    return Row([subject.score(unit, key[5:]) if key.startswith("node:") else cells[key] for key in keys], faint=not ranked, chips=chips)


def nodes_sheet(book: Book, subject: Subject) -> None:
    """Every node's score of every unit, the index's unrounded."""
    tr = subject.tr
    inner = [subject.index.tree, *subject.inner]
    columns = [Column(tr("名称"), strong=True), Column(tr("编号"))]
    columns += [Column(subject.node_name(n), "number", unit=n.id, decimals=subject.decimals + 2) for n in inner]
    rows = [
        Row([subject.names.get(u, u), u, *(subject.score(u, n.id) for n in inner)], faint=rank is None)
        for u, rank in subject.root.select("unit", "rank").iter_rows()
    ]
    caption = tr("未取整的得分。第一列数是指数本身，其后各列按方案中的次序。")
    sheet, top = book.sheet(tr("各级得分"), tr("{index}：各级得分", index=subject.title), caption=caption)
    book.table(sheet, top, columns, rows, frozen=2)


def counts(subject: Subject) -> tuple[int, int]:
    """How many units are ranked, and how many are listed without a rank."""
    ranked = subject.root.filter(pl.col("rank").is_not_null()).height
    return ranked, subject.root.height - ranked
