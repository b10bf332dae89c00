"""Marks texts that people see, where they are written down before they are used. Translating is the pages' business."""

import re
from collections.abc import Mapping
from typing import Self

_FIGURE = re.compile(r"%\((\w+)\)s")


class Code(str):
    """A code among the figures of a message: people see the word that the pages have for it."""

    __slots__ = ()


class Said(str):
    """Messages among the figures of a message, each with figures of its own: in English, until a page says them."""

    __slots__ = ("between", "parts")
    parts: tuple[tuple[str, Mapping[str, str | float]], ...]
    between: str

    def __new__(cls, *parts: tuple[str, Mapping[str, str | float]], between: str = "; ") -> Self:
        """From texts with what they leave to be filled in, and what stands between them."""
        said = super().__new__(cls, between.join(text % facts for text, facts in parts))
        said.parts = parts
        said.between = between
        return said


def figures_of(text: str, said: str) -> dict[str, str] | None:
    """What fills `%(name)s` in a text, read back from what was said in English; None: that was not this text."""
    parts = _FIGURE.split(text)
    # Every second part is a figure's name.
    pattern = "".join(f"(?P<{part}>.*?)" if place % 2 else re.escape(part) for place, part in enumerate(parts))
    found = re.fullmatch(pattern, said, re.DOTALL)
    return None if found is None else found.groupdict()


def N_(message: str) -> str:  # noqa: N802 - the name that extractors of messages look for
    """Mark a text for the catalogues without translating it here."""
    return message
