"""A call floor as discrete events: lines, people who wait, agents. It carries out what a controller decides."""

import heapq
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Protocol

from dialer.forecast.world import World
from dialer.pacing.habits import AWAY, READY, LineOutcome, StepOutcome
from dialer.pacing.matching import order_candidates
from dialer.pacing.policy import Line, ReadyAgent

CAMPAIGN = "campaign"


@dataclass(eq=False, slots=True)
class Agent:
    """One agent; `step` is ready, talking, wrapping_up (with +form_open) or away, since `since`."""

    name: str
    languages: frozenset[str]
    step: str = READY
    since: float = 0.0
    busy_seconds: float = 0.0
    away_seconds: float = 0.0
    work_from: float = 0.0
    breaks_due: list[tuple[float, float]] = field(default_factory=list)
    form_at: float | None = None


@dataclass(eq=False, slots=True)
class Dialed:
    """One line that nobody has picked up yet. Until `placed` the carrier was not asked for it."""

    name: int
    language: str
    placed: float
    is_gone: bool = False


@dataclass(eq=False, slots=True)
class Person:
    """Somebody who answered and waits."""

    language: str
    since: float
    is_gone: bool = False
    is_counted: bool = False


@dataclass
class Day:
    """What one day brought."""

    signed_in: float = 0.0
    busy: float = 0.0
    late_signed_in: float = 0.0
    late_busy: float = 0.0
    dials: int = 0
    given_up: int = 0
    dropped: int = 0  # people who waited and never got an agent; not the same as abandoned where they wait longer
    answered: Counter[str] = field(default_factory=Counter)
    abandoned: Counter[str] = field(default_factory=Counter)
    machine_errors: int = 0
    busy_by_crew: Counter[str] = field(default_factory=Counter)
    signed_in_by_crew: Counter[str] = field(default_factory=Counter)

    @property
    def share(self) -> float:
        """Abandoned of answered, machine errors counted in both."""
        answers = self.answered.total() + self.machine_errors
        return (self.abandoned.total() + self.machine_errors) / answers if answers else 0.0


class Controller(Protocol):
    """Decides for a floor. `acts_on_events`: also between its ticks."""

    name: str
    tick_seconds: float
    acts_on_events: bool
    drop_seconds: float

    def act(self, floor: "Floor", now: float) -> None:
        """Dial (`floor.dial`) and give up (`floor.give_up`) as seems right."""
        ...

    def start_day(self, floor: "Floor") -> None:
        """An empty floor in the morning; what was learned stays."""
        ...


class Floor:
    """One day. Agents are all ready and no line is out in the morning."""

    def __init__(self, world: World, controller: Controller, rng: Random) -> None:
        self.world = world
        self.day = Day()
        self.lines: dict[int, Dialed] = {}
        self.waiting: list[Person] = []
        self.line_outcomes: list[LineOutcome] = []
        self.step_outcomes: list[StepOutcome] = []
        self.found_agent: list[bool] = []
        self.idle: list[Agent] = []
        self.agents = self._make_agents(rng)
        self.idle.extend(self.agents)
        self.now = 0.0
        self._controller = controller
        self._rng = rng
        self._events: list[tuple[float, int, str, object]] = []
        self._number = 0
        self._last_left = float("-inf")  # when the carrier was asked for the latest call
        self._speaks_one = len(world.shares) == 1 and len({agent.languages for agent in self.agents}) == 1

    def run(self) -> Day:
        """Play the day to its end."""
        controller = self._controller
        controller.start_day(self)
        self._at(0.0, "tick", None)
        for agent in self.agents:
            for start, _ in agent.breaks_due:
                self._at(start, "break_due", agent)
        end = self.world.day_seconds
        while self._events[0][0] < end:
            self.now, _, kind, what = heapq.heappop(self._events)
            if self._happens(kind, what):
                controller.act(self, self.now)
        self.now = end
        self._close()
        return self.day

    def dial(self, language: str, count: int = 1) -> None:
        """Place so many calls."""
        for _ in range(count):
            self._number += 1
            self.day.dials += 1
            line = Dialed(self._number, language, self._leaves_at())
            seconds, is_answered = self.world.draw_line(self._rng, self.now)
            self.lines[line.name] = line
            if self.world.calls_per_second and line.placed > self.now:
                self._at(line.placed, "left", None)  # now another call may be queued
            self._at(line.placed + seconds, "answered" if is_answered else "ended", line)

    def _leaves_at(self) -> float:
        """When the carrier is asked for a call that is dialed now."""
        delayed = self.now + self.world.draw_delay(self._rng)
        self._last_left = max(delayed, self._last_left + self.world.draw_gap(self._rng))
        return self._last_left

    def give_up(self, line: Dialed) -> None:
        """Cancel a ringing line."""
        line.is_gone = True
        del self.lines[line.name]
        self.day.given_up += 1
        self.line_outcomes.append(self._outcome(line, is_answered=False, was_given_up=True))

    def pick_language(self) -> str:
        """A language drawn by its share of the list, for controllers that know no languages."""
        if self._speaks_one:
            return next(iter(self.world.shares))
        names = list(self.world.shares)
        return self._rng.choices(names, [self.world.shares[name] for name in names])[0]

    # --- what happens

    def _happens(self, kind: str, what: object) -> bool:
        """Carry out one event; whether the controller is to act now."""
        if kind == "tick":
            self._at(self.now + self._controller.tick_seconds, "tick", None)
            return True
        if kind == "left":
            return self._controller.acts_on_events
        if isinstance(what, Dialed):
            return self._line_ends(what, is_answered=kind == "answered")
        if isinstance(what, Person):
            self._waited(what, kind)
            return False
        if isinstance(what, Agent):
            self._agent_goes_on(what, kind)
        return self._controller.acts_on_events and kind in {"wrap_over", "break_over"}

    def _line_ends(self, line: Dialed, *, is_answered: bool) -> bool:
        if line.is_gone:
            return False
        del self.lines[line.name]
        if is_answered and self._rng.random() < self.world.machine_errors:
            self.day.machine_errors += 1
            is_answered = False
        self.line_outcomes.append(self._outcome(line, is_answered=is_answered))
        if is_answered:
            self.day.answered[line.language] += 1
            self._seek_agent(Person(line.language, self.now))
        return self._controller.acts_on_events

    def _outcome(self, line: Dialed, *, is_answered: bool, was_given_up: bool = False) -> LineOutcome:
        seconds = self.now - line.placed
        setup = self.world.setup if seconds > self.world.setup else None
        return LineOutcome(seconds, is_answered, was_given_up, setup, (f"hour:{int(line.placed / 3600)}",))

    def _seek_agent(self, person: Person) -> None:
        agent = self._agent_for(person.language)
        if agent is not None:
            self._bridge(person, agent)
            return
        self.waiting.append(person)
        self._at(self.now + self.world.grace, "grace_over", person)
        if self._controller.drop_seconds > self.world.grace:
            patience = self.world.grace + self._rng.expovariate(0.2)
            self._at(self.now + min(self._controller.drop_seconds, patience), "gone", person)

    def _agent_for(self, language: str) -> Agent | None:
        if not self.idle:
            return None
        if self._speaks_one:
            return self.idle[0]
        ready = [ReadyAgent(agent.name, agent.languages) for agent in self.idle]
        others = [Line(CAMPAIGN, line.language) for line in self.lines.values()]
        best = order_candidates(ready, Line(CAMPAIGN, language), others)
        return next((agent for agent in self.idle if best and agent.name == best[0]), None)

    def _bridge(self, person: Person, agent: Agent) -> None:
        person.is_gone = True
        if not person.is_counted:
            self.found_agent.append(True)
        self.idle.remove(agent)
        talk, wrap, form = self.world.draw_work(self._rng)
        agent.work_from = agent.since = self.now
        agent.step = "talking"
        self._at(self.now + talk, "talk_over", agent)
        self._at(self.now + talk + wrap, "wrap_over", agent)
        agent.form_at = self.now + form if form is not None else None
        if form is not None:
            self._at(self.now + form, "form_opens", agent)

    def _waited(self, person: Person, kind: str) -> None:
        if person.is_gone:
            return
        if not person.is_counted:
            person.is_counted = True
            self.found_agent.append(False)
            self.day.abandoned[person.language] += 1
        if kind == "gone" or self._controller.drop_seconds <= self.world.grace:
            person.is_gone = True
            self.day.dropped += 1
            self.waiting.remove(person)

    def _agent_goes_on(self, agent: Agent, kind: str) -> None:
        if kind == "form_opens":
            if agent.form_at == self.now and not agent.step.endswith("+form_open"):
                self._next_step(agent, f"{agent.step}+form_open")
        elif kind == "talk_over":
            opened = agent.step.endswith("+form_open") and self.world.form_before == "work"
            self._next_step(agent, "wrapping_up+form_open" if opened else "wrapping_up")
        elif kind == "wrap_over":
            self._count_work(agent)
            if not self._goes_on_break(agent):
                self._becomes_ready(agent)
        elif kind == "break_over":
            agent.away_seconds += self.now - agent.since
            self._becomes_ready(agent, learns=False)
        elif kind == "break_due" and agent in self.idle:
            self.idle.remove(agent)
            self._goes_on_break(agent)

    def _next_step(self, agent: Agent, step: str) -> None:
        self.step_outcomes.append(StepOutcome(agent.step, self.now - agent.since, step))
        agent.step, agent.since = step, self.now

    def _becomes_ready(self, agent: Agent, *, learns: bool = True) -> None:
        if learns:
            self._next_step(agent, READY)
        agent.step, agent.since, agent.form_at = READY, self.now, None
        self.idle.append(agent)
        for person in self.waiting:
            if person.language in agent.languages:
                self.waiting.remove(person)
                self._bridge(person, agent)
                return

    def _goes_on_break(self, agent: Agent) -> bool:
        if not agent.breaks_due or agent.breaks_due[0][0] > self.now:
            return False
        if agent.step != READY:
            self._next_step(agent, AWAY)
        agent.step, agent.since = AWAY, self.now
        self._at(self.now + agent.breaks_due.pop(0)[1], "break_over", agent)
        return True

    def _count_work(self, agent: Agent) -> None:
        agent.busy_seconds += self.now - agent.work_from
        crew = "+".join(sorted(agent.languages))
        self.day.busy_by_crew[crew] += int(1000 * (self.now - agent.work_from))
        self.day.late_busy += max(0.0, self.now - max(agent.work_from, 7200.0))

    def _close(self) -> None:
        """Work that goes on counts to this moment."""
        for agent in self.agents:
            if agent.step not in {READY, AWAY}:
                self._count_work(agent)
            elif agent.step == AWAY:
                agent.away_seconds += self.now - agent.since
            signed_in = self.now - agent.away_seconds
            self.day.busy += agent.busy_seconds
            self.day.signed_in += signed_in
            self.day.signed_in_by_crew["+".join(sorted(agent.languages))] += int(1000 * signed_in)
        away = sum(agent.away_seconds for agent in self.agents)
        self.day.late_signed_in = len(self.agents) * (self.now - 7200.0) - away

    def _make_agents(self, rng: Random) -> list[Agent]:
        agents = []
        for number, crew in enumerate(self.world.crews):
            for k in range(crew.agents):
                agent = Agent(f"agent_{number}_{k}", frozenset(crew.languages))
                agent.breaks_due = sorted(
                    (each.hour * 3600.0 + rng.random() * each.spread_minutes * 60.0, each.minutes * 60.0)
                    for each in self.world.breaks
                )
                agents.append(agent)
        return agents

    def _at(self, when: float, kind: str, what: object) -> None:
        self._number += 1
        heapq.heappush(self._events, (when, self._number, kind, what))
