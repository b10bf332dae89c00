"""A phone number as a value: E.164, country, kind and time zones, by `phonenumbers`. Knows no rule about calling."""

import re
from typing import NamedTuple

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType
from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_number

from foundation.number_kinds import kind_in_country

_KINDS = {
    PhoneNumberType.FIXED_LINE: "fixed_line",
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed_line_or_mobile",
    PhoneNumberType.TOLL_FREE: "toll_free",
    PhoneNumberType.PREMIUM_RATE: "premium_rate",
    PhoneNumberType.SHARED_COST: "shared_cost",
    PhoneNumberType.VOIP: "voip",
    PhoneNumberType.PERSONAL_NUMBER: "personal_number",
    PhoneNumberType.PAGER: "pager",
    PhoneNumberType.UAN: "uan",
    PhoneNumberType.VOICEMAIL: "voicemail",
}


# Countries in which 00 begins an international number and 0 a national one, which no number there keeps.
_TRUNK_ZERO = {"CH": "41", "DE": "49", "AT": "43", "FR": "33"}
_COUNTRIES = {code: country for country, code in _TRUNK_ZERO.items()}
_BLANKS = str.maketrans("", "", " .-")
_PLAIN = re.compile(r"(?:(?:\+|00)(41|49|43|33)|0)([1-9][0-9]{3,13})")


class PhoneNumber(NamedTuple):
    """A valid number. `e164` is `+41446681800`, `country` an ISO code such as `CH`, `kind` a word of libphonenumber."""

    e164: str
    country: str
    kind: str
    extension: str = ""


def parse_phone_number(text: str, default_country: str) -> PhoneNumber | None:
    """The number that `text` writes, read as in `default_country`; None when it is no valid number."""
    plain = _plain_number(text, default_country)
    if plain is not None:
        country, national = plain
        kind_here = kind_in_country(country, national)
        return PhoneNumber(f"+{_TRUNK_ZERO[country]}{national}", country, kind_here) if kind_here else None
    try:
        number = phonenumbers.parse(text, default_country)
    except NumberParseException:
        return None
    # One look-up serves both questions: the type is unknown exactly when the number is invalid.
    kind = _KINDS.get(phonenumbers.number_type(number))
    if kind is None:
        return None
    return PhoneNumber(
        e164=phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
        country=phonenumbers.region_code_for_number(number) or "",
        kind=kind,
        extension=number.extension or "",
    )


def country_of(e164: str) -> str:
    """The number's country, as `PhoneNumber.country`; empty where it has none."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(e164, None)) or ""
    except NumberParseException:
        return ""


def time_zones_of(e164: str) -> tuple[str, ...]:
    """The time zones in which the number may be, by its prefix; none where nothing is known of it."""
    try:
        zones = time_zones_for_number(phonenumbers.parse(e164, None))
    except NumberParseException:
        return ()
    return tuple(zone for zone in zones if zone != UNKNOWN_TIMEZONE)


def _plain_number(text: str, country: str) -> tuple[str, str] | None:
    """Country and national number of the usual ways to write a number, as `phonenumbers` reads them; None for others.

    This and the kinds take a fifth of the library's time. tests/unit/campaigns/test_numbers.py compares the two.
    """
    if country not in _TRUNK_ZERO:
        return None
    matched = _PLAIN.fullmatch(text.translate(_BLANKS))
    if matched is None:
        return None
    code, national = matched.groups()
    return _COUNTRIES[code] if code else country, national


def written_readably(e164: str) -> str:
    """The number with spaces, such as `+41 44 668 18 00`; text that is no number comes back as it is."""
    try:
        number = phonenumbers.parse(e164, None)
    except NumberParseException:
        return e164
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
