"""campaigns: order of the line, retries and callbacks"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OPEN = "closed_at IS NULL"
IN_HOPPER = "hopper_key IS NOT NULL"
RESTING = "status = 'waiting' AND hopper_key IS NULL AND promised_at IS NULL"
ORDER_KEY = sa.String(length=120).with_variant(sa.String(length=120, collation="C"), "postgresql")


def _only(condition: str) -> dict[str, Any]:
    """For an index of some rows."""
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    """To this revision."""
    op.create_table(
        "callbacks",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("contact_id", sa.String(length=40), nullable=False),
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("call_id", sa.String(length=40), nullable=True),
        sa.Column("agent_id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_why", sa.String(length=60), nullable=False),
        sa.Column("closed_by_call_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_callbacks_campaign_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_callbacks_contact_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callbacks")),
        sa.UniqueConstraint("call_id", name=op.f("uq_callbacks_call_id")),
    )
    with op.batch_alter_table("callbacks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_callbacks_contact_id"), ["contact_id"], unique=False)
        batch_op.create_index("ix_callbacks_of_agent", ["agent_id", "at"], unique=False, **_only(OPEN))
        batch_op.create_index("uq_callbacks_open", ["contact_id"], unique=True, **_only(OPEN))

    with op.batch_alter_table("campaigns", schema=None) as batch_op:
        batch_op.add_column(sa.Column("max_attempts_per_number", sa.Integer(), server_default="20", nullable=False))
        batch_op.add_column(sa.Column("retry_rules", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("callback_patience_minutes", sa.Integer(), server_default="30", nullable=False))
        batch_op.add_column(sa.Column("line_order", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("list_mix", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("uses_answer_times", sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(sa.Column("answer_times", sa.JSON(), server_default="{}", nullable=False))

    with op.batch_alter_table("contact_lists", schema=None) as batch_op:
        batch_op.add_column(sa.Column("priority", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("mix_position", sa.Double(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("split_from", sa.String(length=40), server_default="", nullable=False))

    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("waits_for", sa.String(length=60), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column(
                "order_key",
                ORDER_KEY,
                server_default="",
                nullable=False,
            )
        )
        batch_op.add_column(
            sa.Column(
                "hopper_key",
                ORDER_KEY,
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("counts_from", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_index(batch_op.f("ix_contacts_line"))
        batch_op.drop_index(batch_op.f("ix_contacts_outcome"))
        batch_op.create_index("ix_contacts_outcome", ["campaign_id", "status", "outcome", "waits_for"], unique=False)
        batch_op.create_index(
            "ix_contacts_hopper", ["campaign_id", "language", "hopper_key", "id"], unique=False, **_only(IN_HOPPER)
        )
        batch_op.create_index(
            "ix_contacts_hopper_list",
            ["campaign_id", "list_id", "language", "hopper_key", "id"],
            unique=False,
            **_only(IN_HOPPER),
        )
        batch_op.create_index(
            "ix_contacts_resting", ["campaign_id", "language", "not_before", "id"], unique=False, **_only(RESTING)
        )

    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.add_column(sa.Column("for_agent_id", sa.String(length=40), server_default="", nullable=False))

    # What was promised before is a callback like any other.
    op.execute(
        """
        INSERT INTO callbacks (id, contact_id, campaign_id, agent_id, at, made_at, closed_why, closed_by_call_id)
        SELECT 'callback_of_' || substr(id, 9), id, campaign_id, callback_agent_id, promised_at, status_since, '', ''
        FROM contacts WHERE promised_at IS NOT NULL
        """
    )


def downgrade() -> None:
    """Back to the one before."""
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.drop_column("for_agent_id")

    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.drop_index("ix_contacts_resting", **_only(RESTING))
        batch_op.drop_index("ix_contacts_hopper_list", **_only(IN_HOPPER))
        batch_op.drop_index("ix_contacts_hopper", **_only(IN_HOPPER))
        batch_op.drop_index("ix_contacts_outcome")
        batch_op.create_index(batch_op.f("ix_contacts_outcome"), ["campaign_id", "status", "outcome"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_contacts_line"), ["campaign_id", "status", "language", "not_before", "id"], unique=False
        )
        batch_op.drop_column("counts_from")
        batch_op.drop_column("hopper_key")
        batch_op.drop_column("order_key")
        batch_op.drop_column("waits_for")

    with op.batch_alter_table("contact_lists", schema=None) as batch_op:
        batch_op.drop_column("split_from")
        batch_op.drop_column("archived_at")
        batch_op.drop_column("mix_position")
        batch_op.drop_column("priority")

    with op.batch_alter_table("campaigns", schema=None) as batch_op:
        batch_op.drop_column("answer_times")
        batch_op.drop_column("uses_answer_times")
        batch_op.drop_column("list_mix")
        batch_op.drop_column("line_order")
        batch_op.drop_column("callback_patience_minutes")
        batch_op.drop_column("retry_rules")
        batch_op.drop_column("max_attempts_per_number")

    with op.batch_alter_table("callbacks", schema=None) as batch_op:
        batch_op.drop_index("uq_callbacks_open", **_only(OPEN))
        batch_op.drop_index("ix_callbacks_of_agent", **_only(OPEN))
        batch_op.drop_index(batch_op.f("ix_callbacks_contact_id"))

    op.drop_table("callbacks")
