"""What COPY reads is what was written, whatever people's texts hold."""

from hypothesis import given
from hypothesis import strategies as st

from foundation.copy_text import as_copy_text

MARKS = "\\\t\n\r\x1d\x1e\x1fNt"
CELL = st.one_of(st.text(max_size=8), st.text(alphabet=MARKS, max_size=6), st.none(), st.integers(), st.booleans())
UNESCAPED = {"\\": "\\", "t": "\t", "n": "\n", "r": "\r"}


def as_copy_reads(cell: str) -> str | None:
    """A cell as PostgreSQL takes it apart, by its page on COPY, "Text Format"."""
    if cell == "\\N":
        return None
    letters = iter(cell)
    return "".join(UNESCAPED[next(letters)] if letter == "\\" else letter for letter in letters)


def as_text(value: str | int | None) -> str | None:
    return {True: "t", False: "f"}[value] if isinstance(value, bool) else None if value is None else str(value)


@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=5))
def test_every_cell_comes_back_or_the_driver_writes_the_rows(rows: list[tuple[str | int | None, ...]]) -> None:
    text = as_copy_text(rows)
    if text is None:
        assert any(mark in cell for row in rows for cell in row if isinstance(cell, str) for mark in "\x1d\x1e\x1f")
        return
    assert text.endswith("\n")
    read = [[as_copy_reads(cell) for cell in line.split("\t")] for line in text[:-1].split("\n")]
    assert read == [[as_text(cell) for cell in row] for row in rows]


def test_values_of_other_types_are_left_to_the_driver() -> None:
    assert as_copy_text([("a", 1.5)]) is None
