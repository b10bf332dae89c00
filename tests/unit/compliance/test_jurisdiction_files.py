"""The form of a jurisdiction's file."""

import pytest

from compliance.jurisdictions import read_jurisdiction
from compliance.rule_rows import Hours

FILE = """
country = "XX"
name = "Nowhere"
time_zones = ["Europe/Zurich"]
[holidays]
categories = ["public"]
by_region = false
[[rule]]
id = "XX-hours"
kind = "hours"
party = "any"
basis = "law"
source = "A law"
source_date = 2026-01-01
from = 2026-01-01
to = 2027-01-01
confidence = "law_text"
[rule.hours]
weekday = [["08:00", "24:00"]]
"""


def test_a_whole_file_is_read() -> None:
    jurisdiction = read_jurisdiction(FILE, "xx.toml")
    assert jurisdiction.country == "XX"
    assert jurisdiction.rules[0].terms == Hours({"weekday": ((480, 1440),)})
    assert jurisdiction.rules[0].source_date == "2026-01-01"


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ('"law"', '"hearsay"'),
        ('"law_text"', '"sure"'),
        ('kind = "hours"', 'kind = "mood"'),
        ('party = "any"', 'party = "some"'),
        ("weekday =", "workday ="),
        ("24:00", "25:00"),
        ('source = "A law"\n', ""),
        ("from = 2026-01-01\n", ""),
        ("by_region = false\n", ""),
        ("[[rule]]", "[[rule"),
    ],
)
def test_a_file_of_a_wrong_form_is_named(written: str, instead: str) -> None:
    assert written in FILE
    with pytest.raises(ValueError, match=r"^xx\.toml: "):
        read_jurisdiction(FILE.replace(written, instead), "xx.toml")
