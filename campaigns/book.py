"""The book: the contacts of all other campaigns. Says which rows of a list stand in it, and what it has noted of them.

Nothing else goes from one campaign to another: a consent was given for a purpose and is never merged.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import Session

from campaigns.tables import Campaign, Contact, ContactList, ContactPhone
from foundation.many_values import is_one_of

_SHOWN = 20
_Key = TypeVar("_Key")

NumberKey = tuple[str, str]  # number, extension


@dataclass
class Book:
    """What the book has of some numbers and companies: the contact that came first, by its id, and its notes."""

    by_number: dict[NumberKey, str] = field(default_factory=dict)
    by_uid: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)

    def first(self, numbers: Iterable[NumberKey], uid: str) -> str | None:
        """The contact that was the first to have one of the numbers or to be the company."""
        found = {self.by_number.get(key) for key in numbers} | {self.by_uid.get(uid)}
        return min((contact_id for contact_id in found if contact_id), default=None)


def has_others(session: Session, campaign_id: str) -> bool:
    """Whether any other campaign has contacts, so that it pays to look anything up."""
    return bool(session.scalar(select(exists().where(ContactList.campaign_id != campaign_id))))


def open_book(session: Session, campaign_id: str, numbers: set[NumberKey], uids: set[str]) -> Book:
    """Look numbers and companies up in all campaigns but this one."""
    book = Book()
    own = select(Contact.phone_number, Contact.extension, Contact.id, Contact.notes)
    further = select(ContactPhone.phone_number, ContactPhone.extension, Contact.id, Contact.notes)
    further = further.join(Contact, Contact.id == ContactPhone.contact_id)
    wanted = {number for number, _ in numbers}
    for query, column in ((own, Contact.phone_number), (further, ContactPhone.phone_number)):
        for number, extension, contact_id, notes in _look(session, query, column, wanted, campaign_id):
            if (number, extension) in numbers:
                _keep_first(book.by_number, (number, extension), contact_id)
                book.notes[contact_id] = notes
    by_uid = select(Contact.uid, Contact.id, Contact.notes).where(Contact.uid != "")
    for uid, contact_id, notes in _look(session, by_uid, Contact.uid, uids, campaign_id):
        _keep_first(book.by_uid, uid, contact_id)
        book.notes[contact_id] = notes
    return book


def elsewhere(session: Session, contact: Contact) -> list[tuple[Contact, str]]:
    """The same number or company in other campaigns, the first that came first, with the campaign's name."""
    further = select(ContactPhone.contact_id).where(
        ContactPhone.phone_number == contact.phone_number, ContactPhone.extension == contact.extension
    )
    same = [
        (Contact.phone_number == contact.phone_number) & (Contact.extension == contact.extension),
        Contact.id.in_(further),
    ]
    if contact.uid:
        same.append((Contact.uid != "") & (Contact.uid == contact.uid))
    query = select(Contact, Campaign.name).join(Campaign, Campaign.id == Contact.campaign_id)
    query = query.where(or_(*same), Contact.campaign_id != contact.campaign_id)
    return [(other, name) for other, name in session.execute(query.order_by(Contact.id).limit(_SHOWN))]


def _look(
    session: Session, query: Select[*tuple[Any, ...]], column: Any, keys: set[str], campaign_id: str
) -> Iterator[Any]:
    if keys:
        yield from session.execute(query.where(Contact.campaign_id != campaign_id, is_one_of(column, keys)))


def _keep_first(found: dict[_Key, str], key: _Key, contact_id: str) -> None:
    found[key] = min(contact_id, found.get(key, contact_id))
