"""Several tickers, one campaign: who gets the lease, also when nobody has had it before."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

from campaigns.campaigns import CampaignDraft, create_campaign
from dialer.leases import take_lease
from foundation.database import Database

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LASTS = timedelta(seconds=10)


@pytest.fixture
def campaign_id(database: Database) -> str:
    with database.transaction() as session:
        return create_campaign(session, CampaignDraft("Autumn", "+41446681800"), NOW).id


def take(database: Database, campaign_id: str, holder: str, now: datetime = NOW) -> int | None:
    with database.transaction() as session:
        return take_lease(session, campaign_id, holder, LASTS, now)


def test_two_who_are_the_first_at_once_get_one_lease_between_them(database: Database, campaign_id: str) -> None:
    has_taken = Event()

    def second() -> int | None:
        has_taken.wait(10)
        return take(database, campaign_id, "second")

    with ThreadPoolExecutor(1) as threads:
        with database.transaction() as session:
            token = take_lease(session, campaign_id, "first", LASTS, NOW)
            later = threads.submit(second)
            has_taken.set()
            with pytest.raises(TimeoutError):
                later.result(0.3)  # it waits for the first one's commit
        assert token == 1
        assert later.result(10) is None


def test_a_lease_is_kept_by_its_holder_and_taken_over_when_it_has_run_out(database: Database, campaign_id: str) -> None:
    assert take(database, campaign_id, "first") == 1
    assert take(database, campaign_id, "first", NOW + timedelta(seconds=9)) == 1
    assert take(database, campaign_id, "second", NOW + timedelta(seconds=18)) is None
    assert take(database, campaign_id, "second", NOW + timedelta(seconds=19)) == 2
    assert take(database, campaign_id, "first", NOW + timedelta(seconds=20)) is None
