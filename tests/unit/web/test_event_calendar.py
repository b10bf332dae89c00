"""A guest's calendar entry, read back by a calendar library."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from icalendar import Calendar

from web.event_calendar import Entry, entry_file

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ENTRY = Entry(
    "seat_1", 0, NOW + timedelta(days=3), NOW + timedelta(days=3, hours=2), "Werkstatt; Cloud\nBEGIN:VALARM",
    "events@example.ch", "kim@example.ch", "Mit Kaffee, Brot", "Beispielstrasse 1, 8005 Zürich",
)  # fmt: skip


def read(entry: Entry) -> tuple[Calendar, list[Any]]:
    calendar = Calendar.from_ical(entry_file(entry, NOW))
    return calendar, list(calendar.walk("VEVENT"))


def test_an_entry_is_an_accepted_invitation_of_one_guest() -> None:
    calendar, [event] = read(ENTRY)
    assert calendar["METHOD"] == "REQUEST"
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == ("seat_1@halali", 0, "CONFIRMED")
    assert event.decoded("DTSTART") == ENTRY.starts_at
    assert (str(event["ORGANIZER"]), str(event["ATTENDEE"])) == ("mailto:events@example.ch", "mailto:kim@example.ch")
    assert event["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    assert str(event["LOCATION"]) == "Beispielstrasse 1, 8005 Zürich"


def test_a_title_cannot_become_a_line_of_its_own() -> None:
    calendar, [event] = read(ENTRY)
    assert calendar.walk("VALARM") == []
    assert str(event["SUMMARY"]) == "Werkstatt; Cloud\nBEGIN:VALARM"


def test_calling_off_is_a_newer_version_of_the_same_entry() -> None:
    calendar, [event] = read(replace(ENTRY, sequence=2, is_called_off=True))
    assert calendar["METHOD"] == "CANCEL"
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == ("seat_1@halali", 2, "CANCELLED")
