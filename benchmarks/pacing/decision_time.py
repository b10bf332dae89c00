"""How long one predictive decision takes for a large floor."""

import time
from dataclasses import replace
from random import Random

from benchmarks.figures import median
from dialer.forecast.floor import CAMPAIGN, Floor
from dialer.forecast.steered import OwnPolicy, predictive
from dialer.forecast.world import Crew, World
from dialer.pacing.policy import BusyAgent, DialedLine, Line, PacingFacts
from dialer.pacing.predictive import Predictive


def time_of_decision(agents: int = 500, lines: int = 2_000) -> float:
    """Milliseconds of processor time for one decision, the median of 15 on ages that were not asked for before."""
    rng = Random(1)
    policy = Predictive()
    base = _experienced_facts()
    german = frozenset({"de"})
    taken = []
    for _ in range(15):
        facts = replace(
            base,
            ready=(),
            busy=tuple(
                BusyAgent(str(n), german, rng.choice(("talking", "talking", "wrapping_up")), rng.expovariate(1 / 60))
                for n in range(agents)
            ),
            dialing=tuple(
                DialedLine(Line(CAMPAIGN, "de"), str(n), age, age - 2.5 if age > 2.5 else None)
                for n in range(lines)
                for age in (25.0 * rng.random(),)
            ),
        )
        before = time.process_time()
        policy.decide(facts)
        taken.append(1000.0 * (time.process_time() - before))
    return median(taken)


def _experienced_facts() -> PacingFacts:
    controller: OwnPolicy = predictive("learned")
    floor = Floor(replace(World(), crews=(Crew(15),), hours=0.5), controller, Random(1))
    floor.run()
    return controller.facts(floor, 1800.0)
