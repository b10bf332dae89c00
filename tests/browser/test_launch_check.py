"""A manager mends what the launch check shows, and watches it go from red to green."""

from pathlib import Path

from playwright.sync_api import Browser, Locator, expect

from tests.browser.people import Someone, sign_in
from tests.browser.program import Program
from tests.browser.test_the_main_job import add_person

_LIST = (
    "Firma;Ansprechperson;Telefon;Sprache;PLZ;Ort;Kanton;Mitarbeitende\r\n"
    "Muster AG;Frau Muster;044 668 18 00;de;8005;Zürich;ZH;20\r\n"
    "Exemple SA;Mme Exemple;022 555 01 02;fr;1201;Genève;GE;9\r\n"
)


def _reds(manager: Someone) -> Locator:
    return manager.page.locator("#launch-check .red[data-code]")


def _state_grounds(manager: Someone) -> None:
    page = manager.page
    page.get_by_text("State the lawful ground").click()
    page.get_by_label("Directory, kind of relationship, or channel").fill("local.ch")
    page.get_by_label("What proves it for the whole list").fill("All companies of this list were looked up.")
    page.get_by_role("button", name="State the ground").click()
    expect(page.locator("#mend-ground")).to_have_count(0)
    page.get_by_text("Note the directory check").click()
    page.get_by_label("Directory", exact=True).fill("local.ch")
    page.get_by_label("Listed as").fill("Muster AG")
    page.get_by_role("button", name="The number is listed").click()
    expect(page.locator("#mend-directory")).to_have_count(0)


def _look_why(manager: Someone) -> None:
    """The campaign runs, and the page says why nothing dials all the same."""
    page = manager.page
    expect(page.get_by_role("button", name="Pause campaign")).to_be_visible()
    expect(page.locator("#why-text")).to_contain_text("No agent is ready.")
    manager.check_accessibility()
    manager.keep_picture("why")
    page.set_viewport_size({"width": 360, "height": 800})
    manager.check_accessibility()
    manager.keep_picture("why-360")


def _mend_scripts_and_message(manager: Someone) -> None:
    page = manager.page
    page.get_by_text("Settings and scripts", exact=True).click()
    page.get_by_label("Announced as").fill("Muster AG")
    page.get_by_label("Français").fill("Bonjour {{person}}, ici {{agent}}.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#message")).to_contain_text("Saved.")


def test_the_launch_check_goes_from_red_to_green_as_the_manager_mends(
    program: Program, chromium: Browser, tmp_path: Path
) -> None:
    admin = sign_in(chromium, program.first_sign_in)
    add_person(admin, "Add an agent", "Agent One")
    manager = sign_in(chromium, add_person(admin, "Add a manager or administrator", "Manager One"))
    page = manager.page
    manager.open("/campaigns")
    page.get_by_label("Name").fill("Autumn round")
    page.get_by_label("Caller number").fill("+41 44 668 18 00")
    page.get_by_label("Deutsch").fill("Guten Tag {{person}}, hier ist {{agent}}.")
    page.get_by_role("button", name="Create campaign").click()

    start = page.get_by_role("button", name="Start campaign")
    expect(start).to_be_disabled()
    expect(_reds(manager)).to_have_count(3)
    expect(page.locator("#launch-check")).to_contain_text("Nobody waits to be dialed.")
    manager.check_accessibility()
    manager.keep_picture("launch-check-empty")

    list_path = tmp_path / "list.csv"
    list_path.write_text(_LIST, encoding="utf-8")
    page.get_by_label("Upload a list").set_input_files(list_path)
    page.get_by_role("button", name="Check the rows").click()
    page.get_by_role("button", name="Import list").click()
    # The list brought French: nobody speaks it, and there is no script. The page learns of it by itself.
    expect(page.locator("#launch-check")).to_contain_text("No agent speaks French.")
    expect(page.locator("#launch-check")).to_contain_text("There is no script in French.")
    manager.check_accessibility()
    manager.keep_picture("launch-check-red")

    _mend_scripts_and_message(manager)
    expect(_reds(manager)).to_have_count(3)
    _state_grounds(manager)
    expect(_reds(manager)).to_have_count(1)
    add_person(admin, "Add an agent", "Agent Two", languages=("French",))
    page.reload()
    expect(_reds(manager)).to_have_count(0)
    expect(page.locator("#launch-check")).to_contain_text("Ready to start")
    manager.keep_picture("launch-check-green")
    start.click()
    _look_why(manager)
    for someone in (admin, manager):
        assert someone.complaints == []
        someone.page.context.close()
