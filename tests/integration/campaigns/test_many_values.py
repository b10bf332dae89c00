"""Many values as one parameter, on each database."""

from sqlalchemy import bindparam, column, or_, select, table

from foundation.database import Database
from foundation.many_values import TextArray, is_one_of
from tests.integration.campaigns.campaign_rows import add_campaign, add_contacts

CONTACTS = table("contacts", column("id"), column("row_number"))


def test_rows_with_one_of_the_values_are_found_whatever_is_in_the_texts(database: Database) -> None:
    ids = add_contacts(database, add_campaign(database), 3)
    odd_texts = ["", "a'b", '{"c"}', "d,e", "\\f", "NULL", "Zürich"]
    with database.reading() as session:
        by_text = select(CONTACTS.c.id).where(is_one_of(CONTACTS.c.id, [ids[2], *odd_texts, ids[0]]))
        assert set(session.scalars(by_text)) == {ids[0], ids[2]}
        numbers = session.scalars(select(CONTACTS.c.row_number).order_by(CONTACTS.c.row_number)).all()
        by_number = select(CONTACTS.c.row_number).where(is_one_of(CONTACTS.c.row_number, numbers[:1]))
        assert set(session.scalars(by_number)) == {numbers[0]}


def test_nothing_is_one_of_no_values(database: Database) -> None:
    add_contacts(database, add_campaign(database), 1)
    with database.reading() as session:
        assert session.scalars(select(CONTACTS.c.id).where(is_one_of(CONTACTS.c.id, []))).all() == []


def test_a_statement_that_was_written_once_takes_other_values_each_time(database: Database) -> None:
    ids = add_contacts(database, add_campaign(database), 2)
    wanted = select(CONTACTS.c.id).where(is_one_of(CONTACTS.c.id, bindparam("ids", type_=TextArray)))
    with database.reading() as session:
        assert [session.scalars(wanted, {"ids": [one]}).all() for one in ids] == [[one] for one in ids]


def test_the_condition_stands_alone_so_that_an_index_serves_it(database: Database) -> None:
    wanted = select(CONTACTS.c.id).where(is_one_of(CONTACTS.c.id, ["a"]), CONTACTS.c.row_number == 1)
    assert ") = 1" not in str(wanted.compile(database.engine)).partition(" AND ")[0]
    add_contacts(database, add_campaign(database), 1)
    with database.reading() as session:
        nobody, everybody = is_one_of(CONTACTS.c.id, []), ~is_one_of(CONTACTS.c.id, ["a"])
        assert session.scalars(select(CONTACTS.c.row_number).where(or_(nobody, everybody))).all() == [1]
