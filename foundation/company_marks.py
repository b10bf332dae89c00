"""How companies are recognised: the Swiss company number as digits, and a name without what varies. Pure."""

import re
import unicodedata

LEGAL_FORMS = frozenset(
    {"ag", "gmbh", "sa", "sarl", "sagl", "snc", "kg", "klg", "cie", "co", "ltd", "inc", "llc", "srl", "spa"}
    | {"genossenschaft", "cooperative", "cooperativa"}
)
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o"})
_UID = re.compile(r"CHE\D?(\d{3})\D?(\d{3})\D?(\d{3})(?!\d)", re.IGNORECASE)


def company_key(name: str) -> str:
    """A name without case, accents, punctuation and legal form, so that `Müller & Co. AG` is `mueller`."""
    plain = name.casefold()
    if not plain.isascii():  # most names are, and the gate reads many
        folded = unicodedata.normalize("NFKD", plain.translate(_UMLAUTS))
        plain = "".join(sign for sign in folded if not unicodedata.combining(sign))
    # Dots are dropped, not split at: S.A. is one word.
    words = re.findall(r"[^\W_]+", plain.replace(".", "").replace("'", "").replace("’", ""))
    kept = [word for word in words if word not in LEGAL_FORMS]
    return " ".join(kept or words)


def uid_key(text: str) -> str:
    """A Swiss company number as nine digits; empty when `text` holds none."""
    found = _UID.search(text)
    return "".join(found.groups()) if found else ""
