"""Forgetting a customer by its number: everywhere in this house, for good, and still never dialed again."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from campaigns.tables import ContactStatus
from compliance import do_not_call
from compliance.tables import DoNotCall
from dialer import erasure, retention
from dialer.job_names import RUN_RETENTION
from dialer.retention_tables import RetentionRun
from foundation.database import Table
from foundation.errors import Conflict, NotFound
from foundation.queue import QueueName
from foundation.secret_key import derived_key
from leads.claim_tables import Claim, ClaimMark
from leads.jobs import route_one
from leads.offers import Reply, accept
from leads.privacy import list_tasks
from leads.tables import Lead, Offer, Partner
from tests.integration.dialer.floor import Floor
from tests.integration.leads.lead_rows import add_partner


@pytest.fixture
def accepted(floor: Floor) -> tuple[str, str]:
    """A qualified contact whose lead a partner accepted: its number and the lead's id."""
    add_partner(floor.database, "Alpha", cantons=(), solutions=("erp", "cloud"))
    campaign_id = floor.add_campaign()
    floor.add_ready_agent("de")
    call_id = floor.talk(campaign_id)
    floor.hang_up(call_id)
    floor.say(call_id, "qualified", notes="ask for Kim", answers={"solutions": ["erp"]})
    with floor.database.transaction() as session:
        lead = session.scalars(select(Lead)).one()
        lead.person, lead.email = "Kim Beispiel", "kim@example.ch"
        lead.needs_receipt = False
        lead_id = lead.id
    route_one(floor.parts.runtime, lead_id, floor.now)
    with floor.database.transaction() as session:
        offer = session.scalars(select(Offer)).one()
        accept(session, offer.id, Reply(offer.partner_id, "user_1", floor.now))
    return floor.call(call_id).to_number, lead_id


def rows_with(floor: Floor, text: str) -> set[str]:
    with floor.database.reading() as session:
        return {
            table.name
            for table in Table.metadata.sorted_tables
            for row in session.execute(select(table))
            if text in repr(tuple(row))
        }


def add_claim(floor: Floor, number: str) -> None:
    """A deal that a partner registered with this customer."""
    day = floor.now.date()
    with floor.database.transaction() as session:
        partner_id = session.scalars(select(Partner.id)).first()
        claim = Claim(
            id="claim_1",
            partner_id=partner_id,
            kind="registered",
            company="Beispiel Bau AG",
            person="Kim Beispiel",
            phone_number=number,
            evidence="Kim said so",
            since=day,
            status="confirmed",
            asked_at=floor.now,
            asked_by="user_1",
            due_at=floor.now,
        )
        session.add(claim)
        session.flush()
        session.add(ClaimMark(claim_id="claim_1", known_by="phone", customer_key=number))


def test_nothing_tells_the_number_or_the_person_any_more_and_it_stays_blocked(
    floor: Floor, accepted: tuple[str, str]
) -> None:
    number, lead_id = accepted
    add_claim(floor, number)
    assert rows_with(floor, number) >= {"contacts", "calls", "leads", "claims", "claim_marks"}
    done = erasure.erase_customer(floor.parts, number, "user_1", floor.now)
    assert (done.contacts, done.leads, done.tasks) == (1, 1, 1)
    for text in (number, "Kim", "kim@example.ch"):
        assert rows_with(floor, text) == set(), text
    key = derived_key(floor.parts.settings, "do-not-call")
    with floor.database.reading() as session:
        assert do_not_call.is_blocked(session, number, "", floor.now, lambda: key)
        assert all(row.value.startswith(do_not_call.ERASED) for row in session.scalars(select(DoNotCall)))
        (task,) = list_tasks(session)
        assert (task.partner, task.task.lead_id, task.task.kind) == ("Alpha", lead_id, "erasure")
        lead = session.get_one(Lead, lead_id)
        assert (lead.status, lead.outcome) == ("closed", "disqualified")
    with pytest.raises(NotFound):
        erasure.erase_customer(floor.parts, number, "user_1", floor.now)


def test_whoever_waits_in_line_is_forgotten_too(floor: Floor) -> None:
    campaign_id = floor.add_campaign(2)
    first, second = floor.contacts(campaign_id)
    erasure.erase_customer(floor.parts, first.phone_number, "user_1", floor.now)
    gone, other = floor.contacts(campaign_id)
    assert (gone.status, gone.outcome, gone.company) == (ContactStatus.DONE, "erased", "")
    assert not gone.phone_number.startswith("+")
    assert (other.status, other.phone_number) == (ContactStatus.WAITING, second.phone_number)


def test_a_call_that_is_going_on_is_waited_for(floor: Floor) -> None:
    campaign_id = floor.add_campaign()
    floor.add_ready_agent("de")
    call_id = floor.talk(campaign_id)
    with pytest.raises(Conflict, match="in a call"):
        erasure.erase_customer(floor.parts, floor.call(call_id).to_number, "user_1", floor.now)


def test_taking_consent_back_stops_calls_and_tells_partners(floor: Floor, accepted: tuple[str, str]) -> None:
    number, lead_id = accepted
    done = erasure.withdraw_consent(floor.parts, number, "user_1", floor.now)
    assert (done.leads, done.tasks) == (1, 1)
    with floor.database.reading() as session:
        assert do_not_call.is_blocked(session, number, "", floor.now, lambda: b"")
        assert [row.task.kind for row in list_tasks(session)] == ["withdrawal"]
        assert session.get_one(Lead, lead_id).company == session.get_one(Lead, lead_id).company
        assert session.get_one(Lead, lead_id).status == "closed"


def test_a_night_is_claimed_once_and_rung_again_when_it_is_lost(floor: Floor) -> None:
    runtime = floor.parts.runtime
    night = floor.now.replace(hour=2, minute=30)  # half past three in Switzerland
    assert not retention.ring_when_due(runtime, night.replace(hour=0))
    assert retention.ring_when_due(runtime, night)
    assert not retention.ring_when_due(runtime, night + timedelta(minutes=5))
    assert retention.ring_when_due(runtime, night + timedelta(minutes=61))
    jobs = floor.take_jobs(QueueName.WORK)
    assert [name for name, _ in jobs] == [RUN_RETENTION, RUN_RETENTION]
    retention.run_night(runtime, date.fromisoformat(jobs[0][1]), night)
    assert not retention.ring_when_due(runtime, night + timedelta(hours=9))
    with floor.database.reading() as session:
        assert session.scalars(select(RetentionRun)).one().ended_at == night
