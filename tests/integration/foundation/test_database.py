"""Sessions for reading write nothing and let nothing be forgotten; transactions are whole, and as durable as said."""

import pytest
from sqlalchemy import select, text, update

from campaigns.tables import Campaign
from foundation.database import Database
from tests.integration.campaigns.campaign_rows import add_campaign, campaign


def test_what_was_written_in_a_session_for_reading_is_undone(database: Database) -> None:
    campaign_id = add_campaign(database, "Spring")
    with database.reading() as session:
        session.execute(update(Campaign).values(name="Autumn"))
    with database.reading() as session:
        session.get_one(Campaign, campaign_id).name = "Winter"
        session.flush()
    with database.reading() as session:
        session.execute(text("UPDATE campaigns SET name = 'Summer'"))
    assert campaign(database, campaign_id).name == "Spring"


@pytest.mark.postgres
def test_reading_does_not_let_prepared_statements_be_forgotten(postgres_database: Database) -> None:
    database = postgres_database
    for _ in range(8):
        with database.reading() as session:
            session.scalars(select(Campaign)).all()
    with database.reading() as session:
        prepared = session.scalars(text("SELECT statement FROM pg_prepared_statements")).all()
    assert any("FROM campaigns" in statement for statement in prepared)


@pytest.mark.postgres
def test_a_transaction_says_as_it_begins_whether_it_waits_for_the_disk(postgres_database: Database) -> None:
    database = postgres_database

    # Where the setting comes from, as the server for tests never waits: a durable transaction leaves it as it is.
    source = text("SELECT setting, source FROM pg_settings WHERE name = 'synchronous_commit'")

    def is_told_not_to_wait(*, relaxed: bool) -> bool:
        with database.transaction(relaxed=relaxed) as session:
            setting, origin = session.execute(source).one()
        return (setting, origin) == ("off", "session")

    # More often than the driver sends anything before it prepares it.
    assert [is_told_not_to_wait(relaxed=relaxed) for relaxed in [True] * 8 + [False]] == [True] * 8 + [False]


def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    campaign_id = add_campaign(database, "Spring")
    for relaxed in (True, False):
        with pytest.raises(ZeroDivisionError), database.transaction(relaxed=relaxed) as session:
            session.execute(update(Campaign).values(name="Autumn"))
            raise ZeroDivisionError
    assert campaign(database, campaign_id).name == "Spring"
