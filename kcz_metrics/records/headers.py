"""Which column each heading means: by name, or by label in either language, with or without its unit in brackets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from kcz_metrics.errors import Issue, RecordsError, did_you_mean
from kcz_metrics.locales import T, Text
from kcz_metrics.records.limits import MAX_COLUMNS
from kcz_metrics.tables import Column, Table

# The three columns that a file of rejected rows carries before the original ones.
REJECTED = ("row", "column", "rule")
_UNIT = re.compile(r"^(.+?)\s*[(\[]([^()\[\]]+)[)\]]$")
_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u200e\u200f"))


def plain(text: str) -> str:
    """Full-width forms narrowed, invisible marks and outer blanks gone."""
    return unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).strip()


def match(headings: Sequence[str], table: Table, place: str) -> tuple[str | None, ...]:
    """The column of each heading; None for a column that is not read (a nameless one, or one of ``REJECTED``).

    Errors: RecordsError with every unknown, doubled or ambiguous heading and every required column that has none.
    """
    if len(headings) > MAX_COLUMNS:
        raise RecordsError(
            Issue(
                "too_many_columns", T("列太多"), place=place, expected=T("不超过 {n} 列", n=MAX_COLUMNS), found=T("{n} 列", n=len(headings))
            )
        )
    mending = is_rejected_file(headings)
    issues: list[Issue] = []
    columns: list[str | None] = []
    for position, heading in enumerate(headings):
        if not plain(heading) or (mending and position < len(REJECTED)):
            columns.append(None)
            continue
        found = candidates(heading, table)
        if len(found) == 1:
            columns.append(found[0])
            continue
        columns.append(None)
        if found:
            issues.append(
                Issue(
                    "heading_ambiguous",
                    T("表头“{heading}”可指几列", heading=heading),
                    place=place,
                    found=T("{names}", names=", ".join(found)),
                    hint=T("改用列名"),
                )
            )
        else:
            issues.append(
                Issue(
                    "heading_unknown",
                    T("表头“{heading}”不是“{table}”的列", heading=heading, table=table.label),
                    place=place,
                    hint=_near(heading, table),
                )
            )
    for name in dict.fromkeys(c for c in columns if c):
        if columns.count(name) > 1:
            doubled = ", ".join(h for h, c in zip(headings, columns, strict=True) if c == name)
            issues.append(
                Issue("heading_doubled", T("列 {column} 出现不止一次", column=name), place=place, found=T("{names}", names=doubled))
            )
    missing = [column for name, column in table.columns.items() if not column.nullable and name not in columns]
    issues += [Issue("column_missing", T("缺少列 {column}（{label}）", column=c.name, label=c.label), place=place) for c in missing]
    if issues:
        raise RecordsError(issues)
    return tuple(columns)


def candidates(heading: str, table: Table) -> list[str]:
    """Columns that ``heading`` may mean; a column's name goes before any label."""
    text = plain(heading)
    if text.casefold() in table.columns:
        return [text.casefold()]
    by_label = [c.name for c in table.columns.values() if _is_label(text, c)]
    with_unit = _UNIT.match(text)
    if by_label or not with_unit:
        return by_label
    name, unit = with_unit.groups()
    # A unit other than the column's own is not understood: 万元 in a column of 元 must not pass.
    return [c.name for c in table.columns.values() if (c.name == name.casefold() or _is_label(name, c)) and _is_unit(unit, c)]


def is_rejected_file(headings: Sequence[str]) -> bool:
    """Whether this is a file of rejected rows that comes back mended."""
    return tuple(plain(h).casefold() for h in headings[: len(REJECTED)]) == REJECTED


def _is_label(text: str, column: Column) -> bool:
    return text.casefold() in {plain(column.label.zh).casefold(), plain(column.label.en).casefold()}


def _is_unit(text: str, column: Column) -> bool:
    return column.unit is not None and text.strip().casefold() in {plain(column.unit.zh).casefold(), plain(column.unit.en).casefold()}


def _near(heading: str, table: Table) -> Text | None:
    known = {plain(label).casefold(): c.name for c in table.columns.values() for label in (c.name, c.label.zh, c.label.en)}
    return did_you_mean(plain(heading).casefold(), list(known))
