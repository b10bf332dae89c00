"""Numbers and companies that other campaigns have: noticed at import, kept with their notes or refused."""

import io
from pathlib import Path

from sqlalchemy import select

from campaigns import uploads
from campaigns.book import elsewhere
from campaigns.import_contacts import ImportReport, import_file
from campaigns.in_book import InBook
from campaigns.refusals import refused_rows_csv
from campaigns.tables import Contact, RefusedRow
from campaigns.uploads import Shelf
from foundation.database import Database
from foundation.one_writer import be_only_writer
from tests.integration.campaigns.campaign_rows import NOW, add_campaign, add_contacts
from tests.meanwhile import meanwhile

HEADER = "Firma;Telefon;UID;Bemerkung"
SPRING = (
    "A AG;044 668 18 00;;asked for an offer",
    "B AG;044 668 18 01 / 044 668 18 02;;two numbers",
    "C AG;044 668 18 03;CHE-116.281.710;a company",
    "D AG;044 668 18 04 intern 7;;an extension",
)
AUTUMN = (
    "A;044 668 18 00;;fresh",
    "B;044 668 18 02;;",
    "C;044 668 18 13;CHE-116.281.710;",
    "D;044 668 18 04 intern 8;;",
    "E;044 668 18 05;;",
    "bad;0900 123 456;;",
)


def shelf(database: Database, folder: Path) -> Shelf:
    return Shelf(database, folder / "uploads", lambda: NOW)


def file_of(lines: tuple[str, ...]) -> io.BytesIO:
    return io.BytesIO("\n".join([HEADER, *lines]).encode())


def do_import(shelf: Shelf, campaign_id: str, lines: tuple[str, ...], in_book: InBook = InBook.KEEP) -> ImportReport:
    report = import_file(shelf, campaign_id, "list.csv", file_of(lines), in_book=in_book)
    assert report.rows == report.created + report.updated + report.unchanged + sum(report.refused.values())
    return report


def notes_in(database: Database, campaign_id: str) -> dict[str, str]:
    with database.reading() as session:
        query = select(Contact.company, Contact.notes).where(Contact.campaign_id == campaign_id)
        return {row.company: row.notes for row in session.execute(query)}


def test_who_stands_in_another_campaign_is_counted_and_kept_with_its_notes(database: Database, tmp_path: Path) -> None:
    spring, autumn = add_campaign(database), add_campaign(database, "Autumn")
    assert do_import(shelf(database, tmp_path), spring, SPRING).in_book == 0
    report = do_import(shelf(database, tmp_path), autumn, AUTUMN)
    assert (report.created, report.in_book, report.refused) == (5, 3, {"premium_rate": 1})
    assert notes_in(database, autumn) == {
        "A": "fresh\nasked for an offer",
        "B": "two numbers",
        "C": "a company",
        "D": "",
        "E": "",
    }
    assert notes_in(database, spring)["A AG"] == "asked for an offer"
    with database.reading() as session:
        one = session.scalars(select(Contact).where(Contact.campaign_id == autumn, Contact.company == "C")).one()
        assert [(other.company, name) for other, name in elsewhere(session, one)] == [("C AG", "Spring")]


def test_who_stands_in_another_campaign_is_refused_where_that_was_wanted(database: Database, tmp_path: Path) -> None:
    spring, autumn = add_campaign(database), add_campaign(database, "Autumn")
    do_import(shelf(database, tmp_path), spring, SPRING)
    report = do_import(shelf(database, tmp_path), autumn, AUTUMN, InBook.REFUSE)
    assert (report.created, report.in_book) == (2, 3)
    assert report.refused == {"duplicate_in_book": 3, "premium_rate": 1}
    with database.reading() as session:
        mended = refused_rows_csv(session, report.list_id)
        cells = session.scalars(select(RefusedRow.cells).where(RefusedRow.reason == "duplicate_in_book")).first()
    assert cells == ["A", "044 668 18 00", "", "fresh"]
    again = import_file(shelf(database, tmp_path), autumn, "mended.csv", io.BytesIO(mended))
    assert (again.created, again.in_book, again.refused) == (3, 3, {"premium_rate": 1})


def test_who_is_in_this_campaign_already_is_updated_whatever_the_book_says(database: Database, tmp_path: Path) -> None:
    spring, autumn = add_campaign(database), add_campaign(database, "Autumn")
    do_import(shelf(database, tmp_path), spring, SPRING)
    do_import(shelf(database, tmp_path), autumn, AUTUMN)
    again = do_import(shelf(database, tmp_path), autumn, ("A;044 668 18 00;;later",), InBook.REFUSE)
    assert (again.updated, again.in_book, again.refused) == (1, 0, {})


def test_the_preview_foretells_what_the_book_refuses(database: Database, tmp_path: Path) -> None:
    spring, autumn = add_campaign(database), add_campaign(database, "Autumn")
    do_import(shelf(database, tmp_path), spring, SPRING)
    upload_id = uploads.receive(shelf(database, tmp_path), autumn, "list.csv", file_of(AUTUMN))
    uploads.decide_book(shelf(database, tmp_path), upload_id, InBook.REFUSE)
    counts = uploads.read_through(shelf(database, tmp_path), upload_id)
    assert (counts.created, counts.in_book, counts.refused["duplicate_in_book"]) == (2, 3, 3)


def test_of_two_lists_that_refuse_each_others_contacts_the_second_does(
    postgres_database: Database, tmp_path: Path
) -> None:
    database, spring = postgres_database, add_campaign(postgres_database)
    autumn = add_campaign(database, "Autumn")
    report = meanwhile(
        database,
        lambda session: be_only_writer(session, uploads.ONE_BOOK),
        lambda: do_import(shelf(database, tmp_path), autumn, AUTUMN[:1], InBook.REFUSE),
        then=lambda _: add_contacts(database, spring, 1, phone_number="+41446681800"),
    )
    assert (report.created, report.refused) == (0, {"duplicate_in_book": 1})
