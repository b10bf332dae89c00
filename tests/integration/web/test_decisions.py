"""Why a lead went elsewhere: a partner's own row with values, the others by pseudonym, nothing of the customer."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from accounts.tables import Role
from leads.facts import Policy
from leads.lead_book import LeadDraft, open_lead
from leads.partners import profile_of, save_partner
from leads.routing import route
from leads.tables import Lead, Partner, RoutingRound
from tests.web_bench import Bench

DRAFT = LeadDraft(
    call_id="call_elsewhere", contact_id="", campaign_id="", company="Geheim Kunde AG", person="Herr Geheim",
    phone_number="+41446681899", email="geheim@example.ch", language="it", postcode="6900", canton="TI",
    employees=37, uid="", existing_partner="", answers={"solution": "cloud", "need": "Geheim"},
)  # fmt: skip
SECRET = ("Geheim", "446681899", "6900", "Musterpartner Zwei", "partner_")


def lead_elsewhere(bench: Bench) -> str:
    """A lead in Italian that only the other partner can have; its id."""
    now = bench.now()
    with bench.parts.database.transaction() as session:
        other = session.get_one(Partner, bench.ids["other_partner"])
        profile = replace(profile_of(other), languages=("it", "de"))
        save_partner(session, profile, other.email, now)
        lead = open_lead(session, DRAFT, now)
        assert route(session, lead.id, Policy(), now).partner_id == other.id
    return lead.id


def test_partner_sees_why_a_lead_went_elsewhere_and_nothing_of_the_customer(bench: Bench) -> None:
    lead_id = lead_elsewhere(bench)
    told = bench.program(Role.PARTNER).get(f"/decisions/{lead_id}")
    body = told.json()
    excluded = [rule for rule in body["rules"] if not rule["fits"]]
    assert [(rule["code"], rule["wanted"], rule["found"]) for rule in excluded] == [("LANGUAGE", "it", "de fr")]
    assert (body["rank"], body["is_mine"], body["verifies"]) == (0, False, True)
    assert next(rule for rule in body["rules"] if rule["rule"] == "size")["found"] == "10-49"
    assert [(one["change"], one["value"]) for one in body["changes"]] == [("LANGUAGE", "it")]
    (other,) = body["others"]
    assert (other["rank"], other["codes"]) == (1, [])
    page = bench.browser(Role.PARTNER).get(f"/decisions/{lead_id}").text
    listed = bench.browser(Role.PARTNER).get("/decisions").text
    assert other["name"] in page
    assert lead_id in listed
    for text in SECRET:
        assert text not in told.text.replace(lead_id, ""), text
        assert text not in page.replace(lead_id, ""), text


def test_partner_that_was_no_candidate_finds_what_anybody_finds_of_no_lead(small_bench: Bench) -> None:
    program = small_bench.program(Role.PARTNER)
    # Offered by hand, so there is no decision; and none of a lead that does not exist.
    answers = [program.get(f"/decisions/{lead}") for lead in (small_bench.ids["lead_2"], "lead_none")]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content


def test_list_has_only_leads_that_went_elsewhere(small_bench: Bench) -> None:
    lead_id = lead_elsewhere(small_bench)
    program = small_bench.program(Role.PARTNER)
    rows = program.get("/decisions").json()["items"]
    assert rows[0]["lead_id"] == lead_id
    assert rows[0]["codes"] == ["LANGUAGE"]
    with small_bench.parts.database.transaction() as session:
        session.execute(update(Lead).where(Lead.id == lead_id).values(answers={"solution": "cloud"}))
    one_at_a_time = program.get("/decisions", params={"limit": 1}).json()
    assert [row["lead_id"] for row in one_at_a_time["items"]] == [lead_id]


def test_manager_sees_everybody_and_what_would_have_changed_it(small_bench: Bench) -> None:
    lead_id = lead_elsewhere(small_bench)
    mine = small_bench.ids["partner"]
    body = small_bench.program(Role.MANAGER).get(f"/leads/{lead_id}/why", params={"partner_id": mine}).json()
    assert {one["partner_id"] for one in body["candidates"]} == {mine, small_bench.ids["other_partner"]}
    assert (body["verifies"], body["changes"][0]["change"]) == (True, "LANGUAGE")
    page = small_bench.browser(Role.MANAGER).get(f"/leads/{lead_id}/why?partner_id={mine}").text
    assert "Musterpartner Eins" in page
    assert "to the byte" in page


@pytest.mark.parametrize("change", [{"digest": "0" * 64}, {"partner_id": "partner_other"}])
def test_decision_that_was_tampered_with_is_told_as_such(small_bench: Bench, change: dict[str, str]) -> None:
    lead_id = lead_elsewhere(small_bench)
    with small_bench.parts.database.transaction() as session:
        session.execute(update(RoutingRound).where(RoutingRound.lead_id == lead_id).values(change))
    assert small_bench.program(Role.PARTNER).get(f"/decisions/{lead_id}").json()["verifies"] is False
    assert "no longer matches" in small_bench.browser(Role.MANAGER).get(f"/leads/{lead_id}/why").text
