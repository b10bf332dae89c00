"""What becomes of rows of a list that stand in another campaign. The look into those campaigns is `book`'s."""

from enum import StrEnum


class InBook(StrEnum):
    """What becomes of a row whose number or company stands in another campaign."""

    KEEP = "keep"  # it is taken in, with the notes that are there already
    REFUSE = "refuse"
