"""What a lead is worth with one partner, in points out of a thousand and in integers throughout. Pure."""

from datetime import datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from leads.facts import PartnerFacts, Policy

_SWISS_TIME = ZoneInfo("Europe/Zurich")
_DAYS_OF_WORK, _FIRST_HOUR, _HOURS_OF_WORK = 5, 8, 10
# Keeps the credit of somebody who is entitled to next to nothing from weighing without bound.
_ENTITLED_AT_LEAST_MILLI = 300


class Worth(NamedTuple):
    """`value` = points, less the discount for a full week, less the price of room, plus what credit earns."""

    points: int
    load_discount: int
    price: int
    credit: int
    value: int

    def to_json(self) -> dict[str, Any]:
        return self._asdict()


def worth_of(partner: PartnerFacts, points: int, policy: Policy, week_gone_milli: int) -> Worth:
    """The value by which partners are ranked."""
    room = partner.profile.weekly_capacity if partner.room is None else partner.room
    ahead_milli = max(0, 1000 * partner.taken // max(1, room) - week_gone_milli)
    discount = points * policy.load_discount_milli * ahead_milli // 1_000_000
    most = 1000 * policy.credit_weeks_at_most
    owed_weeks_milli = 1000 * partner.credit_milli // (max(0, partner.weekly_milli) + _ENTITLED_AT_LEAST_MILLI)
    credit = policy.credit_points_a_week * max(-most, min(most, owed_weeks_milli)) // 1000
    return Worth(points, discount, partner.price_milli, credit, points - discount - partner.price_milli + credit)


def start_of_week(now: datetime) -> datetime:
    """Monday's first moment in Switzerland: capacity is counted from there."""
    today = now.astimezone(_SWISS_TIME)
    return datetime.combine(today.date() - timedelta(days=today.weekday()), time(), _SWISS_TIME)


def week_gone_milli(now: datetime) -> int:
    """How much of the working week is over, in thousandths."""
    today = now.astimezone(_SWISS_TIME)
    minutes = max(0, min(60 * _HOURS_OF_WORK, 60 * (today.hour - _FIRST_HOUR) + today.minute))
    return min(1000, 1000 * (60 * _HOURS_OF_WORK * today.weekday() + minutes) // (60 * _HOURS_OF_WORK * _DAYS_OF_WORK))
