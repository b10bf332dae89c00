"""What the law of a campaign's country asks for before anybody is dialed, and how far it is met."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from campaigns.tables import Campaign, Contact, ContactList, ContactStatus
from compliance.calling_hours import Place
from compliance.directory import days_that_a_look_counts, listed_until
from compliance.grounds import LIST, NUMBER, subjects_with_ground
from compliance.rules import accepted_grounds
from dialer.caller_number_rows import numbers_shown
from dialer.launch_check import Demand

# Whoever lacks a ground is counted no further: one is enough to keep a campaign from starting.
COUNTED_AT_MOST = 1000


def ground_demand(session: Session, campaign: Campaign, now: datetime) -> Demand:
    """How many who wait may not be called for want of a lawful ground, counted up to `COUNTED_AT_MOST`."""
    accepted = accepted_grounds(campaign.country, Place(), now.date())
    if accepted is None:
        return Demand(is_needed=False)
    lacking = session.scalars(
        select(ContactList.id).where(
            ContactList.campaign_id == campaign.id,
            ContactList.archived_at.is_(None),
            ContactList.id.not_in(subjects_with_ground(LIST, accepted, now)),
        )
    ).all()
    left = COUNTED_AT_MOST
    for list_id in lacking:
        without = (
            select(literal(1))
            .where(
                Contact.list_id == list_id,
                Contact.status == ContactStatus.WAITING,
                Contact.phone_number.not_in(subjects_with_ground(NUMBER, accepted, now)),
            )
            .limit(left)
        )
        left -= len(session.scalars(without).all())
    return Demand(is_needed=True, missing=COUNTED_AT_MOST - left)


def directory_demand(session: Session, campaign: Campaign, now: datetime) -> Demand:
    """Which of the numbers that the campaign shows nobody has found in the directory lately."""
    if days_that_a_look_counts(campaign.country, now.date()) is None:
        return Demand(is_needed=False)
    unlisted = _unlisted(session, campaign, now)
    return Demand(is_needed=True, missing=len(unlisted), words=", ".join(unlisted))


def _unlisted(session: Session, campaign: Campaign, now: datetime) -> Sequence[str]:
    return [
        number
        for number in numbers_shown(session, campaign)
        if listed_until(session, number, campaign.country, now) is None
    ]
