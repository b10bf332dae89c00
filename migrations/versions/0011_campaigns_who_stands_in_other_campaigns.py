"""campaigns: remember who stands in other campaigns"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_WITH_UID = sa.text("uid <> ''")


def upgrade() -> None:
    """To this revision."""
    with op.batch_alter_table("contact_lists", schema=None) as batch_op:
        batch_op.add_column(sa.Column("in_book_rows", sa.Integer(), server_default="0", nullable=False))
    _index_by("uid", "campaign_id")


def downgrade() -> None:
    """Back to the one before."""
    _index_by("campaign_id", "uid")
    with op.batch_alter_table("contact_lists", schema=None) as batch_op:
        batch_op.drop_column("in_book_rows")


def _index_by(*columns: str) -> None:
    op.drop_index("ix_contacts_uid", "contacts")
    op.create_index("ix_contacts_uid", "contacts", list(columns), sqlite_where=_WITH_UID, postgresql_where=_WITH_UID)
