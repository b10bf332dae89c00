"""One request of a person at a browser: who, in which language, and the ways to answer. Leaves content to the pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from accounts.audit import Act
from accounts.tables import Role
from dialer.wiring import Parts
from web.access import Gate, Person, SignInNeeded, check_role, find_browser, parts_of
from web.forgery import SAFE_METHODS, check_origin, check_token
from web.language import Formats, choose_language, translations
from web.messages import in_words
from web.navigation import entry_of, navigation
from web.rendering import render


@dataclass(frozen=True)
class Visit:
    """A signed-in person's request. `page` answers whole pages, `part` what htmx puts into one."""

    request: Request
    parts: Parts
    person: Person
    csrf_token: str
    now: datetime

    @property
    def language(self) -> str:
        """The language of the answer."""
        return choose_language(self.person.language, self.request.headers.get("accept-language", ""))

    def say(self, message: str, **values: object) -> str:
        """A message of the program in the visitor's language, with `%(name)s` filled in."""
        return in_words(self.language, message, values)

    def ngettext(self, one: str, many: str, number: int) -> str:
        """A message that counts something, with `%(num)s` filled in."""
        return translations(self.language).ngettext(one, many, number) % Formats(self.language).written({"num": number})

    def page(self, template: str, status_code: int = 200, **values: Any) -> Response:
        """A whole page."""
        return HTMLResponse(render(template, self.language, self._with_frame(values)), status_code)

    def part(self, template: str, *, message: str = "", status_code: int = 200, **values: Any) -> Response:
        """A part of a page; `message` is also shown and read out in the page's message line."""
        html = render(template, self.language, self._with_frame(values))
        if message:
            kind = "done" if status_code < 400 else "problem"
            html += render("parts/message.html", self.language, {"text": message, "kind": kind})
        return HTMLResponse(html, status_code)

    def nothing_new(self) -> Response:
        """Tell htmx to leave the page as it is."""
        return Response(status_code=204)

    def go_to(self, path: str) -> Response:
        """Send the browser to another page, whether htmx asked or the browser itself."""
        if "hx-request" in self.request.headers:
            return Response(status_code=204, headers={"HX-Redirect": path})
        return RedirectResponse(path, 303)

    def act(self, action: str, subject: str, facts: Mapping[str, str | int | bool | None] | None = None) -> Act:
        """An entry for the audit trail in this person's name."""
        return Act(self.person.user_id, action, subject, facts or {})

    def _with_frame(self, values: dict[str, Any]) -> dict[str, Any]:
        frame = {
            "person": self.person,
            "csrf_token": self.csrf_token,
            "now": self.now,
            "path": self.request.url.path,
            "navigation": navigation(self.person.role),
            "current_entry": entry_of(self.person.role, self.request.url.path),
            "upload_megabytes": self.parts.settings.upload_megabytes,
            "carrier_is_local": self.parts.settings.carrier_is_local,
        }
        return frame | values


class PageGate(Gate):
    """Lets signed-in people of the given roles pass, and unsafe requests only when our own pages made them."""

    def __init__(self, *roles: Role) -> None:
        self.roles = frozenset(roles)

    def __call__(self, request: Request) -> Visit:
        parts = parts_of(request)
        now = parts.clock.now()
        with parts.database.reading() as session:
            browser = find_browser(session, request, now)
        if browser is None:
            raise SignInNeeded
        # What goes wrong from here on is said in the person's own language.
        request.state.language = browser.person.language
        if request.method not in SAFE_METHODS:
            check_origin(request.headers)
            check_token(request.headers, browser.csrf_token)
        check_role(browser.person, self.roles)
        return Visit(request, parts, browser.person, browser.csrf_token, now)
