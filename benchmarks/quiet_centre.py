"""A call centre on the sandbox's virtual clock, in a process of its own: agents parked in conferences, people called
into them, no HTTP. Writes how many hours of calls were carried and what they cost the processor.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

from benchmarks.programs import take_plan
from sandbox.engine.behaviour import Behaviour
from sandbox.engine.board import Board, EngineOptions
from sandbox.engine.clock import VirtualClock
from sandbox.engine.exchange import open_exchange, run_due
from sandbox.engine.lines import place
from sandbox.engine.orders import CALL_EVENTS, CallOrder, Program, Subscription, Webhook
from sandbox.engine.ports import Fetched, FetchOrder, Report
from sandbox.engine.sids import SidMint
from sandbox.ledger import Ledger
from sandbox.people import People, Town

START_AT = 1_772_442_000.0  # a Monday morning
ACCOUNT_SID = "AC" + "5a" * 16
PARK = "<Response><Dial><Conference>desk{desk}</Conference></Dial></Response>"
SHIFT_SECONDS = 14_000.0
STATUS = Subscription(Webhook("http://app.test/status"), frozenset(CALL_EVENTS))


@dataclass(frozen=True)
class Plan:
    """`agents` are parked, then one person after the other is called, so many a second; people as by default."""

    agents: int
    calls: int
    per_second: float


@dataclass(frozen=True)
class Carried:
    """Hours from dialing to the end, of all legs and of people alone; callbacks worded; entries written."""

    processor_seconds: float
    hours: float
    people_hours: float
    calls: int
    callbacks: int
    entries: int
    peak_kilobytes: int


class Centre:
    """The engine's outer world: people who are drawn, a ledger in memory, callbacks that are worded and dropped."""

    def __init__(self) -> None:
        self.clock = VirtualClock(START_AT)
        self.ledger = Ledger(self.clock.now)
        self.town = Town(People(), 1)
        self.callbacks = 0
        self.board = open_exchange(Board(self.clock, self, SidMint("bench"), EngineOptions(calls_per_second=0)))

    def fetch(self, order: FetchOrder, done: Callable[[Fetched], None]) -> None:
        """All programs are given with the call."""
        raise RuntimeError("a program was asked for, and every one is given with its call")

    def report(self, report: Report) -> None:
        """Count a callback."""
        self.callbacks += 1

    def note(self, kind: str, facts: dict[str, object]) -> None:
        """Write a line of the ledger."""
        self.ledger.note(kind, facts)

    def draw(self, number: str, dial_count: int) -> Behaviour:
        """Return what a number does."""
        return self.town.draw(number, dial_count, self.clock.now())

    def call(self, to: str, desk: int) -> None:
        """Order a call into a desk's conference."""
        program = Program(twiml=PARK.format(desk=desk))
        place(self.board, CallOrder(ACCOUNT_SID, to, "+41445550100", program, STATUS))

    def run_until(self, at: float) -> None:
        """Let carrier time pass."""
        agenda = self.board.agenda
        while (due_at := agenda.next_at()) is not None and due_at <= at:
            self.clock.move_to(due_at)
            run_due(self.board, limit=1)
        self.clock.move_to(at)


def carry(plan: Plan) -> Carried:
    """Run the centre and add up."""
    centre = Centre()
    began_at = time.process_time()
    for desk in range(plan.agents):
        centre.call(f"client:agent{desk}", desk)
    centre.run_until(START_AT + 5)
    for number in range(plan.calls):
        centre.call(f"+4179{number:07d}", number % plan.agents)
        centre.run_until(START_AT + 5 + (number + 1) / plan.per_second)
    centre.run_until(max(centre.clock.now() + 3600, START_AT + SHIFT_SECONDS))
    spent = time.process_time() - began_at
    legs = [
        (call.is_agent, (call.ended_at or centre.clock.now()) - (call.dialed_at or call.created_at))
        for call in centre.board.calls.values()
    ]
    return Carried(
        processor_seconds=spent,
        hours=sum(seconds for _, seconds in legs) / 3600,
        people_hours=sum(seconds for is_agent, seconds in legs if not is_agent) / 3600,
        calls=len(legs),
        callbacks=centre.callbacks,
        entries=sum(centre.ledger.counts.values()),
        peak_kilobytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
    )


def main() -> None:
    """Carry out the plan that this process is given."""
    json.dump(asdict(carry(Plan(**take_plan()))), sys.stdout)


if __name__ == "__main__":
    main()
