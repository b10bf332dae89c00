"""The words by which contacts are found, and what somebody means who looks for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.search_words import Asked, after_number, is_telling, read_question, telling, words_of


@pytest.mark.parametrize("written", ["Müller", "Mueller", "MULLER", "Mu\u0308ller", "müller,"])
def test_an_umlaut_is_one_word_however_it_is_written(written: str) -> None:
    assert words_of(written) == ["muller"]


def test_marks_divide_words_and_what_they_join_is_a_word_as_well() -> None:
    assert words_of("L'Oréal S.A.", "Meier-Süess") == ["l", "oreal", "s", "a", "loreal", "sa", "meier", "suss"]


def test_legal_forms_lead_to_nobody_unless_there_is_nothing_else() -> None:
    assert telling(words_of("Muster AG", "Hans Muster", "8001")) == ["muster", "hans", "8001"]
    assert telling(words_of("AG")) == ["ag"]
    assert [word for word in ("a", "ag", "gmb", "agentur", "muster") if is_telling(word)] == ["agentur", "muster"]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("044 668 18 00", Asked(number="+41446681800")),
        ("+41 (0)44 668 18 00", Asked(number="+41446681800")),
        ("0041446681800", Asked(number="+41446681800")),
        ("044 668 1", Asked(number_begins="+41446681")),
        ("+49 30 12", Asked(number_begins="+493012")),
        ("0049 30 12", Asked(number_begins="+493012")),
        ("CHE-123.456.789", Asked(uid="CHE-123.456.789")),
        ("che123456789", Asked(uid="CHE-123.456.789")),
        ("8001", Asked(words=("8001",))),
        ("01067", Asked(words=("01067",))),
        ("Müller 8001", Asked(words=("muller", "8001"))),
        ("%", Asked()),
    ],
)
def test_a_question_is_read_as_number_company_number_or_words(text: str, asked: Asked) -> None:
    assert read_question(text, "CH") == asked


def test_numbers_that_begin_alike_end_before_the_next_beginning() -> None:
    assert after_number("+41449") == "+41450"


@given(st.text(alphabet="aeouäöüßabcé-'. 12", max_size=30), st.integers(1, 30))
def test_whoever_types_the_beginning_of_a_word_finds_it(text: str, length: int) -> None:
    for word in text.split():
        beginning = words_of(word[:length])
        assert all(any(own.startswith(part) for own in words_of(text)) for part in beginning)
