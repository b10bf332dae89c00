"""The tree of errors. An error's docstring is its message unless it is given a better one.

A message with figures or names in it has `%(name)s` for each, so that it can be said in other languages, too.
"""


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


class Unavailable(HalaliError):
    """Something that is needed does not answer right now."""
