"""How a campaign's caller numbers do, for people and programs: use, answers, doubts, and the look at the directory."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from campaigns.tables import Campaign
from compliance import directory
from dialer.caller_numbers import CallerNumber, Health, health_of
from dialer.contact_calls import pool_of


@dataclass(frozen=True)
class NumberSeen:
    """One number with what is known of it. `checked_at`: when it was last found, or not found, in a directory.

    `listed_until` is the last moment of time where no rule asks for a directory, and None where it may not be shown.
    """

    number: CallerNumber
    health: Health
    checked_at: datetime | None
    listed_until: datetime | None

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
    until = directory.all_listed_until(session, numbers, campaign.country, now)
    return [
        NumberSeen(
            number,
            health_of(number, pool),
            looks[number.number].checked_at if number.number in looks else None,
            until[number.number],
        )
        for number in pool
    ]
