"""How far a sheet may reach is the same for a quick look and for one at each reference."""

import io

from hypothesis import given
from hypothesis import strategies as st

from campaigns.reading import MAX_COLUMNS
from campaigns.workbooks import MAX_CELLS, look_through
from foundation.errors import Invalid
from tests.workbook_files import column_letters, packed, sheet_of_xml

COLUMN = st.one_of(st.sampled_from([1, 2, 26, 27, 52, 53, 702, 703, 1024, 1025, 16384]), st.integers(1, 16384))
ROW = st.one_of(
    st.sampled_from([1, 9_999, 10_000, 11_718, 229_999, 230_000, 230_770, 459_999, 460_000, 461_538, 461_539]),
    st.integers(1, 1_048_576),
    st.integers(MAX_CELLS // 60, MAX_CELLS // 20),
)


@given(st.lists(st.tuples(COLUMN, ROW), min_size=1, max_size=4))
def test_a_sheet_is_refused_exactly_when_its_corner_lies_too_far(references: list[tuple[int, int]]) -> None:
    cells = "".join(f'<c r="{column_letters(column)}{row}"/>' for column, row in references)
    columns, rows = (max(numbers) for numbers in zip(*references, strict=True))
    problem = ""
    try:
        look_through(io.BytesIO(packed(sheet_of_xml(f"<row>{cells}</row>"))))
    except Invalid as error:
        problem = str(error)
    is_too_far = columns * rows > MAX_CELLS or columns > MAX_COLUMNS * 4
    assert problem.startswith(f"This sheet reaches to row {rows}, column {columns}. ") == is_too_far
