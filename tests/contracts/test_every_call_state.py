"""What every state of a call keeps to: a crash in it is found, the call comes to an end, and lets everybody go."""

import pytest

from campaigns.tables import ContactStatus
from dialer import placing, sweep
from dialer.call_states import FINAL, LIVE, CallStatus
from dialer.tables import Call
from telephony.carrier import CarrierCall, OutcomeUnknown, Reported
from tests.integration.dialer.floor import Floor

# Only partners are asked: tests/integration/dialer/test_live_transfers.py leaves one in it.
OF_CONTACTS = LIVE - {CallStatus.ASKED}
ANSWERED_STATES = frozenset({CallStatus.CONNECTING, CallStatus.SETTLING, CallStatus.BRIDGED})


def bring_to(floor: Floor, status: CallStatus) -> str:
    """A call in this state, with its contact and its agent as they are then. Nobody reports anything any more."""
    agent_id = floor.add_ready_agent("de")
    call_id = floor.queue_one(floor.add_campaign(wrap_up_seconds=5))
    if status is CallStatus.QUEUED:
        return call_id
    if status is CallStatus.PLACING:
        floor.spoil(Call, call_id, status=status, status_since=floor.now, placing_at=floor.now)
        return call_id
    if status is CallStatus.UNKNOWN:
        floor.carrier.answers.append(OutcomeUnknown("ReadTimeout"))
    floor.place(call_id)
    if status in {CallStatus.UNKNOWN, CallStatus.PLACED}:
        return call_id
    floor.report(call_id, Reported.RINGING)
    if status is CallStatus.ANSWERED:
        floor.report(call_id, Reported.ANSWERED)
    if status in ANSWERED_STATES:
        floor.answer(call_id)
        assert floor.agent(agent_id).current_call_id == call_id
    if status is CallStatus.SETTLING:
        floor.report(call_id, Reported.COMPLETED)
    if status is CallStatus.BRIDGED:
        floor.report(call_id, Reported.JOINED)
    return call_id


def let_time_pass(floor: Floor, rounds: int) -> None:
    """Sweep every three minutes and run the jobs, as the processes would."""
    for _ in range(rounds):
        sweep.sweep_once(floor.parts, floor.wait(minutes=3))
        for name, argument in floor.take_jobs():
            if name.endswith("place_calls"):
                placing.place_calls(floor.parts, argument)


@pytest.mark.parametrize("status", sorted(OF_CONTACTS))
@pytest.mark.parametrize("ending", [Reported.COMPLETED, Reported.NO_ANSWER, None])
def test_call_left_in_it_by_a_crash_ends_and_holds_neither_contact_nor_agent(
    floor: Floor, status: CallStatus, ending: Reported | None
) -> None:
    call_id = bring_to(floor, status)
    assert floor.call(call_id).status == status
    if ending is not None:
        floor.carrier.fate_of_contacts = ending
        if status in {CallStatus.PLACING, CallStatus.UNKNOWN}:
            call = floor.call(call_id)
            listed = CarrierCall("CA" + "4" * 32, call.to_number, call.from_number, ending, floor.now)
            floor.carrier.listed.append(listed)
    else:
        floor.carrier.forgets_contacts = True
    let_time_pass(floor, 18)
    assert floor.call(call_id).status in FINAL
    assert floor.contact_of(call_id).status in {ContactStatus.WAITING, ContactStatus.DONE}
    (agent_id,) = {floor.call(leg_id).agent_id or "" for leg_id in floor.call_ids("agent")}
    agent = floor.agent(agent_id)
    assert agent.status in {"ready", "paused"}
    assert agent.current_call_id in {"", call_id}
    assert len([order for order in floor.carrier.orders if order.call_id == call_id]) <= 1


@pytest.mark.parametrize("status", sorted(FINAL))
def test_ended_call_is_left_as_it_is(floor: Floor, status: CallStatus) -> None:
    call_id = bring_to(floor, CallStatus.RINGING)
    floor.report(call_id, Reported.NO_ANSWER)
    floor.spoil(Call, call_id, status=status, disposition="not_interested")
    since = floor.call(call_id).status_since
    let_time_pass(floor, 2)
    for what in Reported:
        floor.report(call_id, what)
    assert (floor.call(call_id).status, floor.call(call_id).status_since) == (status, since)


@pytest.mark.parametrize("status", sorted(OF_CONTACTS))
def test_second_look_comes_later_than_the_first_while_nothing_changes(floor: Floor, status: CallStatus) -> None:
    call_id = bring_to(floor, status)
    floor.carrier.is_down = True
    let_time_pass(floor, 4)
    call = floor.call(call_id)
    assert call.status in FINAL or call.next_check_at is None or call.next_check_at > call.status_since
