"""dialer: live transfers by when they began"""

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    op.create_index("ix_live_transfers_began", "live_transfers", ["began_at"], unique=False)


def downgrade() -> None:
    """Back to the one before."""
    op.drop_index("ix_live_transfers_began", "live_transfers")
