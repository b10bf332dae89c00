"""What is known of a call that its agent wants to correct: what was recorded, and what has become of it since.

The facts for `correction_rules`; the correction itself is `dialer.desk`'s. Locks the contact, then the lead.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import callbacks, contact_queue
from campaigns.tables import Campaign, CampaignStatus, Contact, ContactEvent, ContactStatus
from dialer import drafts
from dialer.call_states import DIALING, FINAL, CallStatus
from dialer.correction_rules import ContactStands, LeadStands, Past
from dialer.correction_tables import DispositionCorrection
from dialer.dispositions import DISPOSITIONS, Disposition, Then
from dialer.drafts import Noted
from dialer.personal_rows import GONE_NUMBER
from dialer.tables import Call
from foundation.errors import Conflict, NotFound
from leads.lead_book import lock_lead, offers_made
from leads.lead_states import LeadStatus
from leads.tables import Lead

# No call that an agent has just had was queued longer ago: how far the index of calls is read.
LONGEST_CALL = timedelta(hours=12)


@dataclass(frozen=True)
class Recorded:
    """What is recorded of a call: the disposition with what it needed, and what was noted."""

    code: str
    noted: Noted
    callback_at: datetime | None = None
    callback_is_mine: bool = False
    language: str = ""  # the one that the contact speaks


def recorded_of(session: Session, call: Call) -> Recorded:
    """What is recorded of a call."""
    noted = drafts.draft_of(session, call.id) or Noted(answers=call.answers, notes=call.notes)
    disposition = DISPOSITIONS.get(call.disposition)
    match disposition.then if disposition else Then.DONE:
        case Then.CALLBACK if (promise := callbacks.promised_by(session, call.id)) is not None:
            return Recorded(call.disposition, noted, promise.at, promise.agent_id != "")
        case Then.OTHER_LANGUAGE:
            contact = session.get_one(Contact, call.contact_id)
            return Recorded(call.disposition, noted, language=contact.language)
        case _:
            return Recorded(call.disposition, noted)


def own_call(session: Session, agent_id: str, call_id: str, *, locks: bool = False) -> Call:
    """A call of which this agent has said what came of it.

    Raises:
        NotFound: it is not this agent's.
        Conflict: nothing was said of it yet, or nothing that an agent can say.
    """
    call = session.get(Call, call_id, with_for_update=locks, populate_existing=locks)
    if call is None or not agent_id or call.agent_id != agent_id or call.kind != "contact":
        raise NotFound("There is no such call of yours.")
    if call.disposition not in DISPOSITIONS:
        raise Conflict("Nothing is recorded of this call that you could correct.")
    return call


def look_back(session: Session, call: Call, window: timedelta, now: datetime, *, locks: bool = False) -> Past:
    """What has become of a call of `own_call` and of all that it led to; `locks` keeps it so until the commit."""
    contact = session.get_one(Contact, call.contact_id, with_for_update=locks, populate_existing=locks)
    campaign = session.get_one(Campaign, call.campaign_id)
    assert call.disposition_at is not None
    return Past(
        former=DISPOSITIONS[call.disposition],
        age=now - call.disposition_at,
        window=window,
        is_over=call.status in FINAL,
        contact=_where_contact_is(session, call, contact),
        lead=_how_far_lead_is(session, call.lead_id, locks=locks),
        campaign_is_finished=campaign.status == CampaignStatus.FINISHED,
    )


def last_of(session: Session, agent_id: str, window: timedelta, now: datetime) -> Call | None:
    """The last call of which an agent has said something that can still be corrected in time."""
    said = select(Call).where(
        Call.agent_id == agent_id,
        Call.queued_at > now - window - LONGEST_CALL,
        Call.kind == "contact",
        Call.disposition_at >= now - window,
        Call.disposition.in_(DISPOSITIONS),
    )
    return session.scalar(said.order_by(Call.disposition_at.desc(), Call.id.desc()).limit(1)) if window else None


def ringing_since(session: Session, call: Call) -> list[str]:
    """The later calls to a call's contact that the carrier has and that nobody has answered, as far as is known."""
    later = select(Call.id).where(Call.contact_id == call.contact_id, Call.attempt_number > call.attempt_number)
    return list(session.scalars(later.where(Call.status.in_(DIALING - {CallStatus.QUEUED, CallStatus.ANSWERED}))))


def put_back_in_hand(session: Session, call: Call, former: Disposition, now: datetime) -> None:
    """The contact of a locked call stands as when the talk was over; whoever asks says at once where it goes."""
    assert call.contact_id is not None
    contact_queue.take_back(
        session,
        call.contact_id,
        now=now,
        call_id=call.id,
        language=call.language if former.then is Then.OTHER_LANGUAGE else "",
        number=call.to_number if former.then is Then.RETRY else "",
    )


def note(session: Session, call: Call, to_code: str, now: datetime) -> None:
    """Keep in the history of a locked call that its agent says something else now."""
    row = DispositionCorrection(
        call_id=call.id, agent_id=call.agent_id, at=now, from_code=call.disposition, to_code=to_code
    )
    session.add(row)


def corrections_of(session: Session, call_id: str) -> Sequence[DispositionCorrection]:
    """Whenever the agent of a call said otherwise, the oldest first."""
    of_call = select(DispositionCorrection).where(DispositionCorrection.call_id == call_id)
    return session.scalars(of_call.order_by(DispositionCorrection.id)).all()


def _where_contact_is(session: Session, call: Call, contact: Contact) -> ContactStands:
    if call.to_number == GONE_NUMBER:
        return ContactStands.FORGOTTEN
    later = select(Call.id).where(Call.contact_id == contact.id, Call.attempt_number > call.attempt_number)
    if contact.status in {ContactStatus.RESERVED, ContactStatus.FENCED} or session.scalar(later.limit(1)):
        return ContactStands.DIALED
    moves = select(ContactEvent.call_id).where(ContactEvent.contact_id == contact.id)
    latest = session.scalar(moves.order_by(ContactEvent.id.desc()).limit(1))
    return ContactStands.AS_LEFT if latest == call.id else ContactStands.MOVED


def _how_far_lead_is(session: Session, lead_id: str, *, locks: bool) -> LeadStands:
    if not lead_id:
        return LeadStands.NONE
    lead = lock_lead(session, lead_id) if locks else session.get_one(Lead, lead_id)
    if offers_made(session, lead_id):
        return LeadStands.SEEN
    return LeadStands.CLOSED if lead.status == LeadStatus.CLOSED else LeadStands.UNSEEN
