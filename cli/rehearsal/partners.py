"""A simulated partner: hears of offers, thinks, accepts some, declines some, lets some pass."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import datetime
from typing import Any

from cli.rehearsal.api import Api, Refused
from cli.rehearsal.choices import judge_offer
from cli.rehearsal.news_box import NewsBox
from foundation.clock import Clock

LOOK_EVERY_SECONDS = 15.0
# On the day's clock. Well within the time that a partner has for it.
FIRST_CONTACT_AFTER_SECONDS = 900.0


class SimulatedPartner:
    """One partner's desk."""

    def __init__(self, partner_id: str, name: str, api: Api, clock: Clock, seed: int) -> None:
        self._partner_id = partner_id
        self._name = name
        self._api = api
        self._clock = clock
        self._seed = seed
        self._known: set[str] = set()

    async def work(self, begin: Callable[[Coroutine[Any, Any, None]], None], seen: dict[str, datetime]) -> None:
        """Watch for offers without end; each is answered beside the others, by what `begin` is given.

        `seen` is told when each offer first came before this partner's eyes.
        """
        box = NewsBox()
        filling = asyncio.create_task(box.fill(self._api.news(f"partner:{self._partner_id}")))
        try:
            while True:
                await box.take(LOOK_EVERY_SECONDS)
                for offer in await self._api.get("/offers/live"):
                    if offer["offer_id"] not in self._known:
                        self._known.add(offer["offer_id"])
                        seen[offer["offer_id"]] = self._clock.now()
                        begin(self._answer(offer["offer_id"], offer["lead_id"], len(self._known)))
        finally:
            filling.cancel()

    async def _answer(self, offer_id: str, lead_id: str, number: int) -> None:
        reply = judge_offer(self._seed, self._name, number)
        await asyncio.sleep(reply.after_seconds / self._clock.speed)
        try:
            if reply.deed == "accept":
                # Refused also when a server that died had taken it before: the lead is ours all the same.
                with suppress(Refused):
                    await self._api.post(f"/offers/{offer_id}/accept")
                await asyncio.sleep(FIRST_CONTACT_AFTER_SECONDS / self._clock.speed)
                await self._api.post(f"/own-leads/{lead_id}/first-contact")
            elif reply.deed == "decline":
                await self._api.post(f"/offers/{offer_id}/decline", {"reason": reply.reason})
        except Refused:
            return  # too late: the offer has gone on to the next partner
