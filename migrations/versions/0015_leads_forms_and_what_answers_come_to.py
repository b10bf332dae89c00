"""leads: forms and what answers come to"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    op.create_table(
        "qualification_forms",
        sa.Column("mark", sa.String(length=16), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_qualification_forms")),
    )
    op.create_table(
        "campaign_forms",
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mark", sa.String(length=16), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["mark"], ["qualification_forms.mark"], name=op.f("fk_campaign_forms_mark")),
        sa.PrimaryKeyConstraint("campaign_id", "version", name=op.f("pk_campaign_forms")),
    )
    op.create_table(
        "call_drafts",
        sa.Column("call_id", sa.String(length=40), nullable=False),
        sa.Column("form_mark", sa.String(length=16), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("wish", sa.String(length=300), nullable=False),
        sa.Column("is_hot", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("notes", sa.String(length=4000), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_call_drafts_call_id")),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_call_drafts")),
    )
    with op.batch_alter_table("call_drafts", schema=None) as batch_op:
        batch_op.create_index("ix_call_drafts_saved_at", ["saved_at"], unique=False)

    with op.batch_alter_table("leads", schema=None) as batch_op:
        batch_op.add_column(sa.Column("grade", sa.String(length=1), server_default="", nullable=False))
        batch_op.add_column(sa.Column("form_mark", sa.String(length=16), server_default="", nullable=False))
        batch_op.add_column(sa.Column("evidence", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("assessment", sa.JSON(), server_default="{}", nullable=False))


def downgrade() -> None:
    """Back to the one before."""
    with op.batch_alter_table("leads", schema=None) as batch_op:
        batch_op.drop_column("assessment")
        batch_op.drop_column("evidence")
        batch_op.drop_column("form_mark")
        batch_op.drop_column("grade")

    with op.batch_alter_table("call_drafts", schema=None) as batch_op:
        batch_op.drop_index("ix_call_drafts_saved_at")

    op.drop_table("call_drafts")
    op.drop_table("campaign_forms")
    op.drop_table("qualification_forms")
