"""What people and the sweep do to leads, and who hears of it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from redis import Redis
from rq import Queue as RqQueue

from foundation.database import Database
from foundation.errors import Conflict, NotFound
from foundation.live import NEWS_CHANNEL
from leads.desk import LeadDesk
from leads.facts import Policy
from leads.job_names import ROUTE_LEAD
from leads.jobs import route_one
from leads.lead_book import lock_lead
from leads.lead_states import DeclineReason, LeadOutcome, LeadStatus, OfferStatus
from leads.offers import Decline, Making, make_offer
from leads.sweep import PATIENCE_SECONDS, sweep_leads
from leads.tables import PartnerCredit
from tests.integration.leads.lead_rows import (
    NOW,
    add_lead,
    add_partner,
    history_of,
    lead_row,
    offers_of,
    route_now,
    runtime_for,
)
from tests.meanwhile import meanwhile


def at_desk(database: Database, redis: Redis, act: Callable[[LeadDesk], object]) -> None:
    with database.transaction() as session:
        act(LeadDesk(runtime_for(database, redis), session, "user_1", NOW))


def queued_leads(redis: Redis) -> list[str]:
    jobs = RqQueue("work", connection=redis, serializer="json").jobs
    assert all(job.func_name == ROUTE_LEAD for job in jobs)
    return [job.args[0] for job in jobs]


def offered(database: Database) -> tuple[str, str, str]:
    partner_id = add_partner(database, "A")
    lead_id = add_lead(database)
    route_now(database, lead_id)
    return partner_id, lead_id, offers_of(database, lead_id)[0].id


def test_decline_queues_the_search_for_the_next_partner(database: Database, redis: Redis) -> None:
    partner_id, lead_id, offer_id = offered(database)
    at_desk(database, redis, lambda desk: desk.decline_offer(offer_id, partner_id, Decline(DeclineReason.NO_CAPACITY)))
    assert queued_leads(redis) == [lead_id]


def test_news_go_to_the_leads_page_and_to_that_partner_without_anything_personal(
    sqlite_database: Database, redis: Redis
) -> None:
    partner_id, lead_id, offer_id = offered(sqlite_database)
    with redis.pubsub(ignore_subscribe_messages=True) as listener:
        listener.subscribe(NEWS_CHANNEL)
        listener.get_message(timeout=5)
        at_desk(sqlite_database, redis, lambda desk: desk.accept_offer(offer_id, partner_id))
        heard = [json.loads((listener.get_message(timeout=5) or {})["data"]) for _ in range(2)]
    assert heard == [
        {"topic": "leads", "lead_id": lead_id, "status": "accepted"},
        {"topic": f"partner:{partner_id}", "lead_id": lead_id},
    ]


def test_act_that_fails_tells_nobody_and_queues_nothing(database: Database, redis: Redis) -> None:
    partner_id, lead_id, offer_id = offered(database)
    at_desk(database, redis, lambda desk: desk.accept_offer(offer_id, partner_id))
    with pytest.raises(Conflict):
        at_desk(database, redis, lambda desk: desk.decline_offer(offer_id, partner_id, Decline(DeclineReason.CONFLICT)))
    assert queued_leads(redis) == []
    assert lead_row(database, lead_id).status == LeadStatus.ACCEPTED


def test_manager_withdraws_an_offer_and_the_lead_moves_on(database: Database, redis: Redis) -> None:
    _, lead_id, _ = offered(database)
    at_desk(database, redis, lambda desk: desk.withdraw_offer(lead_id))
    assert offers_of(database, lead_id)[0].status == OfferStatus.WITHDRAWN
    assert queued_leads(redis) == [lead_id]
    with pytest.raises(Conflict):
        at_desk(database, redis, lambda desk: desk.withdraw_offer(lead_id))


def test_lead_that_a_person_puts_back_in_line_finds_the_partner_that_came_since(
    database: Database, redis: Redis
) -> None:
    lead_id = add_lead(database)
    assert route_now(database, lead_id).status == LeadStatus.WITH_HUMAN
    partner_id = add_partner(database, "New")
    at_desk(database, redis, lambda desk: desk.route_again(lead_id))
    assert queued_leads(redis) == [lead_id]
    assert route_now(database, lead_id).partner_id == partner_id


def test_closing_an_offered_lead_withdraws_the_offer(database: Database, redis: Redis) -> None:
    partner_id, lead_id, offer_id = offered(database)
    at_desk(database, redis, lambda desk: desk.close(lead_id, LeadOutcome.DISQUALIFIED, "No project"))
    lead = lead_row(database, lead_id)
    assert (lead.status, lead.outcome, lead.outcome_reason) == (LeadStatus.CLOSED, "disqualified", "No project")
    with pytest.raises(Conflict):
        at_desk(database, redis, lambda desk: desk.accept_offer(offer_id, partner_id))
    assert history_of(database, lead_id)[-2:] == ["offer_withdrawn", "lead_closed"]


def test_partners_own_word_that_it_was_no_lead_gives_credit_back_twice_a_month_and_staffs_always(
    database: Database, redis: Redis
) -> None:
    partner_id = add_partner(database, "A")

    def cost_of_lead(number: int, close: Callable[[LeadDesk, str], object]) -> int:
        lead_id = add_lead(database, number, company=f"Firm {number} AG", phone_number=f"+4144668180{number}")
        route_now(database, lead_id)
        (offer,) = offers_of(database, lead_id)
        at_desk(database, redis, lambda desk: desk.accept_offer(offer.id, partner_id))
        at_desk(database, redis, lambda desk: close(desk, lead_id))
        with database.reading() as session:
            return session.get_one(PartnerCredit, partner_id).credit_milli

    none = LeadOutcome.DISQUALIFIED
    # Alone, it is entitled to each lead as a whole, which is what a lead costs.
    found = [cost_of_lead(one, lambda desk, lead: desk.report_outcome(lead, partner_id, none, "")) for one in range(3)]
    assert found == [1000, 2000, 2000]
    assert cost_of_lead(3, lambda desk, lead: desk.close(lead, none, "")) == 3000


def test_leads_reported_as_none_at_the_same_moment_give_credit_back_no_more_often(
    postgres_database: Database, redis: Redis
) -> None:
    database, partner_id = postgres_database, add_partner(postgres_database, "A")
    leads = []
    for number in range(3):
        leads.append(add_lead(database, number, company=f"Firm {number} AG", phone_number=f"+4144668180{number}"))
        route_now(database, leads[-1])
        (offer,) = offers_of(database, leads[-1])
        at_desk(database, redis, lambda desk, offer_id=offer.id: desk.accept_offer(offer_id, partner_id))  # type: ignore[misc]

    def was_none(desk: LeadDesk, lead_id: str) -> object:
        return desk.report_outcome(lead_id, partner_id, LeadOutcome.DISQUALIFIED, "")

    at_desk(database, redis, lambda desk: was_none(desk, leads[0]))
    runtime = runtime_for(database, redis)
    meanwhile(
        database,
        lambda session: was_none(LeadDesk(runtime, session, "user_1", NOW), leads[1]),
        lambda: at_desk(database, redis, lambda desk: was_none(desk, leads[2])),
    )
    with database.reading() as session:
        assert session.get_one(PartnerCredit, partner_id).credit_milli == 2000


def test_only_the_partner_that_has_the_lead_reports_its_outcome(database: Database, redis: Redis) -> None:
    partner_id, lead_id, offer_id = offered(database)
    with pytest.raises(NotFound):
        at_desk(database, redis, lambda desk: desk.report_outcome(lead_id, partner_id, LeadOutcome.WON, ""))
    at_desk(database, redis, lambda desk: desk.accept_offer(offer_id, partner_id))
    with pytest.raises(NotFound):
        at_desk(database, redis, lambda desk: desk.report_outcome(lead_id, "partner_other", LeadOutcome.WON, ""))
    with pytest.raises(Conflict):
        at_desk(database, redis, lambda desk: desk.report_outcome(lead_id, partner_id, LeadOutcome.NOT_PLACED, ""))
    at_desk(database, redis, lambda desk: desk.report_outcome(lead_id, partner_id, LeadOutcome.WON, "Signed"))
    assert lead_row(database, lead_id).outcome == "won"
    with pytest.raises(Conflict):
        at_desk(database, redis, lambda desk: desk.report_outcome(lead_id, partner_id, LeadOutcome.LOST, ""))


def test_sweep_moves_a_lead_whose_offer_timed_out_to_the_next_partner(database: Database, redis: Redis) -> None:
    partners = {add_partner(database, "A"), add_partner(database, "B")}
    lead_id = add_lead(database)
    route_now(database, lead_id)
    later = NOW + timedelta(hours=8)
    runtime = runtime_for(database, redis)
    assert sweep_leads(runtime, later - timedelta(seconds=1)) == 0
    assert sweep_leads(runtime, later) == 1
    first, second = offers_of(database, lead_id)
    assert (first.status, second.status) == (OfferStatus.TIMED_OUT, OfferStatus.LIVE)
    assert {first.partner_id, second.partner_id} == partners
    assert sweep_leads(runtime, later) == 0


def test_sweep_routes_an_open_lead_whose_job_was_lost_once_patience_is_over(database: Database, redis: Redis) -> None:
    add_partner(database, "A")
    lead_id = add_lead(database)
    runtime = runtime_for(database, redis)
    impatient = NOW + timedelta(seconds=PATIENCE_SECONDS)
    assert sweep_leads(runtime, impatient - timedelta(seconds=1)) == 0
    assert lead_row(database, lead_id).status == LeadStatus.OPEN
    assert sweep_leads(runtime, impatient) == 1
    assert lead_row(database, lead_id).status == LeadStatus.OFFERED


def test_three_offers_that_nobody_answers_end_before_a_person(database: Database, redis: Redis) -> None:
    for name in "ABCD":
        add_partner(database, name)
    lead_id = add_lead(database)
    route_now(database, lead_id)
    for number in range(1, 4):
        later = NOW + timedelta(hours=8 * number)
        assert sweep_leads(runtime_for(database, redis), later) == 1
    assert lead_row(database, lead_id).status == LeadStatus.WITH_HUMAN
    assert [offer.status for offer in offers_of(database, lead_id)] == [OfferStatus.TIMED_OUT] * 3


def test_offers_end_in_business_hours_of_the_partners_canton_and_hot_ones_sooner(database: Database) -> None:
    # A Friday at ten: a working day later, two hours later; in Neuchâtel the Monday between is Republic Day.
    partner_id = add_partner(database, "A", home_postcode="8005")
    other_id = add_partner(database, "N", home_postcode="2000")
    at_ten = datetime(2027, 2, 26, 9, tzinfo=UTC)
    ends = []
    for number, (who, urgency) in enumerate([(partner_id, "normal"), (partner_id, "hot"), (other_id, "normal")]):
        lead_id = add_lead(database, number, urgency=urgency)
        with database.transaction() as session:
            offer = make_offer(session, lock_lead(session, lead_id), who, Making("turn", Policy(), at_ten))
            ends.append(offer.expires_at)
    assert ends == [
        datetime(2027, 3, 1, 9, tzinfo=UTC),
        datetime(2027, 2, 26, 11, tzinfo=UTC),
        datetime(2027, 3, 2, 9, tzinfo=UTC),
    ]


def test_setting_says_how_long_offers_live_also_those_made_by_hand(database: Database, redis: Redis) -> None:
    partner_id = add_partner(database, "A")
    first, second = add_lead(database, 1), add_lead(database, 2)
    runtime = runtime_for(database, redis, offer_hours=2.0)
    route_one(runtime, first, NOW)
    with database.transaction() as session:
        LeadDesk(runtime, session, "user_1", NOW).assign_by_hand(second, partner_id)
    for lead_id in (first, second):
        assert offers_of(database, lead_id)[0].expires_at == NOW + timedelta(hours=2)
