"""Several tickers and processes: one acts per campaign, all of them together keep to the pace."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest

from dialer import leases, lifecycle, pace
from dialer.reasons import Reason
from dialer.tables import DialLease
from dialer.ticker import Ticker
from foundation.database import Database
from tests.integration.dialer.floor import Floor

TEN_SECONDS = timedelta(seconds=10)


def take(floor: Floor, campaign_id: str, holder: str) -> int | None:
    """Take the lease in a transaction of its own."""
    with floor.database.transaction() as session:
        return leases.take_lease(session, campaign_id, holder, TEN_SECONDS, floor.now)


def test_lease_is_one_tickers_until_it_runs_out_and_each_change_of_hands_has_a_new_token(floor: Floor) -> None:
    campaign_id = floor.add_campaign()
    assert take(floor, campaign_id, "ticker_1") == 1
    assert take(floor, campaign_id, "ticker_2") is None
    floor.wait(seconds=6)
    assert take(floor, campaign_id, "ticker_1") == 1  # renewed
    floor.wait(seconds=5)
    assert take(floor, campaign_id, "ticker_2") is None
    floor.wait(seconds=6)
    assert take(floor, campaign_id, "ticker_2") == 2
    assert take(floor, campaign_id, "ticker_1") is None


def test_ticker_that_was_stopped_and_comes_back_dials_nothing(floor: Floor) -> None:
    for _ in range(2):
        floor.add_ready_agent("de")
    campaign_id = floor.add_campaign(4)
    floor.tick(campaign_id, "ticker_1")
    floor.wait(minutes=1)
    assert floor.tick(campaign_id, "ticker_2") is not None
    queued = len(floor.call_ids())
    assert floor.tick(campaign_id, "ticker_1") is None
    assert len(floor.call_ids()) == queued


def test_eight_tickers_at_once_dial_each_agent_one_contact(floor: Floor, database_url: str) -> None:
    for _ in range(3):
        floor.add_ready_agent("de")
    campaign_id = floor.add_campaign(20)
    second = Database(database_url)
    sides = (floor, floor.beside(second))
    start = Barrier(8)

    def tick(number: int) -> bool:
        start.wait(10)
        return sides[number % 2].tick(campaign_id, f"ticker_{number}") is not None

    with ThreadPoolExecutor(8) as threads:
        acted = list(threads.map(tick, range(8)))
    second.dispose()
    assert acted.count(True) == 1
    assert len(floor.call_ids()) == 3
    with floor.database.reading() as session:
        assert session.get_one(DialLease, campaign_id).token == 1


def test_campaigns_that_share_agents_do_not_dial_for_the_same_one(floor: Floor, database_url: str) -> None:
    for _ in range(3):
        floor.add_ready_agent("de")
    campaign_ids = [floor.add_campaign(5) for _ in range(4)]
    second = Database(database_url)
    sides = (floor, floor.beside(second))
    start = Barrier(4)

    def tick(number: int) -> None:
        start.wait(10)
        sides[number % 2].tick(campaign_ids[number], f"ticker_{number}")

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(tick, range(4)))
    second.dispose()
    assert len(floor.call_ids()) == 3


def test_first_slots_claimed_at_once_by_two_processes_are_spaced(floor: Floor, database_url: str) -> None:
    second = Database(database_url)
    sides = (floor, floor.beside(second))
    start = Barrier(8)
    now = floor.now

    def claim(number: int) -> list[datetime]:
        start.wait(10)
        slots = []
        for _ in range(5):
            with sides[number % 2].database.transaction() as session:
                row = pace.lock_pace(session, "AC1", now)
                slot = pace.claim_slot(row, 10, now, timedelta(hours=1))
                assert slot is not None
                slots.append(slot)
        return slots

    with ThreadPoolExecutor(8) as threads:
        slots = sorted(slot for claimed in threads.map(claim, range(8)) for slot in claimed)
    second.dispose()
    assert len(slots) == 40
    for first, eleventh in zip(slots, slots[10:], strict=False):
        assert eleventh - first > timedelta(seconds=1.014)
    assert slots[-1] - slots[0] <= timedelta(seconds=39 / 9.8)


def test_nothing_is_dialed_at_night_and_the_reason_says_until_when(floor: Floor) -> None:
    floor.add_ready_agent("de")
    campaign_id = floor.add_campaign()
    floor.wait(hours=12)
    decision = floor.tick(campaign_id)
    assert decision is not None
    assert decision.total == 0
    assert decision.why == (Reason("outside_hours", {"moment": "2026-03-03T07:00+00:00"}),)


def test_campaign_whose_tick_fails_does_not_keep_the_others_or_the_sweep_from_theirs(floor: Floor) -> None:
    floor.add_ready_agent("de")
    broken = floor.add_campaign()
    sound = floor.add_campaign()
    floor.spoil(type(floor.campaign(broken)), broken, pacing_mode="clairvoyant")
    with pytest.raises(KeyError):
        lifecycle.dial_due_contacts(floor.parts, broken, "ticker_1", floor.now)
    ticker = Ticker(floor.parts)
    ticker.tick_all()
    assert [floor.call(call_id).campaign_id for call_id in floor.call_ids()] == [sound]


def test_ticker_runs_until_it_is_told_to_stop_and_finishes_what_is_done(floor: Floor) -> None:
    floor.add_ready_agent("de")
    campaign_id = floor.add_campaign()
    call_id = floor.talk(campaign_id)
    floor.hang_up(call_id)
    floor.say(call_id, "not_interested")
    rounds = iter([False, False, True])
    Ticker(floor.parts).run(lambda: next(rounds))
    assert floor.campaign(campaign_id).status == "finished"
