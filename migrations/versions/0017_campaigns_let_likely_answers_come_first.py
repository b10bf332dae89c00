"""campaigns: let companies come first whose people are likely to answer at the hour"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_IN_HOPPER = "hopper_key IS NOT NULL"
_SIZE = (
    "CASE WHEN employees IS NULL THEN 'unknown' WHEN employees < 10 THEN 'small' "
    "WHEN employees < 50 THEN 'medium' ELSE 'large' END"
)


def upgrade() -> None:
    """To this revision."""
    # PostgreSQL keeps it. SQLite works it out when it is read, and so need not copy the table; its indexes keep it.
    is_kept = op.get_bind().dialect.name == "postgresql"
    size = sa.Column("company_size", sa.String(10), sa.Computed(_SIZE, persisted=is_kept), nullable=True)
    op.add_column("contacts", size)
    for name, list_id in (("ix_contacts_hopper_size", ()), ("ix_contacts_hopper_list_size", ("list_id",))):
        op.create_index(
            name,
            "contacts",
            ["campaign_id", *list_id, "language", "company_size", "hopper_key", "id"],
            sqlite_where=sa.text(_IN_HOPPER),
            postgresql_where=sa.text(_IN_HOPPER),
        )


def downgrade() -> None:
    """Back to the one before."""
    op.drop_index("ix_contacts_hopper_list_size", "contacts")
    op.drop_index("ix_contacts_hopper_size", "contacts")
    op.drop_column("contacts", "company_size")
