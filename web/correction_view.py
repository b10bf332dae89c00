"""What an agent sees of the last call while it may be corrected: one line, and the form as it was filled in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from campaigns.tables import Contact
from dialer import corrections
from dialer.correction_rules import Past, Refused, may_correct
from dialer.corrections import Recorded
from dialer.dispositions import DISPOSITIONS, Disposition
from dialer.tables import Agent, Call
from foundation.errors import NotFound
from web.desk_view import CallOnDesk, card_of

# How the card of a correction is named among the cards of the desk.
CARD = "correction:"


@dataclass(frozen=True)
class LastCall:
    """The last call of which the agent has said something, and until when they may say otherwise."""

    call: Call
    contact: Contact
    until: datetime


@dataclass(frozen=True)
class Choice:
    """A disposition that could be chosen instead. `why`: why it may not, in English; empty: it may."""

    disposition: Disposition
    why: str


@dataclass(frozen=True)
class Correcting:
    """A call that is corrected: its card with what was noted, what is recorded, and what else may be said."""

    on_desk: CallOnDesk
    recorded: Recorded
    choices: Sequence[Choice]

    @property
    def card(self) -> str:
        """The name of this card."""
        return f"{CARD}{self.on_desk.call.id}"

    @property
    def refusals(self) -> list[str]:
        """Why some may not be chosen, each reason once."""
        return list(dict.fromkeys(one.why for one in self.choices if one.why))


def last_call(session: Session, agent_id: str, window: timedelta, now: datetime) -> LastCall | None:
    """The last call that this agent may correct in time; None where there is none."""
    call = corrections.last_of(session, agent_id, window, now)
    contact = session.get(Contact, call.contact_id) if call is not None else None
    if call is None or contact is None or call.disposition_at is None:
        return None
    return LastCall(call, contact, call.disposition_at + window)


def look_at_correction(session: Session, agent_id: str, call_id: str, window: timedelta, now: datetime) -> Correcting:
    """The card of a call that its agent wants to correct.

    Raises:
        NotFound: the call is not this agent's.
        Conflict: nothing was said of it yet.
    """
    call = corrections.own_call(session, agent_id, call_id)
    recorded = corrections.recorded_of(session, call)
    on_desk = card_of(session, session.get_one(Agent, agent_id), call, recorded.noted)
    if on_desk is None:
        raise NotFound
    past = corrections.look_back(session, call, window, now)
    offered = [one for one in DISPOSITIONS.values() if not one.needs_event or on_desk.invitations]
    return Correcting(on_desk, recorded, [Choice(one, _why_not(past, one)) for one in offered])


def _why_not(past: Past, wished: Disposition) -> str:
    verdict = may_correct(past, wished)
    return verdict.why if isinstance(verdict, Refused) else ""
