"""campaigns: look contacts up by number first"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contacts_phone_number"))
        batch_op.drop_constraint(batch_op.f("uq_contacts_campaign_id_phone_number_extension"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_contacts_number"), ["phone_number", "extension", "campaign_id"]
        )


def downgrade() -> None:
    """Back to the one before."""
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_contacts_number"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_contacts_campaign_id_phone_number_extension"), ["campaign_id", "phone_number", "extension"]
        )
        batch_op.create_index(batch_op.f("ix_contacts_phone_number"), ["phone_number"], unique=False)
