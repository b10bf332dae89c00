"""What pages lead to is there for whoever sees it: links are followed, and what forms and buttons ask is looked up."""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
from starlette.routing import Match

from accounts.tables import Role
from campaigns.campaigns import CampaignDraft, create_campaign
from campaigns.import_contacts import import_list
from tests.databases import SqliteCopies
from tests.web_bench import Bench, put_call_on_desk, running_bench
from web.access import STAFF, Gate, guarded_routes
from web.navigation import home

# Enough for every kind of page that a page leads to; more of the same kind teach nothing.
_OF_A_KIND = 3


@pytest.fixture(scope="module")
def bench(
    _sqlite_copies: SqliteCopies, _redis_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bench]:
    """One app for all of these tests: they only look."""
    with running_bench(_sqlite_copies.make(), _redis_server, tmp_path_factory.mktemp("bench")) as made:
        _add_draft(made)
        put_call_on_desk(made)
        yield made


def _add_draft(bench: Bench) -> None:
    """A campaign whose launch check is red in many ways, as it says where each is mended."""
    with bench.parts.database.transaction() as session:
        draft = create_campaign(session, CampaignDraft("Winter", "+41446681801"), bench.now())
    rows = b"Firma;Telefon;Sprache\nEsempio SA;091 911 11 11;it\n"
    import_list(bench.parts.database, draft.id, "draft.csv", rows, None, bench.now())


class Leads(HTMLParser):
    """What a page leads to: (method, address), in its order."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what this element asks for."""
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.found.append(("GET", given["href"]))
        if tag == "form" and given.get("action"):
            self.found.append((given.get("method", "get").upper(), given["action"]))
        self.found += [(verb.upper(), given[f"hx-{verb}"]) for verb in ("get", "post") if f"hx-{verb}" in given]


def route_of(bench: Bench, method: str, path: str) -> tuple[str, Gate | None] | None:
    """The route that would answer, and its gate; None where there is none."""
    scope: dict[str, Any] = {"type": "http", "method": method, "path": path, "headers": []}
    for known, route, gate in guarded_routes(bench.app):
        if route.path == known and route.matches(scope)[0] is Match.FULL:
            return known, gate
    return None


@pytest.mark.parametrize("role", list(Role))
def test_no_link_or_button_of_a_page_is_closed_to_who_sees_it(bench: Bench, role: Role) -> None:
    browser = bench.browser(role)
    waiting, asked = [("GET", path, "the start") for path in starts_of(bench, role)], set()
    kinds: dict[tuple[str, ...], int] = {}
    closed: list[str] = []
    while waiting:
        method, address, seen_on = waiting.pop(0)
        parts = urlsplit(address)
        found = route_of(bench, method, parts.path)
        if found is None:
            # The API's description is no route of ours, and there all the same.
            if method != "GET" or browser.get(address).status_code >= 400:
                closed.append(f"{seen_on}: {method} {address} leads nowhere")
            continue
        known, gate = found
        if gate is not None and gate.roles and role not in gate.roles:
            closed.append(f"{seen_on}: {method} {address} is not for {role}")
        kind = (method, known, *sorted(name for name, _ in parse_qsl(parts.query)))
        kinds[kind] = kinds.get(kind, 0) + 1
        if method != "GET" or kinds[kind] > _OF_A_KIND:
            continue
        answer = browser.get(address)
        if answer.status_code >= 400:
            closed.append(f"{seen_on}: {address} answers {answer.status_code}")
        elif "html" in answer.headers.get("content-type", ""):
            for verb, link in leads_of(answer.text, address):
                if (verb, link) not in asked:
                    asked.add((verb, link))
                    waiting.append((verb, link, address))
    assert not closed, "\n" + "\n".join(closed)
    assert len(kinds) > 5


def starts_of(bench: Bench, role: Role) -> list[str]:
    """Where a role begins, and what it finds by searching."""
    return [home(role), *((f"/contacts/{bench.ids['contact']}",) if role in STAFF else ())]


def leads_of(html: str, address: str) -> Iterator[tuple[str, str]]:
    """Addresses within the app that a page leads to, without what stands behind #."""
    reader = Leads()
    reader.feed(html)
    for method, link in reader.found:
        whole = urljoin(address, link)
        parts = urlsplit(whole)
        if (
            not parts.scheme
            and not parts.netloc
            and parts.path.startswith("/")
            and not parts.path.startswith("/static/")
        ):
            yield method, parts._replace(fragment="").geturl()
