"""Preview, nearly done and hold in a real browser, by keyboard: look, skip with a reason, dial, hold, take back."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser.campaign_page import start_campaign
from tests.browser.people import Someone, sign_in
from tests.browser.program import Program
from tests.browser.sandbox_people import decide_who_answers, stays_on_the_line
from tests.browser.test_the_main_job import add_person

_LIST = "Firma;Telefon;Sprache;PLZ;Kanton\r\n" + "".join(
    f"Muster {name} AG;044 668 18 0{place};de;8005;ZH\r\n" for place, name in enumerate(("Eins", "Zwei", "Drei"), 1)
)
_SCRIPT = "Guten Tag, hier ist {{agent}}. Ist dort {{company}}?" + "\nUnd dann?" * 40  # its end is out of sight
# Several processes take part in these.
_PATIENCE_MS = 30_000


# After a hold, what was told before it is told again.
NEARLY_DONE_AND_HOLD = ("nearly_done", "hold", "nearly_done")


def signals_told(program: Program) -> list[str]:
    """What the desk has told of the talk, in order, as the dialer keeps it."""
    file = Path(program.environment["DATA_DIR"]) / "halali.db"
    with closing(sqlite3.connect(file)) as database:
        rows = database.execute("SELECT why FROM agent_events WHERE why LIKE 'signal:%' ORDER BY id").fetchall()
    return [str(why).removeprefix("signal:") for (why,) in rows]


@contextmanager
def told_to_the_dialer(page: Page) -> Iterator[None]:
    """What is done inside makes the desk tell something, and the dialer has taken it before anything else is done."""
    with page.expect_response("**/desk/signal", timeout=_PATIENCE_MS) as answer:
        yield
    assert answer.value.ok


def everybody_answers(program: Program) -> None:
    """Whoever is called picks up soon and stays on the line."""
    decide_who_answers(program, {f"+4144668180{place}": stays_on_the_line() for place in (1, 2, 3)})


def set_up_preview(page: Page) -> None:
    """Agents look at each contact first."""
    page.locator("[name=pacing_mode][value=preview]").check()
    page.locator("[name=preview_seconds]").fill("900")


def skip_and_dial(page: Page) -> None:
    """The first contact is skipped with a reason, the second one dialed; who it is then."""
    company = page.locator("#company")
    first = company.inner_text()
    left = page.locator(".preview-actions .timer")
    shown = left.inner_text()
    expect(left).not_to_have_text(shown)
    page.keyboard.press("s")
    expect(page.locator("#skip-reason")).to_be_focused()
    page.locator("#skip-reason").select_option("not_now")
    page.get_by_role("button", name="Skip").click()
    expect(company).to_have_text(re.compile("Muster"), timeout=_PATIENCE_MS)
    expect(company).not_to_have_text(first, timeout=_PATIENCE_MS)
    page.locator("body").press("Enter")
    expect(page.locator("#disposition-form")).to_be_visible(timeout=_PATIENCE_MS)


def correct_the_last_call(agent: Someone) -> None:
    """A wrong key, and the right one afterwards; the page, which is the agent's phone, stays."""
    page = agent.page
    page.evaluate("window.stays = true")
    page.keyboard.press("Control+Shift+Digit3")
    last = page.locator("#last-call")
    expect(last).to_contain_text("Not interested", timeout=_PATIENCE_MS)
    page.keyboard.press("Alt+Shift+KeyC")
    notes = page.get_by_label("Notes")
    expect(notes).to_have_value("Wants to hear more.")
    expect(page.locator("#company")).to_be_focused()
    agent.check_accessibility()
    agent.keep_picture("desk-correction")
    page.keyboard.press("Escape")
    expect(notes).to_have_count(0)
    agent.let_it_answer()
    page.keyboard.press("Alt+Shift+KeyC")
    notes.fill("Decides in May.")
    page.keyboard.press("Control+Shift+Digit4")
    expect(page.get_by_label("Decision maker away")).to_be_checked()
    page.keyboard.press("Alt+Shift+KeyC")
    expect(last).to_contain_text("Decision maker away")
    expect(page.locator("#message")).to_have_text("Corrected.")
    agent.keep_picture("desk-corrected")
    assert page.evaluate("window.stays")


def test_an_agent_looks_skips_dials_and_holds_by_keyboard(program: Program, chromium: Browser, tmp_path: Path) -> None:
    everybody_answers(program)
    admin = sign_in(chromium, program.first_sign_in)
    agent = sign_in(chromium, add_person(admin, "Add an agent", "Agent One"))
    contacts = tmp_path / "list.csv"
    contacts.write_text(_LIST, encoding="utf-8")
    start_campaign(admin, program, contacts, _SCRIPT, set_up_preview)
    page = agent.page
    page.get_by_role("button", name="Go ready").click()
    expect(page.locator("#preview-dial")).to_be_visible(timeout=_PATIENCE_MS)
    agent.check_accessibility()
    skip_and_dial(page)

    with told_to_the_dialer(page):
        page.locator(".script-end").scroll_into_view_if_needed()
    with told_to_the_dialer(page):
        page.locator("#answer-need").click()
    with told_to_the_dialer(page):
        page.locator("#callback-at").focus()
    with told_to_the_dialer(page):
        page.get_by_label("Notes").fill("Wants to hear more.")
    with told_to_the_dialer(page):
        page.keyboard.press("F8")
    expect(page.locator("#nearly-done")).to_have_attribute("aria-pressed", "true")
    page.get_by_label("Notes").press("Alt+Shift+KeyW")  # also while they write
    expect(page.locator("#desk-state")).to_contain_text("Customer on hold")
    agent.check_accessibility()
    # A page that is loaded anew shows the same. This one is the agent's phone, too: it stays.
    assert "Customer on hold" in page.context.request.get(f"{agent.url}/desk/now").text()
    page.keyboard.press("Alt+Shift+KeyW")
    expect(page.get_by_role("button", name="Hold")).to_be_visible()
    expect(page.locator("#nearly-done")).to_have_attribute("aria-pressed", "true")  # it reached the dialer, and holds
    assert signals_told(program) == ["script_close", "questions", "form_open", "notes", *NEARLY_DONE_AND_HOLD]
    page.get_by_label("Notes").press("Alt+Shift+KeyB")  # no one after this one
    correct_the_last_call(agent)
    agent.let_it_answer()
    page.keyboard.press("Alt+Shift+KeyC")
    expect(page.get_by_label("Notes")).to_have_value("Decides in May.")
    page.keyboard.press("Alt+Shift+KeyR")
    expect(page.locator("#preview-dial")).to_be_visible(timeout=_PATIENCE_MS)
    expect(page.locator("#message")).to_contain_text("was not saved")
    for someone in (admin, agent):
        assert someone.complaints == []
        someone.page.context.close()
