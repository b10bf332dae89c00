"""A call floor for tests: campaigns, contacts, agents and a scripted carrier around a real database and a real Redis.

It does what the processes do, one step at a time, on a clock that starts on a Monday morning and can be put forward.
"""

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import structlog
from redis import Redis
from rq import Queue as RqQueue
from sqlalchemy import select

from campaigns import campaigns
from campaigns.campaigns import CampaignDraft
from campaigns.tables import Campaign, Contact, ContactEvent, ContactList
from dialer import agents, desk, lifecycle, placing
from dialer.agents import NewAgent
from dialer.desk import Said
from dialer.pacing.policy import Decision
from dialer.tables import Agent, AgentEvent, Call, CallEvent
from dialer.wiring import Parts
from foundation.clock import Clock
from foundation.database import Database
from foundation.live import Live
from foundation.queue import Queue, QueueName
from foundation.runtime import Runtime
from foundation.settings import Settings
from telephony.carrier import CallReport, Instruction, JoinRoom, Reported
from tests.grounds import add_grounds
from tests.integration.dialer.scripted_carrier import ScriptedCarrier

# An agent's, on a desk: to hang it up ends the talk.
HANDSET = "+41446681701"
# Ten in the morning in Zurich: lawful everywhere that the tests dial.
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
_keys = count(1)


class Floor:
    """One process's view of the floor. `beside` makes a second one on the same database."""

    def __init__(self, database: Database, redis: Redis, **settings: Any) -> None:
        wanted: dict[str, Any] = {"calls_per_second": 1000.0, "sweep_seconds": 0.1, "tick_seconds": 0.1}
        wanted |= {"secret_key": "only for tests, and long enough for one"} | settings
        self.settings = Settings(_env_file=None, database_url=database.url, **wanted)
        self.database = database
        self.redis = redis
        self.carrier = ScriptedCarrier()
        self.clock = Clock(1.0, START, time.time())
        # As in production: without the values of variables, which take seconds to draw and may be people's numbers.
        structlog.configure(processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()])

    @property
    def parts(self) -> Parts:
        """What the program works with, on the present clock."""
        runtime = Runtime(self.settings, self.clock, self.database, self.redis, Queue(self.redis), Live(self.redis))
        return Parts(runtime, self.carrier)

    @property
    def now(self) -> datetime:
        """The present moment."""
        return self.clock.now()

    def beside(self, database: Database) -> "Floor":
        """Another process on the same floor, with connections of its own and the same carrier and clock."""
        other = Floor(database, self.redis)
        other.settings, other.carrier, other.clock = self.settings, self.carrier, self.clock
        return other

    def wait(self, **span: float) -> datetime:
        """Put the clock forward; the moment it shows then."""
        self.clock = replace(self.clock, epoch_real=self.clock.epoch_real - timedelta(**span).total_seconds())
        return self.now

    # --- who and what is there

    def add_campaign(self, contacts: int = 1, *, languages: Sequence[str] = ("de",), **changes: Any) -> str:
        """A running campaign with so many contacts, their languages in turn; its id."""
        number = next(_keys)
        draft = replace(CampaignDraft(f"Campaign {number}", "+41446681800"), **changes)
        with self.database.transaction() as session:
            campaign_id = campaigns.create_campaign(session, draft, self.now).id
            session.add(_list_of(campaign_id, self.now))
            session.flush()
            session.add_all(
                _contact_of(campaign_id, number * 1000 + each, languages[each % len(languages)], self.now)
                for each in range(contacts)
            )
            session.flush()
            add_grounds(session, [campaign_id], draft.caller_number, self.now)
            if contacts:
                campaigns.start(session, campaign_id, self.now)
        return campaign_id

    def add_agent(self, *languages: str, campaign_id: str = "", phone: str = "") -> str:
        """An agent who is offline, at a browser unless a phone is given; its id."""
        number = next(_keys)
        where = phone or f"client:agent-{number}"
        new = NewAgent(f"Agent {number}", where, frozenset(languages or ("de",)), campaign_id)
        with self.database.transaction() as session:
            return agents.add_agent(session, new, self.now).id

    def add_ready_agent(self, *languages: str, campaign_id: str = "", phone: str = "") -> str:
        """An agent who is parked and waits for calls; its id."""
        agent_id = self.add_agent(*languages, campaign_id=campaign_id, phone=phone)
        desk.go_ready(self.parts, agent_id, self.now)
        self.park(agent_id)
        return agent_id

    def park(self, agent_id: str) -> str:
        """Let the call to an agent's phone be placed, answered and parked; the leg's id."""
        leg_id = self.agent(agent_id).leg_call_id
        self.place(leg_id)
        self.answer(leg_id)
        self.report(leg_id, Reported.JOINED)
        return leg_id

    def go_away(self, agent_id: str) -> None:
        """An agent takes no calls until further notice."""
        desk.pause(self.parts, agent_id, "break", self.now)

    def spoil_ready_since(self, agent_id: str, moment: datetime) -> None:
        """Let an agent have waited since then."""
        self.spoil(Agent, agent_id, ready_since=moment)

    # --- the steps of a call

    def tick(self, campaign_id: str, ticker: str = "ticker_1") -> Decision | None:
        """One tick of one ticker."""
        return lifecycle.dial_due_contacts(self.parts, campaign_id, ticker, self.now)

    def queue_one(self, campaign_id: str) -> str:
        """Tick, and the id of the one call that this queued."""
        before = set(self.call_ids())
        decision = self.tick(campaign_id)
        new = [call_id for call_id in self.call_ids() if call_id not in before]
        assert len(new) == 1, f"expected one call, {decision}"
        return new[0]

    def place(self, call_id: str) -> None:
        """Place one call as the dial worker does."""
        placing.place_call(self.parts, call_id)

    def report(self, call_id: str, what: Reported, key: str = "", **more: Any) -> None:
        """Apply one report, under a key of its own unless one is given."""
        report = CallReport(call_id, key or f"test:{next(_keys)}", what, **more)
        with self.database.transaction() as session:
            lifecycle.on_report(self.parts, session, report, self.now)

    def answer(self, call_id: str) -> Instruction:
        """The carrier asks what to do with a call that was picked up."""
        report = CallReport(call_id, "answer", Reported.ANSWERED)
        return lifecycle.on_answered(self.parts, call_id, report, self.now)

    def ring(self, campaign_id: str) -> str:
        """Dial one contact until the phone rings; the call's id."""
        call_id = self.queue_one(campaign_id)
        self.place(call_id)
        self.report(call_id, Reported.RINGING)
        return call_id

    def talk(self, campaign_id: str) -> str:
        """Dial one contact until they talk with an agent; the call's id."""
        call_id = self.ring(campaign_id)
        assert isinstance(self.answer(call_id), JoinRoom)
        self.report(call_id, Reported.JOINED)
        return call_id

    def hang_up(self, call_id: str) -> None:
        """The contact hangs up."""
        self.report(call_id, Reported.LEFT)
        self.report(call_id, Reported.COMPLETED, duration_seconds=90)

    def say(self, call_id: str, code: str, **more: Any) -> Call:
        """The call's agent says what came of it."""
        agent_id = self.call(call_id).agent_id
        assert agent_id is not None
        return desk.record_disposition(self.parts, agent_id, call_id, Said(code, **more), self.now)

    # --- what the rows say

    def call(self, call_id: str) -> Call:
        """The call as it is now."""
        with self.database.reading() as session:
            return session.get_one(Call, call_id)

    def call_ids(self, kind: str = "contact") -> list[str]:
        """The ids of all calls of one kind, the oldest first."""
        with self.database.reading() as session:
            return list(session.scalars(select(Call.id).where(Call.kind == kind).order_by(Call.queued_at, Call.id)))

    def agent(self, agent_id: str) -> Agent:
        """The agent as it is now."""
        with self.database.reading() as session:
            return session.get_one(Agent, agent_id)

    def campaign(self, campaign_id: str) -> Campaign:
        """The campaign as it is now."""
        with self.database.reading() as session:
            return session.get_one(Campaign, campaign_id)

    def contact_of(self, call_id: str) -> Contact:
        """The contact of a call, as it is now."""
        with self.database.reading() as session:
            return session.get_one(Contact, session.get_one(Call, call_id).contact_id)

    def contacts(self, campaign_id: str) -> list[Contact]:
        """All contacts of a campaign."""
        with self.database.reading() as session:
            return list(session.scalars(select(Contact).where(Contact.campaign_id == campaign_id).order_by(Contact.id)))

    def call_history(self, call_id: str) -> list[str]:
        """Every status that a call entered, in order."""
        with self.database.reading() as session:
            events = session.scalars(select(CallEvent).where(CallEvent.call_id == call_id).order_by(CallEvent.id))
            return [event.to_status for event in events if event.from_status != event.to_status]

    def agent_history(self, agent_id: str) -> list[str]:
        """Every status that an agent entered, in order."""
        with self.database.reading() as session:
            events = session.scalars(select(AgentEvent).where(AgentEvent.agent_id == agent_id).order_by(AgentEvent.id))
            return [event.to_status for event in events]

    def contact_history(self, contact_id: str) -> list[tuple[str, str]]:
        """Every place in line that a contact got, with why, in order."""
        with self.database.reading() as session:
            events = session.scalars(
                select(ContactEvent).where(ContactEvent.contact_id == contact_id).order_by(ContactEvent.id)
            )
            return [(event.to_status, event.why) for event in events]

    def take_jobs(self, queue: QueueName = QueueName.DIAL) -> list[tuple[str, Any]]:
        """The jobs on a queue, with their first argument, the oldest first; the queue is empty then."""
        jobs = RqQueue(queue.value, connection=self.redis, serializer="json").jobs
        taken = [(str(job.func_name), job.args[0]) for job in jobs]
        self.redis.flushall()
        return taken

    def spoil(self, row: type[Any], row_id: str, **columns: Any) -> None:
        """Put a row into a state that only a crash leaves behind."""
        with self.database.transaction() as session:
            found = session.get_one(row, row_id)
            for name, value in columns.items():
                setattr(found, name, value)


def placing_job(*call_ids: str) -> tuple[str, list[str]]:
    """The job that places these calls."""
    return "dialer.jobs.place_calls", list(call_ids)


def hang_up_job(call_id: str) -> tuple[str, str]:
    """The job that ends this call."""
    return "dialer.jobs.hang_up_call", call_id


def as_json(value: object) -> str:
    """A value as JSON, to look for things in it."""
    return json.dumps(value, default=str)


def _list_of(campaign_id: str, now: datetime) -> ContactList:
    return ContactList(
        id=f"list_{campaign_id[9:]}",
        campaign_id=campaign_id,
        file_name="contacts.csv",
        content_hash="0",
        encoding="utf-8",
        delimiter=";",
        imported_at=now,
    )


def _contact_of(campaign_id: str, number: int, language: str, now: datetime) -> Contact:
    return Contact(
        id=f"contact_{number:010}",
        campaign_id=campaign_id,
        list_id=f"list_{campaign_id[9:]}",
        row_number=number,
        phone_number=f"+4144{number:07}",
        number_country="CH",
        company=f"Beispiel {number} AG",
        language=language,
        postcode="8005",
        canton="ZH",
        not_before=now - timedelta(minutes=5),
        status_since=now,
    )
