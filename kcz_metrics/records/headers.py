"""Which column each heading means: by name, or by label in either language, with or without its unit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from kcz_metrics.errors import Issue, RecordsError, did_you_mean
from kcz_metrics.locales import T, Text
from kcz_metrics.records import units
from kcz_metrics.records.apart.heading import REJECTED, folded, plain
from kcz_metrics.records.apart.markup import letters
from kcz_metrics.tables import Column, Table

_UNIT = (
    re.compile(r"^(.+?)\s*[(\[【]([^()\[\]【】]+)[)\]】]$"),
    re.compile(r"^(.+?)\s*[/:,，、;·-]\s*([^/:,，、;·-]+)$"),
    re.compile(r"^(.+?)[\s_]+([^\s_]+)$"),
)

How = Literal["name", "label", "remembered", "corrected", "left_out", "nameless", "own", "unknown", "ambiguous"]


@dataclass(frozen=True, slots=True)
class Reading:
    """How one heading was understood. ``column``: the table's column, None where it is not read. ``unit``: the unit that the file gives, as
    written (in the heading, or in a title above); ``by``: what its numbers are multiplied by, None where that is open. ``own`` are the
    columns that a file of rejected rows adds. ``cells``: units that single cells give; ``filled``: cells with content under no heading."""

    position: int
    heading: str
    column: str | None
    how: How
    unit: str | None = None
    by: Decimal | None = Decimal(1)
    cells: tuple[str, ...] = ()
    filled: int = 0

    @property
    def called(self) -> str:
        """The heading; of a column that has none its letters, as a spreadsheet has them, after a colon."""
        return self.heading if folded(self.heading) else nameless(self.position)


def known(table: Table) -> frozenset[str]:
    """Every heading that means a column of ``table``, folded."""
    return frozenset(folded(text) for c in table.columns.values() for text in (c.name, c.label.zh, c.label.en)) | {*REJECTED}


def read(
    headings: Sequence[str],
    table: Table,
    *,
    titles: Sequence[str] = (),
    remembered: Mapping[str, str | None] | None = None,
    corrected: Mapping[str, str | None] | None = None,
    declared: Mapping[str, str] | None = None,
) -> tuple[Reading, ...]:
    """How each heading is understood. ``remembered`` and ``corrected`` map headings (as :func:`folded`) to columns, or to None for one that
    is not to be read (one that has none is known by its letters: :func:`nameless`); ``declared`` maps columns to the unit their numbers
    stand in; ``titles`` stand above the headings."""
    mending = is_rejected_file(headings)
    found: list[Reading] = []
    for position, heading in enumerate(headings):
        column, how, unit = _meant(position, heading, table, corrected or {}, remembered or {})
        if mending and position < len(REJECTED):
            column, how, unit = None, "own", None
        if column is None:
            found.append(Reading(position, heading, None, how))
            continue
        contract = table.columns[column]
        given = (declared or {}).get(column)
        said = unit
        if said is None and contract.kind in ("int", "float"):
            said = units.in_titles(titles, contract)
        if given is not None:
            found.append(Reading(position, heading, column, how, given, units.by(given, contract)))
        elif said is not None:
            by = units.by(said, contract)
            # Another unit than the column's own is never converted unasked.
            found.append(Reading(position, heading, column, how, said, by if by == 1 else None))
        else:
            found.append(Reading(position, heading, column, how))
    return tuple(found)


def issues(readings: Sequence[Reading], table: Table, place: str, rows: int = 0) -> list[Issue]:
    """Every heading that is unknown, ambiguous or doubled, every unit that is open, every required column that has no heading; every column
    that has content in most of ``rows`` and no heading."""
    columns = [reading.column for reading in readings if reading.column]
    found = [issue for reading in readings for issue in _of_heading(reading, table, place)]
    found += [_of_nameless(reading, place) for reading in readings if reading.how == "nameless" and 2 * reading.filled > rows]
    for name in dict.fromkeys(columns):
        if columns.count(name) > 1:
            doubled = ", ".join(reading.heading for reading in readings if reading.column == name)
            found.append(
                Issue("heading_doubled", T("列 {column} 出现不止一次", column=name), place=place, found=T("{names}", names=doubled))
            )
    missing = [column for name, column in table.columns.items() if not column.nullable and name not in columns]
    return found + [Issue("column_missing", T("缺少列 {column}（{label}）", column=c.name, label=c.label), place=place) for c in missing]


def match(headings: Sequence[str], table: Table, place: str) -> tuple[str | None, ...]:
    """The column of each heading; None for one that is not read. Errors: RecordsError with every issue of the headings."""
    readings = read(headings, table)
    if wrong := issues(readings, table, place):
        raise RecordsError(wrong)
    return tuple(reading.column for reading in readings)


def candidates(heading: str, table: Table) -> list[str]:
    """Columns that ``heading`` may mean, its unit aside; a column's name goes before any label."""
    text = folded(heading)
    if text in table.columns:
        return [text]
    if by_label := [c.name for c in table.columns.values() if _is_label(text, c)]:
        return by_label
    return next((names for names, _ in _with_unit(text, table)), [])


def is_rejected_file(headings: Sequence[str]) -> bool:
    """Whether this is a file of rejected rows that comes back mended."""
    return tuple(folded(h) for h in headings[: len(REJECTED)]) == REJECTED


def nameless(position: int) -> str:
    """What a column without a heading is called: a colon and its letters.

    >>> nameless(0), nameless(27)
    (':A', ':AB')
    """
    return f":{letters(position)}"


def _meant(
    position: int, heading: str, table: Table, corrected: Mapping[str, str | None], remembered: Mapping[str, str | None]
) -> tuple[str | None, How, str | None]:
    """The column, how it was found, and the unit in the heading."""
    text = folded(heading) or folded(nameless(position))
    if text in corrected:
        column = corrected[text]
        return column, "corrected" if column else "left_out", unit_in(text)
    if text in remembered and (remembered[text] is None or remembered[text] in table.columns):
        column = remembered[text]
        return column, "remembered" if column else "left_out", unit_in(text)
    if not folded(heading):
        return None, "nameless", None
    if text in table.columns:
        return text, "name", None
    by_label = [c.name for c in table.columns.values() if _is_label(text, c)]
    if by_label:
        return (by_label[0], "label", None) if len(by_label) == 1 else (None, "ambiguous", None)
    for names, unit in _with_unit(text, table):
        return (names[0], "name" if text.startswith(names[0]) else "label", unit) if len(names) == 1 else (None, "ambiguous", None)
    return None, "unknown", None


def _with_unit(text: str, table: Table) -> Iterator[tuple[list[str], str]]:
    """Columns with a number whose name or label stands before a unit: 成交额（万元）, 成交额/万元, 成交额_万元, 成交额万元."""
    numbers = [c for c in table.columns.values() if c.kind in ("int", "float")]
    splits = [found.groups() for pattern in _UNIT if (found := pattern.match(text))]
    for number, (name, unit) in enumerate(splits):
        names = [c.name for c in numbers if c.name == name or _is_label(name, c)]
        # What stands in brackets after a number's name is its unit, known or not; after other signs only a known one is.
        if names and (units.unit(unit) or any(_is_own(unit, table.columns[n]) for n in names) or (number == 0 and text[-1] in ")]】")):
            yield names, unit
    for label in (c.label.zh for c in numbers):
        rest = text.removeprefix(folded(label))
        if rest != text and units.unit(rest):
            yield [c.name for c in numbers if _is_label(folded(label), c)], rest


def unit_in(text: str) -> str | None:
    """A known unit at the end of a heading whose column somebody named."""
    return next((found[2] for pattern in _UNIT if (found := pattern.match(text)) and units.unit(found[2])), None)


def _is_label(text: str, column: Column) -> bool:
    return text in {folded(column.label.zh), folded(column.label.en)}


def _is_own(unit: str, column: Column) -> bool:
    return column.unit is not None and unit in {folded(column.unit.zh), folded(column.unit.en)}


def _of_heading(reading: Reading, table: Table, place: str) -> Iterator[Issue]:
    heading = plain(reading.heading)
    if reading.how == "ambiguous":
        names = ", ".join(candidates(heading, table))
        text = T("表头“{heading}”可指几列", heading=heading)
        yield Issue("heading_ambiguous", text, place=place, found=T("{names}", names=names), hint=T("改用列名"))
    elif reading.how == "unknown":
        text = T("表头“{heading}”不是“{table}”的列", heading=heading, table=table.label)
        yield Issue("heading_unknown", text, place=place, hint=_near(heading, table))
    elif reading.by is None:
        yield from _of_unit(reading, table.columns[reading.column or ""], place)


def _of_nameless(reading: Reading, place: str) -> Issue:
    text = T("{letters} 列没有表头，却有 {n} 行写了内容；不读这一列吗", letters=letters(reading.position), n=f"{reading.filled:,}")
    hint = T("不读则写明（命令行：--column {called}=），要读则写明是哪一列（--column {called}=列名）", called=reading.called)
    return Issue("heading_absent", text, place=place, subject=reading.called, hint=hint)


def _of_unit(reading: Reading, column: Column, place: str) -> Iterator[Issue]:
    kept = column.unit or T("没有单位")
    if reading.unit is None:
        said = ", ".join(reading.cells)
        text = T("“{heading}”有的格写明单位（{units}），其余的数是什么单位", heading=reading.heading, units=said)
        hint: Text = T("说明没有写明的数用的单位（命令行：--unit {column}={kept}）", column=column.name, kept=kept)
        yield Issue("unit_mixed", text, place=place, subject=column.name, hint=hint)
        return
    text = T(
        "“{heading}”的单位是“{unit}”，列 {column} 的单位是“{kept}”",
        heading=reading.heading,
        unit=reading.unit,
        column=column.name,
        kept=kept,
    )
    if reading.unit and units.by(reading.unit, column) is not None:
        hint = T("确实如此则说明这一列的单位，数字将换算（命令行：--unit {column}={unit}）", column=column.name, unit=reading.unit)
        yield Issue("unit_differs", text, place=place, subject=column.name, hint=hint)
    else:
        yield Issue("unit_unknown", text, place=place, subject=column.name, hint=T("换算成“{kept}”再导入", kept=kept))


def _near(heading: str, table: Table) -> Text | None:
    return did_you_mean(folded(heading), sorted(folded(text) for c in table.columns.values() for text in (c.name, c.label.zh, c.label.en)))
