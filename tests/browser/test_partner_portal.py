"""A partner's portal in a real browser, and staff's pages beside it: in German, wide and narrow, without a barrier."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from accounts.tables import Role
from accounts.users import set_language
from leads import claims
from leads.claims import ClaimDraft
from leads.presence import Sayer, go_away, plan_capacity
from leads.protection import Decision, local_day
from tests.browser.people import Someone, seat
from tests.web_bench import Bench, running_bench
from web.access import SESSION_COOKIE

WIDTHS = (1280, 360)


@pytest.fixture
def portal(sqlite_url: str, redis_url: str, tmp_path: Path) -> Iterator[Bench]:
    """Two partners with an offer each, claims that wait, an absence, a plan."""
    with running_bench(sqlite_url, redis_url, tmp_path) as bench:
        now, partner_id = bench.now(), bench.ids["partner"]
        today = local_day(now)
        deal = ClaimDraft("registered", "Neukunde AG", "Bat um eine Offerte", today, person="Frau Neu", solution="erp")
        contract = ClaimDraft(
            "running", "Altkunde AG", "Wartungsvertrag", today - timedelta(days=90), today + timedelta(days=99)
        )
        with bench.parts.database.transaction() as session:
            known = claims.ask(session, partner_id, deal, "user_1", now)
            claims.decide(session, known.id, Decision(True, "", "user_9", now))
            claims.ask(session, partner_id, contract, "user_1", now - timedelta(days=9))
            claims.ask(session, bench.ids["other_partner"], contract, "user_2", now)
            go_away(session, partner_id, today + timedelta(days=30), today + timedelta(days=40), Sayer("u", True, now))
            for role in (Role.PARTNER, Role.MANAGER):
                set_language(session, bench.ids[f"user_{role}"], "de")
            plan_capacity(session, partner_id, 6, Sayer("u", False, now))
        yield bench


def signed_in(browser: Browser, bench: Bench, role: Role) -> Someone:
    someone = seat(browser, bench.url)
    someone.page.context.add_cookies([{"name": SESSION_COOKIE, "value": bench.sessions[role][0], "url": bench.url}])
    return someone


def test_partner_takes_a_lead_and_finds_its_way_at_every_width(chromium: Browser, portal: Bench) -> None:
    someone = signed_in(chromium, portal, Role.PARTNER)
    page = someone.page
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for path in ("/offers", "/registrations", "/profile"):
            someone.open(path)
            someone.keep_picture(f"portal{path.replace('/', '-')}-{width}")
            someone.check_accessibility()
    someone.open("/offers")
    # A third lead may have come here, too: a tie is decided by its id.
    ours = page.locator(f"button[hx-post='/offers/{portal.ids['offer_1']}/accept']")
    expect(ours).to_have_text("Lead annehmen")
    ours.click()
    expect(page.get_by_text("Customer 1 AG")).to_be_visible()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        someone.keep_picture(f"portal-own-leads-{width}")
        someone.check_accessibility()
    page.get_by_role("button", name="Erster Kontakt erfolgt").click()
    expect(page.get_by_role("button", name="Erster Kontakt erfolgt")).to_have_count(0)
    assert someone.complaints == []


def test_staff_decides_claims_and_edits_a_partner_at_every_width(chromium: Browser, portal: Bench) -> None:
    someone = signed_in(chromium, portal, Role.MANAGER)
    page = someone.page
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for name, path in (("claims", "/claims"), ("partner", f"/partners/{portal.ids['partner']}")):
            someone.open(path)
            someone.keep_picture(f"staff-{name}-{width}")
            someone.check_accessibility()
    someone.open("/claims")
    first = page.locator("article").first
    expect(first).to_contain_text("überfällig")
    first.get_by_label("Grund").fill("Kein Vertrag gefunden")
    first.get_by_role("button", name="Ablehnen").click()
    expect(page.get_by_text("überfällig")).to_have_count(0)
    assert someone.complaints == []
