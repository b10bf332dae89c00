"""A contact's place among the due: the text by which the line is ordered, and whether it stands in the hopper already.

Writes these two alone. Who is in line, and until when, is `contact_queue`'s.
"""

from collections.abc import Collection
from datetime import datetime
from typing import cast

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from campaigns.line_order import line_order_from, order_key
from campaigns.tables import Campaign, Contact, ContactList
from foundation.many_values import is_one_of

# What an order may look at.
_FACTS = ("attempts_made", "employees", "company", "place", "postcode", "canton")
_PLACE = (
    update(cast(Table, Contact.__table__))
    .where(Contact.id == bindparam("contact_id"))
    .values(order_key=bindparam("new_key"), hopper_key=bindparam("key_if_due"))
)


def place_in_line(session: Session, contact: Contact, now: datetime) -> None:
    """Give a contact that waits its place by the campaign's order: at once when it is due, else where it will go."""
    with session.no_autoflush:  # or the contact would be written twice: as it is now, and with its place
        campaign = session.get_one(Campaign, contact.campaign_id)
        contact_list = session.get_one(ContactList, contact.list_id)
    facts = {name: getattr(contact, name) for name in _FACTS}
    contact.order_key = order_key(
        line_order_from(campaign.line_order), contact_list.priority, facts, contact.not_before
    )
    is_due = contact.not_before <= now and contact.promised_at is None
    contact.hopper_key = contact.order_key if is_due else None


def place_many(session: Session, campaign_id: str, contact_ids: Collection[str], now: datetime) -> int:
    """The same for many contacts of a campaign that wait and are locked; how many got another place."""
    order = line_order_from(session.get_one(Campaign, campaign_id).line_order)
    lists = session.execute(select(ContactList.id, ContactList.priority).where(ContactList.campaign_id == campaign_id))
    priorities = {list_id: priority for list_id, priority in lists}  # noqa: C416 - rows are no pairs to mypy
    columns = ("id", "list_id", "not_before", "promised_at", "order_key", "hopper_key", *_FACTS)
    session.flush()
    rows = session.execute(
        select(*(getattr(Contact, name) for name in columns)).where(is_one_of(Contact.id, contact_ids))
    ).mappings()
    changes = []
    for row in rows:
        place = order_key(order, priorities[row["list_id"]], dict(row), row["not_before"])
        is_due = row["not_before"] <= now and row["promised_at"] is None
        place_if_due = place if is_due else None
        if (row["order_key"], row["hopper_key"]) != (place, place_if_due):
            changes.append({"contact_id": row["id"], "new_key": place, "key_if_due": place_if_due})
    if changes:
        session.execute(_PLACE, changes)
    return len(changes)
