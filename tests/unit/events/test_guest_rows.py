"""Whatever stands in a row, it is a guest whose letter cannot be led astray, or it is refused in one word. Pure."""

from hypothesis import given
from hypothesis import strategies as st

from events.guest_rows import UnusableGuest, key_of_address, read_guest

_CELL = st.text(st.characters(codec="utf-8"), max_size=30) | st.sampled_from(
    ["a@b.ch", "a@b.ch\r\nBcc: x@y.ch", "@", "a@b"]
)


@given(_CELL, _CELL, _CELL)
def test_a_guest_has_a_name_of_one_line_and_one_address(person: str, email: str, company: str) -> None:
    try:
        guest = read_guest(person, email, company)
    except UnusableGuest:
        return
    assert guest.person
    assert (guest.person + guest.company).isprintable()
    assert guest.email.isprintable()
    assert guest.email.count("@") == 1
    assert guest.key == key_of_address(f" {guest.email.upper()} ")
