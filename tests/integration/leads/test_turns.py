"""Turns, capacity and the limit of three offers, counted from rows on real databases."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from foundation.database import Database
from leads.facts import Policy
from leads.figures import view_lead
from leads.lead_book import lock_lead, put_back_in_line
from leads.lead_states import DeclineReason, LeadStatus
from leads.offers import BY_HAND, Making, Reply, accept, assign_by_hand, time_out
from leads.tables import TurnShare
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


def test_turns_are_even_over_many_leads_and_capacity_is_never_passed(database: Database) -> None:
    capacities = {add_partner(database, name, weekly_capacity=room): room for name, room in (("A", 5), ("B", 10))}
    leads = [add_lead(database, number) for number in range(18)]
    chosen = [route_now(database, lead_id).partner_id for lead_id in leads]
    assert chosen[:9].count(min(capacities, key=lambda one: capacities[one])) == 3
    for partner_id, room in capacities.items():
        assert chosen.count(partner_id) == room
    assert chosen.count("") == 3
    with database.reading() as session:
        assert session.scalar(select(func.sum(TurnShare.share_milli))) == 15_000


def turns_of(database: Database, lead_id: str) -> dict[str, int]:
    with database.reading() as session:
        return {reason.partner_id: reason.turn_milli for reason in view_lead(session, lead_id).reasons}


def test_lead_that_comes_by_relation_costs_no_turn(database: Database) -> None:
    incumbent, other = add_partner(database, "A"), add_partner(database, "B")
    first, second = add_lead(database, 1, existing_partner="A"), add_lead(database, 2)
    assert route_now(database, first).partner_id == incumbent
    route_now(database, second)
    turns = turns_of(database, second)
    assert turns[incumbent] == turns[other]


@pytest.mark.parametrize(
    ("reason", "turn_milli"),
    [
        (None, 750),  # accepted: a whole lead of the two that it is entitled to, and the half that is always added
        (DeclineReason.NOT_INTERESTED, 500),
        (DeclineReason.NO_CAPACITY, 250),
        (DeclineReason.BAD_DATA, 250),
    ],
)
def test_turn_is_spent_by_accepting_half_spent_by_lack_of_interest_and_kept_by_a_fair_decline(
    database: Database, reason: DeclineReason | None, turn_milli: int
) -> None:
    partner_id = add_partner(database, "A")
    first, second = add_lead(database, 1), add_lead(database, 2)
    route_now(database, first)
    if reason is None:
        with database.transaction() as session:
            accept(session, offers_of(database, first)[0].id, Reply(partner_id, "user_1", NOW))
    else:
        decline_live(database, first, reason)
    route_now(database, second)
    assert turns_of(database, second) == {partner_id: turn_milli}


def test_offer_that_lapsed_spends_half_a_turn(database: Database) -> None:
    partner_id = add_partner(database, "A")
    first, second = add_lead(database, 1), add_lead(database, 2)
    route_now(database, first)
    with database.transaction() as session:
        time_out(session, offers_of(database, first)[0].id, NOW + timedelta(hours=8))
    route_now(database, second, hours_later=8)
    assert turns_of(database, second) == {partner_id: 500}


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
