"""Decisions on tiers and selections."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TRIGGERS = {
    "sqlite": tuple(
        f"CREATE TRIGGER decision_no_{verb} BEFORE {verb} ON decision BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END"
        for verb in ("update", "delete")
    ),
}


def upgrade() -> None:
    op.create_table(
        "decision",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("matter", sa.String(64), nullable=False),
        sa.Column("period", sa.String(20), nullable=False),
        sa.Column("act", sa.String(20), nullable=False),
        sa.Column("unit", sa.String(100)),
        sa.Column("before", sa.String(64)),
        sa.Column("proposed", sa.String(64)),
        sa.Column("after", sa.String(64)),
        sa.Column("reason", sa.String(2000), nullable=False),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.Column("withdraws", sa.Integer(), sa.ForeignKey("decision.number"), unique=True),
        sa.Column("snapshot", sa.Integer(), sa.ForeignKey("snapshot.number"), nullable=False),
        sa.Column("scheme", sa.String(64), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("audit_entry", sa.Integer(), sa.ForeignKey("audit_entry.number"), nullable=False, unique=True),
    )
    op.create_index("ix_decision_round", "decision", ["kind", "matter", "period"])
    for statement in TRIGGERS.get(op.get_bind().dialect.name, ()):
        op.execute(statement)
