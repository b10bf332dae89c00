"""What is rehearsed: the options as a value, the day it is set on, and who sits at the desks. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from campaigns.campaigns import LIMITS
from cli.rehearsal.faults import Fault
from compliance.calling_hours import Place, next_opening
from compliance.holiday_calendar import regions_of
from compliance.jurisdictions import Jurisdiction
from dialer.forecast.forecast import MODES
from foundation.errors import Invalid
from foundation.settings import Settings

FIRST_MINUTE = time(9, 0)
LAST_MINUTE = time(19, 30)
_TUESDAY = 1
_WEEKS_TO_LOOK_AHEAD = 52
# What may be set differently; where things are and who is called is the rehearsal's own affair.
_CHANGEABLE = (
    *("tick_seconds", "sweep_seconds", "placing_threads", "unknown_hold_seconds", "carrier_timeout_seconds"),
    *("calls_in_flight", "daily_spend_cap", "log_level"),
)
# Of 15 agents: eight speak German, three French and German, two Italian and German, two French.
_TEAM = (
    *(("de",), ("fr", "de"), ("de",), ("it", "de"), ("de",), ("fr",), ("de",), ("fr", "de"), ("de",), ("de",)),
    *(("it", "de"), ("de",), ("fr",), ("de",), ("fr", "de")),
)


# By field: the option, and from what to what it may be.
_RANGES: Mapping[str, tuple[str, float, float]] = {
    "agents": ("agents", 1, 500),
    "speed": ("speed", 1, 1000),
    "hours": ("hours", 0.1, 10.5),
    "live_share": ("live", 0, 1),
    "experience_hours": ("experience", 0, 10),
    "most_wall_seconds": ("patience", 1, 1_000_000),
    "calls_per_second": ("calls-per-second", 0.1, 1000),
    "offer_hours": ("offer-hours", 0.01, 1000),
    "max_attempts": ("max-attempts", *LIMITS["max_attempts"]),
    "retry_minutes": ("retry-minutes", *LIMITS["retry_minutes"]),
    "dial_level": ("dial-level", *LIMITS["dial_level"]),
}


@dataclass(frozen=True)
class Plan:
    """One rehearsal. Minutes and hours are the simulated day's; `speed` is how many of its seconds pass in one."""

    contacts_file: Path
    partners_file: Path
    agents: int = 15
    speed: float = 60.0
    seed: int = 1
    calls_per_second: float = 10.0
    max_attempts: int = 2
    retry_minutes: int = 20
    offer_hours: float = 1.0
    hours: float = 10.5
    caller_number: str = "+41446681800"
    counts: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    people: str = ""
    mode: str = "progressive"
    dial_level: float = 1.5
    is_compared: bool = False
    experience_hours: float = 0.0
    live_share: float = 0.0  # of qualified talks: the agent asks for a partner who takes the customer at once
    faults: tuple[Fault, ...] = field(default=())
    most_wall_seconds: float = 3600.0
    is_kept: bool = False

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise Invalid(f"--mode must be one of {', '.join(MODES)}.")
        for name, (option, lowest, highest) in _RANGES.items():
            # Written so that nan is outside, too.
            if not lowest <= getattr(self, name) <= highest:
                raise Invalid(f"--{option} must be between {lowest:g} and {highest:g}.")


def changed_settings(changes: Sequence[str]) -> dict[str, Any]:
    """Settings such as `sweep_seconds=0.5`, by name.

    Raises:
        Invalid: not written so, or not a setting that a rehearsal lets you change.
    """
    found: dict[str, Any] = {}
    for change in changes:
        name, _, text = change.partition("=")
        if name.lower() not in _CHANGEABLE or not text:
            raise Invalid(f"--setting {change}: write NAME=VALUE with a name among {', '.join(_CHANGEABLE)}.")
        kind = Settings.model_fields[name.lower()].annotation
        try:
            found[name.lower()] = kind(text) if kind is not None else text
        except ValueError as error:
            raise Invalid(f"--setting {change}: {text!r} is no number.") from error
    return found


def opening_moment(jurisdiction: Jurisdiction, today: date) -> datetime:
    """Nine o'clock on the next Tuesday on which calling hours are the usual ones in every region.

    Raises:
        Invalid: there is no such day within a year.
    """
    zone = ZoneInfo(jurisdiction.time_zones[0])
    first = today + timedelta(days=(_TUESDAY - today.weekday()) % 7 or 7)
    for week in range(_WEEKS_TO_LOOK_AHEAD):
        day = first + timedelta(weeks=week)
        moments = (datetime.combine(day, clock, zone) for clock in (FIRST_MINUTE, LAST_MINUTE))
        if all(_is_open_everywhere(jurisdiction, moment) for moment in moments):
            return datetime.combine(day, FIRST_MINUTE, zone)
    raise Invalid(f"The rules of {jurisdiction.country} leave no ordinary Tuesday within a year.")


def end_of_day(began_at: datetime, hours: float = 10.5) -> datetime:
    """When dialing that began then, local time, is over after so many hours; what is due later is due another day."""
    return min(began_at + timedelta(hours=hours), began_at.replace(hour=LAST_MINUTE.hour, minute=LAST_MINUTE.minute))


def team_languages(count: int, needed: Sequence[str]) -> list[tuple[str, ...]]:
    """The languages of each agent: the usual team, cut or repeated, with every needed language spoken by somebody."""
    team: list[tuple[str, ...]] = [_TEAM[place % len(_TEAM)] for place in range(count)]
    spoken = {language for languages in team for language in languages}
    for place, language in enumerate(sorted(set(needed) - spoken)):
        seat = place % count
        team[seat] = (*team[seat], language)
    return team


def _is_open_everywhere(jurisdiction: Jurisdiction, moment: datetime) -> bool:
    return all(next_opening(jurisdiction, Place(region), moment) == moment for region in regions_of(jurisdiction))
