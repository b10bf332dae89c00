"""Progressive: one line per ready agent, never more. Whoever picks up finds somebody who speaks their language."""

from dialer.pacing.matching import lines_to_add
from dialer.pacing.policy import Decision, Line, PacingFacts


class Progressive:
    """One line per ready agent. Lines of every campaign that could need an agent keep that agent out of the count."""

    name = "progressive"

    def decide(self, facts: PacingFacts) -> Decision:
        if not facts.is_running:
            return Decision(why="the campaign is not running")
        if not facts.ready:
            return Decision(why="no agent is ready")
        if facts.room <= 0:
            return Decision(why="the carrier's lines are all in use")
        due = {Line(facts.campaign_id, language): count for language, count in facts.due.items()}
        lines = list(lines_to_add(facts.ready, facts.dialing, due).elements())[: facts.room]
        if not lines:
            return Decision(why=_why_nobody(facts))
        dial = {line.language: lines.count(line) for line in lines}
        return Decision(dial, f"one line for each of {len(lines)} ready agents")


def _why_nobody(facts: PacingFacts) -> str:
    mine = [agent for agent in facts.ready if agent.campaign_id in {"", facts.campaign_id}]
    spoken = frozenset[str]().union(*(agent.languages for agent in mine))
    if not any(facts.due.get(language, 0) > 0 for language in spoken):
        return "no contact is due in a language of a ready agent"
    return "every ready agent has a line that is being dialed"
