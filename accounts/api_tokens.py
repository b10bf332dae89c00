"""API tokens: how a program acts for a user. A token is shown once; only its hash is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from accounts.tables import ApiToken, User
from accounts.users import get_user
from foundation.errors import Invalid, NotFound
from foundation.ids import new_id
from foundation.tokens import new_token, token_hash


@dataclass(frozen=True)
class CreatedToken:
    """A fresh token. `secret` is what the program sends; it cannot be shown again."""

    id: str
    secret: str


def create_token(
    session: Session, user_id: str, name: str, *, now: datetime, expires_at: datetime | None = None
) -> CreatedToken:
    """A token with which a program acts as this user.

    Raises:
        NotFound: there is no such user.
        Invalid: no name, or an end that has passed already.
    """
    get_user(session, user_id)
    if not name.strip() or len(name.strip()) > 200:
        raise Invalid("A token needs a name of at most 200 characters that says what it is for.")
    if expires_at is not None and expires_at <= now:
        raise Invalid("A token cannot end in the past.")
    created = CreatedToken(new_id("token"), new_token("ht"))
    session.add(
        ApiToken(
            token_hash=token_hash(created.secret),
            id=created.id,
            user_id=user_id,
            name=name.strip(),
            created_at=now,
            expires_at=expires_at,
        )
    )
    session.flush()
    return created


def user_of_token(session: Session, secret: str, now: datetime) -> User | None:
    """The user for whom this token acts, or None when it is unknown, revoked, run out, or the user is locked out."""
    return session.scalars(
        select(User)
        .join(ApiToken, ApiToken.user_id == User.id)
        .where(
            ApiToken.token_hash == token_hash(secret),
            ApiToken.revoked_at.is_(None),
            or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > now),
            User.is_active,
        )
    ).one_or_none()


def revoke_token(session: Session, token_id: str, now: datetime) -> None:
    """Stop a token from working. A second time changes nothing.

    Raises:
        NotFound: there is no such token.
    """
    token = session.scalars(select(ApiToken).where(ApiToken.id == token_id)).one_or_none()
    if token is None:
        raise NotFound("There is no such token.")
    token.revoked_at = token.revoked_at or now


def list_tokens(session: Session, *, after_id: str = "", at_most: int = 200) -> Sequence[ApiToken]:
    """All tokens in the order of their making, a page at a time; the secrets are not among what is stored."""
    return session.scalars(select(ApiToken).where(ApiToken.id > after_id).order_by(ApiToken.id).limit(at_most)).all()
