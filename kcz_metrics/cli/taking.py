"""What a command takes out of the store into a file: an entry in the audit trail before the file has its name.

A file that is named (``-o``, ``--report``) is an export; what is printed is read, as a page is. A command that has read nothing of the
store takes nothing out of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING

from typer import echo

from kcz_metrics.cli.speaking import language

if TYPE_CHECKING:
    from kcz_metrics.scheme.models import Scheme
    from kcz_metrics.store import Snapshot, Store


@dataclass(slots=True)
class _Work:
    """A command at work, with what it was asked and what it has read so far."""

    command: str
    asked: Mapping[str, object]
    store: Store | None = None
    snapshots: list[str] = field(default_factory=list)
    scheme: str | None = None


_NOW: ContextVar[_Work | None] = ContextVar("kcz_command", default=None)


def watched(name: str, command: Callable[..., None]) -> Callable[..., None]:
    """The command, so that what it reads is known when it writes a file."""

    @wraps(command)
    def run(**asked: object) -> None:
        token = _NOW.set(_Work(name, asked))
        try:
            command(**asked)
        finally:
            _NOW.reset(token)

    return run


def store() -> Store:
    """The store, opened to read of it."""
    from kcz_metrics.store import Store

    opened = Store.open()
    if (work := _NOW.get()) is not None:
        work.store = opened
    return opened


def snapshot(id: str | None = None) -> Snapshot:
    """The snapshot whose id begins with ``id``, or the newest."""
    return seen(store().snapshot(id))


def seen(snapshot: Snapshot) -> Snapshot:
    """A snapshot that the command reads."""
    if (work := _NOW.get()) is not None and snapshot.id not in work.snapshots:
        work.snapshots.append(snapshot.id)
    return snapshot


def by(scheme: Scheme) -> Scheme:
    """The scheme that the command goes by; the first where it compares two."""
    if (work := _NOW.get()) is not None:
        work.scheme = work.scheme or scheme.digest
    return scheme


def note(content: bytes, target: Path, rows: int | None) -> None:
    """Say in the audit trail that ``content`` goes to ``target``. Errors: StoreError where that cannot be written, and then nothing goes.
    A store that can only be read here gets a line on standard error instead."""
    work = _NOW.get()
    if work is None or work.store is None:
        return
    from kcz_metrics.store import local_actor
    from kcz_metrics.store.exports import UNNOTED, Export

    taken = Export(target.name, f"kcz {work.command}", rows, tuple(work.snapshots), work.scheme, dict(_said(work.asked)))
    if work.store.record_export(taken, content, actor=local_actor()) is None:
        echo(UNNOTED.render(language()), err=True)


def _said(asked: Mapping[str, object]) -> list[tuple[str, str]]:
    """The options that were given, without where the file goes: the entry has its name."""
    given = [(name, value) for name, value in asked.items() if value not in (None, False, "", [], ()) and name not in ("output", "form")]
    return [(name, " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)) for name, value in given]
