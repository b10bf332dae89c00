"""campaigns: tell which countries a list's numbers are of"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.create_index("ix_contacts_list_country", ["list_id", "number_country"], unique=False)
        batch_op.drop_index(batch_op.f("ix_contacts_list_id"))


def downgrade() -> None:
    """Back to the one before."""
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contacts_list_id"), ["list_id"], unique=False)
        batch_op.drop_index("ix_contacts_list_country")
