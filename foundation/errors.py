"""The tree of errors. An error's docstring is its message unless it is given a better one."""


class HalaliError(Exception):
    """Something went wrong."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip().splitlines()[0])


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
