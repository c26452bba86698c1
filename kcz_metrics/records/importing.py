"""Bring a file of records in: the good rows become the next snapshot, the bad ones come back with the rule each one broke."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from kcz_metrics.errors import Issue, RecordsError
from kcz_metrics.locales import Language
from kcz_metrics.records import rejecting, taking, waiting
from kcz_metrics.records.forms import template
from kcz_metrics.records.reading import read_csv
from kcz_metrics.records.staging import Staged, prepare
from kcz_metrics.records.understanding import Corrections, Understanding, understand
from kcz_metrics.store import Actor, Snapshot, Store, require
from kcz_metrics.store.access import as_actor

__all__ = ["ImportOutcome", "Understanding", "import_content", "import_file", "read_csv", "template"]


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What became of a file.

    ``accepted``: good rows, typed, with ``_row``; each is one of ``new``, ``changed`` or ``same`` as what is there. ``rejected``: ``row``
    (as in the file), ``column``, ``rule`` (in words), ``cells``; ``problems``: one line per broken rule, ``row, column, rule`` (its code),
    ``zh, en``; ``doubts``: the same for rows that are taken all the same. ``warnings``: of the file as a whole. ``absent``: columns that
    the file does not have. ``known``: this very file was imported before, and nothing was done. ``snapshot``: the one the import made, or
    the one that stands where there was nothing to add; None while the store is empty.
    """

    table: str
    source: str
    sha256: str
    accepted: pl.DataFrame
    rejected: pl.DataFrame
    problems: pl.DataFrame
    doubts: pl.DataFrame
    warnings: tuple[Issue, ...]
    new: int
    changed: int
    same: int
    blank: int
    examples: int
    absent: tuple[str, ...]
    understanding: Understanding
    known: bool
    dry_run: bool
    snapshot: Snapshot | None
    rejected_file: bytes
    rejected_path: Path | None = None
    rejected_book: Path | None = None


def import_file(
    store: Store,
    table: str,
    path: Path,
    *,
    actor: Actor | str,
    dry_run: bool = False,
    lang: Language = "zh",
    corrections: Corrections | None = None,
    strict: bool = False,
    **said: Any,
) -> ImportOutcome:
    """Import a CSV or Excel file; bad rows go to ``FILE.rejected.csv`` and ``FILE.rejected.xlsx`` beside it, rules in ``lang``. A dry run
    writes nothing anywhere. ``said``: sheet, heading_row, encoding or separator, as of :func:`understand`.

    Errors: RecordsError where the file as a whole cannot be read as ``table``; AccessError; StoreError.
    """
    if not dry_run:
        require(as_actor(actor), "import")
    staged = prepare(understand(path, table, home=store.home, corrections=corrections, **said), store, strict=strict)
    looked = _look(store, staged, lang, dry_run)
    if dry_run:
        return looked
    # Before the commit: when the bad rows cannot be handed back, the good ones are not taken either.
    if staged.rejected:
        written = rejecting.write_rejected(path, looked.rejected_file, rejecting.SUFFIX)
        book = staged.rejected_book(lang)
        looked = replace(
            looked, rejected_path=written, rejected_book=rejecting.write_rejected(path, book, rejecting.BOOK_SUFFIX) if book else None
        )
    return _commit(store, staged, looked, as_actor(actor))


def import_content(
    store: Store,
    table: str,
    content: bytes,
    *,
    name: str,
    actor: Actor | str,
    dry_run: bool = False,
    lang: Language = "zh",
    corrections: Corrections | None = None,
    strict: bool = False,
) -> ImportOutcome:
    """Import the bytes of a file called ``name``; bad rows are in the outcome's ``rejected_file``. Errors as :func:`import_file`."""
    if not dry_run:
        require(as_actor(actor), "import")
    staged = prepare(understand(content, table, name=name, home=store.home, corrections=corrections), store, strict=strict)
    looked = _look(store, staged, lang, dry_run)
    return looked if dry_run else _commit(store, staged, looked, as_actor(actor))


def _look(store: Store, staged: Staged, lang: Language, dry_run: bool) -> ImportOutcome:
    """Everything about the import but its effect."""
    understood = staged.understanding
    standing = staged.known or staged.seen
    rejected = staged.rejected_rows(lang)
    return ImportOutcome(
        table=understood.table,
        source=understood.name,
        sha256=understood.sha256,
        accepted=staged.good,
        rejected=rejected,
        problems=staged.problems,
        doubts=staged.doubts,
        warnings=staged.warnings,
        new=staged.new.height,
        changed=staged.changed.height,
        same=staged.same,
        blank=understood.blank,
        examples=understood.examples,
        absent=staged.absent,
        understanding=understood,
        known=bool(staged.known),
        dry_run=dry_run,
        snapshot=store.snapshot(standing) if standing else None,
        rejected_file=rejecting.rejected_csv(understood, rejected),
    )


def _commit(store: Store, staged: Staged, outcome: ImportOutcome, actor: Actor) -> ImportOutcome:
    receipt = taking.commit(staged, store, actor)
    try:
        waiting.keep(store, staged, actor)
    except RecordsError as error:  # the rows are in; that the others do not wait is told beside them
        outcome = replace(outcome, warnings=(*outcome.warnings, *error.issues))
    return replace(outcome, snapshot=store.snapshot(receipt.snapshot) if receipt.snapshot else None)
