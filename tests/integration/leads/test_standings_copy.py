"""What a process remembers of everybody's standing is what the rows say, whoever changed them meanwhile."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select, update

from foundation.database import Database
from leads.candidates import gather
from leads.credit_book import hold_credits
from leads.credit_journal import KEPT, Entry, entries_between, note
from leads.credit_tables import CreditChange
from leads.lead_book import live_offer, lock_lead
from leads.lead_states import DeclineReason, OfferStatus
from leads.offers import BY_HAND, Making, Reply, accept, assign_by_hand, time_out, withdraw
from leads.partners import change_partner
from leads.recall import recall
from leads.routing import route
from leads.tables import Offer, Partner, PartnerCredit
from leads.worth import start_of_week
from tests.integration.leads.lead_rows import NOW, POLICY, add_lead, add_partner, decline_live, route_now


class _ChangeOfMind(Exception):
    """Something after the decision fails."""


def assert_memory_is_what_rows_say(database: Database, lead_id: str) -> None:
    with database.transaction() as session:
        credit = {row.partner_id: row for row in session.scalars(select(PartnerCredit))}
        partners = {row.id: row for row in session.scalars(select(Partner))}
        has_it = Offer.status.in_((OfferStatus.LIVE, OfferStatus.ACCEPTED))
        taken = Counter(session.scalars(select(Offer.partner_id).where(has_it, Offer.offered_at >= start_of_week(NOW))))
        standings = gather(session, lock_lead(session, lead_id), POLICY, NOW).inputs.partners
        assert [one.partner_id for one in standings] == sorted(partners)
        for one in standings:
            row = credit.get(one.partner_id)
            assert one.revision == partners[one.partner_id].revision
            assert one.profile.weekly_capacity == partners[one.partner_id].weekly_capacity
            assert one.credit_milli == (row.credit_milli if row else 0)
            assert one.weekly_milli == (row.entitled_milli if row else 0)
            assert one.price_milli == (row.price_milli if row else 0)
            assert one.taken == taken[one.partner_id]
        session.rollback()  # so that this look is no hold that nobody made a note of


@pytest.fixture
def elsewhere(database: Database) -> Iterator[Database]:
    """The same database as another process has it."""
    other = Database(database.url)
    yield other
    other.dispose()


def test_copy_follows_own_decisions_answers_lessons_and_what_other_processes_do(
    database: Database, elsewhere: Database
) -> None:
    partners = [add_partner(database, name) for name in ("Nord", "Ost", "Sued")]
    leads = [add_lead(database, number) for number in range(8)]
    for lead_id in leads[:3]:
        route_now(database, lead_id)
        assert_memory_is_what_rows_say(database, leads[7])
    decline_live(elsewhere, leads[0])
    assert_memory_is_what_rows_say(database, leads[7])
    route_now(elsewhere, leads[3])
    route_now(database, leads[4])
    assert_memory_is_what_rows_say(database, leads[7])
    assert_memory_is_what_rows_say(elsewhere, leads[7])
    with elsewhere.transaction() as session:
        hold_credits(session)
        session.execute(update(PartnerCredit).values(price_milli=70))
    assert_memory_is_what_rows_say(database, leads[7])
    with elsewhere.transaction() as session:
        change_partner(session, partners[1], NOW, weekly_capacity=3)
    assert_memory_is_what_rows_say(database, leads[7])
    add_partner(elsewhere, "West")
    route_now(database, leads[5])
    assert_memory_is_what_rows_say(database, leads[7])


def test_decision_that_is_rolled_back_leaves_nothing_in_memory(database: Database) -> None:
    for name in ("Nord", "Ost"):
        add_partner(database, name)
    first, second, third = (add_lead(database, number) for number in range(3))
    route_now(database, first)
    with pytest.raises(_ChangeOfMind), database.transaction() as session:
        route(session, second, POLICY, NOW)
        raise _ChangeOfMind
    assert_memory_is_what_rows_say(database, third)
    route_now(database, second)
    decline_live(database, second, DeclineReason.NOT_INTERESTED)
    assert_memory_is_what_rows_say(database, third)


def test_copy_follows_who_has_room_by_whatever_way_offers_come_and_go(database: Database, elsewhere: Database) -> None:
    for name in ("Nord", "Ost"):
        add_partner(database, name)
    leads = [add_lead(database, number) for number in range(7)]
    for lead_id in leads[:4]:
        route_now(database, lead_id)
    by_hand = Making(BY_HAND, POLICY, NOW, "user_1")
    with elsewhere.transaction() as session:
        first = live_offer(session, leads[0])
        assert first is not None
        accept(session, first.id, Reply(first.partner_id, "user_1", NOW))
        assign_by_hand(session, lock_lead(session, leads[4]), first.partner_id, by_hand)
    assert_memory_is_what_rows_say(database, leads[6])
    route_now(database, leads[5])
    with elsewhere.transaction() as session:
        recall(session, lock_lead(session, leads[0]), "late", NOW)
        withdraw(session, lock_lead(session, leads[4]), "user_1", NOW)
        lapsed = live_offer(session, leads[1])
        assert lapsed is not None
        time_out(session, lapsed.id, NOW + timedelta(days=3))
    assert_memory_is_what_rows_say(database, leads[6])


def test_what_others_did_is_followed_without_reading_everybody_again(database: Database, elsewhere: Database) -> None:
    partners = [add_partner(database, name) for name in ("Nord", "Ost")]
    leads = [add_lead(database, number) for number in range(6)]
    for lead_id in leads[:2]:
        route_now(database, lead_id)
    route_now(elsewhere, leads[2])
    decline_live(elsewhere, leads[2])
    route_now(elsewhere, leads[3])
    with elsewhere.transaction() as session:
        making = Making(BY_HAND, POLICY, NOW, "user_1")
        assign_by_hand(session, lock_lead(session, leads[4]), partners[0], making)
    asked: list[str] = []
    with database.transaction() as session:
        event.listen(session.connection(), "before_cursor_execute", lambda *args: asked.append(args[2]))
        gather(session, lock_lead(session, leads[5]), POLICY, NOW)
        session.rollback()
    assert any("FROM credit_changes" in statement for statement in asked)
    assert not any("JOIN partner_credits" in statement for statement in asked)
    assert_memory_is_what_rows_say(database, leads[5])


def test_new_partners_of_every_language_cost_one_decision_a_reading_and_not_each_its_own(database: Database) -> None:
    languages = ("de", "fr", "it")
    for language in languages:
        add_partner(database, f"Partner {language}", languages=(language,))
    german, *others = (add_lead(database, number, language=one) for number, one in enumerate(languages))
    route_now(database, german)
    route_now(database, add_lead(database, 7))
    asked: list[str] = []
    for lead_id in others:
        with database.transaction() as session:
            event.listen(session.connection(), "before_cursor_execute", lambda *args: asked.append(args[2]))
            assert route(session, lead_id, POLICY, NOW).partner_id
    assert not any("JOIN partner_credits" in statement for statement in asked)
    assert_memory_is_what_rows_say(database, german)


def test_journal_keeps_the_latest_holds_alone(database: Database) -> None:
    with database.transaction() as session:
        for _ in range(2 * KEPT + 1):
            note(session, hold_credits(session).number, Entry())
            session.flush()
    with database.reading() as session:
        first, last = session.execute(select(func.min(CreditChange.hold), func.max(CreditChange.hold))).one()
        assert (first, last) == (KEPT + 1, 2 * KEPT + 1)
        assert entries_between(session, last - 2, last) == [Entry(shares=[])] * 2
        assert entries_between(session, first - 2, last) is None


def test_copy_of_one_week_is_not_used_in_the_next(database: Database) -> None:
    add_partner(database, "Nord", weekly_capacity=1)
    first, second, third = (add_lead(database, number) for number in range(3))
    assert route_now(database, first).partner_id
    assert not route_now(database, second).partner_id
    assert route_now(database, third, hours_later=7 * 24).partner_id
