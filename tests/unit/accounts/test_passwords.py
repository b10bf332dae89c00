"""Passwords: what is stored, what matches, what is refused."""

import pytest

from accounts.passwords import LONGEST_PASSWORD, SHORTEST_PASSWORD, hash_password, password_matches
from foundation.errors import Invalid


def test_a_stored_password_is_an_argon2id_hash_that_matches_only_itself() -> None:
    stored = hash_password("correct horse battery")
    assert stored.startswith("$argon2id$")
    assert "correct" not in stored
    assert password_matches("correct horse battery", stored)
    assert not password_matches("Correct horse battery", stored)


def test_two_hashes_of_one_password_differ() -> None:
    assert hash_password("correct horse battery") != hash_password("correct horse battery")


@pytest.mark.parametrize("password", ["", "x" * (SHORTEST_PASSWORD - 1), "x" * (LONGEST_PASSWORD + 1)])
def test_a_password_of_the_wrong_length_is_refused(password: str) -> None:
    with pytest.raises(Invalid, match="12 to 200"):
        hash_password(password)


def test_nobodys_password_matches_nothing_not_even_itself() -> None:
    assert not password_matches("the password of nobody at all", "")


def test_a_hash_that_is_none_matches_nothing() -> None:
    assert not password_matches("plain", "plain")


def test_a_longer_text_that_starts_with_the_password_does_not_match() -> None:
    longest = "x" * LONGEST_PASSWORD
    assert not password_matches(longest + "y", hash_password(longest))
