"""Files into campaigns: counts that add up, all or nothing, and the shipped example."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns import contact_queue
from campaigns.import_contacts import ImportReport, guess_mapping, import_list, mapping_from, read_table
from campaigns.refusals import REASONS, refused_rows_csv
from campaigns.tables import Contact, ContactList, ContactPhone, RefusedRow
from foundation.database import Database
from foundation.errors import Invalid, NotFound
from foundation.ids import new_id
from tests.integration.campaigns.campaign_rows import NOW, add_campaign
from tests.meanwhile import meanwhile

EXAMPLE = Path(__file__).parents[3] / "examples" / "contacts.csv"
HEADER = "Firma;Telefon;PLZ;Branche"


def do_import(database: Database, campaign_id: str, lines: Sequence[str], name: str = "list.csv") -> ImportReport:
    return import_list(database, campaign_id, name, "\r\n".join([HEADER, *lines]).encode("cp1252"), None, NOW)


def count(database: Database, table: type[Contact | RefusedRow | ContactList]) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def adds_up(report: ImportReport) -> bool:
    return report.rows == report.accepted + sum(report.refused.values())


def test_rows_become_contacts_in_the_order_of_the_file(database: Database) -> None:
    campaign_id = add_campaign(database)
    report = do_import(database, campaign_id, ["Müller;044 668 18 00;8005;Bau", "Fabbri;916681801;6900;Bar"])
    assert report == ImportReport(2, 2, 0, 0, 1, {}, report.list_id)
    with database.transaction() as session:
        german, italian = (
            session.get_one(Contact, taken.id)
            for language in ("de", "it")
            for taken in contact_queue.reserve_next(session, campaign_id, language, 5, NOW)
        )
        assert (german.company, german.phone_number, german.canton, german.fields) == (
            "Müller", "+41446681800", "ZH", {"Branche": "Bau"},
        )  # fmt: skip
    assert (italian.phone_number, italian.repaired, italian.row_number) == ("+41916681801", True, 3)
    with database.reading() as session:
        kept = session.get_one(ContactList, report.list_id)
    assert (kept.encoding, kept.delimiter, kept.total_rows, kept.repaired_rows) == ("windows-1252", ";", 2, 1)
    assert kept.mapping == {"columns": HEADER.split(";"), "fields": ["company", "phone", "postcode", ""]}


def test_texts_come_through_whatever_they_mean_to_a_database(database: Database) -> None:
    texts = ["a\\N", "\\.", "two\nlines", "a\ttab", "'; --", "Z\u00fcrich \U0001f600", "a \x1d \x1e \x1f mark"]
    lines = [f'"{text}";044 668 18 {place:02}' for place, text in enumerate(texts)]
    content = "\n".join(["Bemerkung;Telefon", *lines]).encode()
    report = import_list(database, add_campaign(database), "list.csv", content, None, NOW)
    assert report.created == len(texts)
    with database.reading() as session:
        assert session.scalars(select(Contact.notes).order_by(Contact.row_number, Contact.id)).all() == texts


def test_refused_rows_are_kept_with_place_reason_and_content(database: Database) -> None:
    campaign_id = add_campaign(database)
    lines = ["A;044 668 18 00;;", "B;0900 123 456;;x", "C;+41446681800;;", "D;;;"]
    report = do_import(database, campaign_id, lines)
    assert report.refused == {"duplicate_in_file": 1, "missing_number": 1, "premium_rate": 1}
    assert adds_up(report)
    with database.reading() as session:
        rows = session.scalars(select(RefusedRow).order_by(RefusedRow.row_number)).all()
    assert [(row.row_number, row.reason, row.found) for row in rows] == [
        (3, "premium_rate", "0900 123 456"),
        (4, "duplicate_in_file", "+41446681800"),
        (5, "missing_number", ""),
    ]
    assert rows[0].column_name == "Telefon"
    assert rows[0].cells == ["B", "0900 123 456", "", "x"]


def test_one_number_with_two_extensions_is_two_contacts(database: Database) -> None:
    campaign_id = add_campaign(database)
    report = do_import(database, campaign_id, ["A;044 668 18 00 intern 1;;", "B;044 668 18 00 intern 2;;"])
    assert report.accepted == 2


def test_who_is_in_the_campaign_already_is_not_made_twice(database: Database) -> None:
    campaign_id, other = add_campaign(database), add_campaign(database, "Autumn")
    do_import(database, campaign_id, ["A AG;044 668 18 00;;"])
    report = do_import(database, campaign_id, ["A;0446681800;8005;Bau", "C;044 668 18 01;;"])
    assert (report.created, report.updated, report.unchanged, report.refused) == (1, 1, 0, {})
    again = do_import(database, campaign_id, ["A;0446681800;8005;Bau"])
    assert (again.created, again.updated, again.unchanged) == (0, 0, 1)
    assert do_import(database, other, ["B;0446681800;;"]).created == 1
    assert count(database, Contact) == 3


def hold(session: Session, contact_id: str) -> None:
    session.get_one(Contact, contact_id, with_for_update=True, populate_existing=True)


def test_file_in_another_order_and_whoever_orders_the_line_do_not_wait_in_a_circle(postgres_database: Database) -> None:
    database, campaign_id = postgres_database, add_campaign(postgres_database)
    do_import(database, campaign_id, ["A;0446681800;;", "B;0446681801;;"])
    with database.reading() as session:
        first, second = session.scalars(select(Contact.id).order_by(Contact.id)).all()
    report = meanwhile(
        database,
        lambda session: hold(session, first),
        lambda: do_import(database, campaign_id, ["B;0446681801;8005;", "A;0446681800;8005;"]),
        then=lambda session: hold(session, second),
    )
    assert report.updated == 2


def test_contact_who_is_forgotten_while_a_list_names_them_stays_forgotten(postgres_database: Database) -> None:
    database, campaign_id = postgres_database, add_campaign(postgres_database)
    do_import(database, campaign_id, ["A;0446681800;;"])

    def forget(session: Session) -> None:
        contact = session.scalars(select(Contact).with_for_update()).one()
        contact.phone_number, contact.company = "gone_1", ""

    columns = b"Firma;Telefon;Telefon 2;PLZ\r\nA AG;0446681800;0446681805;8005"
    meanwhile(database, forget, lambda: import_list(database, campaign_id, "list.csv", columns, None, NOW))
    with database.reading() as session:
        contact = session.scalars(select(Contact).where(Contact.phone_number == "gone_1")).one()
        assert (contact.company, contact.postcode) == ("", "")
        assert session.scalars(select(ContactPhone)).all() == []


def test_the_same_file_again_changes_nothing_and_is_kept_once_at_most(database: Database) -> None:
    campaign_id = add_campaign(database)
    lines = ["A;044 668 18 00;;", "B;0446681800;;", "C;0900 123 456;;"]
    first = do_import(database, campaign_id, lines)
    for _ in range(3):
        again = do_import(database, campaign_id, lines, "renamed.csv")
        assert (again.created, again.updated, again.unchanged) == (0, 0, 1)
        assert again.refused == first.refused == {"duplicate_in_file": 1, "premium_rate": 1}
    assert (count(database, Contact), count(database, ContactList), count(database, RefusedRow)) == (1, 2, 4)


def test_a_file_that_brought_nobody_in_may_be_tried_with_another_mapping(database: Database) -> None:
    campaign_id = add_campaign(database)
    content = b"Telefon;Firma\nMuster AG;044 668 18 00\n"
    wrong = import_list(database, campaign_id, "list.csv", content, None, NOW)
    assert (wrong.accepted, wrong.refused) == (0, {"not_a_number": 1})
    table = read_table(content, "list.csv")
    right = import_list(
        database, campaign_id, "list.csv", content, mapping_from(table.header, ("company", "phone")), NOW
    )
    assert right.accepted == 1
    assert count(database, ContactList) == 1
    assert count(database, RefusedRow) == 0


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"", b"Firma;Ort\nA;Bern\n", b'Telefon\n"0446681800\n'])
def test_a_file_that_is_no_list_leaves_nothing_behind(sqlite_database: Database, content: bytes) -> None:
    campaign_id = add_campaign(sqlite_database)
    with pytest.raises(Invalid):
        import_list(sqlite_database, campaign_id, "list.csv", content, None, NOW)
    assert [count(sqlite_database, table) for table in (ContactList, Contact, RefusedRow)] == [0, 0, 0]


def test_a_mapping_of_another_file_is_not_used(database: Database) -> None:
    campaign_id = add_campaign(database)
    mapping = mapping_from(("Firma", "Telefon"), ("company", "phone"))
    with pytest.raises(Invalid, match="This list has: Telefon, Firma"):
        import_list(database, campaign_id, "list.csv", b"Telefon;Firma\n0446681800;A\n", mapping, NOW)


def test_an_unknown_campaign_is_not_found(database: Database) -> None:
    with pytest.raises(NotFound):
        do_import(database, "campaign_none", ["A;044 668 18 00;;"])


def test_two_imports_of_one_file_at_once_make_each_contact_once(database: Database) -> None:
    campaign_id = add_campaign(database)
    together = threading.Barrier(2)
    lines = [f"A{number};044 668 18 {number:02};;" for number in range(50)]

    def try_import() -> tuple[int, int]:
        together.wait()
        report = do_import(database, campaign_id, lines)
        return report.created, report.unchanged

    with ThreadPoolExecutor(2) as threads:
        outcomes = [future.result() for future in [threads.submit(try_import) for _ in range(2)]]
    assert sorted(outcomes) == [(0, 50), (50, 0)]
    assert count(database, Contact) == 50


def test_the_example_gets_in_with_every_row_accounted_for(database: Database) -> None:
    campaign_id = add_campaign(database)
    content = EXAMPLE.read_bytes()
    table = read_table(content, EXAMPLE.name)
    mapping = guess_mapping(table.header, table.rows)
    report = import_list(database, campaign_id, EXAMPLE.name, content, mapping, NOW)
    assert report.rows == 3000
    assert adds_up(report)
    assert set(report.refused) <= set(REASONS)
    assert report.accepted > 2500
    assert report.repaired > 100
    for reason in ("duplicate_in_file", "missing_number", "premium_rate", "shortened_by_spreadsheet", "shared_cost"):
        assert report.refused[reason] > 5
    assert count(database, Contact) == report.accepted
    assert count(database, RefusedRow) == sum(report.refused.values())
    with database.reading() as session:
        cantons = set(session.scalars(select(Contact.canton).distinct()))
        languages = set(session.scalars(select(Contact.language).distinct()))
        partnered = session.scalar(select(func.count()).where(Contact.existing_partner != "")) or 0
    assert len(cantons - {""}) == 26
    assert languages == {"de", "fr", "it"}
    assert 0.2 < partnered / report.accepted < 0.35


def test_refused_rows_come_back_as_a_file_that_can_be_mended(database: Database) -> None:
    campaign_id = add_campaign(database)
    first = do_import(database, campaign_id, ["=cmd|A;0900 123 456;8005;Bau", "B;044 668 18 00;;"])
    with database.reading() as session:
        content = refused_rows_csv(session, first.list_id)
    text = content.decode("utf-8-sig")
    assert text.splitlines()[0] == f"{HEADER};! Row;! Reason;! Column;! Found;! What to do"
    assert text.splitlines()[1].startswith("'=cmd|A;0900 123 456;8005;Bau;2;A premium-rate number;")
    mended = content.replace(b"0900 123 456", b"044 668 18 01")
    second = import_list(database, campaign_id, "mended.csv", mended, None, NOW)
    assert (second.accepted, second.refused) == (1, {})
    with database.reading() as session:
        contacts = {one.company: one.fields for one in session.scalars(select(Contact))}
    assert contacts == {"B": {}, "=cmd|A": {"Branche": "Bau"}}


def test_the_file_of_refused_rows_speaks_the_readers_language(database: Database) -> None:
    campaign_id = add_campaign(database)
    report = do_import(database, campaign_id, ["A;;;"])
    with database.reading() as session:
        text = refused_rows_csv(session, report.list_id, str.upper).decode("utf-8-sig")
    assert text.splitlines()[1] == "A;;;;2;NO PHONE NUMBER;Telefon;;ENTER A PHONE NUMBER."
    with pytest.raises(NotFound), database.reading() as session:
        refused_rows_csv(session, "list_none")


CELL = st.one_of(
    st.sampled_from(["", "044 668 18 00", "0446681800", "446681801", "0900 123 456", "4.14E+10", "117"]),
    st.text(st.characters(codec="utf-8"), max_size=10),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(rows=st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=12), delimiter=st.sampled_from(";,\t|"))
def test_whatever_is_in_a_file_its_rows_are_all_accounted_for(
    sqlite_database: Database, rows: list[tuple[str, str, str]], delimiter: str
) -> None:
    content = "\n".join(delimiter.join(row) for row in [("Firma", "Telefon", "Branche"), *rows]).encode()
    before = count(sqlite_database, Contact), count(sqlite_database, RefusedRow), count(sqlite_database, ContactList)
    campaign_id = add_campaign(sqlite_database, new_id("name"))
    try:
        report = import_list(sqlite_database, campaign_id, "list.csv", content, None, NOW)
    except Invalid:
        after = count(sqlite_database, Contact), count(sqlite_database, RefusedRow), count(sqlite_database, ContactList)
        assert after == before
        return
    assert adds_up(report)
    assert count(sqlite_database, Contact) - before[0] == report.accepted
    assert count(sqlite_database, RefusedRow) - before[1] == sum(report.refused.values())
