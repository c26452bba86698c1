"""A decided past for the demonstration: the round of tiers before the last one, decided and closed as a meeting would have done it, and a
list of supported teams that is in its term.

Everything in it is invented, reasons and votes too, and says so. It is written through the same functions as any decision, so that each
has its audit entry.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import polars as pl

from kcz_metrics.decisions import ruling
from kcz_metrics.decisions.ballots import Votes
from kcz_metrics.decisions.history import scorecards
from kcz_metrics.decisions.recorded import recorded
from kcz_metrics.decisions.replay import replay
from kcz_metrics.decisions.rounds import gathered
from kcz_metrics.decisions.ruling import Sitting
from kcz_metrics.language.periods import period as parse
from kcz_metrics.locales import T
from kcz_metrics.operations.confirmed_past import confirm_past
from kcz_metrics.quality.parameters import thresholds
from kcz_metrics.quality.scan import scan
from kcz_metrics.quality.standing import open_by_unit, standings, within
from kcz_metrics.store import Actor, Docket, Ruling

if TYPE_CHECKING:
    from kcz_metrics.quality.standing import Standing
    from kcz_metrics.scheme.models import Scheme
    from kcz_metrics.scoring import Scorecard
    from kcz_metrics.store import Snapshot, Store

#: Who decided, and who closed the round: two people.
MEETING: Final = Actor("demo", frozenset({"leader"}))
CHAIR: Final = Actor("demo-chair", frozenset({"leader"}))
#: Reasons and names are kept in one language, as somebody wrote them; pages in the other one show them as the catalogue has them.
_MEMBERS: Final = (T("委员甲"), T("委员乙"), T("委员丙"), T("委员丁"), T("委员戊"), T("委员己"), T("委员庚"))
_NAMES: Final = tuple(member.source for member in _MEMBERS)
VOTES: Final = Votes(T("省科协（虚构）").source, _NAMES[:5], _NAMES[5:6], _NAMES[6:])
HUB: Final = T("演示（虚构）：一个枢纽城市自愿退出枢纽，由辐射带动突出的城市接替，经提议与表决通过。").source
DOWN: Final = T("演示（虚构）：本期等次不合格，会议决定不再观察一轮，先调整一级并安排帮扶。").source
LATER: Final = T("演示（虚构）：空出的席位留到下一轮，按两期得分再定。").source
CLOSE: Final = T("演示（虚构）。").source
#: How many are lowered otherwise than proposed.
LOWERED: Final = 2


def decide_past(store: Store, scheme: Scheme) -> int:
    """Decide and close the round before the last one, and confirm a list of teams; returns how many decisions were recorded.

    None where the records are not invented, where the scheme has no tiers with a memory, where there are not two rounds after the start,
    or where the round has decisions already. What seats, limits or votes stand against is left out.
    """
    snapshot = store.snapshot()
    index = next((one for one in scheme.indices.values() if one.tiers is not None and one.tiers.remembers), None)
    policy = index.tiers if index is not None else None
    if not snapshot.invented or index is None or policy is None or (policy.start is not None and policy.start.file is not None):
        return 0
    cards = scorecards(scheme, index, snapshot)
    begins = policy.start.period if policy.start is not None else None
    if len(cards) < 3 or (begins is not None and begins not in {card.period for card in cards[:-2]}):
        return 0
    flags = standings(scan(snapshot, thresholds=thresholds(scheme)), store.flag_decisions(snapshot))
    return _tiers(store, scheme, snapshot, cards[:-1], flags) + confirm_past(store, scheme, snapshot, flags, cards[-1].period, MEETING)


def _tiers(store: Store, scheme: Scheme, snapshot: Snapshot, cards: tuple[Scorecard, ...], flags: Sequence[Standing]) -> int:
    """Decide and close the round of the last of the cards."""
    index = cards[-1].index
    policy = index.tiers
    assert policy is not None
    docket = Docket("tier", index.id, cards[-1].period)
    if store.decisions(docket):
        return 0
    rounds = gathered(cards, _flagged(flags, cards))

    def sitting() -> Sitting:
        known = recorded(store.decisions(), index.id)
        return Sitting(policy, rounds, replay(rounds, policy, recorded=known), known)

    def write(rulings: tuple[Ruling, ...], who: Actor = MEETING) -> int:
        earlier = store.decisions(docket)
        seen = earlier[-1].number if earlier else 0
        return len(store.decide(docket, rulings, actor=who, snapshot=snapshot.id, scheme=scheme.digest, seen=seen))

    made = 0
    for wanted, reason in _asked(sitting()):
        now = sitting()
        rulings = ruling.asked(now, wanted, reason, VOTES)
        rulings += ruling.asked(now, dict.fromkeys(_filling(now, rulings), ruling.DEFER), LATER)
        if not ruling.against(now, rulings):
            made += write(rulings)
    now = sitting()
    left = ruling.undecided(now)
    if left:
        made += write(ruling.asked(now, dict.fromkeys(left, ruling.CONFIRM)))
    return made + write((ruling.closing(sitting(), CLOSE),), CHAIR)


def _asked(sitting: Sitting) -> Iterator[tuple[Mapping[str, str], str]]:
    """What the meeting decides otherwise than proposed: an exchange at the top by vote, and those it lowers at once."""
    ids, rows = sitting.ladder.ids, sitting.rows.drop_nulls("smoothed").sort("smoothed", "unit")
    inside = {level: rows.filter(pl.col("tier_before") == level) for level in ids}
    voted = sitting.policy.rules.get(ids[0])
    if voted is not None and voted.rise == "decision" and inside[ids[0]].height > 1 and inside[ids[1]].height:
        yield {inside[ids[0]]["unit"][1]: ids[1], inside[ids[1]]["unit"][-1]: ids[0]}, HUB
    if len(ids) > 3:
        watched = inside[ids[-2]].filter(pl.col("reason") == "WATCH")["unit"].head(LOWERED).to_list()
        if watched:
            yield dict.fromkeys(watched, ids[-1]), DOWN


def _filling(sitting: Sitting, rulings: tuple[Ruling, ...]) -> list[str]:
    """Units that would rise into the seats that these decisions leave free."""
    decided = {one.unit for one in rulings} | set(sitting.rows.drop_nulls("decided")["unit"])
    before, after = sitting.last.before.level, ruling.outcome(sitting, rulings).after.level
    rising = (before >= 0) & (after >= 0) & (after < before)
    return [unit for unit, up in zip(sitting.rounds.units, rising, strict=True) if up and unit not in decided]


def _flagged(flags: Sequence[Standing], cards: tuple[Scorecard, ...]) -> pl.DataFrame:
    """``unit, period`` of open flags, hints aside."""
    marks = [(unit, card.period) for card in cards for unit in open_by_unit(within(flags, parse(card.period)))]
    return pl.DataFrame(marks, schema={"unit": pl.String, "period": pl.String}, orient="row")
