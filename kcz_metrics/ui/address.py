"""The address is the state: what a page shows stands in its query string as codes, so that a link opens the same for someone else.

Streamlit clears the query string when a reader moves to another page, and widgets forget their value. The codes are
therefore kept in the session too, under one key that no widget owns, and written back to the address after every run.
"""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

#: Codes that follow the reader from page to page. Any other code belongs to the page that set it.
STICKY = ("lang", "period", "index", "unit", "view", "snapshot")
#: Codes written on every page; a page names the others it wants kept in its address.
ALWAYS = ("lang", "period", "index", "view", "snapshot")
_CURRENT, _SEEN = "_address", "_address_seen"
#: Characters of a code taken over; lists of keys and of values may be longer.
LONGEST = {"keys": 6_000, "set": 2_000}
_LONGEST = 200


def read() -> None:
    """Take over what changed in the address since the last run: a link, the back button, or another page."""
    current, seen = _state(_CURRENT), _state(_SEEN)
    shown = {code: value[: LONGEST.get(code, _LONGEST)] for code, value in st.query_params.to_dict().items()}
    for code, value in shown.items():
        if seen.get(code) != value:
            current[code] = value
    for code in [c for c in current if c not in STICKY and c not in shown and current[c] == seen.get(c)]:
        del current[code]


def get(code: str) -> str | None:
    return _state(_CURRENT).get(code)


def put(**codes: str | None) -> None:
    """Set codes; None takes one away. The address follows at the end of the run."""
    current = _state(_CURRENT)
    for code, value in codes.items():
        if value is None or value == "":
            current.pop(code, None)
        else:
            current[code] = value


def write(also: Iterable[str] = ()) -> None:
    """Bring the address in line with the session, in one step so that it is one entry of the browser's history. A number that is
    open stands there on every page."""
    current = _state(_CURRENT)
    wanted = {code: current[code] for code in (*ALWAYS, *also, "open") if current.get(code)}
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)
    st.session_state[_SEEN] = dict(wanted)


def parameters(**codes: str | None) -> dict[str, str]:
    """The query string of a link that keeps language, period, index, view and snapshot and sets ``codes``."""
    current = _state(_CURRENT)
    kept = {code: current[code] for code in ALWAYS if current.get(code)}
    return {code: value for code, value in {**kept, **codes}.items() if value}


def _state(key: str) -> dict[str, str]:
    state: dict[str, str] = st.session_state.setdefault(key, {})
    return state
