"""A contact's numbers. The one in its own row is dialed next; taking another one swaps the two."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.tables import Contact, ContactPhone

_SWAPPED = ("phone_number", "extension", "number_country", "number_kind", "phone_label", "repaired")


def numbers_of(session: Session, contact: Contact) -> list[str]:
    """All numbers of a contact (E.164), the one to dial next first, then in their order."""
    further = session.scalars(
        select(ContactPhone.phone_number).where(ContactPhone.contact_id == contact.id).order_by(ContactPhone.position)
    )
    return list(dict.fromkeys([contact.phone_number, *further]))


def dial_next(session: Session, contact: Contact, number: str) -> bool:
    """Let a further number of a locked contact be the one to dial next; whether anything changed.

    A number that is another contact's of the campaign stays where it is: within a campaign each is dialed for one.
    """
    phone = session.scalar(
        select(ContactPhone)
        .where(ContactPhone.contact_id == contact.id, ContactPhone.phone_number == number)
        .order_by(ContactPhone.position)
        .limit(1)
        .with_for_update()
    )
    if phone is None or number == contact.phone_number or _is_anothers(session, contact, phone):
        return False
    taken = {name: getattr(phone, name) for name in _SWAPPED}
    for name in _SWAPPED:
        setattr(phone, name, getattr(contact, name))
        setattr(contact, name, taken[name])
    session.flush()
    return True


def _is_anothers(session: Session, contact: Contact, phone: ContactPhone) -> bool:
    others = select(Contact.id).where(
        Contact.campaign_id == contact.campaign_id,
        Contact.phone_number == phone.phone_number,
        Contact.extension == phone.extension,
        Contact.id != contact.id,
    )
    return session.scalar(others.limit(1)) is not None
