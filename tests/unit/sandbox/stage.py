"""A stage for the engine: virtual clock, kept callbacks, TwiML from a table, people who do what a test says."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from sandbox.engine.behaviour import Behaviour
from sandbox.engine.board import Board, EngineOptions
from sandbox.engine.clock import VirtualClock
from sandbox.engine.exchange import open_exchange, run_due
from sandbox.engine.lines import place
from sandbox.engine.orders import CALL_EVENTS, CallOrder, Detection, Program, Subscription, Webhook
from sandbox.engine.ports import Fetched, FetchOrder, Report
from sandbox.engine.records import Call
from sandbox.engine.sids import SidMint

ACCOUNT = "AC" + "0" * 32
START = 1_793_000_000.0
APP = "http://app.test"
STATUS = Subscription(Webhook(f"{APP}/status"), frozenset(CALL_EVENTS))
TALKER = Behaviour("human", setup_seconds=1.0, answer_seconds=5.0, patience_seconds=6.0, talk_seconds=100.0)
AGENT = Behaviour("human", is_agent=True, setup_seconds=0.1, answer_seconds=1.0)
PARK = (
    '<Response><Dial><Conference statusCallback="http://app.test/room"'
    ' statusCallbackEvent="start end join leave mute hold modify announcement">{room}</Conference></Dial></Response>'
)


@dataclass
class Stage:
    """The outer world of one engine. `pages` maps a URL to what the application answers there."""

    pages: dict[str, Fetched] = field(default_factory=dict)
    people: dict[str, Behaviour] = field(default_factory=dict)
    options: EngineOptions = field(default_factory=lambda: EngineOptions(calls_per_second=0))
    reports: list[Report] = field(default_factory=list)
    fetches: list[FetchOrder] = field(default_factory=list)
    ledger: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = VirtualClock(START)
        self.board = open_exchange(Board(self.clock, self, SidMint("test"), self.options))

    def fetch(self, order: FetchOrder, done: Callable[[Fetched], None]) -> None:
        """Answer from the table, a tenth of a second later."""
        self.fetches.append(order)
        page = self.pages.get(order.webhook.url, Fetched(404, failure=None))
        self.board.agenda.put(self.clock.now() + 0.1, lambda: done(page))

    def report(self, report: Report) -> None:
        """Write a callback down."""
        self.reports.append(report)
        self.ledger.append(json.dumps([self.clock.now(), report.event, report.sid, report.params]))

    def note(self, kind: str, facts: dict[str, object]) -> None:
        """Write a ledger line down."""
        self.ledger.append(json.dumps([self.clock.now(), kind, facts]))

    def draw(self, number: str, dial_count: int) -> Behaviour:
        """Return what the test said, agents for clients, and a talker for everybody else."""
        return self.people.get(number, AGENT if number.startswith("client:") else TALKER)

    def run(self, seconds: float = 100_000.0) -> None:
        """Let carrier time pass."""
        end = self.clock.now() + seconds
        while (due_at := self.board.agenda.next_at()) is not None and due_at <= end:
            self.clock.move_to(due_at)
            run_due(self.board, limit=1)
        self.clock.move_to(end)

    def call(self, to: str = "+41445550001", twiml: str | None = None, **more: object) -> Call:
        """Order a call whose every status is reported."""
        program = Program(twiml=twiml) if twiml is not None else Program(Webhook(f"{APP}/answer"))
        order = CallOrder(ACCOUNT, to, "+41445550100", program, STATUS)
        changes = {name: value for name, value in more.items() if value is not None}
        return place(self.board, _changed(order, changes))

    def park(self, room: str, agent: str = "client:ann") -> Call:
        """Order an agent's phone into a conference."""
        return self.call(agent, PARK.format(room=room))

    def statuses(self, call: Call) -> list[str]:
        """Return the statuses that were reported of a call, in order."""
        return [value(one, "CallStatus") for one in self.reports if one.topic == "call" and one.sid == call.sid]

    def room_events(self) -> list[str]:
        """Return the conference events that were reported, in order."""
        return [one.event for one in self.reports if one.topic == "conference"]

    def alerts(self) -> list[int]:
        """Return the codes in the alert list."""
        return [alert.code for alert in self.board.alerts]


def _changed(order: CallOrder, changes: dict[str, object]) -> CallOrder:
    return replace(order, **changes)  # type: ignore[arg-type]


def value(report: Report, key: str) -> str:
    """Return one parameter of a callback, or an empty string."""
    return dict(report.params).get(key, "")


def detection(mode: str = "Enable", *, is_async: bool = True) -> Detection:
    """Return an order for machine detection with Twilio's own thresholds."""
    webhook = Webhook(f"{APP}/amd") if is_async else None
    return Detection("Enable" if mode == "Enable" else "DetectMessageEnd", is_async, webhook)
