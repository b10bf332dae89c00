"""A contact's whole history in one order: import, line, calls with verdicts, corrections, callbacks, blocks, leads."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.phones import numbers_of
from campaigns.tables import Callback, Contact, ContactEvent, ContactList
from compliance.tables import DoNotCall
from dialer.correction_tables import DispositionCorrection
from dialer.tables import Agent, Call
from foundation.phone_number import written_readably
from leads.tables import Lead
from web.gate_view import GateShown, shown_gate


@dataclass(frozen=True)
class Entry:
    """Something that happened. `kind` and `word` are codes with words of their own; `details` are shown as they are."""

    at: datetime
    kind: str  # imported, line, call, correction, callback, do_not_call, lead
    word: str
    details: tuple[str, ...] = ()
    verdict: str = ""
    gate: GateShown | None = None
    link: str = ""
    row_number: int = 0
    due_at: datetime | None = None


def history_of(session: Session, contact: Contact) -> list[Entry]:
    """All that happened, the latest first."""
    entries = [
        *_imports(session, contact),
        *_places(session, contact),
        *_calls(session, contact),
        *_corrections(session, contact),
        *_callbacks(session, contact),
        *_blocks(session, contact),
        *_leads(session, contact),
    ]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _imports(session: Session, contact: Contact) -> Iterator[Entry]:
    contact_list = session.get(ContactList, contact.list_id)
    if contact_list is not None:
        yield Entry(
            contact_list.imported_at, "imported", "imported", (contact_list.file_name,), row_number=contact.row_number
        )


def _places(session: Session, contact: Contact) -> Iterator[Entry]:
    events = select(ContactEvent).where(ContactEvent.contact_id == contact.id).order_by(ContactEvent.id)
    for event in session.scalars(events):
        if event.to_status in {"waiting", "done"}:
            yield Entry(event.at, "line", event.to_status, (), verdict=event.why)


def _calls(session: Session, contact: Contact) -> Iterator[Entry]:
    rows = session.execute(
        select(Call, Agent.name)
        .outerjoin(Agent, Agent.id == Call.agent_id)
        .where(Call.contact_id == contact.id)
        .order_by(Call.queued_at)
    )
    for call, agent in rows:
        details = tuple(text for text in (written_readably(call.to_number), agent or "", call.notes) if text)
        gate = shown_gate(session, call.gate_verdict or {})
        yield Entry(call.queued_at, "call", call.disposition or call.status, details, gate=gate)


def _corrections(session: Session, contact: Contact) -> Iterator[Entry]:
    rows = session.execute(
        select(DispositionCorrection, Agent.name)
        .join(Call, Call.id == DispositionCorrection.call_id)
        .outerjoin(Agent, Agent.id == DispositionCorrection.agent_id)
        .where(Call.contact_id == contact.id)
    )
    for correction, agent in rows:
        yield Entry(correction.at, "correction", correction.to_code, (agent or "",), verdict=correction.from_code)


def _callbacks(session: Session, contact: Contact) -> Iterator[Entry]:
    rows = session.execute(
        select(Callback, Agent.name)
        .outerjoin(Agent, Agent.id == Callback.agent_id)
        .where(Callback.contact_id == contact.id)
    )
    for callback, agent in rows:
        yield Entry(callback.made_at, "callback", "promised", (agent or "",), due_at=callback.at)
        if callback.closed_at is not None:
            yield Entry(callback.closed_at, "callback", "settled", (), verdict=callback.closed_why)


def _blocks(session: Session, contact: Contact) -> Iterator[Entry]:
    numbers = numbers_of(session, contact)
    # Prefixes and companies are blocked without a word of this contact; the gate says so at the next call.
    blocks = select(DoNotCall).where(
        DoNotCall.kind == "number",
        DoNotCall.value.in_(numbers),
        DoNotCall.campaign_id.in_(("", contact.campaign_id)),
    )
    for block in session.scalars(blocks):
        yield Entry(block.added_at, "do_not_call", block.source, (block.note,) if block.note else ())


def _leads(session: Session, contact: Contact) -> Iterator[Entry]:
    for lead in session.scalars(select(Lead).where(Lead.contact_id == contact.id)):
        yield Entry(lead.opened_at, "lead", lead.status, link=f"/leads/{lead.id}")
