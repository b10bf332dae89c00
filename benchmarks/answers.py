"""How long an answered person waits for the answer webhook, at 30 answers a second in an open loop.

Around it the centre goes on: lines begin to ring, talks end, agents record what came of them, in the same database.
The baseline is the same load on an app that verifies the signature and returns a fixed document.
"""

import time
from collections.abc import Iterator

from benchmarks import call_centre
from benchmarks.client import Plan, Seen, read_seen, write_plan
from benchmarks.figures import Figure, Goal, quantile
from benchmarks.grounds import Ground, Grounds
from benchmarks.load import ForeignLoad
from benchmarks.programs import HALALI, Errand, free_port, module_words, running
from benchmarks.rows import add_campaign, add_contacts, add_parked_agents, add_silent_calls
from benchmarks.settings import Stage
from foundation.database import Database

PER_SECOND = 30.0
GOAL = Goal(50.0, is_upper=True)
WARM_UP_ANSWERS = 30
HEAD_START_SECONDS = 1.5
CONTACTS = 3000


def measure(grounds: Grounds, *, is_quick: bool) -> Iterator[Figure]:
    """p50 and p99 for each kind of database and each size of centre."""
    seconds = 6 if is_quick else 20
    for kind in grounds.kinds:
        for agents in (15, 200):
            with grounds.fresh(kind) as ground:
                yield from _measure_on(ground, agents, int(seconds * PER_SECOND))


def _measure_on(ground: Ground, agents: int, count: int) -> Iterator[Figure]:
    stage = Stage(ground, time.time(), free_port())
    call_ids = _ids("bench", count)
    _fill(stage, agents, call_ids)
    load = ForeignLoad()
    with running(module_words("verify_only"), stage.environment(), ground.folder, stage.webhooks_port):
        baseline = _answer(stage, _ids("none", count))
    with (
        running([HALALI, "run", "webhooks"], stage.environment(), ground.folder, stage.webhooks_port),
        Errand("call_centre", stage.environment(), ground.folder) as centre,
    ):
        seen = _answer(stage, call_ids, centre)
        centre.result()
    foreign = load.cores()
    for share, goal in ((0.5, None), (0.99, GOAL)):
        yield Figure(
            benchmark="answers",
            what=f"p{share * 100:.0f} of the answer webhook at {PER_SECOND:.0f}/s, {agents} agents",
            where=ground.kind,
            unit=" ms",
            runs=(quantile(_after_warm_up(seen), share),),
            samples=len(_after_warm_up(seen)),
            foreign_cores=foreign,
            baseline_runs=(quantile(_after_warm_up(baseline), share),),
            baseline_is="fixed answer",
            goal=goal,
            note=_explained(seen) if goal else "",
        )


def _answer(stage: Stage, call_ids: list[str], centre: Errand | None = None) -> Seen:
    """Ask for an instruction for each call on schedule; the centre, where there is one, follows the same schedule."""
    with Errand("client", {}, stage.ground.folder) as client:
        start_at = time.time() + HEAD_START_SECONDS
        if centre is not None:
            centre.give(call_centre.write_plan(call_centre.Plan(call_ids, PER_SECOND, start_at)))
        plan = Plan(stage.webhooks_port, call_ids=call_ids, per_second=PER_SECOND, start_at=start_at)
        client.give(write_plan(plan))
        return read_seen(client.result())


def _ids(word: str, count: int) -> list[str]:
    return [f"call_{word}_{number:05}" for number in range(count + WARM_UP_ANSWERS)]


def _after_warm_up(seen: Seen) -> list[float]:
    # The first second opens connections and fills caches.
    return seen.milliseconds[WARM_UP_ANSWERS:]


def _explained(seen: Seen) -> str:
    answered, asked = seen.statuses.get("200", 0), len(seen.milliseconds)
    longest = max(_after_warm_up(seen))
    return f"{answered} of {asked} answered 200, {seen.joined} joined an agent; longest {longest:.0f} ms"


def _fill(stage: Stage, agents: int, call_ids: list[str]) -> None:
    database = Database(stage.ground.database_url)
    now = stage.settings().clock().now()
    with database.transaction() as session:
        add_campaign(session, now)
        add_parked_agents(session, agents, now)
    add_contacts(database, CONTACTS, now)
    with database.transaction() as session:
        add_silent_calls(session, call_ids, now)
    database.dispose()
