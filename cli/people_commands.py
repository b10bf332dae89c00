"""`halali agent|user|token …`: the people and programs that work with Halali. Rights are accounts' affair."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts import users
from accounts.api_tokens import create_token
from accounts.sign_in import new_sign_in_link
from accounts.tables import Role, User
from cli.access import act, opened, record
from cli.options import AsJson, group, single
from cli.output import say, show, show_facts, show_json, show_rows
from cli.preparing import sign_in_address
from dialer import agents
from dialer.agents import NewAgent
from dialer.tables import Agent
from foundation.errors import NotFound
from foundation.runtime import Runtime
from leads.tables import Partner

agent_commands = group("Agents, who talk to the people that are called.")
user_commands = group("Users, who sign in.")
token_commands = group("Tokens, with which programs act for a user.")

Email = Annotated[str, typer.Argument(help="The user's e-mail address.")]


@agent_commands.command("add")
def add_agent(
    name: Annotated[str, typer.Argument(help="The agent's name.")],
    phone: Annotated[str, typer.Option(help="+41…, client:name (browser) or sip:user@host.")],
    languages: Annotated[str, typer.Option(help="Such as de,fr.")],
    email: Annotated[str, typer.Option(help="Also make the user who signs in at this desk.")] = "",
    as_json: AsJson = False,
) -> None:
    """Add an agent, offline."""
    spoken = frozenset(word.strip() for word in languages.split(",") if word.strip())
    with opened() as runtime:
        now = runtime.clock.now()
        with runtime.database.transaction() as session:
            agent = agents.add_agent(session, NewAgent(name, phone, spoken), now)
            facts = {"id": agent.id, "name": agent.name, "phone": agent.endpoint, "languages": sorted(spoken)}
            if email:
                new = users.NewUser(email, name, Role.AGENT, language=_shown_in(spoken), agent_id=agent.id)
                facts["sign_in"] = _make_user(runtime, session, new)[1]
            record(session, act("agent_added", agent.id), now)
    show_facts(facts, as_json=as_json)


@agent_commands.command("list")
def list_agents(as_json: AsJson = False) -> None:
    """All agents and what they are doing."""
    with opened() as runtime, runtime.database.reading() as session:
        rows = [
            {"id": agent.id, "name": agent.name, "status": agent.status, "phone": agent.endpoint}
            | {"languages": agents.languages_of(session, agent.id)}
            for agent in session.scalars(select(Agent).order_by(Agent.id))
        ]
    show_rows(rows, _agent_line, "No agents yet. `halali agent add` adds one.", as_json=as_json)


def _agent_line(row: Mapping[str, Any]) -> str:
    return f"{row['id']}  {row['status']:<11}  {','.join(row['languages']):<11}  {row['name']}"


@user_commands.command("add")
def add_user(  # noqa: PLR0913, PLR0917 - one argument for each option
    email: Email,
    name: Annotated[str, typer.Option(help="As others see it.")],
    role: Annotated[Role, typer.Option(help="What the user may do.")],
    language: Annotated[str, typer.Option(help="Of the pages: de, fr, it or en.")] = "en",
    agent: Annotated[str, typer.Option(help="For the role agent: whose desk, by id.")] = "",
    partner: Annotated[str, typer.Option(help="For the role partner: whose offers, by id.")] = "",
    as_json: AsJson = False,
) -> None:
    """Add a user and print the address at which they sign in once and choose a password."""
    new = users.NewUser(email, name, role, language=language, agent_id=agent, partner_id=partner)
    with opened() as runtime, runtime.database.transaction() as session:
        if agent and session.get(Agent, agent) is None:
            raise NotFound(f"There is no agent {agent}. `halali agent list` names all.")
        if partner and session.get(Partner, partner) is None:
            raise NotFound(f"There is no partner {partner}. `halali partner list` names all.")
        user, link = _make_user(runtime, session, new)
    show_facts({"id": user.id, "email": user.email, "role": user.role, "sign_in": link}, as_json=as_json)


@user_commands.command("list")
def list_users(as_json: AsJson = False) -> None:
    """All users."""
    with opened() as runtime, runtime.database.reading() as session:
        rows = [
            {"id": user.id, "email": user.email, "role": user.role, "is_active": user.is_active}
            for user in session.scalars(select(User).order_by(User.id))
        ]
    show_rows(rows, _user_line, "No users yet. `halali migrate` makes the first administrator.", as_json=as_json)


def _user_line(row: Mapping[str, Any]) -> str:
    return f"{row['id']}  {row['role']:<8}  {row['email']}" + ("" if row["is_active"] else "  (locked out)")


@token_commands.command("create")
def make_token(
    email: Email,
    name: Annotated[str, typer.Option(help="What the token is for.")],
    as_json: AsJson = False,
) -> None:
    """Make a bearer token for the JSON API. It is shown once and kept only as a hash."""
    with opened() as runtime:
        now = runtime.clock.now()
        with runtime.database.transaction() as session:
            user = _find_user(session, email)
            token = create_token(session, user.id, name, now=now)
            record(session, act("token_created", token.id, user=user.id), now)
    say("Keep it safe: it cannot be shown again.")
    show_facts({"id": token.id, "token": token.secret}, as_json=as_json)


def make_sign_in_link(email: Email, as_json: AsJson = False) -> None:
    """Print an address at which a user signs in, once, within a day."""
    with opened() as runtime:
        now = runtime.clock.now()
        with runtime.database.transaction() as session:
            user = _find_user(session, email)
            link = sign_in_address(runtime.settings, new_sign_in_link(session, user.id, now))
            record(session, act("sign_in_link_made", user.id), now)
    if as_json:
        show_json({"sign_in": link})
    else:
        show(link)


def _make_user(runtime: Runtime, session: Session, new: users.NewUser) -> tuple[User, str]:
    now = runtime.clock.now()
    user = users.create_user(session, new, now)
    record(session, act("user_added", user.id, role=user.role), now)
    return user, sign_in_address(runtime.settings, new_sign_in_link(session, user.id, now))


def _find_user(session: Session, email: str) -> User:
    user = users.find_user_by_email(session, email)
    if user is None:
        raise NotFound(f"There is no user {email}. `halali user list` names all.")
    return user


def _shown_in(spoken: frozenset[str]) -> str:
    return next((language for language in ("de", "fr", "it", "en") if language in spoken), "en")


sign_in_link_command = single(make_sign_in_link)
