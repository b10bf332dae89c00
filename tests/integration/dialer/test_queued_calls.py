"""Calls that are queued as a batch are rows like those that are queued one by one."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from campaigns.tables import Campaign, Contact
from dialer import calls, contact_calls
from dialer.call_states import CallStatus
from dialer.contact_calls import NextCall
from dialer.tables import Call
from tests.integration.dialer.floor import Floor

OWN = {"id", "contact_id", "to_number", "attempt_number"}


def queue_two_at_once(floor: Floor, campaign_id: str) -> list[str]:
    with floor.database.transaction() as session:
        campaign = session.get_one(Campaign, campaign_id)
        contacts = session.scalars(select(Contact).where(Contact.campaign_id == campaign_id).order_by(Contact.id))
        wanted = [NextCall(contact, "+41446681800") for contact in contacts.all()[:2]]
        return contact_calls.queue_contact_calls(session, campaign, wanted, floor.now)


def test_a_batch_of_calls_looks_like_calls_queued_one_by_one(floor: Floor) -> None:
    campaign_id = floor.add_campaign(2)
    call_ids = queue_two_at_once(floor, campaign_id)
    with floor.database.transaction() as session:
        first = session.get_one(Call, call_ids[0])
        given = ("kind", "campaign_id", "language", "from_number", "ring_timeout_seconds", "status_since", "queued_at")
        alone = Call(
            **{name: getattr(first, name) for name in given},
            id="call_alone",
            contact_id=first.contact_id,
            to_number=first.to_number,
            attempt_number=2,
            status=CallStatus.QUEUED,
        )
        calls.queue_call(session, alone)
    one_by_one = floor.call("call_alone")
    for call_id in call_ids:
        call = floor.call(call_id)
        for column in set(Call.__table__.columns.keys()) - OWN:
            assert getattr(call, column) == getattr(one_by_one, column), column
        assert floor.call_history(call_id) == floor.call_history("call_alone") == ["queued"]


def test_attempts_at_a_contact_are_numbered_on(floor: Floor) -> None:
    campaign_id = floor.add_campaign(2)
    attempts = [
        floor.call(call_id).attempt_number for _ in range(2) for call_id in queue_two_at_once(floor, campaign_id)
    ]
    assert attempts == [1, 1, 2, 2]


def test_a_second_call_for_the_same_attempt_is_stopped_in_a_batch_too(floor: Floor) -> None:
    campaign_id = floor.add_campaign(2)
    call = floor.call(queue_two_at_once(floor, campaign_id)[0])
    names = ("kind", "contact_id", "attempt_number", "to_number", "from_number", "status_since", "queued_at")
    again = {name: getattr(call, name) for name in names}
    rows = [again | {"id": "call_again"}, again | {"id": "call_other", "attempt_number": 9}]
    with pytest.raises(IntegrityError), floor.database.transaction() as session:
        calls.queue_calls(session, rows)
