"""What holds for every route of the app for people: who may use it, no forging, all languages."""

import re
from collections.abc import Iterator

import httpx
import pytest
from fastapi.routing import APIRoute

from accounts.tables import Role
from tests.databases import SqliteCopies
from tests.web_bench import Bench, put_call_behind, running_bench
from web.access import Gate, Public, guarded_routes
from web.caller import ApiGate
from web.language import LANGUAGES
from web.navigation import MENU, home
from web.visit import PageGate

# What stands for an id in a route; where there is none, an id that nobody has.
ID_NAMES = {
    "campaign_id": "campaign",
    "list_id": "list",
    "upload_id": "upload",
    "contact_id": "contact",
    "lead_id": "lead_1",
    "routed_id": "lead_routed",
    "dispute_id": "dispute",
    "review_id": "dispute",
    "lab_id": "lab",
    "ground_id": "ground",
    "offer_id": "offer_1",
    "endpoint_id": "endpoint",
    "message_id": "message",
    "task_id": "task",
    "partner_id": "partner",
    "user_id": "user_manager",
    "token_id": "token_manager",
    "event_id": "event",
    "seat_id": "seat",
    "call_id": "call",
}
REFUSED = 403
# Reached from the name at the top right.
IN_NO_MENU = {"/account", "/api-reference"}


@pytest.fixture(scope="module")
def bench(
    _sqlite_copies: SqliteCopies, _redis_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bench]:
    """One app for all of these tests: they look, and are refused."""
    folder = tmp_path_factory.mktemp("bench")
    with running_bench(_sqlite_copies.make(), _redis_server, folder) as made:
        made.ids["call"] = put_call_behind(made)
        yield made


def routes_of(bench: Bench, kind: type[Gate]) -> list[tuple[str, str, APIRoute, Gate]]:
    found = []
    for path, route, gate in guarded_routes(bench.app):
        if isinstance(gate, kind):
            found += [(method, path, route, gate) for method in sorted(route.methods or ()) if method != "HEAD"]
    return found


def filled_in(path: str, bench: Bench) -> str:
    for name, known_as in ID_NAMES.items():
        path = path.replace(f"{{{name}}}", bench.ids[known_as])
    return path.replace("{secret}", "none")


def ask(client: httpx.Client, method: str, path: str) -> int:
    """The status of the answer; a stream is only begun."""
    if path.endswith("/events"):
        return client.request(method, path, params={"topics": "nothing"}).status_code
    return client.request(method, path).status_code


def test_every_route_says_who_may_use_it(bench: Bench) -> None:
    assert [path for path, _, gate in guarded_routes(bench.app) if gate is None] == []


def test_only_the_way_in_and_whether_it_works_are_public(bench: Bench) -> None:
    assert {path for _, path, _, _ in routes_of(bench, Public)} == {
        "/health",
        "/sign-in",
        "/sign-in/{secret}",
        "/invitations/{key}",
    }


def test_there_are_pages_and_an_api_for_each_role(bench: Bench) -> None:
    for kind in (PageGate, ApiGate):
        covered = {role for _, _, _, gate in routes_of(bench, kind) for role in gate.roles}
        assert covered == set(Role)


@pytest.mark.parametrize("role", list(Role))
def test_no_role_gets_past_a_gate_that_is_not_its_own(bench: Bench, role: Role) -> None:
    browser, program = bench.browser(role), bench.program(role)
    for kind, client in ((PageGate, browser), (ApiGate, program)):
        for method, path, _, gate in routes_of(bench, kind):
            if role not in gate.roles:
                wanted = filled_in(path, bench).removeprefix("/api/v1")
                assert ask(client, method, wanted) == REFUSED, f"{role} {method} {path}"


@pytest.mark.parametrize("role", list(Role))
def test_every_role_gets_past_its_own_gates(bench: Bench, role: Role) -> None:
    for kind, client in ((PageGate, bench.browser(role)), (ApiGate, bench.program(role))):
        for method, path, _, gate in routes_of(bench, kind):
            ends_the_session = any(word in path for word in ("sign-out", "end-sessions", "lock-out", "password"))
            if role in gate.roles and method == "GET" and not ends_the_session and not path.endswith("phone-token"):
                status = ask(client, method, filled_in(path, bench).removeprefix("/api/v1"))
                assert status not in {401, REFUSED} or path.endswith("/events"), f"{role} {method} {path}: {status}"
                assert status < 500, f"{role} {method} {path}: {status}"


def test_nobody_gets_in_without_signing_in(bench: Bench) -> None:
    browser, program = bench.browser(), bench.program()
    for method, path, _, _ in routes_of(bench, PageGate):
        answer = browser.request(method, filled_in(path, bench))
        assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/sign-in"), path
    for method, path, _, _ in routes_of(bench, ApiGate):
        answer = program.request(method, filled_in(path, bench).removeprefix("/api/v1"))
        assert answer.status_code == 401, path
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_wrong_token_opens_nothing(bench: Bench) -> None:
    program = bench.program()
    program.headers["authorization"] = "Bearer ht_wrong"
    for method, path, _, _ in routes_of(bench, ApiGate):
        assert program.request(method, filled_in(path, bench).removeprefix("/api/v1")).status_code == 401, path


def test_a_session_cookie_opens_nothing_in_the_api(bench: Bench) -> None:
    browser = bench.browser(Role.ADMIN)
    for method, path, _, _ in routes_of(bench, ApiGate):
        assert browser.request(method, filled_in(path, bench)).status_code == 401, path


@pytest.mark.parametrize("headers", [{"x-csrf-token": "wrong"}, {"sec-fetch-site": "cross-site"}, {"x-csrf-token": ""}])
def test_no_page_acts_on_a_forged_request(bench: Bench, headers: dict[str, str]) -> None:
    browsers = {role: bench.browser(role) for role in Role}
    for method, path, _, gate in routes_of(bench, PageGate):
        if method == "POST":
            answer = browsers[min(gate.roles)].request(method, filled_in(path, bench), headers=headers)
            assert answer.status_code == REFUSED, path
    # Nothing was done, not even to the session that was misused.
    assert [browser.get("/account").status_code for browser in browsers.values()] == [200] * len(browsers)


def marked_in_menu(page: str) -> list[str]:
    """Under which lines of the menu a page says that it is found."""
    menu = page.partition('<nav class="menu"')[2].partition("</nav>")[0]
    return re.findall(r'href="([^"]+)" aria-current="page"', menu)


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_every_page_is_shown_in_every_language(bench: Bench, language: str) -> None:
    for method, path, _, gate in routes_of(bench, PageGate):
        if method != "GET" or path in {"/", "/events"} or path.endswith(".csv"):
            continue
        for role in sorted(gate.roles):
            with bench.parts.database.transaction() as session:
                session.connection().exec_driver_sql("UPDATE users SET language = ''")
            answer = bench.browser(role, language=language).get(filled_in(path, bench), follow_redirects=True)
            assert answer.status_code == 200, f"{path}: {answer.text[-300:]}"
            if "<!doctype" in answer.text:
                assert f'<html lang="{language}">' in answer.text
                assert "<script>" not in answer.text
                assert "style=" not in answer.text
                # What scrolls must be reachable by keyboard.
                assert 'class="scroll">' not in answer.text
                assert len(marked_in_menu(answer.text)) == (path not in IN_NO_MENU), f"{role} {path}"


def test_every_line_of_the_menu_leads_somewhere(bench: Bench) -> None:
    for entry in MENU:
        for role in entry.roles:
            assert bench.browser(role).get(entry.path).status_code == 200
    for role in Role:
        assert bench.browser(role).get("/").headers["location"] == home(role)


def test_every_answer_carries_the_security_headers(bench: Bench) -> None:
    for client, path in (
        (bench.browser(), "/sign-in"),
        (bench.browser(Role.ADMIN), "/people"),
        (bench.program(), "/me"),
    ):
        headers = client.get(path).headers
        assert "script-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"


def test_every_route_of_the_api_is_described(bench: Bench) -> None:
    described = bench.browser().get("/api/v1/openapi.json").json()["paths"]
    for method, path, _, _ in routes_of(bench, ApiGate):
        assert method.lower() in described[path], path
    assert all(path.startswith("/api/v1/") for path in described)
