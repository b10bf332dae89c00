"""Readable ids that sort by time: a prefix that says what it is, then 26 letters and digits."""

import secrets
import time

# Crockford's alphabet: no I, L, O or U, so that an id can be read out on the phone.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id(prefix: str) -> str:
    """A new id such as `call_01J9Z3…`: 48 bits of milliseconds, then 80 random bits, as in the ULID layout."""
    number = (int(time.time() * 1000) << 80) | secrets.randbits(80)
    letters = []
    for _ in range(26):
        letters.append(_ALPHABET[number & 31])
        number >>= 5
    return f"{prefix}_{''.join(reversed(letters))}"
