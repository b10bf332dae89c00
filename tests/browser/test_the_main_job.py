"""The main job in a real browser: a list is uploaded and dialed, a call is qualified, a partner accepts the lead.

Another partner asks why it was not offered to it, and disputes the decision.
"""

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser.disputing import ask_why_and_dispute, read_the_decision, review_and_decide
from tests.browser.people import Someone, sign_in
from tests.browser.program import Program

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
# The sandbox's people let it ring, are busy, do not answer: an answer may take several calls.
CALL_PATIENCE_MS = 120_000


def add_person(admin: Someone, kind: str, name: str, *, partner: str = "", languages: tuple[str, ...] = ()) -> str:
    """Add someone on the page for people; the link that signs them in."""
    admin.open("/people")
    page = admin.page
    page.get_by_text(kind, exact=True).click()
    form = page.locator("details[open] form")
    form.get_by_label("Name").fill(name)
    form.get_by_label("E-mail address").fill(f"{name.lower().replace(' ', '.')}@example.ch")
    form.get_by_label("Language of the pages").select_option("en")
    for language in languages:
        form.get_by_label(language, exact=True).check()
    if partner:
        form.get_by_label("Partner").select_option(label=partner)
    form.get_by_role("button").click()
    link = page.get_by_label("Sign-in link", exact=True)
    expect(link).to_be_focused()
    return link.input_value()


def state_grounds(program: Program) -> None:
    """What the law wants to be stated before anybody is called."""
    words = "All companies of this list were looked up for the test."
    where = ("--source", "directory of the tests", "--by", "A. Tester")
    program.command("rules", "attest", "listed_without_star", "--campaign", "Autumn round", *where, "--words", words)
    shown = ("+41446681800", "--directory", "directory of the tests", "--by", "A. Tester", "--listed-as", "Muster AG")
    program.command("rules", "check-number", *shown)


def upload_and_start(manager: Someone, program: Program) -> None:
    page = manager.page
    manager.open("/campaigns")
    page.get_by_label("Name").fill("Autumn round")
    page.get_by_label("Caller number").fill("+41 44 668 18 00")
    page.get_by_label("Announced as").fill("Muster Vertrieb")
    page.get_by_label("Seconds for wrap-up").fill("3600")
    page.get_by_label("Deutsch").fill("Guten Tag {{person}}, hier ist {{agent}}.\nBin ich richtig bei {{company}}?")
    page.get_by_label("Français").fill("Bonjour {{person}}, ici {{agent}}.\nSuis-je bien chez {{company}}?")
    page.get_by_label("Italiano").fill("Buongiorno {{person}}, qui {{agent}}.\nParlo con {{company}}?")
    page.get_by_role("button", name="Create campaign").click()
    page.get_by_label("Upload a list").set_input_files(EXAMPLES / "contacts.csv")
    expect(page.get_by_label("Field for column Telefon")).to_have_value("phone")
    manager.check_accessibility()
    manager.keep_picture("upload")
    page.get_by_role("button", name="Check the rows").click()
    page.get_by_role("button", name="Import list").click()
    expect(page.locator("#lists .figures")).to_contain_text("3’000")
    expect(page.locator("#campaign-figures")).to_contain_text("Waiting")
    state_grounds(program)
    page.get_by_role("button", name="Start campaign").click()
    expect(page.get_by_role("button", name="Pause campaign")).to_be_visible()
    expect(page.locator("#message")).to_contain_text("The campaign is running.")
    page.keyboard.press("End")
    expect(page.locator("#message")).to_be_in_viewport()
    manager.check_accessibility()
    manager.keep_picture("campaign")


def qualify_first_call(agent: Someone) -> str:
    """Go ready, wait for a person on the line, record them as qualified by key; the company's name."""
    page = agent.page
    page.get_by_role("button", name="Go ready").click()
    company = page.locator("#company")
    expect(company).to_be_visible(timeout=CALL_PATIENCE_MS)
    expect(company).to_be_focused()
    name = company.inner_text()
    expect(page.locator(".script")).to_contain_text(name)
    agent.check_accessibility()
    agent.keep_picture("desk")
    answer_by_keyboard(page)
    load_anew(page)
    agent.check_accessibility()
    agent.keep_picture("desk-questions")
    page.locator("#callback-at").press("Enter")  # says nothing of the call
    expect(company).to_be_visible()
    page.get_by_label("Notes").fill("Wants to hear from a partner next week.")
    page.get_by_label("Notes").press("Control+Shift+Digit1")
    expect(company.filter(has_text=name)).to_have_count(0)
    return name


def answer_by_keyboard(page: Page) -> None:
    """Digits choose and Enter goes on, until the form calls the lead hot."""
    page.locator("#answer-need").fill("The books are of 2009.")
    page.keyboard.press("Enter")
    page.keyboard.press("5")  # cloud
    page.keyboard.press("Enter")
    page.keyboard.type("120")
    expect(page.locator("#long-questions")).to_be_visible()
    expect(page.locator("#assessment")).to_contain_text("+3")
    page.keyboard.press("Enter")
    page.keyboard.press("1")  # decides
    page.keyboard.press("1")  # within three months
    page.keyboard.press("F9")
    page.keyboard.press("F9")  # the budget was asked for and is not known
    expect(page.locator("#assessment")).to_contain_text("hot")


def load_anew(page: Page) -> None:
    """What is noted is still there."""
    page.reload()
    expect(page.locator("#answer-seats")).to_have_value("120")
    expect(page.locator("#long-questions")).to_be_visible()


def find_offered_lead(manager: Someone, company: str) -> str:
    """Watch the lead appear by itself and be offered; the partner that has it before them."""
    page = manager.page
    row = page.get_by_role("row").filter(has_text=company)
    expect(row).to_contain_text("Offered", timeout=30_000)
    manager.check_accessibility()
    manager.keep_picture("leads")
    row.get_by_role("link").click()
    manager.check_accessibility()
    manager.keep_picture("lead")
    return page.locator("section", has_text="Offers").get_by_role("cell").first.inner_text()


def accept_offer(partner: Someone, company: str) -> None:
    page = partner.page
    expect(page.locator("main")).not_to_contain_text(company)
    partner.check_accessibility()
    partner.keep_picture("offer")
    page.get_by_role("button", name="Accept lead").click()
    expect(page.get_by_role("heading", name=company)).to_be_visible()
    partner.keep_picture("accepted")


def look_at_board(manager: Someone) -> None:
    manager.open("/board")
    expect(manager.page.locator("#board")).to_contain_text("Agent One")
    manager.check_accessibility()
    manager.keep_picture("board")


def test_a_list_is_dialed_a_call_is_qualified_a_partner_accepts_and_another_disputes_the_lead(
    program: Program, chromium: Browser
) -> None:
    admin = sign_in(chromium, program.first_sign_in)
    admin.open("/partners")
    admin.page.get_by_label("Import partners").set_input_files(EXAMPLES / "partners.csv")
    admin.page.get_by_role("button", name="Import", exact=True).click()
    expect(admin.page.locator("#partners tbody tr")).to_have_count(40)
    agent = sign_in(chromium, add_person(admin, "Add an agent", "Agent One", languages=("French", "Italian")))
    manager = sign_in(chromium, add_person(admin, "Add a manager or administrator", "Manager One"))
    admin.keep_picture("people")

    upload_and_start(manager, program)
    manager.open("/leads")
    company = qualify_first_call(agent)
    partner_name = find_offered_lead(manager, company)
    look_at_board(manager)

    partner = sign_in(chromium, add_person(admin, "Add a partner's person", "Partner One", partner=partner_name))
    accept_offer(partner, company)
    manager.open("/leads?status=accepted")
    expect(manager.page.get_by_role("row").filter(has_text=company)).to_be_visible()
    admin.open("/partners")
    names = admin.page.locator("#partners tbody tr td:first-child").all_inner_texts()
    other_name = next(name for name in names if name != partner_name)
    other = sign_in(chromium, add_person(admin, "Add a partner's person", "Partner Two", partner=other_name))
    ask_why_and_dispute(other, company)
    review_and_decide(manager)
    read_the_decision(other)
    for someone in (admin, manager, agent, partner, other):
        assert someone.complaints == []
        someone.page.context.close()
