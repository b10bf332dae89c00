"""Makes people who sign in together with what they sign in to: an agent with a desk, a partner's person, staff."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts import users
from accounts.tables import Role, User
from dialer.agents import NewAgent, add_agent
from dialer.tables import Agent
from foundation.errors import NotFound
from foundation.one_writer import be_only_writer
from leads.tables import Partner
from web.wishes import read_role


@dataclass(frozen=True)
class NewPerson:
    """Who is to sign in. `endpoint`, `languages` and `campaign_id` go with an agent, `partner_id` with a partner."""

    email: str
    name: str
    role: str
    password: str = ""
    language: str = "en"
    endpoint: str = ""
    languages: frozenset[str] = frozenset()
    campaign_id: str = ""
    partner_id: str = ""


def add_person(session: Session, new: NewPerson, now: datetime) -> User:
    """A user, and for an agent also the desk.

    Raises:
        Invalid: an unknown role, or anything that `accounts` or `dialer` find wrong.
        NotFound: there is no such partner.
        Conflict: the e-mail address is taken.
    """
    role = read_role(new.role)
    agent_id = _add_desk(session, new, now) if role is Role.AGENT else ""
    partner_id = _check_partner(session, new.partner_id) if role is Role.PARTNER else ""
    made = users.NewUser(new.email, new.name, role, new.password, new.language, agent_id, partner_id)
    return users.create_user(session, made, now)


def _add_desk(session: Session, new: NewPerson, now: datetime) -> str:
    endpoint = new.endpoint.strip() or _free_browser_endpoint(session, new.name)
    return add_agent(session, NewAgent(new.name, endpoint, new.languages, new.campaign_id), now).id


def _free_browser_endpoint(session: Session, name: str) -> str:
    """`client:anna_keller`, with a number behind it where that is taken."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    # Two agents with one name would hear each other's calls.
    be_only_writer(session, "browsers' names")
    stem = "client:" + (re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:100] or "agent")
    taken = set(session.scalars(select(Agent.endpoint).where(Agent.endpoint.startswith(stem, autoescape=True))))
    return next(
        one for number in range(1, len(taken) + 2) if (one := stem if number == 1 else f"{stem}_{number}") not in taken
    )


def _check_partner(session: Session, partner_id: str) -> str:
    if not partner_id or session.get(Partner, partner_id) is None:
        raise NotFound("There is no such partner.")
    return partner_id
