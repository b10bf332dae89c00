"""The partner's own connections: registering an address, its secret once, the log, and sending again."""

import pytest
from sqlalchemy import func, select

from accounts.tables import AuditEntry, Role
from leads.tables import Delivery
from tests.web_bench import Bench

HTMX = {"hx-request": "true"}


def statuses(bench: Bench) -> dict[str, str]:
    with bench.parts.database.reading() as session:
        return {row.message_id: row.status for row in session.scalars(select(Delivery))}


def test_a_secret_is_shown_once(bench: Bench) -> None:
    browser = bench.browser(Role.PARTNER)
    answer = browser.post("/connections/webhooks", data={"url": "https://partner.example/in"}, headers=HTMX)
    assert "whsec_" in answer.text
    assert "https://partner.example/in" in answer.text
    assert "whsec_" not in browser.get("/connections").text
    changed = browser.post(f"/connections/webhooks/{bench.ids['endpoint']}/secret", headers=HTMX)
    assert "whsec_" in changed.text
    assert "two secrets sign for now" in browser.get("/connections").text
    with bench.parts.database.reading() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action.like("webhook%"))).all()
    assert [entry.action for entry in entries] == ["webhook_added", "webhook_secret_changed"]
    assert "whsec_" not in "".join(str(entry.facts) for entry in entries)


@pytest.mark.parametrize(
    "url", ["http://partner.example/", "https://127.0.0.1/", "https://[::1]/", "https://10.0.0.1/x"]
)
def test_an_address_inside_is_refused_at_once(small_bench: Bench, url: str) -> None:
    page = small_bench.browser(Role.PARTNER).post("/connections/webhooks", data={"url": url}, headers=HTMX)
    api = small_bench.program(Role.PARTNER).post("/webhooks", json={"url": url})
    assert (page.status_code, api.status_code) == (422, 422)


def test_the_api_does_what_the_page_does(bench: Bench) -> None:
    program = bench.program(Role.PARTNER)
    made = program.post("/webhooks", json={"url": "https://partner.example/in"}).json()
    assert made["secret"].startswith("whsec_")
    path = f"/webhooks/{made['endpoint_id']}"
    assert program.post(f"{path}/off").json()["disabled_because"] == "by_hand"
    assert program.post(f"{path}/on").json()["is_on"]
    assert program.post(f"{path}/secret").json()["secret"] != made["secret"]
    assert {one["secrets"] for one in program.get("/webhooks").json()} == {1, 2}
    assert program.post(f"{path}/replay", json={"since": "2026-11-01T00:00:00Z"}).json() == {"messages": 0}
    assert program.post(f"{path}/replay", json={"since": "2026-11-01T00:00:00"}).status_code == 422


def test_a_message_and_all_since_a_day_are_sent_again(bench: Bench) -> None:
    message = bench.ids["message"]
    with bench.parts.database.transaction() as session:
        row = session.scalars(select(Delivery).where(Delivery.message_id == message)).one()
        row.status, row.tries = "failed", 10
    program = bench.program(Role.PARTNER)
    (shown,) = [one for one in program.get("/messages").json()["items"] if one["message_id"] == message]
    assert (shown["type"], shown["status"], shown["channel"]) == ("offer.made", "failed", "webhook")
    assert program.post(f"/messages/{message}/replay").json()["status"] == "pending"
    assert bench.parts.runtime.redis.llen("rq:queue:send") >= 1
    path = f"/webhooks/{bench.ids['endpoint']}/replay"
    assert program.post(path, json={"since": "2026-11-01T00:00:00Z"}).json().get("messages") >= 1
    assert program.post(path, json={"since": "2027-11-01T00:00:00Z"}).json() == {"messages": 0}
    assert statuses(bench)[message] == "pending"


def test_staff_see_a_partners_log_and_send_again(bench: Bench) -> None:
    browser, program = bench.browser(Role.MANAGER), bench.program(Role.MANAGER)
    base = f"/partners/{bench.ids['partner']}"
    page = browser.get(f"{base}/deliveries").text
    assert "offer.made" in page
    assert "https://hook.example/halali" in page
    assert "New secret" not in page
    again = browser.post(f"{base}/deliveries/messages/{bench.ids['message']}/replay", headers=HTMX)
    assert "It is sent again." in again.text
    day = {"day": "2026-11-01"}
    with bench.parts.database.reading() as session:
        mine = select(func.count()).where(Delivery.endpoint_id == bench.ids["endpoint"])
        told = session.scalars(mine).one()
    path = f"{base}/deliveries/webhooks/{bench.ids['endpoint']}/replay"
    assert f"Messages sent again: {told}." in browser.post(path, data=day, headers=HTMX).text
    assert {one["channel"] for one in program.get(f"{base}/messages").json()["items"]} == {"webhook", "email"}
    assert program.get(f"{base}/webhooks").json()[0]["url"] == "https://hook.example/halali"
    other = f"/partners/{bench.ids['other_partner']}/messages/{bench.ids['message']}/replay"
    assert program.post(other).status_code == 404
    assert browser.get("/partners/partner_none/deliveries").status_code == 404
