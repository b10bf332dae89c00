"""A customer who wants a partner at once, in a real browser: asked for, introduced and handed over by keyboard."""

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser.campaign_page import start_campaign
from tests.browser.people import Someone, sign_in
from tests.browser.program import Program
from tests.browser.sandbox_people import decide_who_answers, stays_on_the_line
from tests.browser.test_the_main_job import add_person, answer_by_keyboard

_PARTNER = "Musterpartner Eins"
_PARTNERS = (
    "name;email;languages;cantons;postcodes;solutions;min_employees;max_employees;weekly_capacity;known_customers\r\n"
    f"{_PARTNER};leads@partner.example;de;ZH;;cloud security infrastructure collaboration;1;5000;10;\r\n"
)
_LIST = "Firma;Telefon;Sprache;PLZ;Kanton;Mitarbeitende\r\nMuster Kundin AG;044 668 18 01;de;8005;ZH;120\r\n"
# Several processes take part in these.
_PATIENCE_MS = 30_000


def prepare_partner(admin: Someone, browser: Browser, folder: Path) -> Someone:
    """A partner that takes live calls by its own switch; its person at their own browser."""
    path = folder / "partners.csv"
    path.write_text(_PARTNERS, encoding="utf-8")
    admin.open("/partners")
    admin.page.get_by_label("Import partners").set_input_files(path)
    admin.page.get_by_role("button", name="Import", exact=True).click()
    expect(admin.page.locator("#partners tbody tr")).to_have_count(1)
    partner = sign_in(browser, add_person(admin, "Add a partner's person", "Partner One", partner=_PARTNER))
    partner.open("/profile")
    partner.page.get_by_label("We take live calls").check()
    partner.page.get_by_label("Number for live calls").fill("044 668 19 00")
    partner.page.locator("form[hx-post='/profile/live-line'] button").click()
    expect(partner.page.locator("#message")).to_contain_text("Noted.")
    partner.check_accessibility()
    return partner


def may_put_through(page: Page) -> None:
    """Agents may put customers through."""
    page.locator("[name=allows_live_transfer]").check()


def test_agent_hands_a_hot_customer_to_a_partner_and_the_two_talk_on(
    program: Program, chromium: Browser, tmp_path: Path
) -> None:
    takes_it = stays_on_the_line() | {"presses": "1"}
    decide_who_answers(program, {"+41446681801": stays_on_the_line(), "+41446681900": takes_it})
    admin = sign_in(chromium, program.first_sign_in)
    agent = sign_in(chromium, add_person(admin, "Add an agent", "Agent One"))
    partner = prepare_partner(admin, chromium, tmp_path)
    contacts = tmp_path / "list.csv"
    contacts.write_text(_LIST, encoding="utf-8")
    start_campaign(admin, program, contacts, "Guten Tag, hier ist {{agent}}.", may_put_through)
    page = agent.page
    page.get_by_role("button", name="Go ready").click()
    expect(page.locator("#company")).to_have_text("Muster Kundin AG", timeout=_PATIENCE_MS)
    expect(page.locator("#ask-partner")).to_be_disabled(timeout=_PATIENCE_MS)  # not yet said to be urgent
    answer_by_keyboard(page)
    expect(page.locator("#ask-partner")).to_be_enabled()
    card = page.locator("#desk-transfer")
    page.keyboard.press("Alt+Shift+KeyP")
    expect(card).to_contain_text(f"{_PARTNER} is on the line.", timeout=_PATIENCE_MS)
    agent.check_accessibility()
    agent.keep_picture("desk-introducing")

    partner.open("/own-leads")
    expect(partner.page.locator("main")).to_contain_text("Muster Kundin AG")
    page.keyboard.press("Alt+Shift+KeyH")
    expect(card).to_contain_text("talk on. Note what came of it.", timeout=_PATIENCE_MS)
    agent.keep_picture("desk-handed-over")
    page.keyboard.press("Control+Shift+Digit1")
    expect(page.locator("#company")).to_have_count(0)
    admin.open("/board")
    expect(admin.page.locator("#board")).to_contain_text("Agent One")
    for someone in (admin, agent, partner):
        assert someone.complaints == []
        someone.page.context.close()
