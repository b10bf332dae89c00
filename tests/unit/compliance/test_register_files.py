"""Files of numbers that must not be called: each form, and what is no such file."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.register_files import Entry, Unreadable, read_numbers
from foundation.errors import Invalid


def read(content: bytes, register: str = "", country: str = "CH") -> list[str]:
    """The numbers, with a minus before those that go and a question mark before what is none."""
    found = []
    for one in read_numbers(io.BytesIO(content), register, country):
        mark = "?" + one.found if isinstance(one, Unreadable) else ("-" if one.is_removal else "") + one.phone_number
        found.append(mark)
    return found


@pytest.mark.parametrize(
    ("register", "content", "numbers"),
    [
        ("tps", b"01132 123456\r\n02079460000 \r\n", ["+441132123456", "+442079460000"]),
        ("ctps", b"02079460000 \r\n            \r\n", ["+442079460000"]),
        ("tps", b"\xef\xbb\xbf02079460000 \r\n", ["+442079460000"]),
        ("us_national", b"212,5550199\n202,4561111\n", ["+12125550199", "+12024561111"]),
        ("us_national", b"2024561111\n", ["+12024561111"]),
        ("us_national", b"202,4561111,A\n212,5550199,D\n", ["+12024561111", "-+12125550199"]),
        ("us_national", b"202,4561111,X\n202,456\n", ["?202,4561111,X", "?202,456"]),
        ("ca_dncl", b"416,1234567\r\n", ["+14161234567"]),
        ("", b"044 668 18 00\n+41 44 668 18 01\n\n0041446681802\n", ["+41446681800", "+41446681801", "+41446681802"]),
        ("", b"number\n044 668 18 00\n", ["?number", "+41446681800"]),
        ("", "044 668 18 00\nMüller\n".encode("cp1252"), ["+41446681800", "?M�ller"]),
    ],
)
def test_each_form_is_read(register: str, content: bytes, numbers: list[str]) -> None:
    assert read(content, register) == numbers


XML = b"""<?xml version="1.0" encoding="UTF-8"?>
<list type="full" level="area">
  <ac val="212"><ph val="5550199"/><ph val="55"/></ac>
  <ac val="416"><ph val="1234567" /></ac>
</list>"""


@pytest.mark.parametrize("register", ["us_national", "ca_dncl"])
def test_xml_is_read_tag_by_tag(register: str) -> None:
    assert read(XML, register) == ["+12125550199", "?21255", "+14161234567"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'<!DOCTYPE list [<!ENTITY a "aaaa">]><list>&a;</list>', "document type"),
        (b'<!DOCTYPE list SYSTEM "file:///etc/passwd"><list/>', "document type"),
        (b"<list><ac val='212'>", "well-formed"),
        (b"<list>\x00</list>", "well-formed"),
        (b"PK\x03\x04rest", "zipped"),
        ("212,5550199".encode("utf-16"), "plain text"),
        (b"2" * 1000, "too long"),
    ],
)
def test_what_is_harmful_or_another_thing_is_refused(content: bytes, says: str) -> None:
    with pytest.raises(Invalid, match=says):
        read(content, "us_national")


def test_xml_of_another_register_is_refused() -> None:
    with pytest.raises(Invalid, match="United States and Canada"):
        read(XML, "tps")


@given(st.binary(max_size=400), st.sampled_from(["", "tps", "us_national", "ca_dncl"]))
def test_whatever_the_file_holds_each_line_is_a_number_or_is_shown(content: bytes, register: str) -> None:
    try:
        found = list(read_numbers(io.BytesIO(content), register))
    except Invalid:
        return
    for one in found:
        assert one.line >= 1
        if isinstance(one, Entry):
            assert one.phone_number.startswith("+")
            assert one.phone_number[1:].isdigit()
            assert len(one.phone_number) <= 16
        else:
            assert len(one.found) <= 40
