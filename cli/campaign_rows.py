"""Campaigns as several commands need them: found by name, created with a line in the audit trail."""

from contextlib import suppress

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from campaigns import campaigns
from campaigns.campaigns import CampaignDraft
from campaigns.tables import Campaign
from cli.access import act, record
from foundation.errors import Conflict, NotFound
from foundation.runtime import Runtime

# What every country bears, a contract test says: so that an import does not wait for all of the dialer to be loaded.
_PLAIN = CampaignDraft("", "")


def find_campaign(session: Session, name_or_id: str) -> Campaign:
    """The campaign of this name or id. Raises NotFound, naming those that there are."""
    campaign = session.scalar(select(Campaign).where(or_(Campaign.id == name_or_id, Campaign.name == name_or_id)))
    if campaign is None:
        names = ", ".join(session.scalars(select(Campaign.name).order_by(Campaign.created_at.desc()).limit(10)))
        raise NotFound(
            f"There is no campaign {name_or_id!r}. " + (f"There are: {names}." if names else "There is none yet.")
        )
    return campaign


def create_recorded(runtime: Runtime, draft: CampaignDraft) -> Campaign:
    """A new campaign, with its line in the audit trail. Raises Invalid when it may not dial as the draft says."""
    now = runtime.clock.now()
    with runtime.database.transaction() as session:
        campaign = campaigns.create_campaign(session, draft, now)
        if (draft.pacing_mode, draft.most_abandoned_percent) != (_PLAIN.pacing_mode, _PLAIN.most_abandoned_percent):
            from dialer.modes import check_mode

            check_mode(campaign, now)
        record(session, act("campaign_created", campaign.id), now)
    return campaign


def remove_recorded(runtime: Runtime, campaign_id: str) -> None:
    """Take a campaign back whose first list could not be read. It stays where it is in use already."""
    with suppress(Conflict), runtime.database.transaction() as session:
        campaigns.remove_unused(session, campaign_id)
        record(session, act("campaign_removed", campaign_id), runtime.clock.now())
