"""What a lead says of a person goes after its time; who saw it is known; partners are asked, reminded, and answer."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import func, select

from foundation.database import Database
from foundation.errors import NotFound
from foundation.runtime import Runtime
from leads import disclosures, privacy
from leads.anonymising import anonymise_lead
from leads.desk import LeadDesk
from leads.disclosures import Asked, Reader, Way, list_shown, note_when_new
from leads.kept_inputs import unpack
from leads.lead_book import lock_lead
from leads.lead_states import DeclineReason, LeadOutcome
from leads.offers import Decline, Reply, accept, decline
from leads.partner_view import view_accepted
from leads.privacy import Answer, RequestKind, TaskAnswer, ask_partners
from leads.privacy_tables import Disclosure
from leads.replay import replays_identically
from leads.retention import kinds
from leads.tables import Delivery, Lead, Offer, RoutingRound
from tests.integration.leads.delivery_rows import at
from tests.integration.leads.lead_rows import (
    NOW,
    add_lead,
    add_partner,
    lead_row,
    offers_of,
    route_now,
    runtime_for,
)

PERSONAL = ("Beispiel Bau AG", "Kim Beispiel", "+41446681800", "kim@example.ch", "Call after ten.", "new books")
WISH = "Bitte Alpha, sagt Kim Beispiel"


@pytest.fixture
def runtime(database: Database, redis_url: str, tmp_path: Path) -> Iterator[Runtime]:
    with Redis.from_url(redis_url) as redis:
        yield at(runtime_for(database, redis, data_dir=tmp_path), NOW)


def accepted(database: Database, number: int = 1, **changes: str) -> tuple[str, str]:
    """A lead that a partner accepted: both ids."""
    lead_id = add_lead(database, number, **changes)
    route_now(database, lead_id)
    (offer,) = offers_of(database, lead_id)
    with database.transaction() as session:
        accept(session, offer.id, Reply(offer.partner_id, "user_1", NOW))
    return lead_id, offer.partner_id


def everything_of(database: Database, lead_id: str) -> str:
    """All that the rows of leads hold of a lead, as text."""
    with database.reading() as session:
        lead = session.get_one(Lead, lead_id)
        texts = [str(getattr(lead, column.key)) for column in Lead.__table__.columns]
        for table in (Offer, Delivery):
            for row in session.scalars(select(table).where(table.lead_id == lead_id)):
                texts += [str(getattr(row, column.key)) for column in table.__table__.columns]
        for kept in session.scalars(select(RoutingRound).where(RoutingRound.lead_id == lead_id)):
            texts.append(str(unpack(kept.inputs)))
    return "\n".join(texts)


def test_an_anonymised_lead_tells_nothing_of_the_person_and_its_decisions_replay(database: Database) -> None:
    add_partner(database, "Alpha")
    lead_id, partner_id = accepted(database, wish=WISH, existing_partner="Kim Beispiels Freunde GmbH")
    before = everything_of(database, lead_id)
    assert all(text in before for text in PERSONAL)
    with database.transaction() as session:
        anonymise_lead(session, lock_lead(session, lead_id), NOW)
        anonymise_lead(session, lock_lead(session, lead_id), NOW + timedelta(days=1))
    after = everything_of(database, lead_id)
    assert [text for text in (*PERSONAL, "Kim", "contact_1", "call_1") if text in after] == []
    lead = lead_row(database, lead_id)
    assert (lead.anonymised_at, lead.canton, lead.language, lead.employees) == (NOW, "ZH", "de", 40)
    assert (lead.partner_id, lead.answers["solutions"], lead.answers["seats"]) == (partner_id, ["erp"], 20)
    with database.reading() as session:
        assert replays_identically(session, lead_id, 1)
        kept = session.get_one(RoutingRound, (lead_id, 1))
        assert len(kept.first_digest) == 64
        assert kept.first_digest != kept.digest
        assert view_accepted(session, partner_id, lead_id).company == ""


def test_a_call_opens_another_lead_never_the_anonymised_one(database: Database) -> None:
    add_partner(database, "Alpha")
    lead_id, _ = accepted(database)
    with database.transaction() as session:
        anonymise_lead(session, lock_lead(session, lead_id), NOW)
    assert add_lead(database) != lead_id


def test_what_was_shown_to_whom_is_logged_once_a_day(database: Database) -> None:
    add_partner(database, "Alpha")
    lead_id, partner_id = accepted(database)
    reader = Reader(partner_id, "user_2", Way.PAGE)
    for hours in (0, 1, 30):
        note_when_new(database, [lead_id], reader, NOW + timedelta(hours=hours))
    with database.reading() as session:
        log = list_shown(session, Asked(lead_id))
        assert [(one.way, one.user_id) for one in log] == [
            ("page", "user_2"),
            ("page", "user_2"),
            ("accepted", "user_1"),
        ]
        for customer in ("+41446681800", "beispiel bau ag"):
            assert len(list_shown(session, Asked(customer=customer))) == 3
        assert list_shown(session, Asked(customer="Andere AG")) == []
        assert len(list_shown(session, Asked(), before=str(log[0].id), limit=1)) == 1


def test_every_partner_that_saw_a_lead_gets_a_task_and_answers_it_itself(database: Database) -> None:
    first, second = add_partner(database, "Alpha"), add_partner(database, "Beta")
    lead_id, holder = accepted(database)
    other = second if holder == first else first
    with database.transaction() as session:
        disclosures.note(session, [lead_id], Reader(other, "user_9", Way.API), NOW)
    with database.transaction() as session:
        request, tasks = ask_partners(session, RequestKind.ERASURE, [lead_id], "user_1", NOW)
    assert request.leads == 1
    assert {task.partner_id for task in tasks} == {first, second}
    mine = next(task for task in tasks if task.partner_id == first)
    with database.transaction() as session:
        for partner_id in ("", second):
            with pytest.raises(NotFound, match="there is no such task"):
                privacy.answer_task(session, mine.id, Answer(partner_id, "user_2", TaskAnswer.DELETED), NOW)
        done = privacy.answer_task(session, mine.id, Answer(first, "user_2", TaskAnswer.KEPT_BY_LAW), NOW)
        again = privacy.answer_task(session, mine.id, Answer(first, "user_3", TaskAnswer.DELETED), NOW)
        assert (done.answer, again.done_by) == ("kept_by_law", "user_2")
    with database.reading() as session:
        assert [row.task.partner_id for row in privacy.list_tasks(session)] == [second]
        assert len(privacy.list_own_tasks(session, first)) == 1
        told = select(Delivery.channel).where(Delivery.notice == "privacy_task", Delivery.partner_id == first)
        assert set(session.scalars(told)) == {"portal", "email"}


def test_a_partner_that_does_nothing_is_reminded_three_times(runtime: Runtime) -> None:
    add_partner(runtime.database, "Alpha")
    lead_id, _ = accepted(runtime.database)
    with runtime.database.transaction() as session:
        ask_partners(session, RequestKind.WITHDRAWAL, [lead_id], "user_1", NOW)
    reminded = [privacy.remind_of_tasks(runtime, NOW + timedelta(days=day)) for day in range(30)]
    assert [day for day, count in enumerate(reminded) if count] == [5, 10, 15]
    with runtime.database.reading() as session:
        told = select(func.count()).where(Delivery.notice == "privacy_reminder", Delivery.channel == "portal")
        assert session.scalars(told).one() == 3


def closed(database: Database, number: int, outcome: LeadOutcome, runtime: Runtime) -> str:
    lead_id, partner_id = accepted(database, number)
    with database.transaction() as session:
        LeadDesk(runtime, session, "user_1", NOW).report_outcome(lead_id, partner_id, outcome, "said Kim")
    return lead_id


def test_each_stage_is_kept_for_its_own_time_and_no_longer(runtime: Runtime) -> None:
    database = runtime.database
    add_partner(database, "Alpha")
    lost = closed(database, 1, LeadOutcome.LOST, runtime)
    won = closed(database, 2, LeadOutcome.WON, runtime)
    at_work, _ = accepted(database, 3)
    passed = add_lead(database, 4)
    route_now(database, passed)
    (offer,) = offers_of(database, passed)
    with database.transaction() as session:
        decline(session, offer.id, Decline(DeclineReason.OTHER, "ask Kim"), Reply(offer.partner_id, "user_1", NOW))

    def due(days: int) -> dict[str, int]:
        with database.reading() as session:
            return {one.name: one.count(session, NOW + timedelta(days=days)) for one in kinds(runtime.settings)}

    assert due(29) == dict.fromkeys(due(0), 0)
    assert due(31)["offers"] == 1
    assert (due(364)["lost_leads"], due(366)["lost_leads"], due(366)["won_leads"]) == (0, 1, 0)
    assert (due(729)["disclosures"], due(731)["disclosures"]) == (0, 3)
    assert due(3651)["won_leads"] == 1
    for one in kinds(runtime.settings):
        with database.transaction() as session:
            one.let_go(session, NOW + timedelta(days=800), 100)
    assert lead_row(database, lost).company == ""
    assert lead_row(database, won).company == lead_row(database, at_work).company == "Beispiel Bau AG"
    (cleared,) = offers_of(database, passed)
    assert (cleared.teaser, cleared.decline_text, cleared.decline_reason) == ({}, "", "OTHER")
    with database.reading() as session:
        assert session.scalars(select(func.count()).select_from(Disclosure)).one() == 0
    after = due(800)
    assert (after["offers"], after["lost_leads"], after["disclosures"], after["messages"]) == (0, 0, 0, 0)
