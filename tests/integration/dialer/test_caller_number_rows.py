"""Pools of caller numbers on real databases: who is in, what they were used for, what contacts saw."""

from datetime import datetime, timedelta

import pytest
from redis import Redis
from sqlalchemy.orm import Session

from campaigns.tables import Campaign
from compliance.directory import record_look
from dialer import standstill
from dialer.caller_number_rows import (
    NewNumber,
    add_number,
    last_shown,
    numbers_shown,
    read_pool,
    retire_number,
    weigh_numbers,
)
from dialer.caller_numbers import CallerNumber, Record
from dialer.calls import new_call_id
from dialer.reasons import Reason
from dialer.tables import Call
from foundation.database import Database
from foundation.errors import Conflict, Invalid, NotFound
from tests.grounds import found_in_directory
from tests.integration.dialer.floor import Floor
from tests.meanwhile import meanwhile

FIRST, SECOND = "+41445550101", "+41445550102"


def a_call(floor: Floor, session: Session, campaign_id: str, number: str, *, hours_ago: float, **more: object) -> Call:
    contact = floor.contacts(campaign_id)[0]
    moment = floor.now - timedelta(hours=hours_ago)
    facts = {"status": "no_answer", "ringing_at": moment, "ended_at": moment} | more
    earlier = session.query(Call).filter(Call.contact_id == contact.id).count()
    call = Call(
        id=new_call_id(), kind="contact", campaign_id=campaign_id, contact_id=contact.id, attempt_number=earlier + 1,
        language="de", to_number=contact.phone_number, from_number=number, status_since=moment, queued_at=moment,
        **facts,
    )  # fmt: skip
    session.add(call)
    session.flush()
    return call


def look_up(session: Session, number: str, moment: datetime) -> None:
    record_look(session, number, found_in_directory(moment), "user_1", moment)


def test_campaign_without_a_pool_shows_its_own_number_without_a_cap(floor: Floor) -> None:
    campaign_id = floor.add_campaign()
    with floor.database.transaction() as session:
        campaign = session.get_one(Campaign, campaign_id)
        assert read_pool(session, campaign, floor.now) == [CallerNumber("+41446681800")]
        assert numbers_shown(session, campaign) == ["+41446681800"]


def test_number_is_added_once_retired_and_brought_back_with_its_new_cap(floor: Floor) -> None:
    campaign_id = floor.add_campaign()
    with floor.database.transaction() as session:
        campaign = session.get_one(Campaign, campaign_id)
        add_number(session, campaign, NewNumber("044 555 01 01", "fr", 30), floor.now)
        with pytest.raises(Conflict):
            add_number(session, campaign, NewNumber(FIRST), floor.now)
        retire_number(session, campaign_id, FIRST, floor.now)
        with pytest.raises(NotFound):
            retire_number(session, campaign_id, FIRST, floor.now)
        add_number(session, campaign, NewNumber(FIRST, "", 12), floor.now)
        assert read_pool(session, campaign, floor.now) == [CallerNumber(FIRST, "", 12)]


def test_number_added_by_two_at_the_same_moment_is_the_first_ones(postgres_database: Database, redis: Redis) -> None:
    floor = Floor(postgres_database, redis)
    campaign_id = floor.add_campaign()

    def add(session: Session, cap: int) -> None:
        add_number(session, session.get_one(Campaign, campaign_id), NewNumber(FIRST, "", cap), floor.now)

    def add_another() -> None:
        with floor.database.transaction() as session:
            add(session, 7)

    with pytest.raises(Conflict, match="already"):
        meanwhile(floor.database, lambda session: add(session, 30), add_another)
    with floor.database.reading() as session:
        (number,) = read_pool(session, session.get_one(Campaign, campaign_id), floor.now)
    assert number == CallerNumber(FIRST, "", 30)


@pytest.mark.parametrize("new", [NewNumber("no number"), NewNumber(FIRST, "rm"), NewNumber(FIRST, "", -1)])
def test_number_that_cannot_be_shown_is_refused(floor: Floor, new: NewNumber) -> None:
    campaign_id = floor.add_campaign()
    with pytest.raises(Invalid), floor.database.transaction() as session:
        add_number(session, session.get_one(Campaign, campaign_id), new, floor.now)


def test_todays_use_counts_what_left_or_will_leave_since_midnight(floor: Floor) -> None:
    campaign_id = floor.add_campaign()
    with floor.database.transaction() as session:
        campaign = session.get_one(Campaign, campaign_id)
        add_number(session, campaign, NewNumber(FIRST, "", 5), floor.now)
        a_call(floor, session, campaign_id, FIRST, hours_ago=1)
        a_call(floor, session, campaign_id, FIRST, hours_ago=0, status="queued", ringing_at=None, ended_at=None)
        a_call(floor, session, campaign_id, FIRST, hours_ago=1, status="withdrawn", ringing_at=None)
        a_call(floor, session, campaign_id, FIRST, hours_ago=20)
        (number,) = read_pool(session, campaign, floor.now - timedelta(hours=9))
        assert (number.used_today, number.room) == (2, 3)


def test_weighing_counts_what_rang_apart_for_the_last_day_and_the_week_before(floor: Floor) -> None:
    campaign_id = floor.add_campaign()
    with floor.database.transaction() as session:
        campaign = session.get_one(Campaign, campaign_id)
        add_number(session, campaign, NewNumber(FIRST), floor.now)
        answered = {"status": "completed", "answered_at": floor.now}
        a_call(floor, session, campaign_id, FIRST, hours_ago=2, **answered)
        a_call(floor, session, campaign_id, FIRST, hours_ago=3)
        a_call(floor, session, campaign_id, FIRST, hours_ago=0, status="ringing", ended_at=None)
        a_call(floor, session, campaign_id, FIRST, hours_ago=30)
        a_call(floor, session, campaign_id, FIRST, hours_ago=31, status="failed", ringing_at=None)
        a_call(floor, session, campaign_id, SECOND, hours_ago=2, **answered)
        assert weigh_numbers(session, floor.now) == 1
        (number,) = read_pool(session, campaign, floor.now)
        assert (number.lately, number.before) == (Record(2, 1), Record(1, 0))


def test_contact_is_known_by_the_number_that_it_saw_last(floor: Floor) -> None:
    campaign_id = floor.add_campaign(2)
    contact, other = floor.contacts(campaign_id)
    with floor.database.transaction() as session:
        a_call(floor, session, campaign_id, FIRST, hours_ago=30)
        a_call(floor, session, campaign_id, SECOND, hours_ago=5)
        a_call(floor, session, campaign_id, FIRST, hours_ago=4, status="withdrawn")
        assert last_shown(session, [contact.id, other.id]) == {contact.id: SECOND}


def test_number_whose_look_at_the_directory_has_lapsed_is_never_shown(floor: Floor) -> None:
    floor.add_ready_agent()
    campaign_id = floor.add_campaign()
    with floor.database.transaction() as session:
        campaign = session.get_one(Campaign, campaign_id)
        add_number(session, campaign, NewNumber(FIRST), floor.now)
        add_number(session, campaign, NewNumber(SECOND), floor.now)
        look_up(session, FIRST, floor.now - timedelta(days=100))
        look_up(session, SECOND, floor.now - timedelta(days=1))
    assert floor.call(floor.queue_one(campaign_id)).from_number == SECOND


def test_campaign_halts_and_keeps_its_contact_when_no_number_may_be_shown(floor: Floor) -> None:
    floor.add_ready_agent()
    campaign_id = floor.add_campaign()
    with floor.database.transaction() as session:
        add_number(session, session.get_one(Campaign, campaign_id), NewNumber(FIRST), floor.now)
    floor.tick(campaign_id)
    campaign = floor.campaign(campaign_id)
    assert (campaign.status, campaign.paused_reason) == ("paused", "caller_number_not_listed")
    assert [contact.status for contact in floor.contacts(campaign_id)] == ["waiting"]


def test_a_language_whose_number_may_not_be_shown_is_named_though_others_may_be_called(floor: Floor) -> None:
    floor.add_ready_agent("de")
    campaign_id = floor.add_campaign()
    with floor.database.transaction() as session:
        campaign = session.get_one(Campaign, campaign_id)
        add_number(session, campaign, NewNumber(FIRST, "de"), floor.now)
        add_number(session, campaign, NewNumber(SECOND, "fr"), floor.now)
        look_up(session, FIRST, floor.now - timedelta(days=100))
        look_up(session, SECOND, floor.now - timedelta(days=1))
    assert floor.tick(campaign_id) is not None
    assert floor.call_ids() == []
    with floor.database.reading() as session:
        answer = standstill.look(floor.settings, session, session.get_one(Campaign, campaign_id), floor.now)
    assert answer.code == "no_number"
    assert answer.why == (Reason("number_not_listed", {"languages": ["de"], "numbers": [FIRST]}),)
