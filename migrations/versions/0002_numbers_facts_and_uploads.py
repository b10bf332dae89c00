"""campaigns: further numbers, facts with their grounds, and uploads"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    op.create_table(
        "saved_mappings",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("columns_key", sa.String(length=64), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_mappings")),
        sa.UniqueConstraint("source", "columns_key", name=op.f("uq_saved_mappings_source_columns_key")),
    )
    with op.batch_alter_table("saved_mappings", schema=None) as batch_op:
        batch_op.create_index("ix_saved_mappings_columns", ["columns_key"], unique=False)

    op.create_table(
        "uploads",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("list_id", sa.String(length=40), nullable=False),
        sa.Column("file_name", sa.String(length=300), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("problem", sa.String(length=500), nullable=False),
        sa.Column("bytes_total", sa.BigInteger(), nullable=False),
        sa.Column("bytes_read", sa.BigInteger(), nullable=False),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("rows_written", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("alive_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_uploads_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
    )
    with op.batch_alter_table("uploads", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_uploads_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_index("ix_uploads_status", ["status", "alive_at"], unique=False)

    op.create_table(
        "contact_phones",
        sa.Column("contact_id", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("phone_number", sa.String(length=20), nullable=False),
        sa.Column("extension", sa.String(length=20), nullable=False),
        sa.Column("number_country", sa.String(length=2), nullable=False),
        sa.Column("number_kind", sa.String(length=30), nullable=False),
        sa.Column("phone_label", sa.String(length=60), nullable=False),
        sa.Column("repaired", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_contact_phones_campaign_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_contact_phones_contact_id")),
        sa.PrimaryKeyConstraint("contact_id", "position", name=op.f("pk_contact_phones")),
        sa.UniqueConstraint(
            "campaign_id",
            "phone_number",
            "extension",
            name=op.f("uq_contact_phones_campaign_id_phone_number_extension"),
        ),
    )
    with op.batch_alter_table("contact_phones", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_phones_phone_number"), ["phone_number"], unique=False)

    with op.batch_alter_table("contact_lists", schema=None) as batch_op:
        batch_op.add_column(sa.Column("source", sa.String(length=100), server_default="", nullable=False))
        batch_op.add_column(sa.Column("updated_rows", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("unchanged_rows", sa.Integer(), nullable=False, server_default="0"))
        batch_op.alter_column("accepted_rows", new_column_name="created_rows")
        batch_op.drop_constraint(batch_op.f("uq_contact_lists_campaign_id_content_hash"), type_="unique")
        batch_op.create_index("ix_contact_lists_content", ["campaign_id", "content_hash"], unique=False)

    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("phone_label", sa.String(length=60), server_default="", nullable=False))
        batch_op.add_column(sa.Column("external_id", sa.String(length=100), server_default="", nullable=False))
        batch_op.add_column(sa.Column("language_basis", sa.String(length=10), server_default="", nullable=False))
        batch_op.add_column(sa.Column("existing_partners", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("notes", sa.Text(), server_default="", nullable=False))
        batch_op.create_index(
            "ix_contacts_uid",
            ["campaign_id", "uid"],
            unique=False,
            sqlite_where=sa.text("uid <> ''"),
            postgresql_where=sa.text("uid <> ''"),
        )


def downgrade() -> None:
    """Back to the one before."""
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.drop_index("ix_contacts_uid", sqlite_where=sa.text("uid <> ''"), postgresql_where=sa.text("uid <> ''"))
        batch_op.drop_column("notes")
        batch_op.drop_column("existing_partners")
        batch_op.drop_column("language_basis")
        batch_op.drop_column("external_id")
        batch_op.drop_column("phone_label")

    with op.batch_alter_table("contact_lists", schema=None) as batch_op:
        batch_op.alter_column("created_rows", new_column_name="accepted_rows")
        batch_op.drop_index("ix_contact_lists_content")
        batch_op.create_unique_constraint(
            batch_op.f("uq_contact_lists_campaign_id_content_hash"), ["campaign_id", "content_hash"]
        )
        batch_op.drop_column("unchanged_rows")
        batch_op.drop_column("updated_rows")
        batch_op.drop_column("source")

    with op.batch_alter_table("contact_phones", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contact_phones_phone_number"))

    op.drop_table("contact_phones")
    with op.batch_alter_table("uploads", schema=None) as batch_op:
        batch_op.drop_index("ix_uploads_status")
        batch_op.drop_index(batch_op.f("ix_uploads_campaign_id"))

    op.drop_table("uploads")
    with op.batch_alter_table("saved_mappings", schema=None) as batch_op:
        batch_op.drop_index("ix_saved_mappings_columns")

    op.drop_table("saved_mappings")
