"""leads: first contact and windows of protection"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    op.create_table(
        "protection_windows",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("partner_id", sa.String(length=40), nullable=False),
        sa.Column("solution", sa.String(length=40), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("lead_id", sa.String(length=40), nullable=False),
        sa.Column("claim_id", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(length=20), nullable=False),
        sa.Column("extension", sa.String(length=10), nullable=False),
        sa.Column("activity", sa.String(length=1000), nullable=False),
        sa.Column("activity_day", sa.Date(), nullable=True),
        sa.Column("extension_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("extension_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("extension_decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("extension_decided_by", sa.String(length=60), nullable=False),
        sa.Column("extension_reason", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_protection_windows_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protection_windows")),
    )
    with op.batch_alter_table("protection_windows", schema=None) as batch_op:
        batch_op.create_index("ix_protection_windows_due", ["status", "until"], unique=False)
        batch_op.create_index("ix_protection_windows_extension", ["extension", "extension_due_at"], unique=False)
        batch_op.create_index("ix_protection_windows_lead", ["lead_id"], unique=False)
        batch_op.create_index("ix_protection_windows_partner", ["partner_id", "status", "until"], unique=False)

    op.create_table(
        "first_contacts",
        sa.Column("offer_id", sa.String(length=40), nullable=False),
        sa.Column("lead_id", sa.String(length=40), nullable=False),
        sa.Column("partner_id", sa.String(length=40), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("half_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("late_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_by", sa.String(length=60), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_first_contacts_lead_id")),
        sa.ForeignKeyConstraint(["offer_id"], ["offers.id"], name=op.f("fk_first_contacts_offer_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_first_contacts_partner_id")),
        sa.PrimaryKeyConstraint("offer_id", name=op.f("pk_first_contacts")),
    )
    with op.batch_alter_table("first_contacts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_first_contacts_lead_id"), ["lead_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_first_contacts_next_at"), ["next_at"], unique=False)

    with op.batch_alter_table("lead_deliveries", schema=None) as batch_op:
        batch_op.alter_column("lead_id", existing_type=sa.VARCHAR(length=40), nullable=True)

    with op.batch_alter_table("protections", schema=None) as batch_op:
        batch_op.add_column(sa.Column("window_id", sa.String(length=40), server_default="", nullable=False))
        batch_op.create_index(batch_op.f("ix_protections_window_id"), ["window_id"], unique=False)


def downgrade() -> None:
    """Back to the one before."""
    with op.batch_alter_table("protections", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_protections_window_id"))
        batch_op.drop_column("window_id")

    op.execute("DELETE FROM lead_deliveries WHERE lead_id IS NULL")
    with op.batch_alter_table("lead_deliveries", schema=None) as batch_op:
        batch_op.alter_column("lead_id", existing_type=sa.VARCHAR(length=40), nullable=False)

    with op.batch_alter_table("first_contacts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_first_contacts_next_at"))
        batch_op.drop_index(batch_op.f("ix_first_contacts_lead_id"))

    op.drop_table("first_contacts")
    with op.batch_alter_table("protection_windows", schema=None) as batch_op:
        batch_op.drop_index("ix_protection_windows_partner")
        batch_op.drop_index("ix_protection_windows_lead")
        batch_op.drop_index("ix_protection_windows_extension")
        batch_op.drop_index("ix_protection_windows_due")

    op.drop_table("protection_windows")
