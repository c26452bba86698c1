"""Drafts on their way into the ledger: written a moment after the last change, on a thread of its own. No page waits for the ledger, and
of weights moved quickly one after another only the last state is written."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock, Thread
from typing import TYPE_CHECKING

from kcz_metrics.store.access import may
from kcz_metrics.store.drafting import KeptDraft
from kcz_metrics.ui.trial import Draft

if TYPE_CHECKING:
    from kcz_metrics.ui.context import Context

#: Seconds that a change waits for a further one.
PAUSE = 0.3
#: Store, owner, index.
Key = tuple[str, str, str]


@dataclass(frozen=True, eq=False)
class Change:
    """What is to be kept, None where nothing is any more, and what does it."""

    draft: KeptDraft | None
    write: Callable[[], None]


class Desk:
    """Changes that wait, by key, the newest alone; one thread while there are any. It is waited for when the server stops."""

    def __init__(self) -> None:
        self._lock, self._busy = Lock(), False
        self._waiting: dict[Key, Change] = {}
        self._wrong: dict[Key, Exception] = {}
        #: The newest change of each key, where it could not be written.
        self._failed: dict[Key, Change] = {}

    def put(self, key: Key, change: Change) -> None:
        with self._lock:
            self._put(key, change)

    def again(self, key: Key) -> None:
        """Try once more what could not be written, where that has been told and nothing newer has come."""
        with self._lock:
            if key in self._failed and key not in self._wrong:
                self._put(key, self._failed[key])

    def waiting(self, key: Key) -> Change | None:
        """The newest change that is not written yet, tried in vain or not at all."""
        with self._lock:
            return self._waiting.get(key) or self._failed.get(key)

    def wrong(self, key: Key) -> Exception | None:
        """Why the last change was not written, told once."""
        with self._lock:
            return self._wrong.pop(key, None)

    def idle(self) -> bool:
        with self._lock:
            return not self._busy

    def _put(self, key: Key, change: Change) -> None:
        self._waiting[key] = change
        self._failed.pop(key, None)
        if not self._busy:
            Thread(target=self._work, name="drafts").start()
            self._busy = True  # only now: a thread that could not be started is to be started with the next change

    def _work(self) -> None:
        while True:
            time.sleep(PAUSE)
            with self._lock:
                if not self._waiting:
                    self._busy = False
                    return
                every = list(self._waiting.items())
            for key, change in every:
                self._write(key, change)

    def _write(self, key: Key, change: Change) -> None:
        wrong: Exception | None = None
        try:
            change.write()
        except Exception as error:  # told on the page when it is drawn next
            wrong = error
        with self._lock:
            self._wrong.pop(key, None)
            if wrong is not None:
                self._wrong[key] = wrong
            if self._waiting.get(key) is change:
                del self._waiting[key]
                if wrong is not None:
                    self._failed[key] = change


_DESK = Desk()


def keeps(ctx: Context) -> bool:
    """Whether drafts of this reader outlive the session."""
    return ctx.store.writable and may(ctx.actor, "draft")


def read(ctx: Context) -> KeptDraft | None:
    """What the reader tried last on this index, still on its way or in the ledger. Errors: StoreError."""
    waiting = _DESK.waiting(_key(ctx))
    if waiting is not None:
        return waiting.draft
    return ctx.store.draft(ctx.index_id, actor=ctx.actor) if may(ctx.actor, "draft") else None


def keep(ctx: Context, draft: Draft | None) -> None:
    """Have the draft kept in the place of what was there; None: nothing any more."""
    if not keeps(ctx):
        return
    store, actor, index_id, scheme = ctx.store, ctx.actor, ctx.index_id, ctx.digest
    if draft is None:
        _DESK.put(_key(ctx), Change(None, lambda: store.drop_draft(index_id, actor=actor)))
        return
    kept = KeptDraft(index_id, scheme, draft.weights, draft.weighting, draft.aggregate, datetime.now(UTC))
    _DESK.put(
        _key(ctx),
        Change(kept, lambda: store.keep_draft(index_id, scheme, draft.weights, draft.weighting, draft.aggregate, actor=actor)),
    )


def again(ctx: Context) -> None:
    """Have the reader's last change written after all, where it could not be and that has been told."""
    if keeps(ctx):
        _DESK.again(_key(ctx))


def wrong(ctx: Context) -> Exception | None:
    """Why the last change of this reader's was not kept, told once."""
    return _DESK.wrong(_key(ctx))


def idle() -> bool:
    """Whether everything is written."""
    return _DESK.idle()


def _key(ctx: Context) -> Key:
    return str(ctx.store.home), ctx.actor.name, ctx.index_id
