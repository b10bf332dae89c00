"""Readable ids that sort by time: a prefix that says what it is, then 26 letters and digits."""

import secrets
import time

# Crockford's alphabet: no I, L, O or U, so that an id can be read out on the phone.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id(prefix: str) -> str:
    """A new id such as `call_01J9Z3…`: 48 bits of milliseconds, then 80 random bits, as in the ULID layout."""
    return f"{prefix}_{_letters((int(time.time() * 1000) << 80) | secrets.randbits(80), 26)}"


def new_ids(prefix: str, count: int) -> list[str]:
    """Many new ids that sort in their order: 48 bits of milliseconds, 55 random bits, and a running number."""
    start = f"{prefix}_{_letters((int(time.time() * 1000) << 55) | secrets.randbits(55), 21)}"
    # A gap of random length before the first, so that two lots of the same instant do not lie side by side.
    first = secrets.randbits(20)
    ends = [_letters(number, 2) for number in range(1024)]
    return [
        f"{start}{_ALPHABET[number >> 20 & 31]}{ends[number >> 10 & 1023]}{ends[number & 1023]}"
        for number in range(first, first + count)
    ]


def _letters(number: int, count: int) -> str:
    letters = []
    for _ in range(count):
        letters.append(_ALPHABET[number & 31])
        number >>= 5
    return "".join(reversed(letters))
