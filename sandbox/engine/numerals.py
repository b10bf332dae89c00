"""Tells whole numbers from what only looks like one: `²` is a digit to Python, and no number."""

LONGEST_NUMBER = 12


def is_whole(text: str) -> bool:
    """Whether a text is a whole number in ASCII, and short enough to be meant as one."""
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER
