"""An event from its making to the call after it, in a real browser: seats, a waiting list, a ticked list, a no-show."""

from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Browser, Locator, expect
from sqlalchemy import update

from accounts.tables import Role
from campaigns.tables import Contact, ContactStatus
from dialer.event_answers import event_terms
from events.sweep import sweep_events
from tests.browser.disputing import look_at_both_widths
from tests.browser.people import Someone
from tests.browser.test_partner_portal import signed_in
from tests.web_bench import Bench, put_call_on_desk, running_bench

_BEGINS, _ENDS = "2026-12-10T09:00", "2026-12-10T12:00"
_GUESTS = b"name;email;company\r\nRobin Wartet;robin@example.ch;Wartet AG\r\nOhne Adresse;;Muster AG\r\n"

# What has just been shown must be ready to be pressed: news of others comes at any moment.
_ENTER_AS_THE_LIST_COMES_ANEW = """() => {
  const list = document.getElementById("check-in");
  const enter = new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true });
  const press = (_, watching) => { watching.disconnect(); document.getElementById("find-guest").dispatchEvent(enter); };
  new MutationObserver(press).observe(list, { childList: true });
  htmx.trigger(list, "sse:event");
}"""


def make_event(manager: Someone) -> str:
    """An event of two seats to which the campaign invites; its path."""
    page = manager.page
    manager.open("/workshops")
    page.get_by_text("New event").click()
    for name, value in (("title_de", "Werkstatt Netz"), ("starts_at", _BEGINS), ("ends_at", _ENDS), ("seats", "2")):
        page.locator(f"form[hx-post='/workshops'] [name={name}]").fill(value)
    page.get_by_label("Campaigns that invite").select_option(label="Autumn")
    page.get_by_role("button", name="Create event").click()
    page.wait_for_url("**/workshops/event_*")
    page.get_by_role("button", name="Open: campaigns may invite").click()
    expect(page.get_by_role("button", name="Check-in list")).to_be_visible()
    return page.url.removeprefix(manager.url)


def invite_on_the_phone(agent: Someone, event_id: str) -> None:
    """The contact comes, with a colleague."""
    agent.open("/desk")
    card = agent.page.locator(f"#invitation-{event_id}")
    card.get_by_label("E-mail address, as said on the phone").fill("muster@example.ch")
    card.get_by_role("button", name="Yes, comes").click()
    expect(card.get_by_role("status")).to_contain_text("Reserved until")
    card.get_by_text("A colleague", exact=True).click()
    card.get_by_label("Name").fill("Kim Kollege")
    card.get_by_label("E-mail", exact=True).fill("kim.kollege@example.ch")
    card.get_by_role("button", name="Seat for the colleague").click()
    expect(card.get_by_text("A colleague · 1")).to_be_visible()
    look_at_both_widths(agent, "invitation")


def row_of(someone: Someone, guest: str) -> Locator:
    """A guest's row on the page that is open."""
    return someone.page.locator("tbody tr", has_text=guest)


def test_an_event_from_its_making_to_the_call_after_it(
    chromium: Browser, sqlite_url: str, redis_url: str, tmp_path: Path
) -> None:
    with running_bench(sqlite_url, redis_url, tmp_path) as bench:
        put_call_on_desk(bench)
        manager, agent = (signed_in(chromium, bench, role) for role in (Role.MANAGER, Role.AGENT))
        path = make_event(manager)
        invite_on_the_phone(agent, path.rpartition("/")[2])
        fill_and_move_up(manager)
        tick_who_is_here(manager, path)
        end_events(bench)
        follow_up(manager, path)
        assert manager.complaints == []  # the agent's browser misses a carrier, which nobody runs here
        for someone in (manager, agent):
            someone.page.context.close()


def fill_and_move_up(manager: Someone) -> None:
    """Both seats show by themselves; a guest from a file waits, and moves up when the colleague cannot come."""
    page = manager.page
    for guest in ("Herr Muster", "Kim Kollege"):
        expect(row_of(manager, guest)).to_contain_text("Reserved", timeout=15_000)
    page.get_by_text("Guests from a file").click()
    page.get_by_label("CSV file").set_input_files({"name": "g.csv", "mimeType": "text/csv", "buffer": _GUESTS})
    page.get_by_role("button", name="Reserve seats").click()
    expect(page.locator("#message")).to_contain_text("Refused rows: The e-mail address is missing: 3.")
    expect(row_of(manager, "Robin Wartet")).to_contain_text("Waiting list")
    look_at_both_widths(manager, "event-full")
    page.get_by_role("button", name="Give up the seat: Kim Kollege").click()
    expect(row_of(manager, "Robin Wartet")).to_contain_text("Reserved")
    for guest in ("Herr Muster", "Robin Wartet"):
        page.get_by_role("button", name=f"Confirm: {guest}").click()
        expect(row_of(manager, guest)).to_contain_text("Confirmed")


def tick_who_is_here(manager: Someone, path: str) -> None:
    """Found by a few letters and ticked by Enter; the others are still to come."""
    manager.open(f"{path}/check-in")
    find = manager.page.get_by_label("Find")
    find.fill("wart")
    manager.page.evaluate(_ENTER_AS_THE_LIST_COMES_ANEW)
    expect(row_of(manager, "Robin Wartet")).to_contain_text("Was there", timeout=15_000)
    find.fill("")
    expect(manager.page.get_by_text("1 of 2 are here.")).to_be_visible()
    look_at_both_widths(manager, "check-in")


def end_events(bench: Bench) -> None:
    """What the sweep does when the day is over. The contact was settled by the talk, and waits no more."""
    with bench.parts.database.transaction() as session:
        settled = {"status": ContactStatus.DONE, "outcome": "invitation_answered", "hopper_key": None}
        session.execute(update(Contact).where(Contact.id == bench.ids["contact"]).values(settled))
    after = bench.now() + timedelta(weeks=3)
    assert sweep_events(bench.parts.database, event_terms(after))


def follow_up(manager: Someone, path: str) -> None:
    """Who stayed away is called again."""
    page = manager.page
    manager.open(path)
    expect(row_of(manager, "Herr Muster")).to_contain_text("Stayed away")
    page.get_by_label("Who").select_option("absent")
    page.get_by_label("Campaign").select_option(label="Autumn")
    look_at_both_widths(manager, "event-over")
    page.get_by_role("button", name="Put them in line").click()
    expect(page.locator("#message")).to_contain_text("1 guest is in line to be called.")
