"""A partner sees its own offers and leads and nothing else, in pages, API and streams."""

import pytest

from accounts.tables import Role
from tests.web_bench import Bench

# What tells who the customer is. None of it may be seen before the offer is accepted.
PERSONAL = ("Customer 1 AG", "Herr Kunde", "446681801", "668 18 01", "kunde@example.ch", "secret notes")


def test_an_offer_tells_nothing_personal_before_it_is_accepted(bench: Bench) -> None:
    page = bench.browser(Role.PARTNER).get("/offers").text
    api = bench.program(Role.PARTNER).get("/offers").text
    assert "Cloud" in page
    for text in PERSONAL:
        assert text not in page
        assert text not in api


def test_accepting_shows_the_contact_and_only_of_that_lead(bench: Bench) -> None:
    answer = bench.program(Role.PARTNER).post(f"/offers/{bench.ids['offer_1']}/accept")
    assert answer.status_code == 200
    assert (answer.json()["company"], answer.json()["phone_number"]) == ("Customer 1 AG", "+41446681801")
    page = bench.browser(Role.PARTNER).get("/own-leads").text
    assert "Customer 1 AG" in page
    assert "Customer 2 AG" not in page


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/offers/{offer}"),
        ("POST", "/offers/{offer}/accept"),
        ("POST", "/offers/{offer}/decline"),
        ("GET", "/own-leads/{lead}"),
        ("POST", "/own-leads/{lead}/outcome"),
    ],
)
def test_what_is_anothers_looks_exactly_like_what_does_not_exist(bench: Bench, method: str, path: str) -> None:
    bodies = {"decline": {"reason": "NO_CAPACITY"}, "outcome": {"outcome": "won"}}
    body = bodies.get(path.rpartition("/")[2])
    program = bench.program(Role.PARTNER)
    others = path.format(offer=bench.ids["offer_2"], lead=bench.ids["lead_2"])
    nobodys = path.format(offer="offer_none", lead="lead_none")
    answers = [program.request(method, one, json=body) for one in (others, nobodys)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content


def test_a_lead_that_is_only_offered_is_not_yet_ones_own(bench: Bench) -> None:
    assert bench.program(Role.PARTNER).get(f"/own-leads/{bench.ids['lead_1']}").status_code == 404


@pytest.mark.parametrize("action", ["accept", "decline"])
def test_pages_refuse_anothers_offer_as_if_it_were_none(small_bench: Bench, action: str) -> None:
    browser = small_bench.browser(Role.PARTNER)
    answers = [
        browser.post(f"/offers/{offer}/{action}", data={"reason": "NO_CAPACITY"}, headers={"hx-request": "true"})
        for offer in (small_bench.ids["offer_2"], "offer_none")
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].text == answers[1].text


def test_a_partner_hears_only_its_own_news(small_bench: Bench) -> None:
    program = small_bench.program(Role.PARTNER)
    for topic in ("leads", "board", f"partner:{small_bench.ids['other_partner']}", f"agent:{small_bench.ids['agent']}"):
        assert program.get("/events", params={"topics": topic}).status_code == 403


def test_declining_needs_a_reason_that_we_know(small_bench: Bench) -> None:
    browser = small_bench.browser(Role.PARTNER)
    path = f"/offers/{small_bench.ids['offer_1']}/decline"
    assert browser.post(path, data={"reason": "BECAUSE"}).status_code == 422
    assert browser.post(path, data={"reason": "OTHER", "words": " "}).status_code == 422
    assert browser.post(path, data={"reason": "NO_CAPACITY"}).status_code == 200
    assert browser.post(path, data={"reason": "NO_CAPACITY"}).status_code == 409
