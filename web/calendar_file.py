"""Appointments as a calendar file (RFC 5545), for the calendar of whoever promised or agreed on them. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from icalendar import Alarm, Calendar, Event

SHOWN_FOR = timedelta(minutes=15)
_BEFORE = timedelta(minutes=-5)


@dataclass(frozen=True)
class Appointment:
    """One callback or meeting. The same `uid` later is the same one, moved; the larger `sequence` counts."""

    uid: str
    at: datetime
    title: str
    description: str = ""
    lasts: timedelta = SHOWN_FOR
    sequence: int = 0
    is_called_off: bool = False


def calendar(appointments: Iterable[Appointment], now: datetime) -> str:
    """The file's content."""
    made = Calendar()
    made.add("prodid", "-//Halali//appointments//EN")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    for one in appointments:
        made.add_component(_event(one, now))
    text: str = made.to_ical().decode()
    return text


def _event(one: Appointment, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{_plain(one.uid)}@halali")
    event.add("dtstamp", now)
    event.add("dtstart", one.at)
    event.add("dtend", one.at + one.lasts)
    event.add("sequence", one.sequence)
    event.add("status", "CANCELLED" if one.is_called_off else "CONFIRMED")
    event.add("summary", _plain(one.title))
    event.add("description", _plain(one.description))
    if not one.is_called_off:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", _plain(one.title))
        alarm.add("trigger", _BEFORE)
        event.add_component(alarm)
    return event


def _plain(text: str) -> str:
    """A text without signs that are none. Line ends of whatever kind become one, which the library writes safely."""
    return "\n".join("".join(letter for letter in line if letter.isprintable()) for line in text.splitlines())
