"""Preview: the agent sees the contact first, and dials or skips it. Each ready agent has one contact to look at.

Showing and dialing are left to others; this file says how many to show and what follows from an agent's answer.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from dialer.pacing.matching import order_candidates
from dialer.pacing.policy import Decision, Line, PacingFacts, ReadyAgent, reason_not_to_dial
from dialer.pacing.progressive import one_to_one
from dialer.reasons import Reason


class Preview:
    """One contact per ready agent. Contacts that are being looked at count as lines (`PacingFacts.dialing`)."""

    name = "preview"
    needs_agents = True

    def decide(self, facts: PacingFacts) -> Decision:
        reason = reason_not_to_dial(facts)
        if reason:
            return Decision(why=reason)
        decision = one_to_one(facts)
        if decision.dial:
            return replace(decision, why=(Reason("one_to_look_at", {"contacts": decision.total}),))
        looking = Reason("all_looking")
        return replace(decision, why=tuple(looking if why.code == "all_dialing" else why for why in decision.why))


def choose_agents(
    ready: Sequence[ReadyAgent], free: Collection[str], contacts: Sequence[tuple[Line, str]]
) -> list[str]:
    """The agent who is kept for each contact, empty where nobody is free for it.

    `contacts` are their lines with the agent who promised to call back, if any: while that one waits for calls, nobody
    else is taken. Who is free takes one contact each, those first without whom no other contact loses its agent.
    """
    left = [agent for agent in ready if agent.agent_id in free]
    waiting = {agent.agent_id for agent in ready}
    chosen = []
    for place, (line, owner) in enumerate(contacts):
        able = order_candidates(left, line, (other for other, _ in contacts[place + 1 :]))
        if owner in waiting:
            able = [agent_id for agent_id in able if agent_id == owner]
        chosen.append(able[0] if able else "")
        left = [agent for agent in left if agent.agent_id != chosen[-1]]
    return chosen


class SkipReason(StrEnum):
    """Why an agent does not want to dial a contact now."""

    WRONG_CONTACT = "wrong_contact"
    KNOWN_CUSTOMER = "known_customer"
    NOT_NOW = "not_now"
    NEEDS_RESEARCH = "needs_research"
    DO_NOT_CALL = "do_not_call"


class Next(StrEnum):
    """What happens to a contact that an agent looks at."""

    KEEP_SHOWING = "keep_showing"
    DIAL = "dial"
    PUT_BACK = "put_back"


@dataclass(frozen=True)
class PreviewRules:
    """How long an agent may look, and whether the contact is dialed or put back when the time is over."""

    seconds: float = 60.0
    dials_when_over: bool = False


def next_of(rules: PreviewRules, shown_seconds: float, *, accepted: bool, skipped: SkipReason | None = None) -> Next:
    """What follows from an agent's answer, or from none. A skip counts before the timer, the timer before patience."""
    if skipped is not None:
        return Next.PUT_BACK
    if accepted:
        return Next.DIAL
    if shown_seconds < rules.seconds:
        return Next.KEEP_SHOWING
    return Next.DIAL if rules.dials_when_over else Next.PUT_BACK
