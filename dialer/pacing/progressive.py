"""Progressive: one line per ready agent, never more. Whoever picks up finds somebody who speaks their language."""

from collections import Counter
from collections.abc import Mapping

from dialer.pacing.policy import Decision, Line, PacingFacts, ReadyAgent


class Progressive:
    """One line per ready agent. Lines of every campaign that could need an agent keep that agent out of the count."""

    name = "progressive"

    def decide(self, facts: PacingFacts) -> Decision:
        if not facts.is_running:
            return Decision(why="the campaign is not running")
        if not facts.ready:
            return Decision(why="no agent is ready")
        free = _agents_without_a_line(facts.ready, facts.dialing)
        mine = [agent for agent in free if agent.campaign_id in {"", facts.campaign_id}]
        if not mine:
            return Decision(why="every ready agent has a line that is being dialed")
        if facts.room <= 0:
            return Decision(why="the carrier's lines are all in use")
        dial = _share_out(mine[: facts.room], facts.due)
        if not dial:
            return Decision(why="no contact is due in a language of a ready agent")
        return Decision(dial, f"one line for each of {sum(dial.values())} ready agents")


def _agents_without_a_line(ready: tuple[ReadyAgent, ...], dialing: tuple[Line, ...]) -> list[ReadyAgent]:
    """The ready agents left over once each line has one, by augmenting paths, so that the fewest lines lack one.

    Agents with few languages are given a line first: who speaks more stays free for more.
    """
    order = sorted(ready, key=lambda agent: (len(agent.languages), agent.agent_id))
    line_of: dict[int, int] = {}

    def seat(line: int, tried: set[int]) -> bool:
        for index, agent in enumerate(order):
            if index in tried or not _can_take(agent, dialing[line]):
                continue
            tried.add(index)
            if index not in line_of or seat(line_of[index], tried):
                line_of[index] = line
                return True
        return False

    for line in range(len(dialing)):
        seat(line, set())
    return [agent for index, agent in enumerate(order) if index not in line_of]


def _can_take(agent: ReadyAgent, line: Line) -> bool:
    return line.language in agent.languages and agent.campaign_id in {"", line.campaign_id}


def _share_out(agents: list[ReadyAgent], due: Mapping[str, int]) -> dict[str, int]:
    """One contact per agent: each takes the language with the most contacts left among those the agent speaks."""
    left = Counter(dict(due))
    dial: Counter[str] = Counter()
    for agent in agents:
        spoken = [language for language in sorted(agent.languages) if left[language] > 0]
        if spoken:
            language = max(spoken, key=lambda each: left[each])
            left[language] -= 1
            dial[language] += 1
    return dict(dial)
