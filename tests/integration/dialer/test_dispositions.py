"""What an agent says of a call decides about the contact, once, and sets the agent free."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from campaigns import campaigns
from campaigns.tables import ContactStatus
from compliance import do_not_call
from dialer import desk
from dialer.call_states import CallStatus
from dialer.desk import Said
from foundation.database import Database
from foundation.errors import Conflict, Invalid, NotFound
from foundation.queue import QueueName
from leads.tables import Lead
from telephony.carrier import Reported
from tests.grounds import no_key
from tests.integration.dialer.floor import Floor, hang_up_job


@pytest.fixture
def talked(floor: Floor) -> str:
    """A call that has just ended after a talk."""
    floor.add_ready_agent("de", "fr")
    call_id = floor.talk(floor.add_campaign(max_attempts=2))
    floor.hang_up(call_id)
    floor.take_jobs()
    return call_id


def count_leads(floor: Floor) -> int:
    with floor.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Lead)) or 0


def test_qualified_call_opens_one_lead_with_the_answers_and_has_it_routed(floor: Floor, talked: str) -> None:
    floor.say(talked, "qualified", notes="Call after ten.", answers={"solutions": ["erp"]})
    with floor.database.reading() as session:
        lead = session.scalars(select(Lead)).one()
    contact = floor.contact_of(talked)
    assert (lead.call_id, lead.contact_id, lead.campaign_id) == (talked, contact.id, contact.campaign_id)
    assert (lead.company, lead.phone_number, lead.canton) == (contact.company, contact.phone_number, "ZH")
    assert (lead.answers, lead.notes) == ({"solutions": ["erp"]}, "Call after ten.")
    assert floor.call(talked).lead_id == lead.id
    assert floor.take_jobs(QueueName.WORK) == [("leads.jobs.route_lead", lead.id)]
    assert (contact.status, contact.outcome) == (ContactStatus.DONE, "qualified")


def test_saying_the_same_again_opens_no_second_lead(floor: Floor, talked: str) -> None:
    floor.say(talked, "qualified")
    floor.say(talked, "qualified")
    assert count_leads(floor) == 1
    assert floor.contact_of(talked).attempts_made == 1


def test_agent_who_says_it_in_four_windows_at_once_opens_one_lead(floor: Floor, talked: str, database_url: str) -> None:
    second = Database(database_url)
    sides = (floor, floor.beside(second))
    with ThreadPoolExecutor(4) as threads:
        for each in [threads.submit(side.say, talked, "qualified") for side in sides * 2]:
            each.result()
    second.dispose()
    assert count_leads(floor) == 1
    assert floor.contact_of(talked).attempts_made == 1


def test_callback_is_promised_for_its_moment_and_to_its_agent(floor: Floor, talked: str) -> None:
    at = floor.now + timedelta(hours=2)
    floor.say(talked, "callback", callback_at=at, callback_is_mine=True)
    contact = floor.contact_of(talked)
    assert (contact.status, contact.not_before, contact.promised_at) == (ContactStatus.WAITING, at, at)
    assert contact.callback_agent_id == floor.call(talked).agent_id
    floor.wait(hours=2, minutes=1)
    floor.talk(floor.call(talked).campaign_id or "")


def test_other_language_is_dialed_again_at_once_for_an_agent_who_speaks_it(floor: Floor, talked: str) -> None:
    floor.say(talked, "other_language", language="fr")
    again = floor.talk(floor.call(talked).campaign_id or "")
    assert floor.call(again).language == "fr"
    assert floor.call(again).attempt_number == 2


def test_absent_decider_is_tried_again_until_the_attempts_are_used_up(floor: Floor, talked: str) -> None:
    floor.say(talked, "decider_absent")
    contact = floor.contact_of(talked)
    assert contact.status == ContactStatus.WAITING
    assert contact.not_before > floor.now + timedelta(hours=23)
    floor.wait(hours=25)
    again = floor.talk(floor.call(talked).campaign_id or "")
    floor.hang_up(again)
    floor.say(again, "decider_absent")
    assert (floor.contact_of(again).status, floor.contact_of(again).outcome) == ("done", "decider_absent")


def test_do_not_call_blocks_the_number_for_every_campaign(floor: Floor, talked: str) -> None:
    floor.say(talked, "do_not_call")
    number = floor.call(talked).to_number
    with floor.database.reading() as session:
        assert do_not_call.is_blocked(session, number, "campaign_other", floor.now, no_key)
    assert floor.contact_of(talked).outcome == "do_not_call"


def test_said_during_the_talk_it_ends_the_talk_and_keeps_the_agent_until_then(floor: Floor) -> None:
    agent_id = floor.add_ready_agent("de")
    call_id = floor.talk(floor.add_campaign())
    floor.take_jobs()
    floor.say(call_id, "not_interested")
    assert floor.take_jobs() == [hang_up_job(call_id)]
    assert floor.agent(agent_id).status == "on_call"
    floor.hang_up(call_id)
    assert floor.call(call_id).status == CallStatus.COMPLETED
    assert floor.agent(agent_id).status == "ready"
    assert floor.contact_of(call_id).attempts_made == 1


@pytest.mark.parametrize(
    "said",
    [
        {"code": "sold"},
        {"code": "callback"},
        {"code": "callback", "callback_at": "past"},
        {"code": "other_language"},
        {"code": "other_language", "language": "rm"},
    ],
    ids=["unknown", "no moment", "moment that is over", "no language", "language that nobody speaks"],
)
def test_disposition_that_lacks_what_it_needs_is_refused_and_changes_nothing(
    floor: Floor, talked: str, said: dict[str, object]
) -> None:
    more = dict(said)
    if more.get("callback_at") == "past":
        more["callback_at"] = floor.now - timedelta(minutes=1)
    with pytest.raises(Invalid):
        floor.say(talked, str(more.pop("code")), **more)
    assert floor.call(talked).disposition == ""
    assert floor.contact_of(talked).status == ContactStatus.RESERVED


def test_another_disposition_than_the_recorded_one_is_refused(floor: Floor, talked: str) -> None:
    floor.say(talked, "not_interested")
    with pytest.raises(Conflict):
        floor.say(talked, "qualified")
    assert count_leads(floor) == 0


def test_call_of_somebody_else_can_not_be_recorded(floor: Floor, talked: str) -> None:
    other = floor.add_ready_agent("de")
    with pytest.raises(NotFound):
        desk.record_disposition(floor.parts, other, talked, Said("qualified"), floor.now)
    assert floor.call(talked).disposition == ""


def test_call_that_was_never_connected_can_not_be_recorded(floor: Floor) -> None:
    floor.add_ready_agent("de")
    call_id = floor.ring(floor.add_campaign())
    floor.answer(call_id)
    with pytest.raises(Conflict):
        floor.say(call_id, "qualified")
    assert count_leads(floor) == 0


def test_long_notes_are_cut_to_what_the_row_holds(floor: Floor, talked: str) -> None:
    floor.say(talked, "not_interested", notes="x" * 9000)
    assert len(floor.call(talked).notes) == 4000


def test_campaign_finishes_when_its_last_contact_is_done_and_not_before(floor: Floor) -> None:
    floor.add_ready_agent("de")
    campaign_id = floor.add_campaign(2)
    for expected in ("running", "finished"):
        call_id = floor.talk(campaign_id)
        floor.hang_up(call_id)
        assert not finish(floor, campaign_id)
        floor.say(call_id, "not_interested")
        finish(floor, campaign_id)
        assert floor.campaign(campaign_id).status == expected
    with floor.database.reading() as session:
        assert campaigns.figures(session, campaign_id).done == {"not_interested": 2}


def finish(floor: Floor, campaign_id: str) -> bool:
    with floor.database.transaction() as session:
        return campaigns.finish_when_done(session, campaign_id, floor.now)


def test_talk_that_a_late_verdict_calls_a_machine_keeps_what_the_agent_said(floor: Floor, talked: str) -> None:
    floor.say(talked, "qualified")
    floor.report(talked, Reported.MACHINE_HEARD, answered_by="machine_start")
    assert floor.call(talked).disposition == "qualified"
    assert count_leads(floor) == 1
