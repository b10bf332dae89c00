"""compliance: grounds, registers and checks"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    op.create_table(
        "directory_checks",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("phone_number", sa.String(length=20), nullable=False),
        sa.Column("is_listed", sa.Boolean(), nullable=False),
        sa.Column("listed_as", sa.String(length=200), nullable=False),
        sa.Column("directory", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_by", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_checks")),
    )
    with op.batch_alter_table("directory_checks", schema=None) as batch_op:
        batch_op.create_index("ix_directory_checks_phone_number", ["phone_number", "checked_at"], unique=False)

    op.create_table(
        "evidence_files",
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("content_hash", name=op.f("pk_evidence_files")),
    )
    op.create_table(
        "ground_uses",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("call_id", sa.String(length=40), nullable=False),
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("ground_id", sa.String(length=40), nullable=False),
        sa.Column("ground_hash", sa.String(length=64), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_ground_uses")),
        sa.UniqueConstraint("call_id", name=op.f("uq_ground_uses_call_id")),
    )
    with op.batch_alter_table("ground_uses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ground_uses_ground_id"), ["ground_id"], unique=False)

    op.create_table(
        "lawful_grounds",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("subject_kind", sa.String(length=10), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("party", sa.String(length=10), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("stated_by", sa.String(length=200), nullable=False),
        sa.Column("evidence_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("extension_reason", sa.String(length=500), nullable=False),
        sa.Column("attested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attested_by", sa.String(length=40), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.String(length=40), nullable=False),
        sa.Column("revoked_reason", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lawful_grounds")),
    )
    with op.batch_alter_table("lawful_grounds", schema=None) as batch_op:
        batch_op.create_index("ix_lawful_grounds_subject", ["subject_kind", "subject"], unique=False)

    op.create_table(
        "register_editions",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("register", sa.String(length=20), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file_name", sa.String(length=300), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("numbers", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("is_complete", sa.Boolean(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_by", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_editions")),
    )
    with op.batch_alter_table("register_editions", schema=None) as batch_op:
        batch_op.create_index("ix_register_editions_register", ["register", "as_of"], unique=False)

    op.create_table(
        "register_numbers",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("register", sa.String(length=20), nullable=False),
        sa.Column("edition_id", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("number", "register", name=op.f("pk_register_numbers")),
    )
    op.create_table(
        "rule_files",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("first_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_rule_files")),
    )
    op.create_table(
        "suppression_keys",
        sa.Column("mark", sa.String(length=16), nullable=False),
        sa.Column("first_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_suppression_keys")),
    )
    with op.batch_alter_table("leads", schema=None) as batch_op:
        batch_op.add_column(sa.Column("receipt", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("leads", schema=None) as batch_op:
        batch_op.alter_column("receipt", server_default=None, existing_type=sa.Text())

    # What was a number becomes a value of some kind, and rows keep what they have.
    with op.batch_alter_table("do_not_call", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_do_not_call_phone_number"))
        batch_op.drop_constraint(batch_op.f("uq_do_not_call_phone_number_campaign_id"), type_="unique")
    with op.batch_alter_table("do_not_call", schema=None) as batch_op:
        batch_op.alter_column(
            "phone_number", new_column_name="value", existing_type=sa.String(20), type_=sa.String(300), nullable=False
        )
        batch_op.add_column(sa.Column("kind", sa.String(10), nullable=False, server_default="number"))
    with op.batch_alter_table("do_not_call", schema=None) as batch_op:
        batch_op.create_unique_constraint(
            batch_op.f("uq_do_not_call_kind_value_campaign_id"), ["kind", "value", "campaign_id"]
        )
        batch_op.alter_column("kind", server_default=None, existing_type=sa.String(10))


def downgrade() -> None:
    """Back to the one before."""
    with op.batch_alter_table("leads", schema=None) as batch_op:
        batch_op.drop_column("receipt")

    # Only numbers in the open have a place in the old shape.
    op.execute("DELETE FROM do_not_call WHERE kind != 'number' OR value LIKE 'keyed:%'")
    with op.batch_alter_table("do_not_call", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_do_not_call_kind_value_campaign_id"), type_="unique")
    with op.batch_alter_table("do_not_call", schema=None) as batch_op:
        batch_op.alter_column(
            "value", new_column_name="phone_number", existing_type=sa.String(300), type_=sa.String(20), nullable=False
        )
        batch_op.drop_column("kind")
    with op.batch_alter_table("do_not_call", schema=None) as batch_op:
        batch_op.create_unique_constraint(
            batch_op.f("uq_do_not_call_phone_number_campaign_id"), ["phone_number", "campaign_id"]
        )
        batch_op.create_index(batch_op.f("ix_do_not_call_phone_number"), ["phone_number"], unique=False)

    op.drop_table("suppression_keys")
    op.drop_table("rule_files")
    op.drop_table("register_numbers")
    with op.batch_alter_table("register_editions", schema=None) as batch_op:
        batch_op.drop_index("ix_register_editions_register")

    op.drop_table("register_editions")
    with op.batch_alter_table("lawful_grounds", schema=None) as batch_op:
        batch_op.drop_index("ix_lawful_grounds_subject")

    op.drop_table("lawful_grounds")
    with op.batch_alter_table("ground_uses", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ground_uses_ground_id"))

    op.drop_table("ground_uses")
    op.drop_table("evidence_files")
    with op.batch_alter_table("directory_checks", schema=None) as batch_op:
        batch_op.drop_index("ix_directory_checks_phone_number")

    op.drop_table("directory_checks")
