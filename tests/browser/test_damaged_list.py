"""A manager uploads a damaged list, mends three rows where they stand, and takes the rest in."""

from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.browser.people import Someone, sign_in
from tests.browser.program import Program
from tests.browser.test_the_main_job import add_person

_LIST = (
    "sep=;\r\n"
    "Firma;Ansprechperson;Telefon;Mobile;PLZ;Ort;Bemerkung\r\n"
    "Muster Gärtnerei AG;Frau Muster;446681800;079 123 45 67;8005;Zürich;ruft zurück\r\n"
    "Exemple SA;Mme Exemple;4.14E+10;;1201;Genève;\r\n"
    "Esempio Sagl;Sig. Esempio;unbekannt;;6900;Lugano;\r\n"
    "Beispiel GmbH;;;;3011;Bern;\r\n"
    "Dienst AG;;0900 123 456;;4051;Basel;\r\n"
    "Muster zwei;;044 668 18 00;;8005;Zürich;auch da\r\n"
    "Walliser AG;;027 555 01 02 intern 7;;;;\r\n"
)
_MENDED = {
    "Telefon in row 4": "022 555 01 02",
    "Telefon in row 5": "091 555 01 02",
    "Telefon in row 6": "031 555 01 02",
}


def upload_damaged_list(manager: Someone, folder: Path) -> None:
    page = manager.page
    manager.open("/campaigns")
    page.get_by_label("Name").fill("Mended")
    page.get_by_label("Caller number").fill("+41 44 668 18 00")
    page.get_by_role("button", name="Create campaign").click()
    path = folder / "kunden.csv"
    path.write_bytes(_LIST.encode("cp1252"))
    page.get_by_label("Upload a list").set_input_files(path)
    expect(page.get_by_label("Field for column Mobile")).to_have_value("phone")
    page.get_by_label("Where such lists come from").fill("Chamber of commerce")
    look_at_both_widths(manager, "upload-columns")
    page.get_by_role("button", name="Check the rows").click()


def look_at_both_widths(manager: Someone, name: str) -> None:
    for width, suffix in ((360, "-narrow"), (1280, "")):
        manager.page.set_viewport_size({"width": width, "height": 900})
        manager.check_accessibility()
        manager.keep_picture(name + suffix)


def test_a_damaged_list_is_mended_on_the_spot_and_taken_in(program: Program, chromium: Browser, tmp_path: Path) -> None:
    admin = sign_in(chromium, program.first_sign_in)
    manager = sign_in(chromium, add_person(admin, "Add a manager or administrator", "Manager One"))
    page = manager.page
    upload_damaged_list(manager, tmp_path)
    upload = page.locator("#upload")
    expect(upload).to_contain_text("What would become of the rows")
    expect(upload.locator(".figures")).to_contain_text("Refused5")
    look_at_both_widths(manager, "upload-preview")

    for label, number in _MENDED.items():
        page.get_by_label(label, exact=True).fill(number)
    page.get_by_role("button", name="Check the mended rows").click()
    expect(upload.locator(".figures")).to_contain_text("Refused2")
    page.reload()  # what was mended is not lost with the page
    expect(upload.locator(".figures")).to_contain_text("Refused2")
    expect(upload.locator(".figures")).to_contain_text("New contacts5")
    page.get_by_role("button", name="Import list").click()

    lists = page.locator("#lists")
    expect(lists).to_contain_text("Why rows were refused")
    expect(lists.locator(".figures").first).to_contain_text("New contacts5")
    expect(page.locator("#campaign-figures")).to_contain_text("Waiting")
    look_at_both_widths(manager, "upload-done")
    for someone in (admin, manager):
        assert someone.complaints == []
        someone.page.context.close()
