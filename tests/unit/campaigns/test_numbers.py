"""What becomes of a phone cell."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.numbers import DIALABLE_KINDS, NumberFound, NumberRefused, read_number
from campaigns.refusals import REASONS
from foundation.phone_number import PhoneNumber, parse_phone_number

PLAIN = [
    "044 668 18 00",
    "+41 44 668 18 00",
    "0041 44 668 18 00",
    "00 41 44 668 18 00",
    "044/668 18 00",
    "+41 (0)44 668 18 00",
    "0446681800",
    "+41446681800",
    "044-668-18-00",
    "044.668.18.00",
    "(044) 668 18 00",
    "044\u00a0668\u00a018\u00a000",
    "+41 44 668–18–00",
    "'+41446681800",
    '="0446681800"',
    "=+41446681800",
    "\u200e+41 44 668 18 00\u200f",
    "０４４６６８１８００",
    "٠٤٤٦٦٨١٨٠٠",
    "Tel. 044 668 18 00",
    "T (direkt) +41 44 668 18 00",
    "044 668 18 00 (Zentrale)",
]


@pytest.mark.parametrize("cell", PLAIN)
def test_the_usual_ways_to_write_a_number_mean_the_same(cell: str) -> None:
    found = read_number(cell, "CH")
    assert isinstance(found, NumberFound)
    assert found.number.e164 == "+41446681800"
    assert found.number.extension == ""
    assert found.others == ()
    assert not found.repaired


@pytest.mark.parametrize("cell", ["446681800", "41446681800", "0446681800.0", "446681800.0", "446681800,0"])
def test_what_a_spreadsheet_took_away_is_repaired_and_marked(cell: str) -> None:
    found = read_number(cell, "CH")
    assert isinstance(found, NumberFound)
    assert found.number.e164 == "+41446681800"
    assert found.repaired


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("", "missing_number"),
        ("  \u00a0 ", "missing_number"),
        ("4.14E+10", "shortened_by_spreadsheet"),
        ("4,14467E+10", "shortened_by_spreadsheet"),
        ("unbekannt", "not_a_number"),
        ("#REF!", "not_a_number"),
        ("N/A", "not_a_number"),
        ("044 668 XX 00", "not_a_number"),
        ("+49 30 1234 ABC 567", "not_a_number"),
        ("044\ufffd668 18 00", "not_a_number"),
        ("+41+44 668 18 00", "not_a_number"),
        ("+41446681800 +41791234567", "not_a_number"),
        ("1-800-FLOWERS", "too_short"),
        ("044 668", "too_short"),
        ("044 668 18", "not_in_use"),
        ("074 123 45 67", "not_in_use"),
        ("23.11.2026", "not_in_use"),
        ("491701234567", "not_in_use"),
        ("1234567890123456789", "too_long"),
        ("117", "emergency_number"),
        ("112", "emergency_number"),
        ("0900 123 456", "premium_rate"),
        ("0848 123 456", "shared_cost"),
        ("0878 123 456", "personal_number"),
        ("0800 123 456", "toll_free"),
        ("0860 79 123 45 67", "voicemail"),
        ("+883 5100 12345678", "no_country"),
    ],
)
def test_what_is_no_number_to_dial_is_refused_by_its_reason(cell: str, reason: str) -> None:
    assert read_number(cell, "CH") == NumberRefused(reason)


@pytest.mark.parametrize(
    "cell",
    [
        "044 668 18 00 / 079 123 45 67",
        "044/668 18 00 / 079/123 45 67",
        "044 668 18 00;079 123 45 67",
        "044 668 18 00, 079 123 45 67",
        "044 668 18 00\n079 123 45 67",
        "044 668 18 00 oder 079 123 45 67",
        "G: 044 668 18 00 / M: 079 123 45 67",
    ],
)
def test_of_two_numbers_in_a_cell_the_first_is_dialed_and_the_other_kept(cell: str) -> None:
    found = read_number(cell, "CH")
    assert isinstance(found, NumberFound)
    assert found.number.e164 == "+41446681800"
    assert [other.number.e164 for other in found.others] == ["+41791234567"]


def test_a_service_number_beside_a_real_one_does_not_cost_the_row() -> None:
    found = read_number("0900 123 456 / 044 668 18 00", "CH")
    assert isinstance(found, NumberFound)
    assert found.number.e164 == "+41446681800"


@pytest.mark.parametrize(
    "cell", ["044 668 18 00 intern 12", "044 668 18 00, Durchwahl 12", "0446681800x12", "044 668 18 00 poste 12"]
)
def test_an_extension_is_kept_apart(cell: str) -> None:
    found = read_number(cell, "CH")
    assert isinstance(found, NumberFound)
    assert (found.number.e164, found.number.extension) == ("+41446681800", "12")


def test_a_range_behind_a_whole_number_is_not_dialed_as_its_end() -> None:
    found = read_number("+49 30 1234567 / 89", "CH")
    assert isinstance(found, NumberFound)
    assert found.number.e164 == "+49301234567"


@pytest.mark.parametrize(("cell", "country"), [("030/1234567", "DE"), ("030 1234567", "DE"), ("+49 30 1234567", "CH")])
def test_numbers_are_read_as_in_the_country_of_their_row(cell: str, country: str) -> None:
    found = read_number(cell, country)
    assert isinstance(found, NumberFound)
    assert (found.number.e164, found.number.country) == ("+49301234567", "DE")


CELL = st.one_of(
    st.text(max_size=40),
    st.text("0123456789+()/-. ,;xE'=\n", max_size=40),
    st.tuples(st.sampled_from(PLAIN), st.text(max_size=12)).map("".join),
)


@given(cell=CELL, country=st.sampled_from(["CH", "DE", "US", "ZZ"]))
def test_any_cell_gets_a_number_to_dial_or_a_known_reason(cell: str, country: str) -> None:
    match read_number(cell, country):
        case NumberFound(number):
            assert number.kind in DIALABLE_KINDS
            assert number.e164.startswith("+")
            assert number.e164[1:].isascii()
            assert number.e164[1:].isdigit()
        case NumberRefused(reason):
            assert reason in REASONS


@given(st.integers(2, 9), st.integers(0, 999_999), st.sampled_from(["44", "31", "22", "91", "79", "58"]))
def test_no_way_of_writing_a_number_leads_to_another_phone(first: int, rest: int, area: str) -> None:
    national = f"{area}{first}{rest:06}"
    a, b, c, d = national[:2], national[2:5], national[5:7], national[7:]
    for cell in (f"0{a} {b} {c} {d}", f"+41 (0){a} {b} {c} {d}", f"0041{national}", f"0{a}/{b} {c} {d}", national):
        found = read_number(cell, "CH")
        assert isinstance(found, NumberFound)
        assert found.number.e164 == f"+41{national}"


_WRITTEN = st.builds(
    lambda start, digits, places, mark: "".join(
        digit + mark * (place in places) for place, digit in enumerate(start + digits)
    ),
    st.sampled_from(["+41", "0041", "+49", "0049", "+43", "0043", "+33", "0033", "0", "00", "+", ""]),
    st.text("0123456789", min_size=3, max_size=14),
    st.sets(st.integers(1, 14), max_size=4),
    st.sampled_from([" ", ".", "-"]),
)


@given(_WRITTEN, st.sampled_from(["CH", "DE", "AT", "FR", "IT", "LI", "US"]))
def test_the_short_way_to_read_a_number_comes_to_what_the_library_says(text: str, country: str) -> None:
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        assert parse_phone_number(text, country) is None
        return
    found = parse_phone_number(text, country)
    if not phonenumbers.is_valid_number(number):
        assert found is None
        return
    assert isinstance(found, PhoneNumber)
    assert found.e164 == phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    assert found.country == (phonenumbers.region_code_for_number(number) or "")
    assert found.kind == phonenumbers.PhoneNumberType.to_string(phonenumbers.number_type(number)).lower()
