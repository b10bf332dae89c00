"""A guest's calendar entry (RFC 5545, 5546): an accepted invitation, its newer versions, its end. Pure."""

from dataclasses import dataclass
from datetime import datetime

from icalendar import Calendar, Event, vCalAddress

REQUEST, CANCEL = "REQUEST", "CANCEL"


@dataclass(frozen=True)
class Entry:
    """One version of an entry. `uid` stays; the larger `sequence` counts. Addresses are of organiser and guest."""

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    title: str
    organiser: str
    guest: str
    text: str = ""
    place: str = ""
    link: str = ""
    is_called_off: bool = False

    @property
    def method(self) -> str:
        """What the calendar program is to do."""
        return CANCEL if self.is_called_off else REQUEST


def entry_file(entry: Entry, now: datetime) -> str:
    """The content of the calendar part."""
    made = Calendar()
    made.add("prodid", "-//Halali//events//EN")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", entry.method)
    event = Event()
    event.add("uid", f"{entry.uid}@halali")
    event.add("sequence", entry.sequence)
    event.add("dtstamp", now)
    event.add("dtstart", entry.starts_at)
    event.add("dtend", entry.ends_at)
    event.add("summary", _plain(entry.title))
    event.add("status", "CANCELLED" if entry.is_called_off else "CONFIRMED")
    for name, value in (("description", entry.text), ("location", entry.place), ("url", entry.link)):
        if value:
            event.add(name, _plain(value))
    organiser, guest = vCalAddress(f"mailto:{entry.organiser}"), vCalAddress(f"mailto:{entry.guest}")
    guest.params["PARTSTAT"], guest.params["RSVP"] = "ACCEPTED", "FALSE"
    event.add("organizer", organiser)
    event.add("attendee", guest)
    made.add_component(event)
    text: str = made.to_ical().decode()
    return text


def _plain(text: str) -> str:
    """A text without signs that are none; line ends of whatever kind become one."""
    return "\n".join("".join(letter for letter in line if letter.isprintable()) for line in text.splitlines())
