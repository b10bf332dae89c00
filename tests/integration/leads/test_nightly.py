"""The yardstick's night: rung once, taught from what was kept, written to the partners."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from redis import Redis
from sqlalchemy import select

from foundation.database import Database
from leads.lead_book import open_lead
from leads.lead_states import DeclineReason
from leads.nightly import ring_when_due, run_yardstick
from leads.offers import Reply, accept
from leads.replay import replays_identically
from leads.routing import route
from leads.settlement_view import list_own_weeks, list_weeks
from leads.tables import PartnerCredit, RoutingRound, YardstickRun
from tests.integration.leads.lead_rows import (
    DRAFT,
    NOW,
    POLICY,
    add_lead,
    add_partner,
    decline_live,
    offers_of,
    route_now,
    runtime_for,
)

NIGHT = datetime(2026, 3, 3, 3, tzinfo=ZoneInfo("Europe/Zurich"))


def credit_rows(database: Database) -> dict[str, PartnerCredit]:
    with database.reading() as session:
        return {row.partner_id: row for row in session.scalars(select(PartnerCredit))}


def test_night_is_rung_once_after_the_quiet_hour_and_not_before_there_are_leads(
    database: Database, redis: Redis
) -> None:
    runtime = runtime_for(database, redis)
    assert not ring_when_due(runtime, NIGHT)
    add_lead(database)
    assert not ring_when_due(runtime, NIGHT - timedelta(hours=2))
    assert ring_when_due(runtime, NIGHT)
    assert not ring_when_due(runtime, NIGHT)
    assert ring_when_due(runtime, NIGHT + timedelta(days=1))


def test_run_that_was_lost_is_rung_again_after_an_hour_and_one_that_was_not_is_not(
    database: Database, redis: Redis
) -> None:
    runtime = runtime_for(database, redis)
    add_partner(database, "A")
    add_lead(database)
    assert ring_when_due(runtime, NIGHT)
    assert not ring_when_due(runtime, NIGHT + timedelta(minutes=59))
    assert ring_when_due(runtime, NIGHT + timedelta(minutes=60))
    run_yardstick(runtime, date(2026, 3, 3), NIGHT)
    assert not ring_when_due(runtime, NIGHT + timedelta(hours=3))


def test_night_teaches_that_room_is_scarce_and_who_answers_and_decisions_still_replay(
    database: Database, redis: Redis
) -> None:
    runtime = runtime_for(database, redis)
    scarce = add_partner(database, "A", postcodes=("8005",), weekly_capacity=2)
    roomy = add_partner(database, "B", weekly_capacity=200)
    leads = [add_lead(database, number, company=f"Customer {number}", phone_number="") for number in range(16)]
    for number, lead_id in enumerate(leads):
        if route_now(database, lead_id, hours_later=number / 10).partner_id == scarce:
            offer_id = offers_of(database, lead_id)[0].id
            with database.transaction() as session:
                accept(session, offer_id, Reply(scarce, "user_1", NOW))
        elif number % 2:
            decline_live(database, lead_id, DeclineReason.NOT_INTERESTED)
    assert ring_when_due(runtime, NIGHT)
    run_yardstick(runtime, NIGHT.date(), NIGHT)
    rows = credit_rows(database)
    # Both want the near partner; it costs so much more that the far one is as good.
    assert rows[scarce].price_milli - rows[roomy].price_milli > 20
    assert rows[scarce].weight_milli <= 1000
    assert rows[roomy].response_milli < 700 < rows[scarce].response_milli
    with database.reading() as session:
        run = session.get_one(YardstickRun, NIGHT.date())
        assert run.leads == 16
        assert 0 < run.fit_milli <= 1000
        assert set(run.lessons) == {scarce, roomy}
        assert not run.is_alert
    later = add_lead(database, 99)
    assert route_now(database, later, hours_later=24).partner_id
    with database.reading() as session:
        rounds = session.execute(select(RoutingRound.lead_id, RoutingRound.number)).all()
        assert all(replays_identically(session, lead_id, number) for lead_id, number in rounds)


def test_week_is_made_good_once_when_it_is_over_and_decisions_still_replay(database: Database, redis: Redis) -> None:
    runtime = runtime_for(database, redis)
    small = add_partner(database, "A", weekly_capacity=2, weight_percent=300)
    large = add_partner(database, "B", weekly_capacity=6, owner="Holding")
    add_partner(database, "C", weekly_capacity=1, owner="Holding")
    leads = [add_lead(database, number, company=f"Customer {number}", phone_number="") for number in range(8)]
    for number, lead_id in enumerate(leads):
        route_now(database, lead_id, hours_later=number / 10)
    before = credit_rows(database)
    assert before[small].entitled_milli == before[large].entitled_milli == 4000
    next_monday = datetime(2026, 3, 9, 3, tzinfo=ZoneInfo("Europe/Zurich"))
    for night in (NIGHT, next_monday, next_monday + timedelta(days=1)):
        assert ring_when_due(runtime, night)
        run_yardstick(runtime, night.date(), night)
    run_yardstick(runtime, next_monday.date(), next_monday)
    rows = credit_rows(database)
    # Nobody is entitled to more than it has room for: the other takes the rest.
    assert abs(rows[small].entitled_milli - 2000) < 10
    assert abs(rows[large].entitled_milli - 6000) < 10
    for name in (small, large):
        moved = rows[name].entitled_milli - before[name].entitled_milli
        assert rows[name].credit_milli == before[name].credit_milli + moved
    with database.reading() as session:
        runs = session.scalars(select(YardstickRun).order_by(YardstickRun.day)).all()
        assert [run.settled_week for run in runs] == ["", "2026-10", ""]
        assert runs[1].settled == {
            small: [rows[small].entitled_milli, 4000],
            "owner:Holding": [rows[large].entitled_milli, 4000],
        }
        assert all(replays_identically(session, lead_id, 1) for lead_id in leads)
        (shown,) = list_weeks(session)
        assert shown.monday == date(2026, 3, 2)
        made_good = {share.name: share.made_good_milli for share in shown.shares}
        assert (made_good["Holding"], -made_good["A"]) == (shown.given_milli, shown.taken_milli)
        # Shares are rounded, so what one gets and the other gives may differ by a few thousandths.
        assert abs(shown.given_milli - shown.taken_milli) < 10
        # A partner is told of its own share alone; with branches, of their owner's.
        (own,) = list_own_weeks(session, large)
        assert [share.made_good_milli for share in own.shares] == [made_good["Holding"]]


def test_week_of_which_the_window_has_only_a_part_is_not_made_good(database: Database, redis: Redis) -> None:
    runtime = runtime_for(database, redis)
    add_partner(database, "A", weekly_capacity=1)
    add_partner(database, "B")
    for number, days in enumerate((0, 0, 2)):
        opened_at = NOW + timedelta(days=days)
        with database.transaction() as session:
            lead_id = open_lead(session, replace(DRAFT, call_id=f"call_{number}", phone_number=""), opened_at).id
            route(session, lead_id, POLICY, opened_at)
    monday = NOW + timedelta(days=42)
    assert ring_when_due(runtime, monday)
    # The worker is a day late, so of that week only its Wednesday is looked at.
    assert not run_yardstick(runtime, monday.date(), monday + timedelta(days=1)).settled_week
