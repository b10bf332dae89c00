"""Carrier time: the scaled clock that two processes share, and what is due when."""

import time

import pytest

from sandbox.engine.agenda import Agenda
from sandbox.engine.clock import ScaledClock, VirtualClock


def test_two_clocks_with_the_same_numbers_show_the_same_time() -> None:
    epoch = time.time() - 10.0
    before = 1000.0 + (time.time() - epoch) * 60.0
    first, second = ScaledClock(1000.0, epoch, 60.0).now(), ScaledClock(1000.0, epoch, 60.0).now()
    after = 1000.0 + (time.time() - epoch) * 60.0
    assert before <= first <= second <= after


def test_scaled_clock_waits_less_the_faster_it_runs() -> None:
    clock = ScaledClock(0.0, time.time(), 100.0)
    assert clock.real_seconds_until(clock.now() + 100.0) == pytest.approx(1.0, abs=0.2)
    assert clock.real_seconds_until(clock.now() - 5.0) == 0.0


def test_virtual_clock_never_goes_back() -> None:
    clock = VirtualClock(100.0)
    clock.move_to(50.0)
    assert clock.now() == 100.0


def test_what_is_due_runs_in_order_and_what_is_canceled_does_not() -> None:
    agenda, done = Agenda(), list[str]()
    agenda.put(2.0, lambda: done.append("late"))
    agenda.put(1.0, lambda: done.append("first"))
    agenda.put(1.0, lambda: done.append("second"))
    agenda.put(1.5, lambda: done.append("never")).cancel()
    while (action := agenda.pop_due(1.9)) is not None:
        action()
    assert done == ["first", "second"]
    assert agenda.next_at() == 2.0


def test_agenda_tells_when_something_earlier_comes_in() -> None:
    agenda, told = Agenda(), list[float | None]()
    agenda.on_earlier = lambda: told.append(agenda.next_at())
    for at in (5.0, 7.0, 3.0):
        agenda.put(at, lambda: None)
    assert told == [5.0, 3.0]
