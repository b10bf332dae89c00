"""Events over HTTP: staff make and run them, agents invite at the desk, guests confirm by their link."""

import csv
import io
from datetime import timedelta

from accounts.tables import Role
from dialer import event_answers
from events import event_acts, seat_book
from events.event_book import lock_event
from events.tables import Event, Seat
from leads.tables import Lead
from tests.web_bench import Bench, put_call_on_desk
from web.seat_links import key_of_seat

HTMX = {"hx-request": "true"}
FORM = {
    "title_de": "Werkstatt <b>Netz</b>",
    "starts_at": "2027-01-12T09:00",
    "ends_at": "2027-01-12T12:00",
    "seats": "3",
    "place": "Bern",
}


def seat_row(bench: Bench, seat_id: str) -> Seat:
    with bench.parts.database.reading() as session:
        return session.get_one(Seat, seat_id)


def test_staff_make_open_change_and_call_off_an_event(small_bench: Bench) -> None:
    browser = small_bench.browser(Role.MANAGER)
    made = browser.post("/workshops", data=FORM | {"campaign_ids": [small_bench.ids["campaign"]]}, headers=HTMX)
    path = made.headers["hx-redirect"]
    page = browser.get(path)
    assert "Werkstatt &lt;b&gt;Netz&lt;/b&gt;" in page.text
    assert browser.post(f"{path}/open", headers=HTMX).status_code == 200
    moved = FORM | {"starts_at": "2027-01-13T09:00", "ends_at": "2027-01-13T12:00"}
    assert browser.post(path, data=moved, headers=HTMX).status_code == 200
    with small_bench.parts.database.reading() as session:
        event = session.get_one(Event, path.rsplit("/", 1)[1])
        assert (event.status, event.starts_at.isoformat()) == ("open", "2027-01-13T08:00:00+00:00")
    assert browser.post(f"{path}/cancel", headers=HTMX).status_code == 200
    assert browser.post(f"{path}/open", headers=HTMX).status_code == 409


def test_agent_invites_at_the_desk_and_sees_what_became_of_it(bench: Bench) -> None:
    call_id, event_id = put_call_on_desk(bench), bench.ids["event"]
    browser = bench.browser(Role.AGENT)
    assert "Werkstatt Cloud" in browser.get("/desk").text
    form = {"call_id": call_id, "event_id": event_id, "answer": "yes", "email": "chef@example.ch"}
    answer = browser.post("/desk/event/answer", data=form, headers=HTMX)
    assert "Reserved until" in answer.text
    again = browser.post("/desk/event/answer", data=form | {"email": "not an address"}, headers=HTMX)
    assert "This is not an e-mail address." in again.text
    named = {"call_id": call_id, "event_id": event_id, "person": "Robin Gast", "email": "robin@example.ch"}
    assert "Waiting list" in browser.post("/desk/event/colleague", data=named, headers=HTMX).text
    [shown] = bench.program(Role.AGENT).get("/agents/me/invitations").json()
    assert (shown["free"], shown["waiting"], shown["seat"]["status"]) == (0, 1, "held")


def test_guest_confirms_and_gives_up_by_the_link_and_looking_changes_nothing(bench: Bench) -> None:
    guest, seat_id = bench.browser(), bench.ids["seat"]
    path = f"/invitations/{key_of_seat(bench.parts.settings, seat_id)}"
    page = guest.get(path)
    assert page.headers["x-robots-tag"] == "noindex, nofollow"
    assert "Kim" in page.text
    assert "Gast" not in page.text.replace("Werkstatt", "")
    assert "kim@example.ch" not in page.text
    assert seat_row(bench, seat_id).status == "held"
    assert "Ihr Platz ist bestätigt." in guest.post(path, data={"answer": "confirm"}).text
    assert seat_row(bench, seat_id).status == "confirmed"
    assert guest.post(path, data={"answer": "confirm"}).status_code == 200
    assert "Sie haben keinen Platz." in guest.post(path, data={"answer": "cancel"}).text
    assert guest.post(path, data={"answer": "confirm"}).status_code == 409


def test_link_that_was_not_made_here_opens_nothing(small_bench: Bench) -> None:
    guest, seat_id = small_bench.browser(), small_bench.ids["seat"]
    for key in (seat_id, f"{seat_id}.{'0' * 40}", "x"):
        assert guest.get(f"/invitations/{key}").status_code == 404
        assert guest.post(f"/invitations/{key}", data={"answer": "cancel"}).status_code == 404
    key = key_of_seat(small_bench.parts.settings, seat_id)
    forged = guest.post(f"/invitations/{key}", data={"answer": "cancel"}, headers={"sec-fetch-site": "cross-site"})
    assert forged.status_code == 403
    assert seat_row(small_bench, seat_id).status == "held"


def test_one_address_cannot_try_for_ever(small_bench: Bench) -> None:
    answers = [small_bench.browser().get("/invitations/x").status_code for _ in range(62)]
    assert answers[0] == 404
    assert 429 in answers


def test_who_came_is_followed_up_and_becomes_a_lead(bench: Bench) -> None:
    call_id, event_id = put_call_on_desk(bench), bench.ids["event"]
    agent = bench.program(Role.AGENT)
    reply = {"call_id": call_id, "event_id": event_id, "answer": "yes", "email": "chef@example.ch"}
    seat_id = agent.post("/agents/me/invitations/answer", json=reply).json()["id"]
    agent.post("/agents/me/invitations/answer", json=reply | {"answer": "confirm"})
    agent.post("/agents/me/disposition", json={"call_id": call_id, "code": "invitation_answered"})
    browser, program = bench.browser(Role.MANAGER), bench.program(Role.MANAGER)
    assert "Herr Muster" in browser.get(f"/workshops/{event_id}/check-in").text
    assert browser.post(f"/workshops/{event_id}/check-in/{seat_id}/check-in", headers=HTMX).status_code == 200
    file = browser.get(f"/workshops/{event_id}/guests.csv").content.decode("utf-8-sig")
    assert {row["status"] for row in csv.DictReader(io.StringIO(file), delimiter=";")} == {"attended", "held"}
    with bench.parts.database.transaction() as session:
        event = lock_event(session, event_id)
        event_acts.end_event(session, event_id, event_answers.event_terms(event.ends_at + timedelta(minutes=1)))
    body = {"who": "attended", "campaign_id": bench.ids["campaign"]}
    assert program.post(f"/workshops/{event_id}/follow-up", json=body).json() == {"contacts": 1}
    assert program.post(f"/workshops/{event_id}/follow-up", json=body).json() == {"contacts": 0}
    made = program.post(f"/workshops/{event_id}/guests/{seat_id}/lead").json()["lead_id"]
    assert program.post(f"/workshops/{event_id}/guests/{seat_id}/lead").json()["lead_id"] == made
    with bench.parts.database.reading() as session:
        lead = session.get_one(Lead, made)
        assert (lead.call_id, lead.email) == (call_id, "chef@example.ch")
        assert seat_book.measured_shows(session).attended == 1


def test_program_makes_an_event_and_adds_a_guest(small_bench: Bench) -> None:
    program = small_bench.program(Role.MANAGER)
    body = {
        "title": {"de": "Werkstatt", "en": "Workshop"},
        "starts_at": "2027-01-12T09:00:00+01:00",
        "ends_at": "2027-01-12T12:00:00+01:00",
        "seats": 1,
        "campaign_ids": [small_bench.ids["campaign"]],
    }
    made = program.post("/workshops", json=body)
    assert made.status_code == 201
    event_id = made.json()["id"]
    assert program.post(f"/workshops/{event_id}/open").json()["status"] == "open"
    guest = program.post(f"/workshops/{event_id}/guests", json={"person": "Kim Gast", "email": "kim@example.ch"}).json()
    assert guest["status"] == "held"
    confirmed = program.post(f"/workshops/{event_id}/guests/{guest['id']}/confirm").json()
    assert confirmed["status"] == "confirmed"
    assert program.get(f"/workshops/{event_id}").json()["guests"] == {"confirmed": 1}
    assert program.post("/workshops", json=body | {"campaign_ids": ["campaign_none"]}).status_code == 404
    assert program.post(f"/workshops/{event_id}/guests/{guest['id']}/eat").status_code == 404
    assert len(program.get("/workshops").json()["items"]) == 2


def test_guests_come_by_a_file_and_refused_rows_are_named(small_bench: Bench) -> None:
    program, event_id = small_bench.program(Role.MANAGER), small_bench.ids["event"]
    rows = b"name,email\nNoa Muster,noa@example.ch\nKim,kim\n"
    page = small_bench.browser(Role.MANAGER, language="de").post(
        f"/workshops/{event_id}/guests/import", files={"file": ("guests.csv", rows)}, headers=HTMX
    )
    assert "noa@example.ch" in page.text
    assert "Refused rows: This is not an e-mail address: 3." in page.text
    report = program.post(f"/workshops/{event_id}/guests/import", files={"file": ("guests.csv", rows)}).json()
    assert (report["rows"], report["created"], report["unchanged"]) == (2, 0, 1)
    assert report["problems"] == [{"row": 3, "reason": "bad_address"}]
    for hostile in (b"", b"\x00" * 100):
        refused = program.post(f"/workshops/{event_id}/guests/import", files={"file": ("guests.csv", hostile)})
        assert refused.status_code == 422
