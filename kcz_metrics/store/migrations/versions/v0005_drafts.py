"""Drafts of weights and methods, one a person and index."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "draft",
        sa.Column("owner", sa.String(200), primary_key=True),
        sa.Column("matter", sa.String(64), primary_key=True),
        sa.Column("scheme", sa.String(64), nullable=False),
        sa.Column("weights", sa.JSON(), nullable=False),
        sa.Column("weighting", sa.String(64)),
        sa.Column("aggregate", sa.String(64)),
        sa.Column("at", sa.String(32), nullable=False),
    )
