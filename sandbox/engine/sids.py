"""Makes SIDs: two letters and 32 hex digits, from a salt and a counter, so that one salt always gives the same row."""

from __future__ import annotations

from hashlib import blake2b
from itertools import count


class SidMint:
    """Gives out SIDs; two mints of the same salt give the same ones in the same order."""

    def __init__(self, salt: str) -> None:
        self._salt = salt
        self._counter = count(1)

    def make(self, prefix: str) -> str:
        """Return the next SID with a two-letter prefix such as CA or CF."""
        seed = f"{self._salt}|{prefix}|{next(self._counter)}".encode()
        return prefix + blake2b(seed, digest_size=16).hexdigest()
