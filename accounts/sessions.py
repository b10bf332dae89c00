"""Sessions of signed-in browsers: opened, found and ended as rows, so that one can be revoked at once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from accounts.tables import SignInSession, User
from foundation.tokens import new_token, token_hash


@dataclass(frozen=True)
class OpenedSession:
    """A fresh session. `token` goes into the browser's cookie and is stored nowhere else."""

    token: str
    csrf_token: str
    expires_at: datetime


@dataclass(frozen=True)
class FoundSession:
    """A session that is still good, and its user."""

    user: User
    csrf_token: str
    expires_at: datetime


def open_session(session: Session, user_id: str, *, hours: float, now: datetime) -> OpenedSession:
    """Sign a browser in for `hours`. Sessions that have run out are swept away on the way."""
    session.execute(delete(SignInSession).where(SignInSession.expires_at <= now))
    opened = OpenedSession(new_token("hs"), new_token("hc"), now + timedelta(hours=hours))
    session.add(
        SignInSession(
            token_hash=token_hash(opened.token),
            user_id=user_id,
            csrf_token=opened.csrf_token,
            created_at=now,
            expires_at=opened.expires_at,
        )
    )
    session.flush()
    return opened


def find_session(session: Session, token: str, now: datetime) -> FoundSession | None:
    """The session of this cookie with its user as of now, or None when it has ended or the user is locked out."""
    row = session.execute(
        select(SignInSession, User)
        .join(User, User.id == SignInSession.user_id)
        .where(SignInSession.token_hash == token_hash(token), SignInSession.expires_at > now, User.is_active)
    ).one_or_none()
    return None if row is None else FoundSession(row[1], row[0].csrf_token, row[0].expires_at)


def close_session(session: Session, token: str) -> None:
    """Sign one browser out."""
    session.execute(delete(SignInSession).where(SignInSession.token_hash == token_hash(token)))


def close_all_sessions(session: Session, user_id: str) -> int:
    """Sign every browser of the user out; how many there were."""
    ended = session.execute(
        delete(SignInSession).where(SignInSession.user_id == user_id).returning(SignInSession.token_hash)
    )
    return len(ended.all())


def count_sessions(session: Session, now: datetime) -> dict[str, int]:
    """How many sessions each user has open, by user id."""
    rows = session.execute(
        select(SignInSession.user_id, func.count().label("sessions"))
        .where(SignInSession.expires_at > now)
        .group_by(SignInSession.user_id)
    )
    return {row.user_id: row.sessions for row in rows}
