"""The tree of errors. An error's docstring is its message unless it is given a better one.

A message with figures or names in it has `%(name)s` for each, so that it can be said in other languages, too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


class HalaliError(Exception):
    """Something went wrong."""

    def __init__(self, message: str | None = None, **facts: str | float) -> None:
        self.text = message or (type(self).__doc__ or "").strip().splitlines()[0]
        self.facts = facts
        super().__init__(self.text % facts if facts else self.text)


class Unconfigured(HalaliError):
    """A setting is missing or cannot be used."""


class NotFound(HalaliError):
    """There is no such thing, or it is not yours to see."""


class Forbidden(HalaliError):
    """You may not do this."""


class Conflict(HalaliError):
    """This cannot be done in the present state."""


class Invalid(HalaliError):
    """The input cannot be used as it is."""


@dataclass(frozen=True)
class Flaw:
    """What is wrong with a field: its name, what to do (`%(name)s` stands for each fact), and what was found there."""

    name: str
    what_to_do: str
    facts: Mapping[str, str | float] = field(default_factory=dict)
    found: str = ""

    @property
    def advice(self) -> str:
        """What to do, in English."""
        return self.what_to_do % self.facts if self.facts else self.what_to_do

    @property
    def plain(self) -> str:
        """The field, what was found in it and what to do, in English."""
        return f"{self.name}{f' “{self.found[:80]}”' if self.found else ''}: {self.advice}"


class InvalidFields(Invalid):
    """Some of the fields cannot be used as they are."""

    def __init__(self, flaws: Sequence[Flaw]) -> None:
        self.flaws = tuple(flaws)
        super().__init__("; ".join(flaw.plain for flaw in self.flaws))


class Unavailable(HalaliError):
    """Something that is needed does not answer right now."""
