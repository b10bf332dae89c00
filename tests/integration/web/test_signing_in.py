"""Signing in and out over HTTP: cookies, links, limits, what a stolen or old session can do."""

import re

import pytest

from accounts.sign_in import new_sign_in_link
from accounts.tables import Role
from accounts.users import deactivate, set_language, set_password
from tests.web_bench import Bench
from web.access import SESSION_COOKIE

PASSWORD = "a long enough password"


def give_password(bench: Bench) -> None:
    with bench.parts.database.transaction() as session:
        set_password(session, bench.ids["user_manager"], PASSWORD)


def csrf_token(page: str) -> str:
    token = re.search(r'X-CSRF-Token": "([^"]+)"', page.replace("&#34;", '"'))
    assert token is not None
    return token.group(1)


def test_the_right_password_opens_a_session_that_scripts_cannot_read(bench: Bench) -> None:
    give_password(bench)
    browser = bench.browser()
    answer = browser.post("/sign-in", data={"email": "Manager@example.ch", "password": PASSWORD, "next": "/board"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/board")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{SESSION_COOKIE}=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert browser.get("/board").status_code == 200


def test_known_and_unknown_addresses_get_the_same_page(small_bench: Bench) -> None:
    give_password(small_bench)
    pages = [
        small_bench.browser().post("/sign-in", data={"email": email, "password": "wrong wrong wrong"})
        for email in ("manager@example.ch", "nobody1@example.ch")
    ]
    assert [page.status_code for page in pages] == [401, 401]
    texts = [re.sub(r'value="[^"]*"', "", page.text) for page in pages]
    assert texts[0] == texts[1]


def test_too_many_tries_are_told_to_wait(small_bench: Bench) -> None:
    browser = small_bench.browser()
    for _ in range(5):
        browser.post("/sign-in", data={"email": "manager@example.ch", "password": "wrong wrong wrong"})
    answer = browser.post("/sign-in", data={"email": "manager@example.ch", "password": PASSWORD})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 900
    assert "Wait 15 minutes" in answer.text


@pytest.mark.parametrize(
    "path", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/\n/x"]
)
def test_signing_in_never_leads_to_another_site(small_bench: Bench, path: str) -> None:
    page = small_bench.browser().get("/sign-in", params={"next": path}).text
    assert '<input type="hidden" name="next" value="/">' in page


def test_another_site_cannot_sign_a_browser_in(small_bench: Bench) -> None:
    give_password(small_bench)
    answer = small_bench.browser().post(
        "/sign-in",
        data={"email": "manager@example.ch", "password": PASSWORD},
        headers={"sec-fetch-site": "cross-site"},
    )
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_a_link_works_once_and_looking_at_it_does_not_use_it(bench: Bench) -> None:
    with bench.parts.database.transaction() as session:
        secret = new_sign_in_link(session, bench.ids["user_admin"], bench.now())
    assert bench.browser().get(f"/sign-in/{secret}").status_code == 200
    assert bench.browser().get(f"/sign-in/{secret}").status_code == 200
    browser = bench.browser()
    assert browser.post(f"/sign-in/{secret}").status_code == 303
    assert browser.get("/people").status_code == 200
    assert bench.browser().post(f"/sign-in/{secret}").status_code == 404
    assert bench.browser().get(f"/sign-in/{secret}").status_code == 404


def test_who_comes_by_link_without_a_password_chooses_one_and_stays_signed_in(small_bench: Bench) -> None:
    with small_bench.parts.database.transaction() as session:
        secret = new_sign_in_link(session, small_bench.ids["user_manager"], small_bench.now())
    browser = small_bench.browser()
    assert browser.post(f"/sign-in/{secret}").headers["location"] == "/account"
    page = browser.get("/account").text
    assert "You have no password yet" in page
    browser.headers["x-csrf-token"] = csrf_token(page)
    chosen = browser.post("/account/password", data={"new_password": PASSWORD})
    assert (chosen.status_code, chosen.headers["location"]) == (303, "/")
    assert "You have no password yet" not in browser.get("/account").text
    again = small_bench.browser().post("/sign-in", data={"email": "manager@example.ch", "password": PASSWORD})
    assert again.status_code == 303


def test_pages_speak_the_browsers_language_to_who_has_chosen_none(small_bench: Bench) -> None:
    with small_bench.parts.database.transaction() as session:
        set_language(session, small_bench.ids["user_manager"], "")
    page = small_bench.browser(Role.MANAGER).get("/account", headers={"accept-language": "fr-CH,de;q=0.5"}).text
    assert '<html lang="fr">' in page


def test_signing_out_ends_the_session_on_the_server(small_bench: Bench) -> None:
    browser, same_cookie = small_bench.browser(Role.MANAGER), small_bench.browser(Role.MANAGER)
    assert browser.post("/sign-out").status_code == 303
    assert same_cookie.get("/board").status_code == 303


def test_a_locked_out_user_is_out_at_once_in_pages_and_api(bench: Bench) -> None:
    browser, program = bench.browser(Role.AGENT), bench.program(Role.AGENT)
    assert browser.get("/desk").status_code == 200
    with bench.parts.database.transaction() as session:
        deactivate(session, bench.ids["user_agent"])
    assert browser.get("/desk").status_code == 303
    assert program.get("/agents/me").status_code == 401


def test_htmx_is_sent_to_the_sign_in_page_as_a_whole(small_bench: Bench) -> None:
    answer = small_bench.browser().get("/board/now", headers={"hx-request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (204, "/sign-in")


def test_changing_the_password_needs_the_old_one_and_ends_all_sessions(small_bench: Bench) -> None:
    give_password(small_bench)
    browser = small_bench.browser()
    browser.post("/sign-in", data={"email": "manager@example.ch", "password": PASSWORD})
    browser.headers["x-csrf-token"] = csrf_token(browser.get("/account").text)
    wanted = {"new_password": "another long one"}
    wrong = browser.post("/account/password", data=wanted | {"old_password": "not it at all"})
    assert wrong.status_code == 422
    right = browser.post("/account/password", data=wanted | {"old_password": PASSWORD})
    assert right.status_code == 303
    assert browser.get("/account").status_code == 303


def test_what_went_wrong_is_said_in_the_persons_own_language_before_the_browsers(small_bench: Bench) -> None:
    with small_bench.parts.database.transaction() as session:
        set_language(session, small_bench.ids["user_agent"], "fr")
    agent, stranger = small_bench.browser(Role.AGENT, language="de"), small_bench.browser(language="de")
    assert "Votre rôle ne le permet pas." in agent.get("/people").text  # refused at the gate
    for path in ("/nowhere", "/desk/correction/call_nobody"):
        assert '<html lang="fr">' in agent.get(path).text, path
    assert '<html lang="de">' in stranger.get("/nowhere").text
