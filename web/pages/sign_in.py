"""Signing in by password or one-time link, and signing out. Limits and hashes are the business of `accounts`."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from accounts import audit, sessions, sign_in
from accounts.sign_in import Credentials, Refused, SignedIn, TooManyTries
from accounts.tables import Role
from dialer.wiring import Parts
from web.access import EVERYONE, SESSION_COOKIE, Public, find_browser, parts_of
from web.forgery import check_origin
from web.language import choose_language
from web.letting_in import give_session
from web.navigation import home
from web.rendering import render
from web.visit import PageGate, Visit
from web.words import N_

router = APIRouter()

WRONG = N_("The e-mail address or the password is not right.")
LINK_IS_OVER = N_("This link has been used or has run out. Ask for a new one, or sign in with your password.")


@router.get("/")
def show_home(visit: Annotated[Visit, Depends(PageGate(*EVERYONE))]) -> Response:
    """Send each role to where it starts."""
    return visit.go_to(home(visit.person.role))


@router.get("/sign-in", dependencies=[Depends(Public())])
def show_sign_in(request: Request, next: str = "/") -> Response:  # noqa: A002 - the name in the address
    """The form; whoever is signed in already goes on."""
    parts = parts_of(request)
    with parts.database.reading() as session:
        if find_browser(session, request, parts.clock.now()) is not None:
            return RedirectResponse("/", 303)
    return _form(request, next_path=_local_path(next))


@router.post("/sign-in", dependencies=[Depends(Public())])
def sign_in_by_password(
    request: Request,
    email: Annotated[str, Form(max_length=300)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    next: Annotated[str, Form(max_length=500)] = "/",  # noqa: A002
) -> Response:
    """Check the password; the same words and the same time for every kind of failure."""
    check_origin(request.headers)
    parts = parts_of(request)
    address = request.client.host if request.client else ""
    outcome = sign_in.sign_in(parts.database, Credentials(email, password, address), parts.clock.now())
    match outcome:
        case SignedIn(user_id):
            with parts.database.transaction() as session:
                if sign_in.is_proved_still(session, outcome):
                    return _let_in(session, parts, user_id, "signed_in_by_password", _local_path(next))
            return _form(request, next_path=_local_path(next), email=email, problem=WRONG, status_code=401)
        case Refused():
            return _form(request, next_path=_local_path(next), email=email, problem=WRONG, status_code=401)
        case TooManyTries(seconds):
            answer = _form(
                request, next_path=_local_path(next), email=email, wait_minutes=-(-seconds // 60), status_code=429
            )
            answer.headers["Retry-After"] = str(seconds)
            return answer


@router.get("/sign-in/{secret}", dependencies=[Depends(Public())])
def show_link(request: Request, secret: str) -> Response:
    """A button rather than an entrance: programs that look at links in mails must not use them up."""
    parts = parts_of(request)
    with parts.database.reading() as session:
        is_good = sign_in.link_is_good(session, secret, parts.clock.now())
    if not is_good:
        return _form(request, problem=LINK_IS_OVER, status_code=404)
    return HTMLResponse(render("sign_in_link.html", _language(request), {"secret": secret}))


@router.post("/sign-in/{secret}", dependencies=[Depends(Public())])
def sign_in_by_link(request: Request, secret: str) -> Response:
    """Use the link up and let its user in; whoever has no password yet is asked to choose one."""
    check_origin(request.headers)
    parts = parts_of(request)
    with parts.database.transaction() as session:
        user = sign_in.use_sign_in_link(session, secret, parts.clock.now())
        if user is not None:
            path = "/" if user.password_hash else "/account"
            return _let_in(session, parts, user.id, "signed_in_by_link", path)
    return _form(request, problem=LINK_IS_OVER, status_code=404)


@router.post("/sign-out")
def sign_out(visit: Annotated[Visit, Depends(PageGate(*Role))]) -> Response:
    """End this browser's session."""
    with visit.parts.database.transaction() as session:
        sessions.close_session(session, visit.request.cookies.get(SESSION_COOKIE, ""))
        audit.record(session, visit.act("signed_out", visit.person.user_id), visit.now)
    answer = visit.go_to("/sign-in")
    answer.delete_cookie(SESSION_COOKIE)
    return answer


def _let_in(session: Session, parts: Parts, user_id: str, how: str, path: str) -> Response:
    answer = RedirectResponse(path, 303)
    give_session(session, parts, user_id, answer)  # sessions before the audit trail, as whoever ends them
    audit.record(session, audit.Act(user_id, how, user_id), parts.clock.now())
    return answer


def _form(request: Request, *, status_code: int = 200, **values: str | int) -> HTMLResponse:
    shown = {"next_path": "/", "email": "", "problem": "", "wait_minutes": 0} | values
    return HTMLResponse(render("sign_in.html", _language(request), shown), status_code)


def _local_path(path: str) -> str:
    """The path when it stays on this site, else the start page: two slashes of either kind lead elsewhere."""
    is_local = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if is_local else "/"


def _language(request: Request) -> str:
    return choose_language("", request.headers.get("accept-language", ""))
