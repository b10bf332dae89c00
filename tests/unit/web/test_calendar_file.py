"""Appointments as a calendar file: whatever a company is called, the file stays a calendar."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from web.calendar_file import Appointment, calendar

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LONGEST_LINE = 75  # octets, line end not counted


def test_an_appointment_has_its_moment_in_utc_and_an_alarm() -> None:
    here = NOW.astimezone(ZoneInfo("Europe/Zurich"))
    for moment in (NOW, here.astimezone(UTC)):
        text = calendar([Appointment("callback_1", moment, "Muster AG", "+41 44 668 18 00")], NOW)
        assert "DTSTART:20260302T090000Z\r\n" in text
        assert "DTEND:20260302T091500Z\r\n" in text
        assert "UID:callback_1@halali\r\n" in text
        assert "TRIGGER:-PT5M\r\n" in text


def test_a_moved_appointment_is_the_same_with_a_larger_number_and_a_canceled_one_rings_no_more() -> None:
    first = Appointment("lead_1", NOW, "Muster AG", lasts=timedelta(hours=1))
    moved = Appointment("lead_1", NOW, "Muster AG", sequence=1, is_called_off=True)
    before, after = (Calendar.from_ical(calendar([one], NOW)).walk("VEVENT")[0] for one in (first, moved))
    assert before["UID"] == after["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 1)
    assert (before["STATUS"], after["STATUS"]) == ("CONFIRMED", "CANCELLED")
    assert after.walk("VALARM") == []


def test_a_name_cannot_add_lines_of_its_own() -> None:
    text = calendar([Appointment("1", NOW, "A; B, C\\D\r\nBEGIN:VEVENT\u2028END:VCALENDAR\x00")], NOW)
    assert text.count("BEGIN:VEVENT\r\n") == 1
    assert "SUMMARY:A\\; B\\, C\\\\D\\nBEGIN:VEVENT\\nEND:VCALENDAR\r\n" in text


@given(st.text(max_size=300), st.text(max_size=300))
def test_no_line_is_too_long_and_it_reads_back_as_one_event(title: str, description: str) -> None:
    text = calendar([Appointment("1", NOW, title, description)], NOW)
    assert all(len(line.encode()) <= LONGEST_LINE for line in text.split("\r\n"))
    (event,) = Calendar.from_ical(text).walk("VEVENT")
    assert event["UID"] == "1@halali"
    assert len(Calendar.from_ical(text).walk()) == 3
