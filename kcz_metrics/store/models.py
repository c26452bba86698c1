"""The ledger's tables. Times are ISO 8601 text in UTC, as they go into the hashes; nothing here is ever rewritten
except the head of the audit trail, the snapshot from which on a file is left out, and what people are still drafting.

Plain tables rather than mapped classes: every row is written once and read as a frozen value, and the mapper doubles the start-up time.
"""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, MetaData, String, Table

METADATA = MetaData()

# An immutable version of all records; ``number`` counts from 1 along one chain.
SNAPSHOT = Table(
    "snapshot",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("id", String(64), nullable=False, unique=True),
    Column("parent", String(64), ForeignKey("snapshot.id"), unique=True),
    Column("created_at", String(32), nullable=False),
    Column("actor", String(200), nullable=False),
    Column("source", String(1000), nullable=False),
    Column("import_key", String(200), unique=True),
    Column("invented", Boolean, nullable=False),
    Column("rows_in", Integer, nullable=False),
    Column("rows_out", Integer, nullable=False),
    Column("audit_entry", Integer, ForeignKey("audit_entry.number"), nullable=False, unique=True),
)

# A Parquet file of one table: part of every snapshot from ``added`` on, up to but not including ``dropped``.
# ``superseding``: it holds a removal, or a further version of a row that stands in an earlier file.
FILE = Table(
    "file",
    METADATA,
    Column("table_name", String(100), primary_key=True),
    Column("sha256", String(64), primary_key=True),
    Column("added", Integer, ForeignKey("snapshot.number"), primary_key=True),
    Column("dropped", Integer, ForeignKey("snapshot.number")),
    Column("rows", Integer, nullable=False),
    Column("size", Integer, nullable=False),
    Column("superseding", Boolean, nullable=False),
    CheckConstraint("dropped IS NULL OR dropped > added", name="dropped_after_added"),
)

# One act, bound to the entry before it: ``hash`` is over the canonical JSON of all else, ``previous`` included.
AUDIT_ENTRY = Table(
    "audit_entry",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", String(32), nullable=False),
    Column("actor", String(200), nullable=False),
    Column("roles", JSON, nullable=False),
    Column("act", String(50), nullable=False),
    Column("subject", String(1000), nullable=False),
    Column("detail", JSON, nullable=False),
    Column("algorithm", String(20), nullable=False),
    Column("previous", String(128), nullable=False),
    Column("hash", String(128), nullable=False, unique=True),
)

# What somebody decided about a flag: the last one of a flag holds. ``snapshot`` is the one it made, or the newest where it made none;
# ``case`` the flag as it was seen; ``left_out`` record name to the key it repeats or null; ``zeroed`` scores set to zero; ``marks`` what it
# changed in the records, with the values before.
FLAG_DECISION = Table(
    "flag_decision",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("flag", String(20), nullable=False, index=True),
    Column("rule", String(50), nullable=False),
    Column("state", String(20), nullable=False),
    Column("reason", String(2000), nullable=False),
    Column("snapshot", Integer, ForeignKey("snapshot.number"), nullable=False),
    Column("case", JSON, nullable=False),
    Column("left_out", JSON, nullable=False),
    Column("zeroed", JSON, nullable=False),
    Column("marks", JSON, nullable=False),
    Column("at", String(32), nullable=False),
    Column("actor", String(200), nullable=False),
    Column("audit_entry", Integer, ForeignKey("audit_entry.number"), nullable=False, unique=True),
)

# What somebody decided in a round: about a unit's tier, or about the list of a selection. ``kind`` tier or selection, ``matter`` the id
# of the index or selection; ``unit`` null for the round as a whole. ``before``, ``proposed`` and ``after``: the level of the unit, null for
# none; ``numbers`` what it was decided on; ``withdraws`` the decision that this one takes back.
DECISION = Table(
    "decision",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(20), nullable=False),
    Column("matter", String(64), nullable=False),
    Column("period", String(20), nullable=False),
    Column("act", String(20), nullable=False),
    Column("unit", String(100)),
    Column("before", String(64)),
    Column("proposed", String(64)),
    Column("after", String(64)),
    Column("reason", String(2000), nullable=False),
    Column("numbers", JSON, nullable=False),
    Column("withdraws", Integer, ForeignKey("decision.number"), unique=True),
    Column("snapshot", Integer, ForeignKey("snapshot.number"), nullable=False),
    Column("scheme", String(64), nullable=False),
    Column("at", String(32), nullable=False),
    Column("actor", String(200), nullable=False),
    Column("audit_entry", Integer, ForeignKey("audit_entry.number"), nullable=False, unique=True),
    Index("ix_decision_round", "kind", "matter", "period"),
)

# What somebody is trying out on an index's weights and methods, the last state alone; ``scheme`` the digest it was tried under.
DRAFT = Table(
    "draft",
    METADATA,
    Column("owner", String(200), primary_key=True),
    Column("matter", String(64), primary_key=True),
    Column("scheme", String(64), nullable=False),
    Column("weights", JSON, nullable=False),
    Column("weighting", String(64)),
    Column("aggregate", String(64)),
    Column("at", String(32), nullable=False),
)

# The last entry of the trail, one row only: a trail whose tail was cut no longer ends here.
AUDIT_HEAD = Table(
    "audit_head",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, ForeignKey("audit_entry.number"), nullable=False),
    Column("hash", String(128), nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)
