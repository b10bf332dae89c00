"""Where and when a partner takes customers who are still on the line: read, checked, and whether it is open. Pure.

Who is asked is left to the rules, and calling to the dialer.
"""

from dataclasses import dataclass
from datetime import datetime

from foundation.errors import Flaw
from foundation.marking import N_
from foundation.phone_number import parse_phone_number
from leads.business_clock import BusinessCalendar, NoBusinessHours, is_open, read_hours

# Kinds that cost whoever calls them no more than any call.
KINDS = frozenset({"fixed_line", "mobile", "fixed_line_or_mobile", "uan", "voip"})
# Partners name the number and the centre pays for the call, so it stays with the country and its neighbours.
COUNTRIES = ("CH", "LI", "DE", "AT", "FR", "IT")
LONGEST_HOURS = 60


@dataclass(frozen=True)
class LiveLine:
    """Whether customers may be put through, to which number (E.164), and when; no hours: the business hours."""

    is_on: bool = False
    number: str = ""
    hours: str = ""


def read_live_line(number: str, hours: str, *, is_on: bool) -> tuple[LiveLine, list[Flaw]]:
    """The line as it was written, and what is wrong with each part that cannot be used."""
    flaws = []
    found = parse_phone_number(number, "CH") if number else None
    if number and found is None:
        flaws.append(Flaw("live_number", N_("use a phone number such as +41 44 668 18 00"), found=number))
    elif found is not None and (found.kind not in KINDS or found.country not in COUNTRIES or found.extension):
        what_to_do = N_("use an ordinary number without extension in %(countries)s")
        flaws.append(Flaw("live_number", what_to_do, {"countries": " ".join(COUNTRIES)}, number))
    elif is_on and not number:
        flaws.append(Flaw("live_number", N_("fill it in: customers are put through to it")))
    hours = " ".join(hours.split())
    try:
        if hours:
            read_hours(hours)
        if len(hours) > LONGEST_HOURS:
            flaws.append(Flaw("live_hours", N_("use at most %(count)s signs"), {"count": LONGEST_HOURS}, hours))
    except NoBusinessHours as error:
        flaws.append(Flaw("live_hours", error.text, error.facts, hours))
    return LiveLine(is_on, found.e164 if found else "", hours), flaws


def is_open_now(hours: str, calendar: BusinessCalendar, now: datetime) -> bool:
    """Whether somebody answers: within own hours, else the calendar's, on a working day."""
    own = BusinessCalendar(calendar.canton, calendar.closed_days, hours or calendar.hours)
    return is_open(now, own)
