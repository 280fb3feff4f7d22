"""Jobs, and the plans that were published."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables of jobs and of plans."""
    op.create_table(
        "job",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("params", sa.LargeBinary, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("journal", sa.Integer, nullable=False),
        sa.Column("scenario", sa.LargeBinary, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("share", sa.Float, nullable=False),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("worker", sa.Text, nullable=False),
        sa.Column("leased_until", sa.BigInteger, nullable=False),
        sa.Column("cancel_asked", sa.Boolean, nullable=False),
        sa.Column("ended", sa.BigInteger, nullable=True),
        sa.Column("result", sa.String(64), nullable=True),
        sa.Column("findings", sa.LargeBinary, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
        sa.ForeignKeyConstraint(["version"], ["version.number"], name="fk_job_version_version"),
        sa.ForeignKeyConstraint(["result"], ["content.hash"], name="fk_job_result_content"),
        comment="long computations on the plant as it was, and the worker that holds each; params and findings as JSON",
    )
    op.create_index("ix_job_state", "job", ["state"])
    op.create_table(
        "plan",
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("journal", sa.Integer, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("seed", sa.Integer, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("kpis", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_plan"),
        sa.ForeignKeyConstraint(["version"], ["version.number"], name="fk_plan_version_version"),
        comment="plans that were published, with their key figures as JSON",
    )
    op.create_table(
        "plan_file",
        sa.Column("plan", sa.Integer, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("plan", "name", name="pk_plan_file"),
        sa.ForeignKeyConstraint(["plan"], ["plan.number"], name="fk_plan_file_plan_plan"),
        sa.ForeignKeyConstraint(["hash"], ["content.hash"], name="fk_plan_file_hash_content"),
        comment="the files of the newest plans by name",
    )
