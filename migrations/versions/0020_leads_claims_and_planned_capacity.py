"""leads: claims, and planned capacity"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    op.create_table(
        "claims",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("partner_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("company", sa.String(length=300), nullable=False),
        sa.Column("person", sa.String(length=300), nullable=False),
        sa.Column("uid", sa.String(length=20), nullable=False),
        sa.Column("phone_number", sa.String(length=20), nullable=False),
        sa.Column("solution", sa.String(length=40), nullable=False),
        sa.Column("evidence", sa.String(length=1000), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.String(length=60), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=60), nullable=False),
        sa.Column("refusal", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("spot_check", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_claims_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
    )
    with op.batch_alter_table("claims", schema=None) as batch_op:
        batch_op.create_index("ix_claims_due", ["status", "due_at"], unique=False)
        batch_op.create_index("ix_claims_partner", ["partner_id", "asked_at"], unique=False)
        batch_op.create_index("ix_claims_spot_check", ["spot_check", "decided_at"], unique=False)

    op.create_table(
        "planned_capacities",
        sa.Column("partner_id", sa.String(length=40), nullable=False),
        sa.Column("weekly_capacity", sa.Integer(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_planned_capacities_partner_id")),
        sa.PrimaryKeyConstraint("partner_id", name=op.f("pk_planned_capacities")),
    )
    with op.batch_alter_table("planned_capacities", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_planned_capacities_from_day"), ["from_day"], unique=False)

    op.create_table(
        "claim_marks",
        sa.Column("claim_id", sa.String(length=40), nullable=False),
        sa.Column("known_by", sa.String(length=10), nullable=False),
        sa.Column("customer_key", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_claim_marks_claim_id")),
        sa.PrimaryKeyConstraint("claim_id", "known_by", name=op.f("pk_claim_marks")),
    )
    with op.batch_alter_table("claim_marks", schema=None) as batch_op:
        batch_op.create_index("ix_claim_marks_customer", ["known_by", "customer_key"], unique=False)

    with op.batch_alter_table("partner_relations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("claim_id", sa.String(length=40), server_default="", nullable=False))
        batch_op.drop_constraint(batch_op.f("uq_partner_relations_partner_id_known_by_customer_key"), type_="unique")
        batch_op.create_index(batch_op.f("ix_partner_relations_claim_id"), ["claim_id"], unique=False)
        batch_op.create_unique_constraint(
            batch_op.f("uq_partner_relations_partner_id_known_by_customer_key_kind"),
            ["partner_id", "known_by", "customer_key", "kind"],
        )

    with op.batch_alter_table("partners", schema=None) as batch_op:
        batch_op.add_column(sa.Column("agreed_capacity", sa.Integer(), server_default="0", nullable=False))
    op.execute("UPDATE partners SET agreed_capacity = weekly_capacity")


def downgrade() -> None:
    """Back to the one before."""
    op.execute("DELETE FROM partner_relations WHERE claim_id <> ''")
    with op.batch_alter_table("partners", schema=None) as batch_op:
        batch_op.drop_column("agreed_capacity")

    with op.batch_alter_table("partner_relations", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("uq_partner_relations_partner_id_known_by_customer_key_kind"), type_="unique"
        )
        batch_op.drop_index(batch_op.f("ix_partner_relations_claim_id"))
        batch_op.create_unique_constraint(
            batch_op.f("uq_partner_relations_partner_id_known_by_customer_key"),
            ["partner_id", "known_by", "customer_key"],
        )
        batch_op.drop_column("claim_id")

    with op.batch_alter_table("claim_marks", schema=None) as batch_op:
        batch_op.drop_index("ix_claim_marks_customer")

    op.drop_table("claim_marks")
    with op.batch_alter_table("planned_capacities", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_planned_capacities_from_day"))

    op.drop_table("planned_capacities")
    with op.batch_alter_table("claims", schema=None) as batch_op:
        batch_op.drop_index("ix_claims_spot_check")
        batch_op.drop_index("ix_claims_partner")
        batch_op.drop_index("ix_claims_due")

    op.drop_table("claims")
