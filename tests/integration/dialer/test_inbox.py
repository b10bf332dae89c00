"""The inbox: on disk before it is answered, many with one commit, each applied once, a spoiled one alone."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from dialer import inbox
from dialer.inbox import TRIES, Callback, InboxWriter
from dialer.reporter import Reporter
from dialer.tables import InboxEntry
from foundation.database import Database
from foundation.errors import Unavailable
from foundation.live import Bell
from telephony.carrier import Reported
from tests.integration.dialer.floor import Floor
from tests.unit.telephony.callback_bodies import status_fields


@pytest.fixture
def writer(floor: Floor) -> Iterator[InboxWriter]:
    """A writer of the inbox."""
    writer = InboxWriter(floor.database, floor.parts.live)
    yield writer
    writer.close()


def callback(floor: Floor, number: int, call_id: str = "call_1", **fields: object) -> Callback:
    """A callback that differs from those with other numbers."""
    return Callback(
        f"status:{call_id}:{number}", call_id, "status", status_fields("ringing", number) | fields, floor.now
    )


@contextmanager
def nobody_can_write(floor: Floor) -> Iterator[None]:
    """Hold up every writer of the inbox."""
    with floor.database.transaction() as session:
        if not floor.database.is_sqlite:
            session.execute(text("LOCK TABLE callback_inbox IN EXCLUSIVE MODE"))
        yield


def keys_of(floor: Floor) -> list[str]:
    """The keys of what is kept, in order of arrival."""
    with floor.database.reading() as session:
        return list(session.scalars(select(InboxEntry.key).order_by(InboxEntry.id)))


def test_nothing_is_done_before_it_is_on_disk(floor: Floor, writer: InboxWriter) -> None:
    with nobody_can_write(floor):
        done = writer.put(callback(floor, 1))
        with pytest.raises(TimeoutError):
            done.result(0.3)
        assert keys_of(floor) == []
    done.result(10)
    assert keys_of(floor) == ["status:call_1:1"]


def test_callbacks_that_wait_together_are_written_with_one_commit(floor: Floor, writer: InboxWriter) -> None:
    commits: list[object] = []
    with nobody_can_write(floor):
        waiting = [writer.put(callback(floor, number)) for number in range(40)]
        event.listen(floor.database.engine, "commit", commits.append)
    for each in waiting:
        each.result(10)
    # Counted before anything is read: a look at PostgreSQL ends with a commit, too.
    assert len(commits) <= 3  # the one that held them up, the first of them, all others
    assert len(keys_of(floor)) == 40


def test_repeats_in_one_batch_and_across_batches_are_one_row(floor: Floor, writer: InboxWriter) -> None:
    with nobody_can_write(floor):
        waiting = [writer.put(callback(floor, number % 2)) for number in range(6)]
    for each in (*waiting, writer.put(callback(floor, 1))):
        each.result(10)
    assert sorted(keys_of(floor)) == ["status:call_1:0", "status:call_1:1"]


def test_callback_that_cannot_be_kept_does_not_take_its_batch_along(floor: Floor, writer: InboxWriter) -> None:
    with nobody_can_write(floor):
        first = writer.put(callback(floor, 0))
        spoiled = writer.put(callback(floor, 1, spoiled=object()))
        others = [writer.put(callback(floor, number)) for number in (2, 3)]
    for each in (first, *others):
        each.result(10)
    with pytest.raises(Unavailable):
        spoiled.result(10)
    assert keys_of(floor) == ["status:call_1:0", "status:call_1:2", "status:call_1:3"]


def test_problem_of_a_row_is_told_without_the_numbers_in_it(floor: Floor) -> None:
    keep(floor, callback(floor, 1))
    with pytest.raises(IntegrityError) as caught, floor.database.transaction() as session:
        session.add(InboxEntry(**vars(callback(floor, 1))))
        session.flush()
    assert "+4144" not in str(caught.value)


def test_who_has_gone_away_does_not_stop_the_writer(floor: Floor, writer: InboxWriter) -> None:
    with nobody_can_write(floor):
        writer.put(callback(floor, 0))
        gone = writer.put(callback(floor, 1))
        assert gone.cancel()
    writer.put(callback(floor, 2)).result(10)
    assert keys_of(floor) == ["status:call_1:0", "status:call_1:1", "status:call_1:2"]


def test_closing_writes_what_waits(floor: Floor) -> None:
    writer = InboxWriter(floor.database, floor.parts.live)
    waiting = [writer.put(callback(floor, number)) for number in range(30)]
    writer.close()
    assert all(each.done() for each in waiting)
    assert len(keys_of(floor)) == 30


def test_bell_rings_when_something_has_come(floor: Floor, writer: InboxWriter) -> None:
    bell = Bell(floor.redis, "inbox")
    assert not bell.wait(0.05)
    writer.put(callback(floor, 1)).result(10)
    assert bell.wait(5)
    bell.close()


# --- applying


def keep(floor: Floor, *callbacks: Callback) -> None:
    with floor.database.transaction() as session:
        inbox.keep(session, callbacks)


def entries(floor: Floor) -> list[InboxEntry]:
    with floor.database.reading() as session:
        return list(session.scalars(select(InboxEntry).order_by(InboxEntry.id)))


def test_each_entry_is_applied_once_in_order_of_arrival(floor: Floor) -> None:
    keep(floor, *(callback(floor, number) for number in range(5)))
    applied: list[str] = []

    def note(_: Session, entry: InboxEntry) -> None:
        applied.append(entry.key)

    while inbox.apply_waiting(floor.database, note, floor.now, 2):
        pass
    assert applied == [f"status:call_1:{number}" for number in range(5)]
    assert inbox.apply_waiting(floor.database, note, floor.now, 2) == 0
    assert all(entry.applied_at is not None for entry in entries(floor))


def test_spoiled_entry_is_counted_and_left_while_the_others_go_on(floor: Floor) -> None:
    keep(floor, *(callback(floor, number) for number in range(4)))
    tried: list[str] = []

    def fail_on_the_second(_: Session, entry: InboxEntry) -> None:
        tried.append(entry.key)
        if entry.key.endswith(":1"):
            raise ValueError("spoiled")

    for _ in range(TRIES + 3):
        inbox.apply_waiting(floor.database, fail_on_the_second, floor.now, 10)
    first, spoiled, *others = entries(floor)
    assert (spoiled.applied_at, spoiled.tries, spoiled.problem) == (None, TRIES, "ValueError: spoiled")
    assert all(entry.applied_at is not None for entry in (first, *others))
    rounds = len(tried)
    inbox.apply_waiting(floor.database, fail_on_the_second, floor.now, 10)
    assert len(tried) == rounds


def test_what_a_spoiled_entry_wrote_before_it_failed_is_undone(floor: Floor) -> None:
    keep(floor, callback(floor, 1))

    def write_and_fail(session: Session, _: InboxEntry) -> None:
        inbox.keep(session, [callback(floor, 99)])
        raise ValueError("spoiled")

    inbox.apply_waiting(floor.database, write_and_fail, floor.now, 10)
    assert keys_of(floor) == ["status:call_1:1"]


def test_two_reporters_at_once_apply_each_entry_once(floor: Floor, database_url: str) -> None:
    floor.add_ready_agent("de")
    call_id = floor.ring(floor.add_campaign(max_attempts=4))
    keep(floor, *(callback(floor, number, call_id, CallStatus="busy") for number in range(20)))
    second = Database(database_url)
    sides = (floor, floor.beside(second))
    start = Barrier(2)

    def work(side: Floor) -> None:
        reporter = Reporter(side.parts)
        start.wait(10)
        while reporter.apply_some():
            pass

    with ThreadPoolExecutor(2) as threads:
        for each in [threads.submit(work, side) for side in sides]:
            each.result()
    second.dispose()
    assert all(entry.applied_at is not None and entry.tries == 0 for entry in entries(floor))
    assert floor.contact_of(call_id).attempts_made == 1
    assert floor.call_history(call_id).count("busy") == 1


def test_reporter_that_dies_in_the_middle_loses_and_doubles_nothing(floor: Floor) -> None:
    floor.add_ready_agent("de")
    call_id = floor.ring(floor.add_campaign())
    keep(floor, callback(floor, 1, call_id, CallStatus="busy"))

    class Killed(BaseException):
        pass

    def apply_and_die(session: Session, entry: InboxEntry) -> None:
        Reporter(floor.parts)._apply(session, entry)
        raise Killed

    with pytest.raises(Killed):
        inbox.apply_waiting(floor.database, apply_and_die, floor.now, 10)
    assert floor.call(call_id).status == "ringing"
    Reporter(floor.parts).apply_some()
    assert floor.call(call_id).status == Reported.BUSY
    assert floor.contact_of(call_id).attempts_made == 1
