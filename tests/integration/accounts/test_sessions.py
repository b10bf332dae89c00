"""Sessions and API tokens on a real database: good until they end, and only then."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from accounts.api_tokens import create_token, list_tokens, revoke_token, user_of_token
from accounts.sessions import close_all_sessions, close_session, count_sessions, find_session, open_session
from accounts.tables import ApiToken, Role, SignInSession
from accounts.users import NewUser, create_user, deactivate
from foundation.database import Database
from foundation.errors import Invalid, NotFound

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def user_id(database: Database) -> str:
    with database.transaction() as session:
        create_user(session, NewUser("admin@example.ch", "Admin", Role.ADMIN), NOW)
        return create_user(session, NewUser("manager@example.ch", "Manager", Role.MANAGER), NOW).id


def test_a_session_is_good_until_its_hours_are_over(database: Database, user_id: str) -> None:
    with database.transaction() as session:
        opened = open_session(session, user_id, hours=12, now=NOW)
    with database.reading() as session:
        found = find_session(session, opened.token, NOW + timedelta(hours=11, minutes=59))
        assert found is not None
        assert (found.user.id, found.csrf_token) == (user_id, opened.csrf_token)
        assert find_session(session, opened.token, NOW + timedelta(hours=12)) is None
        assert find_session(session, opened.csrf_token, NOW) is None


def test_neither_sessions_nor_tokens_are_stored_in_the_clear(database: Database, user_id: str) -> None:
    with database.transaction() as session:
        opened = open_session(session, user_id, hours=1, now=NOW)
        created = create_token(session, user_id, "robot", now=NOW)
    with database.reading() as session:
        assert session.scalars(select(SignInSession.token_hash)).one() != opened.token
        assert session.scalars(select(ApiToken.token_hash)).one() != created.secret


def test_signing_out_ends_one_browser_and_revoking_ends_all(database: Database, user_id: str) -> None:
    with database.transaction() as session:
        tokens = [open_session(session, user_id, hours=1, now=NOW).token for _ in range(3)]
        close_session(session, tokens[0])
    with database.reading() as session:
        assert [find_session(session, token, NOW) is not None for token in tokens] == [False, True, True]
        assert count_sessions(session, NOW) == {user_id: 2}
    with database.transaction() as session:
        assert close_all_sessions(session, user_id) == 2
    with database.reading() as session:
        assert count_sessions(session, NOW) == {}


def test_opening_a_session_sweeps_away_those_that_ran_out(database: Database, user_id: str) -> None:
    with database.transaction() as session:
        open_session(session, user_id, hours=1, now=NOW)
    with database.transaction() as session:
        open_session(session, user_id, hours=1, now=NOW + timedelta(hours=2))
    with database.reading() as session:
        assert len(session.scalars(select(SignInSession)).all()) == 1


def test_a_token_acts_for_its_user_until_revoked(database: Database, user_id: str) -> None:
    with database.transaction() as session:
        created = create_token(session, user_id, "robot", now=NOW)
    with database.reading() as session:
        user = user_of_token(session, created.secret, NOW)
        assert user is not None
        assert user.id == user_id
    with database.transaction() as session:
        revoke_token(session, created.id, NOW)
        revoke_token(session, created.id, NOW + timedelta(days=1))
    with database.reading() as session:
        assert user_of_token(session, created.secret, NOW) is None
        assert [token.revoked_at for token in list_tokens(session)] == [NOW]


def test_a_token_stops_at_its_end_and_with_its_user(database: Database, user_id: str) -> None:
    with database.transaction() as session:
        short = create_token(session, user_id, "short", now=NOW, expires_at=NOW + timedelta(minutes=1))
        long = create_token(session, user_id, "long", now=NOW)
    with database.reading() as session:
        assert user_of_token(session, short.secret, NOW + timedelta(minutes=1)) is None
        assert user_of_token(session, long.secret, NOW + timedelta(minutes=1)) is not None
    with database.transaction() as session:
        deactivate(session, user_id)
    with database.reading() as session:
        assert user_of_token(session, long.secret, NOW) is None


def test_a_token_that_makes_no_sense_is_refused(database: Database, user_id: str) -> None:
    with database.transaction() as session:
        with pytest.raises(NotFound):
            create_token(session, "user_nobody", "robot", now=NOW)
        with pytest.raises(Invalid):
            create_token(session, user_id, "  ", now=NOW)
        with pytest.raises(Invalid):
            create_token(session, user_id, "robot", now=NOW, expires_at=NOW)
        with pytest.raises(NotFound):
            revoke_token(session, "token_none", NOW)
