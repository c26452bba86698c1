"""The part of ``kcz select`` that decides: confirming a list, taking it back, and what was decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kcz_metrics.cli import deciding, selecting, taking

if TYPE_CHECKING:
    import polars as pl

    from kcz_metrics.scheme.models import Scheme


@dataclass(frozen=True, slots=True)
class Ask:
    """What is decided on: a selection in a period with changed numbers, the reason, and the votes of the panel."""

    scheme: Scheme
    selection: str
    period: str
    changed: Mapping[str, float]
    relax: bool
    reason: str
    panel: tuple[str, ...]


def decided(ask: Ask, confirm: bool, withdraw: int | None) -> pl.DataFrame:
    """Record what is asked for and give it; without either, what was decided before. Columns as of ``kcz decide``."""
    from kcz_metrics.decisions.altering import differing
    from kcz_metrics.decisions.confirming import confirmation
    from kcz_metrics.store import Docket, Ruling, local_actor

    own = selecting.declared(ask.scheme, ask.selection)
    store, docket = taking.store(), Docket("selection", ask.selection, ask.period)
    earlier = store.decisions(docket)
    if not confirm and withdraw is None:
        return deciding.table(earlier)
    snapshot = taking.seen(store.snapshot())
    if withdraw is not None:
        ruling = Ruling("withdraw", reason=ask.reason, withdraws=withdraw)
    else:
        found, _ = selecting.selected(ask.scheme, ask.selection, ask.period, snapshot, ask.relax, ask.changed)
        ruling = confirmation(found, differing(own, ask.changed), ask.relax, ask.reason, ask.panel)
    seen = earlier[-1].number if earlier else 0
    made = store.decide(docket, [ruling], actor=local_actor(), snapshot=snapshot.id, scheme=ask.scheme.digest, seen=seen)
    return deciding.table(made)
