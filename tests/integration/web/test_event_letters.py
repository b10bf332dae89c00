"""Letters to guests through a real mail server: their language, the calendar entry, once, and only what is true."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from icalendar import Calendar
from redis import Redis

from events import event_acts
from foundation.database import Database
from foundation.mail import MailServer
from foundation.runtime import Runtime
from tests.integration.events.event_rows import NOW, STARTS, add_event, answer, confirm, draft, terms
from tests.integration.leads.delivery_rows import at
from tests.integration.leads.lead_rows import runtime_for
from tests.mail_server import MailBox, mail_server
from web.event_letters import send_due_letters
from web.seat_links import key_of_seat


@pytest.fixture
def box() -> Iterator[MailBox]:
    with mail_server() as made:
        yield made


@pytest.fixture
def runtime(database: Database, redis_url: str, tmp_path: Path, box: MailBox) -> Iterator[Runtime]:
    with Redis.from_url(redis_url) as redis:
        settings = {"smtp_url": box.url, "mail_from": "events@halali.example", "web_url": "https://events.example"}
        yield at(runtime_for(database, redis, data_dir=tmp_path, **settings), NOW)


def send(runtime: Runtime, later: timedelta = timedelta(0)) -> int:
    return send_due_letters(at(runtime, NOW + later), MailServer.from_settings(runtime.settings))


def calendars(box: MailBox) -> list[Calendar]:
    parts = [part for letter in box.letters for part in letter.walk() if part.get_content_type() == "text/calendar"]
    return [Calendar.from_ical(part.get_content()) for part in parts]


def test_held_seat_is_asked_to_be_confirmed_in_the_guests_language(runtime: Runtime, box: MailBox) -> None:
    event_id = add_event(runtime.database)
    seat = answer(runtime.database, event_id, 1, language="fr")
    assert send(runtime) == 1
    assert send(runtime, timedelta(minutes=10)) == 0
    [letter] = box.letters
    assert (letter["To"], letter["From"]) == ("kim1@example.ch", "events@halali.example")
    assert letter["Subject"] == "Veuillez confirmer votre place\N{NO-BREAK SPACE}: Atelier Cloud"
    body = letter.get_body(("plain",))
    assert body is not None
    assert f"https://events.example/invitations/{key_of_seat(runtime.settings, seat.id)}" in body.get_content()
    assert calendars(box) == []


def test_confirmed_moved_and_called_off_are_versions_of_one_calendar_entry(runtime: Runtime, box: MailBox) -> None:
    event_id = add_event(runtime.database)
    seat = confirm(runtime.database, answer(runtime.database, event_id, 1))
    assert send(runtime) == 1
    later = draft(2, starts_at=STARTS + timedelta(days=7), ends_at=STARTS + timedelta(days=7, hours=3))
    with runtime.database.transaction() as session:
        event_acts.change_event(session, event_id, later, terms())
    assert send(runtime) == 1
    with runtime.database.transaction() as session:
        event_acts.cancel_event(session, event_id, terms())
    assert send(runtime) == 1
    seen = [(one["METHOD"], *(event["SEQUENCE"] for event in one.walk("VEVENT"))) for one in calendars(box)]
    assert seen == [("REQUEST", 0), ("REQUEST", 1), ("CANCEL", 2)]
    assert {str(event["UID"]) for one in calendars(box) for event in one.walk("VEVENT")} == {f"{seat.id}@halali"}
    starts = [event.decoded("DTSTART") for one in calendars(box) for event in one.walk("VEVENT")]
    assert starts == [STARTS, STARTS + timedelta(days=7), STARTS + timedelta(days=7)]


def test_reminders_come_a_week_and_a_day_before_and_once(runtime: Runtime, box: MailBox) -> None:
    event_id = add_event(runtime.database)
    confirm(runtime.database, answer(runtime.database, event_id, 1))
    send(runtime)
    box.letters.clear()
    assert send(runtime, timedelta(days=12)) == 0
    assert send(runtime, timedelta(days=13)) == 1
    assert send(runtime, timedelta(days=19)) == 1
    assert send(runtime, timedelta(days=19, hours=1)) == 0
    assert [letter["Subject"].split(":")[0] for letter in box.letters] == ["In einer Woche", "Morgen"]


def test_letter_that_is_refused_for_now_comes_later_and_one_refused_for_good_never(
    runtime: Runtime, box: MailBox
) -> None:
    event_id = add_event(runtime.database)
    answer(runtime.database, event_id, 1)
    box.refuses_letters_with = "451 later"
    assert send(runtime) == 0
    box.refuses_letters_with = ""
    assert send(runtime) == 0
    assert send(runtime, timedelta(minutes=2)) == 1
    answer(runtime.database, event_id, 2)
    box.refuses_receivers_with = "550 nobody here"
    assert send(runtime) == 0
    box.refuses_receivers_with = ""
    assert send(runtime, timedelta(days=1)) == 0


def test_without_a_mail_server_letters_wait(runtime: Runtime) -> None:
    answer(runtime.database, add_event(runtime.database), 1)
    assert send_due_letters(runtime, None) == 0
    assert send(runtime) == 1
