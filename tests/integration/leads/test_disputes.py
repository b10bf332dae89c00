"""Disputes: who may file and until when, who may decide, and what a decision brings about."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from redis import Redis
from sqlalchemy import select

from foundation.database import Database
from foundation.errors import Conflict, Forbidden, Invalid, NotFound
from foundation.runtime import Runtime
from leads import dispute_view
from leads.delivery import DISPUTE_DECIDED, PORTAL
from leads.desk import LeadDesk
from leads.dispute_desk import DisputeDesk, Ruling
from leads.dispute_states import DisputeKind, DisputeOutcome
from leads.dispute_tables import Dispute, DisputeEvent
from leads.jobs import route_one
from leads.lead_book import lock_lead
from leads.lead_states import LeadStatus, OfferStatus
from leads.offers import Reply, accept
from leads.partner_view import list_accepted, view_accepted
from leads.policy_lab import finish_task
from leads.policy_tables import PolicyChange
from leads.recall import recall
from leads.sweep import sweep_leads
from leads.tables import Delivery, PartnerCredit
from tests.integration.leads.lead_rows import (
    NOW,
    add_lead,
    add_partner,
    decline_live,
    history_of,
    lead_row,
    offers_of,
    route_now,
    runtime_for,
)

LATER = NOW + timedelta(hours=1)
REASONS = "We looked at it again."


@pytest.fixture
def runtime(database: Database, redis: Redis) -> Runtime:
    return runtime_for(database, redis)


def routed(database: Database) -> tuple[str, str, str]:
    """A lead that came to one of two partners: its id, the winner's and the loser's."""
    one, other = add_partner(database, "A"), add_partner(database, "B")
    lead_id = add_lead(database)
    winner = route_now(database, lead_id).partner_id
    return lead_id, winner, other if winner == one else one


def at_desk(runtime: Runtime, act: Callable[[DisputeDesk], Dispute], actor: str, at: datetime = LATER) -> Dispute:
    with runtime.database.transaction() as session:
        return act(DisputeDesk(runtime, session, actor, at))


def file(runtime: Runtime, lead_id: str, partner_id: str, at: datetime = LATER) -> str:
    text = "The customer has been ours for years."
    return at_desk(
        runtime, lambda desk: desk.file(lead_id, partner_id, DisputeKind.RELATION_IGNORED, text), "user_partner", at
    ).id


def decide(runtime: Runtime, dispute_id: str, ruling: Ruling, actor: str = "user_reviewer") -> Dispute:
    return at_desk(runtime, lambda desk: desk.decide(dispute_id, ruling), actor)


def take(database: Database, lead_id: str) -> None:
    (offer,) = [one for one in offers_of(database, lead_id) if one.status == OfferStatus.LIVE]
    with database.transaction() as session:
        accept(session, offer.id, Reply(offer.partner_id, "user_winner", NOW))


def test_undecided_dispute_keeps_the_lead_from_new_offers_and_leaves_the_live_one(runtime: Runtime) -> None:
    database = runtime.database
    lead_id, winner, loser = routed(database)
    dispute_id = file(runtime, lead_id, loser)
    assert lead_row(database, lead_id).status == LeadStatus.OFFERED
    assert decline_live(database, lead_id) == winner
    assert not route_one(runtime, lead_id, LATER).changed
    assert sweep_leads(runtime, LATER + timedelta(days=1)) == 0
    decide(runtime, dispute_id, Ruling(DisputeOutcome.UPHELD, REASONS))
    assert route_one(runtime, lead_id, LATER).partner_id == loser
    assert history_of(database, lead_id).count("dispute_filed") == 1


def test_manager_cannot_go_round_a_dispute_by_hand(runtime: Runtime) -> None:
    lead_id, winner, loser = routed(runtime.database)
    file(runtime, lead_id, loser)
    decline_live(runtime.database, lead_id)
    with runtime.database.transaction() as session, pytest.raises(Conflict, match="undecided"):
        LeadDesk(runtime, session, "user_manager", LATER).assign_by_hand(lead_id, winner)


def test_only_candidates_file_once_with_words_and_within_ten_working_days(runtime: Runtime) -> None:
    database = runtime.database
    lead_id, winner, loser = routed(database)
    stranger = add_partner(database, "C")
    with pytest.raises(NotFound):
        file(runtime, lead_id, stranger)
    with pytest.raises(NotFound):
        file(runtime, "lead_none", loser)
    with pytest.raises(Conflict, match="came to you"):
        file(runtime, lead_id, winner)
    with pytest.raises(Invalid):
        at_desk(runtime, lambda desk: desk.file(lead_id, loser, DisputeKind.OTHER, "  "), "user_partner")
    # Monday 2 March, 10 o'clock in Zurich: ten working days later it is Monday, 16 March, 10 o'clock.
    with pytest.raises(Conflict, match="ten working days"):
        file(runtime, lead_id, loser, NOW + timedelta(days=14, minutes=1))
    file(runtime, lead_id, loser, NOW + timedelta(days=14))
    with pytest.raises(Conflict, match="already"):
        file(runtime, lead_id, loser)


def test_decision_is_due_in_three_working_days_of_the_staffs_canton(runtime: Runtime) -> None:
    lead_id, _, loser = routed(runtime.database)
    dispute_id = file(runtime, lead_id, loser, NOW)
    with runtime.database.reading() as session:
        due_at = session.get_one(Dispute, dispute_id).due_at
        assert due_at == NOW + timedelta(days=3)
        (row,) = dispute_view.inbox(session, due_at + timedelta(minutes=1))
        assert row.is_overdue


def test_whoever_took_part_may_neither_take_up_nor_decide(runtime: Runtime) -> None:
    database = runtime.database
    lead_id, _, loser = routed(database)
    with database.transaction() as session:
        LeadDesk(runtime, session, "user_manager", NOW).withdraw_offer(lead_id)
    # It was routed again, by a decision in which both were candidates.
    chosen = route_now(database, lead_id).partner_id
    other = next(one for one in (loser, offers_of(database, lead_id)[0].partner_id) if one != chosen)
    dispute_id = file(runtime, lead_id, other)
    for act in (
        lambda desk: desk.take_up(dispute_id),
        lambda desk: desk.decide(dispute_id, Ruling(DisputeOutcome.UPHELD, REASONS)),
    ):
        with pytest.raises(Forbidden):
            at_desk(runtime, act, "user_manager")
    assert at_desk(runtime, lambda desk: desk.take_up(dispute_id), "user_reviewer").reviewer == "user_reviewer"


def test_reassigning_withdraws_the_live_offer_and_offers_by_hand(runtime: Runtime) -> None:
    lead_id, winner, loser = routed(runtime.database)
    dispute_id = file(runtime, lead_id, loser)
    decide(runtime, dispute_id, Ruling(DisputeOutcome.REASSIGNED, REASONS))
    offers = [(one.partner_id, one.status, one.basis) for one in offers_of(runtime.database, lead_id)]
    assert offers == [(winner, "withdrawn", "turn"), (loser, "live", "by_hand")]


def test_reassigning_takes_an_accepted_lead_back(runtime: Runtime) -> None:
    database = runtime.database
    lead_id, winner, loser = routed(database)
    dispute_id = file(runtime, lead_id, loser)
    take(database, lead_id)
    decide(runtime, dispute_id, Ruling(DisputeOutcome.REASSIGNED, REASONS))
    offers = [(one.partner_id, one.status) for one in offers_of(database, lead_id)]
    assert offers == [(winner, "recalled"), (loser, "live")]
    with database.reading() as session, pytest.raises(NotFound):
        view_accepted(session, winner, lead_id)


def test_shared_lead_is_shown_to_both_partners_and_the_disclosure_is_recorded(runtime: Runtime) -> None:
    database = runtime.database
    lead_id, winner, loser = routed(database)
    dispute_id = file(runtime, lead_id, loser)
    split = Ruling(DisputeOutcome.SPLIT, REASONS)
    with pytest.raises(Conflict, match="accepted"):
        decide(runtime, dispute_id, split)
    take(database, lead_id)
    decide(runtime, dispute_id, split)
    with database.reading() as session:
        for partner_id in (winner, loser):
            assert view_accepted(session, partner_id, lead_id).person == "Kim Beispiel"
            assert [one.lead_id for one in list_accepted(session, partner_id)] == [lead_id]
    assert history_of(database, lead_id).count("contact_disclosed") == 2


def test_shared_lead_is_taken_back_from_both_partners(runtime: Runtime) -> None:
    database = runtime.database
    lead_id, winner, loser = routed(database)
    dispute_id = file(runtime, lead_id, loser)
    take(database, lead_id)
    decide(runtime, dispute_id, Ruling(DisputeOutcome.SPLIT, REASONS))
    with database.transaction() as session:
        recall(session, lock_lead(session, lead_id), "no_first_contact", LATER)
    with database.reading() as session:
        for partner_id in (winner, loser):
            assert list_accepted(session, partner_id) == []
            with pytest.raises(NotFound):
                view_accepted(session, partner_id, lead_id)
        told = select(Delivery.partner_id).where(Delivery.notice == "lead_recalled", Delivery.channel == "portal")
        assert set(session.scalars(told)) == {winner, loser}
    assert history_of(database, lead_id).count("contact_access_ended") == 2


def test_compensation_is_credit_and_bounded(runtime: Runtime) -> None:
    lead_id, _, loser = routed(runtime.database)

    def credit() -> int:
        with runtime.database.reading() as session:
            return session.get_one(PartnerCredit, loser).credit_milli

    before = credit()
    dispute_id = file(runtime, lead_id, loser)
    for too_much in (0, 2001):
        with pytest.raises(Invalid):
            decide(runtime, dispute_id, Ruling(DisputeOutcome.COMPENSATED, REASONS, compensation_milli=too_much))
    decide(runtime, dispute_id, Ruling(DisputeOutcome.COMPENSATED, REASONS, compensation_milli=700))
    assert credit() == before + 700


def test_mended_rule_is_a_task_in_the_policys_log_and_a_precedent_names_nobody(runtime: Runtime) -> None:
    lead_id, _, loser = routed(runtime.database)
    dispute_id = file(runtime, lead_id, loser)
    ruling = Ruling(DisputeOutcome.RULE_MENDED, REASONS, "Size counts by seats.", "size", task="Count seats.")
    decide(runtime, dispute_id, ruling)
    with runtime.database.reading() as session:
        assert [one.text for one in session.scalars(select(PolicyChange))] == ["Count seats."]
        (precedent,) = dispute_view.precedents(session)
        told = repr(precedent)
    assert (precedent.outcome, precedent.rule, precedent.month) == ("rule_mended", "size", "2026-03")
    for secret in (lead_id, loser, dispute_id, REASONS, "user_reviewer"):
        assert secret not in told
    with runtime.database.transaction() as session:
        task = session.scalars(select(PolicyChange)).one()
        done = finish_task(session, task.id, "user_manager", LATER)
        assert (done.done_by, done.done_at) == ("user_manager", LATER)
        with pytest.raises(Conflict, match="already"):
            finish_task(session, task.id, "user_other", LATER)
        with pytest.raises(NotFound):
            finish_task(session, task.id + 1, "user_other", LATER)


def test_decided_dispute_stays_decided_and_each_step_is_in_its_history(runtime: Runtime) -> None:
    lead_id, _, loser = routed(runtime.database)
    dispute_id = file(runtime, lead_id, loser)
    decide(runtime, dispute_id, Ruling(DisputeOutcome.UPHELD, REASONS))
    with pytest.raises(Conflict):
        decide(runtime, dispute_id, Ruling(DisputeOutcome.REASSIGNED, REASONS))
    with pytest.raises(Conflict):
        at_desk(runtime, lambda desk: desk.withdraw(dispute_id, loser), "user_partner")
    with runtime.database.reading() as session:
        events = session.scalars(select(DisputeEvent).order_by(DisputeEvent.id))
        assert [event.what for event in events] == ["filed", "decide"]
        counts = dispute_view.count_disputes(session, NOW, NOW + timedelta(days=1))
    assert (counts.filed, counts.decided, counts.overturned) == (1, 1, 0)


def test_withdrawn_dispute_lets_the_lead_go_on(runtime: Runtime) -> None:
    lead_id, winner, loser = routed(runtime.database)
    dispute_id = file(runtime, lead_id, loser)
    decline_live(runtime.database, lead_id)
    with pytest.raises(NotFound):
        at_desk(runtime, lambda desk: desk.withdraw(dispute_id, winner), "user_winner")
    at_desk(runtime, lambda desk: desk.withdraw(dispute_id, loser), "user_partner")
    assert route_one(runtime, lead_id, LATER).partner_id == loser


def test_whoever_disputed_is_told_that_it_is_decided_and_with_which_outcome(runtime: Runtime) -> None:
    lead_id, _, loser = routed(runtime.database)
    dispute_id = file(runtime, lead_id, loser)
    decide(runtime, dispute_id, Ruling(DisputeOutcome.UPHELD, REASONS))
    with runtime.database.reading() as session:
        (told,) = session.scalars(
            select(Delivery).where(Delivery.notice == DISPUTE_DECIDED, Delivery.channel == PORTAL)
        )
        assert (told.partner_id, told.facts) == (loser, {"dispute_id": dispute_id, "outcome": "upheld"})
