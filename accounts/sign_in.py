"""Signing in: by password with a limit on failed tries, or once by link. Leaves cookies to the pages.

Whether an address is known cannot be told from the answers, their timing or the limits: all are the same for both.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from accounts.tables import FailedSignIn, SignInLink, User
from accounts.users import get_user, verify_password
from foundation.database import Database
from foundation.one_writer import be_only_writer
from foundation.tokens import new_token, token_hash

FAILURES_COUNT_FOR = timedelta(minutes=15)
# One address guessing at one account; one address guessing at all accounts; all addresses guessing at one account.
# The last is so high that nobody can lock a colleague out by hand.
LIMITS = {"pair": 5, "network": 30, "account": 100}
LINK_LIVES_FOR = timedelta(hours=24)
_TRIES = "tries to sign in"


@dataclass(frozen=True)
class Credentials:
    """What someone typed, and the network address it came from."""

    email: str
    password: str
    network_address: str


@dataclass(frozen=True)
class SignedIn:
    """The password was right. `proof` goes to `is_proved_still` in the transaction that lets the user in."""

    user_id: str
    proof: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True)
class Refused:
    """The address is unknown, or the password wrong, or the user locked out: nobody is told which."""


@dataclass(frozen=True)
class TooManyTries:
    """Too many failures lately. Nothing was checked."""

    retry_after_seconds: int


def sign_in(database: Database, credentials: Credentials, now: datetime) -> SignedIn | Refused | TooManyTries:
    """Check a password.

    The try is written down as failed before it is checked and crossed out after it succeeds, so that a thousand tries
    at once cannot slip past the limit; and no transaction is open while the hash is computed.
    """
    keys = _keys(credentials)
    with database.transaction() as session:
        be_only_writer(session, _TRIES)
        session.execute(delete(FailedSignIn).where(FailedSignIn.at <= now - FAILURES_COUNT_FOR))
        wait = _seconds_to_wait(session, keys, now)
        if wait:
            return TooManyTries(wait)
        tries = [FailedSignIn(key=key, at=now) for key in keys.values()]
        session.add_all(tries)
        session.flush()
        try_ids = [row.id for row in tries]
    with database.reading() as session:
        user = verify_password(session, credentials.email, credentials.password)
    if user is None:
        return Refused()
    with database.transaction() as session:
        be_only_writer(session, _TRIES)
        session.execute(delete(FailedSignIn).where(FailedSignIn.id.in_(try_ids)))
        session.execute(delete(FailedSignIn).where(FailedSignIn.key == keys["pair"]))
    return SignedIn(user.id, user.password_hash)


def is_proved_still(session: Session, signed_in: SignedIn) -> bool:
    """Whether the password that was right is the user's still, and so until the transaction ends.

    To check one takes its time. Who changes it meanwhile ends all sessions, and must not have a new one beside it.
    """
    still = select(User.password_hash).where(User.id == signed_in.user_id, User.is_active).with_for_update(read=True)
    return session.scalar(still) == signed_in.proof


def new_sign_in_link(session: Session, user_id: str, now: datetime) -> str:
    """The secret of a link that signs its user in once within a day; the page is `/sign-in/<secret>`."""
    get_user(session, user_id)
    secret = new_token("hl")
    session.add(SignInLink(token_hash=token_hash(secret), user_id=user_id, expires_at=now + LINK_LIVES_FOR))
    session.flush()
    return secret


def link_is_good(session: Session, secret: str, now: datetime) -> bool:
    """Whether the link would still sign someone in. Looking does not use it up: mail programs look at links too."""
    return _link_user(session, secret, now) is not None


def use_sign_in_link(session: Session, secret: str, now: datetime) -> User | None:
    """The user of a link, which is used up by this; None when it is unknown, used, run out or its user locked out."""
    user = _link_user(session, secret, now)
    used = session.execute(
        delete(SignInLink).where(SignInLink.token_hash == token_hash(secret)).returning(SignInLink.user_id)
    ).all()
    # Of two clicks at once only the one that deleted the row gets in.
    return user if used else None


def _link_user(session: Session, secret: str, now: datetime) -> User | None:
    return session.scalars(
        select(User)
        .join(SignInLink, SignInLink.user_id == User.id)
        .where(SignInLink.token_hash == token_hash(secret), SignInLink.expires_at > now, User.is_active)
    ).one_or_none()


def _keys(credentials: Credentials) -> dict[str, str]:
    """What failures are counted by. Addresses are hashed: the table is no list of who has an account."""
    account = token_hash(credentials.email.strip().lower())[:32]
    network = token_hash(credentials.network_address)[:32]
    return {"pair": f"pair:{account}:{network}", "network": f"network:{network}", "account": f"account:{account}"}


def _seconds_to_wait(session: Session, keys: dict[str, str], now: datetime) -> int:
    rows = session.execute(
        select(FailedSignIn.key, func.count(), func.min(FailedSignIn.at))
        .where(FailedSignIn.key.in_(keys.values()))
        .group_by(FailedSignIn.key)
    ).all()
    kind_of = {key: kind for kind, key in keys.items()}
    ends = [oldest + FAILURES_COUNT_FOR for key, count, oldest in rows if count >= LIMITS[kind_of[key]]]
    return max(1, int((max(ends) - now).total_seconds())) if ends else 0
