"""dialer: contacts that agents look at first"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    op.create_table(
        "contact_previews",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("contact_id", sa.String(length=40), nullable=False),
        sa.Column("agent_id", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lapses_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_as", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("call_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_contact_previews_agent_id")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_contact_previews_campaign_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_contact_previews_contact_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_previews")),
    )
    with op.batch_alter_table("contact_previews", schema=None) as batch_op:
        batch_op.create_index("ix_contact_previews_agent_id_shown_at", ["agent_id", "shown_at"], unique=False)
        batch_op.create_index(
            "ix_contact_previews_open_agent",
            ["agent_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index(
            "ix_contact_previews_open_contact",
            ["contact_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.add_column(sa.Column("keeps_agent", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("campaigns", schema=None) as batch_op:
        batch_op.add_column(sa.Column("preview_seconds", sa.Integer(), server_default="60", nullable=False))
        batch_op.add_column(
            sa.Column("preview_dials_when_over", sa.Boolean(), server_default=sa.false(), nullable=False)
        )


def downgrade() -> None:
    """Back to the one before."""
    with op.batch_alter_table("campaigns", schema=None) as batch_op:
        batch_op.drop_column("preview_dials_when_over")
        batch_op.drop_column("preview_seconds")

    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.drop_column("keeps_agent")

    with op.batch_alter_table("contact_previews", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_contact_previews_open_contact",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(
            "ix_contact_previews_open_agent",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index("ix_contact_previews_agent_id_shown_at")

    op.drop_table("contact_previews")
