"""Names under which partners see each other. Keyed, so that nobody can work out who is behind one. Pure.

A name holds for one viewer and one month: two viewers who compare theirs learn nothing, and nor does next month.
"""

import hashlib
import hmac

PURPOSE = "pseudonyms of partners"
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LETTERS = 7


def pseudonym(key: bytes, month: str, viewer_id: str, partner_id: str) -> str:
    """What `viewer_id` sees in place of `partner_id` in a month such as 2026-03: seven letters and digits."""
    digest = hmac.new(key, f"{month}|{viewer_id}|{partner_id}".encode(), hashlib.sha256).digest()
    number = int.from_bytes(digest[:5])
    return "".join(_ALPHABET[(number >> 5 * place) & 31] for place in range(_LETTERS))
