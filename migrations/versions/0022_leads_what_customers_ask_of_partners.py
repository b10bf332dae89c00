"""leads: what customers ask of partners, and what may be kept for how long"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    op.create_table(
        "privacy_requests",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.String(length=60), nullable=False),
        sa.Column("leads", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_requests")),
    )
    op.create_table(
        "retention_runs",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_retention_runs")),
    )
    op.create_table(
        "disclosures",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("lead_id", sa.String(length=40), nullable=False),
        sa.Column("partner_id", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.String(length=60), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_disclosures_lead_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_disclosures_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosures")),
        sa.UniqueConstraint("lead_id", "partner_id", "user_id", "way", "day", name="uq_disclosures_once"),
    )
    with op.batch_alter_table("disclosures", schema=None) as batch_op:
        batch_op.create_index("ix_disclosures_at", ["at"], unique=False)
        batch_op.create_index("ix_disclosures_partner", ["partner_id", "id"], unique=False)

    op.create_table(
        "privacy_tasks",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("request_id", sa.String(length=40), nullable=False),
        sa.Column("partner_id", sa.String(length=40), nullable=False),
        sa.Column("lead_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.String(length=60), nullable=False),
        sa.Column("answer", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_privacy_tasks_lead_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_privacy_tasks_partner_id")),
        sa.ForeignKeyConstraint(["request_id"], ["privacy_requests.id"], name=op.f("fk_privacy_tasks_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_tasks")),
    )
    with op.batch_alter_table("privacy_tasks", schema=None) as batch_op:
        batch_op.create_index("ix_privacy_tasks_due", ["done_at", "due_at"], unique=False)
        batch_op.create_index("ix_privacy_tasks_lead", ["lead_id"], unique=False)
        batch_op.create_index("ix_privacy_tasks_partner", ["partner_id", "done_at", "due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_privacy_tasks_request_id"), ["request_id"], unique=False)

    with op.batch_alter_table("leads", schema=None) as batch_op:
        batch_op.add_column(sa.Column("anonymised_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("offers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("routing_rounds", schema=None) as batch_op:
        batch_op.add_column(sa.Column("first_digest", sa.String(length=64), server_default="", nullable=False))


def downgrade() -> None:
    """Back to the one before."""
    with op.batch_alter_table("routing_rounds", schema=None) as batch_op:
        batch_op.drop_column("first_digest")

    with op.batch_alter_table("offers", schema=None) as batch_op:
        batch_op.drop_column("cleared_at")

    with op.batch_alter_table("leads", schema=None) as batch_op:
        batch_op.drop_column("anonymised_at")

    with op.batch_alter_table("privacy_tasks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_privacy_tasks_request_id"))
        batch_op.drop_index("ix_privacy_tasks_partner")
        batch_op.drop_index("ix_privacy_tasks_lead")
        batch_op.drop_index("ix_privacy_tasks_due")

    op.drop_table("privacy_tasks")
    with op.batch_alter_table("disclosures", schema=None) as batch_op:
        batch_op.drop_index("ix_disclosures_partner")
        batch_op.drop_index("ix_disclosures_at")

    op.drop_table("disclosures")
    op.drop_table("retention_runs")
    op.drop_table("privacy_requests")
