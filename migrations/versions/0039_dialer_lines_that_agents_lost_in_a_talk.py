"""dialer: lines that agents lost in a talk"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

_OPEN = sa.text("ended_at IS NULL")
_UNSETTLED = sa.text("settled_at IS NULL")


def upgrade() -> None:
    """To this revision."""
    op.create_table(
        "leg_rooms",
        sa.Column("leg_call_id", sa.String(length=40), nullable=False),
        sa.Column("room", sa.String(length=40), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["leg_call_id"], ["calls.id"], name=op.f("fk_leg_rooms_leg_call_id")),
        sa.PrimaryKeyConstraint("leg_call_id", name=op.f("pk_leg_rooms")),
    )
    op.create_index("ix_leg_rooms_room_given_at", "leg_rooms", ["room", "given_at"])
    op.create_table(
        "lost_lines",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("call_id", sa.String(length=40), nullable=False),
        sa.Column("agent_id", sa.String(length=40), nullable=False),
        sa.Column("leg_call_id", sa.String(length=40), nullable=False),
        sa.Column("room", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("lost_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("was_on_hold", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_promised", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_lost_lines_agent_id")),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_lost_lines_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lost_lines")),
    )
    op.create_index("ix_lost_lines_call_id", "lost_lines", ["call_id"])
    op.create_index(
        "ix_lost_lines_open_call",
        "lost_lines",
        ["call_id"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index(
        "ix_lost_lines_unsettled", "lost_lines", ["lost_at"], sqlite_where=_UNSETTLED, postgresql_where=_UNSETTLED
    )


def downgrade() -> None:
    """Back to the one before."""
    op.drop_table("lost_lines")
    op.drop_table("leg_rooms")
