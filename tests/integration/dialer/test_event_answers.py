"""Answers to an invitation on the phone, colleagues, the call of the day before, and what a partner's event leaves."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr
from redis import Redis
from rq import Queue as RqQueue
from sqlalchemy import select

from campaigns.tables import Contact, ContactStatus
from compliance import do_not_call
from dialer import event_answers, event_sweep
from dialer.event_answers import Colleague, Reply
from events import event_acts
from events.event_book import EventDraft, create_event, lock_event, set_campaigns
from events.seat_states import SeatStatus
from events.tables import Seat
from foundation.database import Database
from foundation.errors import Conflict, Invalid, NotFound
from foundation.queue import QueueName
from leads.partners import save_partner
from leads.tables import PartnerRelation
from tests.integration.dialer.floor import Floor
from tests.integration.leads.lead_rows import PROFILE
from tests.meanwhile import meanwhile


def add_event(floor: Floor, campaign_id: str, *, seats: int = 1, partner_id: str = "") -> str:
    starts = floor.now + timedelta(days=10)
    draft = EventDraft({"de": "Werkstatt"}, starts, starts + timedelta(hours=2), seats, partner_id=partner_id)
    with floor.database.transaction() as session:
        event = create_event(session, draft, floor.now)
        event_acts.open_event(session, event.id, event_answers.event_terms(floor.now))
        set_campaigns(session, lock_event(session, event.id), [campaign_id])
        return event.id


@pytest.fixture
def talk(floor: Floor) -> tuple[str, str, str]:
    """A talk of a campaign that invites: call, agent and event."""
    agent_id = floor.add_ready_agent("de")
    campaign_id = floor.add_campaign(contacts=2)
    event_id = add_event(floor, campaign_id)
    return floor.talk(campaign_id), agent_id, event_id


def reply(floor: Floor, talk: tuple[str, str, str], answer: str, **more: Any) -> Seat:
    call_id, agent_id, event_id = talk
    return event_answers.record_reply(floor.parts, agent_id, call_id, Reply(event_id, answer, **more), floor.now)


def test_yes_on_the_phone_holds_a_seat_and_the_disposition_ends_the_call(
    floor: Floor, talk: tuple[str, str, str]
) -> None:
    seat = reply(floor, talk, "yes", email="kim@example.ch")
    contact = floor.contact_of(talk[0])
    assert (seat.status, seat.contact_id, seat.call_id) == (SeatStatus.HELD, contact.id, talk[0])
    assert reply(floor, talk, "confirm").status == SeatStatus.CONFIRMED
    floor.say(talk[0], "invitation_answered")
    assert floor.contact_of(talk[0]).outcome == "invitation_answered"
    with pytest.raises(Conflict):
        reply(floor, talk, "no")


def test_colleague_gets_a_seat_of_their_own_or_waits(floor: Floor, talk: tuple[str, str, str]) -> None:
    call_id, agent_id, event_id = talk
    reply(floor, talk, "no")
    named = Colleague(event_id, "Robin Beispiel", "Robin@example.ch")
    first = event_answers.seat_for_colleague(floor.parts, agent_id, call_id, named, floor.now)
    again = event_answers.seat_for_colleague(floor.parts, agent_id, call_id, named, floor.now)
    assert first.id == again.id
    assert (first.status, first.is_colleague, first.contact_id) == (SeatStatus.HELD, True, "")
    assert reply(floor, talk, "yes").status == SeatStatus.WAITING


def test_colleague_to_be_called_comes_in_line_unless_the_number_is_blocked(
    floor: Floor, talk: tuple[str, str, str]
) -> None:
    call_id, agent_id, event_id = talk
    with floor.database.transaction() as session:
        do_not_call.block(session, "+41446681899", source="page", now=floor.now, note="", added_by="")
    blocked = Colleague(event_id, "Robin Beispiel", phone_number="044 668 18 99")
    with pytest.raises(Conflict):
        event_answers.line_up_colleague(floor.parts, agent_id, call_id, blocked, floor.now)
    free = Colleague(event_id, "Robin Beispiel", phone_number="044 668 18 98")
    assert event_answers.line_up_colleague(floor.parts, agent_id, call_id, free, floor.now).created == 1
    with floor.database.reading() as session:
        found = session.scalars(select(Contact).where(Contact.phone_number == "+41446681898")).one()
    assert (found.person, found.status) == ("Robin Beispiel", ContactStatus.WAITING)


def test_only_the_agent_on_the_phone_and_only_events_of_the_campaign(floor: Floor, talk: tuple[str, str, str]) -> None:
    call_id, agent_id, event_id = talk
    with pytest.raises(NotFound):
        event_answers.record_reply(floor.parts, floor.add_agent("de"), call_id, Reply(event_id, "yes"), floor.now)
    other = add_event(floor, floor.add_campaign())
    with pytest.raises(NotFound):
        event_answers.record_reply(floor.parts, agent_id, call_id, Reply(other, "yes"), floor.now)
    with pytest.raises(Invalid):
        reply(floor, talk, "perhaps")
    with pytest.raises(Invalid):
        reply(floor, talk, "yes", email="kim at example.ch")


def test_key_guest_is_called_the_day_before(floor: Floor, talk: tuple[str, str, str]) -> None:
    reply(floor, talk, "yes", is_key=True)
    reply(floor, talk, "confirm")
    floor.say(talk[0], "invitation_answered")
    assert event_sweep.sweep(floor.parts, floor.now) == 0
    now = floor.wait(days=9, minutes=1)
    assert event_sweep.sweep(floor.parts, now) == 1
    contact = floor.contact_of(talk[0])
    assert (contact.status, contact.promised_at) == (ContactStatus.WAITING, now)
    assert event_sweep.sweep(floor.parts, now) == 0


def test_key_guest_is_lined_up_while_somebody_who_holds_the_contact_wants_the_seat(
    postgres_database: Database, redis: Redis
) -> None:
    floor = Floor(postgres_database, redis)
    agent_id, campaign_id = floor.add_ready_agent("de"), floor.add_campaign()
    talk = (floor.talk(campaign_id), agent_id, add_event(floor, campaign_id))
    seat = reply(floor, talk, "yes", is_key=True)
    reply(floor, talk, "confirm")
    floor.say(talk[0], "invitation_answered")
    now = floor.wait(days=9, minutes=1)
    swept = meanwhile(
        floor.database,
        lambda session: session.get_one(Contact, seat.contact_id, with_for_update=True),
        lambda: event_sweep.sweep(floor.parts, now),
        then=lambda session: session.get_one(Seat, seat.id, with_for_update=True),
    )
    assert swept == 1


def test_key_guest_who_must_not_be_called_any_more_is_left_alone(floor: Floor, talk: tuple[str, str, str]) -> None:
    reply(floor, talk, "yes", is_key=True)
    reply(floor, talk, "confirm")
    floor.say(talk[0], "do_not_call")
    assert event_sweep.sweep(floor.parts, floor.wait(days=9, minutes=1)) == 0
    assert floor.contact_of(talk[0]).status == ContactStatus.DONE


def test_letters_that_are_due_ring_for_the_sender_where_there_is_a_mail_server(
    floor: Floor, talk: tuple[str, str, str]
) -> None:
    reply(floor, talk, "yes", email="kim@example.ch")
    bells = RqQueue(QueueName.SEND.value, connection=floor.redis, serializer="json")
    event_sweep.sweep(floor.parts, floor.now)
    assert bells.jobs == []
    floor.settings = floor.settings.model_copy(update={"smtp_url": SecretStr("smtp://127.0.0.1:2525")})
    event_sweep.sweep(floor.parts, floor.now)
    assert [job.func_name for job in bells.jobs] == ["web.jobs.send_due"]


def test_yes_to_a_partners_own_event_is_a_relation(floor: Floor) -> None:
    agent_id, campaign_id = floor.add_ready_agent("de"), floor.add_campaign()
    with floor.database.transaction() as session:
        partner_id = save_partner(session, PROFILE, "eins@example.ch", floor.now).partner.id
    event_id = add_event(floor, campaign_id, partner_id=partner_id)
    talk = (floor.talk(campaign_id), agent_id, event_id)
    for answer in ("no", "yes", "yes"):
        reply(floor, talk, answer)
    with floor.database.reading() as session:
        relations = session.scalars(select(PartnerRelation)).all()
    assert {one.known_by for one in relations} == {"phone", "company"}
    assert {(one.partner_id, one.kind, one.evidence) for one in relations} == {
        (partner_id, "past", f"invited to event {event_id}")
    }
