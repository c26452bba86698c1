"""A confirmed list for the demonstration: the first selection, so that the yearly check has warnings, an end and a reserve that moves up.

The numbers of that year are not the scheme's and the record says so with its reason, invented as the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kcz_metrics.decisions.altering import altered, differing, numbers
from kcz_metrics.decisions.candidates import candidates
from kcz_metrics.decisions.confirming import confirmation
from kcz_metrics.decisions.selection import select
from kcz_metrics.engines.attributes import attributes
from kcz_metrics.language.periods import is_period
from kcz_metrics.language.periods import period as parse
from kcz_metrics.locales import T
from kcz_metrics.quality.standing import open_by_unit, within
from kcz_metrics.scoring import evaluate
from kcz_metrics.store import Docket

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kcz_metrics.quality.standing import Standing
    from kcz_metrics.scheme.models import Scheme
    from kcz_metrics.store import Actor, Snapshot, Store

#: The numbers of the first selection; those that the scheme does not have are left aside.
FIRST: Final = {
    "seats.target": 33.0, "eligible.minimum_score": 50.0, "eligible.registered_months": 6.0, "eligible.cities": 0.0, "at_most.1": 8.0,
}  # fmt: skip
WHY: Final = T(
    "演示（虚构）：首次遴选，各团备案都不满一年，满6个月即可参加，已签约试点不作要求；得分下限50分，每省至多8支，共选33支。"
).source


def confirm_past(store: Store, scheme: Scheme, snapshot: Snapshot, standings: Sequence[Standing], last: str, who: Actor) -> int:
    """Confirm the first list that is in its term in ``last``; returns 1, or 0 where there is nothing to confirm.

    It is the list of as many periods before as low years end a support, so that the check of ``last`` can find one. Nothing is recorded
    where the scheme checks no support year by year, where the round has decisions, or where seats are left to a panel.
    ``standings``: flags and what was decided about them.
    """
    found = next(((name, one) for name, one in scheme.selections.items() if one.yearly is not None and one.seats.years), None)
    if found is None or not is_period(last):
        return 0
    name, own = found
    assert own.yearly is not None
    docket = Docket("selection", name, parse(last).previous(own.yearly.stop_after).id)
    if store.decisions(docket):
        return 0
    known = numbers(own)
    policy = altered(own, {place: value for place, value in FIRST.items() if place in known})
    card = evaluate(scheme, own.index, docket.period, snapshot)
    flags = open_by_unit(within(standings, parse(docket.period)))
    frame = candidates(card, policy, attributes(snapshot, scheme, card.index.unit, docket.period), None, flags)
    # other records than the shipped ones may not fill all quotas: then as few seats as possible give way
    chosen = select(frame, policy, card.index.rank.decimals, relax=True)
    if not chosen.feasible or not chosen.seats or chosen.open_seats:
        return 0
    ruling = confirmation(chosen, differing(own, numbers(policy)), relaxed=True, reason=WHY)
    return len(store.decide(docket, [ruling], actor=who, snapshot=snapshot.id, scheme=scheme.digest, seen=0))
