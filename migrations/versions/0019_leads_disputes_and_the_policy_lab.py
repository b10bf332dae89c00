"""leads: disputes, policy changes and the lab"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    op.create_table(
        "lab_runs",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.String(length=60), nullable=False),
        sa.Column("leads", sa.Integer(), nullable=False),
        sa.Column("dials", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lab_runs")),
    )
    with op.batch_alter_table("lab_runs", schema=None) as batch_op:
        batch_op.create_index("ix_lab_runs_open", ["made_at", "asked_at"], unique=False)

    op.create_table(
        "disputes",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("lead_id", sa.String(length=40), nullable=False),
        sa.Column("round_number", sa.Integer(), nullable=False),
        sa.Column("partner_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("status_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("filed_by", sa.String(length=60), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewer", sa.String(length=60), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("reasoning", sa.String(length=2000), nullable=False),
        sa.Column("precedent", sa.String(length=2000), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("compensation_milli", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_disputes_lead_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_disputes_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disputes")),
        sa.UniqueConstraint(
            "lead_id", "round_number", "partner_id", name=op.f("uq_disputes_lead_id_round_number_partner_id")
        ),
    )
    with op.batch_alter_table("disputes", schema=None) as batch_op:
        batch_op.create_index("ix_disputes_decided", ["decided_at"], unique=False)
        batch_op.create_index("ix_disputes_due", ["status", "due_at"], unique=False)
        batch_op.create_index("ix_disputes_partner", ["partner_id", "id"], unique=False)

    op.create_table(
        "co_deliveries",
        sa.Column("lead_id", sa.String(length=40), nullable=False),
        sa.Column("partner_id", sa.String(length=40), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dispute_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["dispute_id"], ["disputes.id"], name=op.f("fk_co_deliveries_dispute_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_co_deliveries_lead_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_co_deliveries_partner_id")),
        sa.PrimaryKeyConstraint("lead_id", "partner_id", name=op.f("pk_co_deliveries")),
    )
    with op.batch_alter_table("co_deliveries", schema=None) as batch_op:
        batch_op.create_index("ix_co_deliveries_partner", ["partner_id", "lead_id"], unique=False)

    op.create_table(
        "dispute_events",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("dispute_id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("from_status", sa.String(length=12), nullable=False),
        sa.Column("to_status", sa.String(length=12), nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["dispute_id"], ["disputes.id"], name=op.f("fk_dispute_events_dispute_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_events")),
    )
    with op.batch_alter_table("dispute_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dispute_events_dispute_id"), ["dispute_id"], unique=False)

    op.create_table(
        "policy_changes",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("mark", sa.String(length=16), nullable=True),
        sa.Column("dispute_id", sa.String(length=40), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("effects", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["dispute_id"], ["disputes.id"], name=op.f("fk_policy_changes_dispute_id")),
        sa.ForeignKeyConstraint(["mark"], ["routing_policies.mark"], name=op.f("fk_policy_changes_mark")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_changes")),
    )
    with op.batch_alter_table("policy_changes", schema=None) as batch_op:
        batch_op.create_index("ix_policy_changes_what", ["what", "id"], unique=False)

    with op.batch_alter_table("yardstick_runs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("shares", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("broken", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("unrouted", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    """Back to the one before."""
    with op.batch_alter_table("yardstick_runs", schema=None) as batch_op:
        batch_op.drop_column("unrouted")
        batch_op.drop_column("broken")
        batch_op.drop_column("shares")

    with op.batch_alter_table("policy_changes", schema=None) as batch_op:
        batch_op.drop_index("ix_policy_changes_what")

    op.drop_table("policy_changes")
    with op.batch_alter_table("dispute_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dispute_events_dispute_id"))

    op.drop_table("dispute_events")
    with op.batch_alter_table("co_deliveries", schema=None) as batch_op:
        batch_op.drop_index("ix_co_deliveries_partner")

    op.drop_table("co_deliveries")
    with op.batch_alter_table("disputes", schema=None) as batch_op:
        batch_op.drop_index("ix_disputes_partner")
        batch_op.drop_index("ix_disputes_due")
        batch_op.drop_index("ix_disputes_decided")

    op.drop_table("disputes")
    with op.batch_alter_table("lab_runs", schema=None) as batch_op:
        batch_op.drop_index("ix_lab_runs_open")

    op.drop_table("lab_runs")
