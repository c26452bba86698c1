"""Bring a file of records in: the good rows become the next snapshot, the bad ones come back with the rule each one broke."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from kcz_metrics.locales import Language, T
from kcz_metrics.records import checking, rejecting
from kcz_metrics.records.forms import template
from kcz_metrics.records.reading import Parsed, known_table, read_csv
from kcz_metrics.store import Actor, Snapshot, Store, require
from kcz_metrics.store.access import as_actor

__all__ = ["ImportOutcome", "Parsed", "import_content", "import_file", "read_csv", "template"]


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What became of a file.

    ``accepted``: good rows, typed, with ``_row``; each is one of ``new``, ``changed`` or ``same`` as what is there. ``rejected``: ``row``
    (as in the file), ``column``, ``rule`` (in words), ``cells``; ``problems``: one line per broken rule, ``row, column, rule`` (its code),
    ``zh, en``. ``absent``: columns the file did not have. ``known``: this very file was imported before, and nothing was done.
    ``snapshot``: the one the import made, or the one that stands where there was nothing to add; None while the store is empty.
    """

    table: str
    source: str
    accepted: pl.DataFrame
    rejected: pl.DataFrame
    problems: pl.DataFrame
    new: int
    changed: int
    same: int
    blank: int
    absent: tuple[str, ...]
    known: bool
    dry_run: bool
    snapshot: Snapshot | None
    rejected_file: bytes
    rejected_path: Path | None = None


def import_file(store: Store, table: str, path: Path, *, actor: Actor | str, dry_run: bool = False, lang: Language = "zh") -> ImportOutcome:
    """Import a CSV file; bad rows go to ``FILE.rejected.csv`` beside it, rules in ``lang``. A dry run writes nothing anywhere.

    Errors: RecordsError where the file as a whole cannot be read as ``table``; AccessError; StoreError.
    """
    if not dry_run:
        require(as_actor(actor), "import")
    parsed = read_csv(path, known_table(table))
    looked = _look(store, parsed, path.name, lang, dry_run)
    # Before the commit: when the bad rows cannot be handed back, the good ones are not taken either.
    written = rejecting.write_rejected(path, looked.rejected_file) if looked.rejected.height and not dry_run else None
    return replace(_commit(store, parsed, looked, as_actor(actor)), rejected_path=written)


def import_content(
    store: Store, table: str, content: bytes, *, name: str, actor: Actor | str, dry_run: bool = False, lang: Language = "zh"
) -> ImportOutcome:
    """Import the bytes of a CSV called ``name``; bad rows are in the outcome's ``rejected_file``. Errors as :func:`import_file`."""
    if not dry_run:
        require(as_actor(actor), "import")
    parsed = read_csv(content, known_table(table), place=name)
    return _commit(store, parsed, _look(store, parsed, name, lang, dry_run), as_actor(actor))


def _look(store: Store, parsed: Parsed, name: str, lang: Language, dry_run: bool) -> ImportOutcome:
    """Everything about the import but its effect."""
    snapshot = None if store.is_empty else store.snapshot()
    checked = checking.check(parsed, snapshot)
    earlier = store.by_import_key(_import_key(parsed))
    rejected = rejecting.rejected_frame(parsed, checked.problems, lang)
    new, changed = (0, 0) if earlier else (len(frame) for frame in _compare(parsed, checked.good, snapshot))
    return ImportOutcome(
        table=parsed.table.name,
        source=name,
        accepted=checked.good,
        rejected=rejected,
        problems=checked.problems,
        new=new,
        changed=changed,
        same=checked.good.height - new - changed,
        blank=parsed.blank,
        absent=checked.absent,
        known=earlier is not None,
        dry_run=dry_run,
        snapshot=earlier or snapshot,
        rejected_file=rejecting.rejected_csv(parsed, rejected),
    )


def _commit(store: Store, parsed: Parsed, outcome: ImportOutcome, actor: Actor) -> ImportOutcome:
    if outcome.dry_run or not outcome.new + outcome.changed:
        return outcome
    there = None if store.is_empty else store.snapshot()
    # Compared once more: another import may have brought the same rows meanwhile.
    brought = pl.concat(_compare(parsed, outcome.accepted, there))
    if brought.is_empty():
        return replace(outcome, new=0, changed=0, same=outcome.accepted.height, snapshot=there)
    brought = brought.with_columns(_file=pl.lit(outcome.source))
    reason = T(
        "导入 {table}：新增 {new}，更改 {changed}，相同 {same}，退回 {rejected}",
        table=parsed.table.name,
        new=outcome.new,
        changed=outcome.changed,
        same=outcome.same,
        rejected=outcome.rejected.height,
    )
    made = store.commit({parsed.table.name: brought}, actor=actor, source=outcome.source, reason=reason, import_key=_import_key(parsed))
    return replace(outcome, snapshot=made)


def _compare(parsed: Parsed, good: pl.DataFrame, snapshot: Snapshot | None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows of ``good`` whose key is new, and those that differ from the row of the same key."""
    table = parsed.table
    current = snapshot.read(table.name) if snapshot else table.empty()
    key = list(table.key)
    new = good.join(current, on=key, how="anti", maintain_order="left")
    others = [name for name in table.columns if name not in key]
    both = good.join(current, on=key, how="inner", suffix="\0before", maintain_order="left")
    differs = pl.any_horizontal(pl.lit(False), *(pl.col(name).ne_missing(pl.col(f"{name}\0before")) for name in others))
    return new, both.filter(differs).select(good.columns)


def _import_key(parsed: Parsed) -> str:
    """The same bytes for the same table are the same import, whatever the file is called."""
    return hashlib.sha256(parsed.table.name.encode() + b"\0" + parsed.content).hexdigest()
