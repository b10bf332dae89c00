"""How a campaign's caller numbers do, for people and programs: use, answers, doubts, and the look at the directory."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from campaigns.tables import Campaign
from compliance import directory
from dialer.caller_numbers import CallerNumber, Health, health_of
from dialer.contact_calls import pool_of
from dialer.launch_demands import countries_asking


@dataclass(frozen=True)
class NumberSeen:
    """One number with what is known of it. `checked_at`: when it was last found, or not found, in a directory.

    `not_shown_in`: the countries among those that the lists dial where it may not be shown before it is looked up.
    `listed_until` holds for all of them: the last moment of time where none asks for a directory, None where one lacks
    it.
    """

    number: CallerNumber
    health: Health
    checked_at: datetime | None
    listed_until: datetime | None
    not_shown_in: tuple[str, ...]

    @property
    def doubt(self) -> str:
        """Why it is shown only where no other is left, in one word; empty: it is not doubted."""
        if self.health.has_dropped:
            return "answers_dropped"
        return "answers_low" if self.health.is_low else ""


def look_at_numbers(session: Session, campaign: Campaign, now: datetime) -> list[NumberSeen]:
    """All numbers that a campaign may show; its own one where it has no pool, none where it has no number either."""
    pool = [number for number in pool_of(session, campaign, now) if number.number]
    numbers = [number.number for number in pool]
    looks = directory.newest_looks(session, numbers, now)
    until = {
        country: directory.all_listed_until(session, numbers, country, now)
        for country in countries_asking(session, campaign, now)
    }
    return [
        NumberSeen(
            number,
            health_of(number, pool),
            looks[number.number].checked_at if number.number in looks else None,
            *_listing({country: until[country][number.number] for country in until}, now),
        )
        for number in pool
    ]


def _listing(until: Mapping[str, datetime | None], now: datetime) -> tuple[datetime | None, tuple[str, ...]]:
    """Until when a number may be shown in all countries that ask, and in which of them it may not be shown."""
    not_shown_in = tuple(country for country, ends_at in until.items() if ends_at is None)
    ends = [ends_at for ends_at in until.values() if ends_at is not None]
    return None if not_shown_in else min(ends, default=datetime.max.replace(tzinfo=now.tzinfo)), not_shown_in
