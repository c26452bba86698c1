"""What an import would do, before it does it: rows that fit and rows that do not, and how the file differs from the records there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from kcz_metrics.errors import Issue, RecordsError
from kcz_metrics.locales import Language, T
from kcz_metrics.records import between, casting, checking, magnitudes, problems, rejecting
from kcz_metrics.records.understanding import Corrections, Understanding, corrected, import_key
from kcz_metrics.store import Store
from kcz_metrics.tables import TABLES, Table


@dataclass(frozen=True, slots=True)
class Staged:
    """A file checked against the records of the snapshot ``seen`` ("" for an empty store).

    ``good``: rows that fit, typed, with ``_row``; each is one of ``new``, ``changed`` or ``same``. ``problems``: one line per broken rule
    and row, ``row, column, rule, zh, en``; a row in it is rejected. ``doubts``: the same for rows that are taken all the same.
    ``warnings``: of the file as a whole. ``gone``: how many records of the table the file does not name; they stay as they are.
    ``known``: the snapshot that this very file made, "" where it was not imported before.
    """

    understanding: Understanding
    good: pl.DataFrame
    problems: pl.DataFrame
    doubts: pl.DataFrame
    warnings: tuple[Issue, ...]
    new: pl.DataFrame
    changed: pl.DataFrame
    same: int
    gone: int
    absent: tuple[str, ...]
    seen: str
    known: str
    key: str

    @property
    def rejected(self) -> int:
        """How many rows are handed back; with the good ones they are all rows of the file."""
        return self.understanding.rows - self.good.height

    def rejected_rows(self, lang: Language) -> pl.DataFrame:
        """One line per rejected row: ``row, column, rule`` in words, ``cells`` as they were."""
        return rejecting.rejected_frame(self.understanding, self.problems, lang)

    def rejected_csv(self, lang: Language) -> bytes:
        """The rejected rows as a CSV that can be mended and imported again."""
        return rejecting.rejected_csv(self.understanding, self.rejected_rows(lang))

    def rejected_book(self, lang: Language) -> bytes | None:
        """The rejected rows as a workbook with the cells at fault marked; None where there are too many rows for one."""
        from kcz_metrics.records.rejected_book import rejected_book

        return rejected_book(self.understanding, self.rejected_rows(lang), self.problems, lang)

    def differences(self, store: Store, most: int = 1_000) -> pl.DataFrame:
        """The cells that would change: key columns, ``column``, ``before``, ``after`` as text; of the first ``most`` rows."""
        return _differences(self.understanding.contract, self.changed.head(most), _current(store, self.understanding.table, self.seen))


def prepare(understanding: Understanding, store: Store, *, corrections: Corrections | None = None, strict: bool = False) -> Staged:
    """Check every row against contract, key, references and the rules between tables, and compare with the newest records.

    ``corrections`` replace those said before. ``strict``: what is only a warning between tables rejects its row.
    Errors: RecordsError with every heading and unit that is still open.
    """
    understood = corrected(understanding, corrections) if corrections is not None else understanding
    if understood.issues:
        raise RecordsError(understood.issues)
    table = understood.contract
    snapshot = None if store.is_empty else store.snapshot()
    checked = checking.check(understood, snapshot)
    errors, doubts = (between.check(table, checked.good, snapshot, level) for level in ("error", "warning"))
    found = problems.together([checked.problems, errors, *([doubts] if strict else [])])
    good = _without(checked.good, found)
    key = import_key(understood)
    earlier = store.by_import_key(key)
    current = snapshot.read(table.name) if snapshot else table.empty()
    new, changed = compare(table, good, current)
    return Staged(
        understanding=understood,
        good=good,
        problems=found,
        doubts=problems.none() if strict else doubts.join(found.select("row"), on="row", how="anti", maintain_order="left"),
        warnings=(
            *understood.warnings,
            *_days(understood, checked),
            *_months(understood),
            *_converted(understood, checked),
            *magnitudes.doubts(understood, good, current),
        ),
        new=new.clear() if earlier else new,
        changed=changed.clear() if earlier else changed,
        same=good.height if earlier else good.height - new.height - changed.height,
        gone=current.join(good, on=list(table.key), how="anti").height,
        absent=checked.absent,
        seen=snapshot.id if snapshot else "",
        known=earlier.id if earlier else "",
        key=key,
    )


def compare(table: Table, good: pl.DataFrame, current: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows of ``good`` whose key is new, and those that differ from the row of the same key."""
    key = list(table.key)
    if current.is_empty():
        return good, good.clear()
    new = good.join(current.select(key), on=key, how="anti", maintain_order="left")
    others = [name for name in table.columns if name not in key]
    both = good.join(current, on=key, how="inner", suffix="\0before", maintain_order="left")
    differs = pl.any_horizontal(pl.lit(False), *(pl.col(name).ne_missing(pl.col(f"{name}\0before")) for name in others))
    return new, both.filter(differs).select(good.columns)


def _without(rows: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    if found.is_empty():
        return rows
    return rows.join(found.select(_row=pl.col("row")).unique(), on="_row", how="anti", maintain_order="left")


def _days(understood: Understanding, checked: checking.Checked) -> list[Issue]:
    epoch = understood.corrections.epoch or understood.epoch
    return [
        Issue(
            "day_numbers",
            T("{column} 有 {n} 个日期写成了序号，按 {epoch} 年起算", column=name, n=count, epoch=epoch),
            place=understood.name,
            subject=name,
            level="warning",
            hint=T("起点不是 {epoch} 年则说明（命令行：--epoch）", epoch=epoch),
        )
        for name, count in checked.serials.items()
    ]


def _months(understood: Understanding) -> list[Issue]:
    """Months that stand as the first of them: what a spreadsheet makes of 2022-03, or a day that somebody meant."""
    found = []
    for name, column in understood.contract.columns.items():
        reading = understood.reading(name)
        source = understood.text[str(reading.position)] if reading is not None else None
        made = casting.months(source, column) if source is not None else None
        if source is None or made is None or not made.any():
            continue
        first = made.arg_max() or 0
        said = T(
            "{column} 有 {n} 格是某月的第一天，按这个月读，第一个在第 {row} 行：{text}",
            column=name,
            n=f"{int(made.sum()):,}",
            row=understood.text["_row"][first],
            text=source[first].strip(),
        )
        hint = T("若指的是那一天而不是那个月，改正后再导入")
        found.append(Issue("month_days", said, place=understood.name, subject=name, level="warning", hint=hint))
    return found


def _converted(understood: Understanding, checked: checking.Checked) -> list[Issue]:
    return [
        Issue(
            "cell_units",
            T(
                "{column} 有 {n} 格自己写明了单位，按写明的换算，第一个在第 {row} 行：{text}",
                column=name,
                n=f"{of.cells:,}",
                row=of.row,
                text=of.text,
            ),
            place=understood.name,
            subject=name,
            level="warning",
            hint=T("核对单位"),
        )
        for name, of in checked.converted.items()
    ]


def _current(store: Store, table: str, seen: str) -> pl.DataFrame:
    return store.snapshot(seen).read(table) if seen else TABLES[table].empty()


def _differences(table: Table, changed: pl.DataFrame, current: pl.DataFrame) -> pl.DataFrame:
    key = list(table.key)
    both = changed.join(current, on=key, how="inner", suffix="\0before", maintain_order="left")
    parts: list[pl.DataFrame] = []
    for name in table.columns:
        if name in key:
            continue
        differing = both.filter(pl.col(name).ne_missing(pl.col(f"{name}\0before")))
        sides: dict[str, Any] = {"before": pl.col(f"{name}\0before").cast(pl.String), "after": pl.col(name).cast(pl.String)}
        parts.append(differing.select("_row", *key, column=pl.lit(name), **sides))
    empty = changed.clear().select("_row", *key, *(pl.lit("").alias(name) for name in ("column", "before", "after")))
    return pl.concat([empty, *parts]).sort("_row", maintain_order=True).drop("_row")
