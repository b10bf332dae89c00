"""Figures of routing from rows: the night's shares, the weeks' offers, and a partner's own beside the median."""

from datetime import timedelta

from redis import Redis

from foundation.database import Database
from leads import fairness_view
from leads.nightly import ring_when_due, run_yardstick
from leads.offers import Reply, accept
from tests.integration.leads.lead_rows import (
    NOW,
    add_lead,
    add_partner,
    decline_live,
    offers_of,
    route_now,
    runtime_for,
)
from tests.integration.leads.test_nightly import NIGHT


def test_vendor_and_partners_see_the_same_weeks_each_their_own(database: Database, redis: Redis) -> None:
    runtime = runtime_for(database, redis)
    partners = [add_partner(database, name, weekly_capacity=40) for name in "ABCDE"]
    for number in range(30):
        lead_id = add_lead(database, number, company=f"Firma {number} AG", phone_number=f"+4144668{1000 + number}")
        chosen = route_now(database, lead_id, hours_later=number / 10).partner_id
        if number % 6 == 0:
            assert decline_live(database, lead_id) == chosen
            continue
        offer_id = offers_of(database, lead_id)[0].id
        with database.transaction() as session:
            accept(session, offer_id, Reply(chosen, "user_1", NOW + timedelta(hours=number / 10, minutes=20)))
    assert ring_when_due(runtime, NIGHT)
    run_yardstick(runtime, NIGHT.date(), NIGHT)
    with database.reading() as session:
        found = fairness_view.view_fairness(session, NIGHT)
        owns = [fairness_view.view_own(session, partner_id, NIGHT) for partner_id in partners]
    assert found.last is not None
    assert (found.last.leads, found.last.broken, found.last.unrouted) == (30, 0, 5)
    assert sum(received for _, received, _ in found.shares) == 25
    assert sum(due for _, _, due in found.shares) == 30_000
    assert (found.total.offers, found.total.accepted, found.total.declined) == (30, 25, 5)
    assert found.total.minutes_of(0.5) == 20
    assert [week.counts.offers for week in found.weeks] == [0] * 7 + [30]
    medians = {tuple(figure.median for figure in own) for own in owns}
    assert len(medians) == 1  # everybody sees the same median
    minutes = {figure.name: (figure.own, figure.median) for figure in owns[0]}["minutes_p50"]
    assert minutes == (20, 20)


def test_relation_that_was_admitted_and_passed_over_would_be_counted(database: Database, redis: Redis) -> None:
    runtime = runtime_for(database, redis)
    add_partner(database, "A")
    named = add_partner(database, "B")
    lead_id = add_lead(database, existing_partner="B")
    assert route_now(database, lead_id).partner_id == named
    assert ring_when_due(runtime, NIGHT)
    run_yardstick(runtime, NIGHT.date(), NIGHT)
    with database.reading() as session:
        last = fairness_view.view_fairness(session, NIGHT).last
    assert last is not None
    assert last.broken == 0
