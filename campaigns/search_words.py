"""The words by which a contact is found, as they are compared: without case, accents and marks. Pure.

Müller, Mueller and Muller are one word, whichever the list has and whichever is asked for; so are S.A. and SA.
"""

import re
import unicodedata
from dataclasses import dataclass

from foundation.company_marks import LEGAL_FORMS, uid_key
from foundation.phone_number import parse_phone_number

LONGEST = 40
MOST_WORDS = 24  # of one contact, or of one question
# Last of all signs: words that begin alike lie between the beginning and the beginning with this behind it.
LAST = "\U0010ffff"

_LETTERS = str.maketrans({"ß": "ss", "æ": "a", "œ": "o", "ø": "o", "đ": "d", "ł": "l", "ı": "i"})
# An umlaut written as two letters is the vowel alone, like one whose dots are gone.
_UMLAUT = re.compile(r"([aou])e")
_WORD = re.compile(r"[^\W_]+")
_JOINED = re.compile(r"[^\W_]+(?:[.'’][^\W_]+)+")
_PUNCTUATION = str.maketrans("", "", ".'’")
_NUMBER = re.compile(r"[+0][\d\s()/.'’-]*")
_SHORTEST_NUMBER = 6


@dataclass(frozen=True)
class Asked:
    """What somebody looks for: a number (E.164), the beginning of one, a company number, or words; one of them."""

    number: str = ""
    number_begins: str = ""
    uid: str = ""
    words: tuple[str, ...] = ()


def words_of(*texts: str) -> list[str]:
    """The words of some texts, each once, in their order."""
    found: dict[str, None] = {}
    for text in texts:
        if text:
            plain = _plain(text)
            found.update(dict.fromkeys(_WORD.findall(plain)))
            if not plain.isalnum() and (joined := _JOINED.findall(plain)):
                found.update(dict.fromkeys(word.translate(_PUNCTUATION) for word in joined))
    return [word[:LONGEST] for word in found][:MOST_WORDS]


def telling(words: list[str]) -> list[str]:
    """The words without legal forms, which half of all companies have; all of them where nothing else is left."""
    return [word for word in words if word not in LEGAL_FORMS] or words


def is_telling(asked: str) -> bool:
    """Whether all who have a word that begins so are found by it: those with a legal form alone are not."""
    return not any(form.startswith(asked) for form in LEGAL_FORMS)


def read_question(text: str, country: str) -> Asked:
    """What somebody means who wrote this; numbers are read as in `country`. Nothing, where nothing can be read."""
    text = text.strip()
    if uid := uid_key(text):
        return Asked(uid=f"CHE-{uid[:3]}.{uid[3:6]}.{uid[6:]}")
    if any(letter.isdigit() for letter in text) and (number := parse_phone_number(text, country)):
        return Asked(number=number.e164)
    digits = re.sub(r"\D", "", text)
    if _NUMBER.fullmatch(text) and len(digits) >= _SHORTEST_NUMBER:
        return Asked(number_begins=_international(digits, has_plus=text.startswith("+")))
    return Asked(words=tuple(words_of(text)))


def after_number(begins: str) -> str:
    """The first number behind all that begin so."""
    return f"+{int(begins[1:]) + 1}"


def _international(digits: str, *, has_plus: bool) -> str:
    if has_plus:
        return f"+{digits}"
    return f"+{digits[2:]}" if digits.startswith("00") else f"+41{digits[1:]}"


def _plain(text: str) -> str:
    plain = text.casefold()
    if not plain.isascii():
        folded = unicodedata.normalize("NFKD", plain.translate(_LETTERS))
        plain = "".join([sign for sign in folded if not unicodedata.combining(sign)])
    return _UMLAUT.sub(r"\1", plain)
