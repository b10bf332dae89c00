"""Predictive: as many lines as the chance allows that somebody who answers finds no agent.

Every ringing line counts with its chance of being answered at its age, every busy agent with the chance to be ready by
then. What risk is taken follows from what has been abandoned (`nerve`); lines whose agent is gone are given up.
"""

from collections import Counter

from dialer.pacing.balances import Balances
from dialer.pacing.giving_up import late_lines_to_give_up, line_to_trade
from dialer.pacing.languages import behind, set_aside, shares
from dialer.pacing.line_odds import line_odds
from dialer.pacing.nerve import detector_leaves_little, horizon_answers, is_overdrawn, risk_allowed, wanted_share
from dialer.pacing.policy import Brake, Decision, PacingFacts, new_lines_allowed, reason_not_to_dial
from dialer.pacing.progressive import one_to_one
from dialer.reasons import Fact, Reason, Reasons

# Of their time, agents talk and wrap up about so much: how many answers are to come is guessed by it.
_OCCUPANCY = 0.86


class Predictive:
    """Dials ahead of agents who are about to be ready. One to one while nothing is known and when the limit is near."""

    name = "predictive"
    needs_agents = True

    def decide(self, facts: PacingFacts) -> Decision:
        reason = reason_not_to_dial(facts)
        stops = not facts.is_running or facts.brake == Brake.STOP or not (facts.ready or facts.busy)
        if reason and (stops or not facts.dialing):
            return Decision(why=reason)
        if facts.limit.abandoned_share <= 0.0:
            return one_to_one(facts, (Reason("no_silence"),))
        if not facts.habits.is_trusted:
            return one_to_one(facts, (_learning(facts),), is_trusted=False)
        balances = Balances(facts)
        allowed = risk_allowed(facts.nerve, facts.limit, share_to_aim_at(facts))
        cancel = late_lines_to_give_up(balances, allowed)
        slow = _why_one_to_one(facts)
        if slow:
            careful = one_to_one(facts, slow)
            return Decision(careful.dial, careful.why, cancel)
        if reason:
            return Decision(why=reason, cancel=cancel)
        aside = set_aside(facts)
        if aside is not facts:
            balances = Balances(aside)
        dial, risk = _dial_within(facts, balances, allowed)
        if not dial and (traded := line_to_trade(facts, balances, allowed, frozenset(cancel))):
            dial, cancel = {traded.line.language: 1}, (*cancel, traded.call_id)
        return Decision(dial, _why(facts, dial, risk, allowed), cancel)


def share_to_aim_at(facts: PacingFacts) -> float:
    """The share of further answers that may find nobody, so that the window ends just below its limit."""
    to_come = horizon_answers(facts.limit)
    if facts.account.seconds_left is not None:
        agents = len(facts.ready) + len(facts.busy)
        to_come = facts.account.seconds_left * _OCCUPANCY * agents / facts.habits.work_seconds
    return wanted_share(facts.limit, facts.account, to_come)


def _dial_within(facts: PacingFacts, balances: Balances, allowed: float) -> tuple[dict[str, int], float]:
    """Line after line, for the language furthest behind its share, while the risk allows; and the next one's risk."""
    share = shares(facts)
    dial: Counter[str] = Counter()
    left = {language: count for language, count in facts.due.items() if count > 0}
    room = new_lines_allowed(facts)
    lowest = 1.0
    while left and dial.total() < room:
        language = min(sorted(left), key=lambda each: (balances.in_flight(each) + 1) / share[each])
        risk = balances.risk(language)
        if risk > allowed:
            lowest = min(lowest, risk)
            del left[language]
            continue
        balances.add(language)
        dial[language] += 1
        left[language] -= 1
        if not left[language]:
            del left[language]
    return dict(dial), lowest


def _why_one_to_one(facts: PacingFacts) -> Reasons:
    if detector_leaves_little(facts.limit, facts.account):
        errors = facts.account.machine_errors / facts.account.answered
        limit = facts.limit.abandoned_share
        return (Reason("detector_one_to_one", {"error_share": errors, "limit_share": limit}),)
    if facts.brake == Brake.ONE_TO_ONE:
        return facts.brake_why or (Reason("brake_on"),)
    if is_overdrawn(facts.limit, facts.account, len(facts.ready) + len(facts.busy)):
        return (Reason("over_limit", _shares_abandoned(facts)),)
    return ()


def _why(facts: PacingFacts, dial: dict[str, int], risk: float, allowed: float) -> Reasons:
    kept_for = sorted(behind(facts))
    first = (Reason("come_first", {"languages": kept_for}),) if kept_for else ()
    figures = {"allowed_share": allowed, **_shares_abandoned(facts)}
    then = (
        Reason("within_risk", {"lines": sum(dial.values()), **figures})
        if dial
        else Reason("too_risky", {"risk_share": risk, **figures})
    )
    return (_floor(facts), *first, then)


def _floor(facts: PacingFacts) -> Reason:
    ready = len(facts.ready)
    agents: dict[str, Fact] = {"ready": ready, "agents": ready + len(facts.busy)}
    answers = line_odds(facts.habits).answer_share
    return Reason("floor", {**agents, "lines": len(facts.dialing), "answer_share": answers})


def _shares_abandoned(facts: PacingFacts) -> dict[str, Fact]:
    return {"abandoned_share": facts.account.share, "limit_share": facts.limit.abandoned_share}


def _learning(facts: PacingFacts) -> Reason:
    habits = facts.habits
    return Reason("learning", {"lines": round(habits.lines_seen), "talks": round(habits.talks_seen)})
