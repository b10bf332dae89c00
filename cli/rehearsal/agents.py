"""A simulated agent: goes ready, listens, hangs up on machines, wraps up and says what came of each call."""

import asyncio
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cli.rehearsal.api import Api, CarrierSide, Refused
from cli.rehearsal.choices import Talk, Verdict, judge_machine, judge_talk, puts_through
from cli.rehearsal.news_box import NewsBox
from foundation.clock import Clock

# When no news come for so long, real seconds, the agent looks for themselves.
LOOK_EVERY_SECONDS = 4.0
_MACHINES = frozenset({"machine", "fax"})
_AWAY = frozenset({"offline", "paused"})


@dataclass(frozen=True)
class Choices:
    """What an agent's decisions are drawn from, and the share of qualified talks that they put through at once."""

    seed: int
    live_share: float = 0.0


class SimulatedAgent:
    """One agent at their desk, from going ready until `leave` is called."""

    def __init__(self, agent_id: str, api: Api, carrier: CarrierSide, clock: Clock, choices: Choices) -> None:
        self._agent_id = agent_id
        self._api = api
        self._carrier = carrier
        self._clock = clock
        self._seed, self._live_share = choices.seed, choices.live_share
        self._asked: set[str] = set()  # calls with a partner asked for
        self._talks: Counter[str] = Counter()
        self._said_of = ""  # the call that is settled
        self._is_leaving = False
        self._box = NewsBox(_is_about_agent)
        self.has_come = asyncio.Event()  # once ready for a first time

    async def work(self) -> None:
        """The whole shift."""
        filling = asyncio.create_task(self._box.fill(self._api.news(f"agent:{self._agent_id}")))
        try:
            await self._api.post("/agents/me/ready")
            while not self._is_leaving:
                news = await self._box.take(LOOK_EVERY_SECONDS)
                if not news or "status" not in news:
                    news = _as_news(await self._api.get("/agents/me"))
                await self._react(str(news["status"]), str(news.get("call_id") or ""))
            await self._api.post("/agents/me/sign-off")
        finally:
            filling.cancel()

    def leave(self) -> None:
        """Sign off as soon as what is under way is done."""
        self._is_leaving = True
        self._box.wake()

    async def _react(self, status: str, call_id: str) -> None:
        if status == "ready":
            self.has_come.set()
        if status in _AWAY and not self._is_leaving:
            await self._settle_left_over(call_id)
            await self._api.post("/agents/me/ready")
        elif call_id and call_id != self._said_of and status in {"on_call", "wrapping_up"}:
            await self._listen(status, call_id)

    async def _settle_left_over(self, call_id: str) -> None:
        """A wrap-up that was overrun still wants its disposition."""
        if call_id and call_id != self._said_of:
            await self._listen("wrapping_up", call_id)

    async def _listen(self, status: str, call_id: str) -> None:
        desk = await self._api.get("/agents/me")
        call = desk["call"]
        if call is None or call["call_id"] != call_id:
            return
        number, language = call["contact"]["phone_number"], call["contact"]["language"]
        if status == "on_call":
            if await self._carrier.hears(number) in _MACHINES:
                verdict = judge_machine(self._seed, number, self._talks[number])
                await self._say(call_id, verdict)
            elif self._live_share:
                await self._put_through(call_id, number, language)
            return
        talk = Talk(number, self._talks[number], language, agrees=await self._carrier.agrees(number))
        verdict = judge_talk(self._seed, talk)
        self._talks[number] += 1
        await self._say(call_id, verdict)

    async def _put_through(self, call_id: str, number: str, language: str) -> None:
        """Ask for a partner once, if this customer is one who wants it; hand over when one has been introduced."""
        if call_id in self._asked:
            with suppress(Refused):
                transfer = await self._api.get("/agents/me/transfer")
                if transfer["status"] == "introducing":
                    await self._api.post("/agents/me/transfer/hand-over", {"call_id": call_id})
            return
        talk = Talk(number, self._talks[number], language, agrees=await self._carrier.agrees(number))
        verdict = judge_talk(self._seed, talk)
        if verdict.answers and puts_through(self._seed, talk, self._live_share):
            self._asked.add(call_id)
            noted = {"call_id": call_id, "answers": verdict.answers, "evidence": verdict.evidence, "is_hot": True}
            with suppress(Refused):
                await self._api.put("/agents/me/draft", noted)
                await self._api.post("/agents/me/transfer", {"call_id": call_id})

    async def _say(self, call_id: str, verdict: Verdict) -> None:
        await asyncio.sleep(verdict.wrap_up_seconds / self._clock.speed)
        body: dict[str, Any] = {"call_id": call_id, "code": verdict.code, "answers": verdict.answers}
        body |= {"evidence": verdict.evidence, "is_hot": verdict.is_hot or call_id in self._asked}
        if verdict.callback_in is not None:
            body["callback_at"] = _written(self._clock.now() + verdict.callback_in)
        if verdict.language:
            body["language"] = verdict.language
        # Refused when it was settled meanwhile: a machine was recognised, or the sweep has given up waiting.
        with suppress(Refused):
            await self._api.post("/agents/me/disposition", body)
        self._said_of = call_id


def _is_about_agent(piece: dict[str, Any]) -> bool:
    """News of the agent, and the empty piece after a connection; not those of the agent's calls."""
    return "kind" not in piece


def _as_news(desk: dict[str, Any]) -> dict[str, Any]:
    return {"status": desk["agent"]["status"], "call_id": desk["agent"]["current_call_id"]}


def _written(moment: datetime) -> str:
    return moment.isoformat()
