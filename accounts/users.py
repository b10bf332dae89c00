"""Users: who may sign in, as what, and whose desk or offers they see. Sessions and tokens are beside this module."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from accounts.passwords import hash_password, password_matches
from accounts.sessions import close_all_sessions
from accounts.tables import Role, User
from foundation.errors import Conflict, Invalid, NotFound
from foundation.ids import new_id
from foundation.marking import N_

LANGUAGES = ("de", "fr", "it", "en")
EMAIL_TAKEN = N_("There is already a user with this e-mail address.")
_EMAIL = re.compile(r"[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f]{1,235}")


@dataclass(frozen=True)
class NewUser:
    """What is needed to make a user. Without a password the user signs in by link until one is set.

    An empty language: the one that each browser asks for.
    """

    email: str
    name: str
    role: Role
    password: str = ""
    language: str = "en"
    agent_id: str = ""
    partner_id: str = ""


def create_user(session: Session, new: NewUser, now: datetime) -> User:
    """A new active user.

    Raises:
        Invalid: an address, name, language or password that cannot be used, or an agent or partner without its id.
        Conflict: the e-mail address is taken.
    """
    email = _tidy_email(new.email)
    name = new.name.strip()
    if not name or len(name) > 200:
        raise Invalid("A user needs a name of at most 200 characters.")
    _check_link(new.role, new.agent_id, new.partner_id)
    if find_user_by_email(session, email) is not None:
        raise Conflict(EMAIL_TAKEN)
    user = User(
        id=new_id("user"),
        email=email,
        name=name,
        role=new.role,
        language=_check_language(new.language),
        password_hash=hash_password(new.password) if new.password else "",
        agent_id=new.agent_id,
        partner_id=new.partner_id,
        is_active=True,
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(user)
    except IntegrityError as error:  # somebody else has added them this very moment
        raise Conflict(EMAIL_TAKEN) from error
    return user


def get_user(session: Session, user_id: str) -> User:
    """The user with this id.

    Raises:
        NotFound: there is none.
    """
    user = session.get(User, user_id)
    if user is None:
        raise NotFound("There is no such user.")
    return user


def find_user_by_email(session: Session, email: str) -> User | None:
    """The user with this e-mail address, however it is written, or None."""
    return session.scalars(select(User).where(User.email == email.strip().lower())).one_or_none()


def list_users(session: Session, *, after_id: str = "", at_most: int = 200) -> Sequence[User]:
    """Users in the order of their making, a page at a time."""
    return session.scalars(select(User).where(User.id > after_id).order_by(User.id).limit(at_most)).all()


def verify_password(session: Session, email: str, password: str) -> User | None:
    """The active user whose password this is, or None; takes equally long whether or not the address is known."""
    user = find_user_by_email(session, email)
    known = user if user is not None and user.is_active else None
    return known if password_matches(password, known.password_hash if known else "") else None


def set_password(session: Session, user_id: str, password: str) -> None:
    """Give the user a new password and end all their sessions."""
    get_user(session, user_id).password_hash = hash_password(password)
    close_all_sessions(session, user_id)


def set_language(session: Session, user_id: str, language: str) -> None:
    """The language in which the user sees the pages; empty: the one that each browser asks for."""
    get_user(session, user_id).language = _check_language(language)


def change_role(session: Session, user_id: str, role: Role) -> None:
    """Give the user another role; it holds from the next request on.

    Raises:
        Conflict: nobody would be left to administer.
        Invalid: an agent or partner without its desk or company.
    """
    user = get_user(session, user_id)
    _check_link(role, user.agent_id, user.partner_id)
    if role != Role.ADMIN:
        _keep_one_admin(session, user)
    user.role = role


def deactivate(session: Session, user_id: str) -> None:
    """Lock the user out at once: sessions end, tokens stop working, the record stays."""
    user = get_user(session, user_id)
    _keep_one_admin(session, user)
    user.is_active = False
    close_all_sessions(session, user_id)


def reactivate(session: Session, user_id: str) -> None:
    """Let the user in again."""
    get_user(session, user_id).is_active = True


def has_any_admin(session: Session) -> bool:
    """Whether someone can administer already; the first start makes an admin when not."""
    return _active_admins(session) > 0


def _active_admins(session: Session) -> int:
    wanted = select(func.count()).select_from(User).where(User.role == Role.ADMIN, User.is_active)
    return session.execute(wanted).scalar_one()


def _keep_one_admin(session: Session, user: User) -> None:
    # Locked, so that of two administrators who take each other's rights at once the second one is told.
    admins = select(User).where(User.role == Role.ADMIN, User.is_active).order_by(User.id)
    locked = admins.with_for_update(key_share=True).execution_options(populate_existing=True)
    if [one.id for one in session.scalars(locked)] == [user.id]:
        raise Conflict("This is the last administrator: make another one first.")


def _tidy_email(email: str) -> str:
    tidy = email.strip().lower()
    if not _EMAIL.fullmatch(tidy):
        raise Invalid("This is not an e-mail address.")
    return tidy


def _check_language(language: str) -> str:
    if language and language not in LANGUAGES:
        raise Invalid("The language is one of: %(choices)s.", choices=", ".join(LANGUAGES))
    return language


def _check_link(role: Role, agent_id: str, partner_id: str) -> None:
    if role == Role.AGENT and not agent_id:
        raise Invalid("A user in the role agent needs the agent whose desk it is.")
    if role == Role.PARTNER and not partner_id:
        raise Invalid("A user in the role partner needs the partner whose offers it sees.")
