"""Calls that the carrier may or may not have: adopted from its list, or declared absent after all patience."""

from dataclasses import replace
from datetime import timedelta

import pytest

from campaigns.tables import ContactStatus
from dialer import reconcile, sweep
from dialer.call_states import CallStatus
from dialer.tables import Call
from foundation.errors import Unavailable
from telephony.carrier import CarrierCall, OutcomeUnknown, Reported
from tests.integration.dialer.floor import Floor

SID = "CA" + "5" * 32


@pytest.fixture
def unknown(floor: Floor) -> str:
    """A call of unknown outcome."""
    floor.add_ready_agent("de")
    call_id = floor.queue_one(floor.add_campaign())
    floor.carrier.answers.append(OutcomeUnknown("ReadTimeout"))
    floor.place(call_id)
    floor.carrier.orders.clear()
    return call_id


def as_listed(floor: Floor, call_id: str, what: Reported = Reported.RINGING, sid: str = SID) -> CarrierCall:
    """A call as the carrier's list shows it."""
    call = floor.call(call_id)
    return CarrierCall(sid, call.to_number, call.from_number, what, floor.now)


def look_for_a_while(floor: Floor, minutes: int) -> None:
    """Sweep every half minute."""
    for _ in range(minutes * 2):
        sweep.sweep_once(floor.parts, floor.wait(seconds=30))


@pytest.mark.parametrize(
    ("what", "status"),
    [
        (Reported.INITIATED, CallStatus.PLACED),
        (Reported.RINGING, CallStatus.RINGING),
        (Reported.BUSY, CallStatus.BUSY),
        (Reported.NO_ANSWER, CallStatus.NO_ANSWER),
        (Reported.COMPLETED, CallStatus.ABANDONED),
    ],
)
def test_call_that_the_carrier_lists_is_adopted_in_the_state_it_is_in(
    floor: Floor, unknown: str, what: Reported, status: CallStatus
) -> None:
    floor.carrier.listed.append(as_listed(floor, unknown, what))
    sweep.sweep_once(floor.parts, floor.wait(seconds=20))
    assert floor.call(unknown).status == status
    assert floor.call(unknown).carrier_sid == SID
    assert floor.carrier.orders == []


def test_call_that_never_shows_up_is_declared_absent_only_after_all_patience(floor: Floor, unknown: str) -> None:
    look_for_a_while(floor, 14)
    assert floor.call(unknown).status == CallStatus.UNKNOWN
    assert floor.contact_of(unknown).status == ContactStatus.FENCED
    look_for_a_while(floor, 7)
    assert floor.call(unknown).status == CallStatus.NOT_PLACED
    contact = floor.contact_of(unknown)
    assert (contact.status, contact.attempts_made) == (ContactStatus.WAITING, 0)
    floor.wait(minutes=6)
    again = floor.queue_one(floor.call(unknown).campaign_id or "")
    floor.place(again)
    assert [order.call_id for order in floor.carrier.orders] == [again]


def test_patience_alone_is_not_enough_without_several_looks(floor: Floor, unknown: str) -> None:
    sweep.sweep_once(floor.parts, floor.wait(hours=2))
    assert floor.call(unknown).status == CallStatus.UNKNOWN


def test_carrier_that_does_not_answer_proves_nothing(floor: Floor, unknown: str) -> None:
    floor.carrier.is_down = True
    look_for_a_while(floor, 25)
    assert floor.call(unknown).status == CallStatus.UNKNOWN
    with pytest.raises(Unavailable):
        reconcile.settle_unknown(floor.parts, unknown, floor.now)


def test_looks_that_were_not_answered_do_not_count_among_those_that_prove_absence(floor: Floor, unknown: str) -> None:
    floor.carrier.is_down = True
    look_for_a_while(floor, 25)
    floor.carrier.is_down = False
    sweep.sweep_once(floor.parts, floor.wait(minutes=6))
    assert floor.call(unknown).status == CallStatus.UNKNOWN  # one look that was answered is one look
    look_for_a_while(floor, 2)
    assert floor.call(unknown).status == CallStatus.NOT_PLACED


@pytest.mark.parametrize(
    "other",
    [{"from_number": "+41446681999"}, {"to": "+41440000001"}, {"created_at_earlier": timedelta(minutes=10)}],
    ids=["from another number", "to another number", "from before we asked"],
)
def test_call_that_is_not_ours_is_not_adopted(floor: Floor, unknown: str, other: dict[str, object]) -> None:
    listed = as_listed(floor, unknown)
    earlier = other.pop("created_at_earlier", None)
    if isinstance(earlier, timedelta):
        other["created_at"] = floor.now - earlier
    floor.carrier.listed.append(replace(listed, **other))  # type: ignore[arg-type]
    sweep.sweep_once(floor.parts, floor.wait(seconds=20))
    assert floor.call(unknown).status == CallStatus.UNKNOWN


def test_call_that_another_row_has_is_not_adopted(floor: Floor, unknown: str) -> None:
    leg_id = floor.call_ids("agent")[0]
    floor.carrier.listed.append(as_listed(floor, unknown, sid=floor.call(leg_id).carrier_sid or ""))
    sweep.sweep_once(floor.parts, floor.wait(seconds=20))
    assert floor.call(unknown).status == CallStatus.UNKNOWN


def test_call_that_is_told_to_have_died_in_placing_becomes_unknown_and_is_adopted(floor: Floor) -> None:
    floor.add_ready_agent("de")
    call_id = floor.queue_one(floor.add_campaign())
    floor.spoil(Call, call_id, status=CallStatus.PLACING, status_since=floor.now, placing_at=floor.now)
    floor.carrier.listed.append(as_listed(floor, call_id))
    sweep.sweep_once(floor.parts, floor.wait(seconds=40))
    assert floor.call(call_id).status == CallStatus.PLACING
    sweep.sweep_once(floor.parts, floor.wait(seconds=10))
    assert floor.contact_of(call_id).status == ContactStatus.FENCED
    sweep.sweep_once(floor.parts, floor.wait(seconds=20))
    assert floor.call(call_id).status == CallStatus.RINGING


def test_unknown_call_may_still_ring_so_its_agent_is_kept_free_for_a_while(floor: Floor, unknown: str) -> None:
    other = floor.add_campaign()
    floor.wait(seconds=30)
    decision = floor.tick(other)
    assert decision is not None
    assert decision.total == 0
    floor.wait(seconds=90)
    floor.queue_one(other)


# --- calls of the carrier that no row knows


def orphan_at(floor: Floor, minutes_ago: float, what: Reported = Reported.RINGING, to: str = "+41440000009") -> None:
    created_at = floor.now - timedelta(minutes=minutes_ago)
    floor.carrier.listed.append(CarrierCall(SID, to, "+41446681800", what, created_at))


def test_call_without_a_row_gets_one_that_counts_as_a_line_until_it_ends(floor: Floor) -> None:
    orphan_at(floor, 3)
    assert reconcile.adopt_orphans(floor.parts, floor.now) == 1
    (call_id,) = floor.call_ids("orphan")
    assert (floor.call(call_id).status, floor.call(call_id).carrier_sid) == (CallStatus.RINGING, SID)
    floor.carrier.listed[0] = replace(floor.carrier.listed[0], what=Reported.NO_ANSWER)
    sweep.sweep_once(floor.parts, floor.wait(minutes=2))
    assert floor.call(call_id).status == CallStatus.NO_ANSWER


def test_orphan_is_adopted_once(floor: Floor) -> None:
    orphan_at(floor, 3)
    reconcile.adopt_orphans(floor.parts, floor.now)
    assert reconcile.adopt_orphans(floor.parts, floor.now) == 0
    assert len(floor.call_ids("orphan")) == 1


def test_fresh_call_is_no_orphan_yet(floor: Floor) -> None:
    orphan_at(floor, 1)
    assert reconcile.adopt_orphans(floor.parts, floor.now) == 0


def test_call_that_may_be_the_one_of_unknown_outcome_is_left_to_it(floor: Floor, unknown: str) -> None:
    floor.wait(minutes=5)
    orphan_at(floor, 4, to=floor.call(unknown).to_number)
    assert reconcile.adopt_orphans(floor.parts, floor.now) == 0


def test_calls_that_have_a_row_are_no_orphans(floor: Floor) -> None:
    floor.add_ready_agent("de")
    call_id = floor.ring(floor.add_campaign())
    floor.carrier.listed.append(as_listed(floor, call_id, sid=floor.call(call_id).carrier_sid or ""))
    floor.wait(minutes=5)
    assert reconcile.adopt_orphans(floor.parts, floor.now) == 0
