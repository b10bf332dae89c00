"""Contacts found and shown with their history, the rules of the line, lists kept, the agent's calendar."""

from datetime import timedelta

import pytest

from accounts.tables import Role
from campaigns import contact_queue
from campaigns.tables import Campaign, Contact
from campaigns.times_of_day import NAMES
from dialer import answer_times
from dialer.search_jobs import write_for
from dialer.tables import Call
from tests.web_bench import Bench, put_call_on_desk


@pytest.mark.parametrize("wanted", ["muster", "HERR MUS", "044 668 18 00", "+41446681800"])
def test_a_contact_is_found_by_company_person_or_number(bench: Bench, wanted: str) -> None:
    write_for(bench.parts.database, seconds=5)
    page = bench.browser(Role.MANAGER).get("/contacts", params={"q": wanted}).text
    assert "Muster &lt;b&gt;AG&lt;/b&gt;" in page
    assert "Exemple SA" not in page


@pytest.mark.parametrize("wanted", ["%", "__", "' or 1=1 --", "nobody at all", "<script>"])
def test_what_is_searched_for_is_no_pattern_and_no_markup(small_bench: Bench, wanted: str) -> None:
    page = small_bench.browser(Role.MANAGER).get("/contacts", params={"q": wanted}).text
    assert "Exemple SA" not in page
    assert "<script>" not in page.split("</head>")[1].replace("<script src", "")


@pytest.mark.parametrize("limit", ["0", "201", "many"])
def test_a_program_that_asks_for_too_many_or_none_is_told_so(small_bench: Bench, limit: str) -> None:
    refused = small_bench.program(Role.MANAGER).get("/contacts", params={"q": "muster", "limit": limit})
    assert refused.status_code == 422
    assert "limit" in refused.text


def test_a_contacts_history_has_import_call_callback_and_block(bench: Bench) -> None:
    now = bench.now()
    with bench.parts.database.transaction() as session:
        contact = session.get_one(Contact, bench.ids["contact"])
        contact_queue.promise_callback(
            session, contact.id, at=now + timedelta(hours=1), agent_id=bench.ids["agent"], now=now, call_id="call_x"
        )
    browser = bench.browser(Role.MANAGER)
    browser.post("/do-not-call", data={"number": contact.phone_number, "note": "asked for it"})
    page = browser.get(f"/contacts/{contact.id}").text
    for word in ("Imported", "contacts.csv", "Callback", "promised", "Do not call", "asked for it", "Call"):
        assert word in page


def test_a_calls_history_says_in_words_what_decided_it_and_folds_the_other_rules_away(small_bench: Bench) -> None:
    call_id = put_call_on_desk(small_bench)
    with small_bench.parts.database.transaction() as session:
        call = session.get_one(Call, call_id)
        said = {"verdict": "allowed", "rules": ["CH-hours-callnet", "CH-ground", "gone"]}
        call.gate_verdict = said | {"ground": small_bench.ids["ground"], "facts": {"country": "CH"}}
    page = small_bench.browser(Role.MANAGER).get(f"/contacts/{call.contact_id}").text
    shown, _, folded = page.partition('<details class="gate">')
    assert "May be called, listed without a star" in shown
    assert "Lawful ground: only with a ground:" in shown
    assert "2 more rules were asked" in folded
    assert "gone" not in shown
    assert "gone" in folded


def test_the_rules_of_the_line_are_set_on_the_page_and_survive_other_settings(bench: Bench) -> None:
    browser, path = bench.browser(Role.MANAGER), f"/campaigns/{bench.ids['campaign']}"
    form = {
        "word": ["busy", "no_answer"],
        "delay": ["10", ""],
        "tries": ["3", ""],
        "number": ["next", "same"],
        "other_time": ["no_answer"],
        "column": ["-employees", "company"],
        "new_first": "true",
        "list_id": [bench.ids["list"]],
        "share": ["100"],
        "max_attempts_per_number": "3",
        "callback_patience_minutes": "15",
    }
    assert browser.post(f"{path}/line", data=form).status_code == 200
    settings = {"name": "Autumn", "caller_number": "+41446681800", "announced_as": "Muster AG"}
    assert browser.post(f"{path}/settings", data=settings).status_code == 200
    with bench.parts.database.reading() as session:
        campaign = session.get_one(Campaign, bench.ids["campaign"])
    assert campaign.retry_rules == {
        "busy": {"delay_minutes": 10, "tries": 3, "number": "next", "other_time": False},
        "no_answer": {"delay_minutes": None, "tries": None, "number": "same", "other_time": True},
    }
    assert campaign.line_order["columns"][0] == {"name": "employees", "descending": True}
    assert campaign.list_mix == {bench.ids["list"]: 100}
    assert (campaign.max_attempts_per_number, campaign.callback_patience_minutes) == (3, 15)
    assert browser.post(f"{path}/line", data=form | {"delay": ["x", ""]}).status_code == 422
    assert browser.post(f"{path}/line", data=form | {"list_id": ["list_of_another"]}).status_code == 404


def test_a_list_is_archived_split_and_recycled_on_the_pages(bench: Bench) -> None:
    browser, list_id = bench.browser(Role.MANAGER), bench.ids["list"]
    for step, data in (("split", {"parts": "2"}), ("priority", {"priority": "2"}), ("archive", {}), ("unarchive", {})):
        answer = browser.post(f"/lists/{list_id}/{step}", data=data)
        assert (step, answer.status_code) == (step, 303)
    refused = browser.post(f"/campaigns/{bench.ids['campaign']}/recycle", data={"outcome": "do_not_call"})
    assert refused.status_code == 422
    done = browser.post(
        f"/campaigns/{bench.ids['campaign']}/recycle", data={"outcome": "no_answer", "resets_attempts": "true"}
    )
    assert "Contacts back in line: 0." in done.text


def test_an_agent_gets_their_own_callbacks_as_a_calendar(bench: Bench) -> None:
    now = bench.now()
    with bench.parts.database.transaction() as session:
        contact_queue.promise_callback(
            session,
            bench.ids["contact"],
            at=now + timedelta(hours=1),
            agent_id=bench.ids["agent"],
            now=now,
            call_id="call_y",
        )
    answer = bench.browser(Role.AGENT).get("/desk/callbacks.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    assert answer.text.count("BEGIN:VEVENT") == 1
    assert "Muster" in answer.text


@pytest.mark.parametrize("is_on", [True, False], ids=["switched on", "switched off"])
def test_the_page_says_who_comes_first_at_this_hour(small_bench: Bench, is_on: bool) -> None:
    noon = small_bench.now().replace(hour=11)
    scores = {"de:small": dict.fromkeys(NAMES, 0.2), "de:large": dict.fromkeys(NAMES, 0.4)}
    with small_bench.parts.database.transaction() as session:
        campaign = session.get_one(Campaign, small_bench.ids["campaign"])
        campaign.answer_times, campaign.uses_answer_times = {"scores": scores, "calls": 900}, is_on
        first_at_noon = answer_times.sizes_first(campaign, noon)
        first_now = answer_times.sizes_first(campaign, small_bench.now())
    assert first_at_noon == ({"de": ("large", "medium", "unknown", "small")} if is_on else {})
    page = small_bench.browser(Role.MANAGER).get(f"/campaigns/{small_bench.ids['campaign']}").text
    said = "First at this hour, German, by employees: 50 and more, 10 to 49, not known, 1 to 9." in page
    assert said == bool(first_now)  # at night nobody comes first
    assert ("At this hour nobody comes before others" in page) != said
