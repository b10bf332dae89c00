"""Whoever comes at the same moment: one live offer, one winner, no turn given twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier

from redis import Redis
from sqlalchemy import select

from foundation.database import Database
from foundation.errors import Conflict, InvalidFields
from leads import partner_entry
from leads.facts import Policy
from leads.import_partners import PartnersReport, import_partners
from leads.jobs import route_one
from leads.lead_book import lock_lead, open_lead
from leads.lead_states import DeclineReason, LeadStatus, OfferStatus
from leads.offers import BY_HAND, Decline, Making, Reply, accept, assign_by_hand, decline, time_out
from leads.partners import change_partner
from leads.tables import Partner
from tests.integration.leads.lead_rows import (
    DRAFT,
    NOW,
    add_lead,
    add_partner,
    history_of,
    lead_row,
    offers_of,
    route_now,
    runtime_for,
)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run all acts in threads that start together; what each returned, or the conflict that it met."""
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        start.wait(timeout=30)
        try:
            return act()
        except Conflict as conflict:
            return conflict

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_lead_opened_by_many_at_once_is_one_lead(database: Database) -> None:
    def open_it() -> str:
        with database.transaction() as session:
            return open_lead(session, DRAFT, NOW).id

    found = at_once(*[open_it] * 8)
    assert len(set(found)) == 1
    assert history_of(database, str(found[0])) == ["lead_opened"]


def test_partner_added_by_several_at_once_is_there_once_and_as_its_adder_wrote_it(database: Database) -> None:
    def add_it(name: str, capacity: int) -> int:
        written = {"name": name, "languages": "de", "solutions": "erp", "weekly_capacity": str(capacity)}
        try:
            with database.transaction() as session:
                return partner_entry.add_partner(session, written, NOW).weekly_capacity
        except InvalidFields as refused:
            return 0 if [flaw.name for flaw in refused.flaws] == ["name"] else -1

    for name in ("A AG", "B AG", "C AG", "D AG", "E AG"):
        *refused, added = sorted(map(int, map(str, at_once(*[partial(add_it, name, n) for n in (1, 2, 3, 4)]))))
        assert refused == [0, 0, 0]
        with database.reading() as session:
            there = session.scalars(select(Partner).where(Partner.name == name)).one()
        assert (there.weekly_capacity, there.revision) == (added, 1)


def test_partner_files_imported_at_once_add_each_partner_once(database: Database) -> None:
    content = b"name,languages,solutions,weekly_capacity\nA AG,de,erp,3\nB AG,fr,erp,3\n"
    reports = at_once(*[partial(import_partners, database, content, NOW)] * 4)
    added = sorted((report.added, report.unchanged) for report in reports if isinstance(report, PartnersReport))
    assert added == [(0, 2), (0, 2), (0, 2), (2, 0)]


def test_partners_renamed_alike_at_once_keep_names_apart(database: Database) -> None:
    partners = [add_partner(database, name) for name in "ABCD"]

    def rename(partner_id: str) -> str:
        with database.transaction() as session:
            return change_partner(session, partner_id, NOW, name="Neu AG").name

    *met, renamed = sorted(at_once(*[partial(rename, one) for one in partners]), key=lambda one: isinstance(one, str))
    assert renamed == "Neu AG"
    assert [type(one) for one in met] == [Conflict] * 3


def test_lead_routed_a_thousand_times_at_once_has_one_live_offer(database: Database, redis: Redis) -> None:
    for name in "ABCD":
        add_partner(database, name)
    lead_id = add_lead(database)
    runtime = runtime_for(database, redis)

    def route_often() -> int:
        return sum(route_one(runtime, lead_id, NOW).changed for _ in range(125))

    changed = at_once(*[route_often] * 8)
    assert sorted(map(str, changed)) == ["0"] * 7 + ["1"]
    assert [offer.status for offer in offers_of(database, lead_id)] == [OfferStatus.LIVE]


def test_leads_routed_at_once_keep_to_capacity_and_turns(database: Database, redis: Redis) -> None:
    rooms = {add_partner(database, name, weekly_capacity=3): 3 for name in "AB"}
    leads = [add_lead(database, number) for number in range(8)]
    runtime = runtime_for(database, redis)
    at_once(*[partial(route_one, runtime, lead_id, NOW) for lead_id in leads])
    chosen = [offer.partner_id for lead_id in leads for offer in offers_of(database, lead_id)]
    assert {partner_id: chosen.count(partner_id) for partner_id in rooms} == rooms
    assert [lead_row(database, lead_id).status for lead_id in leads].count(LeadStatus.WITH_HUMAN) == 2


def test_offer_accepted_twice_at_once_is_accepted_once(database: Database) -> None:
    partner_id = add_partner(database, "A")
    lead_id = add_lead(database)
    route_now(database, lead_id)
    (offer,) = offers_of(database, lead_id)

    def accept_it() -> str:
        with database.transaction() as session:
            return accept(session, offer.id, Reply(partner_id, "user_1", NOW)).status

    results = at_once(*[accept_it] * 6)
    assert sum(isinstance(result, Conflict) for result in results) == 5
    assert history_of(database, lead_id).count("contact_disclosed") == 1


def test_accept_and_time_out_at_once_have_one_winner(database: Database) -> None:
    partner_id = add_partner(database, "A", weekly_capacity=50)
    due = NOW + timedelta(hours=8)
    for number in range(10):
        lead_id = add_lead(database, number)
        route_now(database, lead_id)
        offer_id = offers_of(database, lead_id)[0].id

        # The partner's clock is a moment behind the sweeper's, so both are within their rights.
        def accept_it(offer_id: str = offer_id) -> object:
            with database.transaction() as session:
                return accept(session, offer_id, Reply(partner_id, "user_1", due - timedelta(milliseconds=1)))

        def time_it_out(offer_id: str = offer_id) -> object:
            with database.transaction() as session:
                return time_out(session, offer_id, due)

        accepted, timed_out = at_once(accept_it, time_it_out)
        status = offers_of(database, lead_id)[0].status
        won = not isinstance(accepted, Conflict)
        assert won == (timed_out is None)
        assert status == (OfferStatus.ACCEPTED if won else OfferStatus.TIMED_OUT)
        assert lead_row(database, lead_id).status == (LeadStatus.ACCEPTED if won else LeadStatus.OPEN)
        assert ("contact_disclosed" in history_of(database, lead_id)) == won


def test_accept_and_decline_at_once_have_one_winner(database: Database) -> None:
    partner_id = add_partner(database, "A")
    lead_id = add_lead(database)
    route_now(database, lead_id)
    offer_id = offers_of(database, lead_id)[0].id
    reply = Reply(partner_id, "user_1", NOW)

    def accept_it() -> object:
        with database.transaction() as session:
            return accept(session, offer_id, reply)

    def decline_it() -> object:
        with database.transaction() as session:
            return decline(session, offer_id, Decline(DeclineReason.CONFLICT), reply)

    results = at_once(accept_it, decline_it, accept_it, decline_it)
    assert sum(isinstance(result, Conflict) for result in results) == 3


def test_router_and_manager_at_once_make_one_offer(database: Database, redis: Redis) -> None:
    add_partner(database, "A")
    by_hand = add_partner(database, "B", languages=("it",))
    lead_id = add_lead(database)
    runtime = runtime_for(database, redis)

    def assign_it() -> object:
        with database.transaction() as session:
            making = Making(BY_HAND, Policy(), NOW, "user_9")
            return assign_by_hand(session, lock_lead(session, lead_id), by_hand, making)

    at_once(assign_it, lambda: route_one(runtime, lead_id, NOW), assign_it, lambda: route_one(runtime, lead_id, NOW))
    assert [offer.status for offer in offers_of(database, lead_id)] == [OfferStatus.LIVE]
