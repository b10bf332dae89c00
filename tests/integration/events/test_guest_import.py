"""Guests from a file: counts that add up, whoever has answered keeps the answer, and files that are none."""

import pytest
from sqlalchemy import select

from dialer.guest_import import GuestsReport, import_guests, refused_rows
from events.seat_book import Answer
from events.tables import Seat
from foundation.database import Database
from foundation.errors import Conflict, Invalid
from tests.integration.events.event_rows import add_event, answer, statuses, terms

LIST = (
    "Name;E-Mail;Firma;Sprache\r\n"
    "Kim Beispiel 1;KIM1@example.ch;Anderswo AG;fr\r\n"  # said no on the phone
    "Noa Muster;noa@example.ch;Müller & Söhne;f\r\n"
    ";;;\r\n"
    "Noa Muster;Noa@Example.ch;;\r\n"
    "Lou Beispiel;lou@example.ch;=HYPERLINK(1);Deutsch\r\n"
    ";wer@example.ch;;\r\n"
    "Ohne Adresse;;;\r\n"
    '"Mit\nUmbruch";"a@example.ch\nBcc: b@example.ch";;\r\n'
)


def bring(database: Database, event_id: str, content: bytes, name: str = "guests.csv") -> GuestsReport:
    with database.transaction() as session:
        return import_guests(session, event_id, content, name, terms())


def adds_up(report: GuestsReport) -> bool:
    return report.rows == report.created + report.unchanged + sum(report.refused.values())


def test_each_row_is_created_unchanged_or_refused_and_a_file_may_come_twice(database: Database) -> None:
    event_id = add_event(database, seats=1)
    answer(database, event_id, 1, Answer.NO)
    first = bring(database, event_id, LIST.encode("cp1252"))
    assert adds_up(first)
    assert (first.rows, first.created, first.waiting, first.unchanged) == (7, 2, 1, 1)
    assert first.refused == {"duplicate_in_file": 1, "no_name": 1, "no_address": 1, "bad_address": 1}
    assert dict(refused_rows(first)) == {
        "duplicate_in_file": [5], "no_name": [7], "no_address": [8], "bad_address": [9],
    }  # fmt: skip
    assert statuses(database, event_id) == ["declined", "held", "waiting"]
    with database.reading() as session:
        noa = session.scalars(select(Seat).where(Seat.email == "noa@example.ch")).one()
    assert (noa.person, noa.company, noa.language) == ("Noa Muster", "Müller & Söhne", "fr")
    again = bring(database, event_id, LIST.encode("utf-16"))
    assert adds_up(again)
    assert (again.rows, again.created, again.unchanged) == (7, 0, 3)
    assert statuses(database, event_id) == ["declined", "held", "waiting"]


HOSTILE = {
    "empty": b"",
    "only a header": b"name;email\r\n",
    "no header": b"Kim;kim@example.ch\r\n",
    "no address column": b"name;company\r\nKim;Muster AG\r\n",
    "a workbook": b"PK\x03\x04" + bytes(200),
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4,
    "a web page": b"<!doctype html><table><tr><td>name</td></tr></table>",
    "an open quotation mark": b'name;email\r\n"Kim;kim@example.ch\r\n' + b"x;y@example.ch\r\n" * 60,
    "too many rows": b"name;email\r\n" + b"Kim;kim@example.ch\r\n" * 2001,
    "too large": b"name;email\r\n" + b"K" * 2_000_001,
    "too many columns": b"name;email" + b";x" * 300 + b"\r\nKim;kim@example.ch\r\n",
}


def test_a_file_that_is_no_list_of_guests_changes_nothing_and_says_what_to_do_in_one_line(database: Database) -> None:
    event_id = add_event(database)
    for what, content in HOSTILE.items():
        with pytest.raises(Invalid) as refused:
            bring(database, event_id, content, "guests.xlsx" if "workbook" in what else "guests.csv")
        assert "\n" not in str(refused.value), what
    assert statuses(database, event_id) == []


def test_nobody_is_brought_to_an_event_that_invites_no_more(database: Database) -> None:
    event_id = add_event(database)
    with pytest.raises(Conflict), database.transaction() as session:
        import_guests(session, event_id, LIST.encode(), "guests.csv", terms(terms().now.replace(year=2027)))


def test_a_first_and_a_last_name_are_one_name(database: Database) -> None:
    event_id = add_event(database)
    for content in ("Vorname;Name;Mail\nNoa;Muster;a@example.ch\n", "nom,prénom,courriel\nMuster,Noa,b@example.ch\n"):
        bring(database, event_id, content.encode())
    with database.reading() as session:
        assert session.scalars(select(Seat.person)).all() == ["Noa Muster", "Noa Muster"]
