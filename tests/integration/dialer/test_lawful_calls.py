"""Calls rest on what was stated before: without a ground or a listed number nobody is called, and calls prove it."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from campaigns import contact_queue
from campaigns.tables import Campaign, ContactList
from compliance import directory, do_not_call, grounds, receipts
from compliance.directory import Look
from compliance.ground_uses import use_of_call, verify_ledger
from compliance.grounds import LIST, Subject
from compliance.replay import replay
from compliance.tables import DirectoryCheck, DoNotCall, LawfulGround, RuleFile
from dialer.tables import Call
from foundation.secret_key import derived_key
from leads.tables import Lead
from tests.grounds import found_in_directory, listed_without_star
from tests.integration.dialer.floor import Floor

CALLER = "+41446681800"


def dialed(floor: Floor) -> list[str]:
    """The contacts' calls that the carrier was asked for."""
    return [order.call_id for order in floor.carrier.orders if order.call_id in floor.call_ids()]


def test_a_call_is_in_the_ledger_and_its_lead_carries_a_receipt(floor: Floor) -> None:
    floor.add_ready_agent("de")
    call_id = floor.talk(floor.add_campaign())
    floor.hang_up(call_id)
    floor.say(call_id, "qualified")
    with floor.database.reading() as session:
        lead = session.scalars(select(Lead)).one()
        use = use_of_call(session, call_id)
        assert use is not None
        assert verify_ledger(session).uses == 1
        public = receipts.public_key(derived_key(floor.settings, receipts.PURPOSE))
        checked = receipts.check_receipt(lead.receipt, public)
        assert isinstance(checked, receipts.Valid)
        assert (checked.claims["lead"], checked.claims["call"]) == (lead.id, call_id)
        assert checked.claims["ground"]["id"] == use.ground_id
        assert checked.claims["ledger"]["hash"] == use.hash


def test_what_the_gate_said_of_a_call_can_be_said_again(floor: Floor) -> None:
    floor.add_ready_agent("de")
    call_id = floor.ring(floor.add_campaign())
    with floor.database.reading() as session:
        call = session.get_one(Call, call_id)
        assert call.to_number not in str(call.gate_verdict)
        again = replay(session, call.gate_verdict)
        assert again is not None
        assert again.agrees
        assert session.get(RuleFile, call.gate_verdict["rules_digest"]) is not None


def test_without_a_ground_nobody_is_dialed_until_one_is_attested(floor: Floor) -> None:
    floor.add_ready_agent("de")
    campaign_id = floor.add_campaign(2)
    with floor.database.transaction() as session:
        session.execute(delete(LawfulGround))
    floor.tick(campaign_id)
    assert floor.call_ids() == []
    with floor.database.transaction() as session:
        (list_id,) = session.scalars(select(ContactList.id).where(ContactList.campaign_id == campaign_id))
        grounds.attest(session, Subject(LIST, list_id), listed_without_star(floor.now), "user_1", floor.now)
        assert contact_queue.bring_back(session, outcome="no_ground", list_id=list_id, now=floor.now) == 1
        assert contact_queue.bring_back(session, outcome="no_ground", list_id=list_id, now=floor.now) == 0
    floor.tick(campaign_id)
    assert len(floor.call_ids()) == 1


def test_a_ground_that_is_revoked_stops_the_call_that_is_queued_already(floor: Floor) -> None:
    floor.add_ready_agent("de")
    call_id = floor.queue_one(floor.add_campaign())
    with floor.database.transaction() as session:
        (ground,) = session.scalars(select(LawfulGround))
        grounds.revoke(session, ground.id, "bought without proof", "user_1", floor.now)
    floor.place(call_id)
    assert (floor.call(call_id).status, floor.call(call_id).end_reason) == ("refused", "no_ground")
    assert dialed(floor) == []


@pytest.mark.parametrize("is_queued", [False, True])
def test_a_number_that_left_the_directory_pauses_the_campaign_and_loses_nobody(floor: Floor, is_queued: bool) -> None:
    floor.add_ready_agent("de")
    campaign_id = floor.add_campaign()
    call_id = floor.queue_one(campaign_id) if is_queued else ""
    with floor.database.transaction() as session:
        gone = Look(False, "local.ch", "A. Tester", floor.now)
        directory.record_look(session, CALLER, gone, "user_1", floor.now)
    if is_queued:
        floor.place(call_id)
    else:
        floor.tick(campaign_id)
    with floor.database.reading() as session:
        campaign = session.get_one(Campaign, campaign_id)
        assert (campaign.status, campaign.paused_reason) == ("paused", "caller_number_not_listed")
        waiting = contact_queue.count_due(session, campaign_id, floor.now, 10)
    assert waiting == {"de": 1}
    assert dialed(floor) == []


def test_a_look_that_has_grown_old_counts_no_more(floor: Floor) -> None:
    floor.add_ready_agent("de")
    campaign_id = floor.add_campaign()
    with floor.database.transaction() as session:
        session.execute(delete(DirectoryCheck))
        directory.record_look(session, CALLER, found_in_directory(floor.now - timedelta(days=91)), "user_1", floor.now)
    floor.tick(campaign_id)
    assert floor.call_ids() == []


def test_an_erased_number_stays_blocked_and_without_its_secret_nobody_is_dialed(floor: Floor) -> None:
    floor.add_ready_agent("de")
    campaign_id = floor.add_campaign()
    call_id = floor.queue_one(campaign_id)
    number = floor.call(call_id).to_number
    with floor.database.transaction() as session:
        do_not_call.block(session, number, source="page", now=floor.now, note="Frau Muster rang us up")
        key = derived_key(floor.settings, "do-not-call")
        assert do_not_call.erase(session, number, key, floor.now) == 1
        assert number not in str(session.scalars(select(DoNotCall.value)).all())
    floor.place(call_id)
    assert floor.call(call_id).end_reason == "do_not_call"
