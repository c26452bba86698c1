"""Decisions on flags."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TRIGGERS = {
    "sqlite": tuple(
        f"CREATE TRIGGER flag_decision_no_{verb} BEFORE {verb} ON flag_decision "
        "BEGIN SELECT RAISE(ABORT, 'decisions on flags are append-only'); END"
        for verb in ("update", "delete")
    ),
}


def upgrade() -> None:
    op.create_table(
        "flag_decision",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("flag", sa.String(20), nullable=False, index=True),
        sa.Column("rule", sa.String(50), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("reason", sa.String(2000), nullable=False),
        sa.Column("snapshot", sa.Integer(), sa.ForeignKey("snapshot.number"), nullable=False),
        sa.Column("case", sa.JSON(), nullable=False),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.Column("zeroed", sa.JSON(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("audit_entry", sa.Integer(), sa.ForeignKey("audit_entry.number"), nullable=False, unique=True),
    )
    for statement in TRIGGERS.get(op.get_bind().dialect.name, ()):
        op.execute(statement)
