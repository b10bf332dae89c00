"""What an abandoned person hears names the caller and a number to reach, in their language."""

import pytest

from dialer.lawful_message import lawful_message

NUMBER = "+41446681800"


@pytest.mark.parametrize("language", ["de", "fr", "it", "en"])
def test_message_names_the_caller_and_spells_the_number_digit_by_digit(language: str) -> None:
    message = lawful_message(language, "Beispiel AG", NUMBER)
    assert "Beispiel AG" in message
    assert "0 0 4 1 4 4 6 6 8 1 8 0 0" in message


def test_each_language_has_words_of_its_own() -> None:
    assert len({lawful_message(language, "Beispiel AG", NUMBER) for language in ("de", "fr", "it", "en")}) == 4


def test_language_without_a_text_gets_the_english_one() -> None:
    assert lawful_message("rm", "Beispiel AG", NUMBER) == lawful_message("en", "Beispiel AG", NUMBER)


def test_name_with_braces_is_spoken_as_it_is() -> None:
    assert "A{number}B" in lawful_message("de", "A{number}B", NUMBER)


@pytest.mark.parametrize("language", ["de", "fr", "it", "en"])
def test_message_says_how_to_stop_further_calls(language: str) -> None:
    words = {"de": "nicht mehr an", "fr": "ne plus être appelé", "it": "non essere più", "en": "not to be called"}
    assert words[language] in lawful_message(language, "Beispiel AG", NUMBER)
