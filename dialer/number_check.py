"""What the gate would look at if a number were called, outside any call: for explaining the rules to people."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.tables import Contact
from compliance import gate
from compliance.calling_hours import Place
from compliance.gate import GateRequest
from compliance.gate_facts import GateFacts
from dialer.gate_check import history_of_number
from foundation.secret_key import derived_key
from foundation.settings import Settings


@dataclass(frozen=True)
class Question:
    """A number (E.164) that somebody asks about. Empty: unknown, and the strictest reading holds."""

    phone_number: str
    country: str
    region: str = ""
    party: str = ""
    caller_number: str = ""
    campaign_id: str = ""


def facts_about(settings: Settings, session: Session, question: Question, at: datetime) -> GateFacts:
    """The facts for a call to this number at a moment: from its contact where there is one, and from its history."""
    contact = _contact_of(session, question)
    request = GateRequest(
        phone_number=question.phone_number,
        country=question.country,
        region=question.region or (contact.canton if contact is not None and question.country == "CH" else ""),
        time_zone=contact.time_zone if contact is not None else "",
        campaign_id=question.campaign_id,
        caller_number=question.caller_number,
        list_id=contact.list_id if contact is not None else "",
        uid=contact.uid if contact is not None else "",
        company=contact.company if contact is not None else "",
        history=history_of_number(session, question.phone_number, at),
    )
    facts, _ = gate.check_all(session, [request], at, lambda: derived_key(settings, "do-not-call"))[0]
    if not question.party:
        return facts
    return replace(facts, place=Place(facts.place.region, facts.place.time_zones, question.party))


def _contact_of(session: Session, question: Question) -> Contact | None:
    """The latest contact with this number, of the campaign that is asked about where there is one."""
    query = select(Contact).where(Contact.phone_number == question.phone_number).order_by(Contact.id.desc()).limit(1)
    if question.campaign_id:
        query = query.where(Contact.campaign_id == question.campaign_id)
    return session.scalar(query)
