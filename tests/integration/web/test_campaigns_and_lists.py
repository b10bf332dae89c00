"""Campaigns and lists over HTTP: rows add up, bad files are explained, nothing half-written, names cannot do harm."""

import json
import re
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from accounts.tables import Role
from tests.grounds import state_grounds
from tests.web_bench import CONTACTS, Bench, running_bench

SETTINGS = {
    "name": "Winter",
    "caller_number": "+41 44 668 18 00",
    "announced_as": "Muster AG",
    "scripts": {"de": "Guten Tag {{person}}", "fr": "Bonjour {{person}}"},
}


def upload_in(html: str) -> str:
    found = re.search(r"/uploads/(upload_\w+)/", html)
    assert found is not None
    return found[1]


def kept_files(bench: Bench) -> list[str]:
    """The uploads of which a file is kept; one of the bench's own waits all the time."""
    return [folder.name for folder in (bench.parts.settings.data_dir / "uploads").iterdir()]


def until(ask: Callable[[], httpx.Response], words: str) -> httpx.Response:
    """The answer as soon as it holds these words. The work goes on in a thread of the server."""
    answer = ask()
    for _ in range(200):
        if words in answer.text:
            return answer
        time.sleep(0.05)
        answer = ask()
    raise AssertionError(f"{words!r} never came: {answer.text}")


def test_a_campaign_is_made_filled_started_and_counted_through_the_api(bench: Bench) -> None:
    program = bench.program(Role.MANAGER)
    made = program.post("/campaigns", json=SETTINGS)
    assert made.status_code == 201
    campaign = made.json()
    assert (campaign["status"], campaign["caller_number"]) == ("draft", "+41446681800")
    path = f"/campaigns/{campaign['id']}"
    assert program.post(f"{path}/start").status_code == 409

    report = program.post(f"{path}/lists", files={"file": ("list.csv", CONTACTS)}).json()
    assert (report["rows"], report["accepted"], report["refused"]) == (3, 2, {"missing_number": 1})
    refused = program.get(f"/lists/{report['list_id']}/refused").json()["items"]
    assert [(row["row_number"], row["reason"]) for row in refused] == [(4, "missing_number")]
    again = program.post(f"{path}/lists", files={"file": ("list.csv", CONTACTS)}).json()
    assert (again["created"], again["unchanged"], again["refused"]) == (0, 2, {"missing_number": 1})

    refusal = program.post(f"{path}/start")
    assert (refusal.status_code, refusal.json()["code"]) == (409, "conflict")
    assert "No agent speaks fr." in refusal.json()["detail"]
    assert "Contacts without a lawful ground: 2." in refusal.json()["detail"]
    bench.add_agent("fr")
    state_grounds(bench.parts.runtime, campaign["id"], "+41446681800")
    assert program.get(f"{path}/launch-check").json()["is_green"]
    assert program.post(f"{path}/start").json()["status"] == "running"
    assert program.post(f"{path}/start").json()["status"] == "running"
    figures = program.get(f"{path}/figures").json()
    assert figures["total"] == 2
    assert figures["total"] == figures["waiting"] + figures["reserved"] + figures["fenced"] + sum(
        figures["done"].values()
    )
    assert program.post(f"{path}/pause").json()["status"] == "paused"


def test_why_nothing_dials_is_answered_on_the_page_and_in_the_api_with_counts_that_add_up(bench: Bench) -> None:
    path = f"/campaigns/{bench.ids['campaign']}"
    answer = bench.program(Role.MANAGER).get(f"{path}/why").json()
    figures = bench.program(Role.MANAGER).get(f"{path}/figures").json()
    assert answer["code"] in {"no_agent", "no_language", "dialing"}
    assert sum(answer["waiting_for"].values()) == figures["waiting"]
    assert answer["next_at"]
    page = bench.browser(Role.MANAGER).get(f"{path}/why").text
    assert "Never called yet" in page


def test_a_manager_states_the_ground_and_the_directory_check_on_the_campaigns_page(bench: Bench) -> None:
    program, browser = bench.program(Role.MANAGER), bench.browser(Role.MANAGER)
    caller = {"caller_number": "+41 44 668 18 77"}
    path = f"/campaigns/{program.post('/campaigns', json=SETTINGS | caller).json()['id']}"
    program.post(f"{path}/lists", files={"file": ("list.csv", CONTACTS)})
    bench.add_agent("fr")
    assert reds(program, path) == {"ground", "directory"}
    stated = {"kind": "listed_without_star", "source": "local.ch", "as_of": "2026-11-24", "stated_by": "M. Muster"}
    refused = browser.post(f"{path}/ground", data=stated, headers={"hx-request": "true"})
    assert refused.status_code == 422
    words = {"words": "Every company of the list was looked up."}
    assert browser.post(f"{path}/ground", data=stated | words).status_code == 200
    assert reds(program, path) == {"directory"}
    check = {"where": "local.ch", "listed_as": "Muster AG", "checked_on": "2026-11-24", "checked_by": "M. Muster"}
    assert browser.post(f"{path}/directory-check", data=check).status_code == 200
    assert reds(program, path) == set()


def reds(program: httpx.Client, path: str) -> set[str]:
    findings = program.get(f"{path}/launch-check").json()["findings"]
    return {finding["code"] for finding in findings if not finding["is_green"]}


def test_nobody_starts_a_campaign_past_a_red_launch_check_on_any_way_in(bench: Bench) -> None:
    for role in (Role.ADMIN, Role.MANAGER):
        program, browser = bench.program(role), bench.browser(role)
        campaign = program.post("/campaigns", json=SETTINGS | {"name": f"Winter {role}", "announced_as": ""}).json()
        path = f"/campaigns/{campaign['id']}"
        check = program.get(f"{path}/launch-check").json()
        assert not check["is_green"]
        # The other campaign of the bench shows the same number, which was looked up for it.
        directory: set[str] = set()
        assert {finding["code"] for finding in check["findings"] if not finding["is_green"]} == {
            "numbers",
            "message",
        } | directory
        assert program.post(f"{path}/start").status_code == 409
        answer = browser.post(f"{path}/start", headers={"hx-request": "true"})
        assert answer.status_code == 409
        assert "launch check is red" in answer.text
        page = browser.get(path).text
        assert "Nobody waits to be dialed." in page
        assert "Upload a contact list" in page
        assert program.get(path).json()["status"] == "draft"


def test_lists_are_paged_by_cursor_without_gaps_or_repeats(bench: Bench) -> None:
    program = bench.program(Role.MANAGER)
    path = f"/campaigns/{bench.ids['campaign']}/contacts"
    first = program.get(path, params={"limit": 1}).json()
    second = program.get(path, params={"limit": 1, "cursor": first["next_cursor"]}).json()
    assert first["next_cursor"]
    assert second["next_cursor"] == ""
    all_of_them = program.get(path).json()
    assert all_of_them["items"] == first["items"] + second["items"]
    assert program.get(path, params={"limit": 201}).status_code == 422
    assert program.get(path, params={"limit": 0}).status_code == 422


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"PK\x03\x04" + bytes(200), "CSV"),
        (b"<!doctype html><html><body>hello</body></html>", "CSV"),
        (b"Firma;Telefon\r\n", "no rows below"),
    ],
)
def test_a_file_that_is_no_list_is_explained_and_leaves_nothing_behind(
    small_bench: Bench, content: bytes, words: str
) -> None:
    browser = small_bench.browser(Role.MANAGER)
    path = f"/campaigns/{small_bench.ids['campaign']}"
    answer = browser.post(f"{path}/uploads", files={"file": ("x.csv", content)}, headers={"hx-request": "true"})
    assert answer.status_code == 422
    assert words in answer.text
    assert kept_files(small_bench) == [small_bench.ids["upload"]]
    lists = small_bench.program(Role.MANAGER).get(f"{path}/lists").json()["items"]
    assert [one["id"] for one in lists] == [small_bench.ids["list"]]


def test_a_file_that_is_too_large_is_refused_while_it_comes_in(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    with running_bench(sqlite_url, redis_url, tmp_path, upload_megabytes=2) as bench:
        path = f"/campaigns/{bench.ids['campaign']}"
        too_large = {"file": ("x.csv", bytes(3 * 1024 * 1024))}
        assert bench.browser(Role.MANAGER).post(f"{path}/uploads", files=too_large).status_code == 413
        assert bench.program(Role.MANAGER).post(f"{path}/lists", files=too_large).status_code == 413
        assert "2 MB" in bench.browser(Role.MANAGER).get(path).text


def test_a_list_may_be_far_larger_than_any_other_request(small_bench: Bench) -> None:
    browser = small_bench.browser(Role.MANAGER)
    path = f"/campaigns/{small_bench.ids['campaign']}/uploads"
    file = b"Firma;Telefon;Bemerkung\r\n" + b"Muster AG;044 668 18 05;" + b"x" * 1000 + b"\r\n"
    rows = b"".join(b"Muster AG;044 668 %04d;%b\r\n" % (number % 10_000, b"x" * 1000) for number in range(27_000))
    shown = browser.post(path, files={"file": ("x.csv", file + rows)})
    assert shown.status_code == 200
    assert "Bemerkung" in shown.text
    other = browser.post(f"{path}/{upload_in(shown.text)}/mended", data={"cell": "x" * 26 * 1024 * 1024})
    assert other.status_code == 413


def test_a_strangers_file_is_not_even_read(small_bench: Bench) -> None:
    path = f"/campaigns/{small_bench.ids['campaign']}"
    no_form = {"content": b"this is no form", "headers": {"content-type": "multipart/form-data"}}
    assert small_bench.browser().post(f"{path}/uploads", **no_form).status_code == 303  # type: ignore[arg-type]
    assert small_bench.program().post(f"{path}/lists", **no_form).status_code == 401  # type: ignore[arg-type]
    assert small_bench.program(Role.PARTNER).post(f"{path}/lists", **no_form).status_code == 403  # type: ignore[arg-type]
    assert small_bench.program(Role.MANAGER).post(f"{path}/lists", **no_form).status_code == 400  # type: ignore[arg-type]
    nothing = small_bench.program(Role.MANAGER).post(f"{path}/lists", files={"other": b"x"})
    assert (nothing.status_code, nothing.json()["detail"]) == (422, "Choose a file first.")


def test_a_file_gets_in_step_by_step_and_its_columns_are_offered_again(small_bench: Bench) -> None:
    browser, program = small_bench.browser(Role.MANAGER), small_bench.program(Role.MANAGER)
    path = f"/campaigns/{small_bench.ids['campaign']}"
    before = len(program.get(f"{path}/contacts").json()["items"])
    shown = browser.post(
        f"{path}/uploads", files={"file": ("x.csv", b"Wer;Womit\r\nZeta AG;044 668 18 05\r\nEta AG;0900 1\r\n")}
    )
    assert "Zeta AG" in shown.text
    assert '<option value="phone" selected>' in shown.text
    upload = f"{path}/uploads/{upload_in(shown.text)}"
    assert browser.post(f"{upload}/columns", data={"column": ["Wer", "Womit"], "field": ["", ""]}).status_code == 422

    chosen = {"column": ["Wer", "Womit"], "field": ["company", "phone"], "source": "Chamber"}
    assert "progress" in browser.post(f"{upload}/columns", data=chosen).text
    preview = until(lambda: browser.get(upload), "What would become")
    assert preview.headers["hx-retarget"] == "#upload"
    assert "+41 44 668 18 05" in preview.text
    assert len(program.get(f"{path}/contacts").json()["items"]) == before  # nothing is decided yet

    assert browser.post(f"{upload}/mended", data={"place": ["3:1"], "cell": ["044 668 18 06"]}).status_code == 200
    preview = until(lambda: browser.get(upload), "What would become")
    assert "Refused rows" not in preview.text
    browser.post(f"{upload}/commit")
    done = until(lambda: browser.get(upload), "Contact lists")
    assert done.headers["hx-retarget"] == "#lists"
    contacts = program.get(f"{path}/contacts").json()["items"]
    assert {one["company"] for one in contacts[before:]} == {"Zeta AG", "Eta AG"}
    assert browser.post(f"{upload}/commit").status_code == 200
    assert len(program.get(f"{path}/contacts").json()["items"]) == before + 2

    again = browser.post(f"{path}/uploads", files={"file": ("y.csv", b"Wer;Womit\r\nTheta AG;044 668 18 07\r\n")}).text
    assert "Chamber" in again
    assert '<option value="company" selected>' in again


def test_a_canceled_upload_leaves_nothing_behind(small_bench: Bench) -> None:
    browser, program = small_bench.browser(Role.MANAGER), small_bench.program(Role.MANAGER)
    path = f"/campaigns/{small_bench.ids['campaign']}"
    before = program.get(f"{path}/lists").json(), program.get(f"{path}/contacts").json()
    shown = browser.post(f"{path}/uploads", files={"file": ("x.csv", b"Telefon;Firma\r\n044 668 18 05;A\r\n")}).text
    upload = f"{path}/uploads/{upload_in(shown)}"
    browser.post(f"{upload}/columns", data={"column": ["Telefon", "Firma"], "field": ["phone", "company"]})
    until(lambda: browser.get(upload), "What would become")
    assert "canceled" in browser.post(f"{upload}/cancel").text
    assert (program.get(f"{path}/lists").json(), program.get(f"{path}/contacts").json()) == before
    assert kept_files(small_bench) == [small_bench.ids["upload"]]
    assert browser.post(f"{upload}/mended", data={}).status_code == 409


@pytest.mark.parametrize("mapping", ["nonsense", "[]", json.dumps({"columns": ["Wer"]}), json.dumps({"columns": 1})])
def test_a_mapping_that_is_none_is_refused(small_bench: Bench, mapping: str) -> None:
    program = small_bench.program(Role.MANAGER)
    path = f"/campaigns/{small_bench.ids['campaign']}/lists"
    content = b"Wer;Womit\r\nZeta AG;044 668 18 05\r\n"
    answer = program.post(path, files={"file": ("x.csv", content)}, data={"mapping": mapping})
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid"


def test_the_refused_rows_come_back_as_a_file_that_runs_no_formula(small_bench: Bench) -> None:
    browser = small_bench.browser(Role.MANAGER)
    content = b"Firma;Telefon\r\n=HYPERLINK(1);\r\n"
    path = f"/campaigns/{small_bench.ids['campaign']}/lists"
    newest = small_bench.program(Role.MANAGER).post(path, files={"file": ("x.csv", content)}).json()["list_id"]
    answer = browser.get(f"{path}/{newest}/refused.csv")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "'=HYPERLINK(1)" in answer.content.decode("utf-8-sig")


def test_a_list_of_another_campaign_is_not_shown_under_this_one(small_bench: Bench) -> None:
    other = small_bench.program(Role.MANAGER).post("/campaigns", json=SETTINGS).json()["id"]
    browser = small_bench.browser(Role.MANAGER)
    assert browser.get(f"/campaigns/{other}/lists/{small_bench.ids['list']}").status_code == 404
    assert browser.get(f"/campaigns/{other}/lists/{small_bench.ids['list']}/refused.csv").status_code == 404


def test_problems_are_documents_with_a_stable_code(small_bench: Bench) -> None:
    program = small_bench.program(Role.MANAGER)
    for answer, status, code in (
        (program.get("/campaigns/campaign_none"), 404, "not_found"),
        (program.post("/campaigns", json=SETTINGS | {"caller_number": "nonsense"}), 422, "invalid"),
        (program.post("/campaigns", json=SETTINGS | {"name": "Autumn"}), 409, "conflict"),
        (program.post("/campaigns", json=SETTINGS | {"owner": "me"}), 422, "invalid"),
        (program.post("/campaigns", json=SETTINGS | {"pacing_mode": "reckless"}), 422, "invalid"),
        (program.get("/nowhere"), 404, "not_found"),
        (program.delete("/campaigns"), 405, "method_not_allowed"),
        (program.get("/users"), 403, "forbidden"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer.headers["content-type"] == "application/problem+json"
        assert {"type", "title", "status", "detail"} <= answer.json().keys()
    fields = program.post("/campaigns", json=SETTINGS | {"owner": "me"}).json()["errors"]
    assert fields[0]["field"] == "owner"
