"""Everything at once: four threads on two connections do whatever a floor does, in any order, and the rows still tell
one story each.
"""

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from campaigns import campaigns
from campaigns.tables import Contact, ContactEvent
from dialer import desk, sweep
from dialer.call_states import FINAL, CallStatus
from dialer.desk import Said
from dialer.dispositions import DISPOSITIONS, Then
from dialer.tables import Agent, AgentEvent, Call, CallEvent
from foundation.database import Database
from foundation.errors import HalaliError
from leads.tables import Lead
from telephony.carrier import Reported
from tests.integration.dialer.floor import Floor

STEPS_PER_THREAD = 40
PLAIN_DISPOSITIONS = [each.code for each in DISPOSITIONS.values() if each.then in {Then.DONE, Then.RETRY}]
NEWS: dict[CallStatus, list[Reported | None]] = {
    CallStatus.PLACED: [Reported.RINGING, Reported.BUSY, Reported.NO_ANSWER, None],
    CallStatus.RINGING: [None, None, None, Reported.NO_ANSWER, Reported.ANSWERED],
    CallStatus.ANSWERED: [None],
    CallStatus.CONNECTING: [Reported.JOINED, Reported.JOINED, Reported.COMPLETED],
    CallStatus.BRIDGED: [Reported.LEFT, Reported.COMPLETED],
    CallStatus.SETTLING: [Reported.JOINED, Reported.LEFT],
}


class Storm:
    """One thread's random doings on its own view of the floor."""

    def __init__(self, floor: Floor, campaign_id: str, seed: int) -> None:
        self.floor = floor
        self.campaign_id = campaign_id
        self.chance = random.Random(seed)
        self.steps: list[Callable[[], None]] = [self.tick, self.place, self.news, self.news, self.say, self.agent]

    def run(self) -> None:
        """Do a number of things; what the program refuses is refused, everything else is an error."""
        for _ in range(STEPS_PER_THREAD):
            try:
                self.chance.choice(self.steps)()
            except HalaliError:
                continue

    def tick(self) -> None:
        self.floor.tick(self.campaign_id, "ticker_1")
        sweep.sweep_once(self.floor.parts, self.floor.now)

    def place(self) -> None:
        for call in self.calls(Call.status == CallStatus.QUEUED)[:3]:
            self.floor.place(call.id)

    def news(self) -> None:
        live = self.calls(Call.status.in_(sorted(NEWS)))
        if not live:
            return
        call = self.chance.choice(live)
        if call.kind == "agent":
            self.floor.answer(call.id)
            self.floor.report(call.id, self.chance.choice([Reported.JOINED] * 6 + [Reported.COMPLETED]))
            return
        what = self.chance.choice(NEWS[CallStatus(call.status)])
        if what is None:
            self.floor.answer(call.id)
        else:
            for _ in range(self.chance.randint(1, 2)):
                self.floor.report(call.id, what, key=f"storm:{what}")

    def say(self) -> None:
        talked = self.calls((Call.status == CallStatus.COMPLETED) & (Call.disposition == ""))
        if talked:
            call = self.chance.choice(talked)
            code = self.chance.choice(PLAIN_DISPOSITIONS)
            desk.record_disposition(self.floor.parts, call.agent_id or "", call.id, Said(code), self.floor.now)

    def agent(self) -> None:
        with self.floor.database.reading() as session:
            agent_id = self.chance.choice(list(session.scalars(select(Agent.id))))
        if self.chance.random() < 0.3:
            desk.pause(self.floor.parts, agent_id, "lunch", self.floor.now)
        else:
            desk.go_ready(self.floor.parts, agent_id, self.floor.now)

    def calls(self, condition: object) -> list[Call]:
        with self.floor.database.reading() as session:
            return list(session.scalars(select(Call).where(condition)))  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", [1, 2])
def test_everything_at_once_leaves_one_story_for_each_row(floor: Floor, database_url: str, seed: int) -> None:
    for _ in range(5):
        floor.add_ready_agent("de")
    campaign_id = floor.add_campaign(40, retry_minutes=1)
    second = Database(database_url)
    sides = (floor, floor.beside(second))
    storms = [Storm(sides[number % 2], campaign_id, seed * 10 + number) for number in range(4)]
    for _ in range(10):  # who comes when is chance: it goes on until enough has happened
        with ThreadPoolExecutor(4) as threads:
            for each in [threads.submit(storm.run) for storm in storms]:
                each.result()
        if len(calls_over(floor)) > 3:
            break
    second.dispose()
    assert_histories_are_unbroken(floor)
    assert_nobody_is_in_two_talks(floor)
    asked = Counter(order.call_id for order in floor.carrier.orders)
    assert set(asked.values()) == {1}
    with floor.database.reading() as session:
        assert campaigns.figures(session, campaign_id).total == 40
        qualified = set(session.scalars(select(Call.id).where(Call.disposition == "qualified")))
        assert sorted(session.scalars(select(Lead.call_id))) == sorted(qualified)
    assert len(calls_over(floor)) > 3


def calls_over(floor: Floor) -> list[str]:
    """The ids of calls to contacts that are over."""
    with floor.database.reading() as session:
        return list(session.scalars(select(Call.id).where(Call.kind == "contact", Call.status.in_(FINAL))))


def assert_histories_are_unbroken(floor: Floor) -> None:
    """Each change starts where the one before it ended, and the row is where the last one ended."""
    stories: tuple[tuple[Any, Any, str], ...] = (
        (Call, CallEvent, "call_id"),
        (Agent, AgentEvent, "agent_id"),
        (Contact, ContactEvent, "contact_id"),
    )
    with floor.database.reading() as session:
        for row, event, owner in stories:
            rows = {each.id: each.status for each in session.scalars(select(row))}
            at: dict[str, str] = {}
            for each in session.scalars(select(event).order_by(event.id)):
                row_id = getattr(each, owner)
                assert each.from_status == at.get(row_id, each.from_status), f"{row_id} jumped"
                at[row_id] = each.to_status
            assert {row_id: rows[row_id] for row_id in at} == at


def assert_nobody_is_in_two_talks(floor: Floor) -> None:
    """No two live calls have the same agent."""
    with floor.database.reading() as session:
        holding = session.scalars(
            select(Call.agent_id).where(Call.kind == "contact", Call.status.in_(["connecting", "bridged", "settling"]))
        )
        held = Counter(holding)
    assert all(count == 1 for count in held.values())
