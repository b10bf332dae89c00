"""The kind of a number in a country that has its country code for itself, by the tables of `phonenumbers`.

`phonenumbers.number_type` asks one pattern after the other; here they are one pattern, in the same order. A test holds
the two against each other.
"""

import re
from functools import lru_cache

from phonenumbers import PhoneMetadata, PhoneNumberDesc

# As in `number_type`: the first that fits counts.
_IN_ORDER = (
    "premium_rate",
    "toll_free",
    "shared_cost",
    "voip",
    "personal_number",
    "pager",
    "uan",
    "voicemail",
    "fixed_line",
    "mobile",
)


def kind_in_country(country: str, national: str) -> str:
    """The kind of a national number (digits without a prefix), such as `mobile`; empty when it is not in use."""
    kinds, mobile = _patterns(country, len(national))
    matched = kinds.fullmatch(national)
    if matched is None:
        return ""
    kind = str(matched.lastgroup)
    return "fixed_line_or_mobile" if kind == "fixed_line" and mobile.fullmatch(national) else kind


@lru_cache(maxsize=256)
def _patterns(country: str, length: int) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """For numbers of one length: the pattern of all kinds, each a group by its name, and that of mobile numbers."""
    metadata = PhoneMetadata.metadata_for_region(country)
    if metadata is None:
        raise ValueError(f"no country: {country}")
    general = _of_length(metadata.general_desc, length)
    kinds = [(kind, _of_length(getattr(metadata, kind), length)) for kind in _IN_ORDER]
    groups = "|".join(f"(?P<{kind}>{pattern})" for kind, pattern in kinds if pattern)
    if not general or not groups:
        return _NOTHING, _NOTHING
    mobile = dict(kinds)["mobile"]
    # Lookahead: whatever is of a kind must be a number of the country in the first place.
    return re.compile(f"(?=(?:{general})$)(?:{groups})", re.ASCII), re.compile(mobile) if mobile else _NOTHING


def _of_length(description: PhoneNumberDesc | None, length: int) -> str:
    if description is None or not description.national_number_pattern:
        return ""
    if description.possible_length and length not in description.possible_length:
        return ""
    return str(description.national_number_pattern)


_NOTHING = re.compile(r"(?!)")
