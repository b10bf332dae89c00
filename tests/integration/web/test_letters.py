"""Notices as letters: in the partner's language, with the teaser alone, sent once the offer still stands."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from icalendar import Calendar
from redis import Redis

from foundation.database import Database
from foundation.mail import MailServer
from foundation.runtime import Runtime
from leads.appointments import Agreed, By, agree, call_off
from leads.offers import Reply, accept
from leads.tables import Partner
from tests.integration.leads.delivery_rows import at, deliveries, send_all
from tests.integration.leads.lead_rows import (
    NOW,
    add_lead,
    add_partner,
    decline_live,
    offers_of,
    route_now,
    runtime_for,
)
from tests.mail_server import MailBox, mail_server
from web.letters import Letters

PERSONAL = ("Beispiel Bau", "Kim", "446681800", "kim@example", "after ten", "new books")


@pytest.fixture
def box() -> Iterator[MailBox]:
    with mail_server() as made:
        yield made


@pytest.fixture
def runtime(database: Database, redis_url: str, tmp_path: Path, box: MailBox) -> Iterator[Runtime]:
    with Redis.from_url(redis_url) as redis:
        settings = {"smtp_url": box.url, "mail_from": "leads@halali.example", "web_url": "https://leads.example"}
        yield at(runtime_for(database, redis, data_dir=tmp_path, **settings), NOW)


def send_letters(runtime: Runtime) -> int:
    return send_all(runtime, email=Letters(runtime, MailServer.from_settings(runtime.settings)))


@pytest.mark.parametrize(
    ("language", "words"),
    [("de", "wartet auf Ihre Antwort"), ("fr", "attend votre réponse"), ("it", "attende la Sua risposta")],
)
def test_an_offer_comes_as_a_letter_in_the_partners_language(
    runtime: Runtime, box: MailBox, language: str, words: str
) -> None:
    add_partner(runtime.database, "Alpha", languages=(language, "de"))
    route_now(runtime.database, add_lead(runtime.database))
    assert send_letters(runtime) == 1
    (letter,) = box.letters
    assert words in letter["Subject"]
    plain, html = (letter.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    for text in (plain.get_content(), html.get_content()):
        assert "https://leads.example/offers" in text
        assert "ERP" in text
        assert "ZH" in text
        assert not [one for one in PERSONAL if one in text]
    assert f'<html lang="{language}">' in html.get_content()
    assert letter["Auto-Submitted"] == "auto-generated"
    assert str(letter["Message-ID"]).endswith("@halali.example>")


def test_a_letter_that_was_not_taken_comes_again_with_the_same_id(runtime: Runtime, box: MailBox) -> None:
    add_partner(runtime.database, "Alpha")
    route_now(runtime.database, add_lead(runtime.database))
    box.refuses_letters_with = "451 greylisted"
    assert send_letters(runtime) == 1
    box.refuses_letters_with = ""
    assert send_letters(at(runtime, NOW + timedelta(seconds=10))) == 1
    (row,) = deliveries(runtime.database, "email")
    assert (row.status, row.tries) == ("sent", 2)
    assert len(box.letters) == 1


def test_an_address_that_does_not_exist_is_not_tried_for_days(runtime: Runtime, box: MailBox) -> None:
    add_partner(runtime.database, "Alpha")
    route_now(runtime.database, add_lead(runtime.database))
    box.refuses_receivers_with = "550 no such user"
    send_letters(runtime)
    (row,) = deliveries(runtime.database, "email")
    assert (row.status, row.tries, row.problem) == ("failed", 1, "the mail server refused the address (550)")


def test_no_letter_comes_about_an_offer_that_is_over(runtime: Runtime, box: MailBox) -> None:
    add_partner(runtime.database, "Alpha")
    lead_id = add_lead(runtime.database)
    route_now(runtime.database, lead_id)
    decline_live(runtime.database, lead_id)
    assert send_letters(runtime) == 0
    (row,) = deliveries(runtime.database, "email")
    assert (row.status, row.problem, box.letters) == ("dropped", "the offer is over", [])


def test_without_a_mail_server_the_portal_is_all_there_is(runtime: Runtime) -> None:
    add_partner(runtime.database, "Alpha")
    route_now(runtime.database, add_lead(runtime.database))
    assert send_all(runtime, email=Letters(runtime, None)) == 0
    assert [row.status for row in deliveries(runtime.database, "portal")] == ["sent"]
    assert [row.problem for row in deliveries(runtime.database, "email")] == ["no mail server is set"]


def test_a_mail_server_that_is_down_is_asked_once_a_run(runtime: Runtime) -> None:
    add_partner(runtime.database, "Alpha")
    for number in range(3):
        route_now(runtime.database, add_lead(runtime.database, number))
    server = MailServer.from_settings(runtime.settings)
    assert server is not None
    letters = Letters(runtime, replace(server, port=1))
    assert send_all(runtime, email=letters) == 1


@pytest.mark.parametrize("address", ["", "x", "a@example.ch\r\nBcc: all@example.ch", "a@example.ch,b@example.ch"])
def test_an_address_that_is_none_gets_no_letter(runtime: Runtime, box: MailBox, address: str) -> None:
    partner_id = add_partner(runtime.database, "Alpha")
    with runtime.database.transaction() as session:
        session.get_one(Partner, partner_id).email = address
    route_now(runtime.database, add_lead(runtime.database))
    assert send_letters(runtime) == 0
    assert box.letters == []


def test_an_appointment_comes_with_a_file_for_the_calendar(runtime: Runtime, box: MailBox) -> None:
    partner_id = add_partner(runtime.database, "Alpha", languages=("it", "de"))
    lead_id = add_lead(runtime.database)
    route_now(runtime.database, lead_id)
    (offer,) = offers_of(runtime.database, lead_id)
    by = By(partner_id, "user_1", NOW)
    with runtime.database.transaction() as session:
        accept(session, offer.id, Reply(partner_id, "user_1", NOW))
        agree(session, lead_id, Agreed(NOW + timedelta(days=1)), by)
    send_letters(runtime)
    with runtime.database.transaction() as session:
        call_off(session, lead_id, by)
    send_letters(runtime)
    files = [part for letter in box.letters for part in letter.iter_attachments()]
    assert [part.get_content_type() for part in files] == ["text/calendar", "text/calendar"]
    events = [Calendar.from_ical(part.get_content()).walk("VEVENT")[0] for part in files]
    assert events[0]["UID"] == events[1]["UID"] == f"{lead_id}@halali"
    assert [(event["SEQUENCE"], event["STATUS"]) for event in events] == [(0, "CONFIRMED"), (1, "CANCELLED")]
    assert events[0]["DESCRIPTION"] == "Presso il cliente"
    assert "Kim" not in str(files[0].get_content())
