"""The rehearsal itself: everybody comes in, the campaign starts, faults strike; it ends when nothing is left to do."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import aiohttp

from cli.campaign_commands import start_recorded
from cli.output import say
from cli.rehearsal import standing
from cli.rehearsal.agents import Choices, SimulatedAgent
from cli.rehearsal.api import Api, CarrierSide
from cli.rehearsal.cast import Cast
from cli.rehearsal.choices import judge_live_line
from cli.rehearsal.faults import CarrierFault, Flush, Kill
from cli.rehearsal.partners import SimulatedPartner
from cli.rehearsal.plan import Plan, end_of_day
from cli.rehearsal.stage import Stage, empty_redis
from cli.rehearsal.standing import Standing
from foundation.errors import Unavailable
from foundation.runtime import Runtime

LOOK_SECONDS = 1.0
SAY_EVERY_LOOKS = 10
QUIET_SECONDS = 20.0


@dataclass(frozen=True)
class Played:
    """When it began and ended, on the simulated clock, what the carrier's books say, and whether it ended by itself."""

    began_at: datetime
    ended_at: datetime
    ended_by_itself: bool
    carrier: dict[str, Any]
    struck: tuple[str, ...] = ()  # faults of our own side, in the order in which they were carried out
    offers_seen: Mapping[str, datetime] = field(default_factory=dict)  # when each offer came before its partner's eyes


@dataclass(frozen=True)
class Scene:
    """What all who play need."""

    plan: Plan
    stage: Stage
    runtime: Runtime
    cast: Cast
    http: aiohttp.ClientSession
    carrier: CarrierSide
    struck: list[str] = field(default_factory=list)
    offers_seen: dict[str, datetime] = field(default_factory=dict)


async def perform(plan: Plan, stage: Stage, runtime: Runtime, cast: Cast) -> Played:
    """Play it to the end.

    Raises:
        Unavailable: the program itself has ended.
    """
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        scene = Scene(plan, stage, runtime, cast, http, CarrierSide(http, stage.settings.twilio_api_url))
        await scene.carrier.arm([fault.as_rule() for fault in plan.faults if isinstance(fault, CarrierFault)])
        await scene.carrier.script({one: judge_live_line(plan.seed, one) for one in cast.live_numbers})
        began_at = runtime.clock.now()
        async with _everybody(scene) as agents:
            # As in the morning of a day: who dials before all are there, dials for few.
            await asyncio.gather(*(agent.has_come.wait() for agent in agents))
            start_recorded(runtime, cast.campaign_id)
            ended_by_itself = await _until_done(scene)
            ended_at = runtime.clock.now()
            for agent in agents:
                agent.leave()
            await _until_quiet(scene)
        books = await scene.carrier.summary(with_prospects=True)
        return Played(began_at, ended_at, ended_by_itself, books, tuple(scene.struck), dict(scene.offers_seen))


@asynccontextmanager
async def _everybody(scene: Scene) -> AsyncIterator[list[SimulatedAgent]]:
    """Agents and partners at work, and faults in wait, while the block runs. Whoever fails lets all fail."""
    settings, clock, seed = scene.stage.settings, scene.runtime.clock, scene.plan.seed
    share = scene.plan.live_share
    agents = [
        SimulatedAgent(one.id, Api(scene.http, settings.web_url, one.token), scene.carrier, clock, Choices(seed, share))
        for one in scene.cast.agents
    ]
    partners = [
        SimulatedPartner(one.id, one.name, Api(scene.http, settings.web_url, one.token), clock, seed)
        for one in scene.cast.partners
    ]
    async with asyncio.TaskGroup() as group:
        tasks: list[asyncio.Task[None]] = []

        def begin(work: Coroutine[Any, Any, None]) -> None:
            tasks.append(group.create_task(work))

        for agent in agents:
            begin(agent.work())
        for partner in partners:
            begin(partner.work(begin, scene.offers_seen))
        for fault in scene.plan.faults:
            if not isinstance(fault, CarrierFault):
                begin(_strike(scene, fault))
        yield agents
        for task in tasks:
            task.cancel()


async def _strike(scene: Scene, fault: Kill | Flush) -> None:
    await asyncio.sleep(fault.after_seconds)
    if isinstance(fault, Flush):
        say("rehearsal: emptying Redis")
        empty_redis(scene.stage.settings.redis_url)
        scene.struck.append("flush")
        return
    pid = scene.stage.pid_of(fault.program)
    say(f"rehearsal: killing {fault.program}" if pid else f"rehearsal: there is no {fault.program} to kill")
    if pid:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            scene.struck.append(f"kill={fault.program}")


async def _until_done(scene: Scene) -> bool:
    """Look every second; whether all was done before the patience was over."""
    began_at, origin = scene.runtime.clock.now(), scene.stage.settings.clock_origin
    day_end = end_of_day(began_at.astimezone(origin.tzinfo if origin else None), scene.plan.hours)
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + scene.plan.most_wall_seconds
    looks = 0
    while loop.time() < give_up_at:
        await asyncio.sleep(LOOK_SECONDS)
        if scene.stage.supervisor.poll() is not None:
            raise Unavailable(f"Halali has ended in the middle of it. Its last lines:\n{scene.stage.log_tail()}")
        now = scene.runtime.clock.now()
        seen = await asyncio.to_thread(standing.look, scene.runtime, scene.cast.campaign_id, day_end)
        if looks % SAY_EVERY_LOOKS == 0:
            _say_standing(seen, now, day_end)
        looks += 1
        if seen.only_another_day_is_left or (now >= day_end and seen.waiting):
            await asyncio.to_thread(standing.leave_for_another_day, scene.runtime, scene.cast.campaign_id)
        if seen.is_done:
            return True
    return False


async def _until_quiet(scene: Scene) -> None:
    """Wait until the carrier has nobody on the line and nothing left to report, and all reports are applied."""
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + QUIET_SECONDS
    while loop.time() < give_up_at:
        books = await scene.carrier.summary(with_prospects=False)
        is_silent = not any(books[name] for name in ("live_calls", "pending_callbacks", "pending_fetches"))
        if is_silent and not await asyncio.to_thread(standing.reports_waiting, scene.runtime):
            return
        await asyncio.sleep(LOOK_SECONDS / 2)


def _say_standing(seen: Standing, now: datetime, day_end: datetime) -> None:
    say(
        f"{now.astimezone(day_end.tzinfo):%H:%M}  waiting {seen.waiting:5}  on the line {seen.live_calls:3}  "
        f"done {seen.done:5}  leads {seen.leads} ({seen.leads_unsettled} unsettled)"
    )
