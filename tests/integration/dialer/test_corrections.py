"""An agent says otherwise of a call: it is as if that had been said at once, or nothing changes and they hear why."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from accounts.audit import Act
from accounts.tables import AuditEntry
from campaigns.callbacks import find_open
from campaigns.contact_queue import put_back_many
from campaigns.tables import Callback, ContactPhone
from compliance import do_not_call
from dialer import correction_rules, desk, drafts
from dialer.correction_tables import DispositionCorrection
from dialer.desk import Correction, Said
from dialer.dispositions import DISPOSITIONS, Then
from dialer.draft_tables import CallDraft
from dialer.erasure import erase_customer
from dialer.sweep import sweep_undisposed
from dialer.tables import Call
from foundation.database import Database
from foundation.errors import Conflict, NotFound
from foundation.queue import QueueName
from leads.facts import Policy
from leads.lead_states import LeadOutcome, LeadStatus
from leads.offers import Making, make_offer
from leads.tables import Lead, LeadEvent
from telephony.carrier import Reported
from tests.grounds import no_key
from tests.integration.dialer.floor import START, Floor
from tests.integration.leads.lead_rows import add_partner

CALL_BACK_AT = START + timedelta(hours=5)
NOTED: Mapping[str, Any] = {"notes": "Ja, gern.", "answers": {"solutions": ["erp"], "seats": 30}}


@pytest.fixture
def talked(floor: Floor) -> str:
    """A call that has just ended after a talk."""
    return finished_talk(floor)


def finished_talk(floor: Floor, **campaign: Any) -> str:
    floor.add_ready_agent("de", "fr")
    call_id = floor.talk(floor.add_campaign(**campaign))
    floor.hang_up(call_id)
    floor.take_jobs()
    return call_id


def with_what_it_needs(code: str) -> dict[str, Any]:
    match DISPOSITIONS[code].then:
        case Then.CALLBACK:
            return {"callback_at": CALL_BACK_AT, "callback_is_mine": True}
        case Then.OTHER_LANGUAGE:
            return {"language": "fr"}
        case _:
            return {}


def correct(floor: Floor, call_id: str, former: str, code: str, *, agent_id: str = "", **more: Any) -> Call:
    said = Said(code, **({**with_what_it_needs(code), **NOTED} | more))
    correction = Correction(said, former, Act("user_1", "outcome_corrected", call_id, {}))
    agent = agent_id or str(floor.call(call_id).agent_id)
    return desk.correct_disposition(floor.parts, agent, call_id, correction, floor.now)


def say(floor: Floor, call_id: str, code: str, **more: Any) -> None:
    floor.say(call_id, code, **with_what_it_needs(code), **more)


def standing(floor: Floor, call_id: str) -> dict[str, Any]:
    """All that a disposition decides about a contact, with moments only where they were asked for."""
    contact = floor.contact_of(call_id)
    names = ("status", "outcome", "waits_for", "attempts_made", "language", "phone_number", "promised_at")
    return {name: getattr(contact, name) for name in names} | {"mine": bool(contact.callback_agent_id)}


def lead_of(floor: Floor, call_id: str) -> Lead | None:
    with floor.database.reading() as session:
        return session.scalar(select(Lead).where(Lead.call_id == call_id))


def corrections_of(floor: Floor, call_id: str) -> list[tuple[str, str, str]]:
    with floor.database.reading() as session:
        rows = session.scalars(select(DispositionCorrection).where(DispositionCorrection.call_id == call_id)).all()
        return [(row.agent_id, row.from_code, row.to_code) for row in rows]


def is_blocked(floor: Floor, call_id: str) -> bool:
    with floor.database.reading() as session:
        return do_not_call.is_blocked(session, floor.call(call_id).to_number, "", floor.now, no_key)


def offer_to_partner(floor: Floor, call_id: str) -> None:
    lead = lead_of(floor, call_id)
    assert lead is not None
    partner_id = add_partner(floor.database, "Muster Partner AG")
    with floor.database.transaction() as session:
        make_offer(session, session.get_one(Lead, lead.id), partner_id, Making("turn", Policy(), floor.now))


# Each disposition once as what it was, and once as what it should have been.
CODES = [code for code in DISPOSITIONS if code != "do_not_call"]
PAIRS = [*zip(CODES, [*CODES[1:], CODES[0]], strict=True), ("callback", "do_not_call"), ("callback", "decider_absent")]


@pytest.mark.parametrize(("former", "code"), PAIRS)
def test_it_is_as_if_the_other_had_been_said_at_once(floor: Floor, former: str, code: str) -> None:
    corrected, at_once = finished_talk(floor), finished_talk(floor)
    say(floor, at_once, code, **NOTED)
    say(floor, corrected, former)
    floor.wait(minutes=2)
    said_at = floor.call(corrected).disposition_at
    correct(floor, corrected, former, code)
    expected = standing(floor, at_once) | {"phone_number": floor.call(corrected).to_number}
    assert standing(floor, corrected) == expected
    call = floor.call(corrected)
    assert (call.disposition, call.disposition_at, call.notes, call.answers) == (code, said_at, *NOTED.values())
    assert corrections_of(floor, corrected) == [(call.agent_id, former, code)]
    lead = lead_of(floor, corrected)
    if DISPOSITIONS[former].opens_lead:
        assert lead is not None
        assert (lead.status, lead.outcome) == (LeadStatus.CLOSED, LeadOutcome.DISQUALIFIED)
    else:
        assert (lead is not None and lead.status == LeadStatus.OPEN) == DISPOSITIONS[code].opens_lead
    assert is_blocked(floor, corrected) == (code == "do_not_call")
    assert floor.agent(str(call.agent_id)).status == "ready"


def test_lead_that_should_have_been_opened_is_routed_with_the_answers(floor: Floor, talked: str) -> None:
    say(floor, talked, "not_interested")
    correct(floor, talked, "not_interested", "qualified", wish="Muster AG")
    lead = lead_of(floor, talked)
    assert lead is not None
    assert (lead.answers, lead.notes, lead.wish) == (NOTED["answers"], NOTED["notes"], "Muster AG")
    assert floor.take_jobs(QueueName.WORK) == [("leads.jobs.route_lead", lead.id)]


def test_a_callback_is_closed_and_another_moment_is_a_correction(floor: Floor, talked: str) -> None:
    say(floor, talked, "callback")
    later = CALL_BACK_AT + timedelta(days=1)
    correct(floor, talked, "callback", "callback", callback_at=later, callback_is_mine=False)
    correct(floor, talked, "callback", "callback", callback_at=later, callback_is_mine=False)
    contact = floor.contact_of(talked)
    assert (contact.promised_at, contact.callback_agent_id, contact.attempts_made) == (later, "", 1)
    assert len(corrections_of(floor, talked)) == 1
    correct(floor, talked, "callback", "not_interested")
    with floor.database.reading() as session:
        assert find_open(session, contact.id) is None
        closed = session.scalars(select(Callback).where(Callback.contact_id == contact.id)).all()
        assert {one.closed_why for one in closed} == {"corrected"}
        assert {one.closed_by_call_id for one in closed} == {talked}


def test_the_number_that_was_to_be_dialed_next_is_the_one_of_the_call_again(floor: Floor) -> None:
    call_id = finished_talk(floor, retry_rules={"decider_absent": {"number": "next"}})
    number = floor.call(call_id).to_number
    with floor.database.transaction() as session:
        contact = floor.contact_of(call_id)
        other = {"campaign_id": contact.campaign_id, "phone_number": "+41446681899", "number_country": "CH"}
        session.add(ContactPhone(contact_id=contact.id, position=2, **other))
    say(floor, call_id, "decider_absent")
    assert floor.contact_of(call_id).phone_number == "+41446681899"
    correct(floor, call_id, "decider_absent", "callback")
    assert floor.contact_of(call_id).phone_number == number


def test_last_attempt_is_still_the_last_one_after_a_correction(floor: Floor) -> None:
    call_id = finished_talk(floor, max_attempts=1)
    say(floor, call_id, "callback")
    correct(floor, call_id, "callback", "decider_absent")
    contact = floor.contact_of(call_id)
    assert (contact.status, contact.outcome, contact.attempts_made) == ("done", "decider_absent", 1)


def test_the_same_correction_twice_is_one_and_another_from_a_page_that_is_old_is_told(
    floor: Floor, talked: str
) -> None:
    say(floor, talked, "not_interested")
    for _ in range(2):
        correct(floor, talked, "not_interested", "wrong_number")
    with pytest.raises(Conflict, match="otherwise by now"):
        correct(floor, talked, "not_interested", "qualified")
    assert floor.call(talked).disposition == "wrong_number"
    assert len(corrections_of(floor, talked)) == 1
    correct(floor, talked, "not_interested", "do_not_call")  # the safe side is taken from an old page, too
    assert is_blocked(floor, talked)


def test_corrections_in_two_windows_at_once_leave_one_of_them(floor: Floor, talked: str, database_url: str) -> None:
    say(floor, talked, "not_interested")
    second = Database(database_url)
    sides = (floor, floor.beside(second))
    wishes = ("qualified", "wrong_number", "qualified", "wrong_number")
    with ThreadPoolExecutor(4) as threads:
        asked = [
            threads.submit(correct, sides[place % 2], talked, "not_interested", code)
            for place, code in enumerate(wishes)
        ]
        problems = [one.exception() for one in asked]
    second.dispose()
    assert sum(isinstance(problem, Conflict) for problem in problems) == 2
    assert len(corrections_of(floor, talked)) == 1
    assert (lead_of(floor, talked) is not None) == (floor.call(talked).disposition == "qualified")
    assert floor.contact_of(talked).attempts_made == 1


def test_do_not_call_stops_an_attempt_that_is_queued(floor: Floor, talked: str) -> None:
    say(floor, talked, "other_language")
    again = floor.queue_one(str(floor.call(talked).campaign_id))
    with pytest.raises(Conflict, match="called again"):
        correct(floor, talked, "other_language", "not_interested")
    correct(floor, talked, "other_language", "do_not_call")
    floor.place(again)
    assert floor.call(again).status == "refused"
    assert again not in [order.call_id for order in floor.carrier.orders]
    contact = floor.contact_of(talked)
    assert (contact.status, contact.outcome, contact.attempts_made) == ("done", "do_not_call", 1)


def test_do_not_call_lets_a_phone_ring_no_longer(floor: Floor, talked: str) -> None:
    say(floor, talked, "other_language")
    again = floor.ring(str(floor.call(talked).campaign_id))
    floor.take_jobs()
    correct(floor, talked, "other_language", "do_not_call")
    assert floor.take_jobs() == [("dialer.jobs.give_up_call", again)]
    floor.report(again, Reported.CANCELED)
    assert is_blocked(floor, talked)


def test_do_not_call_takes_whoever_was_recycled_out_of_the_line(floor: Floor, talked: str) -> None:
    say(floor, talked, "nobody_there")
    contact = floor.contact_of(talked)
    with floor.database.transaction() as session:
        put_back_many(session, contact.campaign_id, [contact.id], why="recycled", now=floor.now, resets_attempts=True)
    with pytest.raises(Conflict, match="elsewhere"):
        correct(floor, talked, "nobody_there", "callback")
    correct(floor, talked, "nobody_there", "do_not_call")
    assert (floor.contact_of(talked).status, floor.contact_of(talked).outcome) == ("done", "do_not_call")


def test_lead_that_a_partner_has_seen_stays_and_the_number_is_blocked(floor: Floor, talked: str) -> None:
    say(floor, talked, "qualified")
    offer_to_partner(floor, talked)
    with pytest.raises(Conflict, match="A partner has seen"):
        correct(floor, talked, "qualified", "not_interested")
    correct(floor, talked, "qualified", "do_not_call")
    lead = lead_of(floor, talked)
    assert lead is not None
    assert lead.status == LeadStatus.OFFERED
    with floor.database.reading() as session:
        told = session.scalars(select(LeadEvent).where(LeadEvent.what == "call_corrected")).one()
    assert told.facts == {"from": "qualified", "to": "do_not_call"}
    assert is_blocked(floor, talked)
    assert floor.contact_of(talked).outcome == "do_not_call"


def test_a_lead_that_was_closed_by_a_correction_is_not_opened_again(floor: Floor, talked: str) -> None:
    say(floor, talked, "qualified")
    correct(floor, talked, "qualified", "not_interested")
    with pytest.raises(Conflict, match="closed for good"):
        correct(floor, talked, "not_interested", "qualified")
    assert floor.call(talked).disposition == "not_interested"


def test_what_was_noted_alone_is_corrected_in_the_lead_too(floor: Floor, talked: str) -> None:
    say(floor, talked, "qualified")
    correct(floor, talked, "qualified", "qualified", notes="Erst im Mai.")
    lead = lead_of(floor, talked)
    assert lead is not None
    assert (lead.status, lead.notes, floor.contact_of(talked).attempts_made) == (LeadStatus.OPEN, "Erst im Mai.", 1)


@pytest.mark.parametrize(
    ("former", "minutes", "why"),
    [
        ("do_not_call", 1, correction_rules.STAYS_BLOCKED),
        ("not_interested", 11, correction_rules.TOO_LATE),
    ],
)
def test_what_is_refused_changes_nothing(floor: Floor, talked: str, former: str, minutes: int, why: str) -> None:
    say(floor, talked, former)
    before = floor.contact_history(floor.contact_of(talked).id)
    floor.wait(minutes=minutes)
    with pytest.raises(Conflict, match=why[:20]):
        correct(floor, talked, former, "qualified")
    assert floor.contact_history(floor.contact_of(talked).id) == before
    assert (floor.call(talked).disposition, lead_of(floor, talked)) == (former, None)
    assert is_blocked(floor, talked) == (former == "do_not_call")


def test_call_of_somebody_else_or_without_a_disposition_is_not_corrected(floor: Floor, talked: str) -> None:
    with pytest.raises(Conflict, match="Nothing is recorded"):
        correct(floor, talked, "", "qualified")
    floor.wait(minutes=30)
    assert sweep_undisposed(floor.parts, floor.now) == 1
    with pytest.raises(Conflict, match="Nothing is recorded"):
        correct(floor, talked, "no_disposition", "qualified")
    with pytest.raises(NotFound):
        correct(floor, talked, "", "qualified", agent_id=floor.add_agent())


def test_customer_who_was_forgotten_stays_forgotten(floor: Floor, talked: str) -> None:
    say(floor, talked, "not_interested")
    erase_customer(floor.parts, floor.call(talked).to_number, "user_1", floor.now)
    with pytest.raises(Conflict, match="forgotten"):
        correct(floor, talked, "not_interested", "callback")
    with floor.database.reading() as session:
        assert session.get(CallDraft, talked) is None


def test_where_it_is_switched_off_nothing_is_kept_and_nothing_corrected(database: Database, redis: Any) -> None:
    floor = Floor(database, redis, correction_minutes=0)
    call_id = finished_talk(floor)
    say(floor, call_id, "not_interested", **NOTED)
    with floor.database.reading() as session:
        assert session.get(CallDraft, call_id) is None
    with pytest.raises(Conflict, match="too late"):
        correct(floor, call_id, "not_interested", "do_not_call")


def test_correction_is_on_the_audit_trail_without_a_word_of_what_was_said(floor: Floor, talked: str) -> None:
    say(floor, talked, "not_interested")
    correct(floor, talked, "not_interested", "wrong_number")
    with floor.database.reading() as session:
        entry = session.scalars(select(AuditEntry)).one()
    assert (entry.actor, entry.action, entry.subject) == ("user_1", "outcome_corrected", talked)
    assert entry.facts == {"from": "not_interested", "to": "wrong_number"}


def test_a_correction_that_dies_half_way_leaves_the_former_disposition_whole(floor: Floor, talked: str) -> None:
    """The audit trail comes last: an entry that it cannot take undoes all that went before."""
    say(floor, talked, "callback")
    before = standing(floor, talked)
    dying = Correction(Said("qualified", **NOTED), "callback", Act("user_1", "outcome_corrected", None, {}))  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        desk.correct_disposition(floor.parts, str(floor.call(talked).agent_id), talked, dying, floor.now)
    assert standing(floor, talked) == before
    assert (floor.call(talked).disposition, lead_of(floor, talked)) == ("callback", None)
    assert corrections_of(floor, talked) == []
    assert floor.take_jobs(QueueName.WORK) == []


def test_what_was_noted_is_kept_as_long_as_it_can_be_corrected(floor: Floor, talked: str) -> None:
    say(floor, talked, "not_interested", **NOTED)
    assert drafts.drop_old_drafts(floor.parts, floor.now + timedelta(minutes=9)) == 0
    assert drafts.drop_old_drafts(floor.parts, floor.now + timedelta(minutes=11)) == 1
