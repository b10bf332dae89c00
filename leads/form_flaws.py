"""What is wrong with a document that should be a form, as codes with values that pages say in their language. Pure."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from foundation.marking import N_, Said

_NAMED_AT_MOST = 5
# What the reading of documents finds by itself, by its own name for it; `%(name)s` is what it tells with it.
_TEXTS: Mapping[str, str] = {
    "missing": N_("is missing"),
    "extra_forbidden": N_("is not known here"),
    "literal_error": N_("must be %(expected)s"),
    "string_type": N_("must be a text"),
    "string_too_short": N_("is empty"),
    "string_too_long": N_("may have %(max_length)s characters at most"),
    "string_pattern_mismatch": N_("may have lower-case letters, digits, _, + and - alone, and 40 of them at most"),
    "int_type": N_("must be a whole number"),
    "int_parsing": N_("must be a whole number"),
    "int_parsing_size": N_("must be a whole number"),
    "int_from_float": N_("must be a whole number"),
    "greater_than_equal": N_("must be %(ge)s at least"),
    "less_than_equal": N_("may be %(le)s at most"),
    "bool_type": N_("must be true or false"),
    "bool_parsing": N_("must be true or false"),
    "tuple_type": N_("must be a list"),
    "too_short": N_("needs %(min_length)s at least"),
    "too_long": N_("may have %(max_length)s at most"),
    "model_type": N_("must be an object with names"),
    "model_attributes_type": N_("must be an object with names"),
}
_OTHER = N_("cannot be used as it is")
_AT = N_("%(place)s: %(problem)s")


class Flaw(ValueError):
    """Something about a form that does not hang together; `text` has `%(name)s` for each of `facts`."""

    def __init__(self, text: str, **facts: str) -> None:
        super().__init__(text % facts)
        self.text = text
        self.facts = facts


def flaws_of(error: ValidationError) -> Said:
    """The first flaws of a document, each with its place."""
    found = error.errors(include_url=False, include_input=False)[:_NAMED_AT_MOST]
    return Said(*(_placed(one["loc"], _worded(one["type"], one.get("ctx", {}))) for one in found))


def _worded(kind: str, told: Mapping[str, Any]) -> Said:
    flaw = told.get("error")
    if isinstance(flaw, Flaw):
        return Said((flaw.text, flaw.facts))
    return Said((_TEXTS.get(kind, _OTHER), {name: str(value) for name, value in told.items()}))


def _placed(where: tuple[int | str, ...], problem: Said) -> tuple[str, Mapping[str, str | float]]:
    place = " ".join(str(part + 1) if isinstance(part, int) else str(part) for part in where)
    return (_AT, {"place": place, "problem": problem}) if place else problem.parts[0]
