"""What people decide in the store: whether a flag holds, and what a round gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kcz_metrics.errors import Issue, StoreError
from kcz_metrics.locales import T
from kcz_metrics.store import deciding, flags
from kcz_metrics.store.access import Actor, as_actor, require
from kcz_metrics.store.inspected import Inspected
from kcz_metrics.store.ledger import explained, reading
from kcz_metrics.store.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Ruled(Inspected):
    """Each decision is written with its effect and its audit entry, or not at all."""

    def decide_flag(self, verdict: flags.Verdict, *, actor: Actor | str, seen: str | None = None) -> flags.FlagDecision:
        """Record what a steward decides about a flag, with its effect on the records and its audit entry, or nothing at all.

        ``seen``: the id of the snapshot whose effect was looked at; it must still be the newest.
        Errors: AccessError; StoreError where the verdict does not follow on the flag's state, has no reason, or cannot be written.
        """
        who = as_actor(actor)
        require(who, "withdraw")
        with self._writing() as connection:
            head = self._head(connection)
            if head is None:
                raise StoreError(Issue("store_empty", T("还没有任何记录"), place=str(self.home)))
            if seen is not None and head.id != seen:
                moved = T("看过影响之后又有了新的快照，没有认定")
                raise StoreError(Issue("snapshot_moved", moved, subject=verdict.flag, hint=T("在新的快照上再看一次影响")))
            number = flags.decide(connection, self.home, self.tables, head, verdict, who)
            return next(one for one in flags.all_of(connection) if one.number == number)

    def flag_decisions(self, snapshot: Snapshot | None = None) -> tuple[flags.FlagDecision, ...]:
        """Decisions on flags, oldest first; with ``snapshot`` those made up to it."""
        with explained(self.home), reading(self.engine) as connection:
            return tuple(flags.all_of(connection, snapshot.number if snapshot else None))

    def decide(
        self,
        docket: deciding.Docket,
        rulings: Sequence[deciding.Ruling],
        *,
        actor: Actor | str,
        snapshot: str,
        scheme: str,
        seen: int | None = None,
        apart: bool = False,
    ) -> tuple[deciding.Decision, ...]:
        """Record decisions of a round, withdrawals and its close among them, with their audit entries, all or none.

        ``snapshot`` is the id of the one whose proposals were looked at and must still be the newest, ``scheme`` the digest of the scheme
        they rest on; for the rest see :func:`kcz_metrics.store.deciding.write`. Errors: AccessError; StoreError.
        """
        who = as_actor(actor)
        require(who, "approve")
        with self._writing() as connection:
            head = self._head(connection)
            if head is None:
                raise StoreError(Issue("store_empty", T("还没有任何记录"), place=str(self.home)))
            if head.id != snapshot:
                moved = T("看过之后又有了新的快照，没有记录决定")
                raise StoreError(Issue("snapshot_moved", moved, subject=docket.matter, hint=T("在新的快照上再看一次")))
            numbers = deciding.write(connection, docket, rulings, who, snapshot=head.number, scheme=scheme, seen=seen, apart=apart)
            return tuple(one for one in deciding.of(connection, docket) if one.number in numbers)

    def decisions(self, docket: deciding.Docket | None = None, snapshot: Snapshot | None = None) -> tuple[deciding.Decision, ...]:
        """Decisions on tiers and selections, oldest first, those taken back and their withdrawals too; with ``snapshot`` those made up to
        it. :func:`kcz_metrics.store.deciding.in_force` leaves those that hold."""
        with explained(self.home), reading(self.engine) as connection:
            return deciding.of(connection, docket, snapshot.number if snapshot else None)
