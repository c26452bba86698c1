"""Decisions on flags: confirmed, cleared, opened again; each with its audit entry and what it does to the records, in one transaction.

A confirmed flag writes new versions of the records it leaves out (withdrawn, or a duplicate of another), so that a snapshot says all there
is to know about what counts. Where the deed was wilful, the scores set to zero belong to the snapshot that the decision makes and to
those after it, and the decision's digest is part of that snapshot's id.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import polars as pl
from sqlalchemy import Connection, func, insert, select

from kcz_metrics.errors import Issue, StoreError
from kcz_metrics.locales import T
from kcz_metrics.store import audit, committing
from kcz_metrics.store.access import Actor
from kcz_metrics.store.files import place_frame
from kcz_metrics.store.models import AUDIT_ENTRY, FLAG_DECISION, SNAPSHOT
from kcz_metrics.store.naming import record_name, table_of
from kcz_metrics.store.rows import stored_schema
from kcz_metrics.store.snapshot import Snapshot, SnapshotFile, Zeroed

if TYPE_CHECKING:
    from kcz_metrics.tables import Table

State = Literal["open", "confirmed", "cleared"]
#: State to the audit entry's act.
ACTS: Mapping[State, str] = {"confirmed": "confirm_flag", "cleared": "clear_flag", "open": "reopen_flag"}
#: What may follow on what.
AFTER: Mapping[State, tuple[State, ...]] = {"open": ("confirmed", "cleared"), "confirmed": ("open",), "cleared": ("open",)}
WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What somebody decides. ``case`` is the flag as it was seen, plain JSON, so that it can be shown when its records no longer count.

    ``left_out``: name of a record to the key of the one it repeats, or to None where it is withdrawn. ``zeroed``: the scores of the
    round that are set to zero, for a wilful deed only. Both empty unless confirmed.
    """

    flag: str
    rule: str
    state: State
    reason: str
    case: Mapping[str, Any]
    left_out: Mapping[str, str | None] = field(default_factory=dict)
    zeroed: tuple[Zeroed, ...] = ()


@dataclass(frozen=True, slots=True)
class FlagDecision:
    """A verdict as the ledger has it. ``snapshot`` is the number of the one it made, or of the newest one where it changed no record;
    ``marks``: record, column and the value before, of what was changed."""

    number: int
    flag: str
    rule: str
    state: State
    reason: str
    case: Mapping[str, Any]
    left_out: Mapping[str, str | None]
    zeroed: tuple[Zeroed, ...]
    marks: tuple[tuple[str, str, str | None], ...]
    snapshot: int
    at: datetime
    actor: str
    audit_entry: int


def decide(connection: Connection, home: Path, contracts: Mapping[str, Table], head: Snapshot, verdict: Verdict, who: Actor) -> int:
    """Write the verdict inside the caller's transaction and return its number. Errors: StoreError where it does not follow on the state
    that the flag is in, has no reason, or names records that are not there."""
    before = latest(connection).get(verdict.flag)
    _check(verdict, before)
    number = (connection.execute(select(func.max(FLAG_DECISION.c.number))).scalar() or 0) + 1
    changed, marks = _changed(head, verdict, before)
    lifted = before is not None and bool(before.zeroed)
    made = head.number
    if changed or verdict.zeroed or lifted:
        said = {
            "number": number, "flag": verdict.flag, "state": verdict.state, "left_out": dict(verdict.left_out),
            "zeroed": [list(asdict(one).values()) for one in verdict.zeroed],
        }  # fmt: skip
        digest = hashlib.sha256(audit.canonical(said)).hexdigest()
        added = committing.prepare(contracts, changed)
        change = committing.Change(added, {}, who, f"flag {verdict.flag}", verdict.reason, f"flag:{digest}", False, ACTS[verdict.state])
        committing.write(connection, home, contracts, head, change)
        made += 1
    at = audit.now()
    row = {
        "number": number,
        "flag": verdict.flag,
        "rule": verdict.rule,
        "state": verdict.state,
        "reason": verdict.reason,
        "snapshot": made,
        "case": dict(verdict.case),
        "left_out": dict(verdict.left_out),
        "zeroed": [asdict(one) for one in verdict.zeroed],
        "marks": [list(mark) for mark in marks],
        "at": at,
        "actor": who.name,
    }
    entry = audit.append(connection, who, ACTS[verdict.state], verdict.flag, row, at)
    connection.execute(insert(FLAG_DECISION).values(**row, audit_entry=entry))
    return number


def all_of(connection: Connection, until: int | None = None) -> list[FlagDecision]:
    """Every decision up to the snapshot of that number, oldest first."""
    query = select(FLAG_DECISION).order_by(FLAG_DECISION.c.number)
    if until is not None:
        query = query.where(FLAG_DECISION.c.snapshot <= until)
    return [_decision(dict(row._mapping)) for row in connection.execute(query)]


def latest(connection: Connection, until: int | None = None) -> dict[str, FlagDecision]:
    """Flag to the decision that holds."""
    return {one.flag: one for one in all_of(connection, until)}


def zeroed(connection: Connection, number: int) -> tuple[Zeroed, ...]:
    """The scores that are set to zero in the snapshot of this number, each once."""
    held = [one for decision in latest(connection, number).values() if decision.state == "confirmed" for one in decision.zeroed]
    return tuple(dict.fromkeys(held))


def trial(head: Snapshot, left_out: Mapping[str, str | None], zeroed: tuple[Zeroed, ...], folder: Path) -> Snapshot:
    """The snapshot that confirming would make, its files in ``folder`` and nothing in the ledger. The caller takes the folder away."""
    changed, _ = _left_out(head, left_out)
    files = dict(head.files)
    names = []
    for table, frame in committing.prepare(head.tables, changed).items():
        versions = frame.with_columns(_version=pl.lit(head.number + 1, pl.Int64), _removed=pl.lit(False))
        path, digest, _ = place_frame(folder, table, versions.select(list(stored_schema(head.tables[table]))))
        fresh = SnapshotFile(path, digest, frame.height, path.stat().st_size, head.number + 1, True)
        files[table] = (*files.get(table, ()), fresh)
        names.append([table, digest])
    id = committing.snapshot_id(head.id, names, "trial")
    return replace(head, id=id, number=head.number + 1, parent=head.id, files=files, zeroed=(*head.zeroed, *zeroed))


def against_audit(connection: Connection) -> list[Issue]:
    """Decisions that differ from their audit entry, and entries without their decision."""
    entries = {row.number: row for row in connection.execute(select(AUDIT_ENTRY).where(AUDIT_ENTRY.c.act.in_(ACTS.values())))}
    made = set(connection.execute(select(SNAPSHOT.c.audit_entry)).scalars())
    issues = []
    for row in connection.execute(select(FLAG_DECISION).order_by(FLAG_DECISION.c.number)):
        fields = {name: value for name, value in row._mapping.items() if name != "audit_entry"}
        entry = entries.pop(row.audit_entry, None)
        if entry is None or audit.canonical(entry.detail) != audit.canonical(fields):
            issues.append(Issue("flag_decision_differs", T("疑点的认定与审计记录不符"), place=str(row.number), subject=row.flag))
    return issues + [
        Issue("entry_without_decision", T("审计记录 {number} 的疑点认定不在", number=number), subject=entry.subject)
        for number, entry in entries.items()
        if number not in made
    ]


def _check(verdict: Verdict, before: FlagDecision | None) -> None:
    now: State = before.state if before else "open"
    issues = []
    if verdict.state not in AFTER[now]:
        issues.append(
            Issue(
                "flag_state",
                T("疑点现在的状态不允许这一步，可能已有人处理"),
                subject=verdict.flag,
                expected=T("{names}", names=", ".join(AFTER[now])),
                found=T("{state}", state=verdict.state),
            )
        )
    if not verdict.reason.strip():
        issues.append(Issue("reason_missing", T("须写明理由"), subject=verdict.flag))
    if verdict.state != "confirmed" and (verdict.left_out or verdict.zeroed):
        issues.append(Issue("flag_effect", T("只有确认才略去记录"), subject=verdict.flag))
    if issues:
        raise StoreError(issues)


Marks = list[tuple[str, str, str | None]]


def _changed(head: Snapshot, verdict: Verdict, before: FlagDecision | None) -> tuple[dict[str, pl.DataFrame], Marks]:
    """New versions of the records, by table, and what they change."""
    if verdict.state == "open" and before is not None and before.state == "confirmed":
        return _restored(head, before)
    return _left_out(head, verdict.left_out)


def _left_out(head: Snapshot, left_out: Mapping[str, str | None]) -> tuple[dict[str, pl.DataFrame], Marks]:
    frames, marks = {}, []
    for table in sorted({table_of(name) for name in left_out}):
        here = {name: of for name, of in left_out.items() if table_of(name) == table}
        rows = _rows(head, table, list(here))
        missing = sorted(set(here) - set(rows["_name"]))
        if missing:
            raise StoreError(Issue("record_not_there", T("记录不在库中：{names}", names=", ".join(missing[:5])), place=table))
        original = pl.col("_name").replace_strict(here, return_dtype=pl.String)
        marks += [
            (name, "duplicate_of", duplicate) if here[name] is not None else (name, "status", status)
            for name, status, duplicate in rows.select("_name", "status", "duplicate_of").iter_rows()
        ]
        frames[table] = rows.with_columns(
            duplicate_of=pl.coalesce(original, "duplicate_of"),
            status=pl.when(original.is_null()).then(pl.lit(WITHDRAWN)).otherwise(pl.col("status")),
        ).drop("_name")
    return frames, marks


def _restored(head: Snapshot, before: FlagDecision) -> tuple[dict[str, pl.DataFrame], Marks]:
    """What the decision changed is put back where it still stands; what came since is left as it is."""
    frames: dict[str, pl.DataFrame] = {}
    marks: Marks = []
    for table in sorted({table_of(name) for name, _, _ in before.marks}):
        of_table = [mark for mark in before.marks if table_of(mark[0]) == table]
        rows = _rows(head, table, [name for name, _, _ in of_table])
        old = pl.DataFrame(of_table, schema={"_name": pl.String, "_column": pl.String, "_old": pl.String}, orient="row")
        set_to = [before.left_out[name] or WITHDRAWN for name, _, _ in of_table]
        rows = rows.join(old.with_columns(_set=pl.Series(set_to, dtype=pl.String)), on="_name", maintain_order="left")
        is_status = pl.col("_column") == "status"
        rows = rows.filter(pl.when(is_status).then(pl.col("status")).otherwise(pl.col("duplicate_of")).eq_missing(pl.col("_set")))
        marks += [(n, c, was) for n, c, was in rows.select("_name", "_column", "_set").iter_rows()]
        rows = rows.with_columns(
            status=pl.when(is_status).then("_old").otherwise("status"),
            duplicate_of=pl.when(~is_status).then("_old").otherwise("duplicate_of"),
        )
        if rows.height:
            frames[table] = rows.drop("_name", "_column", "_old", "_set")
    return frames, marks


def _rows(head: Snapshot, table: str, names: list[str]) -> pl.DataFrame:
    """Current rows of these names, with ``_name``, and where they came from."""
    contract = head.tables.get(table)
    if contract is None or not contract.has_tail:
        raise StoreError(Issue("no_records", T("表“{table}”的行不能略去", table=table)))
    rows = head.read(table, lineage=True).drop("_version", "_removed").with_columns(_name=record_name(contract))
    return rows.filter(pl.col("_name").is_in(names))


def _decision(row: dict[str, Any]) -> FlagDecision:
    return FlagDecision(
        **{
            **row,
            "at": datetime.fromisoformat(row["at"]),
            "zeroed": tuple(Zeroed(**one) for one in row["zeroed"]),
            "marks": tuple((name, column, was) for name, column, was in row["marks"]),
        }
    )
