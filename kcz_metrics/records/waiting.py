"""Rejected rows that wait to be mended, kept beside the records: one folder an import, taken off row by row as they come back mended.

They are no records: nothing counts them, no snapshot holds them. A row is known by its number in the file it came in.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from kcz_metrics.errors import Issue, RecordsError
from kcz_metrics.locales import Language, T
from kcz_metrics.records import personal, rejecting
from kcz_metrics.records.apart.heading import folded
from kcz_metrics.records.headers import Reading, is_rejected_file
from kcz_metrics.records.rejected_book import rejected_book
from kcz_metrics.records.staging import Staged
from kcz_metrics.records.understanding import Corrections, Understanding
from kcz_metrics.store import Actor, Store, require
from kcz_metrics.store.files import digest_of

FOLDER = "rejected"
_ABOUT, _ROWS, _PROBLEMS = "about.json", "rows.parquet", "problems.parquet"
_ID = re.compile(r"^[0-9a-f]{12}$")


@dataclass(frozen=True, slots=True)
class Waiting:
    """Rows of one import that were handed back and have not come again. ``rows``: their numbers in the file ``source``; ``of``: how many
    were handed back at first; ``hashes``: SHA-256 of each file beside it, none of what earlier versions kept; ``done``: the rows that came
    back mended, by the key of the import that brought them; ``sheet``: the one they stand in, "" in a file without sheets and in what
    earlier versions kept."""

    id: str
    table: str
    source: str
    sha256: str
    at: datetime
    actor: str
    rows: tuple[int, ...]
    of: int
    readings: tuple[Reading, ...]
    hashes: Mapping[str, str] = field(default_factory=dict)
    done: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    sheet: str = ""

    @property
    def headings(self) -> tuple[str, ...]:
        """The file's own headings, folded, without those that a file of rejected rows adds."""
        return tuple(folded(reading.heading) for reading in self.readings if reading.how != "own")


def keep(store: Store, staged: Staged, actor: Actor) -> Waiting | None:
    """Keep the rejected rows of an import; None where there are none, or where they wait already, as those of a file that came back do."""
    settle(store, staged)
    understood = staged.understanding
    if not staged.rejected or is_rejected_file(understood.headings):
        return None
    before = _earlier(store, understood)
    if before is not None and before.rows:
        # the same file once more, understood in another way perhaps: what it hands back now is what waits
        _write(store.home / FOLDER / before.id, replace(before, rows=()))
    open_rows = tuple(sorted(set(staged.problems["row"].to_list()) - put_right(store, staged)))
    if not open_rows:
        return None
    made = Waiting(
        id=uuid.uuid4().hex[:12],
        table=understood.table,
        source=understood.name,
        sha256=understood.sha256,
        at=datetime.now(UTC),
        actor=actor.name,
        rows=open_rows,
        of=staged.rejected,
        readings=understood.readings,
        done=before.done if before is not None else {},
        sheet=understood.sheet,
    )
    rows = _without_persons(staged.rejected_rows("zh").select("row", "cells"), staged)
    folder = store.home / FOLDER / made.id
    temporary = folder.with_name(f".{uuid.uuid4().hex}.tmp")
    try:
        temporary.mkdir(parents=True)
        rows.write_parquet(temporary / _ROWS)
        staged.problems.write_parquet(temporary / _PROBLEMS)
        made = replace(made, hashes={name: digest_of(temporary / name) for name in (_ROWS, _PROBLEMS)})
        _write(temporary, made)
        os.replace(temporary, folder)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise _not_kept(error, folder) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return made


def _without_persons(rows: pl.DataFrame, staged: Staged) -> pl.DataFrame:
    """``row, cells`` with the numbers of persons put out: they must not be stored, here either. A row that broke another rule was not
    looked at for them."""
    of_persons = set(staged.problems.filter(pl.col("rule") == "R8")["row"].to_list())
    cells = rows.explode("cells")
    found = pl.Series([row in of_persons for row in cells["row"]], dtype=pl.Boolean)
    texts = cells["cells"]
    put_out = pl.select(
        pl.when(found).then(personal.masked(texts)).otherwise(personal.masked(texts, is_found=False)).alias("cells")
    ).to_series()
    if put_out.equals(texts):
        return rows
    return cells.with_columns(put_out).group_by("row", maintain_order=True).agg("cells")


def settle(store: Store, staged: Staged) -> int:
    """Take the rows off that came back mended in a file of rejected rows and were taken; returns how many."""
    understood = staged.understanding
    if not is_rejected_file(understood.headings):
        return 0
    headings = tuple(folded(reading.heading) for reading in understood.readings if reading.how != "own")
    first = pl.col("0").str.strip_chars().cast(pl.Int64, strict=False)
    good = understood.text.join(staged.good.select("_row"), on="_row", how="semi").select(first).to_series().drop_nulls().to_list()
    done = 0
    for one in all_of(store):
        if one.table != understood.table or not _same(one.headings, headings):
            continue
        back = set(good) & set(one.rows)
        if back:
            mended = {**one.done, staged.key: tuple(sorted(back | set(one.done.get(staged.key, ()))))}
            still = tuple(row for row in one.rows if row not in back)
            _write(store.home / FOLDER / one.id, replace(one, rows=still, done=mended))
            done += len(back)
            good = [row for row in good if row not in back]
    return done


def put_right(store: Store, staged: Staged) -> frozenset[int]:
    """The rows of ``staged`` that are handed back although they came back mended before, by an import that still stands."""
    one = _earlier(store, staged.understanding)
    if one is None or not one.done:
        return frozenset()
    standing = {row for key, rows in one.done.items() if store.by_import_key(key) is not None for row in rows}
    return frozenset(standing & set(staged.problems["row"].to_list()))


def put_aside(store: Store, id: str, *, actor: Actor, reason: str) -> Waiting:
    """Wait no longer for the rows of an import, with an audit entry.

    Errors: AccessError; RecordsError without a reason, or where nothing waits under this id.
    """
    require(actor, "import")
    if not reason.strip():
        raise RecordsError(Issue("reason_missing", T("须写明理由"), subject=id))
    one = found(store, id)
    detail = {"table": one.table, "source": one.source, "sha256": one.sha256, "rows": len(one.rows), "reason": reason.strip()}
    store.record_act("put_aside", one.source, detail, actor=actor)
    _write(store.home / FOLDER / one.id, replace(one, rows=()))
    return one


def all_of(store: Store) -> tuple[Waiting, ...]:
    """Imports with rows that still wait, newest first. What cannot be read is left out."""
    return tuple(one for one in _kept(store) if one.rows)


def _kept(store: Store) -> list[Waiting]:
    """Every import that handed rows back, newest first, also where none of them waits any more."""
    made = [one for path in sorted((store.home / FOLDER).glob(f"*/{_ABOUT}")) if (one := _read(path)) is not None]
    return sorted(made, key=lambda one: one.at, reverse=True)


def found(store: Store, id: str) -> Waiting:
    """Errors: RecordsError where nothing waits under this id."""
    one = _read(store.home / FOLDER / id / _ABOUT) if _ID.match(id) else None
    if one is None:
        raise RecordsError(Issue("nothing_waits", T("没有待改的退回行 {id}", id=id), subject=id))
    return one


def rows_of(store: Store, one: Waiting, lang: Language) -> pl.DataFrame:
    """``row, column, rule`` in words, ``cells``: the rows that wait, as they were."""
    rejected, _ = _frames(store, one, lang)
    return rejected


def csv_of(store: Store, one: Waiting, lang: Language) -> bytes:
    return rejecting.rejected_csv(_understood(one), rows_of(store, one, lang))


def book_of(store: Store, one: Waiting, lang: Language) -> bytes | None:
    """The workbook to be mended; None where the rows are too many for one."""
    rejected, found = _frames(store, one, lang)
    return rejected_book(_understood(one), rejected, found, lang)


def _frames(store: Store, one: Waiting, lang: Language) -> tuple[pl.DataFrame, pl.DataFrame]:
    folder = store.home / FOLDER / one.id
    try:
        rows, found = pl.read_parquet(folder / _ROWS), pl.read_parquet(folder / _PROBLEMS)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise RecordsError(Issue("rejected_unreadable", T("退回的行无法读取"), place=str(folder))) from error
    still = pl.col("row").is_in(list(one.rows))
    rows, found = rows.filter(still), found.filter(still)
    said = found.group_by("row", maintain_order=True).agg(
        column=pl.col("column").filter(pl.col("column") != "").unique(maintain_order=True).str.join("; "), rule=pl.col(lang).str.join("; ")
    )
    return said.join(rows, on="row", how="left", maintain_order="left"), found


def _same(headings: Iterable[str], back: Iterable[str]) -> bool:
    """Whether a file came back from the one with these headings; a heading may have got its unit since."""
    return len(one := list(headings)) == len(other := list(back)) and all(b.startswith(a) for a, b in zip(one, other, strict=True))


def _earlier(store: Store, of: Understanding) -> Waiting | None:
    """What the same sheet of the same file handed back when it was imported last: rows are numbered by the sheet."""
    # earlier versions kept no sheet; in a workbook of one it can be no other
    sheets = (of.sheet, "") if len(of.sheets) == 1 else (of.sheet,)
    return next((one for one in _kept(store) if one.sha256 == of.sha256 and one.table == of.table and one.sheet in sheets), None)


def _understood(one: Waiting) -> Understanding:
    """As much of the understanding as handing back takes."""
    empty = pl.DataFrame(schema={"_row": pl.Int64})
    return Understanding(
        table=one.table, name=one.source, kind="csv", sha256=one.sha256, key="", readings=one.readings, issues=(), warnings=(), text=empty,
        ragged=(), blank=0, examples=0, heading_row=1, titles=(), marks=(), epoch=1900, corrections=Corrections(),
    )  # fmt: skip


def _write(folder: Path, one: Waiting) -> None:
    said: dict[str, Any] = {
        "id": one.id, "table": one.table, "source": one.source, "sha256": one.sha256, "at": one.at.isoformat(), "actor": one.actor,
        "rows": list(one.rows), "of": one.of,
        "readings": [
            [r.position, r.heading, r.column, r.how, r.unit, None if r.by is None else str(r.by)] for r in one.readings
        ],
        "hashes": dict(one.hashes), "done": {key: list(rows) for key, rows in one.done.items()},
        "sheet": one.sheet,
    }  # fmt: skip
    said["seal"] = _seal(said)
    temporary = folder / f".{uuid.uuid4().hex}.tmp"
    try:
        temporary.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
        os.replace(temporary, folder / _ABOUT)
    except OSError as error:
        raise _not_kept(error, folder) from error
    finally:
        temporary.unlink(missing_ok=True)


def _read(path: Path) -> Waiting | None:
    try:
        said: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        readings = tuple(Reading(p, h, c, how, u, None if by is None else Decimal(by)) for p, h, c, how, u, by in said["readings"])
        return Waiting(
            said["id"], said["table"], said["source"], said["sha256"], datetime.fromisoformat(said["at"]), said["actor"],
            tuple(said["rows"]), said["of"], readings, dict(said.get("hashes", {})),
            {key: tuple(rows) for key, rows in said.get("done", {}).items()}, str(said.get("sheet", "")),
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ArithmeticError):
        return None


def _seal(said: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def damaged(home: Path) -> list[Issue]:
    """What is kept of waiting rows and is no longer as it was written. A page leaves out what cannot be read."""
    hint = T("从备份恢复，或把原来的文件再导入一次")
    found = []
    for about in sorted(path / _ABOUT for path in (home / FOLDER).glob("[!.]*") if path.is_dir()):
        one = _read(about)
        if one is None:
            found.append(Issue("rejected_unreadable", T("退回待改的行无法读取，页面上列不出"), place=str(about), hint=hint))
            continue
        said = json.loads(about.read_text(encoding="utf-8"))
        if said.pop("seal", None) not in (None, _seal(said)):
            found.append(Issue("rejected_changed", T("退回待改的说明与写下时不同"), place=str(about), hint=hint))
        for name in (_ROWS, _PROBLEMS) if one.rows else ():
            path = about.parent / name
            if not path.is_file():
                found.append(Issue("rejected_unreadable", T("退回待改的行不见了"), place=str(path), hint=hint))
            elif name in one.hashes and digest_of(path) != one.hashes[name]:
                found.append(Issue("rejected_changed", T("退回待改的行与写下时不同"), place=str(path), hint=hint))
    return found


def _not_kept(error: Exception, folder: Path) -> RecordsError:
    # polars names a full disk in the midst of its own words
    reason = (isinstance(error, OSError) and error.strerror) or str(error).splitlines()[0].rsplit("IO error: ", 1)[-1]
    return RecordsError(Issue("rejected_not_kept", T("退回的行无法保存：{reason}", reason=reason), place=str(folder)))
