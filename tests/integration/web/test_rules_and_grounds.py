"""The pages of rules, grounds and do-not-call: what is stated there holds, and nothing undoes a block."""

from sqlalchemy import select

from accounts.tables import Role
from compliance.tables import DirectoryCheck, DoNotCall, EvidenceFile, LawfulGround, RegisterEdition
from tests.web_bench import Bench

HTMX = {"hx-request": "true"}


def rows(bench: Bench, table: type) -> list[object]:
    with bench.parts.database.reading() as session:
        return list(session.scalars(select(table)))


def test_a_number_is_explained_with_what_stops_it(small_bench: Bench) -> None:
    browser = small_bench.browser(Role.MANAGER)
    page = browser.get("/rules", params={"number": "+41 44 555 01 00", "at": "2026-12-25T10:00", "region": "zh"})
    assert page.status_code == 200
    for expected in ("May not be called", "no lawful ground is stated", "CH-ground", "CH-hours-callnet"):
        assert expected in page.text
    french = browser.get("/rules", params={"country": "FR", "at": "2026-08-01T10:00"}).text
    assert french.index("Coming") < french.rindex("FR-ground-consumers")
    for wrong, status in (({"number": "12"}, 422), ({"country": "XX"}, 404), ({"at": "noon"}, 422)):
        assert browser.get("/rules", params=wrong).status_code in {status, 400}


def test_a_ground_is_stated_with_its_proof_shown_and_revoked(small_bench: Bench) -> None:
    browser, path = small_bench.browser(Role.MANAGER), f"/campaigns/{small_bench.ids['campaign']}"
    form = {"kind": "consent", "source": "web <b>form</b>", "words": "Yes, call me.", "stated_by": "A. Tester"}
    refused = browser.post(f"{path}/grounds", data=form, headers=HTMX)
    assert refused.status_code in {400, 422}
    kept = browser.post(
        f"{path}/grounds", data=form, files={"evidence": ("proof.pdf", b"%PDF-1.7", "application/pdf")}, headers=HTMX
    )
    assert kept.status_code == 200, kept.text
    assert "web &lt;b&gt;form&lt;/b&gt;" in kept.text
    assert len(rows(small_bench, EvidenceFile)) == 1
    (ground,) = [
        one for one in rows(small_bench, LawfulGround) if isinstance(one, LawfulGround) and one.kind == "consent"
    ]
    assert browser.post(f"{path}/grounds/{ground.id}/revoke", data={"reason": ""}, headers=HTMX).status_code != 200
    revoked = browser.post(f"{path}/grounds/{ground.id}/revoke", data={"reason": "forged"}, headers=HTMX)
    assert "Revoked: forged" in revoked.text
    assert browser.post(f"{path}/grounds/ground_0/revoke", data={"reason": "x"}, headers=HTMX).status_code == 404


def test_a_number_that_is_not_listed_may_not_be_shown(small_bench: Bench) -> None:
    browser, path = small_bench.browser(Role.MANAGER), f"/campaigns/{small_bench.ids['campaign']}"
    look = {"directory_name": "local.ch", "checked_by": "A. Tester", "is_listed": "no"}
    assert "may not be shown" in browser.post(f"{path}/caller-number", data=look, headers=HTMX).text
    assert len(rows(small_bench, DirectoryCheck)) == 2


def test_prefixes_companies_and_files_are_blocked_on_the_page(small_bench: Bench) -> None:
    browser = small_bench.browser(Role.ADMIN)
    for kind, value in (("prefix", "+4144 555"), ("company", "Muster & Co. AG"), ("number", "044 555 01 00")):
        assert browser.post("/do-not-call", data={"kind": kind, "number": value}, headers=HTMX).status_code == 200
    taken_in = browser.post(
        "/do-not-call/files",
        data={"which": "tps", "as_of": "2026-01-01"},
        files={"file": ("tps.txt", b"02079460000 \r\n")},
        headers=HTMX,
    )
    assert "Numbers taken in: 1" in taken_in.text
    assert len(rows(small_bench, RegisterEdition)) == 1
    assert "It stands in: TPS" in browser.get("/do-not-call", params={"number": "+442079460000"}).text
    forgotten = browser.post("/do-not-call/erase", data={"number": "+41445550100"}, headers=HTMX)
    assert forgotten.status_code == 200
    assert "(forgotten)" in browser.get("/do-not-call", params={"number": "+41445550100"}).text
    values = {one.value for one in rows(small_bench, DoNotCall) if isinstance(one, DoNotCall)}
    assert {"+4144555", "muster"} <= values
    assert "+41445550100" not in values


def test_a_manager_does_not_erase(small_bench: Bench) -> None:
    browser = small_bench.browser(Role.MANAGER)
    assert browser.post("/do-not-call/erase", data={"number": "+41445550100"}, headers=HTMX).status_code == 403


def test_a_block_of_any_kind_comes_in_through_the_api(small_bench: Bench) -> None:
    program = small_bench.program(Role.MANAGER)
    made = program.post("/do-not-call", json={"kind": "uid", "value": "CHE-123.456.789"})
    assert (made.status_code, made.json()["value"]) == (201, "123456789")
    assert [one["kind"] for one in program.get("/do-not-call", params={"kind": "uid"}).json()["items"]] == ["uid"]
    assert program.post("/do-not-call", json={"kind": "prefix", "value": "0"}).status_code in {400, 422}


def test_the_key_of_receipts_is_handed_out(small_bench: Bench) -> None:
    (key,) = small_bench.program(Role.PARTNER).get("/receipt-keys").json()["keys"]
    assert (key["kty"], key["crv"], "d" in key) == ("OKP", "Ed25519", False)
