"""A manager makes a campaign, uploads its list, sets it up and starts it, in a real browser."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.people import Someone
from tests.browser.program import Program
from tests.browser.test_the_main_job import state_grounds


def start_campaign(
    manager: Someone, program: Program, contacts: Path, script: str, set_up: Callable[[Page], None]
) -> None:
    """A campaign that runs: its list in a file, its German script, and what is set on its page before it starts."""
    page = manager.page
    manager.open("/campaigns")
    page.locator("[name=name]").fill("Autumn round")
    page.locator("[name=caller_number]").fill("+41 44 668 18 00")
    page.locator("[name=announced_as]").fill("Muster Vertrieb")
    page.locator("[name=wrap_up_seconds]").fill("3600")
    page.locator("[name=script_de]").fill(script)
    page.locator("form[hx-post='/campaigns'] button").click()
    page.wait_for_url("**/campaigns/campaign_*")
    page.locator("#lists input[type=file]").set_input_files(contacts)
    page.get_by_role("button", name="Check the rows").click()
    page.get_by_role("button", name="Import list").click()
    expect(page.locator("#lists .figures")).to_be_visible()
    page.locator("#campaign-settings > summary").click()
    set_up(page)
    page.locator("#campaign-settings-form button[type=submit]").click()
    expect(page.locator("#message")).to_contain_text("Saved.")
    state_grounds(program)
    page.reload()
    page.get_by_role("button", name="Start campaign").click()
    expect(page.get_by_role("button", name="Pause campaign")).to_be_visible()
