"""Users on a real database: who can be made, changed and locked out."""

from datetime import UTC, datetime

import pytest

from accounts.sessions import find_session, open_session
from accounts.tables import Role
from accounts.users import (
    NewUser,
    change_role,
    create_user,
    deactivate,
    find_user_by_email,
    has_any_admin,
    list_users,
    reactivate,
    set_password,
    verify_password,
)
from foundation.database import Database
from foundation.errors import Conflict, Invalid
from tests.meanwhile import meanwhile

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PASSWORD = "a long enough password"


def make(database: Database, email: str, role: Role = Role.ADMIN, **more: str) -> str:
    with database.transaction() as session:
        return create_user(session, NewUser(email, "Test Person", role, PASSWORD, **more), NOW).id


def test_an_address_is_found_however_it_is_written(database: Database) -> None:
    user_id = make(database, "  Admin@Example.CH ")
    with database.reading() as session:
        user = find_user_by_email(session, "admin@example.ch")
    assert user is not None
    assert user.id == user_id


def test_one_address_is_one_user(database: Database) -> None:
    make(database, "admin@example.ch")
    with pytest.raises(Conflict):
        make(database, "ADMIN@example.ch")


@pytest.mark.parametrize("email", ["", "admin", "a b@example.ch", "a@b\r\nBcc: c@d", "@example.ch"])
def test_what_is_no_address_is_refused(database: Database, email: str) -> None:
    with pytest.raises(Invalid):
        make(database, email)


@pytest.mark.parametrize("role", [Role.AGENT, Role.PARTNER])
def test_an_agent_or_partner_needs_its_desk_or_company(database: Database, role: Role) -> None:
    with pytest.raises(Invalid):
        make(database, "someone@example.ch", role)
    with database.reading() as session:
        assert list_users(session) == []


def test_the_last_administrator_can_neither_be_locked_out_nor_demoted(database: Database) -> None:
    first = make(database, "first@example.ch")
    with database.transaction() as session:
        with pytest.raises(Conflict):
            deactivate(session, first)
        with pytest.raises(Conflict):
            change_role(session, first, Role.MANAGER)
    make(database, "second@example.ch")
    with database.transaction() as session:
        deactivate(session, first)
    with database.reading() as session:
        assert has_any_admin(session)


def test_one_address_is_one_user_whoever_comes_at_the_same_moment(postgres_database: Database) -> None:
    with pytest.raises(Conflict):
        meanwhile(
            postgres_database,
            lambda session: create_user(session, NewUser("admin@example.ch", "One", Role.ADMIN), NOW),
            lambda: make(postgres_database, "ADMIN@example.ch"),
        )


def test_of_two_administrators_who_lock_each_other_out_one_stays(postgres_database: Database) -> None:
    one, other = (make(postgres_database, f"{name}@example.ch") for name in ("one", "other"))

    def lock_out(user_id: str) -> None:
        with postgres_database.transaction() as session:
            deactivate(session, user_id)

    with pytest.raises(Conflict, match="last administrator"):
        meanwhile(postgres_database, lambda session: deactivate(session, one), lambda: lock_out(other))
    with pytest.raises(Conflict, match="last administrator"):
        lock_out(other)


def test_a_locked_out_user_loses_password_and_sessions_until_let_in_again(database: Database) -> None:
    make(database, "admin@example.ch")
    user_id = make(database, "manager@example.ch", Role.MANAGER)
    with database.transaction() as session:
        token = open_session(session, user_id, hours=1, now=NOW).token
    with database.transaction() as session:
        deactivate(session, user_id)
    with database.reading() as session:
        assert find_session(session, token, NOW) is None
        assert verify_password(session, "manager@example.ch", PASSWORD) is None
    with database.transaction() as session:
        reactivate(session, user_id)
    with database.reading() as session:
        assert find_session(session, token, NOW) is None
        assert verify_password(session, "manager@example.ch", PASSWORD) is not None


def test_a_new_password_ends_the_sessions_of_the_old_one(database: Database) -> None:
    user_id = make(database, "admin@example.ch")
    with database.transaction() as session:
        token = open_session(session, user_id, hours=1, now=NOW).token
        set_password(session, user_id, "another long password")
    with database.reading() as session:
        assert find_session(session, token, NOW) is None
        assert verify_password(session, "admin@example.ch", PASSWORD) is None


def test_a_changed_role_is_what_the_open_session_sees_next(database: Database) -> None:
    make(database, "admin@example.ch")
    user_id = make(database, "other@example.ch")
    with database.transaction() as session:
        token = open_session(session, user_id, hours=1, now=NOW).token
        change_role(session, user_id, Role.MANAGER)
    with database.reading() as session:
        found = find_session(session, token, NOW)
    assert found is not None
    assert found.user.role == Role.MANAGER
