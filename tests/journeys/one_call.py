"""One contact, one campaign, one agent: what a journey does with them, and what it may look at."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

import aiohttp
from sqlalchemy import select

from accounts import users
from accounts.api_tokens import create_token
from accounts.tables import Role
from campaigns.campaigns import CampaignDraft
from campaigns.tables import Campaign, Contact
from cli.campaign_commands import start_recorded
from cli.campaign_rows import create_recorded
from cli.importing import import_recorded
from cli.rehearsal.api import Api
from dialer.agents import NewAgent, add_agent
from dialer.call_states import FINAL
from dialer.lost_line_book import lines_of
from dialer.tables import Agent, Call, InboxEntry
from dialer.transfer_tables import LiveTransfer
from leads.facts import Profile
from leads.partners import save_partner
from leads.tables import Lead, Offer
from tests.grounds import state_grounds
from tests.journeys.theatre import Hands, Theatre, seen

CALLER_NUMBER = "+41446681800"
RING_SECONDS = 120
_LIST = (
    "Firma;Ansprechperson;Telefon;Sprache;PLZ;Ort;Kanton;Mitarbeitende\n"
    "Muster {name} AG;Frau Muster;{number};de;8001;Zürich;ZH;20\n"
)


@dataclass
class Journey:
    """One call from the list to its end. `number` is the contact's, `phone` the agent's."""

    theatre: Theatre
    http: aiohttp.ClientSession
    hands: Hands
    name: str
    number: str
    campaign_id: str = ""
    agent_id: str = ""
    _token: str = ""

    @property
    def phone(self) -> str:
        """The agent's phone."""
        return f"client:{self.name}"

    # --- what is done ------------------------------------------------------------------------------------------------

    def prepare(self, *, detect_machines: bool = False, allows_live_transfer: bool = False) -> None:
        """A campaign with a list of one, and an agent who works on nothing else."""
        runtime, now = self.theatre.runtime, self.theatre.runtime.clock.now()
        draft = CampaignDraft(
            name=self.name,
            announced_as="Muster Vertrieb",
            caller_number=CALLER_NUMBER,
            max_attempts=1,
            ring_timeout_seconds=RING_SECONDS,
            wrap_up_seconds=3600,
            detect_machines=detect_machines,
            allows_live_transfer=allows_live_transfer,
            scripts={"de": "Guten Tag {{person}}, hier ist {{agent}}."},
        )
        self.campaign_id = create_recorded(runtime, draft).id
        listed = _LIST.format(name=self.name, number=self.number).encode()
        report = import_recorded(runtime, self.campaign_id, "one.csv", BytesIO(listed))
        assert report.accepted == 1, report
        state_grounds(runtime, self.campaign_id, CALLER_NUMBER)
        with runtime.database.transaction() as session:
            new = NewAgent(self.name, self.phone, frozenset({"de"}), self.campaign_id)
            self.agent_id = add_agent(session, new, now).id
            email = f"{self.agent_id}@journey.invalid"
            user = users.create_user(session, users.NewUser(email, self.name, Role.AGENT, agent_id=self.agent_id), now)
            self._token = create_token(session, user.id, "journey", now=now).secret

    def add_live_partner(self, live_number: str) -> str:
        """A partner who takes live calls at any hour; its id."""
        profile = Profile(
            f"Live {self.name} AG", True, ("de",), ("ZH",), (), ("cloud",), None, None, 50,
            takes_live_calls=True, live_number=live_number, live_hours="00:00-24:00",
        )  # fmt: skip
        with self.theatre.runtime.database.transaction() as session:
            return save_partner(session, profile, "", self.theatre.runtime.clock.now()).partner.id

    def turn_agentless(self) -> None:
        """From now on whoever answers hears the script as a message, whatever the law says."""
        with self.theatre.runtime.database.transaction() as session:
            session.get_one(Campaign, self.campaign_id).pacing_mode = "agentless"

    async def begin(self) -> None:
        """The agent goes ready, then the campaign starts."""
        await self.agent.post("/agents/me/ready")
        await self.agent_is("ready")
        start_recorded(self.theatre.runtime, self.campaign_id)

    @property
    def agent(self) -> Api:
        """The agent's way in."""
        return Api(self.http, self.theatre.settings.web_url, self._token)

    def partner(self, partner_id: str) -> Api:
        """The way in of a partner."""
        runtime, now = self.theatre.runtime, self.theatre.runtime.clock.now()
        with runtime.database.transaction() as session:
            new = users.NewUser(
                f"{self.agent_id}-partner@journey.invalid", "Partner", Role.PARTNER, partner_id=partner_id
            )
            user = users.create_user(session, new, now)
            token = create_token(session, user.id, "journey", now=now)
        return Api(self.http, self.theatre.settings.web_url, token.secret)

    async def say(self, code: str, **more: Any) -> None:
        """The agent says what came of the call."""
        await self.agent.post("/agents/me/disposition", {"call_id": self.call().id, "code": code, **more})

    async def ask_for_partner(self) -> None:
        """The agent notes a hot lead and asks for a partner who takes it now."""
        noted = {"call_id": self.call().id, "answers": {"solutions": ["cloud"]}, "is_hot": True}
        await self.agent.put("/agents/me/draft", noted)
        await self.agent.post("/agents/me/transfer", {"call_id": self.call().id})

    async def hand_over(self) -> None:
        """The agent leaves customer and partner to their talk."""
        await self.agent.post("/agents/me/transfer/hand-over", {"call_id": self.call().id})

    async def lose_browser(self) -> None:
        """The agent's browser is gone in the talk, and whichever page is there next says so."""
        await self.hands.act(await self.hands.line_of(self.phone, "in-progress"), "hang_up")
        await self.agent.post("/agents/me/line")

    # --- what is seen ------------------------------------------------------------------------------------------------

    def calls(self) -> list[Call]:
        """The attempts on this contact."""
        with self.theatre.runtime.database.reading() as session:
            return list(session.scalars(select(Call).where(Call.campaign_id == self.campaign_id)))

    def call(self) -> Call:
        """The only attempt."""
        (call,) = self.calls()
        return call

    def contact(self) -> Contact:
        """The contact."""
        with self.theatre.runtime.database.reading() as session:
            return session.scalars(select(Contact).where(Contact.campaign_id == self.campaign_id)).one()

    def agent_row(self) -> Agent:
        """The agent."""
        with self.theatre.runtime.database.reading() as session:
            return session.get_one(Agent, self.agent_id)

    def lead(self) -> Lead | None:
        """The lead that came of the call."""
        with self.theatre.runtime.database.reading() as session:
            return session.scalar(select(Lead).where(Lead.call_id == self.call().id))

    def offers(self) -> list[Offer]:
        """The offers of the lead, in their order."""
        with self.theatre.runtime.database.reading() as session:
            made = select(Offer).join(Lead, Lead.id == Offer.lead_id).where(Lead.call_id == self.call().id)
            return list(session.scalars(made.order_by(Offer.number)))

    def live_offer(self) -> Offer | None:
        """The offer that waits for an answer."""
        return next((offer for offer in self.offers() if offer.status == "live"), None)

    def inbox(self, call_id: str) -> list[InboxEntry]:
        """The callbacks that were kept for a call."""
        with self.theatre.runtime.database.reading() as session:
            return list(session.scalars(select(InboxEntry).where(InboxEntry.call_id == call_id)))

    def transfer(self) -> LiveTransfer | None:
        """The live transfer of the call."""
        with self.theatre.runtime.database.reading() as session:
            return session.get(LiveTransfer, self.call().id)

    async def transfer_is(self, status: str) -> LiveTransfer:
        """Wait until the live transfer has this status."""
        return await seen(
            lambda: one if (one := self.transfer()) is not None and one.status == status else None,
            f"{self.name}: transfer {status}",
        )

    async def line_is(self, *losses: str) -> None:
        """Wait until the agent's line has been lost so often, each loss ending so."""

        def look() -> bool:
            with self.theatre.runtime.database.reading() as session:
                return [one.status for one in lines_of(session, self.call().id)] == list(losses)

        await seen(look, f"{self.name}: line {losses}")

    async def is_over(self, call_id: str) -> None:
        """Wait until another call than the attempt has ended."""

        def look() -> bool:
            with self.theatre.runtime.database.reading() as session:
                return session.get_one(Call, call_id).status in FINAL

        await seen(look, f"{self.name}: call over")

    async def agent_is(self, status: str) -> None:
        """Wait until the agent has this status."""
        await seen(lambda: self.agent_row().status == status, f"{self.name}: agent {status}")

    async def call_is(self, *statuses: str) -> Call:
        """Wait until the only attempt has one of these statuses."""
        return await seen(
            lambda: next((call for call in self.calls() if call.status in statuses), None),
            f"{self.name}: call {' or '.join(statuses)}",
        )

    async def ends(self, outcome: str, *statuses: str) -> Call:
        """Wait until the contact is done so; one attempt, one call at the carrier, nothing left undone, agent free."""
        await seen(lambda: self.contact().status == "done", f"{self.name}: contact done")
        call = await self.call_is(*statuses)
        assert self.contact().outcome == outcome
        assert call.status in FINAL
        books = await self.hands.summary()
        assert books["placed_by_number"][self.number] == 1
        assert call.carrier_sid in {each["sid"] for each in books["prospects"] if each["to"] == self.number}
        await seen(lambda: all(each.applied_at for each in self.inbox(call.id)), f"{self.name}: callbacks applied")
        return call
