"""What an agent sees at the desk: own state, who is on the line, the script. For the page and the API alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from campaigns.scripts import fill_in_script, merge_fields, script_for
from campaigns.tables import Campaign, Contact
from dialer import drafts, hold_book, lost_line_book
from dialer.agent_states import AgentStatus
from dialer.agents import languages_of
from dialer.call_states import CallStatus
from dialer.drafts import Noted
from dialer.tables import Agent, Call
from foundation.errors import NotFound
from leads import form_book
from leads.answers import Answers
from leads.assessment import Assessment, assess
from leads.form_book import FormInUse
from web.event_desk import InvitationOnDesk, invitations_on_desk
from web.preview_view import PreviewOnDesk, preview_on_desk
from web.transfer_view import TransferOnDesk, transfer_on_desk

# Before the bridge there is nobody to talk to, so there is nothing to show yet.
_SHOWN = frozenset({CallStatus.CONNECTING, CallStatus.BRIDGED, CallStatus.SETTLING, CallStatus.COMPLETED})


@dataclass(frozen=True)
class CallOnDesk:
    """The call that the agent has or has just had, its contact, the script in the contact's language, and the form.

    `draft` is what was noted so far, in this talk or an earlier one, `assessment` what that comes to.
    """

    call: Call
    contact: Contact
    campaign: Campaign
    script: str
    script_language: str
    form: FormInUse
    draft: Noted | None
    assessment: Assessment
    invitations: Sequence[InvitationOnDesk] = ()
    transfer: TransferOnDesk | None = None


@dataclass(frozen=True)
class Desk:
    """An agent's desk. `phone` is none, calling or parked: where the agent's own leg is."""

    agent: Agent
    languages: list[str]
    phone: str
    on_desk: CallOnDesk | None
    preview: PreviewOnDesk | None = None
    held_since: datetime | None = None  # the customer on the line is on hold
    lost_since: datetime | None = None  # the agent's own line is lost, and the customer waits

    @property
    def call_id(self) -> str:
        """The call whose card is shown; empty when there is none."""
        return self.on_desk.call.id if self.on_desk else ""

    @property
    def has_transfer_card(self) -> bool:
        """Whether the customer may be put through to a partner, or was."""
        on_desk = self.on_desk
        return on_desk is not None and (on_desk.campaign.allows_live_transfer or on_desk.transfer is not None)

    @property
    def card(self) -> str:
        """What the card shows: a call, or, where there is none, what the state means. Another one replaces it."""
        return self.call_id or (self.preview.card if self.preview else self.agent.status)

    @property
    def is_free_to_look_back(self) -> bool:
        """Whether nobody is on the line, nor about to be: what was said of the last call may be corrected."""
        on_the_way = self.agent.status in {AgentStatus.RESERVED, AgentStatus.ON_CALL}
        return self.on_desk is None and self.preview is None and not on_the_way


def look_at_desk(session: Session, agent_id: str) -> Desk:
    """The desk as it is now.

    Raises:
        NotFound: there is no such agent.
    """
    agent = session.get(Agent, agent_id) if agent_id else None
    if agent is None:
        raise NotFound
    on_desk = _call_on_desk(session, agent)
    preview = preview_on_desk(session, agent) if on_desk is None else None
    is_talking = agent.status == AgentStatus.ON_CALL and agent.current_call_id
    held_since = hold_book.held_since(session, agent.current_call_id) if is_talking else None
    lost = lost_line_book.open_of_call(session, agent.current_call_id) if is_talking else None
    lost_since = lost.lost_at if lost is not None else None
    phone = _phone(session, agent)
    return Desk(agent, languages_of(session, agent_id), phone, on_desk, preview, held_since, lost_since)


def seconds_since(moment: datetime | None, now: datetime) -> int:
    """Whole seconds since a moment, never negative; 0 for None."""
    return max(0, int((now - moment).total_seconds())) if moment else 0


def seconds_until(moment: datetime | None, now: datetime) -> int:
    """Whole seconds until a moment, never negative; 0 for None."""
    return max(0, int((moment - now).total_seconds())) if moment else 0


def _phone(session: Session, agent: Agent) -> str:
    leg = session.get(Call, agent.leg_call_id) if agent.leg_call_id else None
    if leg is None:
        return "none"
    return "parked" if leg.status == CallStatus.BRIDGED else "calling"


def _call_on_desk(session: Session, agent: Agent) -> CallOnDesk | None:
    call = session.get(Call, agent.current_call_id) if agent.current_call_id else None
    if call is None or call.status not in _SHOWN or call.disposition:
        return None
    return card_of(session, agent, call, drafts.draft_of(session, call.id))


def card_of(session: Session, agent: Agent, call: Call, draft: Noted | None) -> CallOnDesk | None:
    """What the desk shows of a call with a contact, and of what was noted of it."""
    contact = session.get(Contact, call.contact_id)
    campaign = session.get(Campaign, call.campaign_id)
    if contact is None or campaign is None:
        return None
    language, text = script_for(campaign.scripts, contact.language)
    script = fill_in_script(text, merge_fields(contact, campaign, agent.name))
    form = form_book.form_of_campaign(session, campaign.id)
    if draft is not None and draft.form_mark not in {"", form.mark}:  # it was changed after the call had begun
        form = FormInUse(form_book.form_by_mark(session, draft.form_mark), draft.form_mark)
    draft = draft or drafts.noted_before(session, call, form.form)
    noted = draft or Noted()
    assessment = assess(form.form, Answers(noted.answers, noted.evidence), is_hot=noted.is_hot)
    invitations = invitations_on_desk(session, campaign.id, contact.id, call.id, language)
    transfer = transfer_on_desk(session, call.id)
    return CallOnDesk(call, contact, campaign, script, language, form, draft, assessment, invitations, transfer)
