"""What one request stands on: language, period, index, unit, scheme, snapshot, and who asks. Frozen for the run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from kcz_metrics.locales import Language, Text, translate
from kcz_metrics.theme import TOKENS, Mode
from kcz_metrics.ui import address, states
from kcz_metrics.ui.places import Place, place

if TYPE_CHECKING:
    from kcz_metrics.charts import Template
    from kcz_metrics.scheme.models import Index, Name, Scheme
    from kcz_metrics.store import Snapshot, SnapshotInfo, Store
    from kcz_metrics.store.access import Actor

CONTEXT = "_context"


@dataclass(frozen=True)
class Context:
    """``snapshot`` is None while the store is empty, ``scheme`` None while it cannot be read (``trouble`` says why)."""

    lang: Language
    place: Place
    store: Store
    snapshot: Snapshot | None
    scheme: Scheme | None
    digest: str
    trouble: Exception | None
    periods: tuple[str, ...]
    period: str
    index_id: str
    indices: tuple[str, ...]
    unit: str | None
    actor: Actor
    mode: Mode
    meeting: bool
    #: Where in the sidebar a page puts its choice of unit.
    slot: DeltaGenerator
    #: Every snapshot of the store, newest first.
    snapshots: tuple[SnapshotInfo, ...] = ()

    def tr(self, source: str, /, **values: object) -> str:
        return translate(source, self.lang, **values)

    def text(self, text: Text | Name | str | None, fallback: str = "") -> str:
        """A text of either kind in the reader's language."""
        if text is None:
            return fallback
        if isinstance(text, Text):
            return text.render(self.lang)
        return text if isinstance(text, str) else text.in_(self.lang)

    @property
    def tokens(self) -> Mapping[str, Any]:
        return TOKENS[self.mode]

    @property
    def template(self) -> Template:
        return "kcz_dark" if self.mode == "dark" else "kcz_light"

    @property
    def index(self) -> Index:
        assert self.scheme is not None
        return self.scheme.indices[self.index_id]

    @property
    def previous(self) -> str | None:
        """The period before, if there are records of it."""
        at = self.periods.index(self.period) if self.period in self.periods else 0
        return self.periods[at - 1] if at > 0 else None

    @property
    def past(self) -> bool:
        """Whether the page looks back: there are newer snapshots than its own. Nothing is decided on such a page."""
        return self.snapshot is not None and self.snapshot.id != self.snapshots[0].id

    def indices_of(self, unit_kind: str) -> tuple[str, ...]:
        """Ids of the scheme's indices over this kind of unit, in the order of the file."""
        return tuple(i for i, index in self.scheme.indices.items() if index.unit == unit_kind) if self.scheme else ()

    def name(self, node_or_indicator: str) -> str:
        """The name of an index, pillar or indicator, by its id; the id where it has none."""
        scheme = self.scheme
        if scheme is None:
            return node_or_indicator
        if node_or_indicator in scheme.indicators:
            return self.text(scheme.indicators[node_or_indicator].name, node_or_indicator)
        if node_or_indicator in scheme.indices:
            return self.text(scheme.indices[node_or_indicator].name, node_or_indicator)
        for node in self.index.tree.walk():
            if node.id == node_or_indicator:
                return self.text(node.name, node_or_indicator)
        return node_or_indicator


def context(*, records: bool = True) -> Context:
    """The context of this run. A page that cannot do without records or a readable scheme stops here and says why."""
    current: Context = st.session_state[CONTEXT]
    if current.trouble is not None:
        states.error(current, current.trouble)
        st.stop()
    if records and current.snapshot is None:
        states.empty_store(current)
        st.stop()
    return current


def link(page: str, **codes: str | None) -> NoReturn:
    """Go to a page, keeping language, period, index, view and snapshot."""
    st.switch_page(place(page).file, query_params=address.parameters(**codes))
