"""The marks by which a customer or partner is recognised: company number, phone number, name. Pure."""

import re
import unicodedata
from dataclasses import dataclass

from foundation.phone_number import parse_phone_number

_LEGAL_FORMS = frozenset(
    {"ag", "gmbh", "sa", "sarl", "sagl", "snc", "kg", "klg", "cie", "co", "ltd", "inc", "llc", "srl", "spa"}
    | {"genossenschaft", "cooperative", "cooperativa"}
)
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o"})
_UID = re.compile(r"CHE\D?(\d{3})\D?(\d{3})\D?(\d{3})(?!\d)", re.IGNORECASE)


@dataclass(frozen=True)
class CustomerMark:
    """One mark of a customer: `known_by` is uid, phone or company; `key` is how it is compared."""

    known_by: str
    key: str


def company_key(name: str) -> str:
    """A name without case, accents, punctuation and legal form, so that `Müller & Co. AG` is `Mueller`."""
    folded = name.casefold().translate(_UMLAUTS)
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(sign))
    # Dots are dropped, not split at: S.A. is one word.
    words = re.findall(r"[^\W_]+", plain.replace(".", "").replace("'", "").replace("’", ""))
    kept = [word for word in words if word not in _LEGAL_FORMS]
    return " ".join(kept or words)


def uid_key(text: str) -> str:
    """A Swiss company number as nine digits; empty when `text` holds none."""
    found = _UID.search(text)
    return "".join(found.groups()) if found else ""


def read_mark(text: str, default_country: str = "CH") -> CustomerMark | None:
    """The mark that a partner wrote for a customer: a company number, else a phone number, else a name."""
    if uid := uid_key(text):
        return CustomerMark("uid", uid)
    if number := parse_phone_number(text, default_country):
        return CustomerMark("phone", number.e164)
    key = company_key(text)
    return CustomerMark("company", key) if key else None


def marks_of(uid: str, phone_number: str, company: str) -> tuple[CustomerMark, ...]:
    """The marks of a contact, the surest first."""
    marks = [CustomerMark("uid", uid_key(uid)), CustomerMark("phone", phone_number)]
    marks.append(CustomerMark("company", company_key(company)))
    return tuple(mark for mark in marks if mark.key)
