"""Signed links for guests: each opens the page of one seat, and nothing else."""

import hmac
import re
from hashlib import sha256

from foundation.secret_key import derived_key
from foundation.settings import Settings

PURPOSE = "event-seat-link"
_KEY = re.compile(r"(seat_[0-9A-Z]{26})\.([0-9a-f]{40})")
# Words before a family name: whoever is written so has told no first name.
_TITLES = frozenset(
    (
        *("herr", "herrn", "hr", "frau", "fr", "monsieur", "madame", "m", "mme", "mlle", "mr", "mrs", "ms"),
        *("signor", "signora", "signore", "sig", "sigra", "dr", "prof"),
    )
)


def key_of_seat(settings: Settings, seat_id: str) -> str:
    """The last part of a guest's link."""
    return f"{seat_id}.{_signature(settings, seat_id)}"


def seat_of_key(settings: Settings, key: str) -> str:
    """The seat's id; empty where the key is not one that we made."""
    found = _KEY.fullmatch(key)
    if found is None or not hmac.compare_digest(found[2], _signature(settings, found[1])):
        return ""
    return found[1]


def first_name(person: str) -> str:
    """A person's first name, where it is told: `Kim Beispiel` has one, `Frau Dr. Beispiel` has none."""
    words = person.replace(",", " ").split()
    if len(words) < 2 or words[0].strip(".").casefold() in _TITLES:
        return ""
    return words[0]


def _signature(settings: Settings, seat_id: str) -> str:
    return hmac.new(derived_key(settings, PURPOSE), seat_id.encode(), sha256).hexdigest()[:40]
