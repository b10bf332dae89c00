"""Which lines compete for which agents, when agents speak several languages and may serve several campaigns. Pure.

One more line of a kind finds an agent unless some group of kinds that it belongs to wants all the agents who serve it
(Hall's theorem). Each such group is a contest; few are left once those that say the same are dropped.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

from dialer.pacing.policy import BusyAgent, DialedLine, Line, ReadyAgent

# Groups double with each kind; beyond so many, kinds of other campaigns with the same language are taken together.
MOST_KINDS = 7


class AgentKind(NamedTuple):
    """All that matters of an agent here."""

    languages: frozenset[str]
    campaign_id: str


class Contest(NamedTuple):
    """Kinds of lines, and the kinds of agents they compete for, by their places in the lists of the pools."""

    lines: frozenset[int]
    agents: frozenset[int]


@dataclass(frozen=True)
class Pools:
    """Kinds of lines and of agents. `contests[k]`: for one more line of kind k, each group that could leave it alone.

    A group is a chain of contests of which all must be lost: the whole group, and the kind alone for the agents whom
    nobody else in the group can ask for.
    """

    lines: tuple[Line, ...]
    agents: tuple[AgentKind, ...]
    contests: tuple[tuple[tuple[Contest, ...], ...], ...]

    def is_served(self, place: int) -> bool:
        """Whether any agent may take lines of this kind."""
        return any(can_take(agent, self.lines[place]) for agent in self.agents)


def kind_of(agent: ReadyAgent | BusyAgent) -> AgentKind:
    """All that matters of an agent here."""
    return AgentKind(agent.languages, agent.campaign_id)


def can_take(agent: AgentKind, line: Line) -> bool:
    """Whether such an agent may talk to whoever answers such a line."""
    return line.language in agent.languages and agent.campaign_id in {"", line.campaign_id}


def pools_for(
    campaign_id: str,
    languages: Iterable[str],
    agents: Sequence[ReadyAgent | BusyAgent],
    lines: Iterable[DialedLine | Line],
) -> Pools:
    """The pools around one campaign's lines in these languages, beside all other lines."""
    kinds = frozenset(kind_of(agent) for agent in agents)
    own = frozenset(Line(campaign_id, language) for language in languages)
    others = frozenset(line.line if isinstance(line, DialedLine) else line for line in lines) - own
    relevant = frozenset(line for line in others if any(can_take(kind, line) for kind in kinds))
    return _pools(own, relevant, kinds)


@lru_cache(maxsize=64)
def _pools(own: frozenset[Line], others: frozenset[Line], agents: frozenset[AgentKind]) -> Pools:
    lines = (*sorted(own), *sorted(others)[: max(0, MOST_KINDS - len(own))])
    kinds = tuple(sorted(agents, key=lambda kind: (len(kind.languages), sorted(kind.languages), kind.campaign_id)))
    serves = [frozenset(a for a, kind in enumerate(kinds) if can_take(kind, line)) for line in lines]
    contests = tuple(_contests_of(k, serves) for k in range(len(lines)))
    return Pools(lines, kinds, contests)


def _contests_of(kind: int, serves: Sequence[frozenset[int]]) -> tuple[tuple[Contest, ...], ...]:
    """The groups around one kind: for each set of agents only the largest group that asks for just these."""
    others = [k for k in range(len(serves)) if k != kind]
    by_agents: dict[frozenset[int], frozenset[int]] = {}
    for size in range(len(others) + 1):
        for chosen in combinations(others, size):
            group = frozenset((kind, *chosen))
            agents = frozenset().union(*(serves[k] for k in group))
            by_agents[agents] = by_agents.get(agents, frozenset()) | group
    chains = []
    for agents, group in sorted(by_agents.items(), key=lambda item: (len(item[1]), sorted(item[1]))):
        rest = frozenset().union(*(serves[k] for k in group - {kind})) if len(group) > 1 else frozenset()
        whole = Contest(group, agents)
        alone = Contest(frozenset({kind}), agents - rest)
        chains.append((whole,) if alone == whole or not rest else (whole, alone))
    return tuple(chains)
