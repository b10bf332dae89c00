"""What a lead is worth with one partner, in points out of a thousand and in integers throughout. Pure."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from leads.facts import PartnerFacts, Policy

_SWISS_TIME = ZoneInfo("Europe/Zurich")
_DAYS_OF_WORK, _FIRST_HOUR, _HOURS_OF_WORK = 5, 8, 10
# Keeps the credit of somebody who is entitled to next to nothing from weighing without bound.
_ENTITLED_AT_LEAST_MILLI = 300
# Points, taken, room, credit, weekly entitlement, price.
Standing = tuple[int, int, int, int, int, int]


class Worth(NamedTuple):
    """`value` = points, less the discount for a full week, less the price of room, plus what credit earns, plus what
    room earns that would stay empty.
    """

    points: int
    load_discount: int
    price: int
    credit: int
    value: int
    open_room: int = 0

    def to_json(self) -> dict[str, Any]:
        return self._asdict()


def worth_of(partner: PartnerFacts, points: int, policy: Policy, week_gone_milli: int) -> Worth:
    """The value by which partners are ranked."""
    room = partner.profile.weekly_capacity if partner.room is None else partner.room
    standing = points, partner.taken, room, partner.credit_milli, partner.weekly_milli, partner.price_milli
    return worths_of([standing], policy, week_gone_milli)[0]


def worths_of(standings: Iterable[Standing], policy: Policy, week_gone_milli: int) -> list[Worth]:
    """The same for many at a time: points, taken, room, credit, weekly entitlement and price of each."""
    most, band, least = 1000 * policy.credit_weeks_at_most, policy.credit_band_milli, _ENTITLED_AT_LEAST_MILLI
    ceiling = band + most
    steepness_milli = policy.credit_steepness_milli
    late_milli = 1000 + policy.late_credit_milli * (2 * week_gone_milli - 1000) // 1000
    discount_milli, owed_points, ahead_points = (
        policy.load_discount_milli,
        policy.credit_points_a_week,
        policy.ahead_points_a_week,
    )
    found = []
    for points, taken, room, credit_milli, weekly_milli, price in standings:
        # Comparisons, not `max` and `min`: here calls take most of the time.
        places = room if room > 0 else 1
        fuller_milli = 1000 * taken // places - week_gone_milli
        discount = open_room = 0
        if fuller_milli > 0:
            discount = points * discount_milli * fuller_milli // 1_000_000
        else:
            # By the square: only whom nearly every week should fill loses by one that does not.
            filled_milli = 1000 if weekly_milli >= 1000 * places else weekly_milli // places if weekly_milli > 0 else 0
            open_room = policy.open_room_points * -fuller_milli * filled_milli * filled_milli // 1_000_000_000
        entitled_milli = weekly_milli + least if weekly_milli > 0 else least
        owed_milli = 1000 * credit_milli // entitled_milli
        if owed_milli <= 0:
            credit = ahead_points * (owed_milli if -owed_milli < most else -most) // 1000
        elif owed_milli <= band:
            credit = 0
        else:
            counts_milli = owed_milli - band if owed_milli < ceiling else most
            counts_milli += steepness_milli * (counts_milli * counts_milli // 1000 - counts_milli) // 1000
            credit = owed_points * late_milli * counts_milli // 1_000_000
        value = points - discount - price + credit + open_room
        found.append(Worth(points, discount, price, credit, value, open_room))
    return found


def start_of_week(now: datetime) -> datetime:
    """Monday's first moment in Switzerland: capacity is counted from there."""
    today = now.astimezone(_SWISS_TIME)
    return datetime.combine(today.date() - timedelta(days=today.weekday()), time(), _SWISS_TIME)


def week_gone_milli(now: datetime) -> int:
    """How much of the working week is over, in thousandths."""
    today = now.astimezone(_SWISS_TIME)
    minutes = max(0, min(60 * _HOURS_OF_WORK, 60 * (today.hour - _FIRST_HOUR) + today.minute))
    return min(1000, 1000 * (60 * _HOURS_OF_WORK * today.weekday() + minutes) // (60 * _HOURS_OF_WORK * _DAYS_OF_WORK))
