"""One request of a program: for whom it acts, and the paging of lists. Bearer tokens only: nothing to forge."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Generic, TypeVar

from fastapi import Depends, Query, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel
from sqlalchemy.orm import Session

from accounts.api_tokens import user_of_token
from accounts.audit import Act
from accounts.tables import Role
from dialer.wiring import Parts
from leads.desk import LeadDesk
from web.access import Gate, Person, SignInNeeded, check_role, parts_of, person_of

Row = TypeVar("Row")
Item = TypeVar("Item")

PAGE_SIZE = 50
LARGEST_PAGE = 200

_bearer = HTTPBearer(auto_error=False, description="An API token, made by an administrator.")


@dataclass(frozen=True)
class Caller:
    """A program that acts for a person."""

    request: Request
    parts: Parts
    person: Person
    secret: str
    now: datetime

    def act(self, action: str, subject: str, **facts: str | int | bool | None) -> Act:
        """An entry for the audit trail in this person's name."""
        return Act(self.person.user_id, action, subject, facts | {"by": "api"})

    def lead_desk(self, session: Session) -> LeadDesk:
        """What this person does to leads, in this transaction."""
        return LeadDesk(self.parts.runtime, session, self.person.user_id, self.now)


class ApiGate(Gate):
    """Lets programs pass that act for someone in one of the roles."""

    def __init__(self, *roles: Role) -> None:
        self.roles = frozenset(roles)

    def __call__(
        self, request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
    ) -> Caller:
        parts = parts_of(request)
        now = parts.clock.now()
        if given is None:
            raise SignInNeeded("Send a token: Authorization: Bearer <token>.")
        with parts.database.reading() as session:
            user = user_of_token(session, given.credentials, now)
        if user is None:
            raise SignInNeeded("This token is unknown, revoked or has run out.")
        person = person_of(user)
        check_role(person, self.roles)
        return Caller(request, parts, person, given.credentials, now)


StaffCaller = Annotated[Caller, Depends(ApiGate(Role.ADMIN, Role.MANAGER))]
AdminCaller = Annotated[Caller, Depends(ApiGate(Role.ADMIN))]
AgentCaller = Annotated[Caller, Depends(ApiGate(Role.AGENT))]
PartnerCaller = Annotated[Caller, Depends(ApiGate(Role.PARTNER))]
AnyCaller = Annotated[Caller, Depends(ApiGate(*Role))]


@dataclass(frozen=True)
class Paging:
    """Which page of a list: `cursor` is the `next_cursor` of the page before, empty for the first."""

    cursor: Annotated[str, Query(max_length=60, description="`next_cursor` of the page before")] = ""
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = PAGE_SIZE


PageWanted = Annotated[Paging, Depends()]


class Paged(BaseModel, Generic[Item]):
    """One page of a list. An empty `next_cursor` means that there is no more."""

    items: list[Item]
    next_cursor: str = ""


def paged(rows: Sequence[Row], paging: Paging, show: Callable[[Row], Item], key: Callable[[Row], str]) -> Paged[Item]:
    """A page from `limit` + 1 rows: the last one only tells that there is more."""
    shown = rows[: paging.limit]
    more = len(rows) > paging.limit
    return Paged(items=[show(row) for row in shown], next_cursor=key(shown[-1]) if more else "")
