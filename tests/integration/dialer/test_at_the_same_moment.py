"""Whoever comes at the same moment on PostgreSQL: nobody is dialed twice or after they said no, and nobody waits in a
circle.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from redis import Redis
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.audit import Act
from campaigns.campaigns import lock_campaign
from campaigns.tables import Campaign, Contact
from compliance import do_not_call
from dialer import calls, desk, erasure, forecasts, lifecycle, pace, reconcile, sweep
from dialer.call_states import CallStatus
from dialer.desk import Correction, Said
from dialer.forecasts import Wish
from dialer.given_up import give_up_late
from dialer.job_names import GIVE_UP_CALL
from dialer.tables import Call
from foundation.database import Database
from foundation.errors import Conflict
from leads import credit_book
from leads.claims import lock_claim
from leads.jobs import route_one
from leads.lead_book import lock_lead
from leads.tables import Lead
from telephony.carrier import CarrierCall, Reported, Throttled
from tests.integration.dialer.floor import Floor
from tests.integration.dialer.test_erasure import add_claim
from tests.integration.leads.lead_rows import add_partner
from tests.meanwhile import meanwhile


@pytest.fixture
def floor(postgres_database: Database, redis: Redis) -> Floor:
    """An empty call floor, on PostgreSQL alone."""
    return Floor(postgres_database, redis)


def queue_two(floor: Floor) -> list[str]:
    """Queued calls of two campaigns, for each of whose contacts an agent is ready."""
    for _ in range(2):
        floor.add_ready_agent("de")
    return [floor.queue_one(floor.add_campaign()) for _ in range(2)]


def place_both(floor: Floor, call_ids: list[str]) -> list[str]:
    """Place two calls that are looked at before either is claimed; their statuses, sorted."""
    account = floor.settings.twilio_account_sid

    def place() -> None:
        with ThreadPoolExecutor(2) as threads:
            for placing in [threads.submit(floor.place, call_id) for call_id in call_ids]:
                placing.result()

    meanwhile(floor.database, lambda session: pace.lock_pace(session, account, floor.now), place, waiting=2)
    return sorted(floor.call(call_id).status for call_id in call_ids)


def hold(session: Session, contact: Contact) -> None:
    session.get_one(Contact, contact.id, with_for_update=True)


def test_number_that_two_contacts_share_is_dialed_for_one_of_them(floor: Floor) -> None:
    one, other = queue_two(floor)
    number = floor.call(one).to_number
    floor.spoil(Contact, floor.contact_of(other).id, phone_number=number)
    floor.spoil(Call, other, to_number=number)
    assert place_both(floor, [one, other]) == [CallStatus.PLACED, CallStatus.WITHDRAWN]


def test_last_of_the_days_budget_is_spent_once(floor: Floor) -> None:
    call_ids = queue_two(floor)
    floor.settings.daily_spend_cap = 2.5 * floor.settings.call_price_per_minute  # two are the agents' own legs
    assert place_both(floor, call_ids) == [CallStatus.PLACED, CallStatus.WITHDRAWN]
    paused = [floor.campaign(str(floor.call(call_id).campaign_id)).paused_reason for call_id in call_ids]
    assert sorted(paused) == ["", "spend_cap"]


def test_whoever_imports_and_a_call_that_halts_the_campaign_do_not_wait_in_a_circle(floor: Floor) -> None:
    call_id, _ = queue_two(floor)
    floor.settings.daily_spend_cap = 0.001
    campaign_id, contact = str(floor.call(call_id).campaign_id), floor.contact_of(call_id)
    meanwhile(
        floor.database,
        lambda session: lock_campaign(session, campaign_id),
        lambda: floor.place(call_id),
        then=lambda session: hold(session, contact),
    )
    assert floor.campaign(campaign_id).paused_reason == "spend_cap"


def test_whoever_imports_keeps_no_tick_and_no_promise_from_the_contacts_that_they_hold(floor: Floor) -> None:
    campaign_id = floor.add_campaign(2)
    floor.add_ready_agent("de")
    talk = floor.talk(campaign_id)
    floor.hang_up(talk)
    floor.add_ready_agent("de")
    talked, waits = sorted(floor.contacts(campaign_id), key=lambda contact: contact.status != "reserved")
    at = floor.now + timedelta(hours=1)
    for act, contact in (
        (lambda: floor.tick(campaign_id), waits),
        (lambda: floor.say(talk, "callback", callback_at=at), talked),
    ):
        meanwhile(
            floor.database,
            lambda session: lock_campaign(session, campaign_id),
            act,
            then=lambda session, contact=contact: hold(session, contact),  # type: ignore[misc]
        )
    assert sorted(contact.status for contact in floor.contacts(campaign_id)) == ["reserved", "waiting"]


def test_tick_that_gives_a_line_up_waits_for_nobody_who_waits_for_the_pace(floor: Floor) -> None:
    call_id, _ = queue_two(floor)
    assert isinstance(lifecycle.claim_call(floor.parts, call_id, floor.now), tuple)
    account = floor.settings.twilio_account_sid
    meanwhile(
        floor.database,
        lambda session: pace.lock_pace(session, account, floor.now),
        lambda: lifecycle.record_placing(floor.parts, call_id, Throttled("too many"), floor.now),
        then=lambda session: give_up_late(floor.parts, session, [call_id], floor.now),
    )
    assert floor.call(call_id).status == CallStatus.QUEUED


@pytest.mark.parametrize("by_company", [False, True])
def test_phone_that_rings_is_given_up_once_its_contact_is_blocked_by_whoever(floor: Floor, by_company: bool) -> None:
    blocked, other = queue_two(floor)
    for call_id in (blocked, other):
        floor.place(call_id)
    target = ("company", floor.contact_of(blocked).company) if by_company else ("number", floor.call(blocked).to_number)
    floor.take_jobs()
    sweep.sweep_once(floor.parts, floor.now)
    assert floor.take_jobs() == []
    with floor.database.transaction() as session:
        terms = do_not_call.BlockTerms("api")
        do_not_call.block_target(session, do_not_call.read_target(*target), terms, floor.now)
    now = floor.now
    sweep.sweep_once(floor.parts, now)
    sweep.sweep_once(floor.parts, now)  # the carrier is at it
    assert floor.take_jobs() == [(GIVE_UP_CALL, blocked)]
    sweep.sweep_once(floor.parts, floor.wait(seconds=6))  # the bell was lost, or the carrier was away
    assert (GIVE_UP_CALL, blocked) in floor.take_jobs()
    floor.report(blocked, Reported.CANCELED)
    sweep.sweep_once(floor.parts, floor.wait(seconds=6))
    assert GIVE_UP_CALL not in [name for name, _ in floor.take_jobs()]


def test_customer_with_two_leads_is_forgotten_while_one_of_them_is_taken(floor: Floor) -> None:
    add_partner(floor.database, "Alpha", cantons=(), solutions=("erp",))
    for _ in range(2):
        agent_id = floor.add_ready_agent("de")
        call_id = floor.talk(floor.add_campaign())
        floor.hang_up(call_id)
        floor.say(call_id, "qualified", answers={"solutions": ["erp"]})
        floor.go_away(agent_id)
    with floor.database.transaction() as session:
        leads = session.scalars(select(Lead).order_by(Lead.id)).all()
        for lead in leads:
            lead.phone_number, lead.needs_receipt = leads[0].phone_number, False
    for lead in leads:
        route_one(floor.parts.runtime, lead.id, floor.now)
    forgotten = meanwhile(
        floor.database,
        lambda session: lock_lead(session, leads[1].id),
        lambda: erasure.erase_customer(floor.parts, leads[0].phone_number, "user_1", floor.now),
        then=credit_book.hold_credits,
    )
    assert forgotten.leads == 2


def test_customer_is_forgotten_while_staff_decides_about_a_claim_of_it(floor: Floor) -> None:
    add_partner(floor.database, "Alpha", cantons=(), solutions=("erp",))
    floor.add_ready_agent("de")
    call_id = floor.talk(floor.add_campaign())
    floor.hang_up(call_id)
    floor.say(call_id, "qualified", answers={"solutions": ["erp"]})
    floor.spoil(Lead, floor.call(call_id).lead_id, needs_receipt=False)
    route_one(floor.parts.runtime, floor.call(call_id).lead_id, floor.now)
    number = floor.call(call_id).to_number
    add_claim(floor, number)
    forgotten = meanwhile(
        floor.database,
        lambda session: lock_claim(session, "claim_1"),
        lambda: erasure.erase_customer(floor.parts, number, "user_1", floor.now),
        then=credit_book.lock_credits,
    )
    assert forgotten.leads == 1


def test_customer_is_forgotten_while_an_agent_corrects_their_call(floor: Floor) -> None:
    agent_id = floor.add_ready_agent("de")
    call_id = floor.talk(floor.add_campaign())
    floor.hang_up(call_id)
    floor.say(call_id, "not_interested")
    number, contact = floor.call(call_id).to_number, floor.contact_of(call_id)
    meanwhile(
        floor.database,
        lambda session: calls.lock_call(session, call_id),
        lambda: erasure.erase_customer(floor.parts, number, "user_1", floor.now),
        then=lambda session: hold(session, contact),
    )
    said = Correction(Said("qualified"), "not_interested", Act("user_1", "outcome_corrected", call_id, {}))
    with pytest.raises(Conflict):
        desk.correct_disposition(floor.parts, agent_id, call_id, said, floor.now)


def test_call_of_the_carriers_that_two_adopt_at_once_has_one_row(floor: Floor) -> None:
    sid = "CA" + "9" * 32
    floor.carrier.listed.append(
        CarrierCall(sid, "+41440000009", "+41446681800", Reported.RINGING, floor.now - timedelta(minutes=3))
    )
    row = Call(
        id="call_other",
        kind="orphan",
        to_number="+41440000009",
        from_number="+41446681800",
        carrier_sid=sid,
        status=CallStatus.RINGING,
        status_since=floor.now,
        queued_at=floor.now,
    )
    meanwhile(
        floor.database,
        lambda session: session.add(row),
        lambda: reconcile.adopt_orphans(floor.parts, floor.now),
    )
    assert floor.call_ids("orphan") == ["call_other"]


def test_first_forecast_that_two_ask_for_at_once_is_made_once(floor: Floor) -> None:
    floor.add_ready_agent("de")
    campaign_id = floor.add_campaign(3)

    def ask(session: Session) -> None:
        forecasts.ask_for(floor.parts, session, session.get_one(Campaign, campaign_id), Wish(), floor.now)

    def ask_too() -> None:
        with floor.database.transaction() as session:
            ask(session)

    with pytest.raises(Conflict, match="being made"):
        meanwhile(floor.database, ask, ask_too)
