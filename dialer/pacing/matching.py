"""Which agents are there for which lines. Pure.

Agents who speak several languages serve several pools at once, so pools cannot be counted one by one: lines are matched
to agents so that as few as possible lack one (a maximum flow over kinds of agents and kinds of lines, both few).
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from dialer.pacing.policy import Line, ReadyAgent
from dialer.pacing.pools import AgentKind, can_take, kind_of

Wanted = TypeVar("Wanted", Line, str)


def lines_to_add(ready: Sequence[ReadyAgent], dialing: Iterable[Line], due: Mapping[Line, int]) -> Counter[Line]:
    """As many further lines as can each have an agent beside the lines that are being dialed, which keep theirs.

    `due` says how many of each line there could be; of several the one with the most left comes first.
    """
    seating = _seat(Counter(kind_of(agent) for agent in ready), Counter(dialing))
    return Counter(turns_by_most_due(due, seating.seat_one_more))


def turns_by_most_due(due: Mapping[Wanted, int], fits: Callable[[Wanted], bool]) -> Iterator[Wanted]:
    """What to add one by one, of those with the most left first. Where one more does not fit, none will later."""
    left = {each: count for each, count in due.items() if count > 0}
    while left:
        each = max(sorted(left), key=left.__getitem__)
        if not fits(each):
            del left[each]
            continue
        left[each] -= 1
        if not left[each]:
            del left[each]
        yield each


def order_candidates(ready: Sequence[ReadyAgent], line: Line, others: Iterable[Line]) -> list[str]:
    """The ids of the agents who can take `line`, best first: those without whom no other line loses its agent, then
    the rest. Among equals those who leave most agents to the kind of line that then has fewest, as more lines are out
    than agents when one dials ahead; and at last in the order given (longest waiting first).
    """
    kinds = Counter(kind_of(agent) for agent in ready)
    other_lines = Counter(others)
    left_without = {kind: kinds - Counter([kind]) for kind in kinds if can_take(kind, line)}
    served_without = {kind: _match(left, other_lines).total() for kind, left in left_without.items()}
    best = max(served_without.values(), default=0)
    rank = {
        kind: (served_without[kind] < best, [-count for count in _left_to_each(left, other_lines)])
        for kind, left in left_without.items()
    }
    able = [agent for agent in ready if kind_of(agent) in rank]
    return [agent.agent_id for agent in sorted(able, key=lambda agent: rank[kind_of(agent)])]


def _left_to_each(agents: Mapping[AgentKind, int], lines: Mapping[Line, int]) -> list[float]:
    """Agents per line for each kind of line, the fewest first."""
    return sorted(sum(count for kind, count in agents.items() if can_take(kind, line)) / lines[line] for line in lines)


def _match(agents: Mapping[AgentKind, int], lines: Mapping[Line, int]) -> Counter[AgentKind]:
    """How many agents of each kind are matched to lines, in a matching of the greatest size."""
    return _seat(agents, lines).taken


def _seat(agents: Mapping[AgentKind, int], lines: Mapping[Line, int]) -> "_Seating":
    """Lines with agents, in a matching of the greatest size."""
    seating = _Seating(agents)
    for line, count in sorted(lines.items()):
        for _ in range(count):
            if not seating.seat_one_more(line):
                break
    return seating


class _Seating:
    """Which kinds of agents the lines seated so far have. Agents with few languages are taken first: who speaks more
    stays free for more.
    """

    def __init__(self, agents: Mapping[AgentKind, int]) -> None:
        self._agents = agents
        self._order = sorted(agents, key=lambda kind: (len(kind[0]), sorted(kind[0]), kind[1]))
        self._flow: Counter[tuple[Line, AgentKind]] = Counter()
        self.taken: Counter[AgentKind] = Counter()

    def seat_one_more(self, line: Line) -> bool:
        """Find an agent for one more line, moving others to other agents where that frees one (breadth first)."""
        came_from: dict[AgentKind, tuple[Line, AgentKind | None]] = {}
        to_visit: deque[tuple[Line, AgentKind | None]] = deque([(line, None)])
        while to_visit:
            asking, before = to_visit.popleft()
            for kind in self._order:
                if kind in came_from or not can_take(kind, asking):
                    continue
                came_from[kind] = (asking, before)
                if self.taken[kind] < self._agents[kind]:
                    self._take_path(kind, came_from)
                    return True
                to_visit.extend((seated, kind) for (seated, seat), n in self._flow.items() if seat == kind and n > 0)
        return False

    def _take_path(self, kind: AgentKind, came_from: Mapping[AgentKind, tuple[Line, AgentKind | None]]) -> None:
        self.taken[kind] += 1
        at: AgentKind | None = kind
        while at is not None:
            line, before = came_from[at]
            self._flow[line, at] += 1
            if before is not None:
                self._flow[line, before] -= 1
            at = before
