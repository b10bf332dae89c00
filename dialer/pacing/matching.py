"""Which agents are there for which lines. Pure.

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


def lines_to_add(ready: Sequence[ReadyAgent], dialing: Iterable[Line], due: Mapping[Line, int]) -> Counter[Line]:
    """As many further lines as can each have an agent beside the lines that are being dialed, which keep theirs.

    `due` says how many of each line there could be; of several the one with the most left comes first.
    """
    seating = _seat(Counter(kind_of(agent) for agent in ready), Counter(dialing))
    left = {line: count for line, count in due.items() if count > 0}
    added: Counter[Line] = Counter()
    while left:
        line = max(sorted(left, key=_by_name), key=left.__getitem__)
        # Where one more finds no agent now, none will later: a line added never frees an agent.
        if not seating.seat_one_more(line):
            del left[line]
            continue
        added[line] += 1
        left[line] -= 1
        if not left[line]:
            del left[line]
    return added


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
    return _seat(agents, lines).taken


def _seat(agents: Mapping[Kind, int], lines: Mapping[Line, int]) -> "_Seating":
    """Lines with agents, in a matching of the greatest size."""
    seating = _Seating(agents)
    for line, count in sorted(lines.items(), key=lambda item: _by_name(item[0])):
        for _ in range(count):
            if not seating.seat_one_more(line):
                break
    return seating


def _by_name(line: Line) -> tuple[str, str]:
    return line.campaign_id, line.language


class _Seating:
    """Which kinds of agents the lines seated so far have. Agents with few languages are taken first: who speaks more
    stays free for more.
    """

    def __init__(self, agents: Mapping[Kind, int]) -> None:
        self._agents = agents
        self._order = sorted(agents, key=lambda kind: (len(kind[0]), sorted(kind[0]), kind[1]))
        self._flow: Counter[tuple[Line, Kind]] = Counter()
        self.taken: Counter[Kind] = Counter()

    def seat_one_more(self, line: Line) -> bool:
        """Find an agent for one more line, moving others to other agents where that frees one (breadth first)."""
        came_from: dict[Kind, tuple[Line, Kind | None]] = {}
        to_visit: deque[tuple[Line, Kind | None]] = deque([(line, None)])
        while to_visit:
            asking, before = to_visit.popleft()
            for kind in self._order:
                if kind in came_from or not _can_take(kind, asking):
                    continue
                came_from[kind] = (asking, before)
                if self.taken[kind] < self._agents[kind]:
                    self._take_path(kind, came_from)
                    return True
                to_visit.extend((seated, kind) for (seated, seat), n in self._flow.items() if seat == kind and n > 0)
        return False

    def _take_path(self, kind: Kind, came_from: Mapping[Kind, tuple[Line, Kind | None]]) -> None:
        self.taken[kind] += 1
        at: Kind | None = kind
        while at is not None:
            line, before = came_from[at]
            self._flow[line, at] += 1
            if before is not None:
                self._flow[line, before] -= 1
            at = before
