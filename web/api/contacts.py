"""Contacts in the API: where each stands in line, and how it got there."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select

from campaigns.search import FOUND_AT_MOST, find_contacts
from campaigns.tables import Contact, ContactEvent
from foundation.errors import NotFound
from web.api.campaigns import find_campaign
from web.caller import LARGEST_PAGE, Paged, PageWanted, StaffCaller, paged

router = APIRouter(tags=["contacts"])


class ContactOut(BaseModel):
    """A contact. `status` is waiting, reserved, fenced or done; `outcome` says why it is done."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    campaign_id: str
    list_id: str
    row_number: int
    phone_number: str
    company: str
    person: str
    email: str
    language: str
    postcode: str
    place: str
    canton: str
    employees: int | None
    uid: str
    existing_partner: str
    fields: dict[str, str]
    repaired: bool
    status: str
    outcome: str
    not_before: datetime
    attempts_made: int
    last_attempt_at: datetime | None


class FoundContacts(BaseModel):
    """Contacts by company. `is_all` is false where there are more of them.

    `is_current` is false while contacts that were added or renamed may be missing.
    """

    items: list[ContactOut]
    is_all: bool
    is_current: bool


class ContactEventOut(BaseModel):
    """One change of a contact's place in line."""

    model_config = ConfigDict(from_attributes=True)

    at: datetime
    from_status: str
    to_status: str
    why: str
    call_id: str


class ContactWithHistory(ContactOut):
    """A contact and its history, the oldest first."""

    history: list[ContactEventOut]


@router.get("/campaigns/{campaign_id}/contacts")
def list_contacts(
    caller: StaffCaller, campaign_id: str, paging: PageWanted, status: str = "", outcome: str = ""
) -> Paged[ContactOut]:
    """The campaign's contacts in the order of the lists, all or those of one status or outcome."""
    query = select(Contact).where(Contact.campaign_id == campaign_id, Contact.id > paging.cursor)
    if status:
        query = query.where(Contact.status == status)
    if outcome:
        query = query.where(Contact.outcome == outcome)
    with caller.parts.database.reading() as session:
        find_campaign(session, campaign_id)
        rows = session.scalars(query.order_by(Contact.id).limit(paging.limit + 1)).all()
    return paged(rows, paging, ContactOut.model_validate, lambda row: row.id)


@router.get("/contacts")
def search_contacts(
    caller: StaffCaller, q: str, limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = FOUND_AT_MOST
) -> FoundContacts:
    """Contacts of all campaigns by a phone number, a company number, or the beginnings of words in any order.

    Words are of company, person, postcode and place; case, accents and the way of writing umlauts make no difference.
    """
    with caller.parts.database.reading() as session:
        found = find_contacts(session, q[:100], limit)
    items = [ContactOut.model_validate(one) for one, _ in found.contacts]
    return FoundContacts(items=items, is_all=found.is_all, is_current=found.is_current)


@router.get("/contacts/{contact_id}")
def get_contact(caller: StaffCaller, contact_id: str) -> ContactWithHistory:
    """One contact with its history."""
    with caller.parts.database.reading() as session:
        contact = session.get(Contact, contact_id)
        if contact is None:
            raise NotFound
        query = select(ContactEvent).where(ContactEvent.contact_id == contact_id).order_by(ContactEvent.id)
        history = [ContactEventOut.model_validate(event) for event in session.scalars(query)]
    return ContactWithHistory(**ContactOut.model_validate(contact).model_dump(), history=history)
