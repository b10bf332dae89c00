"""A lead's way from the call to a partner or a person, on real databases."""

import zlib
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from foundation.database import Database
from foundation.errors import Conflict, Invalid, NotFound
from leads.credit_book import published_seeds
from leads.facts import Policy
from leads.figures import count_leads, human_queue, view_lead
from leads.kept_inputs import pack
from leads.lead_book import lock_lead, open_lead
from leads.lead_states import DeclineReason, LeadStatus, OfferStatus
from leads.offers import BY_HAND, Decline, Making, Reply, accept, assign_by_hand, decline, due_offers, time_out
from leads.partner_view import list_live_offers, list_passed_over, view_accepted, view_offer
from leads.partners import save_partner, set_active
from leads.ranking import PROTECTION, RELATION, TURN
from leads.replay import replays_identically
from leads.tables import Lead, Offer, PartnerCredit, PartnerRelation, Protection, RoutingRound
from tests.integration.leads.lead_rows import (
    DRAFT,
    NOW,
    PROFILE,
    add_lead,
    add_partner,
    decline_live,
    history_of,
    lead_row,
    offers_of,
    route_now,
)


def test_opening_a_lead_twice_for_one_call_gives_the_same_lead(database: Database) -> None:
    first = add_lead(database)
    with database.transaction() as session:
        again = open_lead(session, DRAFT, NOW + timedelta(hours=1))
    assert again.id == first
    assert again.opened_at == NOW
    assert history_of(database, first) == ["lead_opened"]


def test_lead_without_a_call_is_refused(database: Database) -> None:
    with pytest.raises(Invalid), database.transaction() as session:
        open_lead(session, replace(DRAFT, call_id=""), NOW)


def test_routed_lead_has_one_live_offer_a_notice_and_kept_reasons(database: Database) -> None:
    fits, other = add_partner(database, "Fits"), add_partner(database, "Other", languages=("fr",))
    lead_id = add_lead(database)
    routed = route_now(database, lead_id)
    assert (routed.status, routed.changed, routed.partner_id) == (LeadStatus.OFFERED, True, fits)
    (offer,) = offers_of(database, lead_id)
    assert (offer.status, offer.basis, offer.expires_at) == (OfferStatus.LIVE, TURN, NOW + timedelta(hours=8))
    with database.reading() as session:
        view = view_lead(session, lead_id)
        assert [teaser.offer_id for teaser in list_live_offers(session, fits)] == [offer.id]
        assert list_live_offers(session, other) == []
    excluded = {reason.partner_name: [one["code"] for one in reason.excluded_by] for reason in view.reasons}
    assert excluded == {"Fits": [], "Other": ["LANGUAGE"]}
    assert [event.what for event in view.events] == ["lead_opened", "offer_made"]


def test_routing_a_lead_that_is_offered_changes_nothing(database: Database) -> None:
    add_partner(database, "A")
    lead_id = add_lead(database)
    route_now(database, lead_id)
    again = route_now(database, lead_id)
    assert (again.status, again.changed) == (LeadStatus.OFFERED, False)
    assert len(offers_of(database, lead_id)) == 1


def test_second_live_offer_is_refused_by_the_database_itself(database: Database) -> None:
    partner_id = add_partner(database, "A")
    lead_id = add_lead(database)
    route_now(database, lead_id)
    row = {"lead_id": lead_id, "partner_id": partner_id, "basis": TURN, "status": OfferStatus.LIVE}
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.add(Offer(id="offer_x", number=2, offered_at=NOW, expires_at=NOW, **row))


def test_accepting_reveals_the_contact_to_that_partner_alone_and_is_written_down(database: Database) -> None:
    mine, other = add_partner(database, "A"), add_partner(database, "B", solutions=("crm",))
    lead_id = add_lead(database)
    route_now(database, lead_id)
    (offer,) = offers_of(database, lead_id)
    with database.reading() as session, pytest.raises(NotFound):
        view_accepted(session, mine, lead_id)
    with database.transaction() as session:
        accept(session, offer.id, Reply(mine, "user_1", NOW + timedelta(hours=1)))
    with database.reading() as session:
        assert view_accepted(session, mine, lead_id).phone_number == "+41446681800"
        for stranger in (other, ""):
            with pytest.raises(NotFound):
                view_accepted(session, stranger, lead_id)
            with pytest.raises(NotFound):
                view_offer(session, stranger, offer.id)
    assert history_of(database, lead_id) == [
        *("lead_opened", "offer_made", "offer_accepted", "contact_disclosed", "protection_began")
    ]


def test_another_partners_offer_cannot_be_answered(database: Database) -> None:
    add_partner(database, "A")
    other = add_partner(database, "B", solutions=("crm",))
    lead_id = add_lead(database)
    route_now(database, lead_id)
    (offer,) = offers_of(database, lead_id)
    with pytest.raises(NotFound), database.transaction() as session:
        accept(session, offer.id, Reply(other, "user_2", NOW))
    with pytest.raises(NotFound), database.transaction() as session:
        decline(session, offer.id, Decline(DeclineReason.CONFLICT), Reply(other, "user_2", NOW))
    assert lead_row(database, lead_id).status == LeadStatus.OFFERED


def test_declined_lead_goes_to_the_next_partner_and_not_back(database: Database) -> None:
    both = {add_partner(database, "A"), add_partner(database, "B")}
    lead_id = add_lead(database)
    first = route_now(database, lead_id).partner_id
    assert decline_live(database, lead_id) == first
    assert lead_row(database, lead_id).status == LeadStatus.OPEN
    assert {first, route_now(database, lead_id).partner_id} == both
    decline_live(database, lead_id)
    assert route_now(database, lead_id).status == LeadStatus.WITH_HUMAN
    assert lead_row(database, lead_id).human_reason == "NO_PARTNER_FITS"


def test_declining_with_other_needs_words(database: Database) -> None:
    partner_id = add_partner(database, "A")
    lead_id = add_lead(database)
    route_now(database, lead_id)
    (offer,) = offers_of(database, lead_id)
    with pytest.raises(Invalid), database.transaction() as session:
        decline(session, offer.id, Decline(DeclineReason.OTHER, "  "), Reply(partner_id, "user_1", NOW))
    with database.transaction() as session:
        decline(session, offer.id, Decline(DeclineReason.OTHER, "Moved away"), Reply(partner_id, "user_1", NOW))
    (offer,) = offers_of(database, lead_id)
    assert (offer.decline_reason, offer.decline_text) == ("OTHER", "Moved away")


def test_after_three_lost_offers_a_person_decides(database: Database) -> None:
    for name in "ABCD":
        add_partner(database, name)
    lead_id = add_lead(database)
    for _ in range(3):
        assert route_now(database, lead_id).status == LeadStatus.OFFERED
        decline_live(database, lead_id)
    assert route_now(database, lead_id).status == LeadStatus.WITH_HUMAN
    lead = lead_row(database, lead_id)
    assert lead.human_reason == "OFFERS_USED_UP"
    with database.reading() as session:
        assert [waiting.id for waiting in human_queue(session)] == [lead_id]
        assert len(view_lead(session, lead_id).offers) == 3


def test_manager_assigns_by_hand_to_a_partner_that_the_rules_exclude(database: Database) -> None:
    partner_id = add_partner(database, "A", languages=("it",))
    lead_id = add_lead(database)
    assert route_now(database, lead_id).status == LeadStatus.WITH_HUMAN
    with database.transaction() as session:
        lead = lock_lead(session, lead_id)
        offer = assign_by_hand(session, lead, partner_id, Making(BY_HAND, Policy(), NOW, "user_9"))
    assert (offer.basis, offer.partner_id) == (BY_HAND, partner_id)
    assert lead_row(database, lead_id).human_reason == ""


def test_lead_is_not_assigned_to_a_partner_that_is_gone_or_not_active(database: Database) -> None:
    partner_id = add_partner(database, "A")
    lead_id = add_lead(database)
    with database.transaction() as session:
        set_active(session, partner_id, NOW, active=False)
    for wanted, error in ((partner_id, Conflict), ("partner_none", NotFound)):
        with pytest.raises(error), database.transaction() as session:
            assign_by_hand(session, lock_lead(session, lead_id), wanted, Making(BY_HAND, Policy(), NOW, "user_9"))


def test_offer_times_out_only_once_its_time_is_up(database: Database) -> None:
    add_partner(database, "A")
    lead_id = add_lead(database)
    route_now(database, lead_id)
    (offer,) = offers_of(database, lead_id)
    early, due = NOW + timedelta(hours=7.99), NOW + timedelta(hours=8)
    assert due_offers(database, early, 10) == []
    with database.transaction() as session:
        assert time_out(session, offer.id, early) is None
    assert due_offers(database, due, 10) == [offer.id]
    with database.transaction() as session:
        assert time_out(session, offer.id, due) is not None
    with database.transaction() as session:
        assert time_out(session, offer.id, due) is None
    assert lead_row(database, lead_id).status == LeadStatus.OPEN


def test_accepting_late_is_a_conflict_and_changes_nothing(database: Database) -> None:
    partner_id = add_partner(database, "A")
    lead_id = add_lead(database)
    route_now(database, lead_id)
    (offer,) = offers_of(database, lead_id)
    with pytest.raises(Conflict), database.transaction() as session:
        accept(session, offer.id, Reply(partner_id, "user_1", NOW + timedelta(hours=8)))
    assert offers_of(database, lead_id)[0].status == OfferStatus.LIVE
    with database.transaction() as session:
        time_out(session, offer.id, NOW + timedelta(hours=8))
    with pytest.raises(Conflict), database.transaction() as session:
        accept(session, offer.id, Reply(partner_id, "user_1", NOW + timedelta(hours=1)))
    assert history_of(database, lead_id) == ["lead_opened", "offer_made", "offer_timed_out"]


@pytest.mark.parametrize(
    ("known_by", "key", "draft"),
    [
        ("uid", "123456789", {"uid": "CHE-123.456.789"}),
        ("phone", "+41446681800", {}),
        ("company", "beispiel bau", {}),
    ],
)
def test_partner_with_a_relation_gets_the_lead(
    database: Database, known_by: str, key: str, draft: dict[str, str]
) -> None:
    partners = [add_partner(database, name) for name in "ABC"]
    for incumbent in partners:
        with database.transaction() as session:
            session.execute(delete(PartnerRelation))
            facts = {"evidence": "contract", "since": NOW.date(), "recorded_at": NOW}
            session.add(PartnerRelation(partner_id=incumbent, known_by=known_by, customer_key=key, **facts))
        lead_id = add_lead(database, number=partners.index(incumbent), **draft)
        assert route_now(database, lead_id).partner_id == incumbent
        assert offers_of(database, lead_id)[0].basis == RELATION
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(PartnerCredit)) == 0


def test_relation_that_has_ended_counts_no_more(database: Database) -> None:
    partner_id = add_partner(database, "A")
    with database.transaction() as session:
        yesterday = NOW.date() - timedelta(days=1)
        facts = {"evidence": "contract", "since": yesterday, "until": yesterday, "recorded_at": NOW}
        session.add(PartnerRelation(partner_id=partner_id, known_by="phone", customer_key="+41446681800", **facts))
    lead_id = add_lead(database)
    route_now(database, lead_id)
    assert offers_of(database, lead_id)[0].basis == TURN


def test_incumbent_that_cannot_have_the_lead_is_told_once_and_sees_nothing_of_the_customer(database: Database) -> None:
    add_partner(database, "A")
    add_partner(database, "B")
    incumbent = add_partner(database, "Named", max_employees=10)
    lead_id = add_lead(database, existing_partner="NAMED GmbH")
    route_now(database, lead_id)
    decline_live(database, lead_id)
    route_now(database, lead_id)
    assert history_of(database, lead_id).count("incumbent_passed_over") == 1
    with database.reading() as session:
        (notice,) = list_passed_over(session, incumbent)
    assert notice.excluded_by == ({"code": "TOO_LARGE", "found": "≤ 10"},)


def test_every_decision_replays_identically_also_after_partners_changed(database: Database) -> None:
    first = add_partner(database, "A", cantons=("ZH", "BE"))
    add_partner(database, "B")
    leads = [add_lead(database, number) for number in range(3)]
    for lead_id in leads:
        route_now(database, lead_id)
    decline_live(database, leads[0])
    route_now(database, leads[0])
    with database.transaction() as session:
        save_partner(session, replace(PROFILE, name="A", languages=("it",)), "", NOW)
        set_active(session, first, NOW, active=False)
    with database.reading() as session:
        rounds = session.scalars(select(RoutingRound)).all()
        assert len(rounds) == 4
        assert all(replays_identically(session, one.lead_id, one.number) for one in rounds)


def test_tampered_decision_does_not_replay(database: Database) -> None:
    add_partner(database, "A")
    lead_id = add_lead(database)
    route_now(database, lead_id)
    with database.transaction() as session:
        kept = session.get_one(RoutingRound, (lead_id, 1))
        kept.partner_id = "partner_other"
    with database.reading() as session:
        assert not replays_identically(session, lead_id, 1)


def test_tampered_inputs_do_not_replay(database: Database) -> None:
    add_partner(database, "A")
    lead_id = add_lead(database)
    route_now(database, lead_id)
    with database.transaction() as session:
        kept = session.get_one(RoutingRound, (lead_id, 1))
        kept.inputs = pack(zlib.decompress(kept.inputs).replace(b'"seed":"', b'"seed":"0', 1))
    with database.reading() as session:
        assert not replays_identically(session, lead_id, 1)


@pytest.mark.parametrize(("needs_receipt", "receipt", "status"), [
    (True, "", LeadStatus.WITH_HUMAN), (True, "signed", LeadStatus.OFFERED), (False, "", LeadStatus.OFFERED),
])  # fmt: skip
def test_lead_without_the_receipt_that_its_country_asks_for_goes_to_a_person(
    database: Database, needs_receipt: bool, receipt: str, status: LeadStatus
) -> None:
    add_partner(database, "A")
    lead_id = add_lead(database, needs_receipt=needs_receipt, receipt=receipt)
    assert route_now(database, lead_id).status == status
    assert lead_row(database, lead_id).human_reason == ("NO_RECEIPT" if status == LeadStatus.WITH_HUMAN else "")


def test_protected_customer_goes_to_its_partner_until_the_last_day(database: Database) -> None:
    add_partner(database, "A", postcodes=("8005",))
    holder = add_partner(database, "B")
    with database.transaction() as session:
        days = {"since": NOW.date() - timedelta(days=90), "until": NOW.date()}
        mark = {"known_by": "phone", "customer_key": "+41446681800", "solution": "erp"}
        session.add(Protection(partner_id=holder, **mark, **days))
    first, second = add_lead(database, 1), add_lead(database, 2)
    assert route_now(database, first).partner_id == holder
    assert offers_of(database, first)[0].basis == PROTECTION
    assert route_now(database, second, hours_later=24).partner_id != holder


def test_registered_deal_goes_before_a_younger_contract_and_a_past_project_lasts_two_years(database: Database) -> None:
    registered, running, past = (add_partner(database, name) for name in "ABC")
    mark = {"known_by": "phone", "customer_key": "+41446681800", "evidence": "seen", "recorded_at": NOW}
    today = NOW.date()
    spans = {
        registered: ("registered", today - timedelta(days=80), today),
        running: ("running", today - timedelta(days=10), None),
        past: ("past", today - timedelta(days=900), today - timedelta(days=729)),
    }
    with database.transaction() as session:
        for partner_id, (kind, since, until) in spans.items():
            session.add(PartnerRelation(partner_id=partner_id, kind=kind, since=since, until=until, **mark))
    lead_id = add_lead(database)
    order = []
    for hours_later in (0, 1, 2):
        order.append(route_now(database, lead_id, hours_later).partner_id)
        decline_live(database, lead_id)
    assert order == [registered, running, past]
    late = add_lead(database, 2)
    assert route_now(database, late, hours_later=48).partner_id == running
    decline_live(database, late)
    route_now(database, late, hours_later=48)
    assert offers_of(database, late)[1].basis == TURN


def test_seeds_of_months_that_are_over_are_published_and_this_months_is_not(database: Database) -> None:
    add_partner(database, "A")
    route_now(database, add_lead(database))
    with database.reading() as session:
        assert published_seeds(session, NOW) == {}
        assert list(published_seeds(session, NOW + timedelta(days=31))) == ["2026-03"]


def test_counts_add_up_and_live_offers_match_offered_leads(database: Database) -> None:
    add_partner(database, "A", weekly_capacity=2)
    for number in range(4):
        add_lead(database, number)
    with database.reading() as session:
        ids = list(session.scalars(select(Lead.id).order_by(Lead.call_id)))
    for lead_id in ids[:3]:
        route_now(database, lead_id)
    with database.reading() as session:
        for counts in (count_leads(session), count_leads(session, "campaign_1")):
            assert counts.total == 4
            assert {name: count for name, count in counts.by_status.items() if count} == {
                "open": 1, "offered": 2, "with_human": 1,
            }  # fmt: skip
            assert (counts.live_offers, counts.out_of_step) == (2, 0)
        assert count_leads(session, "campaign_2").total == 0
