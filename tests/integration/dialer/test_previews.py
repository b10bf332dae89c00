"""Contacts that agents look at first: one each, dialed for them alone, never lost, never outliving do-not-call."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from campaigns import campaigns
from campaigns.tables import Contact
from compliance import do_not_call
from compliance.tables import DoNotCall
from dialer import desk, previews, sweep
from dialer.tables import Call, ContactPreview
from foundation.errors import Conflict, Invalid, NotFound
from telephony.carrier import JoinRoom, Reported
from tests.integration.dialer.floor import Floor, placing_job


def add_campaign(floor: Floor, contacts: int = 2, **changes: Any) -> str:
    return floor.add_campaign(contacts, pacing_mode="preview", **changes)


def looked_at(floor: Floor) -> list[ContactPreview]:
    with floor.database.reading() as session:
        rows = select(ContactPreview).where(ContactPreview.ended_at.is_(None)).order_by(ContactPreview.agent_id)
        return list(session.scalars(rows))


def show_one(floor: Floor, campaign_id: str) -> ContactPreview:
    floor.tick(campaign_id)
    (preview,) = looked_at(floor)
    return preview


def preview_row(floor: Floor, preview_id: str) -> ContactPreview:
    with floor.database.reading() as session:
        return session.get_one(ContactPreview, preview_id)


def place_of(floor: Floor, contact_id: str) -> Contact:
    with floor.database.reading() as session:
        return session.get_one(Contact, contact_id)


def test_each_ready_agent_looks_at_one_contact_and_nobody_is_dialed(floor: Floor) -> None:
    agents = sorted(floor.add_ready_agent() for _ in range(2))
    campaign_id = add_campaign(floor, 5)
    floor.tick(campaign_id)
    floor.tick(campaign_id)
    shown = looked_at(floor)
    assert [preview.agent_id for preview in shown] == agents
    assert len({preview.contact_id for preview in shown}) == 2
    assert floor.call_ids() == []


def test_a_contact_is_shown_to_somebody_who_speaks_its_language(floor: Floor) -> None:
    french = floor.add_ready_agent("fr")
    floor.add_ready_agent("it")
    campaign_id = add_campaign(floor, 2, languages=("fr",))
    assert show_one(floor, campaign_id).agent_id == french


def test_agent_who_looks_is_promised_to_nobody_else(floor: Floor) -> None:
    floor.add_ready_agent()
    looking, other = add_campaign(floor), floor.add_campaign()
    show_one(floor, looking)
    decision = floor.tick(other)
    assert decision is not None
    assert decision.total == 0


def test_dialing_places_the_call_once_and_it_reaches_this_agent(floor: Floor) -> None:
    first = floor.add_ready_agent()
    floor.wait(seconds=5)
    second = floor.add_ready_agent()
    campaign_id = add_campaign(floor, 1)
    preview = show_one(floor, campaign_id)
    other = ({first, second} - {preview.agent_id}).pop()
    floor.spoil_ready_since(other, floor.now - timedelta(hours=1))
    assert previews.dial(floor.parts, preview.agent_id, preview.id, floor.now)
    assert previews.dial(floor.parts, preview.agent_id, preview.id, floor.now)
    (call_id,) = floor.call_ids()
    assert placing_job(call_id) in floor.take_jobs()
    floor.place(call_id)
    floor.report(call_id, Reported.RINGING)
    assert isinstance(floor.answer(call_id), JoinRoom)
    assert floor.call(call_id).agent_id == preview.agent_id


def test_agent_kept_for_a_call_does_not_take_another_that_is_answered(floor: Floor) -> None:
    agent_id = floor.add_ready_agent()
    other_campaign = floor.add_campaign()
    ringing = floor.ring(other_campaign)
    second = floor.add_ready_agent()
    preview = show_one(floor, add_campaign(floor, 1))
    previews.dial(floor.parts, preview.agent_id, preview.id, floor.now)
    floor.answer(ringing)
    assert floor.call(ringing).agent_id == ({agent_id, second} - {preview.agent_id}).pop()


@pytest.mark.parametrize(
    ("reason", "status", "outcome"),
    [
        ("not_now", "waiting", ""),
        ("needs_research", "waiting", ""),
        ("wrong_contact", "done", "wrong_contact"),
        ("do_not_call", "done", "do_not_call"),
    ],
)
def test_skip_puts_the_contact_where_its_reason_says(floor: Floor, reason: str, status: str, outcome: str) -> None:
    agent_id = floor.add_ready_agent()
    preview = show_one(floor, add_campaign(floor, 1))
    previews.skip(floor.parts, agent_id, preview.id, reason, floor.now)
    previews.skip(floor.parts, agent_id, preview.id, reason, floor.now)
    contact = place_of(floor, preview.contact_id)
    assert (contact.status, contact.outcome) == (status, outcome)
    assert (contact.status == "waiting") == (contact.not_before > floor.now)
    assert contact.attempts_made == 0
    with floor.database.reading() as session:
        blocked = session.scalars(select(DoNotCall.value)).all()
    assert list(blocked) == ([contact.phone_number] if reason == "do_not_call" else [])
    with pytest.raises(Conflict):
        previews.dial(floor.parts, agent_id, preview.id, floor.now)


def test_preview_of_another_agent_is_not_there_and_reasons_are_known(floor: Floor) -> None:
    agent_id = floor.add_ready_agent()
    preview = show_one(floor, add_campaign(floor, 1))
    stranger = floor.add_ready_agent("it")
    with pytest.raises(NotFound):
        previews.dial(floor.parts, stranger, preview.id, floor.now)
    with pytest.raises(NotFound):
        previews.skip(floor.parts, stranger, preview.id, "not_now", floor.now)
    with pytest.raises(Invalid):
        previews.skip(floor.parts, agent_id, preview.id, "no mood", floor.now)


@pytest.mark.parametrize("dials", [True, False])
def test_when_the_time_is_over_the_campaign_says_whether_it_is_dialed(floor: Floor, dials: bool) -> None:
    floor.add_ready_agent()
    preview = show_one(floor, add_campaign(floor, 1, preview_seconds=30, preview_dials_when_over=dials))
    floor.wait(seconds=20)
    sweep.sweep_once(floor.parts, floor.now)
    assert preview_row(floor, preview.id).ended_at is None
    floor.wait(seconds=11)
    sweep.sweep_once(floor.parts, floor.now)
    assert preview_row(floor, preview.id).ended_as == ("dialed" if dials else "lapsed")
    assert len(floor.call_ids()) == int(dials)
    assert place_of(floor, preview.contact_id).status == ("reserved" if dials else "waiting")


def test_contact_of_an_agent_who_went_away_comes_back_at_once(floor: Floor) -> None:
    agent_id = floor.add_ready_agent()
    preview = show_one(floor, add_campaign(floor, 1))
    floor.go_away(agent_id)
    with pytest.raises(Conflict):
        previews.dial(floor.parts, agent_id, preview.id, floor.now)
    sweep.sweep_once(floor.parts, floor.now)
    contact = place_of(floor, preview.contact_id)
    assert (contact.status, contact.waits_for) == ("waiting", "agent_away")
    assert contact.not_before <= floor.now


def test_preview_ends_with_its_campaign(floor: Floor) -> None:
    floor.add_ready_agent()
    campaign_id = add_campaign(floor, 1)
    preview = show_one(floor, campaign_id)
    with floor.database.transaction() as session:
        campaigns.pause(session, campaign_id, floor.now)
    assert not previews.dial(floor.parts, preview.agent_id, preview.id, floor.now)
    assert floor.call_ids() == []
    assert place_of(floor, preview.contact_id).status == "waiting"


def test_no_preview_survives_do_not_call(floor: Floor) -> None:
    floor.add_ready_agent()
    preview = show_one(floor, add_campaign(floor, 1))
    with floor.database.transaction() as session:
        number = session.get_one(Contact, preview.contact_id).phone_number
        do_not_call.block(session, number, source="page", now=floor.now)
    sweep.sweep_once(floor.parts, floor.now)
    ended = preview_row(floor, preview.id)
    assert (ended.ended_as, ended.reason) == ("refused", "do_not_call")
    assert place_of(floor, preview.contact_id).status == "done"


def test_dialing_a_number_that_was_blocked_meanwhile_calls_nobody(floor: Floor) -> None:
    agent_id = floor.add_ready_agent()
    preview = show_one(floor, add_campaign(floor, 1))
    with floor.database.transaction() as session:
        number = session.get_one(Contact, preview.contact_id).phone_number
        do_not_call.block(session, number, source="page", now=floor.now)
    assert not previews.dial(floor.parts, agent_id, preview.id, floor.now)
    assert floor.call_ids() == []


def test_contact_that_is_looked_at_for_long_is_not_taken_for_lost(floor: Floor) -> None:
    floor.add_ready_agent()
    preview = show_one(floor, add_campaign(floor, 1, preview_seconds=900))
    floor.wait(minutes=10)
    sweep.sweep_once(floor.parts, floor.now)
    assert preview_row(floor, preview.id).ended_at is None
    assert place_of(floor, preview.contact_id).status == "reserved"


def test_call_whose_kept_agent_left_is_withdrawn_before_anybody_rings(floor: Floor) -> None:
    agent_id = floor.add_ready_agent()
    floor.add_ready_agent()
    preview = next(one for one in [*_tick_and_look(floor, add_campaign(floor, 2))] if one.agent_id == agent_id)
    previews.dial(floor.parts, agent_id, preview.id, floor.now)
    floor.go_away(agent_id)
    (call_id,) = floor.call_ids()
    floor.place(call_id)
    assert floor.call(call_id).status == "withdrawn"
    assert place_of(floor, preview.contact_id).status == "waiting"


def _tick_and_look(floor: Floor, campaign_id: str) -> list[ContactPreview]:
    floor.tick(campaign_id)
    return looked_at(floor)


STEPS = st.lists(
    st.tuples(st.sampled_from(["tick", "dial", "skip", "block", "away", "ready", "wait", "sweep"]), st.integers(0, 2)),
    min_size=3,
    max_size=12,
)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_whatever_happens_nobody_is_looked_at_twice_and_nobody_is_lost(
    floor: Floor, steps: list[tuple[str, int]]
) -> None:
    agents = [floor.add_ready_agent() for _ in range(3)]
    campaign_id = add_campaign(floor, 4, preview_seconds=30)
    blocked: set[str] = set()
    for step, which in steps:
        take_step(floor, campaign_id, agents[which], step, blocked)
        open_ones = [one for one in looked_at(floor) if one.campaign_id == campaign_id]
        assert len({one.contact_id for one in open_ones}) == len(open_ones) == len({one.agent_id for one in open_ones})
        assert {place_of(floor, one.contact_id).status for one in open_ones} <= {"reserved"}
        if step == "sweep":
            numbers = {place_of(floor, one.contact_id).phone_number for one in open_ones}
            assert not numbers & blocked
    for agent_id in agents:
        floor.go_away(agent_id)
    sweep.sweep_once(floor.parts, floor.now)
    held = {contact.id for contact in floor.contacts(campaign_id) if contact.status == "reserved"}
    with floor.database.reading() as session:
        live = select(Call.contact_id).where(Call.campaign_id == campaign_id, Call.ended_at.is_(None))
        assert held == set(session.scalars(live))


def take_step(floor: Floor, campaign_id: str, agent_id: str, step: str, blocked: set[str]) -> None:
    mine = next((one for one in looked_at(floor) if one.agent_id == agent_id), None)
    match step:
        case "tick":
            floor.tick(campaign_id)
        case "dial" if mine is not None and floor.agent(agent_id).status == "ready":
            previews.dial(floor.parts, agent_id, mine.id, floor.now)
        case "skip" if mine is not None:
            previews.skip(floor.parts, agent_id, mine.id, "not_now", floor.now)
        case "block" if mine is not None:
            number = place_of(floor, mine.contact_id).phone_number
            with floor.database.transaction() as session:
                do_not_call.block(session, number, source="page", now=floor.now)
            blocked.add(number)
        case "away":
            floor.go_away(agent_id)
        case "ready" if floor.agent(agent_id).leg_call_id:
            desk.go_ready(floor.parts, agent_id, floor.now)
        case "wait":
            floor.wait(seconds=20)
        case "sweep":
            sweep.sweep_once(floor.parts, floor.now)
        case _:
            pass
