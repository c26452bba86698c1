"""Hand back what was not taken: the original cells, before them the row's number, the columns at fault and the rules in words."""

from __future__ import annotations

import csv
import io
import itertools
import os
import uuid
from pathlib import Path

import polars as pl

from kcz_metrics.errors import Issue, RecordsError
from kcz_metrics.locales import Language, T
from kcz_metrics.records import units
from kcz_metrics.records.apart.heading import REJECTED, folded
from kcz_metrics.records.headers import Reading, is_rejected_file, unit_in
from kcz_metrics.records.spreadsheets import escape
from kcz_metrics.records.understanding import Understanding

SUFFIX, BOOK_SUFFIX = ".rejected.csv", ".rejected.xlsx"


def rejected_frame(understood: Understanding, problems: pl.DataFrame, lang: Language) -> pl.DataFrame:
    """One line per rejected row: ``row, column, rule`` (several joined by "; "), then ``cells``, a list of the row's texts as they were."""
    said = problems.group_by("row", maintain_order=True).agg(
        column=pl.col("column").filter(pl.col("column") != "").unique(maintain_order=True).str.join("; "), rule=pl.col(lang).str.join("; ")
    )
    skip = len(REJECTED) if is_rejected_file(understood.headings) else 0
    names = [str(i) for i in range(skip, len(understood.headings))]
    bad = understood.text.join(said.select(_row="row"), on="_row", how="semi", maintain_order="left")
    whole = bad.select(row="_row", cells=pl.concat_list(names))
    ragged = pl.DataFrame(
        {"row": [row for row, _ in understood.ragged], "cells": [list(cells[skip:]) for _, cells in understood.ragged]}, schema=whole.schema
    )
    return said.join(pl.concat([whole, ragged]), on="row", how="left", maintain_order="left")


def rejected_csv(understood: Understanding, rejected: pl.DataFrame) -> bytes:
    """A CSV (UTF-8 with mark, so that spreadsheets read it) that can be mended and imported again.

    A row of the wrong length stays so: filled up it would pass as whole. Text that a spreadsheet would run as a formula gets an apostrophe,
    which importing takes off again.
    """
    skip = len(REJECTED) if is_rejected_file(understood.headings) else 0
    headings = [heading(reading) for reading in understood.readings[skip:]]
    longest = max((len(cells) for cells in rejected["cells"]), default=0)
    headings += [""] * (longest - len(headings))
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([*REJECTED, *headings])
    for row, column, rule, cells in rejected.iter_rows():
        full = len(understood.headings) - skip
        padded = [*cells, *[""] * (len(headings) - full)] if len(cells) == full else cells
        writer.writerow([row, column, escape(rule), *map(escape, padded)])
    return out.getvalue().encode("utf-8-sig")


def heading(reading: Reading) -> str:
    """The heading of a column that comes back: with its unit where the file said it elsewhere, above the headings or on the command line,
    so that the mended rows are asked for it again."""
    if reading.unit is None or reading.by == 1 or reading.unit in reading.heading:
        return reading.heading
    said = unit_in(folded(reading.heading))  # perhaps in the other language, or as (万 元)
    if said is not None and units.unit(said) == units.unit(reading.unit):
        return reading.heading
    return f"{reading.heading}（{reading.unit}）"


def write_rejected(path: Path, content: bytes, suffix: str) -> Path:
    """Write ``content`` beside the imported file, whole or not at all. A file of that name that says something else may have been mended
    by hand and not come back yet: it is kept as ``….earlier-N`` beside it."""
    target = path.with_name(path.name + suffix)
    temporary = target.with_name(f".{uuid.uuid4().hex}.tmp")
    try:
        temporary.write_bytes(content)
        if target.is_file() and target.read_bytes() != content:
            numbers = itertools.count(1)
            kept = next(one for one in (target.with_suffix(f".earlier-{n}{target.suffix}") for n in numbers) if not one.exists())
            os.replace(target, kept)
        os.replace(temporary, target)
    except OSError as error:
        reason = error.strerror or str(error)
        raise RecordsError(Issue("rejected_not_written", T("退回的行无法写入文件：{reason}", reason=reason), place=str(target))) from error
    finally:
        temporary.unlink(missing_ok=True)
    return target
