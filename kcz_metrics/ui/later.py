"""Work that a page does not wait for: it is drawn without, and once more when the work is done.

One thread does it for all sessions, one thing after another; what it gave is kept by key, as ``loading`` keeps what it reads.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Any, TypeVar

import streamlit as st

#: What the run of this session goes without so far.
_WANTED = "_later"
#: Pieces of work kept; how often the end of one is looked for.
KEPT, SECONDS = 32, 0.03
Given = TypeVar("Given")


class _Desk:
    def __init__(self) -> None:
        self._thread, self._lock = ThreadPoolExecutor(1, "later"), Lock()
        self._made: dict[Hashable, Future[Any]] = {}

    def done(self, key: Hashable) -> Future[Any] | None:
        """The work by this key, where it is done."""
        with self._lock:
            if key not in self._made or not self._made[key].done():
                return None
            self._made[key] = found = self._made.pop(key)
            return found

    def of(self, key: Hashable, work: Callable[[], Any]) -> Future[Any]:
        """The work by this key, begun where nobody has asked for it before. What failed fails for all who ask: the key says of what."""
        with self._lock:
            found = self._made.pop(key) if key in self._made else self._thread.submit(work)
            self._made[key] = found  # the one asked for last stands last
            for old in [one for one, made in self._made.items() if made.done()][: max(0, len(self._made) - KEPT)]:
                del self._made[old]
            return found


@st.cache_resource(show_spinner=False)
def _desk() -> _Desk:
    return _Desk()


def begin() -> None:
    """A new run goes without nothing yet."""
    st.session_state[_WANTED] = []


def there(key: Hashable, work: Callable[[], Given]) -> Given | None:
    """What the work gives, or None while it is not done: the run then comes again by itself (:func:`settle`), which also begins the work,
    so that it takes nothing from the page. Raises what the work does."""
    found = _desk().done(key)
    if found is not None:
        given: Given = found.result()
        return given
    st.session_state.setdefault(_WANTED, []).append((key, work))
    return None


def now(key: Hashable, work: Callable[[], Given]) -> Given:
    """The same, waited for."""
    given: Given = _desk().of(key, work).result()
    return given


def waits() -> bool:
    """Whether this run went without anything."""
    return bool(st.session_state.get(_WANTED))


def settle() -> None:
    """Draw the page again once everything that it went without is there; what the reader does meanwhile comes first."""
    begun = [_desk().of(key, work) for key, work in st.session_state.get(_WANTED, ())]
    while st.session_state.get(_WANTED) and not all(found.done() for found in begun):  # each look lets the runner turn to the reader
        time.sleep(SECONDS)
    st.rerun()
