"""What every pacing policy is given and what it answers. Pure values; whoever reads rows fills them in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, Protocol

from dialer.pacing.habits import NOTHING_KNOWN, Habits
from dialer.reasons import Reason, Reasons

# Beside every event, a policy that steers by ages is asked so often: lines and talks get older between events.
DECIDES_EVERY_SECONDS = 0.5


class ReadyAgent(NamedTuple):
    """An agent who waits for a call. `campaign_id` empty: takes calls of every campaign."""

    agent_id: str
    languages: frozenset[str]
    campaign_id: str = ""


class BusyAgent(NamedTuple):
    """An agent who is signed in and not paused, and will be ready again after `step`.

    `step` is `reserved`, `talking` or `wrapping_up`, followed by `+signal` once the desk has given one in it, such as
    `talking+form_open`. `seconds` is how long that step lasts already: each signal begins a new one.
    """

    agent_id: str
    languages: frozenset[str]
    step: str
    seconds: float
    campaign_id: str = ""


class Line(NamedTuple):
    """The kind of a call, as far as agents are concerned."""

    campaign_id: str
    language: str


class DialedLine(NamedTuple):
    """A call that nobody has picked up yet and that may need an agent soon.

    `age_seconds` counts from the moment the carrier was asked (0 while the call is queued), `ring_seconds` from the
    carrier's report that it rings (None: no such report yet). `segments` are what its chance of an answer depends on:
    `hour:10`, `language:de`, `type:mobile`. `is_promised`: its campaign keeps an agent for it (progressive, preview).
    """

    line: Line
    call_id: str = ""
    age_seconds: float = 0.0
    ring_seconds: float | None = None
    segments: tuple[str, ...] = ()
    is_promised: bool = False
    is_queued: bool = False


class Brake(StrEnum):
    """How far the campaign may go. Set by whoever watches the limits; every policy obeys."""

    OFF = "off"
    ONE_TO_ONE = "one_to_one"
    STOP = "stop"


@dataclass(frozen=True)
class Limit:
    """What the jurisdiction allows. `abandoned_share` 0: nobody may pick up to silence, so one line per agent.

    `min_ring_seconds` is how long a phone must have rung before the dialer may give up; `answer_grace_seconds` how long
    somebody who answered may wait for an agent; without a grace in the product it is 0.
    """

    abandoned_share: float = 0.0
    min_ring_seconds: float = 15.0
    answer_grace_seconds: float = 0.0
    may_play_message: bool = False


@dataclass(frozen=True)
class Account:
    """Persons who answered and those of them who found nobody, in the window that the law counts (day, 30 days).

    Both as the law counts them: where a person whom the detector took for a machine counts as abandoned, the estimate
    of those (`machine_errors`) is part of both. `seconds_left`: until the window's calling hours end; None: it has no
    near end.
    """

    answered: float = 0.0
    abandoned: float = 0.0
    machine_errors: float = 0.0
    seconds_left: float | None = None

    @property
    def share(self) -> float:
        """Abandoned per answered; 0 before the first answer."""
        return self.abandoned / self.answered if self.answered > 0 else 0.0


@dataclass(frozen=True)
class PacingFacts:
    """What a policy may know of one campaign at one moment, all of it counted from rows.

    `ready`, `busy`, `waiting` and `dialing` cover all campaigns, because agents may serve several; `waiting` are people
    who answered within the grace and have no agent yet. `due` is the number of contacts of this campaign that may be
    dialed now, by language. `room` is how many more lines the carrier allows; `calls_per_second` its rate, and
    `carrier_delay_seconds` what it takes now beyond its habit before a call leaves. `segments`: as for a line, of one
    that would be dialed now, without its language. `nerve` and `habits` are what was learned (see the files so named).
    `brake_why`: the reasons of whoever set the brake. `due` is counted no further than is of use now;
    `waiting_by_language` are all who wait, counted now and then, and `talks_today` the people who were talked to: from
    both follows which language is behind.
    """

    campaign_id: str
    is_running: bool
    ready: tuple[ReadyAgent, ...]
    dialing: tuple[DialedLine, ...]
    due: Mapping[str, int]
    room: int
    dial_level: float = 1.0
    busy: tuple[BusyAgent, ...] = ()
    waiting: tuple[Line, ...] = ()
    calls_per_second: float | None = None
    carrier_delay_seconds: float = 0.0
    segments: tuple[str, ...] = ()
    limit: Limit = Limit()
    account: Account = Account()
    waiting_by_language: Mapping[str, int] = field(default_factory=dict)
    talks_today: Mapping[str, int] = field(default_factory=dict)
    brake: Brake = Brake.OFF
    brake_why: Reasons = ()
    habits: Habits = NOTHING_KNOWN
    nerve: float = 0.0


@dataclass(frozen=True)
class Decision:
    """How many contacts of each language to dial now, which ringing lines to give up, and why, for a manager to read.

    In preview the contacts are shown to agents, who dial them. `is_trusted` is False while a predictive campaign still
    learns.
    """

    dial: Mapping[str, int] = field(default_factory=dict)
    why: Reasons = ()
    cancel: tuple[str, ...] = ()
    is_trusted: bool = True

    @property
    def total(self) -> int:
        """All contacts to dial now."""
        return sum(self.dial.values())


class PacingPolicy(Protocol):
    """One way to pace."""

    @property
    def name(self) -> str:
        """The campaign's `pacing_mode`."""
        ...

    @property
    def needs_agents(self) -> bool:
        """Whether whoever answers is meant to talk to an agent."""
        ...

    def decide(self, facts: PacingFacts) -> Decision:
        """How many to dial now. The same facts give the same decision."""
        ...


def reason_not_to_dial(facts: PacingFacts, *, needs_agents: bool = True) -> Reasons:
    """What forbids any new line whatever the policy; empty: nothing does."""
    if not facts.is_running:
        return (Reason("not_running"),)
    if facts.brake == Brake.STOP:
        return facts.brake_why or (Reason("limit_spent"),)
    if needs_agents and not facts.ready and not facts.busy:
        return (Reason("nobody_signed_in"),)
    if new_lines_allowed(facts) <= 0:
        return (Reason("lines_in_use" if facts.room <= 0 else "carrier_slow"),)
    if not any(count > 0 for count in facts.due.values()):
        return (Reason("none_due"),)
    return ()


# How far ahead of the carrier's rate calls are queued: longer, and they would leave when the reason for them is gone.
QUEUE_AHEAD_SECONDS = 2.0


def new_lines_allowed(facts: PacingFacts) -> int:
    """How many more lines the carrier allows now, by its lines and by its calls per second."""
    room = max(0, facts.room)
    if facts.calls_per_second is None:
        return room
    queued = sum(line.is_queued for line in facts.dialing)
    # However slow the carrier is, one call may always wait for it.
    most = max(1, int(facts.calls_per_second * QUEUE_AHEAD_SECONDS + 1e-9))
    return min(room, max(0, most - queued))
