"""Which lines compete for which agents, when agents speak several languages and may serve several campaigns. Pure.

One more line of a kind finds an agent unless some group of kinds that it belongs to wants all the agents who serve it
(Hall's theorem). Each such group is a contest; few are left once those that say the same are dropped.
"""

from collections.abc import Iterable, Mapping, Sequence
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

    A group is a chain of contests of which all must be lost: the whole group, and the group without each part of it
    that may have too many lines by itself, for the agents whom that part cannot ask for.
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
    parts = _largest_groups(frozenset(), others, serves)
    groups = _largest_groups(frozenset({kind}), others, serves)
    by_size = sorted(groups.items(), key=lambda item: (len(item[1]), sorted(item[1])))
    return tuple(_chain(Contest(group, agents), parts) for agents, group in by_size)


def _largest_groups(
    inside: frozenset[int], others: Sequence[int], serves: Sequence[frozenset[int]]
) -> dict[frozenset[int], frozenset[int]]:
    """By the agents that a group asks for: the largest such group of `inside` and any of the others."""
    by_agents: dict[frozenset[int], frozenset[int]] = {}
    for size in range(len(others) + 1):
        for chosen in combinations(others, size):
            group = inside | frozenset(chosen)
            agents = frozenset().union(*(serves[k] for k in group))
            by_agents[agents] = by_agents.get(agents, frozenset()) | group
    return by_agents


def _chain(whole: Contest, parts: Mapping[frozenset[int], frozenset[int]]) -> tuple[Contest, ...]:
    """The group, and what is left of it without each part that may have more lines than agents by itself."""
    left: dict[frozenset[int], frozenset[int]] = {}
    for asked_for, part in parts.items():
        agents, lines = whole.agents - asked_for, whole.lines - part
        if asked_for and asked_for < whole.agents and len(lines) < len(left.get(agents, whole.lines)):
            left[agents] = lines
    return (whole, *(Contest(lines, agents) for agents, lines in sorted(left.items(), key=_by_place)))


def _by_place(item: tuple[frozenset[int], frozenset[int]]) -> tuple[list[int], list[int]]:
    agents, lines = item
    return sorted(agents), sorted(lines)
