"""A campaign's form over HTTP: looked at, changed on the page and by a program, and brought and taken as a file."""

import json

from sqlalchemy import select

from accounts.tables import AuditEntry, Role
from leads.forms import default_form
from tests.web_bench import Bench, put_call_on_desk

HTMX = {"hx-request": "true"}
WORDS = {"de": "Farbe?", "fr": "Couleur?", "it": "Colore?", "en": "Colour?"}


def form_url(bench: Bench) -> str:
    return f"/campaigns/{bench.ids['campaign']}/form"


def in_use(bench: Bench) -> dict[str, object]:
    found: dict[str, object] = bench.program(Role.MANAGER).get(form_url(bench)).json()
    return found


def test_the_page_shows_every_question_and_the_shipped_form_comes_first(bench: Bench) -> None:
    page = bench.browser(Role.MANAGER).get(form_url(bench)).text
    assert "This is the form that is shipped." in page
    for question in default_form().questions:
        assert f'id="question-{question.key}"' in page
    assert in_use(bench)["version"] == 0


def test_a_question_is_added_moved_and_removed_on_the_page(bench: Bench) -> None:
    manager = bench.browser(Role.MANAGER)
    choices = {f"choice_{code}": ["rot", "blau", ""] for code in ("de", "fr", "it", "en")}
    fields = {"kind": "choice", "depth": "short", "choice_key": ["", "", ""], "choice_points": ["1", "", "0"]}
    fields |= choices | {"choice_opens": ["1"], "mark": default_form().mark} | WORDS
    added = manager.post(f"{form_url(bench)}/questions", data=fields, headers=HTMX)
    assert "Saved. From the next call on, agents ask by this form." in added.text
    document = in_use(bench)["form"]
    assert isinstance(document, dict)
    assert document["questions"][-1] == {
        "key": "colour",
        "kind": "choice",
        "labels": WORDS,
        "choices": [
            {"key": "rot", "labels": dict.fromkeys(WORDS, "rot"), "points": 1},
            {"key": "blau", "labels": dict.fromkeys(WORDS, "blau"), "opens_long": True},
        ],
    }
    assert manager.post(f"{form_url(bench)}/questions/colour/move?steps=-9", headers=HTMX).status_code == 200
    call_id = put_call_on_desk(bench)
    desk = bench.browser(Role.AGENT).get("/desk").text
    assert desk.index("Farbe?") < desk.index("verbessern oder ersetzen")
    draft = {"call_id": call_id, "answers": {"colour": "blau"}}
    judged = bench.program(Role.AGENT).put("/agents/me/draft", json=draft).json()
    assert (judged["opens_long"], judged["opened_by"]) == (True, ["colour"])
    assert manager.post(f"{form_url(bench)}/questions/colour/remove", headers=HTMX).status_code == 200
    assert in_use(bench)["mark"] == default_form().mark
    # The agent's talk goes on by the form that it began with.
    assert "Farbe?" in bench.browser(Role.AGENT).get("/desk").text
    said = {"call_id": call_id, "code": "qualified"}
    assert bench.program(Role.AGENT).post("/agents/me/disposition", json=said).status_code == 200
    leads = bench.program(Role.MANAGER).get("/leads").json()["items"]
    lead = bench.program(Role.MANAGER).get(f"/leads/{leads[0]['id']}").json()
    assert [(one["question"], one["answer"]) for one in lead["answers_in_words"]] == [("Colour?", "blau")]


def test_who_changes_a_form_that_somebody_else_has_changed_is_told(small_bench: Bench) -> None:
    manager = small_bench.browser(Role.MANAGER)
    url = f"{form_url(small_bench)}/questions/budget/remove"
    assert manager.post(url, data={"mark": default_form().mark}, headers=HTMX).status_code == 200
    late = manager.post(f"{form_url(small_bench)}/opening", data={"mark": default_form().mark}, headers=HTMX)
    assert late.status_code == 409
    program = small_bench.program(Role.MANAGER)
    body = {"form": default_form().to_json(), "instead_of": default_form().mark}
    assert program.put(form_url(small_bench), json=body).status_code == 409


def test_a_form_goes_out_as_a_file_and_comes_back_in(small_bench: Bench) -> None:
    manager = small_bench.browser(Role.MANAGER)
    document = manager.get(f"{form_url(small_bench)}.json").json()
    assert document == default_form().to_json()
    document["questions"] = document["questions"][:3]
    file = {"file": ("form.json", json.dumps(document).encode(), "application/json")}
    assert manager.post(f"{form_url(small_bench)}/file", files=file, headers=HTMX).status_code == 200
    assert in_use(small_bench)["form"] == document
    for content in (b"no json", b'{"questions": []}', b"\xff\xfe"):
        spoilt = {"file": ("form.json", content, "application/json")}
        assert manager.post(f"{form_url(small_bench)}/file", files=spoilt, headers=HTMX).status_code == 422
    assert in_use(small_bench)["form"] == document


def test_a_program_copies_changes_and_lists_versions_and_each_change_is_on_record(small_bench: Bench) -> None:
    program = small_bench.program(Role.MANAGER)
    new = {"name": "Winter", "caller_number": "+41446681800"}
    other = program.post("/campaigns", json=new).json()["id"]
    document = program.get("/forms/default").json()
    document["long_from_complexity"] = 5
    made = program.put(f"/campaigns/{other}/form", json={"form": document}).json()
    copied = program.post(f"{form_url(small_bench)}/copy", json={"from_campaign_id": other}).json()
    assert (copied["mark"], copied["version"]) == (made["mark"], 1)
    assert program.get(f"/forms/{made['mark']}").json() == document
    shipped = program.post(f"{form_url(small_bench)}/copy", json={}).json()
    assert (shipped["mark"], shipped["version"]) == (default_form().mark, 2)
    versions = program.get(f"{form_url(small_bench)}/versions").json()
    assert [one["version"] for one in versions] == [2, 1]
    assert versions[0]["made_by"] == small_bench.ids["user_manager"]
    with small_bench.parts.database.reading() as session:
        acts = session.scalars(select(AuditEntry.action).where(AuditEntry.action == "form_changed")).all()
    assert len(acts) == 3
    assert program.get("/forms/none").status_code == 404
    assert program.put(form_url(small_bench), json={"form": {"questions": []}}).status_code == 422
    assert program.post(f"{form_url(small_bench)}/copy", json={"from_campaign_id": "none"}).status_code == 404
