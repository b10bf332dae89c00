"""Contacts are found by what people type, at the same speed however many there are."""

from collections.abc import Sequence

import pytest
from sqlalchemy import func, select, update

from campaigns import search_index
from campaigns.import_contacts import import_list
from campaigns.search import find_contacts
from campaigns.search_tables import SearchEntry, SearchNote, SearchWord
from campaigns.tables import Contact
from foundation.database import Database
from tests.integration.campaigns.campaign_rows import NOW, add_campaign, add_contacts
from tests.plans import listening, read_as_a_whole, refresh_statistics

LIST = """company;person;phone;phone 2;postcode;place;uid
Müller & Söhne AG;Hans Muster;044 668 18 00;;8001;Zürich;CHE-123.456.788
Mueller Garage GmbH;Ana Peña;044 668 18 01;079 123 45 67;3000;Bern;
L'Oréal Suisse S.A.;;022 300 10 10;;1201;Genève;
"""


def write_all(database: Database) -> None:
    """Write all words that are missing, as the worker does."""
    count = 1
    while count:
        with database.transaction() as session:
            count = search_index.write_some(session)


def found(database: Database, wanted: str) -> Sequence[str]:
    """The first words of the companies that are found."""
    with database.reading() as session:
        return [contact.company.split()[0] for contact, _ in find_contacts(session, wanted).contacts]


@pytest.fixture
def book(database: Database) -> Database:
    """Three companies of one list, with their words."""
    import_list(database, add_campaign(database), "list.csv", LIST.encode(), None, NOW)
    write_all(database)
    return database


def test_contacts_are_found_by_whatever_somebody_types(book: Database) -> None:
    both = ["Mueller", "Müller"]
    for wanted in ("müller", "MUELLER", "muller", "mül"):
        assert found(book, wanted) == both, wanted
    for wanted in ("hans mü", "müller ag", "8001", "zuri muster", "CHE123456788", "044 668 18 00", "+41446681800"):
        assert found(book, wanted) == ["Müller"], wanted
    assert found(book, "0446681") == both
    assert found(book, "pena") == found(book, "079 123 45 67") == found(book, "gar muell") == ["Mueller"]
    assert found(book, "loreal") == found(book, "oréal geneve") == found(book, "l'oreal sa") == ["L'Oréal"]
    for wanted in ("%", "__", "", "müller bern hans", "üller"):
        assert found(book, wanted) == [], wanted


@pytest.mark.parametrize("wanted", ["müller", "müller 8001", "0446681"])
def test_no_more_are_found_than_asked_for_and_it_is_said_that_there_are_more(book: Database, wanted: str) -> None:
    with book.reading() as session:
        everybody = find_contacts(session, wanted)
        first = find_contacts(session, wanted, 1)
    assert len(first.contacts) == 1
    assert first.is_all == (len(everybody.contacts) == 1)


def test_what_is_added_or_renamed_is_noted_with_it_and_found_soon_after(book: Database) -> None:
    with book.transaction() as session:
        contact = session.scalars(select(Contact).where(Contact.person == "Hans Muster")).one()
        contact.company, contact.person = "Meier AG", ""
        search_index.note_changed(session, [contact.id])
    with book.reading() as session:
        assert not find_contacts(session, "meier").is_current
    write_all(book)
    with book.reading() as session:
        assert find_contacts(session, "meier").is_current
    assert found(book, "meier") == ["Meier"]
    assert found(book, "hans") == []


def test_who_is_forgotten_is_in_no_word_at_once(book: Database) -> None:
    with book.transaction() as session:
        contact = session.scalars(select(Contact).where(Contact.person == "Hans Muster")).one()
        contact.company = contact.person = contact.postcode = contact.place = ""
        search_index.write_now(session, [contact.id])
    with book.reading() as session:
        assert not session.scalars(select(SearchWord).where(SearchWord.contact_id == contact.id)).all()
        assert session.get_one(SearchEntry, contact.id).words == ""


def test_words_of_many_are_written_in_slices_that_can_stop_anywhere(database: Database) -> None:
    campaign_id = add_campaign(database)
    ids = add_contacts(database, campaign_id, 2 * search_index.AT_ONCE + 10, company="Muster AG")
    with database.transaction() as session:
        session.add(SearchNote(last_id="contact_zzzz"))  # as the migration notes who is there already
        search_index.note_changed(session, ids[:3])
    counts = [search_index.AT_ONCE, search_index.AT_ONCE, 13, 0]
    for count in counts:
        with database.transaction() as session:
            assert search_index.write_some(session) == count
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(SearchWord)) == len(ids)
        search = find_contacts(session, "muster ag")
    assert (len(search.contacts), search.is_all) == (50, False)


@pytest.mark.parametrize(
    "wanted", ["muster", "muster ag", "muster 4711", "0441234", "044 000 00 77", "CHE-123.456.789"]
)
def test_a_search_reads_no_large_table_as_a_whole(database: Database, wanted: str) -> None:
    campaign_id = add_campaign(database)
    add_contacts(database, campaign_id, 3000)
    with database.transaction() as session:
        session.execute(update(Contact).values(company="Muster " + func.substr(Contact.phone_number, 6) + " AG"))
        session.add(SearchNote(last_id="contact_zzzz"))
    write_all(database)
    refresh_statistics(database)
    with listening(database) as asked, database.reading() as session:
        find_contacts(session, wanted)
    whole = read_as_a_whole(database, asked)
    assert not {"contacts", "search_words", "search_entries"} & set(whole)
