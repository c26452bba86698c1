"""Decisions of a round: on the tier of a unit, or on the list of a selection; taken back by a further one, until the round is closed.

Every decision has its audit entry, written in the same transaction. What a decision must keep (seats, limits, balance) is worked out by
those who propose; here it is seen to that the right to decide is held, that one follows on the other, and that nobody decides on what
others have changed meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, func, insert, select

from kcz_metrics.errors import Issue, StoreError
from kcz_metrics.locales import T, Text
from kcz_metrics.store import audit
from kcz_metrics.store.access import Actor
from kcz_metrics.store.models import AUDIT_ENTRY, DECISION

Kind = Literal["tier", "selection"]
Act = Literal["confirm", "override", "defer", "lost", "withdraw", "close"]
KINDS: tuple[Kind, ...] = ("tier", "selection")
ACTS: tuple[Act, ...] = ("confirm", "override", "defer", "lost", "withdraw", "close")
#: What stays on record and decides nothing: a vote that was lost, and the taking back of a decision.
VOID: frozenset[Act] = frozenset({"lost", "withdraw"})
#: What needs its reason written down: where the rule is not followed, or a decision taken back.
REASONED: frozenset[Act] = frozenset({"override", "withdraw"})
LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Docket:
    """One round: of an index's tiers, or of a selection, in a period."""

    kind: Kind
    matter: str
    period: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """What somebody decides. ``unit`` None: about the round as a whole. ``before``, ``proposed``, ``after``: levels, None for outside.

    ``numbers`` is what it was decided on, plain JSON; of a selection, or at the close of a round, also the list or the board.
    """

    act: Act
    unit: str | None = None
    before: str | None = None
    proposed: str | None = None
    after: str | None = None
    reason: str = ""
    numbers: Mapping[str, Any] = field(default_factory=dict)
    withdraws: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """A ruling as the ledger has it. ``snapshot`` is the number of the one it was decided on, ``scheme`` the digest."""

    number: int
    kind: Kind
    matter: str
    period: str
    act: Act
    unit: str | None
    before: str | None
    proposed: str | None
    after: str | None
    reason: str
    numbers: Mapping[str, Any]
    withdraws: int | None
    snapshot: int
    scheme: str
    at: datetime
    actor: str
    audit_entry: int

    @property
    def docket(self) -> Docket:
        return Docket(self.kind, self.matter, self.period)


def in_force(decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    """Those that hold, oldest first: not taken back, no taking back, and no vote that was lost."""
    every = tuple(decisions)
    gone = {one.withdraws for one in every}
    return tuple(one for one in every if one.act not in VOID and one.number not in gone)


def votes_lost(decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    """The votes that were lost, oldest first, without those taken back: a ballot may have been typed wrongly."""
    every = tuple(decisions)
    gone = {one.withdraws for one in every}
    return tuple(one for one in every if one.act == "lost" and one.number not in gone)


def closed(decisions: Iterable[Decision]) -> Decision | None:
    """The decision that closed the round, of the decisions of one."""
    return next((one for one in decisions if one.act == "close"), None)


def of(connection: Connection, docket: Docket | None = None, until: int | None = None) -> tuple[Decision, ...]:
    """Every decision, or those of a round, up to the snapshot of that number; oldest first."""
    query = select(DECISION).order_by(DECISION.c.number)
    if docket is not None:
        query = query.where(DECISION.c.kind == docket.kind, DECISION.c.matter == docket.matter, DECISION.c.period == docket.period)
    if until is not None:
        query = query.where(DECISION.c.snapshot <= until)
    rows = (dict(row._mapping) for row in connection.execute(query))
    return tuple(Decision(**{**row, "at": datetime.fromisoformat(row["at"])}) for row in rows)


def write(
    connection: Connection,
    docket: Docket,
    rulings: Sequence[Ruling],
    who: Actor,
    *,
    snapshot: int,
    scheme: str,
    seen: int | None,
    apart: bool = False,
) -> tuple[int, ...]:
    """Write the rulings inside the caller's transaction, all or none, and return their numbers.

    ``seen``: number of the last decision of the round that was looked at, 0 for none; None does not ask. ``apart``: who closes the round
    must have decided nothing in it. Errors: StoreError with everything that stands against it.
    """
    earlier = of(connection, docket)
    issues = _against(docket, earlier, rulings, who, seen, apart)
    if issues:
        raise StoreError(issues)
    number = connection.execute(select(func.max(DECISION.c.number))).scalar() or 0
    at, made = audit.now(), []
    for ruling in rulings:
        number += 1
        row = {
            "number": number, "kind": docket.kind, "matter": docket.matter, "period": docket.period, "act": ruling.act, "unit": ruling.unit,
            "before": ruling.before, "proposed": ruling.proposed, "after": ruling.after, "reason": ruling.reason.strip(),
            "numbers": dict(ruling.numbers), "withdraws": ruling.withdraws, "snapshot": snapshot, "scheme": scheme, "at": at,
            "actor": who.name,
        }  # fmt: skip
        subject = " ".join(part for part in (docket.matter, docket.period, ruling.unit) if part)
        entry = audit.append(connection, who, act_of(docket.kind, ruling.act), subject, row, at)
        connection.execute(insert(DECISION).values(**row, audit_entry=entry))
        made.append(number)
    return tuple(made)


def act_of(kind: Kind, act: Act) -> str:
    """The audit entry's act."""
    return f"{act}_{kind}"


def against_audit(connection: Connection) -> list[Issue]:
    """Decisions that differ from their audit entry, and entries without their decision."""
    acts = [act_of(kind, act) for kind in KINDS for act in ACTS]
    entries = {row.number: row for row in connection.execute(select(AUDIT_ENTRY).where(AUDIT_ENTRY.c.act.in_(acts)))}
    issues = []
    for row in connection.execute(select(DECISION).order_by(DECISION.c.number)):
        fields = {name: value for name, value in row._mapping.items() if name != "audit_entry"}
        entry = entries.pop(row.audit_entry, None)
        if entry is None or audit.canonical(entry.detail) != audit.canonical(fields):
            issues.append(Issue("decision_differs", T("决定与审计记录不符"), place=str(row.number), subject=row.unit or row.matter))
    return issues + [
        Issue("entry_without_decision", T("审计记录 {number} 的决定不在", number=number), subject=entry.subject)
        for number, entry in entries.items()
    ]


def _against(
    docket: Docket, earlier: Sequence[Decision], rulings: Sequence[Ruling], who: Actor, seen: int | None, apart: bool
) -> list[Issue]:
    hold = in_force(earlier)
    shut = closed(hold)
    subject = f"{docket.matter} {docket.period}"
    if shut is not None:
        said = T("本轮已由{name}办结，决定不能再改", name=shut.actor)
        return [Issue("round_closed", said, subject=subject, hint=T("不同意的，在下一轮提出"))]
    last = earlier[-1].number if earlier else 0
    if seen is not None and seen != last:
        moved = T("看过之后又有人作了决定，没有记录")
        return [Issue("round_moved", moved, subject=subject, hint=T("重新打开本轮，再看一次"))]
    if not rulings:
        return [Issue("nothing_decided", T("没有要记录的决定"), subject=subject)]
    issues = [issue for ruling in rulings for issue in _wrong(docket, ruling, hold, votes_lost(earlier))]
    units = [ruling.unit for ruling in rulings if ruling.unit is not None and ruling.act != "withdraw"]
    twice = sorted({unit for unit in units if units.count(unit) > 1})
    # nothing comes after the close of a round, and a decision is taken back once
    back = [ruling.withdraws for ruling in rulings if ruling.act == "withdraw"]
    if any(ruling.act == "close" for ruling in rulings[:-1]) or len(set(back)) < len(back):
        twice.append(subject)
    issues += [Issue("decided_twice", T("同时作了两个决定"), subject=unit) for unit in twice]
    if apart and any(ruling.act == "close" for ruling in rulings) and who.name in {one.actor for one in earlier}:
        issues.append(Issue("two_people", T("方案要求作决定的与办结的不是同一人"), subject=subject, found=T("{name}", name=who.name)))
    return issues


def _wrong(docket: Docket, ruling: Ruling, hold: Sequence[Decision], lost: Sequence[Decision]) -> list[Issue]:
    where = ruling.unit or f"{docket.matter} {docket.period}"
    standing: Mapping[str | None, Decision] = {one.unit: one for one in hold}
    found: list[tuple[str, Text, Text | None]] = []
    if ruling.act not in ACTS:
        found.append(("unknown_act", T("没有“{act}”这样的决定", act=ruling.act), None))
    if ruling.act in REASONED and not ruling.reason.strip():
        found.append(("reason_missing", T("须写明理由"), None))
    if len(ruling.reason) > LONGEST:
        found.append(("reason_long", T("理由最多 {n} 字", n=LONGEST), None))
    if ruling.act == "withdraw":
        if not any((one.number, one.unit) == (ruling.withdraws, ruling.unit) for one in (*hold, *lost)):
            found.append(("not_standing", T("没有这一项有效的决定可以撤回"), T("它可能已被撤回")))
    elif ruling.unit in standing and ruling.act != "close":
        decided = standing[ruling.unit]
        found.append(("decided_already", T("{name}已经作了决定", name=decided.actor), T("先撤回第 {n} 号决定", n=decided.number)))
    if ruling.act == "lost" and docket.kind != "tier":
        found.append(("act_differs", T("只有层级的提议才有表决不通过"), None))
    if docket.kind == "tier" and ruling.act in ("confirm", "override", "defer", "lost"):
        fits = {
            "confirm": ruling.after == ruling.proposed, "override": ruling.after != ruling.proposed, "defer": ruling.after == ruling.before,
            "lost": ruling.after == ruling.before,
        }  # fmt: skip
        if ruling.unit is None or not fits[ruling.act]:
            found.append(("act_differs", T("决定的种类与决定后的层级不符"), None))
    return [Issue(code, said, subject=where, hint=hint) for code, said, hint in found]
