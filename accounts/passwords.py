"""Passwords: hashing with argon2, checking, and the one rule about them (length). Pure but for the salt."""

from functools import cache

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from foundation.errors import Invalid

SHORTEST_PASSWORD = 12
# Hashing costs time in proportion to length; nobody types more than this.
LONGEST_PASSWORD = 200


@cache
def _hasher() -> PasswordHash:
    return PasswordHash((Argon2Hasher(),))


@cache
def _hash_of_nobody() -> str:
    """A hash that is checked for people who do not exist, so that both answers take equally long."""
    return _hasher().hash("the password of nobody at all")


def hash_password(password: str) -> str:
    """The argon2id hash to store.

    Raises:
        Invalid: the password is too short or too long.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Invalid(
            "A password has %(least)s to %(most)s characters.", least=SHORTEST_PASSWORD, most=LONGEST_PASSWORD
        )
    return _hasher().hash(password)


def password_matches(password: str, stored_hash: str) -> bool:
    """Whether `password` is the one behind `stored_hash`; an empty hash never matches, and takes as long to say so."""
    usable = stored_hash or _hash_of_nobody()
    try:
        matches = _hasher().verify(password[:LONGEST_PASSWORD], usable)
    except UnknownHashError:
        return False
    return matches and bool(stored_hash) and len(password) <= LONGEST_PASSWORD
