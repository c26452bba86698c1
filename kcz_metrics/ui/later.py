"""Work that a page does not wait for: it is drawn without, and once more when the work is done.

One thread does it for all sessions, one thing after another; what it gave is kept by key, as ``loading`` keeps what it reads. What
failed is tried again by the next drawing of a page that asks for it, once: the runs that a page comes again by itself are one drawing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Any, TypeVar

import streamlit as st

#: What the run of this session goes without so far; what its drawing has had done, by key; whether the next run goes on with that drawing.
_WANTED, _TRIED, _AGAIN = "_later", "_later_tried", "_later_again"
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
        """The work by this key, begun where nobody has asked for it before, or where it failed."""
        with self._lock:
            found = self._made.pop(key, None)
            if found is None or _failed(found):
                found = self._thread.submit(work)
            self._made[key] = found  # the one asked for last stands last
            for old in [one for one, made in self._made.items() if made.done()][: max(0, len(self._made) - KEPT)]:
                del self._made[old]
            return found


def _failed(found: Future[Any]) -> bool:
    return found.done() and found.exception() is not None


@st.cache_resource(show_spinner=False)
def _desk() -> _Desk:
    return _Desk()


def begin() -> None:
    """A new run goes without nothing yet; unless a page comes again by itself, nothing was tried for it either."""
    st.session_state[_WANTED] = []
    if not st.session_state.pop(_AGAIN, False):
        st.session_state[_TRIED] = {}


def _tried() -> dict[Hashable, Future[Any]]:
    found: dict[Hashable, Future[Any]] = st.session_state.setdefault(_TRIED, {})
    return found


def there(key: Hashable, work: Callable[[], Given]) -> Given | None:
    """What the work gives, or None while it is not done: the run then comes again by itself (:func:`settle`), which also begins the work,
    so that it takes nothing from the page. Raises what the work does; what failed before this drawing is not done."""
    found = _tried().get(key) or _desk().done(key)
    if found is not None and found.done() and not (_failed(found) and key not in _tried()):
        given: Given = found.result()
        return given
    st.session_state.setdefault(_WANTED, []).append((key, work))
    return None


def now(key: Hashable, work: Callable[[], Given]) -> Given:
    """The same, waited for."""
    given: Given = _asked(key, work).result()
    return given


def _asked(key: Hashable, work: Callable[[], Any]) -> Future[Any]:
    """The work by this key as this drawing had it, else the desk's."""
    tried = _tried()
    if key not in tried:
        tried[key] = _desk().of(key, work)
    return tried[key]


def waits() -> bool:
    """Whether this run went without anything."""
    return bool(st.session_state.get(_WANTED))


def settle() -> None:
    """Draw the page again once everything that it went without is there; what the reader does meanwhile comes first."""
    begun = [_asked(key, work) for key, work in st.session_state.get(_WANTED, ())]
    while st.session_state.get(_WANTED) and not all(found.done() for found in begun):  # each look lets the runner turn to the reader
        time.sleep(SECONDS)
    st.session_state[_AGAIN] = True
    st.rerun()
