"""A contact's place among the due: the text by which the line is ordered, and whether it stands in the hopper already.

Writes these two, and with them what its caller changes. Who is in line, and until when, is `contact_queue`'s.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import RowMapping, Table, Update, bindparam, func, select, update
from sqlalchemy.orm import Session

from campaigns.line_order import line_order_from, order_key
from campaigns.tables import Campaign, Contact, ContactList
from foundation.many_values import TextArray, is_one_of

# What an order may look at.
_FACTS = ("attempts_made", "employees", "company", "place", "postcode", "canton")
_CONTACTS = cast(Table, Contact.__table__)
_MOVE = update(_CONTACTS)
# Many places as three parameters: a statement for each contact costs the server more than writing the row.
_GIVEN = (
    func.unnest(*(bindparam(name, type_=TextArray) for name in ("contact_ids", "places", "places_if_due")))
    .table_valued("contact_id", "place", "place_if_due")
    .render_derived(name="given")
)


@dataclass(frozen=True)
class Place:
    """A contact's place by the order, and the same while it is known to be due."""

    contact_id: str
    by_order: str
    if_due: str | None


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
    session.flush()
    places = []
    for row, place in _by_order(session, campaign_id, contact_ids, {}):
        is_due = row["not_before"] <= now and row["promised_at"] is None
        place_if_due = place if is_due else None
        if (row["order_key"], row["hopper_key"]) != (place, place_if_due):
            places.append(Place(row["id"], place, place_if_due))
    write_places(session, _MOVE, places, {})
    return len(places)


def places_from(
    session: Session, campaign_id: str, contact_ids: Collection[str], now: datetime, *, untried: bool
) -> list[Place]:
    """The places of contacts of a campaign that are due from `now` on; `untried`: as if nobody had been called yet."""
    changed = {"not_before": now, **({"attempts_made": 0} if untried else {})}
    return [Place(row["id"], place, place) for row, place in _by_order(session, campaign_id, contact_ids, changed)]


def write_places(session: Session, change: Update, places: Sequence[Place], values: Mapping[str, Any]) -> None:
    """Write places, with whatever else `change` writes to each of these contacts, once. `values` are its parameters."""
    if not places:
        return
    if session.get_bind().dialect.name == "postgresql":
        columns = zip(*((one.contact_id, one.by_order, one.if_due) for one in places), strict=True)
        given = dict(zip(("contact_ids", "places", "places_if_due"), map(list, columns), strict=True))
        placing = change.values(order_key=_GIVEN.c.place, hopper_key=_GIVEN.c.place_if_due)
        session.execute(placing.where(Contact.id == _GIVEN.c.contact_id), {**values, **given})
        return
    placing = change.values(order_key=bindparam("new_key"), hopper_key=bindparam("key_if_due"))
    each = [
        {**values, "contact_id": one.contact_id, "new_key": one.by_order, "key_if_due": one.if_due} for one in places
    ]
    session.execute(placing.where(Contact.id == bindparam("contact_id")), each)


def _by_order(
    session: Session, campaign_id: str, contact_ids: Collection[str], changed: Mapping[str, Any]
) -> Iterator[tuple[RowMapping, str]]:
    """Contacts as they are, each with its place by the order; `changed` stands in place of what the rows say."""
    order = line_order_from(session.get_one(Campaign, campaign_id).line_order)
    lists = session.execute(select(ContactList.id, ContactList.priority).where(ContactList.campaign_id == campaign_id))
    priorities = {list_id: priority for list_id, priority in lists}  # noqa: C416 - rows are no pairs to mypy
    columns = ("id", "list_id", "not_before", "promised_at", "order_key", "hopper_key", *_FACTS)
    rows = session.execute(
        select(*(getattr(Contact, name) for name in columns)).where(is_one_of(Contact.id, contact_ids))
    ).mappings()
    for row in rows:
        facts = {**row, **changed}
        yield row, order_key(order, priorities[row["list_id"]], facts, facts["not_before"])
