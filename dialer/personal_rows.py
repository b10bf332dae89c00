"""Takes what tells who a customer is out of the rows of lists and calls; what is left counts, and names nobody.

When that happens, `dialer.erasure` (on request) and `dialer.retention` (after its time) say.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

import phonenumbers
from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from campaigns import contact_queue, search_index
from campaigns.tables import Campaign, Contact, ContactList, ContactPhone, ContactStatus, RefusedRow
from dialer.call_states import FINAL
from dialer.draft_tables import CallDraft
from dialer.tables import Call, InboxEntry
from foundation.settings import Settings
from leads.retention import Ids, Kept, kept_for

# The column wants something that no other contact of the campaign has; this is no number, and cannot be dialed.
GONE = "gone_"
GONE_NUMBER = "gone"
LIVE = (ContactStatus.RESERVED, ContactStatus.FENCED)
_NAMES = ("company", "person", "email", "postcode", "place", "uid", "existing_partner", "notes", "external_id")


def forget_contact(session: Session, contact: Contact, outcome: str, now: datetime) -> None:
    """Empty a contact that is in no call; one that waits leaves the line with this outcome."""
    if contact.status == ContactStatus.WAITING:
        contact_queue.finish_waiting(session, [contact.id], outcome=outcome, now=now)
    session.refresh(contact)
    session.execute(delete(ContactPhone).where(ContactPhone.contact_id == contact.id))
    contact.phone_number = f"{GONE}{contact.id[-14:]}"
    for name in _NAMES:
        setattr(contact, name, "")
    contact.extension, contact.phone_label, contact.existing_partners, contact.fields = "", "", [], {}
    search_index.write_now(session, [contact.id])


def forget_calls(session: Session, calls: Sequence[Call]) -> None:
    """Empty these calls of contacts."""
    session.execute(delete(CallDraft).where(CallDraft.call_id.in_([call.id for call in calls])))
    for call in calls:
        call.to_number, call.notes, call.answers = GONE_NUMBER, "", {}
    session.flush()


def forget_callbacks(session: Session, calls: Sequence[Call]) -> None:
    """Empty what the carrier said of these calls. What was not applied yet keeps all but the number."""
    numbers = {call.id: call.to_number for call in calls}
    for entry in session.scalars(select(InboxEntry).where(InboxEntry.call_id.in_(numbers))):
        needed = {} if entry.applied_at else entry.fields
        entry.fields = {name: value for name, value in needed.items() if numbers[entry.call_id] not in str(value)}
    session.flush()


def refused_rows_with(session: Session, phone_number: str) -> list[int]:
    """The ids of refused rows in which a cell is this number (E.164), however it was written. Reads all of them."""
    digits = str(phonenumbers.parse(phone_number).national_number)
    rows = session.execute(select(RefusedRow.id, RefusedRow.cells).execution_options(yield_per=1000))
    return [row.id for row in rows if any(_digits(cell).endswith(digits) for cell in row.cells)]


def _digits(cell: str) -> str:
    return "".join(letter for letter in cell if letter.isdecimal())


def forget_refused_rows(session: Session, row_ids: Collection[int] | Ids) -> None:
    """Remove refused rows. Their list still counts them."""
    session.execute(delete(RefusedRow).where(RefusedRow.id.in_(row_ids)))


def kinds(settings: Settings) -> tuple[Kept, ...]:
    """What of lists and calls is not kept for ever, in the order in which it goes."""
    return (
        kept_for("refused_rows", settings.keep_refused_rows_days, _old_refused_rows, _remove_refused_rows),
        kept_for("callbacks", settings.keep_callbacks_days, _old_callbacks, _remove_callbacks),
        kept_for("contacts", settings.keep_contacts_days, _old_contacts, _empty_contacts),
    )


def _old_refused_rows(before: datetime) -> Select[int]:
    lists = select(ContactList.id).where(ContactList.imported_at <= before)
    return select(RefusedRow.id).where(RefusedRow.list_id.in_(lists)).order_by(RefusedRow.id)


def _remove_refused_rows(session: Session, ids: Ids, now: datetime) -> None:
    forget_refused_rows(session, ids)


def _old_callbacks(before: datetime) -> Select[int]:
    over = (InboxEntry.applied_at.is_not(None), InboxEntry.received_at <= before)
    return select(InboxEntry.id).where(*over).order_by(InboxEntry.id)


def _remove_callbacks(session: Session, ids: Ids, now: datetime) -> None:
    session.execute(delete(InboxEntry).where(InboxEntry.id.in_(ids)))


def _old_contacts(before: datetime) -> Select[str]:
    """Contacts of campaigns that are over: what a number begins with tells who is not forgotten yet."""
    over = select(Campaign.id).where(Campaign.finished_at <= before)
    known = (Contact.phone_number.startswith("+"), Contact.status.not_in(LIVE))
    return select(Contact.id).where(Contact.campaign_id.in_(over), *known).order_by(Contact.id)


def _empty_contacts(session: Session, ids: Ids, now: datetime) -> None:
    chosen = select(Contact).where(Contact.id.in_(ids)).order_by(Contact.id).with_for_update()
    for contact in session.scalars(chosen):
        if contact.status not in LIVE:
            forget_contact(session, contact, "kept_long_enough", now)
    of_them = (Call.contact_id.in_(ids), Call.kind == "contact", Call.status.in_(FINAL))
    forget_calls(session, session.scalars(select(Call).where(*of_them)).all())
