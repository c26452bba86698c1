"""The ledger's tables. Times are ISO 8601 text in UTC, as they go into the hashes; nothing here is ever rewritten
except the head of the audit trail and the snapshot in which a file was left out."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, CheckConstraint, ForeignKey, Integer, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Base of the ledger's models."""


class SnapshotRow(Base):
    """An immutable version of all records; ``number`` counts from 1 along one chain."""

    __tablename__ = "snapshot"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    id: Mapped[str] = mapped_column(String(64), unique=True)
    parent: Mapped[str | None] = mapped_column(ForeignKey("snapshot.id"), unique=True)
    created_at: Mapped[str] = mapped_column(String(32))
    actor: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(1000))
    import_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    invented: Mapped[bool] = mapped_column(Boolean)
    rows_in: Mapped[int] = mapped_column(Integer)
    rows_out: Mapped[int] = mapped_column(Integer)
    audit_entry: Mapped[int] = mapped_column(ForeignKey("audit_entry.number"), unique=True)


class FileRow(Base):
    """A Parquet file of one table: part of every snapshot from ``added`` on, up to but not including ``dropped``.

    ``superseding``: the file holds a removal or a further version of a row that stood in an earlier file.
    """

    __tablename__ = "file"
    __table_args__ = (CheckConstraint("dropped IS NULL OR dropped > added", name="dropped_after_added"),)

    table_name: Mapped[str] = mapped_column(String(100), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    added: Mapped[int] = mapped_column(ForeignKey("snapshot.number"), primary_key=True)
    dropped: Mapped[int | None] = mapped_column(ForeignKey("snapshot.number"))
    rows: Mapped[int] = mapped_column(Integer)
    size: Mapped[int] = mapped_column(Integer)
    superseding: Mapped[bool] = mapped_column(Boolean)


class AuditRow(Base):
    """One act, bound to the entry before it: ``hash`` is over the canonical JSON of all else, ``previous`` included."""

    __tablename__ = "audit_entry"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[str] = mapped_column(String(32))
    actor: Mapped[str] = mapped_column(String(200))
    roles: Mapped[list[str]] = mapped_column(JSON)
    act: Mapped[str] = mapped_column(String(50))
    subject: Mapped[str] = mapped_column(String(1000))
    detail: Mapped[dict[str, object]] = mapped_column(JSON)
    algorithm: Mapped[str] = mapped_column(String(20))
    previous: Mapped[str] = mapped_column(String(128))
    hash: Mapped[str] = mapped_column(String(128), unique=True)


class AuditHeadRow(Base):
    """The last entry of the trail, one row only: a trail whose tail was cut no longer ends here."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(ForeignKey("audit_entry.number"))
    hash: Mapped[str] = mapped_column(String(128))

