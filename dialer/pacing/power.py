"""Power: a fixed number of lines per ready agent, such as 1.5, whatever the chance that they are answered."""

from collections import Counter

from dialer.pacing.matching import turns_by_most_due
from dialer.pacing.policy import Brake, Decision, Line, PacingFacts, new_lines_allowed, reason_not_to_dial
from dialer.pacing.pools import Contest, kind_of, pools_for
from dialer.pacing.progressive import one_to_one
from dialer.reasons import Reason


class Power:
    """So many lines per ready agent that every group of languages stays within the ratio for those who speak them.

    Where the law names no share of abandoned calls that is allowed, and behind the brake, the ratio is 1.
    """

    name = "power"
    needs_agents = True

    def decide(self, facts: PacingFacts) -> Decision:
        reason = reason_not_to_dial(facts)
        if reason:
            return Decision(why=reason)
        if facts.limit.abandoned_share <= 0.0:
            return one_to_one(facts, (Reason("no_silence"),))
        if facts.brake == Brake.ONE_TO_ONE:
            return one_to_one(facts, facts.brake_why or (Reason("brake_on"),))
        if not facts.ready:
            return Decision(why=(Reason("none_ready"),))
        dial = _within_ratio(facts)
        figures = {"level": facts.dial_level, "ready": len(facts.ready)}
        return Decision(dial, (Reason("lines_each" if dial else "all_have_lines", figures),))


def _within_ratio(facts: PacingFacts) -> dict[str, int]:
    wanted = [*facts.waiting, *(line.line for line in facts.dialing)]
    pools = pools_for(facts.campaign_id, [each for each in facts.due if facts.due[each] > 0], facts.ready, wanted)
    places = {line: k for k, line in enumerate(pools.lines)}
    lines = Counter(places[line] for line in wanted if line in places)
    agents = Counter(pools.agents.index(kind_of(agent)) for agent in facts.ready)
    dial: Counter[str] = Counter()

    def has_room(contest: Contest) -> bool:
        taken = sum(lines[k] for k in contest.lines)
        return taken + 1 <= facts.dial_level * sum(agents[a] for a in contest.agents) + 1e-9

    def fits(language: str) -> bool:
        kind = places[Line(facts.campaign_id, language)]
        if not all(any(has_room(contest) for contest in chain) for chain in pools.contests[kind]):
            return False
        lines[kind] += 1
        return True

    for language in turns_by_most_due(facts.due, fits):
        dial[language] += 1
        if dial.total() >= new_lines_allowed(facts):
            break
    return dict(dial)
