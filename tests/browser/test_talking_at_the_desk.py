"""Someone who has never seen the project plays the customer in one window and the agent in another."""

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser.people import Someone, seat, sign_in
from tests.browser.program import Program, running_program
from tests.browser.sound import EAR, check_hears, check_hears_nothing
from tests.browser.test_the_main_job import add_person, state_grounds

_NUMBER = "+41446681801"
_LIST = "Firma;Telefon;Sprache;PLZ;Kanton\r\nMuster AG;044 668 18 01;de;8005;ZH\r\n"
# Several processes take part in these.
_PATIENCE_MS = 30_000


def prepare_campaign(manager: Someone, program: Program, folder: Path) -> None:
    page = manager.page
    manager.open("/campaigns")
    page.get_by_label("Name").fill("Autumn round")
    page.get_by_label("Caller number").fill("+41 44 668 18 00")
    page.get_by_label("Announced as").fill("Muster Vertrieb")
    page.get_by_label("Deutsch").fill("Guten Tag {{person}}, hier ist {{agent}}.")
    page.get_by_role("button", name="Create campaign").click()
    path = folder / "list.csv"
    path.write_text(_LIST, encoding="utf-8")
    page.get_by_label("Upload a list").set_input_files(path)
    page.get_by_role("button", name="Check the rows").click()
    page.get_by_role("button", name="Import list").click()
    expect(page.locator("#lists .figures")).to_be_visible()
    state_grounds(program)


def open_network(browser: Browser, program: Program) -> Page:
    network = seat(browser, program.carrier_url)
    network.page.add_init_script(EAR)
    network.open("/")
    network.page.get_by_label("I do, for every number").check()
    expect(network.page.get_by_text("Set; it counts for the next calls.")).to_be_visible()
    return network.page


def open_desk(browser: Browser, link: str) -> Someone:
    agent = sign_in(browser, link)
    agent.page.add_init_script(EAR)
    agent.open("/desk")
    expect(agent.page.get_by_text("The phone in this browser is ready.")).to_be_visible()
    agent.page.get_by_role("button", name="Go ready").click()
    expect(agent.page.get_by_text("The phone in this browser is connected.")).to_be_visible(timeout=_PATIENCE_MS)
    return agent


def reload_in_the_talk(agent: Someone, customer: Page) -> None:
    """The page asks before it goes; whoever goes all the same finds the customer, the talk and the notes again."""
    page = agent.page
    with page.expect_response(lambda answer: answer.url.endswith("/desk/draft")):
        page.locator("textarea[name=notes]").fill("Likes it.")
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.locator("#company")).to_have_text("Muster AG")
    expect(page.get_by_text("The phone in this browser is connected.")).to_be_visible(timeout=_PATIENCE_MS)
    expect(page.get_by_text("The customer is waiting; calling you")).to_be_hidden(timeout=_PATIENCE_MS)
    expect(page.locator("textarea[name=notes]")).to_have_value("Likes it.")
    check_hears(page, customer)


def test_customer_and_agent_talk_between_the_sandbox_page_and_the_desk(
    talking_chromium: Browser, tmp_path: Path
) -> None:
    with running_program(tmp_path, speed=1) as program:
        admin = sign_in(talking_chromium, program.first_sign_in)
        way_in = add_person(admin, "Add an agent", "Agent One")
        # Ready before there is a campaign, and back by itself when the page is loaded anew.
        agent = open_desk(talking_chromium, way_in)
        agent.page.reload()
        prepare_campaign(admin, program, tmp_path)
        expect(agent.page.get_by_text("The phone in this browser is connected.")).to_be_visible(timeout=_PATIENCE_MS)
        customer = open_network(talking_chromium, program)
        admin.page.reload()
        admin.page.get_by_role("button", name="Start campaign").click()

        expect(customer.get_by_role("heading", name=_NUMBER)).to_be_visible(timeout=_PATIENCE_MS)
        customer.get_by_role("button", name="Answer", exact=True).click()
        expect(agent.page.locator("#company")).to_have_text("Muster AG", timeout=_PATIENCE_MS)
        check_hears(agent.page, customer)
        customer.get_by_label("What the person says").fill("Muster, grüezi?")
        customer.get_by_label("What the person says").press("Enter")
        expect(agent.page.locator("#captions")).to_have_text("Muster, grüezi?")
        agent.check_accessibility()
        agent.keep_picture("desk-talking")

        mute = agent.page.get_by_role("button", name="Mute microphone")
        mute.click()
        expect(mute).to_have_attribute("aria-pressed", "true")
        check_hears_nothing(customer)
        mute.click()
        reload_in_the_talk(agent, customer)
        customer.get_by_role("button", name="Hang up").click()
        expect(agent.page.locator("#company")).to_be_visible()
        for someone in (admin, agent):
            assert someone.complaints == []
            someone.page.context.close()
        customer.context.close()
