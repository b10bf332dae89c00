"""Contacts: find one by company, person or number, and see all that ever happened to it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from accounts.tables import Role
from campaigns.book import elsewhere
from campaigns.phones import numbers_of
from campaigns.search import find_contacts
from campaigns.tables import Campaign, Contact, ContactList
from foundation.errors import NotFound
from web.contact_history import history_of
from web.visit import PageGate, Visit

router = APIRouter()

Staff = Annotated[Visit, Depends(PageGate(Role.ADMIN, Role.MANAGER))]


@router.get("/contacts")
def search_contacts(visit: Staff, q: str = "") -> Response:
    """Contacts of all campaigns by company, person, place, number or company number."""
    with visit.parts.database.reading() as session:
        found = find_contacts(session, q[:100])
    return visit.page("contacts.html", wanted=q[:100], search=found)


@router.get("/contacts/{contact_id}")
def show_contact(visit: Staff, contact_id: str) -> Response:
    """One contact and its whole history."""
    with visit.parts.database.reading() as session:
        contact = session.get(Contact, contact_id)
        if contact is None:
            raise NotFound
        campaign = session.get_one(Campaign, contact.campaign_id)
        contact_list = session.get_one(ContactList, contact.list_id)
        numbers = numbers_of(session, contact)
        history = history_of(session, contact)
        others = elsewhere(session, contact)
    return visit.page(
        "contact.html",
        contact=contact,
        campaign=campaign,
        list=contact_list,
        numbers=numbers,
        history=history,
        others=others,
    )
