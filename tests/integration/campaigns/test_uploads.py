"""Uploads whose process dies: the undecided vanish, the decided get in whole, and nobody gets in twice."""

import io
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from campaigns import saved_mappings, uploads
from campaigns.import_contacts import import_file, report_of
from campaigns.list_reader import BATCH_ROWS, FIRST_BATCH_ROWS
from campaigns.mapping import mapping_from
from campaigns.tables import Contact, ContactList, ContactPhone, Upload, UploadStatus
from campaigns.upload_sweep import sweep_uploads
from campaigns.uploads import Shelf
from foundation.database import Database
from foundation.errors import Conflict, Invalid
from tests.integration.campaigns.campaign_rows import NOW, add_campaign
from tests.meanwhile import meanwhile
from tests.workbook_files import workbook

HEADER = "Firma;Telefon;UID;Bemerkung;Partner"
LATER = NOW + timedelta(days=2)


class Died(Exception):
    """The process has died."""


def shelf(database: Database, folder: Path, *, dies_after: int = 1_000_000) -> Shelf:
    told: list[str] = []

    def tell(upload_id: str) -> None:
        told.append(upload_id)
        if len(told) > dies_after:
            raise Died

    return Shelf(database, folder / "uploads", lambda: NOW, tell)


def file_of(*lines: str) -> io.BytesIO:
    return io.BytesIO("\n".join([HEADER, *lines]).encode())


def long_list(rows: int) -> io.BytesIO:
    return file_of(*(f"Firma {n};+4144{1_000_000 + n};;;" for n in range(rows)), f"Twin;+4144{1_000_000};;late note;")


def count(database: Database, table: type[Contact] | type[ContactList] | type[ContactPhone]) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def status_of(database: Database, upload_id: str) -> str:
    with database.reading() as session:
        return session.get_one(Upload, upload_id).status


def test_a_commit_that_died_between_two_batches_is_finished_by_the_sweep(database: Database, tmp_path: Path) -> None:
    rows = BATCH_ROWS + 500
    campaign_id = add_campaign(database)
    dying = shelf(database, tmp_path, dies_after=1)
    upload_id = uploads.receive(dying, campaign_id, "long.csv", long_list(rows))
    with pytest.raises(Died):
        uploads.take_in(dying, upload_id)
    assert count(database, Contact) == BATCH_ROWS
    sound = shelf(database, tmp_path)
    assert sweep_uploads(sound, NOW) == 0  # it may still be alive
    assert sweep_uploads(sound, LATER) == 1
    with database.reading() as session:
        report = report_of(session, session.get_one(Upload, upload_id).list_id)
        first = session.scalars(select(Contact).order_by(Contact.row_number)).first()
        assert first is not None
        assert first.notes == "late note"
    assert (report.rows, report.created, report.refused) == (rows + 1, rows, {"duplicate_in_file": 1})
    assert count(database, Contact) == rows
    assert list((tmp_path / "uploads").iterdir()) == []


def test_a_worker_that_was_overtaken_stops(database: Database, tmp_path: Path) -> None:
    campaign_id = add_campaign(database)
    dying = shelf(database, tmp_path, dies_after=0)
    upload_id = uploads.receive(dying, campaign_id, "long.csv", long_list(BATCH_ROWS + 10))
    with pytest.raises(Died):
        uploads.take_in(dying, upload_id)
    overtaking = shelf(database, tmp_path)

    def overtake(_: str) -> None:
        uploads.take_in(overtaking, upload_id)

    overtaken = Shelf(database, tmp_path / "uploads", lambda: NOW, overtake)
    with pytest.raises(Conflict):
        uploads.take_in(overtaken, upload_id)
    assert count(database, Contact) == BATCH_ROWS + 10


def test_an_upload_that_died_while_it_was_read_vanishes(database: Database, tmp_path: Path) -> None:
    campaign_id = add_campaign(database)
    dying = shelf(database, tmp_path, dies_after=0)
    upload_id = uploads.receive(dying, campaign_id, "list.csv", file_of("A;044 668 18 00;;;"))
    with pytest.raises(Died):
        uploads.read_through(dying, upload_id)
    (tmp_path / "uploads" / "upload_nobodys").mkdir()
    assert sweep_uploads(shelf(database, tmp_path), LATER) == 2
    assert status_of(database, upload_id) == UploadStatus.CANCELED
    assert list((tmp_path / "uploads").iterdir()) == []
    assert (count(database, Contact), count(database, ContactList)) == (0, 0)


def test_reading_through_says_what_taking_in_then_does(database: Database, tmp_path: Path) -> None:
    campaign_id = add_campaign(database)
    place = shelf(database, tmp_path)
    import_file(
        place, campaign_id, "first.csv", file_of("A AG;044 668 18 00;CHE-109.322.551;old;", "B;044 668 18 01;;;")
    )
    lines = [
        "A AG;044 668 18 09;CHE-109.322.551;new;Muster Partner",  # known by its company number, under another number
        "B;044 668 18 01;;;",
        "C;044 668 18 02 / 079 123 45 67;;;",
        "D;0900 123 456;;;",
        "C again;079 123 45 67;;call late;",
    ]
    upload_id = uploads.receive(place, campaign_id, "next.csv", file_of(*lines))
    foretold = uploads.read_through(place, upload_id)
    assert (foretold.created, foretold.updated, foretold.unchanged) == (1, 1, 1)
    with database.reading() as session:
        assert session.get_one(Upload, upload_id).status == UploadStatus.READ
    assert count(database, Contact) == 2
    list_id = uploads.take_in(place, upload_id)
    with database.reading() as session:
        report = report_of(session, list_id)
        contacts = {one.company: one for one in session.scalars(select(Contact))}
        phones = {(one.contact_id, one.phone_number) for one in session.scalars(select(ContactPhone))}
    assert (report.created, report.updated, report.unchanged, report.refused) == (1, 1, 1, dict(foretold.refused))
    assert contacts["A AG"].notes == "old\nnew"
    assert contacts["A AG"].phone_number == "+41446681800"
    assert contacts["A AG"].existing_partners == [{"name": "Muster Partner", "evidence": "Partner"}]
    assert contacts["C"].notes == "call late"
    assert phones == {(contacts["A AG"].id, "+41446681809"), (contacts["C"].id, "+41791234567")}


def test_the_first_rows_are_shown_while_the_rest_is_still_counted(database: Database, tmp_path: Path) -> None:
    campaign_id = add_campaign(database)
    seen: list[tuple[str, int, int]] = []

    def look(upload_id: str) -> None:
        with database.reading() as session:
            upload = session.get_one(Upload, upload_id)
            seen.append((upload.status, upload.counts["rows"], len(upload.counts["shown"])))

    place = Shelf(database, tmp_path / "uploads", lambda: NOW, look)
    upload_id = uploads.receive(place, campaign_id, "long.csv", long_list(BATCH_ROWS))
    uploads.read_through(place, upload_id)
    assert seen == [
        (UploadStatus.READING, FIRST_BATCH_ROWS, uploads.SHOWN_ROWS),
        (UploadStatus.READ, BATCH_ROWS + 1, uploads.SHOWN_ROWS),
    ]


def test_another_company_under_a_known_number_leaves_a_note_and_is_no_second_contact(
    database: Database, tmp_path: Path
) -> None:
    campaign_id = add_campaign(database)
    place = shelf(database, tmp_path)
    import_file(place, campaign_id, "first.csv", file_of("Treuhand Meier;044 668 18 00;;;"))
    report = import_file(place, campaign_id, "next.csv", file_of("Bau Huber;044 668 18 00;;ask for Huber;"))
    assert (report.created, report.updated) == (0, 1)
    with database.reading() as session:
        contact = session.scalars(select(Contact)).one()
    assert (contact.company, contact.notes) == ("Treuhand Meier", "Bau Huber · ask for Huber")


def test_a_contact_has_five_numbers_at_most(database: Database, tmp_path: Path) -> None:
    campaign_id = add_campaign(database)
    place = shelf(database, tmp_path)
    import_file(place, campaign_id, "first.csv", file_of("A;044 668 18 00 / 044 668 18 01;CHE-109.322.551;;"))
    more: Sequence[str] = [f"A;044 668 18 0{n};CHE-109.322.551;;" for n in range(2, 8)]
    import_file(place, campaign_id, "more.csv", file_of(*more))
    with database.reading() as session:
        phones = session.scalars(select(ContactPhone).order_by(ContactPhone.position)).all()
    assert [(one.position, one.phone_number) for one in phones] == [
        (2, "+41446681801"), (3, "+41446681802"), (4, "+41446681803"), (5, "+41446681804"),
    ]  # fmt: skip


def test_a_workbook_gets_in_as_a_text_does(database: Database, tmp_path: Path) -> None:
    content = io.BytesIO(workbook([("Firma", "Telefon"), ("A", 446681800), ("B", "079 123 45 67"), ("C", None)]))
    report = import_file(shelf(database, tmp_path), add_campaign(database), "list.xlsx", content)
    assert (report.rows, report.created, report.repaired, report.refused) == (3, 2, 1, {"missing_number": 1})


def test_what_is_wrong_with_a_file_is_kept_and_the_file_is_not(database: Database, tmp_path: Path) -> None:
    place = shelf(database, tmp_path)
    upload_id = uploads.receive(place, add_campaign(database), "list.csv", io.BytesIO(b"%PDF-1.7"))
    with pytest.raises(Invalid, match="PDF"):
        uploads.look_at(place, upload_id)
    with database.reading() as session:
        upload = session.get_one(Upload, upload_id)
    assert (upload.status, "PDF" in upload.problem) == (UploadStatus.FAILED, True)
    assert list((tmp_path / "uploads").iterdir()) == []


def test_mappings_confirmed_at_the_same_moment_are_both_right(postgres_database: Database) -> None:
    first, second = (mapping_from(("A", "B"), fields) for fields in (("phone", ""), ("company", "phone")))

    def save() -> None:
        with postgres_database.transaction() as session:
            saved_mappings.save(session, "Chamber", second, LATER)

    meanwhile(postgres_database, lambda session: saved_mappings.save(session, "Chamber", first, NOW), save)
    with postgres_database.reading() as session:
        found = saved_mappings.offered(session, ("A", "B"))
    assert found is not None
    assert found.mapping == second


def test_a_confirmed_mapping_is_offered_for_lists_of_the_same_form_alone(database: Database) -> None:
    mapping = mapping_from(("A", "B"), ("company", "phone"))
    with database.transaction() as session:
        saved_mappings.save(session, "Chamber", mapping_from(("A", "B"), ("phone", "")), NOW)
        saved_mappings.save(session, "Chamber", mapping, LATER)
    with database.reading() as session:
        found = saved_mappings.offered(session, ("A", "B"))
        assert found is not None
        assert (found.source, found.mapping.fields) == ("Chamber", ("company", "phone"))
        assert saved_mappings.offered(session, ("B", "A")) is None
        assert saved_mappings.sources(session) == ["Chamber"]
