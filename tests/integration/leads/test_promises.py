"""What accepting a lead asks and gives: the first contact in time, and protection of the customer for a while."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from redis import Redis
from sqlalchemy import select

from foundation.database import Database
from foundation.errors import Conflict, Invalid, NotFound
from leads import protection
from leads.customer_identity import marks_of
from leads.delivery import PORTAL
from leads.desk import LeadDesk
from leads.lead_book import lock_lead
from leads.lead_states import LeadOutcome, LeadStatus, OfferStatus
from leads.partner_view import view_accepted
from leads.promise_tables import FirstContact, ProtectionWindow
from leads.protection import Activity, Decision, ask_extension, decide_extension
from leads.ranking import PROTECTED, PROTECTION
from leads.recall import RECALLED, act_on_clock
from leads.sweep import sweep_leads
from leads.tables import Delivery, PartnerCredit, Protection
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

HOUR = timedelta(hours=1)


def accepted_lead(database: Database, redis: Redis, number: int = 1) -> tuple[str, str]:
    """A lead that its first partner has accepted: the partner and the lead."""
    lead_id = add_lead(database, number)
    partner_id = route_now(database, lead_id).partner_id
    accept_latest(database, redis, lead_id)
    return partner_id, lead_id


def accept_latest(database: Database, redis: Redis, lead_id: str) -> None:
    offer = offers_of(database, lead_id)[-1]
    with database.transaction() as session:
        LeadDesk(runtime_for(database, redis), session, "user_1", NOW).accept_offer(offer.id, offer.partner_id)


def notices(database: Database, partner_id: str) -> list[str]:
    """What its portal tells a partner, in order; letters and events say the same."""
    own = (Delivery.partner_id == partner_id, Delivery.channel == PORTAL)
    with database.reading() as session:
        rows = session.scalars(select(Delivery).where(*own).order_by(Delivery.id))
        return [row.notice for row in rows]


def window_of(database: Database, lead_id: str) -> ProtectionWindow:
    with database.reading() as session:
        return session.scalars(select(ProtectionWindow).where(ProtectionWindow.lead_id == lead_id)).one()


def credit_of(database: Database, partner_id: str) -> int:
    with database.reading() as session:
        return session.get_one(PartnerCredit, partner_id).credit_milli


def test_partner_is_reminded_at_half_and_at_four_fifths_and_then_the_lead_goes_on(
    database: Database, redis: Redis
) -> None:
    add_partner(database, "A")
    add_partner(database, "B")
    partner_id, lead_id = accepted_lead(database, redis)
    runtime = runtime_for(database, redis)
    credit = credit_of(database, partner_id)
    for at, moved, told in (
        (1.99, 0, ["offer_made", "lead_accepted"]),
        (2.0, 1, ["offer_made", "lead_accepted", "first_contact_half"]),
        (3.19, 0, ["offer_made", "lead_accepted", "first_contact_half"]),
        (3.2, 1, ["offer_made", "lead_accepted", "first_contact_half", "first_contact_late"]),
        (3.99, 0, ["offer_made", "lead_accepted", "first_contact_half", "first_contact_late"]),
        (4.0, 1, ["offer_made", "lead_accepted", "first_contact_half", "first_contact_late", "lead_recalled"]),
        (5.0, 0, ["offer_made", "lead_accepted", "first_contact_half", "first_contact_late", "lead_recalled"]),
    ):
        assert sweep_leads(runtime, NOW + at * HOUR) == moved, at
        assert notices(database, partner_id) == told, at
    first, second = offers_of(database, lead_id)
    assert (first.status, second.status) == (OfferStatus.RECALLED, OfferStatus.LIVE)
    assert second.partner_id != partner_id
    with database.reading() as session, pytest.raises(NotFound):
        view_accepted(session, partner_id, lead_id)
    assert credit_of(database, partner_id) == credit
    assert history_of(database, lead_id)[-5:] == [
        *("partner_reminded", "protection_ended", "lead_recalled", "contact_access_ended", "offer_made"),
    ]


def test_confirmed_contact_stops_the_clock_and_saying_it_twice_changes_nothing(
    database: Database, redis: Redis
) -> None:
    add_partner(database, "A")
    partner_id, lead_id = accepted_lead(database, redis)
    runtime = runtime_for(database, redis)
    for _ in range(2):
        with database.transaction() as session:
            LeadDesk(runtime, session, "user_1", NOW + HOUR).confirm_first_contact(lead_id, partner_id)
    assert sweep_leads(runtime, NOW + 30 * HOUR) == 0
    assert history_of(database, lead_id).count("first_contact_made") == 1
    assert lead_row(database, lead_id).status == LeadStatus.ACCEPTED


def test_after_a_pause_one_reminder_stands_for_both(database: Database, redis: Redis) -> None:
    add_partner(database, "A")
    partner_id, _ = accepted_lead(database, redis)
    runtime = runtime_for(database, redis)
    assert sweep_leads(runtime, NOW + 3.5 * HOUR) == 1
    assert notices(database, partner_id)[2:] == ["first_contact_late"]
    assert sweep_leads(runtime, NOW + 3.9 * HOUR) == 0


def test_only_the_partner_that_has_the_lead_confirms_and_too_late_it_finds_nothing(
    database: Database, redis: Redis
) -> None:
    add_partner(database, "A")
    other = add_partner(database, "Other", solutions=("crm",))
    partner_id, lead_id = accepted_lead(database, redis)
    runtime = runtime_for(database, redis)
    for stranger in (other, ""):
        with pytest.raises(NotFound), database.transaction() as session:
            LeadDesk(runtime, session, "user_1", NOW).confirm_first_contact(lead_id, stranger)
    sweep_leads(runtime, NOW + 4 * HOUR)
    with pytest.raises(NotFound), database.transaction() as session:
        LeadDesk(runtime, session, "user_1", NOW + 4 * HOUR).confirm_first_contact(lead_id, partner_id)


@pytest.mark.postgres
def test_confirmation_and_recall_at_the_same_moment_leave_one_of_both(
    postgres_database: Database, redis: Redis
) -> None:
    add_partner(postgres_database, "A")
    runtime = runtime_for(postgres_database, redis)
    ends = []
    for number in range(8):
        partner_id, lead_id = accepted_lead(postgres_database, redis, number)
        offer_id = offers_of(postgres_database, lead_id)[-1].id
        start = Barrier(2)

        def confirm(lead_id: str = lead_id, partner_id: str = partner_id, start: Barrier = start) -> bool:
            start.wait()
            try:
                with postgres_database.transaction() as session:
                    LeadDesk(runtime, session, "user_1", NOW).confirm_first_contact(lead_id, partner_id)
            except NotFound:
                return False
            return True

        def recall(offer_id: str = offer_id, lead_id: str = lead_id, start: Barrier = start) -> bool:
            start.wait()
            with postgres_database.transaction() as session:
                return act_on_clock(session, offer_id, lead_id, NOW + 4 * HOUR).deed == RECALLED

        with ThreadPoolExecutor(2) as pool:
            confirmed, recalled = pool.submit(confirm), pool.submit(recall)
            ends.append((confirmed.result(), recalled.result()))
        status = lead_row(postgres_database, lead_id).status
        assert status == (LeadStatus.OPEN if ends[-1][1] else LeadStatus.ACCEPTED)
    assert set(ends) <= {(True, False), (False, True)}


def test_first_contact_is_due_in_business_hours(database: Database, redis: Redis) -> None:
    add_partner(database, "A")
    lead_id = add_lead(database)
    route_now(database, lead_id)
    (offer,) = offers_of(database, lead_id)
    runtime = runtime_for(database, redis, business_hours="08:00-12:00 13:00-17:00")
    with database.transaction() as session:
        LeadDesk(runtime, session, "user_1", NOW + 5 * HOUR).accept_offer(offer.id, offer.partner_id)
    with database.reading() as session:
        clock = session.get_one(FirstContact, offer.id)
    # Accepted on Monday at three: two hours then, two the next morning.
    assert clock.half_at == datetime(2026, 3, 2, 16, tzinfo=UTC)
    assert clock.due_at == datetime(2026, 3, 3, 9, tzinfo=UTC)


def test_accepting_protects_the_customer_under_all_its_marks_for_ninety_days(database: Database, redis: Redis) -> None:
    add_partner(database, "B", weekly_capacity=100)
    partner_id, lead_id = accepted_lead(database, redis)
    add_partner(database, "A", weekly_capacity=100)
    window = window_of(database, lead_id)
    assert (window.since, window.until) == (date(2026, 3, 2), date(2026, 5, 31))
    with database.reading() as session:
        marks = session.scalars(select(Protection).where(Protection.window_id == window.id)).all()
        assert {mark.known_by for mark in marks} == {"phone", "company"}
    # The same customer by its name alone, for the same solution, and for another one.
    again = add_lead(database, 2, phone_number="+41443333333")
    assert route_now(database, again, hours_later=24).partner_id == partner_id
    assert offers_of(database, again)[0].basis == PROTECTION
    other = add_lead(database, 3, answers={"solution": "crm"})
    assert route_now(database, other, hours_later=24).partner_id == ""


@pytest.mark.parametrize(
    ("outcome", "still"), [(LeadOutcome.WON, True), (LeadOutcome.LOST, False), (LeadOutcome.DISQUALIFIED, False)]
)
def test_lost_lead_frees_the_customer_and_a_won_one_does_not(
    database: Database, redis: Redis, outcome: LeadOutcome, still: bool
) -> None:
    add_partner(database, "A", weekly_capacity=100)
    partner_id, lead_id = accepted_lead(database, redis)
    with database.transaction() as session:
        desk = LeadDesk(runtime_for(database, redis), session, "user_1", NOW + HOUR)
        desk.report_outcome(lead_id, partner_id, outcome, "so it is")
    again = add_lead(database, 2)
    route_now(database, again, hours_later=2)
    assert (offers_of(database, again)[0].basis == PROTECTION) is still
    assert window_of(database, lead_id).end_reason == ("" if still else outcome.value)
    assert sweep_leads(runtime_for(database, redis), NOW + 5 * HOUR) == 0


def test_protection_lapses_while_whoever_closes_its_lead_ends_it(postgres_database: Database, redis: Redis) -> None:
    database = postgres_database
    add_partner(database, "A")
    partner_id, lead_id = accepted_lead(database, redis)
    window, runtime = window_of(database, lead_id), runtime_for(database, redis)
    later = NOW + timedelta(days=400)

    def lapse() -> object:
        with database.transaction() as session:
            return protection.lapse(session, window.id, later)

    meanwhile(
        database,
        lambda session: lock_lead(session, lead_id),
        lapse,
        then=lambda session: LeadDesk(runtime, session, "user_1", later).report_outcome(
            lead_id, partner_id, LeadOutcome.LOST, ""
        ),
    )
    assert lead_row(database, lead_id).outcome == "lost"


def test_protection_lapses_openly_once_its_last_day_is_over(database: Database, redis: Redis) -> None:
    add_partner(database, "A")
    partner_id, lead_id = accepted_lead(database, redis)
    runtime = runtime_for(database, redis)
    with database.transaction() as session:
        LeadDesk(runtime, session, "user_1", NOW).confirm_first_contact(lead_id, partner_id)
    last_evening = datetime(2026, 5, 31, 21, 59, tzinfo=UTC)
    assert sweep_leads(runtime, last_evening) == 0
    assert sweep_leads(runtime, last_evening + timedelta(minutes=1)) == 1
    assert sweep_leads(runtime, last_evening + timedelta(minutes=2)) == 0
    assert window_of(database, lead_id).status == "lapsed"
    assert history_of(database, lead_id)[-1] == "protection_lapsed"
    assert notices(database, partner_id)[-1] == "protection_lapsed"


def test_protection_is_extended_once_on_proof_that_staff_accepts(database: Database, redis: Redis) -> None:
    add_partner(database, "A")
    partner_id, lead_id = accepted_lead(database, redis)
    window = window_of(database, lead_id)
    proof = Activity("Workshop held with the board", date(2026, 5, 10))
    late = datetime(2026, 5, 12, 9, tzinfo=UTC)

    def ask(who: str = partner_id, what: Activity = proof, when: datetime = late) -> None:
        with database.transaction() as session:
            ask_extension(session, window.id, who, what, when)

    for who, what, when, wrong in (
        ("partner_other", proof, late, NotFound),
        (partner_id, Activity(" ", proof.day), late, Invalid),
        (partner_id, Activity("Tomorrow", date(2026, 5, 13)), late, Invalid),
        (partner_id, proof, NOW + 24 * HOUR, Conflict),
    ):
        with pytest.raises(wrong):
            ask(who, what, when)
    ask()
    with pytest.raises(Conflict):
        ask()
    assert window_of(database, lead_id).extension_due_at == datetime(2026, 5, 18, 9, tzinfo=UTC)
    with pytest.raises(Invalid), database.transaction() as session:
        decide_extension(session, window.id, Decision(False, " ", "user_9", late))
    with database.transaction() as session:
        decide_extension(session, window.id, Decision(True, "", "user_9", late))
    assert window_of(database, lead_id).until == date(2026, 8, 29)
    with pytest.raises(Conflict), database.transaction() as session:
        decide_extension(session, window.id, Decision(True, "", "user_9", late))
    with pytest.raises(Conflict):
        ask(when=late + timedelta(days=80))
    with database.reading() as session:
        cover = protection.Cover(partner_id, marks_of("", "+41446681800", ""), "erp")
        assert protection.is_protected_for(session, cover, date(2026, 8, 29))
        assert not protection.is_protected_for(session, cover, date(2026, 8, 30))


def test_extension_that_is_not_decided_keeps_a_window_from_lapsing_and_its_refusal_lets_it(
    database: Database, redis: Redis
) -> None:
    add_partner(database, "A")
    partner_id, lead_id = accepted_lead(database, redis)
    runtime = runtime_for(database, redis)
    window = window_of(database, lead_id)
    asked, after = datetime(2026, 5, 29, 9, tzinfo=UTC), datetime(2026, 6, 1, 9, tzinfo=UTC)
    with database.transaction() as session:
        LeadDesk(runtime, session, "user_1", NOW).confirm_first_contact(lead_id, partner_id)
        ask_extension(session, window.id, partner_id, Activity("Offer sent", date(2026, 5, 20)), asked)
    assert sweep_leads(runtime, after) == 0
    with database.transaction() as session:
        decide_extension(session, window.id, Decision(False, "Sent to another firm", "user_9", after))
    assert sweep_leads(runtime, after) == 1
    assert notices(database, partner_id)[-2:] == ["extension_refused", "protection_lapsed"]


def test_hand_made_offer_does_not_take_the_customer_from_the_partner_it_is_protected_for(
    database: Database, redis: Redis
) -> None:
    add_partner(database, "A", weekly_capacity=1)
    other = add_partner(database, "B", solutions=("crm",))
    accepted_lead(database, redis)
    again = add_lead(database, 2)
    assert route_now(database, again).status == LeadStatus.WITH_HUMAN
    assert lead_row(database, again).human_reason == PROTECTED
    with database.transaction() as session:
        LeadDesk(runtime_for(database, redis), session, "user_1", NOW).assign_by_hand(again, other)
    accept_latest(database, redis, again)
    assert history_of(database, again)[-1] == "protection_not_given"
