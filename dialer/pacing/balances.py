"""Lines against agents, for each contest and each moment at which one more line would be answered. Pure.

Lines and agents are counted by kind and age first, so that hundreds cost little more than dozens.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, lru_cache, partial
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from dialer.pacing.agent_odds import agent_odds
from dialer.pacing.chances import Balance
from dialer.pacing.habits import LINE_BIN_SECONDS, LINE_BINS, Habits, line_bin, step_bin
from dialer.pacing.line_odds import MOMENTS, line_odds, scaled
from dialer.pacing.policy import DialedLine, Line, PacingFacts
from dialer.pacing.pools import Contest, Pools, kind_of, pools_for
from dialer.pacing.rates import rate_scale

# Lines that may be added in one decision, as far as the choice between exact sums and moments goes.
_ROOM_FOR_NEW = 12
# A line that rings may be answered before the next decision: within so long.
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


# What is counted of lines: kind, bin of age (-1: an agent is kept), segments.
_Alike = tuple[Line, int, tuple[str, ...]]


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
        counted = _counted(facts.dialing)
        self._pools = _find_pools(facts, {line for line, _, _ in counted})
        self._places = {line: k for k, line in enumerate(self._pools.lines)}
        self._scales = {
            language: rate_scale(facts.habits, (*facts.segments, f"language:{language}")) for language in facts.due
        }
        self._scales_of_lines = {each: rate_scale(facts.habits, each) for each in {name for _, _, name in counted}}
        self._lines = self._group_lines(counted)
        self._busy = self._count_busy()
        self._ready = Counter(self._pools.agents.index(kind_of(agent)) for agent in facts.ready)
        self._waiting = Counter(self._places[line] for line in facts.waiting if line in self._places)
        self._in_flight: Counter[str] = Counter()
        for (line, _, _), count in counted.items():
            self._in_flight[line.language] += count
        self._balances: dict[Contest, list[Balance]] = {}

    def in_flight(self, language: str) -> int:
        """Lines in this language, those about to be dialed included."""
        return self._in_flight[language]

    def risk(self, language: str) -> float:
        """The chance that one more line in this language, once answered, finds nobody. 1 where nobody speaks it."""
        kind = Line(self._facts.campaign_id, language)
        if not self._pools.is_served(self._places[kind]):
            return 1.0
        return self._over_moments(kind, self._risk_at)

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

    @cached_property
    def late_lines(self) -> dict[Line, list[DialedLine]]:
        """Lines of this campaign that have rung as long as they must, by kind, the oldest first."""
        facts, least = self._facts, self._facts.limit.min_ring_seconds
        rang = [line for line in facts.dialing if line.ring_seconds is not None and line.ring_seconds >= least]
        rang.sort(key=attrgetter("age_seconds"), reverse=True)
        kinds = [kind for kind in self._places if kind.campaign_id == facts.campaign_id]
        return {kind: [line for line in rang if line.line == kind] for kind in kinds}

    def risks_now(self, kind: Line) -> Iterator[tuple[list[DialedLine], float]]:
        """Late lines of a kind that are alike, the oldest first, and the chance that one of them finds nobody if it is
        answered within a second, and the others and all before them were given up.
        """
        answers = _chances(self._facts.habits, LOOK_AHEAD_SECONDS)
        readiness = (LOOK_AHEAD_SECONDS + self._facts.limit.answer_grace_seconds,)
        balances: dict[Contest, Balance] = {}
        gone: list[tuple[LineGroup, int]] = []

        def without_gone(contest: Contest, lines: Sequence[tuple[LineGroup, int]]) -> None:
            for group, count in lines:
                if group.place in contest.lines:
                    balances[contest].remove_line(self._chance(group, answers), count)

        def risk_of(contest: Contest) -> float:
            if contest not in balances:
                balances[contest] = self._weigh(contest, [answers], readiness)[0]
                without_gone(contest, gone)
            return balances[contest].risk()

        for group, alike in groupby(self.late_lines[kind], key=self._group_of):
            lines = list(alike)
            gone.append((group, len(lines)))
            for contest in balances:
                without_gone(contest, gone[-1:])
            yield lines, self._worst(kind, risk_of)

    def risk_instead_of(self, line: DialedLine) -> float:
        """The chance that a new line in the place of this one, once answered, finds nobody."""
        return self._over_moments(line.line, partial(self._risk_without_at, self._group_of(line)))

    def worth_left(self, line: DialedLine) -> float:
        """The chance that this line is still answered, as a share of a new line's."""
        return 1.0 if line.is_promised else line_odds(self._facts.habits).worth_left(line_bin(line.age_seconds))

    def _over_moments(self, kind: Line, risk_at: Callable[[int, Contest], float]) -> float:
        risks = [self._worst(kind, partial(risk_at, moment)) for moment in range(MOMENTS)]
        return sum(risks) / MOMENTS * self._share_at_risk

    def _risk_at(self, moment: int, contest: Contest) -> float:
        return self._at(contest)[moment].risk()

    def _risk_without_at(self, group: LineGroup, moment: int, contest: Contest) -> float:
        balance = self._at(contest)[moment]
        if group.place not in contest.lines:
            return balance.risk()
        return balance.risk_without(self._chance(group, self._answers[moment]))

    def _worst(self, kind: Line, alone: Callable[[Contest], float]) -> float:
        """The greatest over all chains of the least in each. Most parts of a group need not be looked at for that."""
        worst = 0.0
        for chain in self._pools.contests[self._places[kind]]:
            least = 1.0
            for contest in chain:
                least = min(least, alone(contest))
                if least <= worst:
                    break
            worst = max(worst, least)
        return worst

    def _at(self, contest: Contest) -> list[Balance]:
        balances = self._balances.get(contest)
        if balances is None:
            balances = self._balances[contest] = self._weigh(contest, self._answers, self._readiness)
        return balances

    def _weigh(
        self, contest: Contest, answers: Sequence[Sequence[float]], readiness: tuple[float, ...]
    ) -> list[Balance]:
        """One balance for each moment: `answers` hold the chances by age, `readiness` the seconds agents have."""
        busy = [(group, count) for group, count in self._busy.items() if group.kind in contest.agents]
        lines = [(group, count) for group, count in self._lines.items() if group.place in contest.lines]
        terms = sum(count for _, count in busy) + sum(count for _, count in lines) + _ROOM_FOR_NEW
        spare = self._spare_in(contest)
        balances = [Balance(spare, terms) for _ in answers]
        for agent, count in busy:
            ready = self._odds.ready_within(agent.step, agent.age_bin, readiness)
            for balance, chance in zip(balances, ready, strict=True):
                balance.add_agent(chance, count)
        for line, count in lines:
            for balance, chances in zip(balances, answers, strict=True):
                balance.add_line(self._chance(line, chances), count)
        return balances

    def _group_of(self, line: DialedLine) -> LineGroup:
        place = self._places[line.line]
        if line.is_promised:
            return LineGroup(place, -1, 1.0)
        return LineGroup(place, line_bin(line.age_seconds), self._scales_of_lines[line.segments])

    @staticmethod
    def _chance(group: LineGroup, chances: Sequence[float]) -> float:
        return 1.0 if group.age_bin < 0 else scaled(chances[group.age_bin], group.scale)

    def _spare_in(self, contest: Contest) -> int:
        ready = sum(count for kind, count in self._ready.items() if kind in contest.agents)
        return ready - sum(count for place, count in self._waiting.items() if place in contest.lines)

    def _group_lines(self, counted: Counter[_Alike]) -> Counter[LineGroup]:
        places, scales = self._places, self._scales_of_lines
        lines: Counter[LineGroup] = Counter()
        for (line, age_bin, segments), count in counted.items():
            if line in places:
                lines[LineGroup(places[line], age_bin, 1.0 if age_bin < 0 else scales[segments])] += count
        return lines

    def _count_busy(self) -> Counter[AgentGroup]:
        kinds = {kind: k for k, kind in enumerate(self._pools.agents)}
        return Counter(AgentGroup(kinds[kind_of(each)], each.step, step_bin(each.seconds)) for each in self._facts.busy)


def _counted(dialing: Sequence[DialedLine]) -> Counter[_Alike]:
    """Thousands of lines are of few kinds, segments and ages."""
    last, width = LINE_BINS - 1, LINE_BIN_SECONDS
    return Counter(
        [
            (line.line, -1 if line.is_promised else max(0, min(last, int(line.age_seconds / width))), line.segments)
            for line in dialing
        ]
    )


def _find_pools(facts: PacingFacts, dialed: set[Line]) -> Pools:
    languages = [language for language, count in facts.due.items() if count > 0]
    languages += [line.language for line in dialed if line.campaign_id == facts.campaign_id]
    return pools_for(facts.campaign_id, languages, (*facts.ready, *facts.busy), (*dialed, *facts.waiting))


@lru_cache(maxsize=64)
def _chances(habits: Habits, within: float) -> tuple[float, ...]:
    return line_odds(habits).chances(within)
