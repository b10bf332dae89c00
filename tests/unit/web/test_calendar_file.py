"""Callbacks as a calendar file: whatever a company is called, the file stays a calendar."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from web.calendar_file import LONGEST_LINE, Appointment, calendar

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_an_appointment_has_its_moment_in_utc_and_an_alarm() -> None:
    text = calendar([Appointment("callback_1", NOW, "Muster AG", "+41 44 668 18 00")], NOW)
    assert "DTSTART:20260302T090000Z\r\n" in text
    assert "DTEND:20260302T091500Z\r\n" in text
    assert "UID:callback_1@halali\r\n" in text
    assert "TRIGGER:-PT5M\r\n" in text


def test_a_name_cannot_add_lines_of_its_own() -> None:
    text = calendar([Appointment("1", NOW, "A; B, C\\D\r\nBEGIN:VEVENT\u2028END:VCALENDAR")], NOW)
    assert text.count("BEGIN:VEVENT\r\n") == 1
    assert "SUMMARY:A\\; B\\, C\\\\D\\nBEGIN:VEVENT\\nEND:VCALENDAR\r\n" in text


@given(st.text(max_size=300), st.text(max_size=300))
def test_no_line_is_too_long_and_unfolded_it_is_the_same_calendar(title: str, description: str) -> None:
    text = calendar([Appointment("1", NOW, title, description)], NOW)
    lines = text.split("\r\n")
    assert lines[-1] == ""
    assert all(len(line.encode()) <= LONGEST_LINE for line in lines)
    unfolded = text.replace("\r\n ", "").split("\r\n")
    assert [line.partition(":")[0] for line in unfolded[:-1]].count("SUMMARY") == 1
    assert unfolded[0] == "BEGIN:VCALENDAR"
    assert unfolded[-2] == "END:VCALENDAR"
    assert len(unfolded) == 19
