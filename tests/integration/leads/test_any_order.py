"""Whatever people and clocks do to leads, in whatever order: the books stay right."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from redis import Redis
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from foundation.database import Database
from foundation.errors import Conflict, NotFound
from leads.desk import LeadDesk
from leads.facts import Policy
from leads.figures import count_leads
from leads.lead_states import FINAL_OFFERS, DeclineReason, LeadOutcome, LeadStatus
from leads.offers import Decline
from leads.promise_tables import FirstContact, ProtectionWindow
from leads.ranking import TURN
from leads.replay import replays_identically
from leads.routing import route
from leads.sweep import sweep_leads
from leads.tables import Lead, LeadEvent, Offer, Partner, PartnerCredit, RoutingRound
from tests.integration.leads.lead_rows import NOW, add_lead, add_partner, runtime_for

PERSONAL = ("Beispiel", "Kim", "446681800", "example.ch", "Call after ten", "new books")


def act_at_random(desk: LeadDesk, chance: random.Random, lead_ids: list[str]) -> None:
    """One act on one lead by somebody, sensible or not."""
    session, lead_id = desk.session, chance.choice(lead_ids)
    offers = list(session.scalars(select(Offer).where(Offer.lead_id == lead_id)))
    offer = chance.choice(offers) if offers else None
    partner_id = chance.choice(list(session.scalars(select(Partner.id).order_by(Partner.id))))
    acts: list[Callable[[], object]] = [
        lambda: route(session, lead_id, Policy(), desk.now),
        lambda: desk.assign_by_hand(lead_id, partner_id),
        lambda: desk.withdraw_offer(lead_id),
        lambda: desk.route_again(lead_id),
        lambda: desk.close(lead_id, chance.choice(list(LeadOutcome)), "because"),
        lambda: desk.report_outcome(lead_id, partner_id, chance.choice(list(LeadOutcome)), "because"),
    ]
    if offer is not None:
        why = Decline(chance.choice(list(DeclineReason)), "words")
        acts.append(lambda: desk.accept_offer(offer.id, offer.partner_id))
        acts.append(lambda: desk.confirm_first_contact(lead_id, offer.partner_id))
        acts += [lambda: desk.decline_offer(offer.id, offer.partner_id, why)] * 4
    chance.choice([acts[0], acts[0], *acts])()


@pytest.mark.parametrize("seed", range(4))
def test_books_stay_right_in_any_order_of_acts(database: Database, redis: Redis, seed: int) -> None:
    chance = random.Random(seed)
    for name in "ABCDE":
        add_partner(database, name, weekly_capacity=chance.randint(1, 4))
    lead_ids = [add_lead(database, number) for number in range(4)]
    runtime = runtime_for(database, redis)
    over: dict[str, str] = {}
    now = NOW
    for _ in range(60):
        now += timedelta(minutes=chance.choice((1, 10, 300)))
        if chance.random() < 0.15:
            sweep_leads(runtime, now)
        else:
            try:
                with database.transaction() as session:
                    act_at_random(LeadDesk(runtime, session, "user_1", now), chance, lead_ids)
            except (Conflict, NotFound):
                pass
        check_books(database, over)
    check_history(database, now)


def check_books(database: Database, over: dict[str, str]) -> None:
    """Live offers match offered leads, what is over stays so, and no partner has more than it takes."""
    with database.reading() as session:
        counts = count_leads(session)
        assert counts.out_of_step == 0
        assert counts.live_offers == counts.by_status[LeadStatus.OFFERED]
        assert counts.total == 4
        closed = session.scalars(select(Lead.id).where(Lead.status == LeadStatus.CLOSED))
        ended = session.execute(select(Offer.id, Offer.status).where(Offer.status.in_(FINAL_OFFERS)))
        now_over = dict(ended.all()) | dict.fromkeys(closed, "closed")
        assert over.items() <= now_over.items()
        over |= now_over
        twice = select(Offer.lead_id).where(Offer.basis != "by_hand").group_by(Offer.lead_id, Offer.partner_id)
        assert session.scalars(twice.having(func.count() > 1)).all() == []
        check_promises(session)


def check_promises(session: Session) -> None:
    """An accepted lead is one partner's, whose clock runs or has been stopped; nobody else's customer is protected."""
    for lead in session.scalars(select(Lead)):
        assert (lead.partner_id is not None) >= (lead.status == LeadStatus.ACCEPTED)
        clocks = session.scalars(select(FirstContact).where(FirstContact.lead_id == lead.id)).all()
        running = [clock.partner_id for clock in clocks if clock.next_at is not None]
        assert running in ([], [lead.partner_id])
        assert not running or lead.status == LeadStatus.ACCEPTED
    holders = session.scalars(
        select(ProtectionWindow.partner_id).where(ProtectionWindow.status == "running").distinct()
    )
    assert len(holders.all()) <= 1


def check_history(database: Database, now: datetime) -> None:
    """Each lead's history is an unbroken chain to where it stands, without a personal word, and decisions replay."""
    with database.reading() as session:
        for lead in session.scalars(select(Lead)):
            events = session.scalars(select(LeadEvent).where(LeadEvent.lead_id == lead.id).order_by(LeadEvent.id)).all()
            changes = [event for event in events if event.to_status]
            assert [event.from_status for event in changes] == ["", *(event.to_status for event in changes[:-1])]
            assert changes[-1].to_status == lead.status
            assert changes[-1].at == lead.status_since <= now
            for event in events:
                assert not any(word in str(event.facts) for word in PERSONAL)
        for offer in session.scalars(select(Offer)):
            assert not any(word in str(offer.teaser) for word in PERSONAL)
        for one in session.scalars(select(RoutingRound)):
            assert replays_identically(session, one.lead_id, one.number)
        by_turn = session.scalars(select(RoutingRound.lead_id).where(RoutingRound.basis == TURN).distinct()).all()
        entitled = session.scalar(select(func.sum(PartnerCredit.entitled_milli))) or 0
        assert entitled == 1000 * len(by_turn)
