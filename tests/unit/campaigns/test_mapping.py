"""Which column holds what."""

import pytest

from campaigns.columns import FIELDS, REPEATABLE, field_named, plain_word
from campaigns.mapping import guess_mapping, mapping_from
from campaigns.reading import Row
from foundation.errors import Invalid


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("Telefon", "phone"),
        ("Tel.-Nr.", "phone"),
        ("Téléphone", "phone"),
        ("N° de téléphone", "phone"),
        ("Numero di telefono", "phone"),
        ("Phone number", "phone"),
        ("Firma", "company"),
        ("Raison sociale", "company"),
        ("Ragione sociale", "company"),
        ("Ansprechpartner/in", "person"),
        ("E-Mail", "email"),
        ("Sprache", "language"),
        ("PLZ", "postcode"),
        ("NPA", "postcode"),
        ("CAP", "postcode"),
        ("Località", "place"),
        ("Kanton", "canton"),
        ("Anzahl Mitarbeitende", "employees"),
        ("UID-Nummer", "uid"),
        ("Bestehender Partner", "existing_partner"),
        ("Branche", ""),
        ("", ""),
    ],
)
def test_columns_are_known_by_their_names_in_four_languages(column: str, field: str) -> None:
    assert field_named(column) == field


def test_names_are_compared_without_case_accents_and_punctuation() -> None:
    assert plain_word(" Größe (MA) ") == "groesse_ma"


def test_several_columns_may_hold_numbers_and_only_one_a_company() -> None:
    mapping = guess_mapping(("Telefon", "Mobile", "Firma", "Company"), ())
    assert mapping.fields == ("phone", "phone", "company", "")
    assert mapping.guessed_by == ("name", "name", "name", "")


def test_without_telling_names_the_content_decides() -> None:
    rows = [
        Row(1, ("Muster AG", "044 668 18 00", "8005", "info@a.example", "ZH", "CHE-109.322.551")),
        Row(2, ("Beispiel SA", "", "1201", "info@b.example", "GE", "")),
        Row(3, ("Esempio SA", "0916681800", "6900", "info@c.example", "TI", "")),
    ]
    mapping = guess_mapping([f"column {number}" for number in range(1, 7)], rows)
    assert mapping.fields == ("", "phone", "postcode", "email", "canton", "uid")
    assert set(mapping.guessed_by) == {"", "content"}


def test_a_guess_may_lack_the_phone_column_and_a_choice_may_not() -> None:
    mapping = guess_mapping(("Firma", "Ort"), [Row(2, ("A", "Bern"))])
    assert "phone" not in mapping.fields
    with pytest.raises(Invalid, match=r"which column holds the phone numbers\. The list has: Firma, Ort"):
        mapping_from(mapping.columns, mapping.fields)


@pytest.mark.parametrize(
    ("fields", "hint"),
    [
        (("phone", "fax"), "no field “fax”"),
        (("phone",), "2 columns"),
        (("", ""), "phone numbers"),
    ],
)
def test_a_choice_that_cannot_be_says_why(fields: tuple[str, ...], hint: str) -> None:
    with pytest.raises(Invalid, match=hint):
        mapping_from(("A", "B"), fields)


@pytest.mark.parametrize("field", sorted(set(FIELDS) - REPEATABLE))
def test_a_field_of_one_value_takes_one_column(field: str) -> None:
    with pytest.raises(Invalid, match=field):
        mapping_from(("A", "B", "C"), ("phone", field, field))
