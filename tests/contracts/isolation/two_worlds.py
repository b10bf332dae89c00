"""Two partners and two agents who each have one of everything, and what there was and is no more.

Whoever adds a kind of thing that belongs to a partner or an agent adds a maker here: the contract fails until then.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

import httpx
from sqlalchemy import String, delete, select
from sqlalchemy.orm import Session

from accounts.sessions import open_session
from accounts.tables import Role
from accounts.users import NewUser, create_user
from campaigns.tables import Contact
from dialer import calls, contact_calls
from dialer.call_states import CallStatus
from dialer.event_answers import event_terms
from dialer.tables import Agent, Call, ContactPreview
from events import event_acts
from events.event_book import EventDraft, create_event, set_campaigns
from foundation.database import Table
from foundation.ids import new_id
from leads import claims, kept_inputs, offers
from leads.candidates import gather
from leads.claims import ClaimDraft
from leads.dispute_book import Filing, add_dispute
from leads.dispute_states import DisputeKind
from leads.endpoints import NewEndpoint, SecretBox, register, switch_off
from leads.facts import Policy
from leads.lead_book import LeadDraft, open_lead
from leads.privacy import RequestKind, ask_partners
from leads.promise_tables import ProtectionWindow
from leads.protection import Decision, local_day
from leads.ranking import choose
from leads.tables import Delivery, Lead, Offer, RoutingRound
from tests.web_bench import Bench

# What tells whose a thing is, in every text that somebody could write.
OWN_MARK, OTHERS_MARK = "Ownmark", "Othersmark"


@dataclass
class Worlds:
    """By the name of a path or body field: the ids that are one's own, another's, and no more there."""

    bench: Bench
    own: dict[str, list[str]] = field(default_factory=dict)
    others: dict[str, list[str]] = field(default_factory=dict)
    gone: dict[str, list[str]] = field(default_factory=dict)
    clients: dict[tuple[Role, bool], httpx.Client] = field(default_factory=dict)

    def client(self, role: Role, *, is_page: bool) -> httpx.Client:
        """The browser or program of the one side's person in this role."""
        if (role, is_page) not in self.clients:
            made = self.bench.browser(role) if is_page else self.bench.program(role)
            made.headers["hx-request"] = "true"
            self.clients[role, is_page] = made
        return self.clients[role, is_page]

    def all_of_others(self) -> set[str]:
        """Every id of another's."""
        return {one for ids in self.others.values() for one in ids}


@dataclass(frozen=True)
class Side:
    """One of the two: its partner and agent, and the mark in all its texts."""

    partner_id: str
    agent_id: str
    mark: str


def make_worlds(bench: Bench) -> Worlds:
    """Both sides, filled."""
    worlds = Worlds(bench)
    other_agent = bench.add_agent("fr")
    sides = (
        (worlds.own, Side(bench.ids["partner"], bench.ids["agent"], OWN_MARK)),
        (worlds.others, Side(bench.ids["other_partner"], other_agent, OTHERS_MARK)),
    )
    for ids, side in sides:
        ids |= {"partner_id": [side.partner_id], "agent_id": [side.agent_id]}
        _fill(bench, ids, side)
    _fill(bench, worlds.gone, Side(bench.ids["partner"], bench.ids["agent"], "Gonemark"))
    with bench.parts.database.transaction() as session:
        _forget(session, worlds.gone)
        user = create_user(
            session,
            NewUser("other@example.ch", f"Person {OTHERS_MARK}", Role.PARTNER, partner_id=bench.ids["other_partner"]),
            bench.now(),
        )
        open_session(session, user.id, hours=1, now=bench.now())
    worlds.gone |= {"partner_id": ["partner_gone"], "agent_id": ["agent_gone"]}
    return worlds


def add_to_others(bench: Bench, worlds: Worlds) -> None:
    """The other side gets one more of everything."""
    more: dict[str, list[str]] = {}
    side = Side(worlds.others["partner_id"][0], worlds.others["agent_id"][0], OTHERS_MARK)
    _fill(bench, more, side)
    for name, ids in more.items():
        worlds.others[name] = [*worlds.others.get(name, []), *ids]


def _fill(bench: Bench, ids: dict[str, list[str]], side: Side) -> None:
    for make in MAKERS:
        with bench.parts.database.transaction() as session:
            for name, made in make(bench, session, side).items():
                ids[name] = [*ids.get(name, []), *made]


def _lead(bench: Bench, session: Session, side: Side) -> tuple[Lead, Offer]:
    draft = LeadDraft(
        call_id=new_id("call"),
        contact_id=bench.ids["contact"],
        campaign_id=bench.ids["campaign"],
        company=f"Company {side.mark}",
        person=f"Person {side.mark}",
        phone_number="+41446681802",
        email=f"{side.mark.lower()}@example.ch",
        language="de",
        postcode="8005",
        canton="ZH",
        employees=25,
        uid="",
        existing_partner="",
        answers={"solution": "cloud", "need": f"Need {side.mark}"},
        notes=f"Notes {side.mark}",
        wish=f"Wish {side.mark}",
    )
    lead = open_lead(session, draft, bench.now())
    making = offers.Making("turn", Policy(), bench.now())
    return lead, offers.make_offer(session, lead, side.partner_id, making)


def live_offer(bench: Bench, session: Session, side: Side) -> dict[str, list[str]]:
    """A lead that waits for the partner's answer."""
    _, offer = _lead(bench, session, side)
    return {"offer_id": [offer.id]}


def accepted_lead(bench: Bench, session: Session, side: Side) -> dict[str, list[str]]:
    """A lead that the partner has taken."""
    lead, offer = _lead(bench, session, side)
    offers.accept(session, offer.id, offers.Reply(side.partner_id, f"user_{side.mark}", bench.now()))
    return {"lead_id": [lead.id], "offer_id": [offer.id]}


def routed_lead(bench: Bench, session: Session, side: Side) -> dict[str, list[str]]:
    """A lead that went by a decision in which this partner was the only candidate, and its dispute of it."""
    lead, _ = _lead(bench, session, side)
    inputs = gather(session, lead, Policy(), bench.now()).inputs
    inputs = replace(inputs, partners=tuple(one for one in inputs.partners if one.partner_id == side.partner_id))
    plain, choice = kept_inputs.written(inputs), choose(inputs)
    session.add(
        RoutingRound(
            lead_id=lead.id,
            number=1,
            at=bench.now(),
            partner_id=choice.partner_id,
            basis=choice.basis,
            policy_mark=inputs.policy.mark,
            inputs=kept_inputs.pack(plain),
            digest=kept_inputs.digest_of(plain, choice),
        )
    )
    filing = Filing(
        lead.id, 1, side.partner_id, DisputeKind.OTHER, f"Text {side.mark}", "user", bench.now(), bench.now()
    )
    dispute = add_dispute(session, filing)
    return {"routed_id": [lead.id], "dispute_id": [dispute.id]}


def claim_and_protection(bench: Bench, session: Session, side: Side) -> dict[str, list[str]]:
    """A relation that the partner claims, and a deal of its own that is registered and protected."""
    today = local_day(bench.now())
    evidence = f"Contract {side.mark}"
    contract = ClaimDraft("running", f"Firm {new_id('x')} {side.mark}", evidence, today, today)
    claim = claims.ask(session, side.partner_id, contract, f"user_{side.mark}", bench.now())
    person = f"Person {side.mark}"
    deal = ClaimDraft("registered", f"Deal {new_id('x')} {side.mark}", evidence, today, person=person, solution="erp")
    registered = claims.ask(session, side.partner_id, deal, f"user_{side.mark}", bench.now())
    claims.decide(session, registered.id, Decision(True, "", "user_staff", bench.now()))
    window = session.scalars(select(ProtectionWindow).where(ProtectionWindow.claim_id == registered.id)).one()
    return {"claim_id": [claim.id, registered.id], "protection_id": [window.id]}


def call_of_agent(bench: Bench, session: Session, side: Side) -> dict[str, list[str]]:
    """A call that the agent is in."""
    contact = session.get_one(Contact, bench.ids["contact"])
    call = calls.queue_call(
        session,
        Call(
            id=calls.new_call_id(),
            kind="contact",
            campaign_id=contact.campaign_id,
            contact_id=contact.id,
            attempt_number=sum(one.attempts for one in contact_calls.earlier_of(session, [contact.id]).values()) + 1,
            agent_id=side.agent_id,
            language="de",
            to_number=contact.phone_number,
            from_number="+41446681800",
            status=CallStatus.BRIDGED,
            status_since=bench.now(),
            queued_at=bench.now(),
            bridged_at=bench.now() - timedelta(seconds=5),
        ),
    )
    if side.mark == OTHERS_MARK:
        session.get_one(Agent, side.agent_id).current_call_id = call.id
    return {"call_id": [call.id]}


def preview_of_agent(bench: Bench, session: Session, side: Side) -> dict[str, list[str]]:
    """A contact that the agent looked at; over, as a contact is looked at by one at a time."""
    preview = ContactPreview(
        id=new_id("preview"),
        campaign_id=bench.ids["campaign"],
        contact_id=bench.ids["contact"],
        agent_id=side.agent_id,
        language="de",
        shown_at=bench.now() - timedelta(minutes=2),
        lapses_at=bench.now() - timedelta(minutes=1),
        ended_at=bench.now() - timedelta(minutes=1),
        ended_as="lapsed",
    )
    session.add(preview)
    return {"preview_id": [preview.id]}


def webhook_of_partner(bench: Bench, session: Session, side: Side) -> dict[str, list[str]]:
    """An address that is told of events, and a message to it."""
    box = SecretBox(bench.parts.settings)
    wanted = NewEndpoint(side.partner_id, f"https://hook.example/{side.mark}/{new_id('e')}", f"user_{side.mark}")
    endpoint, _ = register(session, box, wanted, bench.now())
    _, offer = _lead(bench, session, side)
    told = select(Delivery.message_id).where(Delivery.endpoint_id == endpoint.id, Delivery.offer_id == offer.id)
    message_ids = list(session.scalars(told))
    switch_off(session, side.partner_id, endpoint.id, bench.now())
    return {"endpoint_id": [endpoint.id], "message_id": message_ids, "offer_id": [offer.id]}


def task_of_partner(bench: Bench, session: Session, side: Side) -> dict[str, list[str]]:
    """A customer that took its consent back after the partner had seen the contact."""
    lead, offer = _lead(bench, session, side)
    offers.accept(session, offer.id, offers.Reply(side.partner_id, f"user_{side.mark}", bench.now()))
    request, tasks = ask_partners(session, RequestKind.WITHDRAWAL, [lead.id], "user_1", bench.now())
    # The request is the customer's, and no partner's: it goes with its tasks.
    return {"task_id": [task.id for task in tasks], "lead_id": [lead.id], "offer_id": [offer.id], "asked": [request.id]}


def event_of_campaign(bench: Bench, session: Session, side: Side) -> dict[str, list[str]]:
    """An event that the agent's campaign invites to; the other side's is invited to by no campaign of the agent's."""
    starts = bench.now() + timedelta(days=9)
    draft = EventDraft({"de": f"Workshop {side.mark}"}, starts, starts + timedelta(hours=1), 5)
    event = create_event(session, draft, bench.now())
    event_acts.open_event(session, event.id, event_terms(bench.now()))
    if side.mark != OTHERS_MARK:
        set_campaigns(session, event, [bench.ids["campaign"]])
    return {"event_id": [event.id]}


MAKERS: tuple[Callable[[Bench, Session, Side], dict[str, list[str]]], ...] = (
    live_offer,
    accepted_lead,
    claim_and_protection,
    routed_lead,
    call_of_agent,
    preview_of_agent,
    webhook_of_partner,
    task_of_partner,
    event_of_campaign,
)


def _forget(session: Session, gone: dict[str, list[str]]) -> None:
    """Delete every row that is one of these things, or that names one of them."""
    ids = {one for name, known in gone.items() for one in known if name not in {"partner_id", "agent_id"}}
    ids |= {session.get_one(Offer, offer_id).lead_id for offer_id in gone["offer_id"]}
    for table in reversed(Table.metadata.sorted_tables):
        for column in table.columns:
            if isinstance(column.type, String) and (column.name == "id" or column.name.endswith("_id")):
                session.execute(delete(table).where(column.in_(ids)))
