"""The published hazard prototype, from which the predictive policy comes: a baseline."""

from math import exp, log

from dialer.forecast.steered import Conditions, OwnPolicy
from dialer.pacing.balances import Balances
from dialer.pacing.policy import Decision, PacingFacts
from dialer.pacing.predictive import Predictive
from dialer.pacing.progressive import one_to_one


class HazardPrototype(OwnPolicy):
    """The published prototype: same chances, its own steering by the day, every line withdrawn after 17.5 s."""

    tick_seconds = 0.5

    def __init__(self, name: str = "hazard prototype, late cancel", aim: float = 0.0) -> None:
        super().__init__(name, Predictive(), Conditions(0.03))
        self._aim_given = aim
        self._risk = log(0.02)
        self._aim = 0.028

    def _decide(self, facts: PacingFacts) -> Decision:
        agents = len(facts.ready) + len(facts.busy)
        aim = self._aim = self._aim_given or (0.025 if agents < 10 else 0.028)
        account = facts.account
        slack = aim * max(80.0, 5.3 * agents)
        late = tuple(line.call_id for line in facts.dialing if line.age_seconds >= 17.5)
        over = account.abandoned > (aim + 0.003) * account.answered + max(4.0, 1.5 * slack)
        if not facts.habits.is_trusted or over:
            careful = one_to_one(facts)
            return Decision(careful.dial, careful.why, late)
        saved = aim * account.answered - account.abandoned
        allowed = min(0.6, max(0.002, exp(self._risk))) * exp(0.5 * min(1.0, max(-3.0, saved / slack)))
        balances = Balances(facts)
        language = next(iter(facts.due))
        count = 0
        while balances.risk(language) <= allowed:
            balances.add(language)
            count += 1
        return Decision({language: count} if count else {}, cancel=late)

    def _steer(self, *, found_agent: bool) -> float:
        self._risk = min(log(0.6), max(log(0.002), self._risk + 0.005 * (self._aim - (not found_agent))))
        return self._nerve
