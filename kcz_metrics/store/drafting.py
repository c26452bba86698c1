"""Drafts of weights and methods: one a person and index, the last state alone, for its owner's eyes.

A draft is no act: it changes nothing that anybody else sees, so it has no entry in the audit trail and is written over and dropped. What
comes of it (a scheme file taken away, a scheme proposed) is an act, and has one.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, String, delete, insert, select, type_coerce

from kcz_metrics.errors import Issue, StoreError
from kcz_metrics.locales import T
from kcz_metrics.store import audit
from kcz_metrics.store.access import Actor, as_actor, require
from kcz_metrics.store.ledger import explained, reading
from kcz_metrics.store.models import DRAFT
from kcz_metrics.store.ruled import Ruled


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """``matter``: id of the index; ``scheme``: digest of the scheme that it was made under; ``weights``: node to weight within its parent;
    ``weighting`` and ``aggregate``: a method chosen for the whole tree, None where the scheme's stay."""

    matter: str
    scheme: str
    weights: Mapping[str, float]
    weighting: str | None
    aggregate: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Drafting(Ruled):
    """Each person's drafts, readable and writable by that person only."""

    def draft(self, matter: str, *, actor: Actor | str) -> KeptDraft | None:
        """The actor's own draft of this index, or None. Errors: AccessError; StoreError where what is kept cannot be read."""
        who = as_actor(actor)
        require(who, "draft")
        with explained(self.home), reading(self.engine) as connection:
            row = connection.execute(_RAW.where(*_key(who, matter))).one_or_none()
        return _kept(row) if row is not None else None

    def keep_draft(
        self, matter: str, scheme: str, weights: Mapping[str, float], weighting: str | None, aggregate: str | None, *, actor: Actor | str
    ) -> None:
        """Put this in the place of what the actor had of this index: whoever writes last is kept. Errors: AccessError; StoreError."""
        who = as_actor(actor)
        require(who, "draft")
        row = {
            "owner": who.name, "matter": matter, "scheme": scheme, "weights": dict(weights), "weighting": weighting, "aggregate": aggregate,
            "at": audit.now(),
        }  # fmt: skip
        with self._writing() as connection:
            connection.execute(delete(DRAFT).where(*_key(who, matter)))
            connection.execute(insert(DRAFT).values(**row))

    def drop_draft(self, matter: str, *, actor: Actor | str) -> None:
        """Keep nothing of the actor's on this index any more. Errors: AccessError; StoreError."""
        who = as_actor(actor)
        require(who, "draft")
        with self._writing() as connection:
            connection.execute(delete(DRAFT).where(*_key(who, matter)))

    def drafts_kept(self) -> tuple[dict[str, int], list[Issue]]:
        """How many drafts there are by the digest of their scheme, of all people together, and those that cannot be read: not whose."""
        with explained(self.home), reading(self.engine) as connection:
            return _counted(connection)


#: Weights as they stand: what is damaged is told of one draft, not of all.
_RAW = select(
    DRAFT.c.matter, DRAFT.c.scheme, type_coerce(DRAFT.c.weights, String).label("weights"), DRAFT.c.weighting, DRAFT.c.aggregate, DRAFT.c.at
)


def _key(who: Actor, matter: str) -> tuple[Any, Any]:
    return DRAFT.c.owner == who.name, DRAFT.c.matter == matter


def _counted(connection: Connection) -> tuple[dict[str, int], list[Issue]]:
    counts: dict[str, int] = {}
    issues: list[Issue] = []
    for row in connection.execute(_RAW.order_by(DRAFT.c.matter)):
        try:
            kept = _kept(row)
        except StoreError as error:
            issues += error.issues
        else:
            counts[kept.scheme] = counts.get(kept.scheme, 0) + 1
    return counts, issues


def _kept(row: Row[Any]) -> KeptDraft:
    try:
        weights = json.loads(row.weights)
        if not weights or not all(math.isfinite(weight) and weight >= 0 for weight in weights.values()):
            raise ValueError
        at = datetime.fromisoformat(row.at)
        return KeptDraft(row.matter, row.scheme, {str(n): float(w) for n, w in weights.items()}, row.weighting, row.aggregate, at)
    except (ValueError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        said = T("存下的试算读不出来，已略过")
        raise StoreError(Issue("draft_unreadable", said, subject=str(row.matter), hint=T("重新试算，新的会代替它"))) from error
