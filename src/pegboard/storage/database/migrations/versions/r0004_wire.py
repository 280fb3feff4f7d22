"""Reservations, and answers that were given to writes that carried a key."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables of reservations and of answers."""
    op.create_table(
        "answer",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("request", sa.String(64), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("etag", sa.String(80), nullable=False),
        sa.Column("media", sa.String(80), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_answer"),
        comment="answers to writes that carried a key, compressed, so that the same key is answered alike for a day",
    )
    op.create_index("ix_answer_at", "answer", ["at"])
    op.create_table(
        "reservation",
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("line", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_reservation"),
        comment="what is held for quotes, each as the line that a file would hold, in order of making",
    )
