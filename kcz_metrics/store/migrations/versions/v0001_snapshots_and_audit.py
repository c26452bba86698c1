"""Snapshots, their files, and the audit trail."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# An entry is written once; whoever means to change one must first take these away, and verification still finds it.
TRIGGERS = {
    "sqlite": tuple(
        f"CREATE TRIGGER audit_entry_no_{verb} BEFORE {verb} ON audit_entry "
        "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END"
        for verb in ("update", "delete")
    ),
}


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("act", sa.String(50), nullable=False),
        sa.Column("subject", sa.String(1000), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("algorithm", sa.String(20), nullable=False),
        sa.Column("previous", sa.String(128), nullable=False),
        sa.Column("hash", sa.String(128), nullable=False, unique=True),
    )
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer(), sa.ForeignKey("audit_entry.number"), nullable=False),
        sa.Column("hash", sa.String(128), nullable=False),
        sa.CheckConstraint("id = 1", name="one_row"),
    )
    op.create_table(
        "snapshot",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("id", sa.String(64), nullable=False, unique=True),
        sa.Column("parent", sa.String(64), sa.ForeignKey("snapshot.id"), unique=True),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("source", sa.String(1000), nullable=False),
        sa.Column("import_key", sa.String(200), unique=True),
        sa.Column("invented", sa.Boolean(), nullable=False),
        sa.Column("rows_in", sa.Integer(), nullable=False),
        sa.Column("rows_out", sa.Integer(), nullable=False),
        sa.Column("audit_entry", sa.Integer(), sa.ForeignKey("audit_entry.number"), nullable=False, unique=True),
    )
    op.create_table(
        "file",
        sa.Column("table_name", sa.String(100), primary_key=True),
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("added", sa.Integer(), sa.ForeignKey("snapshot.number"), primary_key=True),
        sa.Column("dropped", sa.Integer(), sa.ForeignKey("snapshot.number")),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("superseding", sa.Boolean(), nullable=False),
        sa.CheckConstraint("dropped IS NULL OR dropped > added", name="dropped_after_added"),
    )
    for statement in TRIGGERS.get(op.get_bind().dialect.name, ()):
        op.execute(statement)
