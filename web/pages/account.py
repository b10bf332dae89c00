"""A person's own account: language and password."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Response

from accounts import audit, sessions, users
from accounts.sign_in import Credentials, SignedIn, sign_in
from accounts.tables import Role
from foundation.errors import Invalid
from web.access import SESSION_COOKIE
from web.letting_in import give_session
from web.visit import PageGate, Visit

router = APIRouter()

Anyone = Annotated[Visit, Depends(PageGate(*Role))]


@router.get("/account")
def show_account(visit: Anyone) -> Response:
    """Who is signed in, and what they may change about it."""
    with visit.parts.database.reading() as session:
        user = users.get_user(session, visit.person.user_id)
        open_sessions = sessions.count_sessions(session, visit.now).get(user.id, 0)
    return visit.page("account.html", user=user, open_sessions=open_sessions)


@router.post("/account/language")
def change_language(visit: Anyone, language: Annotated[str, Form()]) -> Response:
    """The language of the pages from now on."""
    with visit.parts.database.transaction() as session:
        users.set_language(session, visit.person.user_id, language)
    return visit.go_to("/account")


@router.post("/account/password")
def change_password(
    visit: Anyone,
    new_password: Annotated[str, Form(max_length=1000)],
    old_password: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """A new password; the old one is asked for, where there is one. All sessions end.

    Whoever had none came by a link just now, and goes on in a fresh session.
    """
    with visit.parts.database.reading() as session:
        user = users.get_user(session, visit.person.user_id)
    if user.password_hash:
        address = visit.request.client.host if visit.request.client else ""
        outcome = sign_in(visit.parts.database, Credentials(user.email, old_password, address), visit.now)
        if not isinstance(outcome, SignedIn):
            raise Invalid("The old password is not right.")
    with visit.parts.database.transaction() as session:
        users.set_password(session, user.id, new_password)
        answer = visit.go_to("/sign-in" if user.password_hash else "/")
        if not user.password_hash:
            give_session(session, visit.parts, user.id, answer)
        audit.record(session, visit.act("password_changed", user.id), visit.now)
    return answer


@router.post("/account/sign-out-everywhere")
def sign_out_everywhere(visit: Anyone) -> Response:
    """End all sessions of this person, on every machine."""
    with visit.parts.database.transaction() as session:
        sessions.close_all_sessions(session, visit.person.user_id)
        audit.record(session, visit.act("signed_out_everywhere", visit.person.user_id), visit.now)
    answer = visit.go_to("/sign-in")
    answer.delete_cookie(SESSION_COOKIE)
    return answer
