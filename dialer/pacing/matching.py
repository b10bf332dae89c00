"""Which ready agents are spoken for by lines that are still being dialed. Pure.

Agents who speak several languages serve several pools at once, so pools cannot be counted one by one: lines are matched
to agents so that as few as possible lack one (a maximum flow over kinds of agents and kinds of lines, both few).
"""

from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence

from dialer.pacing.policy import Line, ReadyAgent

Kind = tuple[frozenset[str], str]  # languages, campaign


def kind_of(agent: ReadyAgent) -> Kind:
    """All that matters of an agent here."""
    return agent.languages, agent.campaign_id


def agents_without_a_line(ready: Sequence[ReadyAgent], dialing: Iterable[Line]) -> list[ReadyAgent]:
    """The ready agents who are left over once each line that can have one has one, in the order given.

    Agents with few languages are spoken for first: who speaks more stays free for more.
    """
    taken = _match(Counter(kind_of(agent) for agent in ready), Counter(dialing))
    free = []
    for agent in reversed(ready):
        if taken[kind_of(agent)] > 0:
            taken[kind_of(agent)] -= 1
        else:
            free.append(agent)
    return free[::-1]


def order_candidates(ready: Sequence[ReadyAgent], line: Line, others: Iterable[Line]) -> list[str]:
    """The ids of the agents who can take `line`, best first: those without whom no other line loses its agent, then
    the rest; in both parts in the order given (longest waiting first).
    """
    kinds = Counter(kind_of(agent) for agent in ready)
    other_lines = Counter(others)
    served_without: dict[Kind, int] = {}
    for kind in kinds:
        if _can_take(kind, line):
            served_without[kind] = _match(kinds - Counter([kind]), other_lines).total()
    best = max(served_without.values(), default=0)
    able = [agent for agent in ready if kind_of(agent) in served_without]
    return [agent.agent_id for agent in sorted(able, key=lambda agent: served_without[kind_of(agent)] < best)]


def _can_take(kind: Kind, line: Line) -> bool:
    languages, campaign_id = kind
    return line.language in languages and campaign_id in {"", line.campaign_id}


def _match(agents: Mapping[Kind, int], lines: Mapping[Line, int]) -> Counter[Kind]:
    """How many agents of each kind are matched to lines, in a matching of the greatest size."""
    flow: Counter[tuple[Line, Kind]] = Counter()
    taken: Counter[Kind] = Counter()
    order = sorted(agents, key=lambda kind: (len(kind[0]), sorted(kind[0]), kind[1]))
    for line, count in sorted(lines.items(), key=lambda item: (item[0].campaign_id, item[0].language)):
        for _ in range(count):
            if not _augment(line, order, agents, taken, flow):
                break
    return taken


def _augment(
    line: Line, order: list[Kind], agents: Mapping[Kind, int], taken: Counter[Kind], flow: Counter[tuple[Line, Kind]]
) -> bool:
    """Find an agent for one more `line`, moving other lines to other agents where that frees one (breadth first)."""
    came_from: dict[Kind, tuple[Line, Kind | None]] = {}
    to_visit: deque[tuple[Line, Kind | None]] = deque([(line, None)])
    while to_visit:
        asking, before = to_visit.popleft()
        for kind in order:
            if kind in came_from or not _can_take(kind, asking):
                continue
            came_from[kind] = (asking, before)
            if taken[kind] < agents[kind]:
                _take_path(kind, came_from, taken, flow)
                return True
            to_visit.extend((seated, kind) for (seated, seat), count in flow.items() if seat == kind and count > 0)
    return False


def _take_path(
    kind: Kind,
    came_from: Mapping[Kind, tuple[Line, Kind | None]],
    taken: Counter[Kind],
    flow: Counter[tuple[Line, Kind]],
) -> None:
    taken[kind] += 1
    at: Kind | None = kind
    while at is not None:
        line, before = came_from[at]
        flow[line, at] += 1
        if before is not None:
            flow[line, before] -= 1
        at = before
