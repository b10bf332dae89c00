"""From place to canton, language and time zone."""

import pytest

from campaigns.geography import (
    canton_code,
    find_canton,
    find_language,
    language_code,
    languages_of_canton,
    time_zone_of,
)
from campaigns.languages import LANGUAGES
from foundation.phone_number import PhoneNumber
from foundation.postcodes import CANTONS, all_places, canton_of, places_of


def number(e164: str) -> PhoneNumber:
    return PhoneNumber(e164, {"+41": "CH", "+44": "GB"}.get(e164[:3], "US"), "fixed_line")


@pytest.mark.parametrize(
    ("text", "code"),
    [("ZH", "ZH"), ("zh", "ZH"), ("Zürich", "ZH"), ("Genève", "GE"), ("Canton Ticino", "TI"), ("Kanton Bern", "BE"),
     ("St. Gallen", "SG"), ("Basel-Stadt", "BS"), ("Bayern", ""), ("", "")],
)  # fmt: skip
def test_cantons_are_known_by_name_and_code(text: str, code: str) -> None:
    assert canton_code(text) == code


@pytest.mark.parametrize("canton", CANTONS)
def test_every_canton_has_its_code_postcodes_and_a_language(canton: str) -> None:
    assert canton_code(canton) == canton
    assert any(place.canton == canton for places in all_places().values() for place in places)
    assert set(languages_of_canton(canton)) <= set(LANGUAGES)
    open_there = find_language("", "", canton, "CH")[1] == "open"
    assert open_there == (canton in {"BE", "FR", "VS", "GR"}) == (len(languages_of_canton(canton)) > 1)


@pytest.mark.parametrize(
    ("text", "code"), [("D", "de"), ("Deutsch", "de"), ("français", "fr"), ("I", "it"), ("en", "en"), ("rätisch", "")]
)
def test_languages_are_known_by_name_and_code(text: str, code: str) -> None:
    assert language_code(text) == code


@pytest.mark.parametrize(
    ("language", "postcode", "canton", "country", "spoken", "basis"),
    [
        ("I", "8005", "ZH", "CH", "it", "column"),  # the list knows best
        ("", "8005", "ZH", "CH", "de", "postcode"),
        ("", "1201", "GE", "CH", "fr", "postcode"),
        ("", "6900", "TI", "CH", "it", "postcode"),
        ("", "2610", "BE", "CH", "fr", "postcode"),  # Bernese Jura
        ("", "3011", "BE", "CH", "de", "postcode"),
        ("", "2502", "BE", "CH", "de", "open"),  # Biel/Bienne speaks both
        ("", "1700", "FR", "CH", "fr", "postcode"),
        ("", "3186", "FR", "CH", "de", "postcode"),  # Düdingen
        ("", "1950", "VS", "CH", "fr", "postcode"),
        ("", "3920", "VS", "CH", "de", "postcode"),  # Zermatt
        ("", "3970", "VS", "CH", "de", "postcode"),  # Salgesch
        ("", "3960", "VS", "CH", "fr", "postcode"),  # Sierre
        ("", "7742", "GR", "CH", "it", "postcode"),  # Poschiavo
        ("", "7000", "GR", "CH", "de", "postcode"),
        ("", "2813", "JU", "CH", "de", "postcode"),  # Ederswiler
        ("", "", "VD", "CH", "fr", "canton"),
        ("", "", "BE", "CH", "de", "open"),
        ("", "8005", "FR", "CH", "fr", "open"),  # a postcode of another canton decides nothing
        ("", "", "VS", "CH", "fr", "open"),
        ("", "", "GR", "CH", "de", "open"),
        ("", "", "", "CH", "de", "country"),
        ("", "", "", "FR", "fr", "country"),
        ("", "", "", "US", "en", "country"),
    ],
)
def test_language_comes_from_column_then_postcode_then_canton_then_country(
    language: str, postcode: str, canton: str, country: str, spoken: str, basis: str
) -> None:
    assert find_language(language, postcode, canton, country) == (spoken, basis)


def test_the_canton_column_goes_before_the_postcode() -> None:
    assert find_canton("Zug", "8005", "Zürich") == "ZG"
    assert find_canton("", "8005", "") == "ZH"
    assert find_canton("?", "0000", "") == ""


def test_a_postcode_in_two_cantons_needs_its_place() -> None:
    shared = next(code for code, places in all_places().items() if len({place.canton for place in places}) > 1)
    assert canton_of(shared) == ""
    for place in places_of(shared):
        assert canton_of(shared, place.name.upper()) == place.canton


def test_every_place_lies_in_switzerland() -> None:
    places = [place for some in all_places().values() for place in some]
    assert len(places) > 4000
    assert all(45.8 < place.latitude < 47.9 and 5.9 < place.longitude < 10.6 for place in places)
    assert {place.canton for place in places} == set(CANTONS)


def test_a_country_of_many_time_zones_has_none_of_its_own() -> None:
    zones = {"+41446681800": "Europe/Zurich", "+442079460000": "Europe/London", "+12125550123": "America/New_York"}
    assert {text: time_zone_of(number(text)) for text in zones} == zones
    assert time_zone_of(number("+12085550123")) == ""
