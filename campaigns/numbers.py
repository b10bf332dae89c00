"""One cell to one phone number that may be dialed, or the reason why not. Pure; undoes what spreadsheets do to numbers.

Rather refused than guessed: whatever could lead to somebody else's phone is no number here.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from phonenumbers import shortnumberinfo

from campaigns.decoding import UNREADABLE
from foundation.phone_number import PhoneNumber, parse_phone_number

DIALABLE_KINDS = frozenset({"fixed_line", "mobile", "fixed_line_or_mobile", "uan", "voip"})
UNDIALABLE_KINDS = frozenset({"premium_rate", "shared_cost", "toll_free", "personal_number", "voicemail", "pager"})

# What most cells are: one number, nothing else. Whatever does not come out right is looked at more closely.
_USUAL = re.compile(r"\+?[0-9][0-9 .-]{6,20}")
_ENDS_AS_FLOAT = re.compile(r"[.]0+$")
_SHORTENED = re.compile(r"[+-]?\d+(?:[.,]\d+)?E[+-]?\d+", re.IGNORECASE)
_FLOAT = re.compile(r"(\+?\d{7,})[.,]0+")
_FORMULA = re.compile(r'^=?"?\'?(?P<text>.*?)"?$', re.DOTALL)
_EXTENSION = re.compile(
    r"[\s,;(]*(?:\b(?:ext(?:ension)?|extn|x|intern[eo]?|int|durchwahl|dw|nebenstelle|poste|app)\b\.?|(?<=\d)x|\#)"
    r"[\s.:]*(?P<extension>\d{1,6})\s*\)?\s*$",
    re.IGNORECASE,
)
# A comma before an extension does not part two numbers.
_BREAK_BEFORE_EXTENSION = re.compile(
    r"[,;\n]\s*(?=(?:ext(?:ension)?|x|intern[eo]?|int|durchwahl|dw|nebenstelle|poste)\b[\s.:]*\d{1,6}\b)", re.IGNORECASE
)
_HARD_BREAK = re.compile(r"[;,\n|]|\s(?:oder|ou|or|o|und|et|e|and|bzw\.?)\s", re.IGNORECASE)
_LABEL = re.compile(r"^[^\d+(]*(?:\([^\d+)]*\)[^\d+(]*)?")
_FIRST_LETTERS = re.compile(r"[^\W\d_]")
_NO_DIAL_CHARACTER = re.compile(r"[^\d+()\s./\-]")
_DIGIT = re.compile(r"\d")
_PREFIX_MARKS = re.compile(r"[\s()./\-]")


class NumberFound(NamedTuple):
    """A number that may be dialed. `repaired`: a spreadsheet had damaged it. `others`: further ones in the cell."""

    number: PhoneNumber
    repaired: bool = False
    others: tuple["NumberFound", ...] = ()


class NumberRefused(NamedTuple):
    """Why the cell holds no number that may be dialed: a kind of number, or a key of `refusals.REASONS`."""

    reason: str


def read_number(cell: str, country: str) -> NumberFound | NumberRefused:
    """The first number in the cell that may be dialed, read as in `country`; otherwise why the first one may not."""
    if _USUAL.fullmatch(cell) and not ("." in cell and _ENDS_AS_FLOAT.search(cell)):
        number = parse_phone_number(cell, country)
        if number is not None and number.kind in DIALABLE_KINDS and len(number.country) == 2:
            return NumberFound(number, repaired=not cell.startswith(("+", "0")))
    text = _plain(cell)
    if not text:
        return NumberRefused("missing_number")
    if _SHORTENED.fullmatch(text):
        return NumberRefused("shortened_by_spreadsheet")
    if UNREADABLE in text or not _DIGIT.search(text):
        return NumberRefused("not_a_number")
    first_refusal: NumberRefused | None = None
    found: list[NumberFound] = []
    for piece in _pieces(text, country):
        outcome = _read_piece(piece, country)
        if isinstance(outcome, NumberFound):
            found.append(outcome)
        else:
            first_refusal = first_refusal or outcome
    if found:
        return NumberFound(found[0].number, found[0].repaired, tuple(found[1:]))
    return first_refusal or NumberRefused("not_a_number")


def _plain(cell: str) -> str:
    """The cell with full-width and foreign digits as ASCII, without invisible characters and spreadsheet quoting."""
    text = cell
    if not text.isascii():
        text = "".join(
            str(unicodedata.decimal(letter)) if letter.isdecimal() else letter
            for letter in unicodedata.normalize("NFKC", cell)
            if unicodedata.category(letter) != "Cf"
        )
        text = re.sub(r"[‐-―−]", "-", text)
    matched = _FORMULA.match(text.strip())
    return matched["text"].strip() if matched else ""


def _pieces(text: str, country: str) -> Iterator[str]:
    """The numbers of a cell as texts. A slash parts numbers only where what stands before it is a number already."""
    for piece in _HARD_BREAK.split(_BREAK_BEFORE_EXTENSION.sub(" ", text)):
        before, *rest = piece.split("/")
        for part in rest:
            if _is_whole(_read_piece(before, country)):
                yield before
                before = part
            else:
                before = f"{before}/{part}"
        if _DIGIT.search(before):
            yield before


def _is_whole(outcome: NumberFound | NumberRefused) -> bool:
    """Whether a text was a complete number, be it one to dial or one of a kind that we do not dial."""
    return isinstance(outcome, NumberFound) or outcome.reason in UNDIALABLE_KINDS


def _read_piece(piece: str, country: str) -> NumberFound | NumberRefused:
    """One number with its label, extension and remark, such as `Tel. 044 668 18 00 intern 12 (Büro)`."""
    text = _LABEL.sub("", piece, count=1).strip()
    as_float = _FLOAT.fullmatch(text)
    text = as_float[1] if as_float else text
    extension = ""
    if matched := _EXTENSION.search(text):
        text, extension = text[: matched.start()], matched["extension"]
    elif letters := _FIRST_LETTERS.search(text):
        if _DIGIT.search(text, letters.start()):
            return NumberRefused("not_a_number")  # letters in between: what was cut off might be part of the number
        text = text[: letters.start()]
    text = text.strip(" (:.-/")
    if _NO_DIAL_CHARACTER.search(text) or text.count("+") > 1 or text.rfind("+") > 0:
        return NumberRefused("not_a_number")
    number = parse_phone_number(text, country)
    if number is None:
        return NumberRefused(_why_invalid(text, country))
    if number.kind not in DIALABLE_KINDS:
        return NumberRefused(number.kind)
    if len(number.country) != 2:  # numbers of networks that belong to no country
        return NumberRefused("no_country")
    number = PhoneNumber(number.e164, number.country, number.kind, extension)
    return NumberFound(number, repaired=as_float is not None or not _PREFIX_MARKS.sub("", text).startswith(("+", "0")))


def _why_invalid(text: str, country: str) -> str:
    digits = re.sub(r"\D", "", text)
    if len(digits) <= 6:
        return "emergency_number" if shortnumberinfo.is_emergency_number(digits, country) else "too_short"
    return "too_long" if len(digits) > 15 else "not_in_use"
