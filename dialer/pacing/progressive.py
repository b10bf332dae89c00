"""Progressive: one line per ready agent, never more. Whoever picks up finds somebody who speaks their language."""

from collections import Counter
from collections.abc import Mapping

from dialer.pacing.matching import agents_without_a_line
from dialer.pacing.policy import Decision, PacingFacts, ReadyAgent


class Progressive:
    """One line per ready agent. Lines of every campaign that could need an agent keep that agent out of the count."""

    name = "progressive"

    def decide(self, facts: PacingFacts) -> Decision:
        if not facts.is_running:
            return Decision(why="the campaign is not running")
        if not facts.ready:
            return Decision(why="no agent is ready")
        free = agents_without_a_line(facts.ready, facts.dialing)
        mine = [agent for agent in free if agent.campaign_id in {"", facts.campaign_id}]
        if not mine:
            return Decision(why="every ready agent has a line that is being dialed")
        if facts.room <= 0:
            return Decision(why="the carrier's lines are all in use")
        dial = _share_out(mine[: facts.room], facts.due)
        if not dial:
            return Decision(why="no contact is due in a language of a ready agent")
        return Decision(dial, f"one line for each of {sum(dial.values())} ready agents")


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
