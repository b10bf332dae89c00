"""The portal of partners and staff's side of it, through the pages: profile, claims, first contact, protection."""

from accounts.tables import Role
from foundation.database import Database
from leads.claim_tables import Claim
from leads.profile_tables import PlannedCapacity
from leads.tables import Partner
from tests.web_bench import Bench

HTMX = {"hx-request": "true"}


def partner_row(database: Database, partner_id: str) -> Partner:
    with database.reading() as session:
        return session.get_one(Partner, partner_id)


def test_staff_edits_all_that_a_partner_offers_and_mistakes_are_named(small_bench: Bench) -> None:
    browser, path = small_bench.browser(Role.MANAGER), f"/partners/{small_bench.ids['partner']}"
    page = browser.get(path).text
    assert "Musterpartner Eins" in page
    assert "partner@example.ch" in page
    form = {
        "name": "Musterpartner Eins AG",
        "weekly_capacity": "4",
        "languages": ["de", "it"],
        "cantons": ["ZH", "TI"],
        "solutions": ["", "crm:2", "cloud:3"],
        "home_postcode": "8005",
        "reach_km": "40",
        "grade": "A",
        "staff": "12",
        "excluded_customers": "Rival AG, Other GmbH",
        "min_complexity": "2",
        "weight_percent": "120",
    }
    assert browser.post(path, data=form, headers=HTMX).status_code == 200
    partner = partner_row(small_bench.parts.database, small_bench.ids["partner"])
    assert (partner.languages, partner.cantons, partner.solutions, partner.levels) == (
        *(["de", "it"], ["ZH", "TI"]),
        *(["crm", "cloud"], [2, 3]),
    )
    assert (partner.grade, partner.staff, partner.weekly_capacity, partner.agreed_capacity) == ("A", 12, 4, 4)
    assert (partner.excluded_customers, partner.weight_percent, partner.reach_km) == (["rival", "other"], 120, 40)
    answer = browser.post(path, data=form | {"home_postcode": "9"}, headers=HTMX)
    assert answer.status_code == 422
    assert "home_postcode" in answer.text
    taken = browser.post(path, data=form | {"name": "Musterpartner Zwei"}, headers=HTMX)
    assert taken.status_code == 409
    api = small_bench.program(Role.MANAGER)
    assert api.put(path, json={"staff": "15", "solutions": "erp:1"}).json()["staff"] == 15
    shown = api.get(path).json()
    assert (shown["solutions"], shown["cantons"], shown["people"][0]["email"]) == (
        *(["erp"], ["ZH", "TI"]),
        "partner@example.ch",
    )


def test_partner_sets_room_absence_and_closed_days_on_its_profile(small_bench: Bench) -> None:
    browser, staff = small_bench.browser(Role.PARTNER), small_bench.browser(Role.MANAGER)
    assert browser.get("/profile").status_code == 200
    assert browser.post("/profile/capacity", data={"weekly_capacity": "3"}, headers=HTMX).status_code == 200
    assert browser.post("/profile/capacity", data={"weekly_capacity": "11"}, headers=HTMX).status_code == 422
    with small_bench.parts.database.reading() as session:
        assert session.get_one(PlannedCapacity, small_bench.ids["partner"]).weekly_capacity == 3
    away = {"first": "2026-12-24", "last": "2027-01-02"}
    assert "away now" not in browser.post("/profile/away", data=away, headers=HTMX).text
    assert browser.post("/profile/back", data={"first": "2026-12-24"}, headers=HTMX).status_code == 200
    assert browser.post("/profile/back", data={"first": "2026-12-24"}, headers=HTMX).status_code == 409
    assert browser.post("/profile/closed-days", data={"days": "2026-12-24 2026-12-31"}, headers=HTMX).status_code == 200
    assert browser.post("/profile/closed-days", data={"days": "soon"}, headers=HTMX).status_code == 422
    path = f"/partners/{small_bench.ids['partner']}"
    assert "2026-12-31" in staff.get(path).text
    assert (
        staff.post(f"{path}/away", data={"first": "2026-11-24", "last": "2026-11-30"}, headers=HTMX).status_code == 200
    )
    profile = small_bench.program(Role.PARTNER).get("/own-profile").json()
    assert (profile["absent"], profile["planned_capacity"]["weekly_capacity"]) == ([["2026-11-24", "2026-11-30"]], 3)


def test_partner_registers_a_deal_and_staff_decides_with_the_clock_before_it(small_bench: Bench) -> None:
    browser, staff = small_bench.browser(Role.PARTNER), small_bench.browser(Role.MANAGER)
    deal = {"company": "Neukunde AG", "person": "Frau Neu", "solution": "erp", "evidence": "Asked us by mail"}
    assert browser.post("/registrations/deal", data=deal | {"solution": ""}, headers=HTMX).status_code == 422
    assert "Neukunde AG" in browser.post("/registrations/deal", data=deal, headers=HTMX).text
    contract = {"company": "Altkunde AG", "kind": "running", "evidence": "Contract 1"}
    days = {"since": "2025-01-01", "until": "2027-12-31"}
    assert browser.post("/registrations/relation", data=contract | days, headers=HTMX).status_code == 200
    (deal_id, contract_id) = [row["id"] for row in small_bench.program(Role.MANAGER).get("/claims").json()]
    page = staff.get("/claims").text
    assert page.index("Neukunde AG") < page.index("Altkunde AG")
    assert staff.post(f"/claims/{deal_id}/decide", data={"answer": "yes"}, headers=HTMX).status_code == 200
    assert staff.post(f"/claims/{contract_id}/decide", data={"answer": "no"}, headers=HTMX).status_code == 422
    refusal = {"answer": "no", "reason": "We see no contract"}
    assert staff.post(f"/claims/{contract_id}/decide", data=refusal, headers=HTMX).status_code == 200
    page = browser.get("/registrations").text
    assert "We see no contract" in page
    assert "days left" in page
    with small_bench.parts.database.reading() as session:
        assert session.get_one(Claim, deal_id).decided_by == small_bench.ids["user_manager"]


def test_accepting_leads_to_the_contact_and_one_click_says_that_it_was_called(small_bench: Bench) -> None:
    browser = small_bench.browser(Role.PARTNER)
    offer, lead = small_bench.ids["offer_1"], small_bench.ids["lead_1"]
    answer = browser.post(f"/offers/{offer}/accept", headers=HTMX)
    assert answer.headers["hx-redirect"] == f"/own-leads#{lead}"
    page = browser.get("/own-leads").text
    assert "Customer 1 AG" in page
    assert "else the lead goes to another partner" in page
    late = browser.post(f"/offers/{offer}/decline", data={"reason": "NO_CAPACITY"}, headers=HTMX)
    assert late.status_code == 409
    page = browser.post(f"/own-leads/{lead}/first-contact", headers=HTMX).text
    assert "else the lead goes to another partner" not in page
    assert "90 days left" in page
    (protected,) = small_bench.program(Role.PARTNER).get("/own-protections").json()
    early = {"text": "Called", "day": "2026-11-24"}
    extend = browser.post(f"/own-leads/protections/{protected['id']}/extend", data=early, headers=HTMX)
    assert extend.status_code == 409
    assert "Customer 1 AG" in small_bench.browser(Role.MANAGER).get(f"/partners/{small_bench.ids['partner']}").text
