"""A decided past for the demonstration: the round of tiers before the last one, decided and closed as a meeting would have done it.

Everything in it is invented, reasons and votes too, and says so. It is written through the same functions as any decision, so that each
has its audit entry.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
from kcz_metrics.quality.parameters import thresholds
from kcz_metrics.quality.scan import scan
from kcz_metrics.quality.standing import open_by_unit, standings, within
from kcz_metrics.store import Actor, Docket, Ruling

if TYPE_CHECKING:
    from kcz_metrics.scheme.models import Scheme
    from kcz_metrics.scoring import Scorecard
    from kcz_metrics.store import Snapshot, Store

#: Who decided, and who closed the round: two people.
MEETING: Final = Actor("demo", frozenset({"leader"}))
CHAIR: Final = Actor("demo-chair", frozenset({"leader"}))
VOTES: Final = Votes("省科协（虚构）", ("委员甲", "委员乙", "委员丙", "委员丁", "委员戊"), ("委员己",), ("委员庚",))
#: What the meeting is said to have found; the ledger keeps words as they were written, so both languages stand in it.
HUB: Final = (
    "演示（虚构）：一个枢纽城市自愿退出枢纽，由辐射带动突出的城市接替，经提议与表决通过。"
    "Demonstration (invented): one hub stands back by its own wish, and a city that leads others takes its place, by proposal and vote."
)
DOWN: Final = (
    "演示（虚构）：本期等次不合格，会议决定不再观察一轮，先调整一级并安排帮扶。"
    "Demonstration (invented): the year's grade is below the pass mark; the meeting does not wait for a second round and arranges support."
)
LATER: Final = (
    "演示（虚构）：空出的席位留到下一轮，按两期得分再定。"
    "Demonstration (invented): the seat left free is kept for the next round, when two periods can be compared."
)
CLOSE: Final = "演示（虚构）。Demonstration (invented)."
#: How many are lowered otherwise than proposed.
LOWERED: Final = 2


def decide_past(store: Store, scheme: Scheme) -> int:
    """Decide and close the round before the last one; returns how many decisions were recorded.

    None where the records are not invented, where the scheme has no tiers with a memory, where there are not two rounds after the start,
    or where the round has decisions already. What seats, limits or votes stand against is left out.
    """
    snapshot = store.snapshot()
    index = next((one for one in scheme.indices.values() if one.tiers is not None and one.tiers.remembers), None)
    policy = index.tiers if index is not None else None
    if not snapshot.invented or index is None or policy is None or (policy.start is not None and policy.start.file is not None):
        return 0
    cards = scorecards(scheme, index, snapshot)[:-1]
    begins = policy.start.period if policy.start is not None else None
    if len(cards) < 2 or (begins is not None and begins not in {card.period for card in cards[:-1]}):
        return 0
    docket = Docket("tier", index.id, cards[-1].period)
    if store.decisions(docket):
        return 0
    rounds = gathered(cards, _flagged(store, scheme, snapshot, cards))

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


def _flagged(store: Store, scheme: Scheme, snapshot: Snapshot, cards: tuple[Scorecard, ...]) -> pl.DataFrame:
    """``unit, period`` of open flags, hints aside."""
    rows = standings(scan(snapshot, thresholds=thresholds(scheme)), store.flag_decisions(snapshot))
    marks = [(unit, card.period) for card in cards for unit in open_by_unit(within(rows, parse(card.period)))]
    return pl.DataFrame(marks, schema={"unit": pl.String, "period": pl.String}, orient="row")
