"""Progressive: one line per ready agent, never more. Whoever picks up finds somebody who speaks their language."""

from dialer.pacing.matching import lines_to_add
from dialer.pacing.policy import Decision, Line, PacingFacts, new_lines_allowed, reason_not_to_dial
from dialer.reasons import Reason, Reasons


class Progressive:
    """One line per ready agent. Lines of every campaign that could need an agent keep that agent out of the count."""

    name = "progressive"
    needs_agents = True

    def decide(self, facts: PacingFacts) -> Decision:
        reason = reason_not_to_dial(facts)
        return Decision(why=reason) if reason else one_to_one(facts)


def one_to_one(facts: PacingFacts, because: Reasons = (), *, is_trusted: bool = True) -> Decision:
    """One line per ready agent, of any policy that may not or dare not do more; `because` begins its reasons."""
    if not facts.ready:
        return Decision(why=(*because, Reason("none_ready")), is_trusted=is_trusted)
    due = {Line(facts.campaign_id, language): count for language, count in facts.due.items()}
    wanted = (*facts.waiting, *(line.line for line in facts.dialing))
    lines = list(lines_to_add(facts.ready, wanted, due).elements())[: new_lines_allowed(facts)]
    if not lines:
        return Decision(why=(*because, _why_nobody(facts)), is_trusted=is_trusted)
    dial = {line.language: lines.count(line) for line in lines}
    return Decision(dial, (*because, Reason("one_each", {"lines": len(lines)})), is_trusted=is_trusted)


def _why_nobody(facts: PacingFacts) -> Reason:
    mine = [agent for agent in facts.ready if agent.campaign_id in {"", facts.campaign_id}]
    spoken = frozenset[str]().union(*(agent.languages for agent in mine))
    if not any(facts.due.get(language, 0) > 0 for language in spoken):
        return Reason("other_languages")
    return Reason("all_dialing")
