"""Twins within one file, whether their keys lie in memory or on disk."""

from hypothesis import given
from hypothesis import strategies as st

from campaigns.file_keys import FileKeys, NumberSet, Twin
from campaigns.mapping import Mapping
from campaigns.reading import Row
from campaigns.rows import AcceptedRow, read_row

MAPPING = Mapping(("Tel", "Mobile", "UID"), ("phone", "phone", "uid"))
UIDS = ("", "CHE-109.322.551", "CHE-116.281.710")


def row(number: int, first: str, second: str = "", uid: str = "") -> AcceptedRow:
    read = read_row(Row(number, (first, second, uid)), MAPPING, "CH")
    assert isinstance(read, AcceptedRow)
    return read


@given(st.lists(st.integers(1, 2**64 - 1) | st.integers(41_440_000_000, 41_440_000_200), max_size=400))
def test_a_set_of_numbers_knows_what_is_in_it(numbers: list[int]) -> None:
    ours, pythons = NumberSet(), set[int]()
    for number in numbers:
        assert ours.add(number) == (number not in pythons)
        pythons.add(number)
    assert ours.count == len(pythons)
    assert all(number in ours for number in pythons)
    assert 7 not in ours or 7 in pythons


def test_a_set_of_numbers_grows() -> None:
    ours = NumberSet()
    assert all(ours.add(number) for number in range(41_000_000_000, 41_000_050_000))
    assert not any(ours.add(number) for number in range(41_000_000_000, 41_000_050_000))
    assert 41_000_050_000 not in ours


rows = st.tuples(
    st.integers(10, 14).map(lambda end: f"044 668 18 {end}") | st.just("044 668 18 10 intern 3"),
    st.sampled_from(("", "044 668 18 11", "079 123 45 10", "079 123 45 11")),
    st.sampled_from(UIDS),
)


@given(st.lists(rows, max_size=12))
def test_twins_are_the_same_in_memory_and_on_disk(cells: list[tuple[str, str, str]]) -> None:
    with FileKeys() as roomy, FileKeys(most_in_memory=2) as narrow, FileKeys(most_in_memory=0) as on_disk:
        for number, (first, second, uid) in enumerate(cells):
            read = row(number, first, second, uid)
            assert roomy.add(read) == narrow.add(read) == on_disk.add(read)


def test_a_number_that_is_a_further_one_of_an_earlier_row_makes_a_twin() -> None:
    with FileKeys() as keys:
        keys.add(row(2, "044 668 18 00", "079 123 45 67"))
        twin = keys.add(row(3, "079 123 45 67"))
        assert isinstance(twin, Twin)
        assert twin.root == "+41446681800;"
