"""Agentless: whoever answers hears a recorded message. Off wherever the law wants a human on the line."""

from dialer.pacing.matching import turns_by_most_due
from dialer.pacing.policy import Decision, PacingFacts, new_lines_allowed, reason_not_to_dial
from dialer.reasons import Reason


class Agentless:
    """As many lines as the carrier allows, shared among languages by what is due."""

    name = "agentless"
    needs_agents = False

    def decide(self, facts: PacingFacts) -> Decision:
        if not facts.limit.may_play_message:
            return Decision(why=(Reason("human_wanted"),))
        reason = reason_not_to_dial(facts, needs_agents=False)
        if reason:
            return Decision(why=reason)
        room = new_lines_allowed(facts)
        dial: dict[str, int] = {}
        for language in turns_by_most_due(facts.due, lambda _: True):
            dial[language] = dial.get(language, 0) + 1
            if sum(dial.values()) >= room:
                break
        return Decision(dial, (Reason("message_lines", {"lines": sum(dial.values())}),))
