"""campaigns: a contact is of its list's campaign"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_BOTH = "fk_contacts_list_id_campaign_id"
# As SQLite keeps them, and as it is told them.
_OLD = {
    "fk_contacts_list_id": "FOREIGN KEY(list_id) REFERENCES contact_lists (id)",
    "fk_contacts_campaign_id": "FOREIGN KEY(campaign_id) REFERENCES campaigns (id)",
}
_NEW = {_BOTH: "FOREIGN KEY(list_id, campaign_id) REFERENCES contact_lists (id, campaign_id)"}


def upgrade() -> None:
    """To this revision. PostgreSQL looks at each contact once for it; nothing is copied."""
    op.create_index("uq_contact_lists_campaign", "contact_lists", ["id", "campaign_id"], unique=True)
    if op.get_bind().dialect.name == "sqlite":
        _rewrite_on_sqlite(_OLD, _NEW)
        return
    op.create_foreign_key(_BOTH, "contacts", "contact_lists", ["list_id", "campaign_id"], ["id", "campaign_id"])
    for name in _OLD:
        op.drop_constraint(name, "contacts", type_="foreignkey")


def downgrade() -> None:
    """Back to the one before."""
    if op.get_bind().dialect.name == "sqlite":
        _rewrite_on_sqlite(_NEW, _OLD)
    else:
        op.create_foreign_key("fk_contacts_list_id", "contacts", "contact_lists", ["list_id"], ["id"])
        op.create_foreign_key("fk_contacts_campaign_id", "contacts", "campaigns", ["campaign_id"], ["id"])
        op.drop_constraint(_BOTH, "contacts", type_="foreignkey")
    op.drop_index("uq_contact_lists_campaign", "contact_lists")


def _rewrite_on_sqlite(old: dict[str, str], new: dict[str, str]) -> None:
    """Change what SQLite has noted of the table, as foreign keys are nowhere else: a million contacts need no copy.

    The way that its page on ALTER TABLE describes for this, in section 7. `env` checks all foreign keys afterwards.
    """
    connection = op.get_bind()
    noted = connection.execute(sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'contacts'"))
    text = noted.scalar_one()
    for name, words in old.items():
        text, count = re.subn(rf",\s*CONSTRAINT {name} {re.escape(words)}", "", text)
        if count != 1:
            raise RuntimeError(f"the table contacts has no constraint {name} of the expected form")
    added = "".join(f", \n\tCONSTRAINT {name} {words}" for name, words in new.items())
    text = f"{text.rstrip().removesuffix(')').rstrip()}{added}\n)"
    connection.exec_driver_sql("PRAGMA writable_schema=ON")
    connection.execute(
        sa.text("UPDATE sqlite_master SET sql = :text WHERE type = 'table' AND name = 'contacts'"), {"text": text}
    )
    # This connection reads it anew; all others will because an index comes or goes in the same transaction.
    connection.exec_driver_sql("PRAGMA writable_schema=RESET")
