"""Marks texts that people see, where they are written down before they are used. Translating is the pages' business."""


class Code(str):
    """A code among the figures of a message: people see the word that the pages have for it."""

    __slots__ = ()


def N_(message: str) -> str:  # noqa: N802 - the name that extractors of messages look for
    """Mark a text for the catalogues without translating it here."""
    return message
