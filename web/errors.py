"""Turns errors into answers: a problem document for programs, a line of text for htmx, a page for browsers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException

from foundation.collisions import is_collision
from foundation.errors import Conflict, Flaw, Forbidden, HalaliError, Invalid, InvalidFields, NotFound, Unavailable
from foundation.logs import get_logger
from foundation.marking import Code, Said
from foundation.value_flaws import worded
from web.access import SignInNeeded, find_browser, parts_of
from web.language import choose_language
from web.messages import in_plain_english, in_words
from web.rendering import render
from web.words import N_, WORDS

log = get_logger(__name__)

API_PREFIX = "/api/"


class TooManyRequests(HalaliError):
    """Too many tries. Wait a little."""

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__()
        self.retry_after_seconds = retry_after_seconds


@dataclass(frozen=True)
class Problem:
    """What went wrong, as RFC 9457 has it. `code` is stable; `title` names the class of problem, `detail` this one."""

    status: int
    code: str
    title: str
    detail: str = ""
    facts: Mapping[str, str | float] = field(default_factory=dict)  # what `detail` leaves to be filled in
    fields: tuple[tuple[str, str], ...] = ()

    def as_document(self) -> dict[str, Any]:
        """The body of `application/problem+json`."""
        document: dict[str, Any] = {
            "type": f"urn:halali:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "code": self.code,
            "detail": in_plain_english(self.detail or self.title, self.facts),
        }
        if self.fields:
            document["errors"] = [{"field": name, "problem": text} for name, text in self.fields]
        return document

    def in_words(self, language: str) -> str:
        """What went wrong, for people."""
        return in_words(language, self.detail or self.title, self.facts)


_KINDS: tuple[tuple[type[HalaliError], int, str, str], ...] = (
    (SignInNeeded, 401, "sign_in_needed", N_("Sign in first.")),
    (TooManyRequests, 429, "too_many_requests", N_("Too many tries. Wait a little.")),
    (NotFound, 404, "not_found", N_("There is no such thing, or it is not yours to see.")),
    (Forbidden, 403, "forbidden", N_("You may not do this.")),
    (Conflict, 409, "conflict", N_("This cannot be done in the present state.")),
    (Invalid, 422, "invalid", N_("The input cannot be used as it is.")),
    (Unavailable, 503, "unavailable", N_("Something that is needed does not answer right now.")),
)
_HTTP_TITLES = {
    404: ("not_found", N_("There is no such thing, or it is not yours to see.")),
    405: ("method_not_allowed", N_("This address does not take such a request.")),
    413: ("too_large", N_("This is larger than what can be taken.")),
}
UNEXPECTED = Problem(500, "unexpected", N_("Something went wrong on our side. It has been written to the log."))
COLLIDED = Problem(
    409,
    "conflict",
    N_("This cannot be done in the present state."),
    N_("Somebody else has just changed the same. Look at how it stands now, and try again if that is still needed."),
)


def problem_of(error: Exception) -> Problem:
    """What an expected error means to whoever asked."""
    if isinstance(error, RequestValidationError):
        return _problem_of_input(error)
    if isinstance(error, HTTPException):
        code, title = _HTTP_TITLES.get(error.status_code, ("refused", N_("This request cannot be answered.")))
        return Problem(error.status_code, code, title)
    if isinstance(error, InvalidFields):
        return _problem_of_fields(error.flaws)
    for kind, status, code, title in _KINDS:
        if isinstance(error, kind):
            # Whoever may not see a thing must not learn from the words whether it is there.
            return (
                Problem(status, code, title) if status == 404 else Problem(status, code, title, error.text, error.facts)
            )
    return UNEXPECTED


def _problem_of_input(error: RequestValidationError) -> Problem:
    found = [(".".join(map(str, one["loc"][1:])), one) for one in error.errors()]
    said = Said(*(_input_in_words(place, worded(one["type"], one.get("ctx", {}))) for place, one in found))
    fields = tuple((place, str(one["msg"])) for place, one in found)
    return Problem(422, "invalid", N_("The input cannot be used as it is."), "%(flaws)s", {"flaws": said}, fields)


def _input_in_words(place: str, to_do: Said) -> tuple[str, Mapping[str, str | float]]:
    if not place:
        return to_do.parts[0]
    named = next((code for kind in ("field", "profile") if (code := f"{kind}:{place}") in WORDS), place)
    return N_("%(field)s: %(to_do)s"), {"field": Code(named), "to_do": to_do}


def _problem_of_fields(flaws: Sequence[Flaw]) -> Problem:
    fields = tuple((flaw.name, flaw.advice) for flaw in flaws)
    said = Said(*map(_flaw_in_words, flaws))
    return Problem(422, "invalid", N_("The input cannot be used as it is."), "%(flaws)s", {"flaws": said}, fields)


def _flaw_in_words(flaw: Flaw) -> tuple[str, Mapping[str, str | float]]:
    facts = {"field": Code(f"profile:{flaw.name}"), "to_do": Said((flaw.what_to_do, flaw.facts))}
    if flaw.found:
        return N_("%(field)s “%(found)s”: %(to_do)s"), facts | {"found": flaw.found[:80]}
    return N_("%(field)s: %(to_do)s"), facts


def answer(request: Request, problem: Problem, headers: dict[str, str] | None = None) -> Response:
    """The problem in the form that this client reads."""
    if request.url.path.startswith(API_PREFIX):
        return JSONResponse(
            problem.as_document(), problem.status, headers=headers, media_type="application/problem+json"
        )
    language = _language_of(request)
    text = problem.in_words(language)
    if "hx-request" in request.headers:
        html = render("parts/message.html", language, {"text": text, "kind": "problem"})
        return HTMLResponse(html, problem.status, headers={"HX-Reswap": "none"} | (headers or {}))
    return HTMLResponse(render("problem.html", language, {"text": text, "problem": problem}), problem.status, headers)


def _language_of(request: Request) -> str:
    """The language of whoever a gate has recognised, else the one that the browser likes best."""
    own = getattr(request.state, "language", "")
    return choose_language(own, request.headers.get("accept-language", ""))


def _answer_expected(request: Request, error: Exception) -> Response:
    if isinstance(error, SignInNeeded) and not request.url.path.startswith(API_PREFIX):
        return _to_sign_in(request)
    headers: dict[str, str] = {}
    if isinstance(error, TooManyRequests):
        headers["Retry-After"] = str(error.retry_after_seconds)
    if isinstance(error, SignInNeeded):
        headers["WWW-Authenticate"] = 'Bearer realm="halali"'
    return answer(request, problem_of(error), headers)


def _answer_http(request: Request, error: Exception) -> Response:
    if not hasattr(request.state, "language"):
        # No gate was passed: this address is nowhere, or takes no such request.
        parts = parts_of(request)
        with parts.database.reading() as session:
            browser = find_browser(session, request, parts.clock.now())
        request.state.language = browser.person.language if browser else ""
    return answer(request, problem_of(error), dict(cast(HTTPException, error).headers or {}))


def _answer_database(request: Request, error: Exception) -> Response:
    """A net: whatever can collide is told in words of its own where it is known. Nothing was written."""
    if not is_collision(cast(DBAPIError, error)):
        raise error
    log.warning("request_collided", path=request.url.path, error=type(cast(DBAPIError, error).orig).__name__)
    return answer(request, COLLIDED)


def _answer_unexpected(request: Request, error: Exception) -> Response:
    log.error("request_failed", path=request.url.path, error=type(error).__name__)
    return answer(request, UNEXPECTED)


def _to_sign_in(request: Request) -> Response:
    if "hx-request" in request.headers:
        return Response(status_code=204, headers={"HX-Redirect": "/sign-in"})
    wanted = request.url.path if request.method == "GET" else "/"
    return RedirectResponse(f"/sign-in?next={quote(wanted)}", 303)


def add_error_answers(app: FastAPI) -> None:
    """Make the app answer every error in the client's form."""
    app.add_exception_handler(HalaliError, _answer_expected)
    app.add_exception_handler(RequestValidationError, _answer_expected)
    app.add_exception_handler(HTTPException, _answer_http)
    app.add_exception_handler(DBAPIError, _answer_database)
    app.add_exception_handler(Exception, _answer_unexpected)
