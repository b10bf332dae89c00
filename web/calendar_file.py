"""Callbacks as a calendar file (RFC 5545), for the calendar of whoever promised them. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

LONGEST_LINE = 75  # octets, line end not counted
SHOWN_FOR = timedelta(minutes=15)


@dataclass(frozen=True)
class Appointment:
    """One callback. The same `uid` later is the same appointment, moved."""

    uid: str
    at: datetime
    title: str
    description: str = ""


def calendar(appointments: Iterable[Appointment], now: datetime) -> str:
    """The file's content."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Halali//callbacks//EN", "CALSCALE:GREGORIAN"]
    for one in appointments:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{_escaped(one.uid)}@halali",
            f"DTSTAMP:{_moment(now)}",
            f"DTSTART:{_moment(one.at)}",
            f"DTEND:{_moment(one.at + SHOWN_FOR)}",
            f"SUMMARY:{_escaped(one.title)}",
            f"DESCRIPTION:{_escaped(one.description)}",
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            f"DESCRIPTION:{_escaped(one.title)}",
            "TRIGGER:-PT5M",
            "END:VALARM",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    """A text's own signs, and line ends of whatever kind, cannot become the file's."""
    plain = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return "".join(
        "\\n" if letter == "\n" else letter
        for letter in "\n".join(plain.splitlines())
        if letter == "\n" or letter.isprintable()
    )


def _folded(line: str) -> str:
    """A long line in several, none of them longer than allowed and no letter torn apart."""
    parts: list[str] = []
    part, size = "", 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > (LONGEST_LINE if not parts else LONGEST_LINE - 1):
            parts.append(part)
            part, size = "", 0
        part += letter
        size += octets
    return "\r\n ".join([*parts, part])
