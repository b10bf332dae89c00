"""The API's reference: whoever looks sees what they may ask for, and staff sees for whom everything is."""

from accounts.tables import Role
from tests.web_bench import Bench


def test_reference_shows_a_partner_what_partners_may(small_bench: Bench) -> None:
    browser = small_bench.browser(Role.PARTNER)
    page = browser.get("/api-reference").text
    assert "POST /api/v1/offers/{offer_id}/accept" in page
    assert "/api/v1/users" not in page
    topic = browser.get("/api-reference", params={"topic": "offers"}).text
    assert "DeclineReason" in topic
    assert browser.get("/api-reference", params={"topic": "do-not-call"}).status_code == 404


def test_reference_tells_staff_for_whom_each_request_is(small_bench: Bench) -> None:
    manager = small_bench.browser(Role.MANAGER)
    assert "For partner<" in manager.get("/api-reference", params={"topic": "offers"}).text
    assert "For admin, manager<" in manager.get("/api-reference", params={"topic": "do-not-call"}).text
