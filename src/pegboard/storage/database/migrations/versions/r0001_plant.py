"""Master data in versions, the journal, and scenarios."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables of a new plant."""
    op.create_table(
        "content",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_content"),
        comment="files of versions, compressed, each kept once whatever number of versions hold it",
    )
    op.create_table(
        "version",
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_version"),
        comment="states of the master data, numbered from 1",
    )
    op.create_table(
        "version_file",
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("version", "name", name="pk_version_file"),
        sa.ForeignKeyConstraint(["version"], ["version.number"], name="fk_version_file_version_version"),
        sa.ForeignKeyConstraint(["hash"], ["content.hash"], name="fk_version_file_hash_content"),
        comment="the files of each version by name",
    )
    op.create_table(
        "change",
        sa.Column("position", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("line", sa.Text, nullable=False),
        sa.Column("mode", sa.String(8), nullable=False),
        sa.Column("written", sa.Integer, nullable=False),
        sa.Column("withdraws", sa.Integer, nullable=True),
        sa.PrimaryKeyConstraint("position", name="pk_change"),
        comment="the journal: one change a row, numbered from 1; rows of one write share the position of its first",
    )
    op.create_table(
        "scenario",
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("base", sa.String(64), nullable=False),
        sa.Column("journal", sa.Integer, nullable=False),
        sa.Column("parent", sa.String(80), nullable=False),
        sa.Column("branched", sa.Integer, nullable=False),
        sa.Column("lines", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_scenario"),
        comment="scenarios, with their changes as lines",
    )
