"""Retries by a campaign's own rules, over all of a contact's numbers; callbacks that reach their owner, once."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from campaigns.tables import Callback, Campaign, Contact, ContactPhone
from dialer import answer_times
from foundation.database import Database
from telephony.carrier import JoinRoom, Reported
from tests.integration.dialer.floor import Floor

HOUR = timedelta(hours=1)


def set_rules(floor: Floor, campaign_id: str, **rules: dict[str, Any]) -> None:
    floor.spoil(Campaign, campaign_id, retry_rules=rules)


def callbacks(database: Database) -> list[Callback]:
    with database.reading() as session:
        return list(session.scalars(select(Callback).order_by(Callback.made_at)))


def test_each_ending_has_its_own_delay_and_number_of_tries(floor: Floor) -> None:
    campaign_id = floor.add_campaign()
    set_rules(floor, campaign_id, busy={"delay_minutes": 10, "tries": 2})
    floor.add_ready_agent("de")
    first = floor.ring(campaign_id)
    floor.report(first, Reported.BUSY)
    contact = floor.contact_of(first)
    assert (contact.status, contact.waits_for) == ("waiting", "busy")
    assert abs(contact.not_before - floor.now - timedelta(minutes=10)) < timedelta(seconds=5)
    floor.spoil(Contact, contact.id, not_before=floor.now)
    floor.wait(days=1)
    second = floor.ring(campaign_id)
    floor.report(second, Reported.BUSY)
    after = floor.contact_of(second)
    assert (after.status, after.outcome, after.attempts_made) == ("done", "busy", 2)


def test_the_next_attempt_may_be_on_the_next_number(floor: Floor) -> None:
    campaign_id = floor.add_campaign()
    set_rules(floor, campaign_id, no_answer={"delay_minutes": 60, "number": "next"})
    floor.add_ready_agent("de")
    (contact,) = floor.contacts(campaign_id)
    with floor.database.transaction() as session:
        session.add(
            ContactPhone(
                contact_id=contact.id,
                position=2,
                campaign_id=campaign_id,
                phone_number="+41445550199",
                number_country="CH",
            )
        )
    first = floor.ring(campaign_id)
    floor.report(first, Reported.NO_ANSWER)
    assert floor.contact_of(first).phone_number == "+41445550199"
    floor.wait(days=1)
    second = floor.ring(campaign_id)
    assert floor.call(second).to_number == "+41445550199"
    floor.report(second, Reported.NO_ANSWER)
    assert floor.contact_of(second).phone_number == floor.call(first).to_number


def test_nobody_is_let_ring_for_less_than_fifteen_seconds(floor: Floor) -> None:
    campaign_id = floor.add_campaign()
    floor.spoil(Campaign, campaign_id, ring_timeout_seconds=5)
    floor.add_ready_agent("de")
    assert floor.call(floor.queue_one(campaign_id)).ring_timeout_seconds == 15


def test_a_callback_of_ones_own_waits_for_its_owner_and_reaches_them(floor: Floor) -> None:
    campaign_id = floor.add_campaign()
    owner = floor.add_ready_agent("de")
    talk = floor.talk(campaign_id)
    floor.hang_up(talk)
    floor.say(talk, "callback", callback_at=floor.now + HOUR, callback_is_mine=True)
    floor.wait(days=1, hours=1)
    # Another agent has waited for longer, and would come first for any other call.
    colleague = floor.add_ready_agent("de")
    with floor.database.transaction() as session:
        session.get_one(Campaign, campaign_id).callback_patience_minutes = 60 * 24 * 7
    floor.spoil_ready_since(colleague, floor.now - timedelta(days=3))
    call_id = floor.ring(campaign_id)
    assert floor.call(call_id).for_agent_id == owner
    assert isinstance(floor.answer(call_id), JoinRoom)
    assert floor.call(call_id).agent_id == owner


def test_while_the_owner_is_away_a_callback_waits_and_then_is_the_teams(floor: Floor) -> None:
    campaign_id = floor.add_campaign()
    owner = floor.add_ready_agent("de")
    talk = floor.talk(campaign_id)
    floor.hang_up(talk)
    floor.say(talk, "callback", callback_at=floor.now + HOUR, callback_is_mine=True)
    floor.go_away(owner)
    floor.add_ready_agent("de")
    floor.wait(days=1)
    contact = floor.contact_of(talk)
    floor.spoil(Contact, contact.id, promised_at=floor.now - timedelta(minutes=5), not_before=floor.now)
    assert floor.tick(campaign_id)
    assert floor.call_ids() == [talk]
    floor.spoil(Contact, contact.id, promised_at=floor.now - timedelta(minutes=31))
    floor.ring(campaign_id)


def test_a_callback_that_reaches_nobody_is_promised_still_and_a_talk_settles_it(floor: Floor) -> None:
    campaign_id = floor.add_campaign()
    agent_id = floor.add_ready_agent("de")
    talk = floor.talk(campaign_id)
    floor.hang_up(talk)
    floor.say(talk, "callback", callback_at=floor.now + HOUR, callback_is_mine=True)
    floor.wait(days=1)
    unheard = floor.ring(campaign_id)
    floor.report(unheard, Reported.NO_ANSWER)
    contact = floor.contact_of(unheard)
    assert (contact.promised_at, contact.callback_agent_id) == (contact.not_before, agent_id)
    assert [one.closed_at for one in callbacks(floor.database)] == [None]
    floor.wait(days=1, hours=1)
    heard = floor.talk(campaign_id)
    floor.hang_up(heard)
    floor.say(heard, "not_interested")
    (kept,) = callbacks(floor.database)
    assert (kept.closed_why, kept.closed_by_call_id) == ("not_interested", heard)


def test_saying_the_same_twice_promises_one_callback(floor: Floor) -> None:
    campaign_id = floor.add_campaign()
    floor.add_ready_agent("de")
    talk = floor.talk(campaign_id)
    floor.hang_up(talk)
    at = floor.now + HOUR
    for _ in range(2):
        floor.say(talk, "callback", callback_at=at)
    assert len(callbacks(floor.database)) == 1


def test_when_people_answer_is_learned_and_the_next_attempt_goes_there(floor: Floor) -> None:
    campaign_id = floor.add_campaign(3)
    set_rules(floor, campaign_id, no_answer={"delay_minutes": 30, "other_time": True})
    floor.add_ready_agent("de")
    answered = floor.talk(campaign_id)
    floor.hang_up(answered)
    floor.say(answered, "not_interested")
    floor.report(floor.ring(campaign_id), Reported.NO_ANSWER)
    with floor.database.transaction() as session:
        campaign = session.get_one(Campaign, campaign_id)
        assert answer_times.learn_when_due(session, campaign, floor.now)
        assert not answer_times.learn_when_due(session, campaign, floor.now)
        assert campaign.answer_times["calls"] == 2
        assert campaign.answer_times["scores"] == {"de:unknown": {"morning": 0.5}}
        scores = {"de:unknown": {"noon": 0.1, "evening": 0.6}}
        campaign.answer_times = campaign.answer_times | {"scores": scores}
    third = floor.ring(campaign_id)
    floor.report(third, Reported.NO_ANSWER)
    # Five o'clock in the evening in Zurich.
    assert floor.contact_of(third).not_before == floor.now.replace(hour=16, minute=0, second=0, microsecond=0)


@pytest.mark.parametrize("is_on", [True, False], ids=["switched on", "switched off"])
def test_first_attempts_go_to_whoever_is_likely_to_answer_at_the_hour(floor: Floor, is_on: bool) -> None:
    campaign_id = floor.add_campaign(2)
    waits_longest, likely = (contact.id for contact in floor.contacts(campaign_id))
    for contact_id in (waits_longest, likely):
        place = {"order_key": "420260302080000000", "hopper_key": "420260302080000000"}
        floor.spoil(Contact, contact_id, employees=20 if contact_id == likely else None, **place)
    scores = {"de:unknown": {"morning": 0.1}, "de:medium": {"morning": 0.4}}
    floor.spoil(Campaign, campaign_id, answer_times={"scores": scores}, uses_answer_times=is_on)
    floor.add_ready_agent("de")
    assert floor.contact_of(floor.queue_one(campaign_id)).id == (likely if is_on else waits_longest)
    with floor.database.reading() as session:
        campaign = session.get_one(Campaign, campaign_id)
        assert ("de" in answer_times.sizes_first(campaign, floor.now)) == is_on
        campaign.country = "US"  # where it is several times of day at once
        assert answer_times.sizes_first(campaign, floor.now) == {}
