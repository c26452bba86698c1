"""The audit trail: every act leaves one entry, written in the same transaction and bound by hash to the entry before it.

Entry hash = SHA-256 of the canonical JSON (keys sorted, no spaces, UTF-8) of number, at, actor, roles, act, subject, detail,
algorithm and the previous entry's hash. The first entry's previous hash is 64 zeros.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, String, func, insert, select, type_coerce, update

from kcz_metrics.errors import Issue
from kcz_metrics.locales import T, Text
from kcz_metrics.store.access import Actor
from kcz_metrics.store.heads import FILE_NAME as HEADS
from kcz_metrics.store.models import AUDIT_ENTRY, AUDIT_HEAD, SNAPSHOT

ALGORITHM = "sha256"
GENESIS = "0" * 64
#: Made once: making it takes longer than spelling an entry.
_SPELLED = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
#: Entries that differ from what was noted of them elsewhere and are told one by one.
_TOLD = 3


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One act. ``at`` is UTC; ``detail`` is what the act was about, as plain JSON values; ``hash`` binds it to ``previous``."""

    number: int
    at: datetime
    actor: str
    roles: tuple[str, ...]
    act: str
    subject: str
    detail: Mapping[str, Any]
    algorithm: str
    previous: str
    hash: str

    @property
    def reason(self) -> Text | None:
        """Why it was done, in the reader's language where the words came from the program."""
        stored = self.detail.get("reason")
        return Text(stored["source"], stored["values"]) if stored else None


def canonical(value: object) -> bytes:
    """The one spelling of ``value`` that is hashed."""
    return _SPELLED.encode(value).encode()


def now() -> str:
    """This moment in UTC, as it is stored and hashed."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def as_reason(reason: Text | str) -> dict[str, object]:
    """A reason as JSON that can be rendered in either language later."""
    if isinstance(reason, str):
        return {"source": reason, "values": {}}
    return {"source": reason.source, "values": {k: v if isinstance(v, int | float) else str(v) for k, v in reason.values.items()}}


def append(connection: Connection, actor: Actor, act: str, subject: str, detail: Mapping[str, object], at: str | None = None) -> int:
    """Write the next entry inside the caller's transaction and return its number."""
    last, previous = head(connection)
    fields: dict[str, object] = {
        "number": last + 1,
        "at": at or now(),
        "actor": actor.name,
        "roles": sorted(actor.roles),
        "act": act,
        "subject": subject,
        # Through JSON and back, so that what is hashed is what will be read.
        "detail": json.loads(canonical(dict(detail))),
        "algorithm": ALGORITHM,
        "previous": previous,
    }
    digest = _digest(fields)
    connection.execute(insert(AUDIT_ENTRY).values(**fields, hash=digest))
    number = int(str(fields["number"]))
    if last:
        connection.execute(update(AUDIT_HEAD).values(number=number, hash=digest))
    else:
        connection.execute(insert(AUDIT_HEAD).values(id=1, number=number, hash=digest))
    return number


def digest_of_row(row: Row[Any]) -> str:
    """The hash that an entry's content gives."""
    return _digest({name: value for name, value in row._mapping.items() if name != "hash"})


def head(connection: Connection) -> tuple[int, str]:
    """Number and hash of the last entry; 0 and the genesis hash while there is none."""
    found = connection.execute(select(AUDIT_HEAD.c.number, AUDIT_HEAD.c.hash)).one_or_none()
    return (found.number, found.hash) if found else (0, GENESIS)


def latest(connection: Connection, act: str | None = None) -> datetime | None:
    """The latest time that an entry, or an entry of this act, bears: not always that of the last one where a clock was set back."""
    query = select(func.max(AUDIT_ENTRY.c.at))
    found = connection.execute(query if act is None else query.where(AUDIT_ENTRY.c.act == act)).scalar()
    return datetime.fromisoformat(found) if found else None


def hashes(connection: Connection) -> set[str]:
    """The hashes of all entries, as they stand."""
    return set(connection.execute(select(AUDIT_ENTRY.c.hash)).scalars())


def entries(connection: Connection, acts: Collection[str] | None = None) -> list[AuditEntry]:
    """The whole trail, or its entries of these acts, oldest first."""
    query = select(AUDIT_ENTRY).order_by(AUDIT_ENTRY.c.number)
    if acts is not None:
        query = query.where(AUDIT_ENTRY.c.act.in_(acts))
    return [_entry(dict(row._mapping)) for row in connection.execute(query)]


def of_snapshots(connection: Connection, most: int) -> dict[str, AuditEntry]:
    """Id of each of the newest ``most`` snapshots to the entry that made it; the rest of the trail is not read."""
    newest = select(SNAPSHOT.c.id, SNAPSHOT.c.audit_entry).order_by(SNAPSHOT.c.number.desc()).limit(most)
    made = {row.audit_entry: row.id for row in connection.execute(newest)}
    if not made:
        return {}
    # By range and not by a list of numbers: a statement takes only so many values.
    between = select(AUDIT_ENTRY).join(SNAPSHOT, SNAPSHOT.c.audit_entry == AUDIT_ENTRY.c.number).where(SNAPSHOT.c.audit_entry >= min(made))
    return {made[row.number]: _entry(dict(row._mapping)) for row in connection.execute(between) if row.number in made}


def verify(connection: Connection, printed: str | None = None, noted: Mapping[int, Collection[str]] | None = None) -> list[Issue]:
    """Every break of the chain: an entry edited, lost, inserted, swapped, or cut off at the end.

    ``printed`` is a hash that was noted down earlier (on a publication, say): the trail must still contain it. ``noted``: numbers and
    hashes kept outside the ledger, see :mod:`kcz_metrics.store.heads`.
    """
    issues: list[Issue] = []
    previous, expected_number, seen = GENESIS, 1, set()
    outside = dict(noted or {})
    forked: list[Text] = []
    for fields, written in _each(connection):
        number = fields["number"]
        if number != expected_number:
            issues.append(_issue("audit_gap", _place(number), T("其前应有第 {number} 条", number=expected_number)))
        if fields["previous"] != previous:
            issues.append(_issue("audit_chain_broken", _place(number), T("与前一条记录的哈希不相连")))
        if fields["algorithm"] != ALGORITHM:
            issues.append(_issue("audit_algorithm", _place(number), T("算法 {name} 未知", name=fields["algorithm"])))
        elif _digest(fields) != written:
            issues.append(_issue("audit_entry_changed", _place(number), T("内容与其哈希不符")))
        previous, expected_number = written, number + 1
        seen.add(written)
        if outside and outside.pop(number, {written}) != {written}:
            forked.append(_place(number))
    # Of another store's notes every line differs: a few are told, the others counted.
    issues += [_noted("audit_forked", place, T("与台账之外另存的哈希不符")) for place in forked[:_TOLD]]
    if len(forked) > _TOLD:
        issues.append(_noted("audit_forked", T("审计记录"), T("另有 {count} 条也不符", count=len(forked) - _TOLD)))
    if head(connection) != (expected_number - 1, previous):
        issues.append(_issue("audit_tail", T("审计记录"), T("末尾与登记的最后一条不符，可能被截去或添加")))
    if outside:
        issues.append(_noted("audit_tail", T("审计记录"), T("台账之外另存有第 {number} 条的哈希，台账里没有", number=max(outside))))
    if printed is not None and printed not in seen:
        issues.append(_issue("audit_forked", T("审计记录"), T("没有哈希为 {hash} 的记录", hash=printed)))
    return issues


#: The columns of an entry but its hash, in the order of its canonical JSON; those that are JSON as they stand in the database.
_FIELDS = tuple(sorted(column.name for column in AUDIT_ENTRY.columns if column.name != "hash"))
_RAW = [type_coerce(AUDIT_ENTRY.c[name], String) if name in ("roles", "detail") else AUDIT_ENTRY.c[name] for name in _FIELDS]


def _each(connection: Connection) -> Iterator[tuple[dict[str, Any], str]]:
    """What each entry says, and the hash written beside it, in the order of their numbers: read in bulk, as a trail is long."""
    known: dict[str, Any] = {}
    found = connection.execute(select(*_RAW, AUDIT_ENTRY.c.hash).order_by(AUDIT_ENTRY.c.number))
    for rows in found.partitions(5_000):
        for *values, written in rows:
            fields = dict(zip(_FIELDS, values, strict=True))
            roles = fields["roles"]
            if roles not in known:  # a few combinations of roles make up the whole trail
                known[roles] = _parsed(roles)
            fields["roles"], fields["detail"] = known[roles], _parsed(fields["detail"])
            yield fields, written


def _parsed(text: str | None) -> Any:
    try:
        return None if text is None else json.loads(text)
    except ValueError:
        return text  # a byte changed: as a text it has another hash, and the entry is named


def _place(number: int) -> Text:
    return T("审计记录 {number}", number=number)


def _issue(code: str, place: Text, message: Text) -> Issue:
    return Issue(code, T("{place}：{message}", place=place, message=message), hint=T("从备份恢复，并查明何人改动"))


def _noted(code: str, place: Text, message: Text) -> Issue:
    """Either the trail was altered or what was noted of it: a hash from a third place says which."""
    hint = T(
        "用 kcz audit verify --head 核对备份里或另外记下的哈希：相符则是 {file} 受损或来自别处，把它移走；不符则从备份恢复，并查明何人改动",
        file=HEADS,
    )
    return Issue(code, T("{place}：{message}", place=place, message=message), place=HEADS, hint=hint)


def _digest(fields: Mapping[str, object]) -> str:
    return hashlib.sha256(canonical(fields)).hexdigest()


def _entry(row: Mapping[str, Any]) -> AuditEntry:
    return AuditEntry(**{**row, "at": datetime.fromisoformat(row["at"]), "roles": tuple(row["roles"])})
