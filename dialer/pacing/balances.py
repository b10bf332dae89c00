"""Lines against agents, for each contest and each moment at which one more line would be answered. Pure.

Lines and agents are counted by kind and age first, so that hundreds cost little more than dozens.
"""

from collections import Counter
from functools import lru_cache
from typing import NamedTuple

from dialer.pacing.agent_odds import agent_odds
from dialer.pacing.chances import Balance
from dialer.pacing.habits import Habits, line_bin, step_bin
from dialer.pacing.line_odds import MOMENTS, line_odds, rate_scale, scaled
from dialer.pacing.policy import Line, PacingFacts
from dialer.pacing.pools import Contest, Pools, kind_of, pools_for

# Lines that may be added in one decision, as far as the choice between exact sums and moments goes.
_ROOM_FOR_NEW = 12
# A line that is being given up may still be answered for so long.
LOOK_AHEAD_SECONDS = 1.0


class LineGroup(NamedTuple):
    """Lines of one kind and age. `age_bin` -1: an agent is kept for each of them."""

    place: int
    age_bin: int
    scale: float


class AgentGroup(NamedTuple):
    """Busy agents of one kind in the same step of work since about the same time."""

    kind: int
    step: str
    age_bin: int


class Balances:
    """The state of one campaign's pools at one moment; `add` counts lines that are about to be dialed."""

    def __init__(self, facts: PacingFacts) -> None:
        odds = line_odds(facts.habits)
        self._facts = facts
        self._odds = agent_odds(facts.habits)
        moments, self._share_at_risk = odds.fresh_moments(odds.setup_seconds + facts.limit.min_ring_seconds)
        delay, grace = facts.carrier_delay_seconds, facts.limit.answer_grace_seconds
        self._answers = [_chances(facts.habits, moment + delay) for moment in moments]
        self._readiness = tuple(moment + delay + grace for moment in moments)
        self._pools = _find_pools(facts)
        self._places = {line: k for k, line in enumerate(self._pools.lines)}
        self._scales = {
            language: rate_scale(facts.habits, (*facts.segments, f"language:{language}")) for language in facts.due
        }
        self._lines = self._count_lines()
        self._busy = self._count_busy()
        self._ready = Counter(self._pools.agents.index(kind_of(agent)) for agent in facts.ready)
        self._waiting = Counter(self._places[line] for line in facts.waiting if line in self._places)
        self._in_flight = Counter(line.line.language for line in facts.dialing)
        self._balances: dict[Contest, list[Balance]] = {}

    def in_flight(self, language: str) -> int:
        """Lines in this language, those about to be dialed included."""
        return self._in_flight[language]

    def risk(self, language: str) -> float:
        """The chance that one more line in this language, once answered, finds nobody. 1 where nobody speaks it."""
        place = self._places[Line(self._facts.campaign_id, language)]
        chains = self._pools.contests[place]
        if not self._pools.is_served(place):
            return 1.0
        total = 0.0
        for moment in range(MOMENTS):
            total += max(min(self._at(contest)[moment].risk() for contest in chain) for chain in chains)
        return total / MOMENTS * self._share_at_risk

    def add(self, language: str) -> None:
        """Count one more line in this language."""
        place = self._places[Line(self._facts.campaign_id, language)]
        scale = self._scales[language]
        self._in_flight[language] += 1
        self._lines[LineGroup(place, 0, scale)] += 1
        for contest, balances in self._balances.items():
            if place in contest.lines:
                for chances, balance in zip(self._answers, balances, strict=True):
                    balance.add_line(scaled(chances[0], scale))

    def lines_to_give_up(self, allowed: float) -> tuple[str, ...]:
        """Calls that have rung as long as they must and, answered now, would find nobody with more than that chance."""
        facts = self._facts
        least = facts.limit.min_ring_seconds
        rang = [line for line in facts.dialing if line.ring_seconds is not None and line.ring_seconds >= least]
        mine = {line.line for line in rang if line.line.campaign_id == facts.campaign_id and line.line in self._places}
        alone = {line for line in mine if self._nobody_now(line) > allowed}
        return tuple(line.call_id for line in rang if line.line in alone)

    def _nobody_now(self, line: Line) -> float:
        chains = self._pools.contests[self._places[line]]
        return max(min(self._nobody_for(contest) for contest in chain) for chain in chains)

    def _nobody_for(self, contest: Contest) -> float:
        if self._spare_in(contest) > 0:
            return 0.0
        within = LOOK_AHEAD_SECONDS + self._facts.limit.answer_grace_seconds
        nobody = 1.0
        for group, count in self._busy.items():
            if group.kind in contest.agents:
                nobody *= (1.0 - self._odds.ready_within(group.step, group.age_bin, (within,))[0]) ** count
        return nobody

    def _at(self, contest: Contest) -> list[Balance]:
        balances = self._balances.get(contest)
        if balances is None:
            balances = self._balances[contest] = self._weigh(contest)
        return balances

    def _weigh(self, contest: Contest) -> list[Balance]:
        busy = [(group, count) for group, count in self._busy.items() if group.kind in contest.agents]
        lines = [(group, count) for group, count in self._lines.items() if group.place in contest.lines]
        terms = sum(count for _, count in busy) + sum(count for _, count in lines) + _ROOM_FOR_NEW
        spare = self._spare_in(contest)
        balances = [Balance(spare, terms) for _ in range(MOMENTS)]
        for agent, count in busy:
            ready = self._odds.ready_within(agent.step, agent.age_bin, self._readiness)
            for balance, chance in zip(balances, ready, strict=True):
                balance.add_agent(chance, count)
        for line, count in lines:
            for balance, chances in zip(balances, self._answers, strict=True):
                chance = 1.0 if line.age_bin < 0 else scaled(chances[line.age_bin], line.scale)
                balance.add_line(chance, count)
        return balances

    def _spare_in(self, contest: Contest) -> int:
        ready = sum(count for kind, count in self._ready.items() if kind in contest.agents)
        return ready - sum(count for place, count in self._waiting.items() if place in contest.lines)

    def _count_lines(self) -> Counter[LineGroup]:
        # Thousands of lines share few segments and few ages.
        scales = {
            each: rate_scale(self._facts.habits, each) for each in {line.segments for line in self._facts.dialing}
        }
        places = self._places
        counted = Counter(
            (line.line, -1, ()) if line.is_promised else (line.line, line_bin(line.age_seconds), line.segments)
            for line in self._facts.dialing
            if line.line in places
        )
        return Counter(
            {LineGroup(places[line], age, scales.get(name, 1.0)): n for (line, age, name), n in counted.items()}
        )

    def _count_busy(self) -> Counter[AgentGroup]:
        kinds = {kind: k for k, kind in enumerate(self._pools.agents)}
        return Counter(AgentGroup(kinds[kind_of(each)], each.step, step_bin(each.seconds)) for each in self._facts.busy)


def _find_pools(facts: PacingFacts) -> Pools:
    languages = [language for language, count in facts.due.items() if count > 0]
    languages += [line.line.language for line in facts.dialing if line.line.campaign_id == facts.campaign_id]
    return pools_for(facts.campaign_id, languages, (*facts.ready, *facts.busy), (*facts.dialing, *facts.waiting))


@lru_cache(maxsize=64)
def _chances(habits: Habits, within: float) -> tuple[float, ...]:
    return line_odds(habits).chances(within)
