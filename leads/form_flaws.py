"""What is wrong with a document that should be a form, as codes with values that pages say in their language. Pure."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from foundation.marking import N_, Said
from foundation.value_flaws import TEXTS, worded

_NAMED_AT_MOST = 5
# A pattern stands at keys alone.
_TEXTS = {
    **TEXTS,
    "string_pattern_mismatch": N_("may have lower-case letters, digits, _, + and - alone, and 40 of them at most"),
}
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
    return worded(kind, told, _TEXTS)


def _placed(where: tuple[int | str, ...], problem: Said) -> tuple[str, Mapping[str, str | float]]:
    place = " ".join(str(part + 1) if isinstance(part, int) else str(part) for part in where)
    return (_AT, {"place": place, "problem": problem}) if place else problem.parts[0]
