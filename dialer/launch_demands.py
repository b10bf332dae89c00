"""What the law of a campaign's country asks for before anybody is dialed, and how far it is met."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from dialer.launch_check import MANY, Demand
from foundation.phone_number import written_readably

# Whoever lacks a ground is counted no further: one is enough to keep a campaign from starting. The one more says so.
COUNTED_AT_MOST = MANY + 1


def ground_demand(session: Session, campaign: Campaign, now: datetime) -> Demand:
    """How many who wait may not be called for want of a lawful ground, each counted up to `COUNTED_AT_MOST`.

    Each contact's own country says which grounds are good, and whether one is needed at all. Contacts abroad are
    counted apart: the gate leaves them out one by one, and they need not hold up all others.
    """
    lists_by_country = _lists_by_country(session, campaign)
    is_needed, missing, abroad = False, 0, 0
    # Where nobody is at home, those abroad are whom the campaign is about.
    at_home = campaign.country if lists_by_country[campaign.country] else ""
    for country, lists in sorted(lists_by_country.items()):
        accepted = accepted_grounds(country, Place(), now.date())
        if accepted is None:
            continue
        is_needed = True
        if at_home in {"", country}:
            missing += _without_ground(session, country, lists, accepted, now, COUNTED_AT_MOST - missing)
        else:
            abroad += _without_ground(session, country, lists, accepted, now, COUNTED_AT_MOST - abroad)
    return Demand(is_needed=is_needed, missing=missing, abroad=abroad)


def _lists_by_country(session: Session, campaign: Campaign) -> dict[str, list[str]]:
    """The lists that are dialed, by the countries of their numbers; the campaign's own is always among these."""
    list_ids = session.scalars(
        select(ContactList.id).where(ContactList.campaign_id == campaign.id, ContactList.archived_at.is_(None))
    ).all()
    lists_by_country: dict[str, list[str]] = {campaign.country: []}
    for list_id in list_ids:
        for country in _countries_of(session, list_id):
            lists_by_country.setdefault(country, []).append(list_id)
    return lists_by_country


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
    """Which of the numbers that the campaign shows nobody has found in the directory lately.

    Each country that the lists dial is asked whether it wants that. Those abroad hold up nobody where there are
    contacts at home.
    """
    lists_by_country = _lists_by_country(session, campaign)
    asking = _asking(lists_by_country, now)
    is_at_home = bool(lists_by_country[campaign.country]) or len(lists_by_country) == 1
    binding = [country for country in asking if country == campaign.country or not is_at_home]
    numbers = numbers_shown(session, campaign)
    unlisted = [number for number in numbers if _lacks_look(session, number, binding, now)]
    places = [
        country
        for country in asking
        if country not in binding and all(_lacks_look(session, number, [country], now) for number in numbers)
    ]
    return Demand(
        is_needed=bool(binding),
        missing=len(unlisted),
        words=", ".join(map(written_readably, unlisted)),
        abroad=len(places),
        places=tuple(places),
    )


def numbers_to_look_up(session: Session, campaign: Campaign, now: datetime) -> list[str]:
    """The numbers that the campaign shows and that some country which it dials wants to be found in the directory."""
    asking = countries_asking(session, campaign, now)
    return [number for number in numbers_shown(session, campaign) if _lacks_look(session, number, asking, now)]


def countries_asking(session: Session, campaign: Campaign, now: datetime) -> list[str]:
    """The campaign's country and those that its lists dial, as far as they want our numbers in their directory."""
    return _asking(_lists_by_country(session, campaign), now)


def _asking(countries: Iterable[str], now: datetime) -> list[str]:
    return [country for country in sorted(countries) if days_that_a_look_counts(country, now.date()) is not None]


def _lacks_look(session: Session, number: str, countries: Sequence[str], now: datetime) -> bool:
    return any(listed_until(session, number, country, now) is None for country in countries)
