"""Sessions for reading write nothing, and cost the server's prepared statements nothing."""

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
