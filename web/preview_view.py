"""The contact that an agent looks at before dialing, with its history and the script. For the page and the API."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.scripts import fill_in_script, merge_fields, script_for
from campaigns.tables import Campaign, Contact
from dialer import previews
from dialer.call_states import DIALING
from dialer.tables import Agent, Call, ContactPreview

CALLS_SHOWN = 5


@dataclass(frozen=True)
class PreviewOnDesk:
    """What the agent looks at. `is_ringing`: it was dialed and nobody has picked up yet."""

    preview: ContactPreview
    contact: Contact
    campaign: Campaign
    script: str
    script_language: str
    earlier_calls: list[Call]
    is_ringing: bool

    @property
    def card(self) -> str:
        """Another one replaces what the desk shows."""
        return f"{self.preview.id}{':ringing' if self.is_ringing else ''}"


def preview_on_desk(session: Session, agent: Agent) -> PreviewOnDesk | None:
    """What an agent who waits for a call looks at, or has dialed after looking."""
    preview = previews.of_agent(session, agent.id) if agent.status == "ready" else None
    if preview is None or not (preview.ended_at is None or _rings(session, preview)):
        return None
    contact = session.get_one(Contact, preview.contact_id)
    campaign = session.get_one(Campaign, preview.campaign_id)
    language, text = script_for(campaign.scripts, contact.language)
    earlier = select(Call).where(Call.contact_id == contact.id, Call.id != preview.call_id)
    return PreviewOnDesk(
        preview,
        contact,
        campaign,
        fill_in_script(text, merge_fields(contact, campaign, agent.name)),
        language,
        list(session.scalars(earlier.order_by(Call.attempt_number.desc()).limit(CALLS_SHOWN))),
        is_ringing=preview.ended_at is not None,
    )


def _rings(session: Session, preview: ContactPreview) -> bool:
    call = session.get(Call, preview.call_id) if preview.call_id else None
    return call is not None and call.status in DIALING
