"""The program's own policies on the simulated floor, learning from scratch as they do on a real one."""

from collections import deque
from dataclasses import dataclass

from dialer.brakes import Braking, braking
from dialer.forecast.floor import CAMPAIGN, Day, Floor
from dialer.pacing.habits import NOTHING_KNOWN, READY, Habits
from dialer.pacing.lessons import learn
from dialer.pacing.nerve import steer
from dialer.pacing.policy import (
    DECIDES_EVERY_SECONDS,
    Account,
    BusyAgent,
    Decision,
    DialedLine,
    Limit,
    Line,
    PacingFacts,
    PacingPolicy,
    ReadyAgent,
)
from dialer.pacing.predictive import Predictive
from dialer.pacing.progressive import Progressive

# A policy that asks for no ages decides at events; the clock is for nothing but the hour that begins.
_LOOKS_SELDOM_SECONDS = 60.0
# Tables are made anew once this share more was seen: the product does the same.
_WORTH_LEARNING = 0.04


@dataclass(frozen=True)
class Conditions:
    """What a policy of ours works under. `share` of abandoned calls is allowed; `habits` is what it knows at first.

    The legal day goes on for `hours_after` when the one that is played is over. `decides_every_seconds`: the rhythm of
    policies that ask for ages. `learns_every_seconds` None: whenever so much was seen that it changes anything.
    """

    share: float = 0.0
    dial_level: float = 1.0
    habits: Habits = NOTHING_KNOWN
    hours_after: float = 0.0
    decides_every_seconds: float = DECIDES_EVERY_SECONDS
    learns_every_seconds: float | None = None


class OwnPolicy:
    """One of the product's policies. It is told nothing of the world but the law, the agents and what is due."""

    acts_on_events = True
    drop_seconds = 2.0

    def __init__(self, name: str, policy: PacingPolicy, conditions: Conditions = Conditions()) -> None:
        self.name = name
        asks_for_ages = policy.name == Predictive.name
        self.tick_seconds = conditions.decides_every_seconds if asks_for_ages else _LOOKS_SELDOM_SECONDS
        self.last: Decision | None = None
        self._policy = policy
        self._conditions = conditions
        self._limit = Limit(conditions.share)
        self._habits = conditions.habits
        self._nerve = 0.0
        self._learned_at = 0.0
        self._account = Account()
        self._braking = Braking()
        self._kinds: dict[str, Line] = {}
        # The days before today that count, too: none where the law counts each day by itself.
        self.days_before: deque[Day] = deque(maxlen=0)
        self._today: Day | None = None

    def start_day(self, floor: Floor) -> None:
        if self._today is not None:
            self.days_before.append(self._today)
        self._today = floor.day
        self._limit = Limit(self._conditions.share, answer_grace_seconds=floor.world.grace)
        self._learned_at = 0.0
        self._braking = Braking()
        self._kinds = {language: Line(CAMPAIGN, language) for language in floor.world.shares}

    def act(self, floor: Floor, now: float) -> None:
        self._account = _account(floor, self.days_before, now, self._conditions.hours_after)
        self._learn(floor, now)
        steers = self._policy.name == Predictive.name
        self._braking = braking(self._braking.brake, self._limit, self._account, steers=steers)
        facts = self.facts(floor, now)
        decision = self.last = self._decide(facts)
        for call_id in decision.cancel:
            floor.give_up(floor.lines[int(call_id)])
        for language, count in decision.dial.items():
            floor.dial(language, count)

    def facts(self, floor: Floor, now: float) -> PacingFacts:
        """What the product would count from its rows."""
        segments = (f"hour:{int(now / 3600)}",)
        setup = floor.world.setup
        return PacingFacts(
            campaign_id=CAMPAIGN,
            is_running=True,
            ready=tuple(ReadyAgent(agent.name, agent.languages) for agent in floor.idle),
            dialing=tuple(
                DialedLine(
                    self._kinds[line.language],
                    str(line.name),
                    max(0.0, now - line.placed),
                    now - line.placed - setup if now - line.placed > setup else None,
                    segments,
                    is_queued=now < line.placed,
                )
                for line in floor.lines.values()
            ),
            due=self._due(floor),
            room=10_000,
            calls_per_second=floor.world.calls_per_second or None,
            dial_level=self._conditions.dial_level,
            busy=tuple(
                BusyAgent(agent.name, agent.languages, agent.step, now - agent.since)
                for agent in floor.agents
                if agent.step not in {READY, "away"}
            ),
            waiting=tuple(self._kinds[person.language] for person in floor.waiting),
            segments=segments,
            limit=self._limit,
            account=self._account,
            brake=self._braking.brake,
            brake_why=self._braking.why,
            talks_today=_talks(floor.day),
            habits=self._habits,
            nerve=self._nerve,
        )

    def _due(self, floor: Floor) -> dict[str, int]:
        """A list without end. Counted as far as the program counts it, where only the number of turns matters."""
        most = 100_000 if self._policy.name == Predictive.name else 8 * len(floor.agents)
        return {language: min(most, round(100_000 * share)) for language, share in floor.world.shares.items()}

    def _decide(self, facts: PacingFacts) -> Decision:
        return self._policy.decide(facts)

    def _learn(self, floor: Floor, now: float) -> None:
        for found in floor.found_agent:
            self._nerve = self._steer(found_agent=found)
        floor.found_agent.clear()
        if self._limit.abandoned_share <= 0.0:
            floor.line_outcomes.clear()
            floor.step_outcomes.clear()
        elif self._is_worth_learning(floor, now):
            minutes = (now - self._learned_at) / 60.0
            self._habits = learn(self._habits, floor.line_outcomes, floor.step_outcomes, minutes)
            self._learned_at = now
            floor.line_outcomes.clear()
            floor.step_outcomes.clear()

    def _is_worth_learning(self, floor: Floor, now: float) -> bool:
        if self._conditions.learns_every_seconds is not None:
            return now - self._learned_at >= self._conditions.learns_every_seconds
        return len(floor.line_outcomes) >= max(10.0, _WORTH_LEARNING * min(4000.0, self._habits.lines_seen))

    def _steer(self, *, found_agent: bool) -> float:
        return steer(self._nerve, self._limit, self._account, was_abandoned=not found_agent)


def _talks(day: Day) -> dict[str, int]:
    return {language: count - day.abandoned.get(language, 0) for language, count in day.answered.items()}


def _account(floor: Floor, before: deque[Day], now: float, hours_after: float) -> Account:
    """As the law counts and the program estimates: of all people the detector's share was taken for machines."""
    days = (*before, floor.day)
    people = sum(day.answered.total() for day in days)
    # A detector that takes everybody for a machine leaves nobody to count by.
    errors = people * floor.world.machine_errors / max(0.01, 1.0 - floor.world.machine_errors)
    abandoned = sum(day.abandoned.total() for day in days) + errors
    seconds_left = None if before.maxlen else floor.world.day_seconds + 3600.0 * hours_after - now
    return Account(people + errors, abandoned, errors, seconds_left)


def progressive() -> OwnPolicy:
    """One line per ready agent."""
    return OwnPolicy("progressive 1:1", Progressive())


def predictive(name: str, share: float = 0.03, window_days: int = 1) -> OwnPolicy:
    """The product's predictive policy. The limit counts over so many days, today among them."""
    policy = OwnPolicy(name, Predictive(), Conditions(share))
    policy.days_before = deque(maxlen=window_days - 1)
    return policy
