"""Forgetting a customer by its number: everywhere in this house, for good, and still never dialed again."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from campaigns.tables import Campaign, ContactList, ContactStatus, RefusedRow
from compliance import do_not_call
from compliance.tables import DoNotCall
from dialer import erasure, retention
from dialer.job_names import RUN_RETENTION
from dialer.retention_tables import RetentionRun
from dialer.search_jobs import write_for
from dialer.tables import InboxEntry
from foundation.database import Table
from foundation.errors import Conflict, NotFound
from foundation.phone_number import written_readably
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
    write_for(floor.database, seconds=5)
    done = erasure.erase_customer(floor.parts, number, "user_1", floor.now)
    assert (done.contacts, done.leads, done.tasks) == (1, 1, 1)
    for text in (number, "Kim", "kim", "kim@example.ch"):
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


def add_refused(floor: Floor, campaign_id: str, *cells: str) -> None:
    """A row of the campaign's list that was refused, as it was written."""
    with floor.database.transaction() as session:
        list_id = session.scalars(select(ContactList.id).where(ContactList.campaign_id == campaign_id)).one()
        session.add(RefusedRow(list_id=list_id, row_number=9, reason="duplicate_in_file", cells=list(cells)))


def refused_companies(floor: Floor) -> list[str]:
    with floor.database.reading() as session:
        return [row.cells[0] for row in session.scalars(select(RefusedRow).order_by(RefusedRow.id))]


def add_callback(floor: Floor, call_id: str, key: str, applied_at: datetime | None) -> None:
    """What the carrier said of a call, with its number in it."""
    fields = {"CallStatus": "completed", "To": floor.call(call_id).to_number}
    with floor.database.transaction() as session:
        entry = InboxEntry(key=key, call_id=call_id, kind="status", fields=fields, received_at=floor.now)
        entry.applied_at = applied_at
        session.add(entry)


def test_refused_rows_and_the_carriers_reports_are_forgotten_too(floor: Floor) -> None:
    campaign_id = floor.add_campaign()
    floor.add_ready_agent("de")
    call_id = floor.talk(campaign_id)
    floor.hang_up(call_id)
    floor.say(call_id, "not_interested")
    number = floor.call(call_id).to_number
    add_callback(floor, call_id, "applied", floor.now)
    add_callback(floor, call_id, "waits", None)
    spoken = written_readably(number)
    add_refused(floor, campaign_id, "Gleiche AG", f"0{number[3:5]} / {number[5:]}")
    add_refused(floor, campaign_id, "Auch AG", spoken)
    add_refused(floor, campaign_id, "Andere AG", "044 668 18 99")
    erasure.erase_customer(floor.parts, number, "user_1", floor.now)
    assert rows_with(floor, number) == set()
    assert refused_companies(floor) == ["Andere AG"]
    with floor.database.reading() as session:
        fields = {row.key: row.fields for row in session.scalars(select(InboxEntry))}
    assert (fields["applied"], fields["waits"]) == ({}, {"CallStatus": "completed"})


def test_whoever_is_known_from_a_refused_row_alone_can_be_forgotten(floor: Floor) -> None:
    add_refused(floor, floor.add_campaign(), "Beispiel AG", "044 668 18 99")
    erasure.erase_customer(floor.parts, "+41446681899", "user_1", floor.now)
    assert refused_companies(floor) == []


def test_lists_and_calls_are_kept_for_their_time_and_no_longer(floor: Floor) -> None:
    campaign_id, running_id = floor.add_campaign(2), floor.add_campaign(1)
    floor.add_ready_agent("de", campaign_id=campaign_id)
    call_id = floor.talk(campaign_id)
    floor.hang_up(call_id)
    floor.say(call_id, "not_interested", notes="ask for Kim")
    add_callback(floor, call_id, "applied", floor.now)
    add_callback(floor, call_id, "waits", None)
    add_refused(floor, campaign_id, "Gleiche AG", "044 668 18 99")
    floor.spoil(Campaign, campaign_id, finished_at=floor.now)
    (running,) = floor.contacts(running_id)

    def due(days: int) -> dict[str, int]:
        with floor.database.reading() as session:
            counts = retention.count_due(session, floor.parts.runtime, floor.now + timedelta(days=days))
        return {name: counts[name] for name in ("refused_rows", "callbacks", "contacts")}

    assert due(29) == {"refused_rows": 0, "callbacks": 0, "contacts": 0}
    assert due(31) == {"refused_rows": 0, "callbacks": 1, "contacts": 0}
    assert due(91) == {"refused_rows": 1, "callbacks": 1, "contacts": 0}
    assert due(1096) == {"refused_rows": 1, "callbacks": 1, "contacts": 2}
    retention.let_go(floor.parts.runtime, floor.now + timedelta(days=1096))
    assert due(1096) == {"refused_rows": 0, "callbacks": 0, "contacts": 0}
    assert [contact.company for contact in floor.contacts(campaign_id)] == ["", ""]
    call = floor.call(call_id)
    assert (call.to_number, call.notes, call.disposition) == ("gone", "", "not_interested")
    assert floor.contacts(running_id)[0].company == running.company != ""
    with floor.database.reading() as session:
        assert [row.key for row in session.scalars(select(InboxEntry))] == ["waits"]
        assert session.scalars(select(DoNotCall)).all() == [], "time alone blocks nobody"


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
        assert session.get_one(Lead, lead_id).company, "nothing is deleted: it is used no more"
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
