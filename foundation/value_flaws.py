"""What is wrong with a value that was read into a typed field, as a text with figures that pages say in their language.

The reader's own names for it are pydantic's types of errors. Which field it was, the caller says.
"""

from collections.abc import Mapping
from typing import Any

from foundation.marking import N_, Said

_WHOLE_NUMBER = N_("must be a whole number")
_NUMBER = N_("must be a number")
_YES_OR_NO = N_("must be true or false")
_LIST = N_("must be a list")
_NAMES = N_("must be an object with names")
_DAY = N_("must be a day, such as 2026-03-02")
_MOMENT = N_("must be a moment, such as 2026-03-02T09:00")
_EMPTY = N_("is empty")
_ONE_OF = N_("must be one of: %(expected)s")
_OTHER = N_("cannot be used as it is")

# By the reader's name for it; `%(name)s` is what it tells with it.
TEXTS: Mapping[str, str] = {
    "missing": N_("is missing"),
    "extra_forbidden": N_("is not known here"),
    "literal_error": N_("must be %(expected)s"),
    "enum": N_("must be %(expected)s"),
    "string_type": N_("must be a text"),
    "string_too_short": N_("needs %(min_length)s characters at least"),
    "string_too_long": N_("may have %(max_length)s characters at most"),
    "int_type": _WHOLE_NUMBER,
    "int_parsing": _WHOLE_NUMBER,
    "int_parsing_size": _WHOLE_NUMBER,
    "int_from_float": _WHOLE_NUMBER,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "greater_than": N_("must be more than %(gt)s"),
    "less_than": N_("must be less than %(lt)s"),
    "greater_than_equal": N_("must be %(ge)s at least"),
    "less_than_equal": N_("may be %(le)s at most"),
    "bool_type": _YES_OR_NO,
    "bool_parsing": _YES_OR_NO,
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_from_datetime_inexact": _DAY,
    "datetime_type": _MOMENT,
    "datetime_parsing": _MOMENT,
    "datetime_from_date_parsing": _MOMENT,
    "timezone_aware": N_("needs the offset from UTC, such as +01:00"),
    "list_type": _LIST,
    "set_type": _LIST,
    "tuple_type": _LIST,
    "too_short": N_("needs %(min_length)s at least"),
    "too_long": N_("may have %(max_length)s at most"),
    "dict_type": _NAMES,
    "model_type": _NAMES,
    "model_attributes_type": _NAMES,
    "json_invalid": N_("is no JSON"),
}


def worded(kind: str, told: Mapping[str, Any], texts: Mapping[str, str] = TEXTS) -> Said:
    """What is wrong, from the reader's name for it and what it tells with it."""
    facts = {name: value if isinstance(value, int | float) else str(value) for name, value in told.items()}
    expected = str(told.get("expected", ""))
    if " or " in expected:
        return Said((_ONE_OF, {"expected": expected.replace(" or ", ", ").replace("'", "")}))
    if kind == "string_too_short" and told.get("min_length") == 1:
        return Said((_EMPTY, {}))
    return Said((texts.get(kind, _OTHER), facts))
