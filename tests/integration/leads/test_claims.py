"""What partners claim: relations and registered deals, and what becomes of them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from redis import Redis
from sqlalchemy import select

from foundation.database import Database
from foundation.errors import Conflict, Invalid, NotFound
from leads import claims
from leads.claim_tables import Claim
from leads.claim_view import list_own, list_to_check, list_to_decide, view_own
from leads.claims import ClaimDraft
from leads.lead_states import LeadStatus
from leads.protection import Decision
from leads.ranking import PROTECTION, RELATION
from leads.sweep import sweep_leads
from leads.tables import Delivery, PartnerRelation, Protection
from tests.integration.leads.lead_rows import NOW, add_lead, add_partner, lead_row, offers_of, route_now, runtime_for

DAY = timedelta(days=1)
TODAY = date(2026, 3, 2)
CONTRACT = ClaimDraft("running", "Beispiel Bau GmbH", "Maintenance contract 4711", TODAY - 400 * DAY, TODAY + 100 * DAY)
PROJECT = ClaimDraft("past", "Beispiel Bau", "Acceptance report", TODAY - 500 * DAY, TODAY - 300 * DAY)
DEAL = ClaimDraft(
    "registered", "Beispiel Bau AG", "Asked us for an offer by mail", TODAY, person="Kim Beispiel", solution="erp"
)
YES, NO = Decision(True, "", "user_9", NOW), Decision(False, "Not proven", "user_9", NOW)


def ask(database: Database, partner_id: str, draft: ClaimDraft = CONTRACT, at: datetime = NOW) -> str:
    with database.transaction() as session:
        return claims.ask(session, partner_id, draft, "user_1", at).id


def decide(database: Database, claim_id: str, decision: Decision = YES) -> Claim:
    with database.transaction() as session:
        return claims.decide(session, claim_id, decision)


def test_claim_counts_once_staff_has_confirmed_it_and_until_its_last_day(database: Database) -> None:
    partner_id = add_partner(database, "A", max_employees=500)
    add_partner(database, "B", weekly_capacity=100)
    claim_id = ask(database, partner_id)
    before = add_lead(database, 1, phone_number="")
    route_now(database, before)
    assert offers_of(database, before)[0].basis != RELATION
    decide(database, claim_id)
    after = add_lead(database, 2, phone_number="")
    assert route_now(database, after).partner_id == partner_id
    assert offers_of(database, after)[0].basis == RELATION
    late = add_lead(database, 3, phone_number="")
    route_now(database, late, hours_later=24 * 101)
    assert offers_of(database, late)[0].basis != RELATION


def test_refusal_needs_a_reason_and_is_told(database: Database) -> None:
    partner_id = add_partner(database, "A")
    claim_id = ask(database, partner_id, PROJECT)
    with pytest.raises(Invalid):
        decide(database, claim_id, Decision(False, " ", "user_9", NOW))
    decide(database, claim_id, NO)
    with pytest.raises(Conflict):
        decide(database, claim_id)
    with database.reading() as session:
        assert view_own(session, partner_id, claim_id, NOW).reason == "Not proven"
        told = session.execute(select(Delivery.notice, Delivery.channel).order_by(Delivery.channel)).all()
        assert told == [("claim_refused", "email"), ("claim_refused", "portal")]
        with pytest.raises(NotFound):
            view_own(session, "partner_other", claim_id, NOW)


@pytest.mark.parametrize(
    "draft",
    [
        replace(CONTRACT, evidence=" "),
        replace(CONTRACT, company=" "),
        replace(CONTRACT, until=None),
        replace(CONTRACT, until=TODAY - DAY),
        replace(CONTRACT, since=TODAY + DAY),
        replace(CONTRACT, kind="friend"),
        replace(CONTRACT, uid="CHE-1"),
        replace(CONTRACT, phone_number="12"),
        replace(PROJECT, until=TODAY - 731 * DAY),
        replace(PROJECT, until=TODAY + DAY),
        replace(DEAL, person=" "),
        replace(DEAL, solution="voip"),
    ],
)
def test_claim_that_cannot_be_is_refused_at_once(sqlite_database: Database, draft: ClaimDraft) -> None:
    partner_id = add_partner(sqlite_database, "A")
    with pytest.raises(Invalid):
        ask(sqlite_database, partner_id, draft)


def test_registered_deal_is_a_protection_and_the_strongest_relation_for_ninety_days(
    database: Database, redis: Redis
) -> None:
    partner_id = add_partner(database, "A")
    rival = add_partner(database, "B", weekly_capacity=100)
    decide(database, ask(database, partner_id, DEAL))
    lead_id = add_lead(database)
    assert route_now(database, lead_id).partner_id == partner_id
    assert offers_of(database, lead_id)[0].basis == PROTECTION
    with database.reading() as session:
        relation = session.scalars(select(PartnerRelation)).one()
        assert (relation.kind, relation.until) == ("registered", TODAY + 90 * DAY)
    other = ask(database, rival, DEAL)
    with database.reading() as session:
        refused = view_own(session, rival, other, NOW)
        assert (refused.status, refused.refusal, refused.reason) == ("refused", "already_protected", "")
    with pytest.raises(Conflict):
        ask(database, partner_id, DEAL)
    after = datetime(2026, 6, 1, 9, tzinfo=UTC)
    assert sweep_leads(runtime_for(database, redis), after) >= 1
    late = ask(database, rival, DEAL, after)
    assert decide(database, late, replace(YES, at=after)).status == "confirmed"


def test_two_who_register_one_deal_are_shown_to_staff_and_the_second_is_refused(database: Database) -> None:
    first, second = add_partner(database, "A"), add_partner(database, "B")
    one, two = ask(database, first, DEAL), ask(database, second, replace(DEAL, company="BEISPIEL BAU"))
    with database.reading() as session:
        assert [(row.id, row.rivals) for row in list_to_decide(session, NOW)] == [(one, ("B",)), (two, ("A",))]
        assert all(not row.rivals for row in list_own(session, second, NOW))
    decide(database, one)
    assert decide(database, two).refusal == "already_protected"
    with database.reading() as session:
        holders = session.scalars(select(Protection.partner_id).where(Protection.until >= TODAY).distinct()).all()
    assert holders == [first]


def test_staff_has_three_working_days_and_what_is_late_says_so(database: Database) -> None:
    claim_id = ask(database, add_partner(database, "A"))
    due = datetime(2026, 3, 5, 9, tzinfo=UTC)
    with database.reading() as session:
        (row,) = list_to_decide(session, due)
        assert (row.id, row.due_at, row.is_late) == (claim_id, due, False)
        assert list_to_decide(session, due + timedelta(seconds=1))[0].is_late


def test_claiming_everybody_ends_at_the_cap_also_with_what_was_refused(database: Database) -> None:
    holder, greedy = add_partner(database, "A"), add_partner(database, "B")
    decide(database, ask(database, holder, DEAL))
    ask(database, greedy, DEAL)
    for number in range(1, claims.ASKED_A_MONTH):
        ask(database, greedy, replace(DEAL, company=f"Customer {number}"))
    with pytest.raises(Conflict):
        ask(database, greedy, replace(DEAL, company="One more"))
    ask(database, greedy, CONTRACT)  # of another sort
    ask(database, greedy, replace(DEAL, company="One more"), NOW + 31 * DAY)
    with pytest.raises(Conflict):
        ask(database, greedy, replace(CONTRACT, phone_number="044 668 18 00"))


def test_part_of_what_is_confirmed_is_checked_and_what_does_not_hold_is_revoked(database: Database) -> None:
    partner_id = add_partner(database, "A")
    add_partner(database, "B", weekly_capacity=100)
    claimants = [partner_id, *(add_partner(database, name) for name in ("C", "D", "E"))]
    for number in range(40):
        decide(database, ask(database, claimants[number % 4], replace(CONTRACT, company=f"Customer {number}")))
    with database.reading() as session:
        wanted = list_to_check(session, NOW)
    assert 0 < len(wanted) < 40
    checked = wanted[0]
    with pytest.raises(Invalid), database.transaction() as session:
        claims.record_spot_check(session, checked.id, Decision(False, "", "user_9", NOW))
    with database.transaction() as session:
        claims.record_spot_check(session, checked.id, Decision(False, "Never heard of them", "user_9", NOW))
    lead_id = add_lead(database, company=checked.company, phone_number="")
    route_now(database, lead_id)
    assert offers_of(database, lead_id)[0].basis not in (RELATION, PROTECTION)
    with pytest.raises(Conflict), database.transaction() as session:
        claims.record_spot_check(session, checked.id, YES)


def test_resting_partner_claims_nothing_and_keeps_what_it_has(database: Database) -> None:
    partner_id = add_partner(database, "A", is_active=False)
    with pytest.raises(Conflict):
        ask(database, partner_id)
    lead_id = add_lead(database)
    assert route_now(database, lead_id).status == LeadStatus.WITH_HUMAN
    assert lead_row(database, lead_id).human_reason == "NO_PARTNER_FITS"
