"""Read one sheet of an Excel workbook: the one asked for, or the one whose headings are known."""

from __future__ import annotations

import posixpath
import zipfile
from dataclasses import dataclass
from typing import Any

from . import styles
from .archive import opened
from .asked import Asked
from .cells import Outlet
from .heading import REJECTED, asked_within, chosen, enough, folded, known_among, titles
from .markup import attribute, local, stream
from .refusal import Refusal
from .rows import read_rows
from .sheet import Sheet
from .strings import Words


@dataclass(frozen=True)
class Book:
    """Sheets in order: name, part, whether hidden. ``epoch`` of dates: 1900 or 1904."""

    sheets: list[tuple[str, str, bool]]
    strings: str | None
    styles: str | None
    epoch: int


def read(asked: Asked) -> dict[str, Any]:
    """Write the rows below the heading of one sheet to ``asked.folder`` and tell what they are."""
    asked_within(asked.heading_row, asked.limits["heading"])
    with opened(asked.path, asked.limits) as archive:
        book = _book(archive)
        words = Words(archive, book.strings, styles.kinds(archive, book.styles), book.epoch, asked.limits)
        heads = [(name, part, hidden, _head(archive, part, words, asked)) for name, part, hidden in book.sheets]
        name, part, _, first = _sheet(heads, asked)
        return _told(archive, part, words, first, asked) | {
            "sheet": name,
            "sheets": [sheet for sheet, *_ in heads],
            "epoch": book.epoch,
        }


def _told(archive: zipfile.ZipFile, part: str, words: Words, first: list[tuple[int, list[str]]], asked: Asked) -> dict[str, Any]:
    limits = asked.limits
    at = chosen(first, asked.known, asked.heading_row)
    number, headings = first[at]
    while headings and not headings[-1].strip():
        headings = headings[:-1]
    headings = headings + [""] * (_width_below(headings, first[at + 1 :]) - len(headings))
    sheet = Sheet(limits, below=number)
    with Outlet(asked.folder, headings, limits["rows"], limits["lines"], limits["written"]) as outlet:
        for row, cells in read_rows(archive, part, words, sheet):
            if row > number:
                outlet.row(row, cells + [""] * (len(headings) - len(cells)))
    marks = [mark for mark in sheet.marks if mark[0] > number]
    return {
        "kind": "xlsx",
        "heading_row": number,
        "title": titles(first[:at], limits["title"]),
        "headings": headings,
        "rows": outlet.rows,
        "ragged": outlet.bad,
        "blank": outlet.blank,
        "marks": marks,
        "formulas": [sheet.formulas, sheet.first_formula],
        "hidden_rows": sum(row > number for row in sheet.hidden_rows),
        "hidden_columns": sheet.hidden_columns,
        "merged": sheet.merged_below(number),
    }


def _width_below(headings: list[str], below: list[tuple[int, list[str]]]) -> int:
    """How wide most of the first rows are, where they go beyond the headings: a last column may have none. Not in a file of rejected rows,
    where a cell beyond them says that its row is to be looked at."""
    beyond = [len(cells) for _, cells in below if len(cells) > len(headings)]
    is_whole = tuple(map(folded, headings[: len(REJECTED)])) != REJECTED and 2 * len(beyond) > len(below)
    return max(beyond) if is_whole else len(headings)


def _head(archive: zipfile.ZipFile, part: str, words: Words, asked: Asked) -> list[tuple[int, list[str]]]:
    """The first rows that are not blank."""
    first: list[tuple[int, list[str]]] = []
    title = asked.limits["title"]
    for row in read_rows(archive, part, words, Sheet(asked.limits), most=title + 1 + (asked.heading_row or 0)):
        if any(cell.strip() for cell in row[1]):
            first.append(row)
        if first and enough(first, asked.heading_row, title):
            break
    return first


def _sheet(heads: list[tuple[str, str, bool, list[tuple[int, list[str]]]]], asked: Asked) -> tuple[str, str, bool, Any]:
    """The sheet asked for; else the only one with anything in it; else the one with the most known headings, where that is one alone."""
    if asked.sheet is not None:
        found = [head for head in heads if head[0].strip() == asked.sheet.strip()]
        if not found:
            raise Refusal("sheet_unknown", sheet=asked.sheet, names=", ".join(name for name, *_ in heads))
        if not found[0][3]:
            raise Refusal("file_empty")
        return found[0]
    filled = [head for head in heads if head[3]]
    if not filled:
        raise Refusal("file_empty")
    counts = [max(known_among(cells, asked.known) for _, cells in head[3]) for head in filled]
    most = max(counts)
    # A sheet of notes may hold a known heading or two by chance; only what has nearly as many is a rival.
    rivals = [head for head, count in zip(filled, counts, strict=True) if count == most or (count >= 3 and count >= 0.8 * most)]
    if len(rivals) > 1 and most:
        raise Refusal("sheet_open", names=", ".join(name for name, *_ in rivals))
    return filled[counts.index(most)] if most else next((head for head in filled if not head[2]), filled[0])


def _book(archive: zipfile.ZipFile) -> Book:
    names = set(archive.namelist())
    if "mimetype" in names and "content.xml" in names:
        raise Refusal("not_text", what="opendocument")
    if "[Content_Types].xml" not in names:
        raise Refusal("not_text", what="archive")
    _check_types(archive)
    main = next((target for kind, target, _ in _relations(archive, "") if kind == "officeDocument"), None)
    if main is None or not posixpath.basename(main).startswith("workbook"):
        raise Refusal("not_text", what="office")
    if main not in names:
        raise Refusal("part_missing", part=main)
    for name in archive.namelist():  # what sheets and pictures refer to is looked at too, and then not followed
        folder, of = posixpath.split(name)
        if posixpath.basename(folder) == "_rels" and of.endswith(".rels"):
            _relations(archive, posixpath.join(posixpath.dirname(folder), of.removesuffix(".rels")))
    relations = _relations(archive, main)
    targets = {id: (kind, target) for kind, target, id in relations}
    sheets: list[tuple[str, str, bool]] = []
    epoch = 1900

    def start(name: str, given: dict[str, str]) -> None:
        nonlocal epoch
        what = local(name)
        if what == "workbookPr" and (attribute(given, "date1904") or "").lower() in ("1", "true"):
            epoch = 1904
        elif what == "sheet":
            kind, part = targets.get(attribute(given, "id") or "", ("", ""))
            hidden = attribute(given, "state") in ("hidden", "veryHidden")
            if kind == "worksheet":
                sheets.append((attribute(given, "name") or "", part, hidden))
            elif kind == "xlMacrosheet":
                raise Refusal("macros")

    stream(archive, main, start)
    missing = [part for _, part, _ in sheets if part not in names]
    if missing:
        raise Refusal("part_missing", part=missing[0])
    if not sheets:
        raise Refusal("file_empty")

    def part_of(kind: str) -> str | None:
        return next((target for of, target, _ in relations if of == kind), None)

    return Book(sheets, part_of("sharedStrings"), part_of("styles"), epoch)


def _check_types(archive: zipfile.ZipFile) -> None:
    def start(_: str, given: dict[str, str]) -> None:
        kind = (attribute(given, "ContentType") or "").lower()
        if "macroenabled" in kind or "vbaproject" in kind:
            raise Refusal("macros")
        if "sheet.binary" in kind:
            raise Refusal("not_text", what="binary_workbook")

    stream(archive, "[Content_Types].xml", start)


def _relations(archive: zipfile.ZipFile, part: str) -> list[tuple[str, str, str]]:
    """Kind, target and id of what ``part`` refers to. Links of cells to addresses are harmless and are not followed."""
    folder, name = posixpath.split(part)
    of = posixpath.join(folder, "_rels", f"{name}.rels")
    if of not in archive.namelist():
        if not part:
            raise Refusal("not_text", what="archive")
        return []
    found: list[tuple[str, str, str]] = []

    def start(tag: str, given: dict[str, str]) -> None:
        if local(tag) != "Relationship":
            return
        kind = (attribute(given, "Type") or "").rpartition("/")[2]
        target = attribute(given, "Target") or ""
        if attribute(given, "TargetMode") == "External":
            if kind != "hyperlink":
                raise Refusal("outside_references")
            return
        if kind in ("externalLink", "connections", "oleObject"):
            raise Refusal("outside_references")
        if kind in ("vbaProject", "xlMacrosheet"):
            raise Refusal("macros")
        whole = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        found.append((kind, whole, attribute(given, "Id") or ""))

    stream(archive, of, start)
    return found
