"""The app for people with one person of each role, a campaign, a contact, a call, leads and two partners' offers."""

import socket
import ssl
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import httpx
import uvicorn
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.api_tokens import create_token
from accounts.sessions import open_session
from accounts.tables import Role
from accounts.users import NewUser, create_user
from campaigns.campaigns import CampaignDraft, create_campaign, start
from campaigns.import_contacts import import_list
from campaigns.tables import Contact
from campaigns.uploads import receive
from compliance.tables import LawfulGround
from dialer import calls
from dialer.agents import NewAgent, add_agent, go_ready
from dialer.call_states import CallStatus
from dialer.event_answers import event_terms
from dialer.tables import Agent, Call
from dialer.wiring import Parts, build_parts
from events import event_acts
from events.event_book import EventDraft, create_event, set_campaigns
from events.seat_book import Answer, Guest, take_answer
from foundation.settings import load_settings
from leads import disclosures
from leads.disclosures import Reader, Way
from leads.dispute_book import Filing, add_dispute
from leads.dispute_states import DisputeKind
from leads.endpoints import NewEndpoint, SecretBox, register
from leads.facts import Policy
from leads.import_partners import import_partners
from leads.lead_book import LeadDraft, open_lead
from leads.offers import Making, make_offer
from leads.policy_lab import Asking, keep_trial, trial_of
from leads.privacy import RequestKind, ask_partners
from leads.routing import route
from leads.tables import Delivery
from tests.databases import ENGINES
from tests.grounds import add_grounds
from web.access import SESSION_COOKIE
from web.app import create_app, stand_on
from web.uploading import shelf_of

CONTACTS = (
    "Firma;Ansprechperson;Telefon;Sprache;PLZ;Ort\r\n"
    "Muster <b>AG</b>;Herr Muster;044 668 18 00;de;8005;Zürich\r\n"
    "Exemple SA;Mme Exemple;022 555 01 02;fr;1201;Genève\r\n"
    "Keine Nummer GmbH;Frau Niemand;;de;3000;Bern\r\n"
).encode("cp1252")
PARTNERS = (
    b"name;email;languages;cantons;postcodes;solutions;min_employees;max_employees;weekly_capacity;known_customers\r\n"
    b"Musterpartner Eins;eins@example.ch;de fr;;;cloud erp;1;500;10;\r\n"
    b"Musterpartner Zwei;zwei@example.ch;de fr;;;cloud erp;1;500;10;\r\n"
)

# By all that the routes and headers of an app depend on.
_SPARE_APPS: defaultdict[tuple[object, ...], list[FastAPI]] = defaultdict(list)

OPENING = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
# The bench speaks plain HTTP; reading the machine's certificates anew for each client took most of a short test.
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@dataclass
class Bench:
    """The app, the parts under it, and the ids of what is in its database."""

    app: FastAPI
    parts: Parts
    url: str
    clients: list[httpx.Client] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    sessions: dict[Role, tuple[str, str]] = field(default_factory=dict)
    tokens: dict[Role, str] = field(default_factory=dict)

    def now(self) -> datetime:
        """The program's time."""
        return self.parts.clock.now()

    def browser(self, role: Role | None = None, *, language: str = "en") -> httpx.Client:
        """A browser, signed in in this role or not at all, that follows no redirection by itself."""
        client = self._client(self.url)
        client.headers.update({"sec-fetch-site": "same-origin", "accept-language": language})
        if role is not None:
            token, csrf_token = self.sessions[role]
            client.cookies.set(SESSION_COOKIE, token)
            client.headers["x-csrf-token"] = csrf_token
        return client

    def program(self, role: Role | None = None) -> httpx.Client:
        """A client of the API with the token of this role, or with none."""
        client = self._client(f"{self.url}/api/v1")
        if role is not None:
            client.headers["authorization"] = f"Bearer {self.tokens[role]}"
        return client

    def add_agent(self, *languages: str) -> str:
        """One more agent, offline; its id."""
        with self.parts.database.transaction() as session:
            new = NewAgent("One more", f"client:{'-'.join(languages)}", frozenset(languages))
            return add_agent(session, new, self.now()).id

    def _client(self, url: str) -> httpx.Client:
        client = httpx.Client(base_url=url, follow_redirects=False, timeout=20, trust_env=False, verify=_NO_TLS)
        self.clients.append(client)
        return client


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """The app on a free port of this machine, as its address, until the block ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_config=None, ws="none", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the app did not start"
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


@contextmanager
def app_on(parts: Parts) -> Iterator[FastAPI]:
    """The app on these parts. Routes take a third of a second to put together, so apps not in use are used again."""
    settings = parts.settings
    spare = _SPARE_APPS[settings.upload_megabytes, settings.secure_cookies, parts.carrier.browser_phone()]
    if spare:
        app = spare.pop()
        stand_on(app, parts)
    else:
        app = create_app(parts)
    yield app
    spare.append(app)


@contextmanager
def running_bench(database_url: str, redis_url: str, folder: Path, **changed: object) -> Iterator[Bench]:
    """A bench on a migrated database; `changed` are settings that differ from the usual ones."""
    settings = load_settings(
        _env_file=None,
        data_dir=folder,
        database_url=database_url,
        redis_url=redis_url,
        # It is always a Tuesday morning, when it is lawful to call.
        clock_origin=OPENING,
        clock_epoch_real=time.time(),
        **changed,
    )
    built = build_parts(settings)
    with ENGINES.on(database_url) as database, closing(built.runtime.redis):
        parts = replace(built, runtime=replace(built.runtime, database=database))
        with app_on(parts) as app, serving(app) as url:
            bench = Bench(app, parts, url)
            _fill(bench)
            yield bench
            for client in bench.clients:
                client.close()


def _fill(bench: Bench) -> None:
    now, database = bench.now(), bench.parts.database
    partners = import_partners(database, PARTNERS, now)
    bench.ids["partner"], bench.ids["other_partner"] = partners.partner_ids
    with database.transaction() as session:
        scripts = {"de": "Guten Tag {{person}}, hier ist {{agent}} für {{company}}."}
        campaign = create_campaign(session, CampaignDraft("Autumn", "+41446681800", scripts=scripts), now)
        agent = add_agent(session, NewAgent("Agent One", "client:one", frozenset({"de"})), now)
        bench.ids |= {"campaign": campaign.id, "agent": agent.id}
    report = import_list(database, bench.ids["campaign"], "contacts.csv", CONTACTS, None, now)
    bench.ids["list"] = report.list_id
    bench.ids["upload"] = receive(shelf_of(bench.parts), bench.ids["campaign"], "next.csv", BytesIO(CONTACTS))
    _add_event(bench, now)
    with database.transaction() as session:
        add_grounds(session, [bench.ids["campaign"]], "+41446681800", now)
        bench.ids["ground"] = session.scalars(select(LawfulGround.id)).one()
        start(session, bench.ids["campaign"], now)
        _add_people(bench, session, now)
        _add_endpoint(bench, session, now)
        _add_leads(bench, session, now)
        bench.ids["message"] = session.scalars(
            select(Delivery.message_id)
            .where(Delivery.endpoint_id == bench.ids["endpoint"], Delivery.offer_id == bench.ids["offer_1"])
            .limit(1)
        ).one()
        shown = Reader(bench.ids["partner"], bench.ids["user_partner"], Way.PAGE)
        disclosures.note(session, [bench.ids["lead_1"]], shown, now)
        _, tasks = ask_partners(session, RequestKind.WITHDRAWAL, [bench.ids["lead_1"]], "user_1", now)
        bench.ids["task"] = tasks[0].id


def _add_event(bench: Bench, now: datetime) -> None:
    """An event that the campaign invites to, with one guest."""
    starts, terms = now + timedelta(days=20), event_terms(now)
    title = {"de": "Werkstatt Cloud", "fr": "Atelier Cloud"}
    with bench.parts.database.transaction() as session:
        event = create_event(session, EventDraft(title, starts, starts + timedelta(hours=3), 2, place="Bern"), now)
        set_campaigns(session, event, [bench.ids["campaign"]])
        event = event_acts.open_event(session, event.id, terms)
        guest = Guest("guest_1", "Muster <b>AG</b>", "Kim Gast", "kim@example.ch", language="de")
        bench.ids |= {"event": event.id, "seat": take_answer(session, event, guest, Answer.YES, terms).id}


def _add_people(bench: Bench, session: Session, now: datetime) -> None:
    links = {Role.AGENT: {"agent_id": bench.ids["agent"]}, Role.PARTNER: {"partner_id": bench.ids["partner"]}}
    for role in Role:
        new = NewUser(f"{role}@example.ch", f"Test {role}", role, **links.get(role, {}))
        user = create_user(session, new, now)
        bench.ids[f"user_{role}"] = user.id
        opened = open_session(session, user.id, hours=1, now=now)
        bench.sessions[role] = (opened.token, opened.csrf_token)
        made = create_token(session, user.id, "test", now=now)
        bench.tokens[role] = made.secret
        bench.ids[f"token_{role}"] = made.id


def _add_endpoint(bench: Bench, session: Session, now: datetime) -> None:
    box = SecretBox(bench.parts.settings)
    wanted = NewEndpoint(bench.ids["partner"], "https://hook.example/halali", "user_1")
    bench.ids["endpoint"] = register(session, box, wanted, now)[0].id


def _add_leads(bench: Bench, session: Session, now: datetime) -> None:
    contact = session.scalars(select(Contact).order_by(Contact.id)).first()
    assert contact is not None
    bench.ids["contact"] = contact.id
    draft = LeadDraft(
        call_id="call_lead_routed",
        contact_id=contact.id,
        campaign_id=contact.campaign_id,
        company="Routed AG",
        person="Herr Kunde",
        phone_number="+41446681801",
        email="kunde@example.ch",
        language="de",
        postcode="8005",
        canton="ZH",
        employees=25,
        uid="",
        existing_partner="",
        answers={"solution": "cloud"},
        notes="secret notes",
    )
    for number, partner in enumerate(("partner", "other_partner"), 1):
        lead = open_lead(session, replace(draft, call_id=f"call_lead_{number}", company=f"Customer {number} AG"), now)
        offer = make_offer(session, lead, bench.ids[partner], Making("turn", Policy(), now))
        bench.ids |= {f"lead_{number}": lead.id, f"offer_{number}": offer.id}
    routed = open_lead(session, draft, now)
    route(session, routed.id, Policy(), now)
    bench.ids["lead_routed"] = routed.id
    filing = Filing(
        routed.id, 1, bench.ids["partner"], DisputeKind.OTHER, "Why not us?", "user", now, now + timedelta(days=3)
    )
    asking = Asking(10, "user", now)
    bench.ids["lab"] = keep_trial(session, Policy(max_offers=4), trial_of(session, Policy(max_offers=4), 10), asking).id
    bench.ids["dispute"] = add_dispute(session, filing).id


def put_call_behind(bench: Bench, code: str = "not_interested") -> str:
    """The agent has talked to the first contact and said what came of it, just now; the call's id."""
    call_id = put_call_on_desk(bench)
    with bench.parts.database.transaction() as session:
        call, agent = session.get_one(Call, call_id), session.get_one(Agent, bench.ids["agent"])
        call.status, call.disposition, call.disposition_at = CallStatus.COMPLETED, code, bench.now()
        agent.current_call_id = ""
    return call_id


def put_call_on_desk(bench: Bench) -> str:
    """The agent talks to the first contact; the call's id."""
    now = bench.now()
    with bench.parts.database.transaction() as session:
        contact = session.get(Contact, bench.ids["contact"])
        agent = session.get(Agent, bench.ids["agent"])
        assert contact is not None
        assert agent is not None
        call = calls.queue_call(
            session,
            Call(
                id=calls.new_call_id(),
                kind="contact",
                campaign_id=contact.campaign_id,
                contact_id=contact.id,
                attempt_number=1,
                agent_id=agent.id,
                language="de",
                to_number=contact.phone_number,
                from_number="+41446681800",
                status=CallStatus.BRIDGED,
                status_since=now,
                queued_at=now,
                bridged_at=now - timedelta(seconds=5),
            ),
        )
        go_ready(session, agent, is_parked=True, now=now)
        agent.leg_call_id = "call_leg"
        agent.current_call_id = call.id
        return call.id
