"""The switchboard's state: clock, agenda, calls, conferences, alerts, and the ways out.

Rules are left to the other modules.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from sandbox.engine.agenda import Agenda
from sandbox.engine.clock import Clock
from sandbox.engine.orders import Program, Subscription
from sandbox.engine.ports import Edges
from sandbox.engine.records import Alert, Call, Conference, Queue, Recording
from sandbox.engine.sids import SidMint
from sandbox.engine.twiml import Verb

# A verb's performer returns True when it took over (the call goes on later), False when the next verb may run at once.
Performer = Callable[["Board", Call, Verb], bool]


KEPT_ALERTS = 10_000


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """Rates and lengths nobody can know without audio. calls_per_second 0: no limit; kept_calls 0: all ended ones."""

    calls_per_second: float = 1.0
    speech_characters_per_second: float = 15.0
    media_seconds: float = 5.0
    recording_processing_seconds: float = 1.0
    kept_calls: int = 0


@dataclass(frozen=True, slots=True)
class OwnNumber:
    """A number that the account owns and what runs when it is called."""

    account_sid: str
    number: str
    program: Program
    subscription: Subscription | None = None


@dataclass(slots=True, eq=False)
class Board:
    """Everything the engine remembers, and the hooks that tie its modules together."""

    clock: Clock
    edges: Edges
    mint: SidMint
    options: EngineOptions = field(default_factory=EngineOptions)
    agenda: Agenda = field(default_factory=Agenda)
    calls: dict[str, Call] = field(default_factory=dict)
    calls_by_number: dict[str, list[Call]] = field(default_factory=lambda: defaultdict(list))
    live_calls: dict[str, Call] = field(default_factory=dict)
    ended_calls: OrderedDict[str, Call] = field(default_factory=OrderedDict)
    forgotten_calls: int = 0
    dial_counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    conferences: dict[str, Conference] = field(default_factory=dict)
    open_rooms: dict[tuple[str, str], Conference] = field(default_factory=dict)
    ended_rooms: OrderedDict[str, Conference] = field(default_factory=OrderedDict)
    recordings: dict[str, Recording] = field(default_factory=dict)
    ended_recordings: OrderedDict[str, Recording] = field(default_factory=OrderedDict)
    queues: dict[str, Queue] = field(default_factory=dict)
    queues_by_name: dict[tuple[str, str], Queue] = field(default_factory=dict)
    # Sound files by address: until when their length is known, and the length in seconds.
    media: dict[str, tuple[float, float]] = field(default_factory=dict)
    alerts: list[Alert] = field(default_factory=list)
    # Where the media of recordings are offered; a server that knows its own address puts it here.
    public_url: str = "https://api.twilio.com"
    next_dial_at: dict[str, float] = field(default_factory=dict)
    account_rates: dict[str, float] = field(default_factory=dict)
    performers: dict[str, Performer] = field(default_factory=dict)
    call_answered: Callable[[Call], None] = lambda _call: None
    # May calls of an account show this number? What they show already is not asked about.
    may_show: Callable[[str, str], bool] = lambda _account_sid, _number: True
    # Finds a number with a voice program; None: a person or nobody is at the other end.
    find_number: Callable[[str], OwnNumber | None] = lambda _number: None
    reach_number: Callable[[Call, OwnNumber], None] = lambda _call, _own: None
    call_ended: Callable[[Call], None] = lambda _call: None
    recording_ended: Callable[[Recording], None] = lambda _recording: None
    forgotten: Callable[[Call | Recording], None] = lambda _ended: None
    # The oldest ended call was forgotten: what was before its end need not be remembered either.
    outlived: Callable[[float], None] = lambda _ended_at: None
    # Why a call may not leave now (a Twilio error code and its text), asked when its turn has come.
    dial_refusal: Callable[[Call], tuple[int, str] | None] = lambda _call: None

    def now(self) -> float:
        """Return carrier time in Unix seconds."""
        return self.clock.now()

    def set_timer(self, call: Call, name: str, seconds: float, action: Callable[[], None]) -> None:
        """Have `action` run in carrier seconds; a timer of the same name on the same call is replaced.

        One that has run stays in the call's table until it is replaced or the call ends: cancelling it does nothing.
        """
        earlier = call.timers.get(name)
        if earlier is not None:
            earlier.action = None
        call.timers[name] = self.agenda.put(self.clock.now() + seconds, action)

    def clear_timer(self, call: Call, name: str) -> None:
        """Cancel a timer, if there is one."""
        entry = call.timers.pop(name, None)
        if entry is not None:
            entry.cancel()

    def alert(self, call: Call, code: int, text: str, *, is_warning: bool = False, url: str = "") -> None:
        """Put a line about a call in the alert list, as Twilio's debugger would."""
        self.alert_about(call.sid, code, text, is_warning=is_warning, url=url)

    def alert_about(self, sid: str, code: int, text: str, *, is_warning: bool = False, url: str = "") -> None:
        """Put a line about a call or another resource in the alert list; the oldest give way when it is long."""
        level: Literal["error", "warning"] = "warning" if is_warning else "error"
        call = self.calls.get(sid)
        account_sid = call.order.account_sid if call is not None else ""
        found = Alert(self.mint.make("NO"), code, level, text, sid, self.now(), url, account_sid)
        self.alerts.append(found)
        if len(self.alerts) > 2 * KEPT_ALERTS:
            del self.alerts[:-KEPT_ALERTS]
        self.edges.note("alert", {"call": sid, "code": code, "level": level, "text": text, "url": url})
