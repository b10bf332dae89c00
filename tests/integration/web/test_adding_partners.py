"""One partner is added by hand, with the words of a file at each field."""

import re

from sqlalchemy import select

from accounts.tables import AuditEntry, Role, User
from foundation.database import Database
from leads.customer_identity import CustomerMark
from leads.invited import note_invited
from leads.partners import change_partner
from leads.relation_evidence import IN_FILE
from leads.tables import Partner, PartnerRelation
from tests.integration.leads.lead_rows import NOW, add_partner
from tests.meanwhile import meanwhile
from tests.web_bench import Bench
from web.partner_form import read_form

FIELDS = {
    "name": "Handarbeit AG",
    "weekly_capacity": "5",
    "languages": ["de", "fr"],
    "solutions": ["", "erp:3"],
    "cantons": ["ZH"],
    "email": "leads@handarbeit.example",
    "known_customers": "Beispiel Bau GmbH",
}


def test_staff_add_a_partner_by_hand_and_it_is_recorded(small_bench: Bench) -> None:
    browser = small_bench.browser(Role.MANAGER)
    answer = browser.post("/partners/new", data=FIELDS, headers={"hx-request": "true"})
    with small_bench.parts.database.reading() as session:
        partner = session.scalars(select(Partner).where(Partner.name == "Handarbeit AG")).one()
        served = session.scalars(select(PartnerRelation).where(PartnerRelation.partner_id == partner.id)).all()
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc()).limit(1)).one()
    assert answer.headers["hx-redirect"] == f"/partners/{partner.id}"
    assert (partner.solutions, partner.levels, partner.cantons, partner.weight_percent) == (["erp"], [3], ["ZH"], 100)
    assert len(served) == 1
    assert (last.action, last.subject) == ("partner_added", partner.id)
    assert browser.get(f"/partners/{partner.id}").status_code == 200


def test_what_proves_a_relation_is_told_in_the_readers_language_and_peoples_own_words_as_they_are(
    small_bench: Bench,
) -> None:
    event_id, now = small_bench.ids["event"], small_bench.now()
    partner_id = (
        small_bench.browser(Role.MANAGER).post("/partners/new", data=FIELDS).headers["location"].rpartition("/")[2]
    )
    with small_bench.parts.database.transaction() as session:
        note_invited(session, partner_id, [CustomerMark("company", "invited")], event_id, now)
        note_invited(session, partner_id, [CustomerMark("company", "gone")], "event_gone", now)
        claimed = PartnerRelation(known_by="company", customer_key="claimed", evidence=IN_FILE, claim_id="claim_1")
        claimed.partner_id, claimed.since, claimed.recorded_at = partner_id, now.date(), now
        session.add(claimed)
        session.get_one(User, small_bench.ids["user_manager"]).language = "de"
    page = small_bench.browser(Role.MANAGER).get(f"/partners/{partner_id}").text
    said = re.findall(r"<li>([^<]+) <span[^>]*>[^,<]+, ([^,]+), seit ", page)
    assert said == [
        ("claimed", IN_FILE),
        ("gone", "Einladung angenommen: event_gone"),
        ("invited", "Einladung angenommen: Werkstatt Cloud"),
        ("beispiel bau", "beim Hinzufügen des Partners genannt"),
    ]


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(small_bench: Bench) -> None:
    browser = small_bench.browser(Role.MANAGER)
    wrong = FIELDS | {"home_postcode": "0001", "languages": [], "name": "Musterpartner Eins", "staff": "12"}
    answer = browser.post("/partners/new", data=wrong, headers={"hx-request": "true"})
    assert answer.status_code == 422
    marked = re.findall(r'name="(\w+)"[^>]*aria-invalid="true"', answer.text)
    assert marked == ["name", "languages", "home_postcode"]
    assert answer.text.count("autofocus") == 1
    assert "there is a partner of this name: change that one" in answer.text
    assert 'value="12"' in answer.text
    assert '<option value="erp:3" selected>' in answer.text


def test_a_change_that_cannot_be_used_is_marked_in_the_same_way(small_bench: Bench) -> None:
    path = f"/partners/{small_bench.ids['partner']}"
    answer = small_bench.browser(Role.MANAGER).post(path, data=FIELDS | {"email": "nobody"})
    assert answer.status_code == 422
    assert re.findall(r'name="(\w+)"[^>]*aria-invalid="true"', answer.text) == ["email"]
    assert 'value="nobody"' in answer.text


def test_a_program_adds_a_partner_and_is_told_which_field_is_wrong(small_bench: Bench) -> None:
    program = small_bench.program(Role.MANAGER)
    body = {"name": "Programm AG", "languages": "de", "solutions": "erp:3 crm:1", "weekly_capacity": "4"}
    made = program.post("/partners", json=body)
    assert (made.status_code, made.json()["levels"]) == (201, [3, 1])
    again = program.post("/partners", json=body | {"grade": "Z"})
    assert again.status_code == 422
    assert [one["field"] for one in again.json()["errors"]] == ["grade", "name"]
    assert small_bench.program(Role.PARTNER).post("/partners", json=body).status_code == 403


def test_address_that_one_changes_while_another_changes_something_else_stays_changed(
    postgres_database: Database,
) -> None:
    partner_id = add_partner(postgres_database, "A")

    def take_more_leads() -> None:
        with postgres_database.transaction() as session:
            changes, email = read_form(session, partner_id, {"weekly_capacity": "9"})
            change_partner(session, partner_id, NOW, email, **changes)

    meanwhile(
        postgres_database,
        lambda session: change_partner(session, partner_id, NOW, "new@example.ch"),
        take_more_leads,
    )
    with postgres_database.reading() as session:
        partner = session.get_one(Partner, partner_id)
    assert (partner.email, partner.weekly_capacity) == ("new@example.ch", 9)
