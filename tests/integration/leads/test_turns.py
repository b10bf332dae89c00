"""Credit, capacity and the limit of three offers, counted from rows on real databases."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from foundation.database import Database
from leads.facts import Policy
from leads.lead_book import lock_lead, put_back_in_line
from leads.lead_states import DeclineReason, LeadStatus
from leads.offers import BY_HAND, Making, Reply, accept, assign_by_hand, time_out
from leads.tables import PartnerCredit
from tests.integration.leads.lead_rows import (
    NOW,
    add_lead,
    add_partner,
    decline_live,
    offers_of,
    route_now,
)


def test_full_partner_gets_no_more_and_has_room_again_after_a_week(database: Database) -> None:
    partner_id = add_partner(database, "A", weekly_capacity=2)
    leads = [add_lead(database, number) for number in range(4)]
    outcomes = [route_now(database, lead_id).status for lead_id in leads[:3]]
    assert outcomes == [LeadStatus.OFFERED, LeadStatus.OFFERED, LeadStatus.WITH_HUMAN]
    assert route_now(database, leads[3], hours_later=7 * 24).partner_id == partner_id


def test_shares_are_even_over_many_leads_and_capacity_is_never_passed(database: Database) -> None:
    capacities = {add_partner(database, name, weekly_capacity=room): room for name, room in (("A", 5), ("B", 10))}
    leads = [add_lead(database, number) for number in range(18)]
    chosen = [route_now(database, lead_id).partner_id for lead_id in leads]
    assert chosen[:9].count(min(capacities, key=lambda one: capacities[one])) == 3
    for partner_id, room in capacities.items():
        assert chosen.count(partner_id) == room
    assert chosen.count("") == 3
    with database.reading() as session:
        assert session.scalar(select(func.sum(PartnerCredit.entitled_milli))) == 15_000
        assert session.scalar(select(func.sum(PartnerCredit.credit_milli))) == 0


def credits_of(database: Database) -> dict[str, int]:
    with database.reading() as session:
        return {row.partner_id: row.credit_milli for row in session.scalars(select(PartnerCredit))}


def test_lead_that_comes_by_relation_costs_nothing(database: Database) -> None:
    incumbent = add_partner(database, "A")
    add_partner(database, "B")
    lead_id = add_lead(database, 1, existing_partner="A")
    assert route_now(database, lead_id).partner_id == incumbent
    decline_live(database, lead_id, DeclineReason.NOT_INTERESTED)
    assert credits_of(database) == {}


@pytest.mark.parametrize(
    ("reason", "credit_milli"),
    [
        (None, 0),  # accepted: entitled to a whole lead, and has it
        (DeclineReason.NOT_INTERESTED, 500),
        (DeclineReason.NO_CAPACITY, 1000),
        (DeclineReason.BAD_DATA, 1000),
    ],
)
def test_lead_is_paid_by_accepting_half_paid_by_lack_of_interest_and_not_by_a_fair_decline(
    database: Database, reason: DeclineReason | None, credit_milli: int
) -> None:
    partner_id = add_partner(database, "A")
    lead_id = add_lead(database, 1)
    route_now(database, lead_id)
    if reason is None:
        with database.transaction() as session:
            accept(session, offers_of(database, lead_id)[0].id, Reply(partner_id, "user_1", NOW))
    else:
        decline_live(database, lead_id, reason)
    assert credits_of(database) == {partner_id: credit_milli}


def test_offer_that_lapsed_costs_half_a_lead(database: Database) -> None:
    partner_id = add_partner(database, "A")
    lead_id = add_lead(database, 1)
    route_now(database, lead_id)
    with database.transaction() as session:
        time_out(session, offers_of(database, lead_id)[0].id, NOW + timedelta(hours=8))
    assert credits_of(database) == {partner_id: 500}


def test_lead_entitles_once_however_often_it_is_routed(database: Database) -> None:
    for name in "AB":
        add_partner(database, name)
    lead_id = add_lead(database)
    route_now(database, lead_id)
    decline_live(database, lead_id)
    second = route_now(database, lead_id).partner_id
    with database.reading() as session:
        assert session.scalar(select(func.sum(PartnerCredit.entitled_milli))) == 1000
    assert credits_of(database)[second] == -500
    assert sum(credits_of(database).values()) == 0


def test_branches_of_one_owner_have_the_room_of_one(database: Database) -> None:
    for name in ("A", "B", "C"):
        add_partner(database, name, weekly_capacity=2, owner="Holding")
    leads = [add_lead(database, number) for number in range(3)]
    assert [bool(route_now(database, lead_id).partner_id) for lead_id in leads] == [True, True, False]


def test_offers_by_hand_do_not_use_up_the_routers_three(database: Database) -> None:
    partners = [add_partner(database, name) for name in "ABCDE"]
    lead_id = add_lead(database)
    with database.transaction() as session:
        assign_by_hand(session, lock_lead(session, lead_id), partners[0], Making(BY_HAND, Policy(), NOW, "user_9"))
    decline_live(database, lead_id)
    for _ in range(3):
        assert route_now(database, lead_id).status == LeadStatus.OFFERED
        decline_live(database, lead_id)
    assert route_now(database, lead_id).status == LeadStatus.WITH_HUMAN


def test_lead_put_back_in_line_has_three_offers_ahead_again(database: Database) -> None:
    for name in "ABCDEFG":
        add_partner(database, name)
    lead_id = add_lead(database)
    for start in (0, 1):
        for _ in range(3):
            assert route_now(database, lead_id, hours_later=start).status == LeadStatus.OFFERED
            decline_live(database, lead_id)
        assert route_now(database, lead_id, hours_later=start).status == LeadStatus.WITH_HUMAN
        with database.transaction() as session:
            put_back_in_line(session, lock_lead(session, lead_id), "user_9", NOW + timedelta(hours=start + 1))
    assert len({offer.partner_id for offer in offers_of(database, lead_id)}) == 6
