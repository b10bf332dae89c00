"""What pages do to lines, lists and do-not-call files, done through the API: the same steps, nobody else's lists."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from accounts.tables import AuditEntry, Role
from campaigns import contact_queue
from campaigns.campaigns import CampaignDraft, create_campaign
from campaigns.tables import Campaign, Contact, ContactStatus
from compliance.tables import DoNotCall, LawfulGround, RegisterEdition
from tests.web_bench import Bench

LINE = {
    "columns": [{"name": "employees", "descending": True}, {"name": "company"}],
    "new_first": True,
    "retry_rules": {"busy": {"delay_minutes": 10, "tries": 3, "number": "next"}},
    "max_attempts_per_number": 3,
    "callback_patience_minutes": 15,
    "uses_answer_times": False,
}


def other_campaign(bench: Bench) -> str:
    with bench.parts.database.transaction() as session:
        return create_campaign(session, CampaignDraft("Other", "+41446681800"), bench.now()).id


def statuses(bench: Bench) -> list[str]:
    with bench.parts.database.reading() as session:
        return list(session.scalars(select(Contact.status).order_by(Contact.id)))


def test_the_line_is_read_and_written_whole(bench: Bench) -> None:
    program, path = bench.program(Role.MANAGER), f"/campaigns/{bench.ids['campaign']}/line"
    written = program.put(path, json=LINE | {"mix": {bench.ids["list"]: 100}})
    assert written.status_code == 200, written.text
    assert written.json() == program.get(path).json()
    assert program.put(path, json=written.json()).json() == written.json()
    assert written.json()["columns"][1] == {"name": "company", "descending": False}
    assert written.json()["retry_rules"]["busy"]["tries"] == 3
    with bench.parts.database.reading() as session:
        campaign = session.get_one(Campaign, bench.ids["campaign"])
    assert (campaign.list_mix, campaign.uses_answer_times) == ({bench.ids["list"]: 100}, False)


@pytest.mark.parametrize(
    "wrong",
    [
        {"columns": [{"name": "phone_number"}]},
        {"columns": [{"name": "company"}, {"name": "company"}]},
        {"retry_rules": {"do_not_call": {"tries": 3}}},
        {"retry_rules": {"busy": {"tries": 99}}},
        {"max_attempts_per_number": 0},
        {"surprise": 1},
    ],
)
def test_a_line_that_makes_no_sense_changes_nothing(small_bench: Bench, wrong: dict[str, object]) -> None:
    program, path = small_bench.program(Role.MANAGER), f"/campaigns/{small_bench.ids['campaign']}/line"
    before = program.get(path).json()
    assert program.put(path, json=wrong).status_code == 422
    assert program.get(path).json() == before


def test_a_list_of_another_campaign_is_neither_mixed_nor_recycled(small_bench: Bench) -> None:
    program, other = small_bench.program(Role.MANAGER), other_campaign(small_bench)
    mix = {"mix": {small_bench.ids["list"]: 100}}
    assert program.put(f"/campaigns/{other}/line", json=mix).status_code == 404
    with small_bench.parts.database.transaction() as session:
        contact_queue.finish(
            session, small_bench.ids["contact"], outcome="no_answer", now=small_bench.now(), attempted=True
        )
    wanted = {"outcomes": ["no_answer"], "list_id": small_bench.ids["list"]}
    assert program.post(f"/campaigns/{other}/recycle", json=wanted).status_code == 404
    assert program.post(f"/campaigns/{other}/recycle", json={"outcomes": ["no_answer"]}).json() == {"contacts": 0}
    assert statuses(small_bench).count(ContactStatus.DONE) == 1
    mine = program.post(f"/campaigns/{small_bench.ids['campaign']}/recycle", json=wanted)
    assert mine.json() == {"contacts": 1}
    assert statuses(small_bench).count(ContactStatus.DONE) == 0


def test_nobody_who_said_no_is_recycled(small_bench: Bench) -> None:
    path = f"/campaigns/{small_bench.ids['campaign']}/recycle"
    program = small_bench.program(Role.MANAGER)
    assert program.post(path, json={"outcomes": ["do_not_call"]}).status_code == 422
    assert program.post(path, json={"outcomes": []}).status_code == 422


def test_a_list_is_set_aside_taken_up_ranked_and_split_with_its_grounds(bench: Bench) -> None:
    program, path = bench.program(Role.MANAGER), f"/lists/{bench.ids['list']}"
    waiting = statuses(bench).count(ContactStatus.WAITING)
    assert program.post(f"{path}/archive").json() == {"contacts": waiting}
    assert program.post(f"{path}/archive").json() == {"contacts": 0}
    assert program.get(path).json()["archived_at"] is not None
    assert program.post(f"{path}/unarchive").json() == {"contacts": waiting}
    assert program.put(f"{path}/priority", json={"priority": 2}).json()["priority"] == 2
    assert program.put(f"{path}/priority", json={"priority": 9}).status_code == 422
    split = program.post(f"{path}/split", json={"parts": 2})
    assert split.status_code == 201, split.text
    (part,) = split.json()["parts"]
    assert (part["split_from"], part["total_rows"] + split.json()["original"]["total_rows"]) == (bench.ids["list"], 3)
    again = bench.browser(Role.MANAGER).post(f"{path}/split", data={"parts": "2", "rows_seen": "3"})
    assert (again.status_code, "Load the page again." in again.text) == (409, True)
    with bench.parts.database.reading() as session:
        held = select(LawfulGround.kind, LawfulGround.subject).order_by(LawfulGround.id)
        kinds = {subject: kind for kind, subject in session.execute(held)}
        told = set(session.scalars(select(AuditEntry.action)))
    assert kinds[part["id"]] == kinds[bench.ids["list"]]
    assert {"list_archived", "list_unarchived", "list_priority", "list_split"} <= told
    assert program.post("/lists/list_none/archive").status_code == 404


@pytest.mark.parametrize("role", [Role.AGENT, Role.PARTNER])
def test_agents_and_partners_reach_no_list_and_no_line(small_bench: Bench, role: Role) -> None:
    program, list_id, campaign_id = small_bench.program(role), small_bench.ids["list"], small_bench.ids["campaign"]
    answers = [
        program.post(f"/lists/{list_id}/archive"),
        program.post(f"/lists/{list_id}/split", json={"parts": 2}),
        program.put(f"/lists/{list_id}/priority", json={"priority": 1}),
        program.put(f"/campaigns/{campaign_id}/line", json=LINE),
        program.post(f"/campaigns/{campaign_id}/recycle", json={"outcomes": ["no_answer"]}),
        program.post("/do-not-call/files", data={"which": "list"}, files={"file": ("a.txt", b"044 555 01 00\n")}),
    ]
    assert [answer.status_code for answer in answers] == [403] * len(answers)
    with small_bench.parts.database.reading() as session:
        assert session.scalars(select(DoNotCall)).all() == []


@pytest.mark.parametrize(
    ("which", "content", "number"),
    [
        ("tps", b"02079460000 \r\n", "+442079460000"),
        ("ctps", b"02079460000 \r\n", "+442079460000"),
        ("us_national", b"212,5550100\r\n", "+12125550100"),
        ("ca_dncl", b"416,5550100\r\n", "+14165550100"),
    ],
)
def test_a_registers_file_comes_in_through_the_api(small_bench: Bench, which: str, content: bytes, number: str) -> None:
    program = small_bench.program(Role.MANAGER)
    terms = {"which": which, "as_of": "2026-01-01T00:00:00Z"}
    report = program.post("/do-not-call/files", data=terms, files={"file": ("register.txt", content + b"nothing\r\n")})
    assert report.status_code == 201, report.text
    assert (report.json()["numbers"], report.json()["refused"]) == (1, 1)
    assert report.json()["refused_lines"] == ["line 2: nothing"]
    with small_bench.parts.database.reading() as session:
        (edition,) = session.scalars(select(RegisterEdition))
    assert (edition.register, edition.as_of) == (which, datetime(2026, 1, 1, tzinfo=UTC))
    page = small_bench.browser(Role.MANAGER).get("/do-not-call", params={"number": number}).text
    assert "It stands in" in page


def test_a_plain_list_blocks_for_one_campaign_or_for_all(small_bench: Bench) -> None:
    program, campaign_id = small_bench.program(Role.MANAGER), small_bench.ids["campaign"]
    file = {"file": ("mine.txt", b"044 555 01 00\n0445550101\n")}
    terms = {"which": "list", "campaign_id": campaign_id, "note": "asked by letter"}
    assert program.post("/do-not-call/files", data=terms, files=file).json()["numbers"] == 2
    blocks = program.get("/do-not-call", params={"phone_number": "+41445550100"}).json()["items"]
    assert [(one["campaign_id"], one["note"], one["source"]) for one in blocks] == [
        (campaign_id, "asked by letter", "import")
    ]
    for wrong, status in (
        ({"which": "list", "campaign_id": "campaign_none"}, 404),
        ({"which": "tps", "campaign_id": campaign_id}, 422),
        ({"which": "robinson"}, 422),
        ({"which": "tps", "as_of": "2026-01-01T00:00:00"}, 422),
        ({"which": "tps", "as_of": "2999-01-01T00:00:00Z"}, 422),
        ({}, 422),
    ):
        assert program.post("/do-not-call/files", data=wrong, files=file).status_code == status, wrong
    assert program.post("/do-not-call/files", data={"which": "list"}).status_code == 422


def test_a_number_is_blocked_for_a_campaign_that_there_is(small_bench: Bench) -> None:
    program, campaign_id = small_bench.program(Role.MANAGER), small_bench.ids["campaign"]
    wanted = {"value": "+41 44 555 01 00", "campaign_id": campaign_id}
    assert program.post("/do-not-call", json={**wanted, "campaign_id": "campaign_none"}).status_code == 404
    assert program.get("/do-not-call").json()["items"] == []
    assert program.post("/do-not-call", json=wanted).json()["campaign_id"] == campaign_id
