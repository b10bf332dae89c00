"""Who asks, and may they? Each route declares its roles through a gate; a route without one refuses to start.

Leaves sessions and tokens themselves to `accounts`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from fastapi import FastAPI, Request
from fastapi.routing import APIRoute, iter_route_contexts
from sqlalchemy.orm import Session

from accounts.sessions import find_session
from accounts.tables import Role, User
from dialer.wiring import Parts
from foundation.errors import Forbidden, HalaliError

SESSION_COOKIE = "halali_session"
STAFF = frozenset({Role.ADMIN, Role.MANAGER})
EVERYONE = frozenset(Role)


class SignInNeeded(HalaliError):
    """Sign in first."""


@dataclass(frozen=True)
class Person:
    """The user behind a request, as of now."""

    user_id: str
    name: str
    role: Role
    language: str
    agent_id: str
    partner_id: str

    @property
    def is_staff(self) -> bool:
        """Whether this is an administrator or a campaign manager."""
        return self.role in STAFF


def person_of(user: User) -> Person:
    """The user as a value that outlives its database session."""
    return Person(user.id, user.name, Role(user.role), user.language, user.agent_id, user.partner_id)


@dataclass(frozen=True)
class SignedInBrowser:
    """A person at a browser, and the token that their forms must carry."""

    person: Person
    csrf_token: str


class Gate:
    """Stands before a route. `roles` may pass; an empty set means that nobody needs to sign in."""

    roles: frozenset[Role] = frozenset()


class Public(Gate):
    """Lets everyone pass."""

    def __call__(self) -> None:
        return None


def parts_of(request: Request) -> Parts:
    """The parts of this process, which `create_app` has put beside the app."""
    parts: Parts = request.app.state.parts
    return parts


def check_role(person: Person, roles: frozenset[Role]) -> None:
    """Raises Forbidden when the person is in none of the roles."""
    if person.role not in roles:
        raise Forbidden("Your role does not include this.")


def find_browser(session: Session, request: Request, now: datetime) -> SignedInBrowser | None:
    """The person whose session cookie came with the request, or None."""
    token = request.cookies.get(SESSION_COOKIE, "")
    found = find_session(session, token, now) if token else None
    return None if found is None else SignedInBrowser(person_of(found.user), found.csrf_token)


def gates_of(route: APIRoute) -> list[Gate]:
    """The gates that a route declares among its dependencies."""
    calls: list[object] = [part.call for part in route.dependant.dependencies]
    return [call for call in calls if isinstance(call, Gate)]


def guarded_routes(app: FastAPI) -> Iterator[tuple[str, APIRoute, Gate | None]]:
    """Every route of the app with its full path and its one gate; None where it declares none, or several."""
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute):
            gates = gates_of(route)
            yield context.path or "", route, gates[0] if len(gates) == 1 else None


def refuse_ungated_routes(app: FastAPI) -> None:
    """Deny by default: raise when a route does not say who may use it."""
    ungated = [f"{sorted(route.methods or ())} {path}" for path, route, gate in guarded_routes(app) if gate is None]
    if ungated:
        raise RuntimeError(f"routes without exactly one gate: {', '.join(ungated)}")
