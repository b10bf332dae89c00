"""Reports through the one door: the first counts, a repeat does not, and the history keeps the carrier's own clock."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from campaigns.tables import ContactStatus
from dialer.call_states import CallStatus
from dialer.tables import CallEvent
from foundation.database import Database
from telephony.carrier import JoinRoom, Reported
from tests.integration.dialer.floor import START, Floor, hang_up_job


@pytest.fixture
def ringing(floor: Floor) -> str:
    """A call that rings at a contact's, with an agent ready."""
    floor.add_ready_agent("de")
    return floor.ring(floor.add_campaign(max_attempts=2))


def test_first_report_counts_and_its_repeat_changes_nothing(floor: Floor, ringing: str) -> None:
    for _ in range(3):
        floor.report(ringing, Reported.BUSY, key="status:1", sip_code=486)
    call, contact = floor.call(ringing), floor.contact_of(ringing)
    assert (call.status, call.sip_code, call.end_reason) == ("busy", 486, "busy")
    assert contact.attempts_made == 1


def test_eight_threads_with_the_same_report_have_one_effect(floor: Floor, ringing: str, database_url: str) -> None:
    second = Database(database_url)
    other = floor.beside(second)
    with ThreadPoolExecutor(8) as threads:
        reports = [
            threads.submit(side.report, ringing, Reported.NO_ANSWER, key="status:2") for side in (floor, other) * 4
        ]
        for each in reports:
            each.result()
    second.dispose()
    assert floor.contact_of(ringing).attempts_made == 1
    assert floor.call_history(ringing).count("no_answer") == 1


def test_late_report_is_kept_in_the_history_and_moves_nothing(floor: Floor, ringing: str) -> None:
    floor.report(ringing, Reported.BUSY)
    ended_at = floor.call(ringing).ended_at
    floor.wait(hours=24)
    floor.report(ringing, Reported.ANSWERED, key="status:late", reported_at=START)
    assert floor.call(ringing).status == CallStatus.BUSY
    assert floor.call(ringing).ended_at == ended_at
    assert floor.contact_of(ringing).attempts_made == 1
    with floor.database.reading() as session:
        late = session.scalars(select(CallEvent).where(CallEvent.key == "status:late")).one()
    assert (late.from_status, late.to_status, late.reported_at) == ("busy", "busy", START)


def test_report_for_a_call_that_is_not_ours_is_passed_over(floor: Floor, ringing: str) -> None:
    floor.report("call_nobodys", Reported.COMPLETED)
    assert floor.call(ringing).status == CallStatus.RINGING


def test_carrier_id_that_another_row_has_costs_the_report_nothing(floor: Floor, ringing: str) -> None:
    leg_id = floor.call_ids("agent")[0]
    taken = floor.call(leg_id).carrier_sid
    assert taken is not None
    floor.spoil(type(floor.call(ringing)), ringing, carrier_sid=None)
    floor.report(ringing, Reported.BUSY, carrier_sid=taken)
    assert floor.call(ringing).status == CallStatus.BUSY
    assert floor.call(leg_id).carrier_sid == taken


@pytest.mark.parametrize("ending", [Reported.BUSY, Reported.NO_ANSWER, Reported.FAILED, Reported.CANCELED])
def test_call_that_nobody_picked_up_is_tried_again_and_then_given_up(
    floor: Floor, ringing: str, ending: Reported
) -> None:
    floor.report(ringing, ending)
    contact = floor.contact_of(ringing)
    assert (contact.status, contact.attempts_made) == (ContactStatus.WAITING, 1)
    assert contact.not_before > floor.now + timedelta(hours=23)
    floor.wait(hours=25)
    again = floor.ring(floor.call(ringing).campaign_id or "")
    assert floor.call(again).attempt_number == 2
    floor.report(again, ending)
    contact = floor.contact_of(ringing)
    assert (contact.status, contact.outcome) == (ContactStatus.DONE, ending.value)


def test_machine_is_hung_up_on_and_its_agent_set_free(floor: Floor, ringing: str) -> None:
    assert isinstance(floor.answer(ringing), JoinRoom)
    floor.report(ringing, Reported.JOINED)
    floor.take_jobs()
    floor.report(ringing, Reported.MACHINE_HEARD, answered_by="machine_start")
    assert floor.take_jobs() == [hang_up_job(ringing)]
    floor.hang_up(ringing)
    assert floor.call(ringing).disposition == "answering_machine"
    assert floor.agent(floor.call(ringing).agent_id or "").status == "ready"
    assert floor.contact_of(ringing).status == ContactStatus.WAITING


def test_fax_is_remembered_as_a_fax(floor: Floor, ringing: str) -> None:
    floor.answer(ringing)
    floor.report(ringing, Reported.MACHINE_HEARD, answered_by="fax")
    assert floor.call(ringing).answered_by == "fax"


def test_person_whom_detection_takes_for_unknown_is_not_hung_up_on(floor: Floor, ringing: str) -> None:
    floor.answer(ringing)
    floor.take_jobs()
    floor.report(ringing, Reported.HUMAN_HEARD, answered_by="unknown")
    assert floor.take_jobs() == []
