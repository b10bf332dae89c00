"""A guest as somebody writes one down: name, address, company and language, checked. Pure; seats are `seat_book`'s."""

from events.seat_book import Guest
from foundation.errors import Invalid
from foundation.tokens import token_hash

NO_NAME, NO_ADDRESS, BAD_ADDRESS = "no_name", "no_address", "bad_address"
_LONGEST_ADDRESS = 254
_LONGEST_NAME = 300


class UnusableGuest(Invalid):
    """Write down the guest's name and e-mail address."""

    def __init__(self, reason: str) -> None:
        super().__init__("This is not an e-mail address." if reason == BAD_ADDRESS else None)
        self.reason = reason


def read_guest(person: str, email: str, company: str = "", language: str = "") -> Guest:
    """A guest who is known by an address: the same address is the same guest.

    Raises:
        UnusableGuest: name or address are missing, or the address is none.
    """
    address = read_address(email)
    name = _one_line(person)
    if not name or not address:
        raise UnusableGuest(NO_ADDRESS if name else NO_NAME)
    return Guest(key_of_address(address), _one_line(company), name, address, language=language or "de")


def read_address(text: str) -> str:
    """An address as it was said, or nothing. Whether a letter arrives there is seen when one is sent.

    Raises:
        UnusableGuest: it is no address.
    """
    address = text.strip()
    if not address:
        return ""
    name, at, domain = address.rpartition("@")
    is_one = bool(at and name) and "." in domain and "@" not in name and len(address) <= _LONGEST_ADDRESS
    if not is_one or not address.isascii() or not address.isprintable() or " " in address:
        raise UnusableGuest(BAD_ADDRESS)
    return address


def key_of_address(email: str) -> str:
    """What tells a guest who is known by an address alone."""
    return f"mail:{token_hash(email.strip().lower())}"[:70]


def _one_line(text: str) -> str:
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())[:_LONGEST_NAME]
