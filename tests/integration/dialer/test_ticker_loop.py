"""The ticker's own loop: full ticks and brief looks in turn, an end when asked, and going on where another one died."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from redis import Redis

from cli.stopping import StopSignal
from dialer.tables import DialLease
from dialer.ticker import Ticker
from foundation.clock import Clock
from foundation.database import Database
from tests.integration.dialer.floor import START, Floor


class Killed(BaseException):
    """What ends a ticker between two rounds, where it cannot clear up."""


class Watched(Ticker):
    """A ticker that notes what it does in each round."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.rounds: list[str] = []
        self.at_a_look: Callable[[], None] = lambda: None

    def tick_all(self) -> None:
        self.rounds.append("tick")
        super().tick_all()

    def look_again(self) -> None:
        self.rounds.append("look")
        super().look_again()
        self.at_a_look()


def a_floor(database: Database, redis: Redis, tick_seconds: float) -> Floor:
    """A floor on whose clock half a second is soon over."""
    floor = Floor(database, redis, tick_seconds=tick_seconds)
    floor.clock = Clock(50.0, START, time.time())
    return floor


@pytest.fixture
def own_signals() -> Iterator[None]:
    """Puts back what signals do."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, answer in before.items():
        signal.signal(number, answer)


def test_looks_come_between_ticks_and_a_bell_brings_the_next_tick(database: Database, redis: Redis) -> None:
    floor = a_floor(database, redis, tick_seconds=600.0)
    ticker = Watched(floor.parts)

    def should_stop() -> bool:
        if len(ticker.rounds) == 3:
            floor.parts.live.ring("tick")  # heard after the round that begins now, or after one of the next
        return ticker.rounds.count("tick") == 2 and ticker.rounds[-1] == "look"

    ticker.run(should_stop)
    assert ticker.rounds[:4] == ["tick", "look", "look", "look"]
    assert ticker.rounds[-2:] == ["tick", "look"]


def test_next_tick_comes_without_a_bell_when_its_time_has_come(database: Database, redis: Redis) -> None:
    ticker = Watched(a_floor(database, redis, tick_seconds=0.2).parts)
    ticker.run(lambda: ticker.rounds.count("tick") == 3)
    assert ticker.rounds[0] == ticker.rounds[-1] == "tick"


def test_ticker_that_is_asked_to_stop_ends_after_the_round_it_is_in(
    database: Database, redis: Redis, own_signals: None
) -> None:
    floor = a_floor(database, redis, tick_seconds=600.0)
    ticker = Watched(floor.parts)
    ticker.at_a_look = lambda: os.kill(os.getpid(), signal.SIGTERM)
    ticker.run(StopSignal(floor.parts.live, "tick"))
    assert ticker.rounds == ["tick", "look"]


def test_ticker_goes_on_where_another_one_died_once_its_lease_is_over(floor: Floor) -> None:
    first = floor.add_ready_agent("de")
    campaign_id = floor.add_campaign(4)
    dead = Watched(floor.parts)

    def kill_after_a_tick() -> bool:
        if dead.rounds:
            raise Killed
        return False

    with pytest.raises(Killed):
        dead.run(kill_after_a_tick)
    assert len(floor.call_ids()) == 1
    second = floor.add_ready_agent("de")
    assert second != first
    floor.wait(seconds=9)  # of the ten that a lease lasts
    heir = Watched(floor.parts)
    heir.run(lambda: len(floor.call_ids()) == 2 or len(heir.rounds) > 500)
    assert len(floor.call_ids()) == 2
    with floor.database.reading() as session:
        assert session.get_one(DialLease, campaign_id).token == 2
