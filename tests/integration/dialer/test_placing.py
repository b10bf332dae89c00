"""At most one call at the carrier per attempt, and none that anything forbids at the last moment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from campaigns import campaigns
from campaigns.tables import Contact, ContactStatus
from compliance import do_not_call
from dialer import desk, lifecycle, placing, sweep
from dialer.call_states import CallStatus
from dialer.tables import Call
from foundation.database import Database
from telephony.carrier import OutcomeUnknown, Placed, PlaceOrder, Rejected, Reported, Throttled
from tests.integration.dialer.floor import Floor, placing_job
from tests.integration.dialer.scripted_carrier import ProcessDied


@pytest.fixture
def queued(floor: Floor) -> str:
    """The id of a queued call to a contact for whom an agent is ready."""
    floor.add_ready_agent("de")
    campaign_id = floor.add_campaign()
    floor.carrier.orders.clear()
    return floor.queue_one(campaign_id)


def test_tick_queues_one_job_for_the_calls_that_it_wants(floor: Floor) -> None:
    floor.add_ready_agent("de")
    floor.add_ready_agent("de")
    floor.take_jobs()
    floor.tick(floor.add_campaign(5))
    ((name, call_ids),) = floor.take_jobs()
    assert (name, sorted(call_ids)) == placing_job(*sorted(floor.call_ids()))
    assert len(floor.call_ids()) == 2


def test_claim_is_on_disk_before_the_carrier_hears_of_the_call(floor: Floor, queued: str) -> None:
    seen: list[str] = []
    floor.carrier.while_placing = lambda order: seen.append(floor.call(order.call_id).status)
    floor.place(queued)
    assert seen == [CallStatus.PLACING]
    assert floor.call(queued).status == CallStatus.PLACED
    assert floor.call(queued).gate_verdict["verdict"] == "allowed"


def test_order_carries_the_calls_own_id_and_numbers(floor: Floor, queued: str) -> None:
    floor.place(queued)
    row = floor.call(queued)
    assert floor.carrier.orders == [PlaceOrder(queued, row.to_number, "+41446681800", 25)]


def test_process_that_dies_while_asking_leaves_a_call_that_nobody_asks_for_again(floor: Floor, queued: str) -> None:
    floor.carrier.answers.append(ProcessDied())
    with pytest.raises(ProcessDied):
        floor.place(queued)
    assert floor.call(queued).status == CallStatus.PLACING
    floor.place(queued)
    floor.place(queued)
    assert len(floor.carrier.orders) == 1


@pytest.mark.parametrize("unknown", [OutcomeUnknown("carrier answered 503"), OutcomeUnknown("ReadTimeout")])
def test_unknown_outcome_is_never_asked_again_and_fences_the_contact(
    floor: Floor, queued: str, unknown: OutcomeUnknown
) -> None:
    floor.carrier.answers.append(unknown)
    floor.place(queued)
    assert floor.call(queued).status == CallStatus.UNKNOWN
    assert floor.contact_of(queued).status == ContactStatus.FENCED
    floor.place(queued)
    campaign_id = floor.call(queued).campaign_id
    assert campaign_id is not None
    floor.wait(minutes=3)
    floor.tick(campaign_id)
    assert floor.call_ids() == [queued]
    assert len(floor.carrier.orders) == 1


def test_throttled_call_is_queued_again_and_placed_once(floor: Floor, queued: str) -> None:
    floor.carrier.answers.append(Throttled("too many requests"))
    floor.place(queued)
    assert floor.call(queued).status == CallStatus.QUEUED
    floor.wait(seconds=3)
    floor.place(queued)
    assert floor.call(queued).status == CallStatus.PLACED
    assert floor.call_history(queued) == ["queued", "placing", "queued", "placing", "placed"]


def test_throttling_carrier_gets_a_rest(floor: Floor, queued: str) -> None:
    floor.carrier.answers.append(Throttled("too many requests"))
    floor.place(queued)
    asked_at = floor.now
    floor.place(queued)
    waited = floor.call(queued).status_since - asked_at
    assert waited < timedelta(seconds=20)
    assert floor.now - asked_at > timedelta(seconds=1)


def test_eight_threads_on_two_processes_place_one_call_once(floor: Floor, queued: str, database_url: str) -> None:
    second = Database(database_url)
    other = floor.beside(second)
    with ThreadPoolExecutor(8) as threads:
        for each in [threads.submit(side.place, queued) for side in (floor, other) * 4]:
            each.result()
    second.dispose()
    assert len(floor.carrier.orders) == 1
    assert floor.call_history(queued) == ["queued", "placing", "placed"]


def test_batch_places_each_of_its_calls_once_though_one_of_them_fails(floor: Floor) -> None:
    for _ in range(4):
        floor.add_ready_agent("de")
    campaign_id = floor.add_campaign(4)
    floor.carrier.orders.clear()
    floor.tick(campaign_id)
    floor.carrier.answers.append(RuntimeError("a defect"))
    with pytest.raises(RuntimeError, match="a defect"):
        placing.place_calls(floor.parts, floor.call_ids())
    assert sorted(order.call_id for order in floor.carrier.orders) == sorted(floor.call_ids())
    statuses = sorted(floor.call(call_id).status for call_id in floor.call_ids())
    assert statuses == ["placed", "placed", "placed", "placing"]


def test_callback_that_overtakes_the_carriers_answer_is_not_undone_by_it(floor: Floor, queued: str) -> None:
    sid = "CA" + "7" * 32
    floor.carrier.answers.append(Placed(sid))
    floor.carrier.while_placing = lambda order: floor.report(order.call_id, Reported.RINGING, carrier_sid=sid)
    floor.place(queued)
    assert floor.call(queued).status == CallStatus.RINGING
    assert floor.call(queued).carrier_sid == sid


def test_signed_callback_adopts_a_call_of_unknown_outcome(floor: Floor, queued: str) -> None:
    floor.carrier.answers.append(OutcomeUnknown("ReadTimeout"))
    floor.place(queued)
    floor.report(queued, Reported.INITIATED, carrier_sid="CA" + "8" * 32)
    assert floor.call(queued).status == CallStatus.PLACED
    assert floor.call(queued).carrier_sid == "CA" + "8" * 32
    floor.report(queued, Reported.NO_ANSWER)
    assert floor.contact_of(queued).status == ContactStatus.WAITING
    assert floor.contact_of(queued).attempts_made == 1


def test_number_that_the_carrier_calls_bad_is_never_dialed_again(floor: Floor, queued: str) -> None:
    floor.carrier.answers.append(Rejected(21217, "does not look valid", number_is_bad=True))
    floor.place(queued)
    assert floor.call(queued).status == CallStatus.FAILED
    assert (floor.contact_of(queued).status, floor.contact_of(queued).outcome) == ("done", "invalid_number")


def test_refusal_that_holds_for_all_calls_pauses_the_campaign_and_says_why(floor: Floor, queued: str) -> None:
    floor.carrier.answers.append(Rejected(20003, "authenticate", stops_all=True))
    floor.place(queued)
    campaign = floor.campaign(floor.call(queued).campaign_id or "")
    assert campaign.status == "paused"
    assert campaign.paused_reason == "carrier_refuses"
    assert campaign.paused_facts == {"words": "authenticate", "number": 20003}
    assert floor.contact_of(queued).status == ContactStatus.WAITING


# --- the last moment before the carrier is asked


def assert_not_asked(floor: Floor, call_id: str, status: CallStatus) -> None:
    floor.place(call_id)
    assert floor.carrier.orders == []
    assert floor.call(call_id).status == status
    assert floor.contact_of(call_id).attempts_made == 0


def test_number_blocked_between_queue_and_claim_is_not_dialed(floor: Floor, queued: str) -> None:
    with floor.database.transaction() as session:
        do_not_call.block(session, floor.call(queued).to_number, source="page", now=floor.now)
    assert_not_asked(floor, queued, CallStatus.REFUSED)
    assert floor.contact_of(queued).outcome == "do_not_call"
    assert floor.call(queued).gate_verdict["reason"] == "do_not_call"


def test_queued_call_that_comes_too_late_in_the_day_waits_for_the_morning(floor: Floor, queued: str) -> None:
    floor.wait(hours=11)
    assert_not_asked(floor, queued, CallStatus.REFUSED)
    contact = floor.contact_of(queued)
    assert contact.status == ContactStatus.WAITING
    assert contact.not_before.hour == 7  # eight o'clock in Zurich


def test_campaign_paused_between_queue_and_claim_dials_nobody(floor: Floor, queued: str) -> None:
    with floor.database.transaction() as session:
        campaigns.pause(session, floor.call(queued).campaign_id or "", floor.now)
    assert_not_asked(floor, queued, CallStatus.WITHDRAWN)
    assert floor.contact_of(queued).status == ContactStatus.WAITING


def test_nobody_is_dialed_once_all_agents_have_gone(floor: Floor) -> None:
    agent_id = floor.add_ready_agent("de")
    floor.add_ready_agent("fr")
    call_id = floor.queue_one(floor.add_campaign())
    floor.carrier.orders.clear()
    desk.pause(floor.parts, agent_id, "lunch", floor.now)
    assert_not_asked(floor, call_id, CallStatus.WITHDRAWN)


def test_spend_cap_of_the_day_withdraws_the_call_and_pauses_the_campaign(floor: Floor) -> None:
    floor.settings.daily_spend_cap = 0.06
    floor.add_ready_agent("de")
    floor.add_ready_agent("de")
    campaign_id = floor.add_campaign(2)
    floor.tick(campaign_id)
    first, second = floor.call_ids()
    floor.carrier.orders.clear()
    assert_not_asked(floor, first, CallStatus.WITHDRAWN)  # the agents' own legs have used it up
    assert_not_asked(floor, second, CallStatus.WITHDRAWN)
    assert floor.campaign(campaign_id).paused_reason == "spend_cap"


def test_contact_with_a_live_call_is_not_dialed_a_second_time(floor: Floor, queued: str) -> None:
    row = floor.call(queued)
    with floor.database.transaction() as session:
        session.add(
            Call(
                id="call_other",
                kind="contact",
                campaign_id=row.campaign_id,
                contact_id=row.contact_id,
                attempt_number=9,
                to_number=row.to_number,
                from_number=row.from_number,
                status=CallStatus.RINGING,
                status_since=floor.now,
                queued_at=floor.now,
            )
        )
    floor.place(queued)
    assert floor.call(queued).status == CallStatus.WITHDRAWN
    assert floor.carrier.orders == []


def test_number_that_two_contacts_share_is_never_rung_twice_at_once(floor: Floor) -> None:
    for _ in range(2):
        floor.add_ready_agent("de")
    one, other = floor.add_campaign(), floor.add_campaign()
    floor.spoil(Contact, floor.contacts(other)[0].id, phone_number=floor.contacts(one)[0].phone_number)
    first = floor.ring(one)
    second = floor.queue_one(other)
    floor.place(second)
    assert floor.call(first).status == CallStatus.RINGING
    assert floor.call(second).status == CallStatus.WITHDRAWN
    [waits] = floor.contacts(other)
    assert waits.not_before > floor.now + timedelta(minutes=4)
    assert waits.attempts_made == 0


def test_lines_in_use_never_exceed_the_cap_however_many_place_at_once(floor: Floor, database_url: str) -> None:
    for _ in range(4):
        floor.add_ready_agent("de")  # four lines of their own
    campaign_id = floor.add_campaign(8)
    floor.tick(campaign_id)
    floor.settings.calls_in_flight = 6
    second = Database(database_url)
    other = floor.beside(second)
    claims = []
    with ThreadPoolExecutor(8) as threads:
        for number, call_id in enumerate(floor.call_ids()):
            side = (floor, other)[number % 2]
            claims.append(threads.submit(_claim_or_wait, side, call_id))
        placed = [claim.result() for claim in claims].count(True)
    second.dispose()
    assert placed == 2


def _claim_or_wait(floor: Floor, call_id: str) -> bool:
    return isinstance(lifecycle.claim_call(floor.parts, call_id, floor.now), tuple)


@pytest.mark.parametrize("swept", [False, True])
def test_process_that_slept_between_claim_and_order_asks_no_more(floor: Floor, queued: str, swept: bool) -> None:
    claimed = lifecycle.claim_call(floor.parts, queued, floor.now)
    assert isinstance(claimed, tuple)
    floor.wait(minutes=1)
    if swept:
        sweep.sweep_once(floor.parts, floor.now)
        assert floor.call(queued).status == CallStatus.UNKNOWN
    result = placing.ask_in_time(floor.parts, *claimed)
    lifecycle.record_placing(floor.parts, queued, result, floor.now)
    assert floor.carrier.orders == []
    assert floor.call(queued).status == CallStatus.QUEUED
    floor.wait(seconds=3)
    floor.place(queued)
    assert floor.call(queued).status == CallStatus.PLACED
