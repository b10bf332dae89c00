"""Marks texts for the catalogues."""


def N_(message: str) -> str:  # noqa: N802 - the name that extractors of messages look for
    """Mark a text for the catalogues without translating it here."""
    return message
