"""Signing in on a real database: limits hold, nobody learns who has an account, links work once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from accounts.sign_in import (
    LIMITS,
    Credentials,
    Refused,
    SignedIn,
    TooManyTries,
    is_proved_still,
    link_is_good,
    new_sign_in_link,
    sign_in,
    use_sign_in_link,
)
from accounts.tables import FailedSignIn, Role
from accounts.users import NewUser, create_user, deactivate, set_password
from foundation.database import Database
from tests.meanwhile import meanwhile

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PASSWORD = "a long enough password"
EMAIL = "manager@example.ch"


@pytest.fixture
def user_id(database: Database) -> str:
    with database.transaction() as session:
        create_user(session, NewUser("admin@example.ch", "Admin", Role.ADMIN), NOW)
        return create_user(session, NewUser(EMAIL, "Manager", Role.MANAGER, PASSWORD), NOW).id


def attempt(
    database: Database, password: str, *, email: str = EMAIL, address: str = "192.0.2.1", now: datetime = NOW
) -> SignedIn | Refused | TooManyTries:
    return sign_in(database, Credentials(email, password, address), now)


def test_the_right_password_signs_in_and_leaves_no_failure_behind(database: Database, user_id: str) -> None:
    assert attempt(database, "wrong wrong wrong") == Refused()
    assert attempt(database, PASSWORD, email="Manager@Example.ch") == SignedIn(user_id)
    with database.reading() as session:
        kinds = [row.key.split(":")[0] for row in session.scalars(select(FailedSignIn))]
    assert sorted(kinds) == ["account", "network"]


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.ch"])
def test_known_and_unknown_addresses_get_the_same_answers_and_limits(
    database: Database, user_id: str, email: str
) -> None:
    answers = [attempt(database, "wrong wrong wrong", email=email) for _ in range(LIMITS["pair"] + 1)]
    assert answers == [Refused()] * LIMITS["pair"] + [TooManyTries(900)]


def test_a_limited_pair_is_not_even_let_in_with_the_right_password(database: Database, user_id: str) -> None:
    for _ in range(LIMITS["pair"]):
        attempt(database, "wrong wrong wrong")
    assert attempt(database, PASSWORD) == TooManyTries(900)
    assert attempt(database, PASSWORD, now=NOW + timedelta(minutes=15)) == SignedIn(user_id)


def test_guessing_from_elsewhere_does_not_lock_the_owner_out(database: Database, user_id: str) -> None:
    for _ in range(LIMITS["pair"] + 3):
        attempt(database, "wrong wrong wrong", address="198.51.100.7")
    assert attempt(database, PASSWORD) == SignedIn(user_id)


def test_spraying_many_accounts_from_one_address_is_limited(database: Database, user_id: str) -> None:
    assert attempt(database, "wrong wrong wrong", email="person1@example.ch") == Refused()
    with database.transaction() as session:
        first = session.scalars(select(FailedSignIn).where(FailedSignIn.key.startswith("network:"))).one()
        # Checking a password is slow on purpose: the others are only written down, all but the last one.
        session.add_all(FailedSignIn(key=first.key, at=first.at) for _ in range(LIMITS["network"] - 2))
    assert attempt(database, "wrong wrong wrong", email="person2@example.ch") == Refused()
    assert isinstance(attempt(database, "wrong wrong wrong", email="person3@example.ch"), TooManyTries)
    assert attempt(database, "wrong wrong wrong", email="person3@example.ch", address="198.51.100.7") == Refused()


def test_tries_at_the_same_time_do_not_slip_past_the_limit(database: Database, user_id: str) -> None:
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: attempt(database, "wrong wrong wrong"), range(16)))
    assert answers.count(Refused()) == LIMITS["pair"]


def test_a_locked_out_user_is_refused_like_a_wrong_password(database: Database, user_id: str) -> None:
    with database.transaction() as session:
        deactivate(session, user_id)
    assert attempt(database, PASSWORD) == Refused()


def test_whoever_signs_in_while_the_password_changes_is_not_let_in(postgres_database: Database) -> None:
    database = postgres_database
    with database.transaction() as session:
        user_id = create_user(session, NewUser(EMAIL, "Manager", Role.MANAGER, PASSWORD), NOW).id
    right = attempt(database, PASSWORD)
    assert isinstance(right, SignedIn)

    def is_let_in() -> bool:
        with database.transaction() as session:
            return is_proved_still(session, right)

    assert is_let_in()
    assert not meanwhile(database, lambda session: set_password(session, user_id, "another long password"), is_let_in)


def test_a_link_signs_in_once_and_looking_at_it_does_not_count(database: Database, user_id: str) -> None:
    with database.transaction() as session:
        secret = new_sign_in_link(session, user_id, NOW)
    with database.reading() as session:
        assert link_is_good(session, secret, NOW)
        assert link_is_good(session, secret, NOW)
    with database.transaction() as session:
        user = use_sign_in_link(session, secret, NOW)
        assert user is not None
        assert user.id == user_id
    with database.transaction() as session:
        assert use_sign_in_link(session, secret, NOW) is None
        assert not link_is_good(session, secret, NOW)


def test_a_link_that_ran_out_or_whose_user_is_locked_out_signs_nobody_in(database: Database, user_id: str) -> None:
    with database.transaction() as session:
        late = new_sign_in_link(session, user_id, NOW)
        locked = new_sign_in_link(session, user_id, NOW)
    with database.transaction() as session:
        assert use_sign_in_link(session, late, NOW + timedelta(hours=24)) is None
        deactivate(session, user_id)
        assert use_sign_in_link(session, locked, NOW) is None
