"""What the law of a campaign's country asks for before anybody is dialed, and how far it is met."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from campaigns.tables import Campaign, Contact, ContactList, ContactStatus
from compliance.calling_hours import Place
from compliance.directory import days_that_a_look_counts, listed_until
from compliance.grounds import LIST, NUMBER, subjects_with_ground
from compliance.rules import accepted_grounds
from compliance.tables import LawfulGround
from dialer.caller_number_rows import numbers_shown
from dialer.launch_check import Demand
from foundation.phone_number import written_readably

# Whoever lacks a ground is counted no further: one is enough to keep a campaign from starting.
COUNTED_AT_MOST = 1000


def ground_demand(session: Session, campaign: Campaign, now: datetime) -> Demand:
    """How many who wait may not be called for want of a lawful ground, counted up to `COUNTED_AT_MOST`.

    Each contact's own country says which grounds are good, and whether one is needed at all. Contacts abroad are
    counted apart: the gate leaves them out one by one, and they need not hold up all others.
    """
    list_ids = session.scalars(
        select(ContactList.id).where(ContactList.campaign_id == campaign.id, ContactList.archived_at.is_(None))
    ).all()
    lists_by_country: dict[str, list[str]] = {campaign.country: []}
    for list_id in list_ids:
        for country in _countries_of(session, list_id):
            lists_by_country.setdefault(country, []).append(list_id)
    is_needed, missing, abroad = False, 0, 0
    # Where nobody is at home, those abroad are whom the campaign is about.
    at_home = campaign.country if lists_by_country[campaign.country] else ""
    for country, lists in sorted(lists_by_country.items()):
        accepted = accepted_grounds(country, Place(), now.date())
        if accepted is None:
            continue
        is_needed = True
        without = _without_ground(session, country, lists, accepted, now, COUNTED_AT_MOST - missing - abroad)
        if at_home in {"", country}:
            missing += without
        else:
            abroad += without
    return Demand(is_needed=is_needed, missing=missing, abroad=abroad)


def _countries_of(session: Session, list_id: str) -> Iterator[str]:
    """The countries of a list's numbers, by a look at `ix_contacts_list_country` for each."""
    country: str | None = ""
    while True:
        further = select(func.min(Contact.number_country)).where(
            Contact.list_id == list_id, Contact.number_country > country
        )
        country = session.scalar(further)
        if country is None:
            return
        yield country


def _without_ground(  # noqa: PLR0913, PLR0917 - whose, which grounds are good, when, and how far to count
    session: Session, country: str, list_ids: Sequence[str], accepted: Mapping[str, int], now: datetime, at_most: int
) -> int:
    """How many of one country who wait have no ground, neither for their list nor for their number."""
    held = set(session.scalars(subjects_with_ground(LIST, accepted, now).where(LawfulGround.subject.in_(list_ids))))
    left = at_most
    for list_id in list_ids:
        if list_id in held or not left:
            continue
        without = (
            select(literal(1))
            .where(
                Contact.list_id == list_id,
                Contact.number_country == country,
                Contact.status == ContactStatus.WAITING,
                Contact.phone_number.not_in(subjects_with_ground(NUMBER, accepted, now)),
            )
            .limit(left)
        )
        left -= len(session.scalars(without).all())
    return at_most - left


def directory_demand(session: Session, campaign: Campaign, now: datetime) -> Demand:
    """Which of the numbers that the campaign shows nobody has found in the directory lately."""
    if days_that_a_look_counts(campaign.country, now.date()) is None:
        return Demand(is_needed=False)
    unlisted = _unlisted(session, campaign, now)
    return Demand(is_needed=True, missing=len(unlisted), words=", ".join(map(written_readably, unlisted)))


def _unlisted(session: Session, campaign: Campaign, now: datetime) -> Sequence[str]:
    return [
        number
        for number in numbers_shown(session, campaign)
        if listed_until(session, number, campaign.country, now) is None
    ]
