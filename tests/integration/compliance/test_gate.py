"""The last check before a number is dialed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from compliance import directory, grounds
from compliance.do_not_call import block
from compliance.gate import Allowed, Blocked, Deferred, GateRequest, Verdict, check, check_all
from compliance.gate_facts import Past
from compliance.grounds import LIST, Subject
from foundation.database import Database
from tests.grounds import found_in_directory, listed_without_star, no_key

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
BEFORE = datetime(2026, 3, 1, tzinfo=UTC)
CALLER = "+41445550100"
SUNDAY = datetime(2026, 3, 8, 9, tzinfo=UTC)
REQUEST = GateRequest("+41446681800", "CH", "ZH", "Europe/Zurich", "campaign_1", CALLER, list_id="list_1")


def ask(database: Database, request: GateRequest = REQUEST, now: datetime = MONDAY) -> Verdict:
    with database.reading() as session:
        return check(session, request, now, no_key)


@pytest.fixture(autouse=True)
def _all_is_in_order(request: pytest.FixtureRequest) -> None:
    """The list has a ground, and the number shown was looked up."""
    name = "database" if "database" in request.fixturenames else "sqlite_database"
    with request.getfixturevalue(name).transaction() as session:
        grounds.attest(session, Subject(LIST, "list_1"), listed_without_star(BEFORE), "user_1", BEFORE)
        directory.record_look(session, CALLER, found_in_directory(BEFORE), "user_1", BEFORE)


def test_a_number_in_its_hours_is_allowed_by_all_rules(database: Database) -> None:
    verdict = ask(database)
    assert isinstance(verdict, Allowed)
    assert set(verdict.rules) >= {"CH-hours-callnet", "CH-attempts-day", "CH-ground", "CH-caller-number"}
    assert verdict.ground.startswith("ground_")


def test_a_number_outside_its_hours_is_deferred_to_the_next_opening(database: Database) -> None:
    verdict = ask(database, now=SUNDAY)
    assert isinstance(verdict, Deferred)
    assert verdict.until == datetime(2026, 3, 9, 7, tzinfo=UTC)
    assert verdict.reason == "outside_hours"


def test_a_holiday_of_the_canton_defers_and_one_elsewhere_does_not(database: Database) -> None:
    st_joseph = datetime(2026, 3, 19, 9, tzinfo=UTC)
    assert isinstance(ask(database, replace(REQUEST, region="TI"), st_joseph), Deferred)
    assert isinstance(ask(database, replace(REQUEST, region=""), st_joseph), Deferred)
    assert isinstance(ask(database, now=st_joseph), Allowed)


def test_a_number_that_rang_often_today_is_deferred(database: Database) -> None:
    often = tuple(Past(MONDAY - timedelta(minutes=minutes), "no_answer") for minutes in (50, 30))
    verdict = ask(database, replace(REQUEST, history=often))
    assert isinstance(verdict, Deferred)
    assert (verdict.reason, verdict.rules) == ("too_many_attempts", ("CH-attempts-day",))


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (replace(REQUEST, country="BR", phone_number="+551123456789"), "no_jurisdiction"),
        (replace(REQUEST, country=""), "no_jurisdiction"),
        (replace(REQUEST, time_zone="Europe/Atlantis"), "unknown_time_zone"),
        (replace(REQUEST, time_zone="../../etc/passwd"), "unknown_time_zone"),
    ],
)
def test_what_is_not_known_to_be_allowed_is_blocked(
    sqlite_database: Database, request_: GateRequest, reason: str
) -> None:
    verdict = ask(sqlite_database, request_)
    assert isinstance(verdict, Blocked)
    assert verdict.reason == reason


def test_do_not_call_takes_effect_at_the_next_look_in_the_same_transaction(database: Database) -> None:
    with database.transaction() as session:
        assert isinstance(check(session, REQUEST, MONDAY, no_key), Allowed)
        block(session, REQUEST.phone_number, source="disposition", now=MONDAY)
        assert check(session, REQUEST, MONDAY, no_key) == Blocked("do_not_call", ("do_not_call",))
    assert ask(database, replace(REQUEST, campaign_id="campaign_2")) == Blocked("do_not_call", ("do_not_call",))


def test_do_not_call_outweighs_the_hours(database: Database) -> None:
    with database.transaction() as session:
        block(session, REQUEST.phone_number, source="page", now=MONDAY)
    assert isinstance(ask(database, now=SUNDAY), Blocked)


def test_a_number_abroad_is_dialed_at_an_hour_that_is_lawful_there_and_where_the_callee_is(database: Database) -> None:
    new_york = replace(REQUEST, phone_number="+12125550123", country="US", region="")
    with database.reading() as session:
        facts, _ = check_all(session, [new_york], MONDAY, no_key)[0]
    assert facts.place.time_zones == ("Europe/Zurich", "America/New_York")
    with database.reading() as session:
        facts, _ = check_all(session, [replace(new_york, time_zone="")], MONDAY, no_key)[0]
    assert facts.place.time_zones == ("America/New_York",)
    with database.reading() as session:
        facts, _ = check_all(session, [REQUEST], MONDAY, no_key)[0]
    assert facts.place.time_zones == ("Europe/Zurich",)
