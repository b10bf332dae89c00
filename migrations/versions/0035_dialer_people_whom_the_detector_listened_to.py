"""dialer: people whom the detector listened to

Of days that are summed up already nobody knows it any more: they go on as they were counted, by the campaign's switch.
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    with op.batch_alter_table("abandonment_days", schema=None) as batch_op:
        batch_op.add_column(sa.Column("screened", sa.Integer(), server_default="0", nullable=False))
    days = sa.table("abandonment_days", sa.column("campaign_id"), sa.column("people"), sa.column("screened"))
    campaigns = sa.table("campaigns", sa.column("id"), sa.column("detect_machines", sa.Boolean()))
    detecting = sa.select(campaigns.c.id).where(campaigns.c.detect_machines.is_(sa.true()))
    op.execute(days.update().where(days.c.campaign_id.in_(detecting)).values(screened=days.c.people))


def downgrade() -> None:
    """Back to the one before."""
    with op.batch_alter_table("abandonment_days", schema=None) as batch_op:
        batch_op.drop_column("screened")
