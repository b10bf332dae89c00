"""Fills the stage before the curtain: campaign, list, partners, agents, and a token for each simulated person."""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts import users
from accounts.api_tokens import create_token
from accounts.tables import Role
from campaigns.campaigns import CampaignDraft
from campaigns.import_contacts import ImportReport
from campaigns.tables import Contact
from cli.campaign_rows import create_recorded
from cli.ground_recording import attest_campaign_recorded, look_recorded
from cli.importing import import_recorded
from cli.partner_commands import import_partners_recorded
from cli.rehearsal.plan import Plan, team_languages
from compliance.directory import Look
from compliance.grounds import Attestation
from dialer import agents
from dialer.agents import NewAgent
from foundation.runtime import Runtime
from leads import presence
from leads.live_lines import LiveLine
from leads.tables import Partner

# Long enough for a simulated agent who is slowed down by a busy machine.
WRAP_UP_SECONDS = 180

SCRIPTS = {
    "de": "Guten Tag {{person}}, hier ist {{agent}}. Bin ich richtig bei {{company}}?",
    "fr": "Bonjour {{person}}, ici {{agent}}. Suis-je bien chez {{company}}?",
    "it": "Buongiorno {{person}}, qui {{agent}}. Parlo con {{company}}?",
    "en": "Hello {{person}}, this is {{agent}}. Is this {{company}}?",
}


@dataclass(frozen=True)
class Person:
    """Someone simulated: the agent's or partner's id and name, and the secret with which they come in."""

    id: str
    name: str
    token: str


@dataclass(frozen=True)
class Cast:
    """Everything that is rehearsed with."""

    campaign_id: str
    imported: ImportReport
    agents: tuple[Person, ...]
    partners: tuple[Person, ...]
    live_numbers: tuple[str, ...] = ()  # of the partners who take live calls


def engage(runtime: Runtime, plan: Plan, contacts: bytes, partners: bytes) -> Cast:
    """Make all of it, by the same steps as the commands.

    Raises:
        Invalid: the contact list or the partner file cannot be used.
    """
    draft = CampaignDraft(
        name="Rehearsal",
        caller_number=plan.caller_number,
        announced_as="Muster Vertrieb",
        scripts=SCRIPTS,
        max_attempts=plan.max_attempts,
        retry_minutes=plan.retry_minutes,
        wrap_up_seconds=WRAP_UP_SECONDS,
        pacing_mode=plan.mode,
        dial_level=plan.dial_level,
        allows_live_transfer=plan.live_share > 0,
    )
    campaign = create_recorded(runtime, draft)
    imported = import_recorded(runtime, campaign.id, plan.contacts_file.name, BytesIO(contacts))
    _state_grounds(runtime, plan, campaign.id)
    import_partners_recorded(runtime, partners)
    with runtime.database.transaction() as session:
        needed = session.scalars(select(Contact.language).distinct()).all()
        team = tuple(
            _agent(session, runtime, number, languages)
            for number, languages in enumerate(team_languages(plan.agents, needed), start=1)
        )
        ready = tuple(
            _person(
                session,
                runtime,
                users.NewUser(f"{row.id}@rehearsal.invalid", row.name, Role.PARTNER, partner_id=row.id),
            )
            for row in session.scalars(select(Partner).where(Partner.is_active).order_by(Partner.name))
        )
        live_numbers = _live_lines(session, ready, runtime.clock.now()) if plan.live_share else ()
    return Cast(campaign.id, imported, team, ready, live_numbers)


def _live_lines(session: Session, partners: tuple[Person, ...], now: datetime) -> tuple[str, ...]:
    """Two partners of three take live calls, at any hour."""
    numbers = []
    for place, partner in enumerate(partners):
        if place % 3:
            numbers.append(f"+41443660{place:03}")
            presence.set_live_line(session, partner.id, LiveLine(True, numbers[-1], "00:00-24:00"), now)
    return tuple(numbers)


def _state_grounds(runtime: Runtime, plan: Plan, campaign_id: str) -> None:
    """What the law wants to be stated before anybody is called, by the same door as for real: here of simulated people.

    Nobody's phone can ring: a rehearsal runs on the sandbox carrier alone.
    """
    now = runtime.clock.now()
    said = Attestation(
        kind="listed_without_star",
        as_of=now,
        source="the sandbox's own directory of simulated people",
        words=f"Rehearsal of {plan.contacts_file.name}: every phone is simulated, and nobody is called.",
        stated_by="halali rehearse",
    )
    attest_campaign_recorded(runtime, campaign_id, said)
    directory = "the sandbox's own directory"
    look_recorded(runtime, plan.caller_number, Look(True, directory, "halali rehearse", now, listed_as="Rehearsal"))


def _agent(session: Session, runtime: Runtime, number: int, languages: tuple[str, ...]) -> Person:
    name = f"Agent {number:02}"
    new = NewAgent(name, f"client:rehearsal-{number:02}", frozenset(languages))
    agent = agents.add_agent(session, new, runtime.clock.now())
    email = f"{agent.id}@rehearsal.invalid"
    return _person(session, runtime, users.NewUser(email, name, Role.AGENT, agent_id=agent.id))


def _person(session: Session, runtime: Runtime, new: users.NewUser) -> Person:
    now = runtime.clock.now()
    user = users.create_user(session, new, now)
    token = create_token(session, user.id, "rehearsal", now=now)
    return Person(new.agent_id or new.partner_id, new.name, token.secret)
