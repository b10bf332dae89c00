"""Users, API tokens and the audit trail in the API, for administrators; and who a token acts for."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from accounts import api_tokens, audit, sessions, sign_in, users
from accounts.tables import Role, User
from foundation.errors import Invalid
from web.caller import AdminCaller, AnyCaller, Paged, PageWanted, paged

router = APIRouter(tags=["accounts"])


class UserOut(BaseModel):
    """A user."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    email: str
    name: str
    role: Role
    language: str
    agent_id: str
    partner_id: str
    is_active: bool
    created_at: datetime


class NewUserIn(BaseModel):
    """A user to add. `agent_id` goes with the role agent, `partner_id` with partner."""

    model_config = ConfigDict(extra="forbid")

    email: str = Field(max_length=300)
    name: str = Field(max_length=200)
    role: Role
    password: str = Field("", max_length=200)
    language: str = Field("en", max_length=2)
    agent_id: str = Field("", max_length=40)
    partner_id: str = Field("", max_length=40)


class RoleIn(BaseModel):
    """Another role."""

    model_config = ConfigDict(extra="forbid")

    role: Role


class LinkOut(BaseModel):
    """A link that signs its user in once, within a day. It is shown here and nowhere else."""

    url: str


class TokenIn(BaseModel):
    """A token to make: for whom it acts and what it is for."""

    model_config = ConfigDict(extra="forbid")

    user_id: str = Field(max_length=40)
    name: str = Field(max_length=200)
    expires_at: datetime | None = None


class TokenOut(BaseModel):
    """A token without its secret."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    user_id: str
    name: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


class NewTokenOut(BaseModel):
    """A fresh token. `secret` is shown here and nowhere else."""

    id: str
    secret: str


class AuditEntryOut(BaseModel):
    """One act in the audit trail."""

    model_config = ConfigDict(from_attributes=True)

    number: int
    at: datetime
    actor: str
    action: str
    subject: str
    facts: dict[str, Any]
    hash: str


@router.get("/me")
def get_me(caller: AnyCaller) -> UserOut:
    """The user for whom this token acts."""
    with caller.parts.database.reading() as session:
        return UserOut.model_validate(users.get_user(session, caller.person.user_id))


@router.get("/users")
def list_users(caller: AdminCaller, paging: PageWanted) -> Paged[UserOut]:
    """Users in the order of their making."""
    with caller.parts.database.reading() as session:
        rows = users.list_users(session, after_id=paging.cursor, at_most=paging.limit + 1)
    return paged(rows, paging, UserOut.model_validate, lambda row: row.id)


@router.post("/users", status_code=201)
def create_user(caller: AdminCaller, body: NewUserIn) -> UserOut:
    """A new user."""
    with caller.parts.database.transaction() as session:
        user = users.create_user(session, users.NewUser(**body.model_dump()), caller.now)
        audit.record(session, caller.act("user_added", user.id, role=user.role), caller.now)
    return UserOut.model_validate(user)


@router.put("/users/{user_id}/role")
def change_role(caller: AdminCaller, user_id: str, body: RoleIn) -> UserOut:
    """Another role, from the next request on."""
    with caller.parts.database.transaction() as session:
        users.change_role(session, user_id, body.role)
        audit.record(session, caller.act("role_changed", user_id, role=body.role.value), caller.now)
        return UserOut.model_validate(users.get_user(session, user_id))


@router.post("/users/{user_id}/lock-out")
def lock_out(caller: AdminCaller, user_id: str) -> UserOut:
    """Sessions end and tokens stop working at once."""
    return _set_active(caller, user_id, active=False)


@router.post("/users/{user_id}/let-in")
def let_in(caller: AdminCaller, user_id: str) -> UserOut:
    """The user may sign in again."""
    return _set_active(caller, user_id, active=True)


@router.post("/users/{user_id}/end-sessions", status_code=204, response_class=Response)
def end_sessions(caller: AdminCaller, user_id: str) -> Response:
    """Sign the user out everywhere."""
    with caller.parts.database.transaction() as session:
        sessions.close_all_sessions(session, users.get_user(session, user_id).id)
        audit.record(session, caller.act("sessions_ended", user_id), caller.now)
    return Response(status_code=204)


@router.post("/users/{user_id}/sign-in-link", status_code=201)
def make_link(caller: AdminCaller, user_id: str) -> LinkOut:
    """A link that signs the user in once."""
    with caller.parts.database.transaction() as session:
        secret = sign_in.new_sign_in_link(session, user_id, caller.now)
        audit.record(session, caller.act("sign_in_link_made", user_id), caller.now)
    return LinkOut(url=f"{caller.parts.settings.web_url}/sign-in/{secret}")


@router.get("/tokens")
def list_tokens(caller: AdminCaller, paging: PageWanted) -> Paged[TokenOut]:
    """API tokens in the order of their making."""
    with caller.parts.database.reading() as session:
        rows = api_tokens.list_tokens(session, after_id=paging.cursor, at_most=paging.limit + 1)
    return paged(rows, paging, TokenOut.model_validate, lambda row: row.id)


@router.post("/tokens", status_code=201)
def create_token(caller: AdminCaller, body: TokenIn) -> NewTokenOut:
    """A token with which a program acts for a user."""
    if body.expires_at is not None and body.expires_at.tzinfo is None:
        raise Invalid("expires_at needs an offset, such as 2026-12-31T23:59:00+01:00.")
    with caller.parts.database.transaction() as session:
        made = api_tokens.create_token(session, body.user_id, body.name, now=caller.now, expires_at=body.expires_at)
        audit.record(session, caller.act("token_made", made.id, user=body.user_id), caller.now)
    return NewTokenOut(id=made.id, secret=made.secret)


@router.delete("/tokens/{token_id}", status_code=204, response_class=Response)
def revoke_token(caller: AdminCaller, token_id: str) -> Response:
    """Stop a token from working."""
    with caller.parts.database.transaction() as session:
        api_tokens.revoke_token(session, token_id, caller.now)
        audit.record(session, caller.act("token_revoked", token_id), caller.now)
    return Response(status_code=204)


@router.get("/audit")
def list_audit(caller: AdminCaller, paging: PageWanted) -> Paged[AuditEntryOut]:
    """The audit trail from its end backwards."""
    before = int(paging.cursor) if paging.cursor.isdecimal() else None
    with caller.parts.database.reading() as session:
        rows = audit.list_entries(session, before_number=before, at_most=paging.limit + 1)
    return paged(rows, paging, AuditEntryOut.model_validate, lambda row: str(row.number))


def _set_active(caller: AdminCaller, user_id: str, *, active: bool) -> UserOut:
    with caller.parts.database.transaction() as session:
        user: User = users.get_user(session, user_id)
        if active:
            users.reactivate(session, user_id)
        else:
            users.deactivate(session, user_id)
        audit.record(session, caller.act("user_let_in" if active else "user_locked_out", user_id), caller.now)
    return UserOut.model_validate(user)
