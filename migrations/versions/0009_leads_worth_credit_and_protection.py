"""leads: worth, credit and protection

Rounds kept so far were decided by rules that are gone, so they cannot be replayed and do not move over; what became of
their leads stays in offers and history. Turns are not carried over either: everybody starts with no credit.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    op.create_table(
        "credit_locks",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_locks")),
    )
    op.create_table(
        "routing_periods",
        sa.Column("name", sa.String(length=7), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_routing_periods")),
    )
    op.create_table(
        "routing_policies",
        sa.Column("mark", sa.String(length=16), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("dials", sa.JSON(), nullable=False),
        sa.Column("first_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_routing_policies")),
    )
    op.create_table(
        "yardstick_runs",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leads", sa.Integer(), nullable=False),
        sa.Column("fit_milli", sa.Integer(), nullable=False),
        sa.Column("jain_milli", sa.Integer(), nullable=False),
        sa.Column("worst_milli", sa.Integer(), nullable=False),
        sa.Column("is_alert", sa.Boolean(), nullable=False),
        sa.Column("lessons", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_yardstick_runs")),
    )
    op.create_table(
        "partner_credits",
        sa.Column("partner_id", sa.String(length=40), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("credit_milli", sa.Integer(), nullable=False),
        sa.Column("entitled_milli", sa.BigInteger(), nullable=False),
        sa.Column("response_milli", sa.Integer(), nullable=False),
        sa.Column("rating_milli", sa.Integer(), nullable=False),
        sa.Column("weight_milli", sa.Integer(), nullable=False),
        sa.Column("price_milli", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_partner_credits_partner_id")),
        sa.PrimaryKeyConstraint("partner_id", name=op.f("pk_partner_credits")),
    )
    op.create_table(
        "protections",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("partner_id", sa.String(length=40), nullable=False),
        sa.Column("known_by", sa.String(length=10), nullable=False),
        sa.Column("customer_key", sa.String(length=300), nullable=False),
        sa.Column("solution", sa.String(length=40), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("lead_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_protections_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protections")),
    )
    with op.batch_alter_table("protections", schema=None) as batch_op:
        batch_op.create_index(
            "ix_protections_customer", ["known_by", "customer_key", "solution", "until"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_protections_partner_id"), ["partner_id"], unique=False)

    with op.batch_alter_table("turn_shares", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_turn_shares_window"))

    op.drop_table("turn_shares")
    with op.batch_alter_table("leads", schema=None) as batch_op:
        batch_op.add_column(sa.Column("wish", sa.String(length=300), server_default="", nullable=False))
        batch_op.add_column(sa.Column("complexity", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("needs_receipt", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.drop_column("decision")

    with op.batch_alter_table("partner_relations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=12), server_default="running", nullable=False))
        batch_op.add_column(sa.Column("author", sa.String(length=60), server_default="", nullable=False))

    with op.batch_alter_table("partners", schema=None) as batch_op:
        batch_op.add_column(sa.Column("levels", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("home_postcode", sa.String(length=10), server_default="", nullable=False))
        batch_op.add_column(sa.Column("reach_km", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("min_complexity", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("max_complexity", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("excluded_customers", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("owner", sa.String(length=200), server_default="", nullable=False))
        batch_op.add_column(sa.Column("absent", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("weight_percent", sa.Integer(), server_default="100", nullable=False))

    op.drop_table("routing_rounds")
    op.create_table(
        "routing_rounds",
        sa.Column("lead_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("partner_id", sa.String(length=40), nullable=False),
        sa.Column("basis", sa.String(length=20), nullable=False),
        sa.Column("policy_mark", sa.String(length=16), nullable=False),
        sa.Column("inputs", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_routing_rounds_lead_id")),
        sa.ForeignKeyConstraint(["policy_mark"], ["routing_policies.mark"], name=op.f("fk_routing_rounds_policy_mark")),
        sa.PrimaryKeyConstraint("lead_id", "number", name=op.f("pk_routing_rounds")),
    )


def downgrade() -> None:
    """Back to the one before."""
    op.drop_table("routing_rounds")
    op.create_table(
        "routing_rounds",
        sa.Column("lead_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("inputs", sa.JSON(), nullable=False),
        sa.Column("decision", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_routing_rounds_lead_id")),
        sa.PrimaryKeyConstraint("lead_id", "number", name=op.f("pk_routing_rounds")),
    )
    with op.batch_alter_table("partners", schema=None) as batch_op:
        batch_op.drop_column("weight_percent")
        batch_op.drop_column("absent")
        batch_op.drop_column("owner")
        batch_op.drop_column("excluded_customers")
        batch_op.drop_column("max_complexity")
        batch_op.drop_column("min_complexity")
        batch_op.drop_column("reach_km")
        batch_op.drop_column("home_postcode")
        batch_op.drop_column("levels")

    with op.batch_alter_table("partner_relations", schema=None) as batch_op:
        batch_op.drop_column("author")
        batch_op.drop_column("kind")

    with op.batch_alter_table("leads", schema=None) as batch_op:
        batch_op.add_column(sa.Column("decision", sa.JSON(), server_default="{}", nullable=False))
        batch_op.drop_column("needs_receipt")
        batch_op.drop_column("complexity")
        batch_op.drop_column("wish")

    op.create_table(
        "turn_shares",
        sa.Column("lead_id", sa.String(length=40), nullable=False),
        sa.Column("partner_id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("share_milli", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_turn_shares_lead_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_turn_shares_partner_id")),
        sa.PrimaryKeyConstraint("lead_id", "partner_id", name=op.f("pk_turn_shares")),
    )
    with op.batch_alter_table("turn_shares", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_turn_shares_window"), ["at", "partner_id", "share_milli"], unique=False)

    with op.batch_alter_table("protections", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_protections_partner_id"))
        batch_op.drop_index("ix_protections_customer")

    op.drop_table("protections")
    op.drop_table("partner_credits")
    op.drop_table("yardstick_runs")
    op.drop_table("routing_policies")
    op.drop_table("routing_periods")
    op.drop_table("credit_locks")
