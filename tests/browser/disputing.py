"""A partner that did not get a lead asks why, disputes the decision, and reads what was decided."""

from playwright.sync_api import expect

from tests.browser.people import Someone

PHONE_WIDTH = {"width": 360, "height": 740}
DESK_WIDTH = {"width": 1280, "height": 900}


def look_at_both_widths(someone: Someone, picture: str) -> None:
    """Nothing serious is wrong with the page on a phone and on a desk."""
    for name, size in (("phone", PHONE_WIDTH), ("desk", DESK_WIDTH)):
        someone.page.set_viewport_size(size)  # type: ignore[arg-type]
        someone.check_accessibility()
        someone.keep_picture(f"{picture}-{name}")


def ask_why_and_dispute(partner: Someone, company: str) -> None:
    """Open the decision, see own reasons and nobody's name, and file a dispute."""
    page = partner.page
    partner.open("/decisions")
    look_at_both_widths(partner, "elsewhere")
    page.locator("tbody a").first.click()
    expect(page.get_by_role("heading", name="Why this lead went elsewhere")).to_be_visible()
    expect(page.locator("main")).to_contain_text("What would have changed it")
    expect(page.locator("main")).not_to_contain_text(company)
    look_at_both_widths(partner, "why-not-me")
    page.get_by_text("Dispute this decision").click()
    page.get_by_label("In your words").fill("We have looked after this customer for two years.")
    page.get_by_role("button", name="File the dispute").click()
    expect(page.locator("#dispute")).to_contain_text("We have looked after this customer for two years.")
    look_at_both_widths(partner, "dispute")


def review_and_decide(manager: Someone) -> None:
    """Take the dispute up and decide it."""
    page = manager.page
    manager.open("/reviews")
    look_at_both_widths(manager, "reviews")
    page.locator("#reviews tbody a").first.click()
    page.get_by_role("button", name="Review it").click()
    look_at_both_widths(manager, "review")
    page.get_by_label("Reasons, for this partner").fill("The relation was not recorded with evidence in time.")
    page.get_by_label("Precedent, for all partners").fill("A relation counts from the day it is recorded.")
    page.get_by_role("button", name="Decide", exact=True).click()
    expect(page.locator("#review")).to_contain_text("The relation was not recorded with evidence in time.")


def read_the_decision(partner: Someone) -> None:
    """It appears by itself, and as a precedent for everybody."""
    expect(partner.page.locator("#dispute")).to_contain_text(
        "The relation was not recorded with evidence in time.", timeout=15_000
    )
    partner.open("/precedents")
    expect(partner.page.locator("main")).to_contain_text("A relation counts from the day it is recorded.")
    look_at_both_widths(partner, "precedents")
